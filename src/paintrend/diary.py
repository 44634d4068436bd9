"""Read a diary: every check of a file in one place, every problem in one error."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.columns import find_columns
from paintrend.readers.covariates import split_covariates
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
from paintrend.readers.suggest import suggest_options
from paintrend.readers.table import read_table
from paintrend.readers.template import write_template
from paintrend.readers.wide import UNITS, visit_days
from paintrend.results.diary import Diary
from paintrend.scales import Scale, get_scale

__all__ = ["read_diary", "suggest_options", "write_template"]

TIME_ROLES = ("day", "date", "time", "start")


def read_diary(
    source: str | PathLike[str] | pd.DataFrame,
    scale: str | Scale,
    *,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    wide: bool | Mapping[str, float] | None = None,
    sheet: str | int | None = None,
    inclusion: str | None = None,
    lenient: bool = False,
) -> Diary:
    """Read ratings from a file or DataFrame, check them, and return them as a diary.

    One row per rating: ``patient_id``; ``pain`` (or a column named after the scale); and one of
    ``day`` (days since the patient's day 0), ``date`` with ``start`` (the date of day 0), or
    ``time`` with `time_unit`. Or one column per visit (`wide`). Other columns become covariates:
    of the patient where they are constant within every patient, else of the rating.

    An empty rating is a missed visit, not an error: it is counted and listed in
    ``diary.missing``.

    Parameters
    ----------
    source : path or DataFrame
        CSV (any usual separator and encoding), Excel or Parquet.
    scale : str or Scale
        Name of a built-in scale ("nrs", "vas", "odi" ...) or a `Scale`.
    columns : mapping, optional
        Standard name -> heading in the file: ``{"pain": "NRS today"}``.
    start : date, mapping or Series, optional
        Day 0 where the file has dates but no column ``start``: one date for all, or patient id
        -> date.
    time_unit : {"minutes", "hours", "days", "weeks"}, optional
        Unit of a column ``time``, and of bare numbers in headings of visits.
    wide : bool or mapping, optional
        True: one column per visit, the day read from headings such as "baseline", "day -7",
        "week 3". A mapping gives heading -> day.
    sheet : str or int, optional
        Sheet of an Excel file; needed only if several could be meant.
    inclusion : str, optional
        Heading of the column that marks ratings used to select the patient (default
        ``inclusion``). They are kept and shown, but not fitted as ordinary baselines.
    lenient : bool
        Set rows with problems aside, list them in ``diary.problems``, and go on.

    Returns
    -------
    Diary

    Raises
    ------
    DiaryError
        With every problem of the file in ``.problems``; also if no usable rating is left.
    ScaleError
        If the scale is unknown.
    InputError
        If the arguments contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient_id": ["007", "007"], "day": [7, 0], "pain": [4, 6]})
    >>> diary = read_diary(table, "nrs")
    >>> diary.ratings[["patient_id", "day", "pain"]].values.tolist()
    [['007', 0.0, 6.0], ['007', 7.0, 4.0]]
    """
    scale = get_scale(scale)
    if time_unit is not None and time_unit not in UNITS:
        raise InputError(f"time_unit is one of {', '.join(UNITS)}, got {time_unit!r}.")
    table = read_table(source, sheet)
    visits: dict[str, float] = {}
    if wide is not None and wide is not False:
        visits = visit_days(table, wide, scale, time_unit)
    roles = _roles(table, scale, columns, inclusion, bool(visits))
    long = make_long(table, roles.get("pain", ""), visits)
    problems = Problems(long.rows, table.source, table.counting)
    notices = list(table.notices)
    codes, ids, found = check_ids(long.frame[roles["patient_id"]], problems)
    notices += found
    if not ids:
        raise problems.nothing_left([])
    skip = add_rows_too_long(long, problems)
    if "scale" in roles:
        skip |= check_scale_column(long.frame[roles["scale"]], roles["scale"], scale, problems)
    if long.visit_day is not None:
        days, unit = long.visit_day, time_unit or "days"
        check_one_row_each(codes, len(visits), problems)
        listed = ", ".join(f"{name} = day {day:g}" for name, day in visits.items())
        notices.append(f"columns read as visits: {listed}")
    else:
        days, unit, used, found = _days(long, roles, start, time_unit, codes, ids, problems)
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
    if problems and not lenient:
        raise problems.error(hints)
    usable = ~problems.bad & ~missing
    if not usable.any():
        raise problems.nothing_left(hints)
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
    return Diary(
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
