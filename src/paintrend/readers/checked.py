"""Check a whole table: every check in order, and the diary that is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.columns import ColumnsError, find_columns
from paintrend.readers.covariates import split_covariates, tell_of_covariates
from paintrend.readers.dates import DateStyle
from paintrend.readers.ids import check_ids
from paintrend.readers.incomplete import with_rows
from paintrend.readers.kinds import check_kinds
from paintrend.readers.labels import apply_labels
from paintrend.readers.long import add_rows_too_long, make_long
from paintrend.readers.missing_codes import check_missing_codes, refuse_coded_days, without_codes
from paintrend.readers.problems import Problems
from paintrend.readers.raw import RawTable
from paintrend.readers.rules import (
    check_duplicates,
    check_inclusion,
    check_one_row_each,
    check_relation,
    check_scale_column,
    refuse_marked_patients,
)
from paintrend.readers.scores import check_scores
from paintrend.readers.times import TIME_ROLES, find_days
from paintrend.readers.wide import UNITS, visit_days
from paintrend.results.diary import Diary
from paintrend.scales import Scale

__all__ = ["Checked", "accepted_diary", "check_table", "check_time_unit", "roles_and_visits"]


@dataclass(frozen=True, eq=False)
class Checked:
    """A table after all checks.

    Parameters
    ----------
    diary : Diary
        What can be used; may be without ratings, or even without patients.
    problems : Problems
        What cannot.
    hints : list of str
        What many problems have in common.
    """

    diary: Diary
    problems: Problems
    hints: list[str]


def check_time_unit(time_unit: str | None) -> None:
    """Refuse a unit of time that is not known.

    Raises
    ------
    InputError
    """
    if time_unit is not None and not (isinstance(time_unit, str) and time_unit in UNITS):
        raise InputError(f"time_unit is one of {', '.join(UNITS)}, got {time_unit!r}.")


def roles_and_visits(
    table: RawTable,
    scale: Scale,
    *,
    columns: Mapping[str, str] | None,
    time_unit: str | None,
    wide: bool | Mapping[str, float] | None,
    inclusion: str | None,
) -> tuple[dict[str, str], dict[str, float]]:
    """Tell from the headings alone which column is which, and the days of columns that are visits.

    Raises
    ------
    DiaryError
        If a column is missing or occurs twice.
    """
    visits: dict[str, float] = {}
    if wide is not None and wide is not False:
        visits = visit_days(table, wide, scale, time_unit)
    return _roles(table, scale, columns, inclusion, bool(visits)), visits


def check_table(
    table: RawTable,
    scale: Scale,
    *,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    wide: bool | Mapping[str, float] | None = None,
    inclusion: str | None = None,
    styles: Mapping[str, DateStyle] | None = None,
    labels: bool | None = None,
    missing_codes: Collection[str | float] | None = None,
    codes_named: bool = True,
) -> Checked:
    """Run every check on a table; the options are those of `paintrend.read_diary`.

    Problems are returned, not raised, so that a diary can be checked part by part: any set of
    whole patients gives the rows that it would give within the whole. `styles` then says what
    whole columns of dates show. `codes_named` is False for readers without `missing_codes`.

    Raises
    ------
    DiaryError
        If a column is missing; with the problems of those that are there.
    InputError
        If the options contradict each other.
    """
    codes_of_missing = check_missing_codes(missing_codes)
    try:
        roles, visits = roles_and_visits(
            table, scale, columns=columns, time_unit=time_unit, wide=wide, inclusion=inclusion
        )
    except ColumnsError as error:
        raise with_rows(error, table, scale=scale, missing_codes=codes_of_missing) from None
    if table.value_labels:
        table = apply_labels(table, roles, visits, labels)
    notices = list(table.notices)
    if visits and "inclusion" in roles:
        refuse_marked_patients(table.frame[roles["inclusion"]], roles["inclusion"], table.source)
    long = make_long(table, roles.get("pain", ""), visits)
    noun = "visit" if visits else "row"
    problems = Problems(long.rows, table.source, table.counting, noun)
    if not visits:
        problems.add_flaws(table.flaws)
    codes, ids, found = check_ids(long.frame[roles["patient_id"]], problems)
    notices += found
    if not ids:
        return Checked(_nobody(table, scale, problems), problems, [])
    skip = add_rows_too_long(long, problems)
    if "scale" in roles:
        skip |= check_scale_column(long.frame[roles["scale"]], roles["scale"], scale, problems)
    starts: dict[str, Any] = {}
    if long.visit_day is not None:
        days, unit = long.visit_day, time_unit or "days"
        check_one_row_each(codes, len(visits), problems)
        listed = ", ".join(f"{name} = day {day:g}" for name, day in visits.items())
        notices.append(f"columns read as visits: {listed}")
        if wide is True:
            notices += _not_visits([n for n in long.frame.columns if n not in roles.values()])
    else:
        times = find_days(
            long.frame, roles, codes, ids, problems, start=start, time_unit=time_unit, styles=styles
        )
        days, unit, used, starts = times.days, times.unit, times.used, times.starts
        notices += times.notices
        moment = roles[used[0]]
        refuse_coded_days(long.frame[moment], codes_of_missing, codes, moment, problems)
        roles = {
            role: name for role, name in roles.items() if role not in TIME_ROLES or role in used
        }
        if "relation" in roles:
            column = roles["relation"]
            days = days + check_relation(long.frame[column], column, days, problems)
    rated, coded = without_codes(long.scores, codes_of_missing)
    if coded.any():
        listed = ", ".join(codes_of_missing)
        n = int(coded.sum())
        notices.append(
            f"codes of missing data ({listed}) taken as missed in {n} {'row' if n == 1 else 'rows'}"
        )
    scores, missing, hints = check_scores(
        rated, scale, long.score_column, skip, problems, codes_named=codes_named
    )
    if long.visit_day is None:
        said, mixed = check_kinds(table, roles, codes, ids, ~missing & ~skip, problems)
        notices += said
        hints += mixed
    marked = np.zeros(len(codes), dtype=bool)
    if "inclusion" in roles:
        marked = check_inclusion(long.frame[roles["inclusion"]], roles["inclusion"], problems)
    if long.visit_day is None:
        comparable = (codes >= 0) & np.isfinite(days) & ~missing & ~skip
        shown = table.written.get(moment, long.frame[moment])
        apart = table.apart or times.apart
        check_duplicates(codes, days, scores, comparable, problems, moment, shown, apart)
    usable = ~problems.bad & ~missing
    others = [name for name in long.frame.columns if name not in roles.values()]
    of_patients, of_ratings = split_covariates(long.frame[others], codes, len(ids))
    notices += tell_of_covariates(long.frame[others], of_ratings, codes, ids, long.rows)
    # By patient in order of first appearance, then by day.
    at = np.flatnonzero(usable)
    at = at[np.lexsort((days[at], codes[at]))]
    names = pd.Series(ids, dtype="str")
    ratings = pd.DataFrame(
        {
            "patient_id": names.take(codes[at]).array,
            "day": days[at],
            "pain": scores[at],
            "inclusion": marked[at],
            **{name: values.take(at).array for name, values in of_ratings.items()},
        }
    )
    empty = np.flatnonzero(missing & ~problems.bad)
    diary = Diary(
        ratings=ratings,
        patients=pd.DataFrame(of_patients, index=pd.RangeIndex(len(ids))).set_axis(
            pd.Index(names, name="patient_id")
        ),
        scale=scale,
        problems=problems.table(),
        source=table.source,
        time_unit=unit,
        missing=pd.DataFrame(
            {
                "row": pd.Series(list(long.rows[empty]), dtype=object),
                "patient_id": names.take(codes[empty]).array,
                "day": days[empty],
            }
        ),
        notices=tuple(notices + hints),
        starts=starts,
        provenance=table.origin.provenance(len(long.rows), len(at), len(empty)),
    )
    return Checked(diary, problems, hints)


def accepted_diary(checked: Checked, *, lenient: bool) -> Diary:
    """Return the diary, or raise the one error with all its problems.

    Raises
    ------
    DiaryError
        If there are problems and `lenient` is not set, or no rating is left.
    """
    diary, problems = checked.diary, checked.problems
    if not diary.n_patients:
        raise problems.nothing_left([])
    problems.stop_unless(lenient, checked.hints)
    if not diary.n_ratings:
        raise problems.nothing_left(checked.hints)
    return diary


def _not_visits(names: list[str]) -> list[str]:
    """Name the columns that were not taken for visits: one with ratings must not get lost."""
    if not names:
        return []
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return [
        f"columns not read as visits: {', '.join(names[:12])}{more}. If ratings are among them, "
        f"give the days of all visits: wide={{{names[0]!r}: 0, ...}}"
    ]


def _nobody(table: RawTable, scale: Scale, problems: Problems) -> Diary:
    """Return the diary of a table in which no row has a patient."""
    ratings = pd.DataFrame(
        {
            "patient_id": pd.Series(dtype="str"),
            "day": pd.Series(dtype=float),
            "pain": pd.Series(dtype=float),
            "inclusion": pd.Series(dtype=bool),
        }
    )
    patients = pd.DataFrame(index=pd.Index([], name="patient_id", dtype="str"))
    made = table.origin.provenance(len(table.rows), 0, 0)
    return Diary(ratings, patients, scale, problems.table(), table.source, provenance=made)


def _roles(
    table: RawTable,
    scale: Scale,
    columns: Mapping[str, str] | None,
    inclusion: str | None,
    is_wide: bool,
) -> dict[str, str]:
    """Find the columns; where ratings are missing, look for one column per visit and say so."""
    try:
        return find_columns(table, scale, columns, inclusion=inclusion, wide=is_wide)
    except ColumnsError as error:
        seems_wide = None if is_wide else _seems_wide(table, scale)
        if seems_wide is None:
            raise
        told = ColumnsError(f"{seems_wide}\n{error}", error.problems)
        told.roles = error.roles
        raise told from None


def _seems_wide(table: RawTable, scale: Scale) -> str | None:
    try:
        visits = visit_days(table, True, scale, None)
    except DiaryError:
        return None
    if len(visits) < 2:
        return None
    listed = ", ".join(list(visits)[:4])
    return f"{table.source} seems to have one column per visit ({listed} ...): try wide=True."
