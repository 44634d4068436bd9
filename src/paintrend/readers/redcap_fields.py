"""Which column of a REDCap export is which: raw names or labels, checkboxes, form status."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from paintrend.readers.headings import near_name, simple_name
from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.values import is_missing, to_text
from paintrend.scales import Scale

__all__ = ["Structure", "find_structure", "merge_checkboxes", "of_records"]

EVENT = ("redcap_event_name", "Event Name")
INSTRUMENT = ("redcap_repeat_instrument", "Repeat Instrument")
INSTANCE = ("redcap_repeat_instance", "Repeat Instance")
OTHER = (
    "redcap_data_access_group",
    "Data Access Group",
    "redcap_survey_identifier",
    "Survey Identifier",
)
RAW_CHOICE = re.compile(r"^(?P<field>.+?)___(?P<choice>.+)$")
LABEL_CHOICE = re.compile(r"^(?P<field>.+?) \(choice=(?P<choice>.+)\)(?: \(\d+\))?$")
CHECKED = frozenset(["1", "checked"])
STATUS = re.compile(r"(.+_complete|Complete\?(?: \(\d+\))?)$")


@dataclass(frozen=True)
class Structure:
    """Columns of an export; "" where it has none.

    Parameters
    ----------
    record, event, instrument, instance : str
        The record's id and the columns that REDCap adds.
    pain : str
        The field that holds the ratings.
    patient : str
        The field with the patient's id: that of the record, if no other is asked for.
    complete : str
        Status of the form that holds the ratings.
    others : tuple of str
        All other columns.
    """

    record: str
    event: str
    instrument: str
    instance: str
    pain: str
    patient: str
    complete: str
    others: tuple[str, ...]


def find_structure(
    table: RawTable, scale: Scale, pain: str | None, patient: str | None
) -> Structure:
    """Find the columns.

    Raises
    ------
    DiaryError
        If this is no longitudinal export with a row for each record and event, or a field that
        is asked for is not there.
    """
    names = [str(name) for name in table.frame.columns]
    if {"record", "field_name", "value"} <= set(names):
        raise file_error(
            table.source,
            "this is an EAV export (one row for each field)",
            "Export again as CSV with one row for each record and event (type flat).",
        )
    event, instrument, instance = (
        next((one for one in both if one in names), "") for both in (EVENT, INSTRUMENT, INSTANCE)
    )
    if not event and not instance:
        raise file_error(
            table.source,
            f"there is no column {EVENT[0]} and no column {INSTANCE[0]}, so the project is neither "
            "longitudinal nor repeating",
            "read_diary (paintrend check) reads tables with one row per rating, or with one "
            "column per visit.",
            column=EVENT[0],
        )
    added = {event, instrument, instance, *OTHER}
    fields = [name for name in names if name not in added]
    if len(fields) < 2:
        raise file_error(
            table.source,
            f"there is no field beside the record and what REDCap adds: {', '.join(names)}",
            "Export the field with the ratings too.",
            column="pain",
        )
    record = fields[0]
    found = _field(table, fields[1:], pain, scale)
    if patient is not None and near_name(patient, fields) is None:
        raise file_error(
            table.source,
            f"there is no field {patient!r} (asked for as the patient)",
            f"It has the fields: {', '.join(fields[:20])}.",
            column=patient,
        )
    complete = next((name for name in names[names.index(found) + 1 :] if STATUS.match(name)), "")
    return Structure(
        record=record,
        event=event,
        instrument=instrument,
        instance=instance,
        pain=found,
        patient=(near_name(patient, fields) if patient is not None else None) or record,
        complete=complete,
        others=tuple(name for name in fields if name not in (record, found)),
    )


def _field(table: RawTable, fields: list[str], pain: str | None, scale: Scale) -> str:
    """Find the field of the ratings; which of several is meant is not guessed."""
    found = near_name(pain, fields) if pain is not None else None
    if found is None and pain is None:
        named = [name for name in fields if simple_name(name) in ("pain", simple_name(scale.name))]
        found = named[0] if len(named) == 1 else None
    if found is not None:
        return found
    words = {"pain", "nrs", "vas", "score", simple_name(scale.name)}
    like = [name for name in fields if words & set(simple_name(name).split("_"))]
    asked = f"there is no field {pain!r}." if pain is not None else "which field holds the ratings?"
    counts = [
        f"{name} ({int(np.count_nonzero(~is_missing(to_text(table.frame[name])))):,} values)"
        for name in (like or fields)[:12]
    ]
    numbered = [name for name in fields if pain is not None and name.startswith(f"{pain} (")]
    twice = " Several fields have that label: name one with its number." if numbered else ""
    raise file_error(
        table.source,
        f"{asked} Fields that look like it: {', '.join(counts)}",
        f"Name one: pain={(numbered or like or fields)[0]!r}.{twice} Different questions are "
        "different ratings.",
        column=pain or "pain",
    )


def of_records(structure: Structure, frame: pd.DataFrame, name: str) -> np.ndarray:
    """Return a field for every row: that of the row, or the record's only value.

    Fields of forms that are filled once (sex, date of surgery) stand on one row of a record.
    """
    record = to_text(frame[structure.record]).str.strip()
    values = to_text(frame[name]).str.strip()
    filled = values.mask(is_missing(values) | (record == "").to_numpy())
    groups = filled.groupby(record.to_numpy())
    only = groups.transform("nunique") == 1
    return values.where(filled.notna() | ~only, groups.transform("first")).fillna("").to_numpy()


def merge_checkboxes(table: RawTable) -> RawTable:
    """Put the columns of each checkbox field into one: the choices that are ticked, with ";"."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in map(str, table.frame.columns):
        match = RAW_CHOICE.match(name) or LABEL_CHOICE.match(name)
        if match:
            groups.setdefault(match["field"], []).append((name, match["choice"]))
    if not groups:
        return table
    frame = table.frame.drop(columns=[name for both in groups.values() for name, _ in both])
    for field, columns in groups.items():
        ticked = pd.Series([""] * len(frame), index=table.frame.index, dtype="str")
        for name, choice in columns:
            is_on = to_text(table.frame[name]).str.strip().str.lower().isin(CHECKED)
            joined = ticked.where(ticked == "", ticked + "; ") + choice
            ticked = ticked.where(~is_on, joined)
        frame[field if field not in frame.columns else f"{field} (choices)"] = ticked
    return replace(table, frame=frame)
