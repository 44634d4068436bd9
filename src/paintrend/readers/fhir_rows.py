"""One row for each FHIR value: what it is called, what it says, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from paintrend.readers.fhir_codes import Item
from paintrend.readers.fhir_subjects import Subject
from paintrend.readers.fhir_times import Moment
from paintrend.readers.fhir_values import Value, codings, concept_text
from paintrend.readers.origin import Flaw, Origin
from paintrend.readers.raw import RawTable

__all__ = [
    "Row",
    "RowFlaw",
    "broken_row",
    "item_flaws",
    "item_row",
    "row_name",
    "row_table",
    "same_id_elsewhere",
]

COUNTING = "Rows are named by resource; numbers of entries, lines and components begin with 1."

RowFlaw = tuple[str, str, str, str, str]
"""Element, content, problem, fix, and the columns of which nothing more is said."""


class Row(NamedTuple):
    """One value, with all that is wrong with it."""

    name: str
    patient: str
    date: str
    pain: float
    site: str
    site_code: str
    method: str
    recall: str
    flaws: tuple[RowFlaw, ...] = ()


def broken_row(where: str, why: str) -> Row:
    """Return the row of something that is no resource."""
    flaw = ("entry", "", why, "Export it again.", "patient_id date")
    return Row(where, "", "", np.nan, "", "", "", "", (flaw,))


def item_row(
    item: Item, subject: Subject, moment: Moment, value: Value, flaws: Sequence[RowFlaw]
) -> Row:
    """Return the row of a value."""
    resource = item.entry.resource
    site = item.element.get("bodySite", resource.get("bodySite"))
    return Row(
        row_name(item),
        subject.patient_id,
        moment.text,
        np.nan if value.number is None else value.number,
        concept_text(site),
        next((code for _, code, _ in codings(site)), ""),
        concept_text(resource.get("method")),
        moment.span,
        tuple(flaws),
    )


def item_flaws(
    item: Item,
    subject: Subject,
    several: Mapping[str, list[str]],
    moment: Moment,
    value: Value,
    statuses: Sequence[str],
) -> list[RowFlaw]:
    """Return all that is wrong with a value: status, subject, time, and the value itself.

    Parameters
    ----------
    item, subject, moment, value
        What was read.
    several : mapping
        Patient ids that occur on several servers, and which.
    statuses : sequence of str
        Those that FHIR knows.
    """
    flaws: list[RowFlaw] = []
    status = item.entry.resource.get("status")
    if status not in statuses:
        flaws.append((
            "Observation.status", str(status), "is not a status of FHIR Observations",
            f"Write one of {', '.join(statuses)}.", "",
        ))  # fmt: skip
    if subject.problem:
        told = (subject.shown, subject.problem, subject.fix)
        flaws.append(("Observation.subject", *told, "patient_id"))
    elif subject.patient_id in several:
        flaws.append((
            "Observation.subject", subject.base or subject.patient_id,
            f"the id {subject.patient_id} occurs on several servers: "
            f"{', '.join(several[subject.patient_id])}",
            "They may be two patients: read one server at a time, or use identifier=.", "",
        ))  # fmt: skip
    if moment.problem:
        told = (moment.shown, moment.problem, moment.fix)
        flaws.append((f"Observation.{moment.element}", *told, "date"))
    if value.empty:
        flaws.append((
            f"{item.path}.value[x]", "", "has neither a value nor a dataAbsentReason",
            "Give the value, or the reason for none.", "pain",
        ))  # fmt: skip
    elif value.problem:
        told = (value.shown, value.problem, value.fix)
        flaws.append((f"{item.path}.{value.element}", *told, "pain"))
    return flaws


def row_name(item: Item) -> str:
    """Return what a row is called: its resource by id, or the place of the entry."""
    own = item.entry.resource.get("id")
    name = f"Observation/{own}" if isinstance(own, str) and own else item.entry.where
    number = item.path.partition("[")[2].rstrip("]")
    return f"{name} component {number}" if number else name


def same_id_elsewhere(subjects: Sequence[Subject]) -> dict[str, list[str]]:
    """Find ids that occur on several servers: they may be different patients."""
    bases: dict[str, set[str]] = {}
    for subject in subjects:
        if subject.patient_id and subject.base:
            bases.setdefault(subject.patient_id, set()).add(subject.base)
    return {name: sorted(several) for name, several in bases.items() if len(several) > 1}


def row_table(rows: Sequence[Row], name: str, notices: Sequence[str], origin: Origin) -> RawTable:
    """Put the rows into a table; columns that no row has are left out."""
    frame = pd.DataFrame(
        {
            "patient_id": pd.Series([row.patient for row in rows], dtype="str"),
            "date": pd.Series([row.date for row in rows], dtype="str"),
            "pain": pd.Series([row.pain for row in rows], dtype=float),
        }
    )
    kinds = {
        "body_site": "site",
        "body_site_code": "site_code",
        "method": "method",
        "recall": "recall",
    }
    for column, own in kinds.items():
        values = [getattr(row, own) for row in rows]
        if any(values):
            frame[column] = pd.Series(values, dtype="str")
    flaws = tuple(Flaw(at, *flaw) for at, row in enumerate(rows) for flaw in row.flaws)
    return RawTable(
        frame,
        np.array([row.name for row in rows], dtype=object),
        name,
        COUNTING,
        tuple(notices),
        origin=origin,
        flaws=flaws,
        kinds=tuple(name for name in ("method",) if name in frame.columns),
    )
