"""Good files of other systems for the fuzzer, and how each reader is called for them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import paintrend as pt
from paintrend.readers import labelled_process

LOINC = "http://loinc.org"
START = "2024-03-14"
ANSWERS = {0: "0 no pain", 10: "10 worst pain", 99: "refused"}

REDCAP_VISITS = """record_id,redcap_event_name,redcap_data_access_group,sex,surgery_date,visit_date,nrs_rest,pain_site___1,pain_complete
001,baseline_arm_1,north,2,2024-03-14,2024-03-12,6,1,2
001,week_6_arm_1,north,,,2024-04-26,3,1,2
001,week_12_arm_1,north,,,,,0,
002,baseline_arm_1,south,1,2024-04-01,2024-04-01,5,0,2
002,week_6_arm_1,south,,,2024-05-13,4,0,1
"""  # noqa: E501
REDCAP_DIARY = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,surgery_date,drug,visit_date,nrs_rest,daily_diary_complete
7,baseline_arm_1,,,2024-03-14,,,,
7,baseline_arm_1,medication,1,,ibuprofen,,,
7,baseline_arm_1,daily_diary,1,,,2024-03-13,6,2
7,baseline_arm_1,daily_diary,2,,,2024-03-14,7,2
7,baseline_arm_1,daily_diary,3,,,2024-03-15,,0
"""  # noqa: E501


def redcap_exports() -> list[bytes]:
    """Visits at events, and a diary that repeats."""
    return [REDCAP_VISITS.encode(), REDCAP_DIARY.encode()]


def _concept(code: str, system: str = LOINC) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": code}]}


def _resources() -> list[dict[str, Any]]:
    score = {"value": 5, "system": "http://unitsofmeasure.org", "code": "{score}"}
    values: list[dict[str, Any]] = [
        {"valueInteger": 6},
        {"valueQuantity": score},
        {"valueCodeableConcept": _concept("LA6113-0")},
        {"dataAbsentReason": _concept("asked-declined")},
        {"status": "entered-in-error", "valueInteger": 9},
        {"component": [{"code": _concept("72514-3"), "valueQuantity": score}]},
        {"valueInteger": 4},
    ]
    people = [
        {
            "resourceType": "Patient",
            "id": f"p{i}",
            "identifier": [{"system": "urn:oid:1.2.3", "value": f"N{i}"}],
        }
        for i in (1, 2)
    ]
    found = []
    for number, value in enumerate(values):
        found.append(
            {
                "resourceType": "Observation",
                "id": f"o{number}",
                "status": "final",
                "code": _concept("72514-3"),
                "subject": {"reference": f"Patient/p{1 + number % 2}"},
                "effectiveDateTime": f"2024-03-{15 + number}T08:00:00+01:00",
                "bodySite": _concept("69536005", "http://snomed.info/sct"),
                "method": _concept("1", "http://example.org/method"),
            }
            | value
        )
    return people + found


def fhir_bundles() -> list[bytes]:
    """A bundle as a server sends it, with a link to itself; the same with periods."""
    entries = [
        {
            "fullUrl": f"https://fhir.example.org/{one['resourceType']}/{one['id']}",
            "resource": one,
            "search": {"mode": "match"},
        }
        for one in _resources()
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "link": [{"relation": "self", "url": "https://fhir.example.org/Observation"}],
        "entry": entries,
    }
    periods = json.loads(json.dumps(bundle))
    for entry in periods["entry"]:
        moment = entry["resource"].pop("effectiveDateTime", None)
        if moment:
            entry["resource"]["effectivePeriod"] = {"start": moment[:10], "end": moment}
    return [json.dumps(one).encode() for one in (bundle, periods)]


def fhir_lines() -> list[bytes]:
    """The same resources, one a line."""
    return ["\n".join(json.dumps(one) for one in _resources()).encode() + b"\n"]


def _adam() -> pd.DataFrame:
    rows = [
        (f"01-70{i}", code, day, float((i + j) % 11), f"Week {j}", j, "LOCF" if j == 3 else "")
        for i in range(3)
        for code in ("NRSNOW", "NRSWORST")
        for j, day in enumerate((-7, 1, 8, 29))
    ]
    columns = ["USUBJID", "PARAMCD", "ADY", "AVAL", "AVISIT", "AVISITN", "DTYPE"]
    return pd.DataFrame(rows, columns=columns).assign(PARAM="Pain", TRTP="Active")


