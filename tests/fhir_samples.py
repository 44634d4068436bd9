"""FHIR R4 resources made for tests: each is valid unless a test breaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
SERVER = "https://fhir.example.org/r4"


def concept(code: str, system: str = LOINC, display: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def observation(
    name: str, patient: str = "Patient/p1", when: str = "2024-03-15T08:00:00+01:00", **more: Any
) -> dict[str, Any]:
    """An Observation of 72514-3; its value, and anything else, is given by name."""
    made = {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": concept("72514-3", display="Pain severity 0-10"),
        "subject": {"reference": patient},
        "effectiveDateTime": when,
    } | more
    return {key: value for key, value in made.items() if value is not None}


def quantity(value: Any, **more: Any) -> dict[str, Any]:
    unit = {"unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
    return {"value": value} | unit | more


def patient(name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name} | more


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    entries = [
        {
            "fullUrl": f"{SERVER}/{one['resourceType']}/{one['id']}",
            "resource": one,
            "search": {"mode": "match"},
        }
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries} | more


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


MIXED = bundle(
    patient("p1"),
    patient("p2"),
    observation("o1", valueInteger=6, when="2024-03-14"),
    observation("o2", valueQuantity=quantity(5)),
    observation("o3", when="2024-03-21", valueCodeableConcept=concept("LA6113-0", display="2+")),
    observation("o4", when="2024-03-28", dataAbsentReason=concept("asked-declined")),
    observation("o5", when="2024-03-29", status="entered-in-error", valueInteger=9),
    observation("o6", when="2024-03-30", status="cancelled"),
    observation("o7", when="2024-03-30", status="preliminary", valueInteger=4),
    observation("o8", "Patient/p2", "2024-03-10", status="amended", valueInteger=7),
    observation("hr", code=concept("8867-4"), valueQuantity=quantity(70, unit="/min", code="/min")),
)
"""Three ways to carry a value, a missed visit, every status that matters, another question."""
