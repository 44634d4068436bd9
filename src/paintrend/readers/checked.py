"""Check a whole table: every check in order, and the diary that is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.columns import find_columns
from paintrend.readers.covariates import split_covariates
from paintrend.readers.dates import DateStyle
from paintrend.readers.days import days_from_dates, days_from_numbers
from paintrend.readers.ids import check_ids
from paintrend.readers.long import LongTable, add_rows_too_long, make_long
from paintrend.readers.problems import Problems, file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.rules import (
    check_duplicates,
    check_inclusion,
    check_one_row_each,
    check_scale_column,
)
from paintrend.readers.scores import check_scores
from paintrend.readers.wide import UNITS, visit_days
from paintrend.results.diary import Diary
from paintrend.scales import Scale

__all__ = ["Checked", "check_table", "check_time_unit", "roles_and_visits"]

TIME_ROLES = ("day", "date", "time", "start")


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
    if time_unit is not None and time_unit not in UNITS:
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
) -> Checked:
    """Run every check on a table; the options are those of `paintrend.read_diary`.

    Problems are returned, not raised, so that a diary can be checked part by part: any set of
    whole patients gives the rows that it would give within the whole. `styles` then says what
    whole columns of dates show.

    Raises
    ------
    DiaryError
        If a column is missing.
    InputError
        If the options contradict each other.
    """
    roles, visits = roles_and_visits(
        table, scale, columns=columns, time_unit=time_unit, wide=wide, inclusion=inclusion
    )
    notices = list(table.notices)
    long = make_long(table, roles.get("pain", ""), visits)
    problems = Problems(long.rows, table.source, table.counting)
    codes, ids, found = check_ids(long.frame[roles["patient_id"]], problems)
    notices += found
    if not ids:
        return Checked(_nobody(table, scale, problems), problems, [])
    skip = add_rows_too_long(long, problems)
    if "scale" in roles:
        skip |= check_scale_column(long.frame[roles["scale"]], roles["scale"], scale, problems)
    if long.visit_day is not None:
        days, unit = long.visit_day, time_unit or "days"
        check_one_row_each(codes, len(visits), problems)
        listed = ", ".join(f"{name} = day {day:g}" for name, day in visits.items())
        notices.append(f"columns read as visits: {listed}")
    else:
        days, unit, used, found = _days(long, roles, start, time_unit, codes, ids, problems, styles)
        notices += found
        roles = {
            role: name for role, name in roles.items() if role not in TIME_ROLES or role in used
        }
    scores, missing, hints = check_scores(long.scores, scale, long.score_column, skip, problems)
    marked = np.zeros(len(codes), dtype=bool)
    if "inclusion" in roles:
        marked = check_inclusion(long.frame[roles["inclusion"]], roles["inclusion"], problems)
    if long.visit_day is None:
        comparable = (codes >= 0) & np.isfinite(days) & ~missing & ~skip
        shown = long.frame[roles[used[0]]]
        check_duplicates(codes, days, scores, comparable, problems, roles[used[0]], shown)
    usable = ~problems.bad & ~missing
    others = [name for name in long.frame.columns if name not in roles.values()]
    of_patients, of_ratings = split_covariates(long.frame[others], codes, len(ids))
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
    )
    return Checked(diary, problems, hints)


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
    return Diary(ratings, patients, scale, problems.table(), table.source)


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
    except DiaryError as error:
        seems_wide = None if is_wide else _seems_wide(table, scale)
        if seems_wide is None:
            raise
        raise DiaryError(f"{seems_wide}\n{error}", error.problems) from None


def _seems_wide(table: RawTable, scale: Scale) -> str | None:
    try:
        visits = visit_days(table, True, scale, None)
    except DiaryError:
        return None
    if len(visits) < 2:
        return None
    listed = ", ".join(list(visits)[:4])
    return f"{table.source} seems to have one column per visit ({listed} ...): try wide=True."


def _days(
    long: LongTable,
    roles: dict[str, str],
    start: Any,
    time_unit: str | None,
    codes: np.ndarray,
    ids: list[str],
    problems: Problems,
    styles: Mapping[str, DateStyle] | None,
) -> tuple[np.ndarray, str, list[str], list[str]]:
    """Return days, their unit in the file, the columns used (that of time first) and notices."""
    has_start = start is not None or "start" in roles
    if "day" in roles and start is None:
        if time_unit not in (None, "days"):
            raise InputError(
                f"{problems.source}: the column {roles['day']} is in days; time_unit="
                f"{time_unit!r} is for a column time: columns={{'time': {roles['day']!r}}}."
            )
        role, unit = "day", "days"
    elif "date" in roles and has_start:
        days, notices = days_from_dates(
            long.frame[roles["date"]],
            roles["date"],
            start,
            long.frame[roles["start"]] if "start" in roles else None,
            roles.get("start", "start"),
            codes,
            ids,
            problems,
            styles,
        )
        used = ["date"] if start is not None else ["date", "start"]
        return days, "days", used, notices + _not_used(roles, used)
    elif start is not None:
        raise InputError(
            f"{problems.source}: start= goes with a column date; the file has "
            f"{', '.join(map(str, long.frame.columns[:20]))}."
        )
    elif "time" in roles and time_unit is not None:
        role, unit = "time", time_unit
    elif "time" in roles:
        raise file_error(
            problems.source,
            f"the column {roles['time']} has no unit",
            f"Say time_unit= one of {', '.join(UNITS)}.",
            column=roles["time"],
        )
    else:
        raise file_error(
            problems.source,
            f"there are dates ({roles['date']}) but no day 0 to count from",
            "Add a column start with the date of each patient's day 0, or give start= "
            "(one date, or patient id -> date). The first rating is not taken for it.",
            column="start",
        )
    days = days_from_numbers(long.frame[roles[role]], roles[role], unit, UNITS[unit], problems)
    return days, unit, [role], _not_used(roles, [role])


def _not_used(roles: dict[str, str], used: list[str]) -> list[str]:
    """Say which columns of time were kept as plain columns."""
    others = [roles[role] for role in TIME_ROLES if role in roles and role not in used]
    if not others:
        return []
    return [f"time is read from {roles[used[0]]}; {', '.join(others)} kept as it is"]
