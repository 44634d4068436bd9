"""Read FHIR R4 Observations as ratings: one row for each value, with its resource's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from paintrend.errors import InputError, is_number
from paintrend.readers.fhir_codes import Item, find_items
from paintrend.readers.fhir_files import read_resources
from paintrend.readers.fhir_subjects import Patients, Subject
from paintrend.readers.fhir_times import read_moment, zone_of
from paintrend.readers.fhir_values import codings, concept_text, read_value
from paintrend.readers.fhir_versions import newest_observations
from paintrend.readers.kinds import select_rows
from paintrend.readers.origin import Flaw, Origin, left_out_table
from paintrend.readers.problems import file_error
from paintrend.readers.raw import Export, RawTable
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["STATUSES_USED", "read_observations"]

STATUSES = (
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error",
    "unknown",
)  # fmt: skip
STATUSES_USED = ("final", "amended", "corrected")
NEVER = ("cancelled", "entered-in-error")
COUNTING = "Rows are named by resource; numbers of entries, lines and components begin with 1."


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
    flaws: tuple[tuple[str, str, str, str, str], ...] = ()


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
    items, codes, n_other = find_items(entries, scale, code, name)
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
    two_servers = _same_id_elsewhere(list(subjects.values()))
    rows: list[Row] = [
        Row(
            where,
            "",
            "",
            np.nan,
            "",
            "",
            "",
            "",
            (("entry", "", why, "Export it again.", "patient_id date"),),
        )
        for where, why in found.broken
    ]
    left: list[tuple[Any, str, str, str]] = []
    absent: Counter[str] = Counter()
    in_utc = scaled = 0
    for item in items:
        subject = subjects[id(item.entry)]
        resource, row_name = item.entry.resource, _row_name(item)
        value = read_value(item.element, scale, answers or {})
        status = resource.get("status")
        skip = _skipped(status, statuses)
        if (
            value.empty
            and ("hasMember" in resource or "component" in resource)
            and (item.path == "Observation")
        ):
            skip = skip or "a panel without a value of its own"
        if skip:
            shown = "" if value.number is None else f"{value.number:g}"
            left.append((row_name, subject.patient_id, shown, skip))
            continue
        moment = read_moment(resource, zone, period)
        flaws = []
        if status not in STATUSES:
            flaws.append((
                "Observation.status", str(status), "is not a status of FHIR Observations",
                f"Write one of {', '.join(STATUSES)}.", "",
            ))  # fmt: skip
        if subject.problem:
            flaws.append(("Observation.subject", *subject[2:], "patient_id"))
        elif subject.patient_id in two_servers:
            flaws.append((
                "Observation.subject", subject.base or subject.patient_id,
                f"the id {subject.patient_id} occurs on several servers: "
                f"{', '.join(two_servers[subject.patient_id])}",
                "They may be two patients: read one server at a time, or use identifier=.", "",
            ))  # fmt: skip
        if moment.problem:
            flaws.append((f"Observation.{moment.element}", *moment[2:5], "date"))
        if value.empty:
            flaws.append((
                f"{item.path}.value[x]", "", "has neither a value nor a dataAbsentReason",
                "Give the value, or the reason for none.", "pain",
            ))  # fmt: skip
        elif value.problem:
            flaws.append((f"{item.path}.{value.element}", *value[3:6], "pain"))
        flaws += flawed.get(id(item.entry), [])
        if value.absent:
            absent[value.absent] += 1
        in_utc += moment.utc
        scaled += value.scaled
        site = item.element.get("bodySite", resource.get("bodySite"))
        rows.append(
            Row(
                row_name, subject.patient_id, moment.text,
                np.nan if value.number is None else value.number,
                concept_text(site), next((one for _, one, _ in codings(site)), ""),
                concept_text(resource.get("method")), moment.span, tuple(flaws),
            )
        )  # fmt: skip
    if absent:
        listed = ", ".join(f"{reason} ({n})" for reason, n in absent.most_common(6))
        notices.append(
            f"dataAbsentReason: {plural(sum(absent.values()), 'rating')} taken as missed: {listed}"
        )
    if scaled:
        notices.append(f"{plural(scaled, 'value')} in cm taken as mm (1 cm = 10 mm)")
    if in_utc and zone is None:
        notices.append(
            f"{plural(in_utc, 'time')} of UTC: calendar days are those of UTC; time_zone= takes "
            "those of a place"
        )
    if left:
        reasons = Counter(reason for *_, reason in left)
        listed = ", ".join(f"{reason} ({n})" for reason, n in reasons.items())
        notices.append(f"{plural(len(left), 'Observation')} left out and listed: {listed}")
    notices += _without(patients, rows)
    selection = {"code": ", ".join(codes)}
    selection |= {"time_zone": time_zone} if time_zone else {}
    selection |= {"period": period} if period else {}
    table = _table(rows, name, notices)
    origin = Origin("FHIR R4", found.files, "Observation", selection, left_out_table(left), n_other)
    if not rows:
        raise file_error(
            name,
            f"all {len(left)} Observations with that code are left out: {notices[-1]}",
            "statuses= says which are used.",
            column="Observation.status",
        )
    made = select_rows(RawTable(**{**vars(table), "origin": origin}), select)
    columns = {"patient_id": "patient_id", "date": "date", "pain": "pain"}
    return Export(made, columns, start)


def _check_options(
    statuses: Sequence[str], answers: Mapping[str, float] | None, period: str | None
) -> None:
    unknown = [one for one in statuses if one not in STATUSES or one in NEVER]
    if unknown or isinstance(statuses, str) or not statuses:
        allowed = ", ".join(one for one in STATUSES if one not in NEVER)
        raise InputError(f"statuses= takes some of {allowed}; got {unknown or statuses!r}.")
    wrong = [f"{one!r}: {n!r}" for one, n in (answers or {}).items() if not is_number(n)]
    if wrong:
        raise InputError(f"answers= maps an answer code to its number; got {', '.join(wrong)}.")
    if period not in (None, "start", "end"):
        raise InputError(f"period= is 'start' or 'end', got {period!r}.")


def _skipped(status: Any, statuses: Sequence[str]) -> str:
    """Say why an Observation is not a rating, by its status; "" if it is one, or is in doubt."""
    if status in STATUSES and status not in statuses:
        return f"status {status}"
    return ""


def _row_name(item: Item) -> str:
    own = item.entry.resource.get("id")
    name = f"Observation/{own}" if isinstance(own, str) and own else item.entry.where
    number = item.path.partition("[")[2].rstrip("]")
    return f"{name} component {number}" if number else name


def _same_id_elsewhere(subjects: Sequence[Subject]) -> dict[str, list[str]]:
    """Find ids that occur on several servers: they may be different patients."""
    bases: dict[str, set[str]] = {}
    for subject in subjects:
        if subject.patient_id and subject.base:
            bases.setdefault(subject.patient_id, set()).add(subject.base)
    return {name: sorted(several) for name, several in bases.items() if len(several) > 1}


def _table(rows: Sequence[Row], name: str, notices: Sequence[str]) -> RawTable:
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
        flaws=flaws,
        kinds=tuple(name for name in ("method",) if name in frame.columns),
    )


def _without(patients: Patients, rows: Sequence[Row]) -> list[str]:
    """Say which Patient resources have no rating."""
    if patients.identifier is not None:
        return []
    lost = sorted(set(patients.by_id) - {row.patient for row in rows})
    if not lost:
        return []
    shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return [f"{plural(len(lost), 'Patient resource')} without such a rating: {shown}"]
