"""Read FHIR R4 Observations as ratings: one row for each value, with its resource's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from paintrend.errors import InputError
from paintrend.readers.fhir_codes import Item, find_items
from paintrend.readers.fhir_files import read_resources
from paintrend.readers.fhir_rows import (
    Row,
    broken_row,
    item_flaws,
    item_row,
    row_name,
    row_table,
    same_id_elsewhere,
)
from paintrend.readers.fhir_subjects import Patients
from paintrend.readers.fhir_times import Moment, read_moment, zone_of
from paintrend.readers.fhir_values import Value, read_value
from paintrend.readers.fhir_versions import newest_observations
from paintrend.readers.kinds import select_rows
from paintrend.readers.origin import Origin, left_out_table
from paintrend.readers.problems import file_error
from paintrend.readers.raw import Export
from paintrend.readers.values import not_numbers
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["STATUSES_USED", "read_observations"]

STATUSES = (
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error",
    "unknown",
)  # fmt: skip
STATUSES_USED = ("final", "amended", "corrected")
NEVER = ("cancelled", "entered-in-error")


def read_observations(
    source: Any,
    scale: Scale,
    *,
    code: str | Sequence[str] | None,
    start: Any,
    statuses: Sequence[str],
    answers: Mapping[str, float] | None,
    identifier: str | None,
    time_zone: str | None,
    period: str | None,
    select: Mapping[str, Any] | None,
) -> Export:
    """Return one row per value; parameters are those of `paintrend.read_fhir`.

    Raises
    ------
    DiaryError
        If the files cannot be read, or it is open which Observations are meant.
    InputError
        If an option is wrong.
    """
    _check_options(statuses, answers, period)
    zone = zone_of(time_zone)
    found = read_resources(source)
    name = found.files[0] if len(found.files) == 1 else f"{len(found.files)} files"
    entries, notices, flawed = newest_observations(found)
    items, codes, n_other, said = find_items(entries, scale, code, name)
    notices += said
    if start is None:
        raise file_error(
            name,
            "the resources do not say when treatment began",
            "Give start=, the date of day 0: one for all, or patient id -> date. The first rating "
            "is not taken for it.",
            column="start",
        )
    patients = Patients(found.entries, identifier)
    subjects = {id(item.entry): patients.subject(*item.entry[::2]) for item in items}
    several = same_id_elsewhere(list(subjects.values()))
    rows = [broken_row(*one) for one in found.broken]
    left: list[tuple[Any, str, str, str]] = []
    values: list[Value] = []
    moments: list[Moment] = []
    for item in items:
        subject = subjects[id(item.entry)]
        value = read_value(item.element, scale, answers or {})
        reason = _left_out(item, value, statuses)
        if reason:
            shown = "" if value.number is None else f"{value.number:g}"
            left.append((row_name(item), subject.patient_id, shown, reason))
            continue
        moment = read_moment(item.entry.resource, zone, period)
        values.append(value)
        moments.append(moment)
        flaws = [*item_flaws(item, subject, several, moment, value, STATUSES)]
        rows.append(
            item_row(item, subject, moment, value, [*flaws, *flawed.get(id(item.entry), [])])
        )
    notices += _notices(values, moments, left, zone is None)
    if not rows:
        raise file_error(
            name,
            f"all {len(left)} Observations with that code are left out: {notices[-1]}",
            "statuses= says which are used.",
            column="Observation.status",
        )
    selection = {"code": ", ".join(codes)}
    selection |= {"time_zone": time_zone} if time_zone else {}
    selection |= {"period": period} if period else {}
    origin = Origin("FHIR R4", found.files, "Observation", selection, left_out_table(left), n_other)
    table = row_table(rows, name, [*notices, *_without(patients, rows)], origin)
    columns = {"patient_id": "patient_id", "date": "date", "pain": "pain"}
    return Export(select_rows(table, select), columns, start)


def _check_options(
    statuses: Sequence[str], answers: Mapping[str, float] | None, period: str | None
) -> None:
    unknown = [one for one in statuses if one not in STATUSES or one in NEVER]
    if unknown or isinstance(statuses, str) or not statuses:
        allowed = ", ".join(one for one in STATUSES if one not in NEVER)
        raise InputError(f"statuses= takes some of {allowed}; got {unknown or statuses!r}.")
    wrong = not_numbers(answers or {})
    if wrong:
        raise InputError(f"answers= maps an answer code to its number; got {wrong}.")
    if period not in (None, "start", "end"):
        raise InputError(f"period= is 'start' or 'end', got {period!r}.")


def _left_out(item: Item, value: Value, statuses: Sequence[str]) -> str:
    """Say why an Observation is not a rating; "" if it is one, or is in doubt."""
    resource = item.entry.resource
    status = resource.get("status")
    if status in STATUSES and status not in statuses:
        return f"status {status}"
    panel = item.path == "Observation" and ("hasMember" in resource or "component" in resource)
    return "a panel without a value of its own" if panel and value.empty else ""


def _notices(
    values: Sequence[Value],
    moments: Sequence[Moment],
    left: Sequence[tuple[Any, str, str, str]],
    no_zone: bool,
) -> list[str]:
    """Say what was assumed of values and times, and what was left out."""
    notices = []
    absent = Counter(value.absent for value in values if value.absent)
    if absent:
        listed = ", ".join(f"{reason} ({n})" for reason, n in absent.most_common(6))
        n = plural(sum(absent.values()), "rating")
        notices.append(f"dataAbsentReason: {n} taken as missed: {listed}")
    scaled = sum(value.scaled for value in values)
    if scaled:
        notices.append(f"{plural(scaled, 'value')} in cm taken as mm (1 cm = 10 mm)")
    in_utc = sum(moment.utc for moment in moments)
    if in_utc and no_zone:
        notices.append(
            f"{plural(in_utc, 'time')} of UTC: calendar days are those of UTC; time_zone= takes "
            "those of a place"
        )
    if left:
        reasons = Counter(reason for *_, reason in left)
        listed = ", ".join(f"{reason} ({n})" for reason, n in reasons.items())
        notices.append(f"{plural(len(left), 'Observation')} left out and listed: {listed}")
    return notices


def _without(patients: Patients, rows: Sequence[Row]) -> list[str]:
    """Say which Patient resources have no rating."""
    if patients.identifier is not None:
        return []
    lost = sorted(set(patients.by_id) - {row.patient for row in rows})
    if not lost:
        return []
    shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return [f"{plural(len(lost), 'Patient resource')} without such a rating: {shown}"]
