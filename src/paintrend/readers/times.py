"""Which column says when: day, date with a start, or time with a unit; and the days it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.dates import DateStyle
from paintrend.readers.days import days_from_dates, days_from_numbers
from paintrend.readers.headings import like_start
from paintrend.readers.problems import Problems, file_error
from paintrend.readers.wide import UNITS

__all__ = ["TIME_ROLES", "Times", "find_days"]

TIME_ROLES = ("day", "date", "time", "start")


@dataclass(frozen=True, eq=False)
class Times:
    """When each row of a table was.

    Parameters
    ----------
    days : array of float
        Days since the patient's day 0, NaN where unknown.
    unit : str
        Unit of time in the file.
    used : list of str
        Standard names of the columns used, that of time first.
    notices : list of str
        What was assumed.
    starts : dict
        Patient id -> date of day 0, where the file has dates.
    apart : str
        How two ratings of one day can be told apart.
    """

    days: np.ndarray
    unit: str
    used: list[str]
    notices: list[str]
    starts: dict[str, Any] = field(default_factory=dict)
    apart: str = "tell them apart by a decimal day (3.5)"


def find_days(
    frame: pd.DataFrame,
    roles: Mapping[str, str],
    codes: np.ndarray,
    ids: list[str],
    problems: Problems,
    *,
    start: Any = None,
    time_unit: str | None = None,
    styles: Mapping[str, DateStyle] | None = None,
    what: str = "rating",
) -> Times:
    """Take the days from the column that has them.

    Parameters
    ----------
    frame : DataFrame
        The table.
    roles : mapping
        Standard column -> column of the table.
    codes, ids : array of int, list of str
        Patient of each row, -1 for none, and the patients' ids.
    problems : Problems
        Gets what cannot be read.
    start, time_unit
        As in `paintrend.read_diary`.
    styles : mapping, optional
        What whole columns of dates show, where `frame` is a part of one.
    what : str
        What a row is about, for messages.

    Raises
    ------
    InputError
        If the options contradict each other or the columns.
    DiaryError
        If there is no day 0 to count from, or no unit.
    """
    has_start = start is not None or "start" in roles
    if "day" in roles and start is None:
        if time_unit not in (None, "days"):
            raise InputError(
                f"{problems.source}: the column {roles['day']} is in days; time_unit="
                f"{time_unit!r} is for a column time: columns={{'time': {roles['day']!r}}}."
            )
        role, unit = "day", "days"
    elif "date" in roles and has_start:
        days, notices, starts = days_from_dates(
            frame[roles["date"]],
            roles["date"],
            start,
            frame[roles["start"]] if "start" in roles else None,
            roles.get("start", "start"),
            codes,
            ids,
            problems,
            styles,
            what,
        )
        used = ["date"] if start is not None else ["date", "start"]
        apart = f"tell them apart by a time of day in the column {roles['date']} (2024-03-14 08:30)"
        if "time" in roles:
            apart += f": the column {roles['time']} is not read"
        return Times(days, "days", used, notices + _not_used(roles, used), starts, apart)
    elif start is not None:
        raise InputError(
            f"{problems.source}: start= goes with a column date; the file has "
            f"{', '.join(map(str, frame.columns[:20]))}."
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
            f"(one date, or patient id -> date). The first {what} is not taken for it."
            + like_start([str(name) for name in frame.columns]),
            column="start",
        )
    days = days_from_numbers(frame[roles[role]], roles[role], unit, problems, what)
    found = Times(days, unit, [role], _not_used(roles, [role]))
    return found if role == "day" else replace(found, apart="tell them apart by the time")


def _not_used(roles: Mapping[str, str], used: list[str]) -> list[str]:
    """Say which columns of time were kept as plain columns."""
    others = [roles[role] for role in TIME_ROLES if role in roles and role not in used]
    if not others:
        return []
    return [f"time is read from {roles[used[0]]}; {', '.join(others)} kept as it is"]
