"""Whose Observation it is: the forms in which FHIR refers to a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from paintrend.readers.fhir_files import Entry

__all__ = ["Patients", "Subject"]

HISTORY = "/_history/"


class Subject(NamedTuple):
    """A patient's id, or why there is none; ``base`` is the server of an absolute address."""

    patient_id: str = ""
    base: str = ""
    shown: str = ""
    problem: str = ""
    fix: str = ""


class Patients:
    """The Patient resources among what was read.

    Parameters
    ----------
    entries : sequence of Entry
        All resources.
    identifier : str, optional
        System of the identifier that is to be the patient's id.
    """

    def __init__(self, entries: Sequence[Entry], identifier: str | None) -> None:
        self.identifier = identifier
        self.by_id: dict[str, dict[str, Any]] = {}
        self.by_url: dict[str, dict[str, Any]] = {}
        for entry in entries:
            if entry.resource.get("resourceType") == "Patient":
                if isinstance(entry.resource.get("id"), str):
                    self.by_id[entry.resource["id"]] = entry.resource
                if entry.full_url:
                    self.by_url[entry.full_url] = entry.resource

    def subject(self, resource: Mapping[str, Any], full_url: str) -> Subject:
        """Tell whose resource this is."""
        subject = resource.get("subject")
        if not isinstance(subject, dict):
            return Subject(problem="there is no subject", fix="Name the patient in subject.")
        reference = subject.get("reference")
        if not isinstance(reference, str) or not reference.strip():
            return self._logical(subject)
        plain = reference.strip().split(HISTORY)[0]
        if plain.startswith("#"):
            return self._contained(resource, plain)
        if plain in self.by_url:
            return self._known(self.by_url[plain], plain)
        if plain.startswith("urn:"):
            return Subject(
                shown=plain, problem="names an entry that is not in the bundle",
                fix="Export the Patient resources along with the Observations.",
            )  # fmt: skip
        head, _, patient_id = plain.rpartition("/")
        kind = head.rpartition("/")[2] if head else str(subject.get("type") or "Patient")
        if kind != "Patient" or not patient_id:
            return Subject(
                shown=plain, problem="is not a patient",
                fix="Only Observations of patients are read: Patient/ID.",
            )  # fmt: skip
        base = head.removesuffix("Patient").rstrip("/")
        base = base or full_url.split("/Observation/")[0].partition("urn:")[0].rstrip("/")
        if self.identifier is not None:
            if patient_id not in self.by_id:
                return Subject(
                    shown=plain, problem="names a Patient that is not among the resources",
                    fix="Give the Patient resources too, or leave identifier= out.",
                )  # fmt: skip
            return self._known(self.by_id[patient_id], plain)
        return Subject(patient_id, base)

    def _known(self, patient: Mapping[str, Any], shown: str) -> Subject:
        """Take the asked identifier of a Patient resource, or its id."""
        if self.identifier is None:
            name = patient.get("id")
            # A resource posted with urn:uuid may have no id yet.
            return Subject(name if isinstance(name, str) and name else shown)
        told = patient.get("identifier")
        values = {
            str(one["value"]).strip()
            for one in (told if isinstance(told, list) else [])
            if isinstance(one, dict) and one.get("system") == self.identifier and one.get("value")
        }
        if len(values) == 1:
            return Subject(values.pop())
        count = "no identifier" if not values else "several identifiers"
        return Subject(
            shown=shown, problem=f"the Patient has {count} of the system {self.identifier}",
            fix="Give each Patient one, or leave identifier= out.",
        )  # fmt: skip

    def _logical(self, subject: Mapping[str, Any]) -> Subject:
        """Read a reference by identifier, without an address."""
        told = subject.get("identifier")
        value = told.get("value") if isinstance(told, dict) else None
        system = told.get("system", "") if isinstance(told, dict) else ""
        if subject.get("type", "Patient") != "Patient":
            return Subject(
                shown=str(subject.get("type")), problem="is not a patient",
                fix="Only Observations of patients are read.",
            )  # fmt: skip
        if not isinstance(value, str) or not value.strip():
            return Subject(
                shown=str(subject.get("display", ""))[:40],
                problem="the subject has neither a reference nor an identifier",
                fix="Name the patient: subject.reference = Patient/ID.",
            )  # fmt: skip
        if self.identifier is not None and system != self.identifier:
            return Subject(
                shown=str(system), problem=f"the identifier is not of the system {self.identifier}",
                fix="Give that identifier, or leave identifier= out.",
            )  # fmt: skip
        return Subject(value.strip(), f"identifier {system}" if system else "")

    def _contained(self, resource: Mapping[str, Any], reference: str) -> Subject:
        inside = resource.get("contained")
        for one in inside if isinstance(inside, list) else []:
            if not isinstance(one, dict) or one.get("resourceType") != "Patient":
                continue
            if one.get("id") not in (reference, reference[1:]):
                continue
            if self.identifier is not None:
                return self._known(one, reference)
            told = one.get("identifier")
            if isinstance(told, list) and told:
                return self._logical({"identifier": told[0]})
            # Ids of contained resources mean nothing outside: p1 may be anybody.
            return Subject(
                shown=reference, problem="names a contained Patient without an identifier",
                fix="Give it one, or refer to Patient/ID.",
            )  # fmt: skip
        return Subject(
            shown=reference, problem="names a contained Patient that is not there",
            fix="Contain the Patient with an identifier, or refer to Patient/ID.",
        )  # fmt: skip