def _sdtm() -> pd.DataFrame:
    rows = [
        (f"S1-00{i}", 1 + j, "NRSNOW", float(3 + j), "NOT DONE" if j == 2 else "", f"WEEK {j}",
         f"2024-03-{14 + j}", 1 + j)
        for i in range(3)
        for j in range(4)
    ]  # fmt: skip
    columns = ["USUBJID", "QSSEQ", "QSTESTCD", "QSSTRESN", "QSSTAT", "VISIT", "QSDTC", "QSDY"]
    made = pd.DataFrame(rows, columns=columns)
    made.loc[made["QSSTAT"] != "", "QSSTRESN"] = np.nan
    return made.assign(DOMAIN="QS", STUDYID="S1", QSTEST="Pain", QSCAT="NRS")


def cdisc_tables() -> list[bytes]:
    """ADaM and SDTM as CSV."""
    return [table.to_csv(index=False).encode() for table in (_adam(), _sdtm())]


def _written(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _plain() -> pd.DataFrame:
    dates = pd.date_range("2024-03-10", periods=6)
    return pd.DataFrame(
        {
            "patient_id": ["007", "007", "007", "12", "12", "Zoë"],
            "start": [pd.Timestamp(START).date()] * 6,
            "date": [day.date() for day in dates],
            "nrs": [6.0, 99.0, 5.0, 4.0, np.nan, 3.0],
            "sex": [1.0, 1.0, 1.0, 2.0, 2.0, 1.0],
        }
    )


@cache
def spss_files() -> list[bytes]:
    """Plain, with compressed rows, and compressed as a whole; with labels and missing ranges."""
    import pyreadstat

    about: dict[str, Any] = {
        "variable_value_labels": {"nrs": ANSWERS, "sex": {1: "male", 2: "female"}},
        "missing_ranges": {"nrs": [{"lo": 98, "hi": 99}]},
        "column_labels": [f"label {i}" for i in range(5)],
    }
    frame = _plain()
    ways: list[dict[str, Any]] = [{}, {"row_compress": True}, {"compress": True}]
    return [
        _written(lambda path, way=way: pyreadstat.write_sav(frame, path, **about, **way), "a.sav")
        for way in ways
    ]


@cache
def stata_files() -> list[bytes]:
    """Three releases of the format."""
    import pyreadstat

    about: dict[str, Any] = {"variable_value_labels": {"sex": {1: "male", 2: "female"}}}
    frame = _plain().replace({"nrs": {99.0: 7.0}})
    return [
        _written(lambda path, v=v: pyreadstat.write_dta(frame, path, version=v, **about), "a.dta")
        for v in (8, 12, 15)
    ]


@cache
def transport_files() -> list[bytes]:
    """Both releases of the format, with a table of our own and with ADaM."""
    import pyreadstat

    # Release 5 takes names of eight letters.
    plain = _plain().rename(columns={"patient_id": "id"}).replace({"nrs": {99.0: 7.0}})
    return [
        _written(
            lambda path, f=frame, v=v: pyreadstat.write_xport(
                f, path, file_format_version=v, table_name="ADQS"
            ),
            "a.xpt",
        )
        for frame, v in ((plain, 5), (plain, 8), (_adam(), 5))
    ]


def read_redcap(path: Path) -> pt.Diary:
    """As for the exports above."""
    return pt.read_redcap(
        path, "nrs", pain="nrs_rest", date="visit_date", start="surgery_date",
        lenient=path.stem.endswith("1"),
    )  # fmt: skip


def read_fhir(path: Path) -> pt.Diary:
    """With a chosen question, or the known one."""
    return pt.read_fhir(
        path, "nrs", start=START, period="start", lenient=path.stem.endswith("1"),
        code="72514-3" if path.stem.endswith("1") else None,
    )  # fmt: skip


def read_cdisc(path: Path) -> pt.Diary:
    """One question; SDTM by study day."""
    return pt.read_cdisc(path, "nrs", parameter="NRSNOW", lenient=path.stem.endswith("1"))


def read_transport(path: Path) -> pt.Diary:
    """As a table of its own, or as CDISC data."""
    if b"PARAMCD" in path.read_bytes():
        return read_cdisc(path)
    lenient = path.stem.endswith("1")
    return pt.read_diary(path, "nrs", columns={"patient_id": "id"}, lenient=lenient)


def parsed_here(read: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """Read with the parser in this process, which may end."""

    def inner(path: Path) -> Any:
        labelled_process._ask = labelled_process.answer_of
        return read(path)

    return inner


def parsed_apart(read: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """Read with the parser in a process of its own, as users do."""

    def inner(path: Path) -> Any:
        labelled_process._ask = parse_in_fork
        return read(path)

    return inner


def parse_in_fork(path: str, system: str) -> bytes:
    """Parse in a fork of this process: a new Python takes half a second to start."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            labelled_process.limit_process(path)
            with os.fdopen(writing, "wb") as out:
                out.write(labelled_process.answer_of(path, system))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read()
    return b"" if os.waitpid(child, 0)[1] else answer
