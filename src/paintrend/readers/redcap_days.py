"""When a row of a REDCap export was: a date field, a field of days, or the days of the events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.headings import near_name, simple_name
from paintrend.readers.kinds import counted
from paintrend.readers.origin import Flaw
from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.redcap_fields import Structure, of_records
from paintrend.readers.table import read_table
from paintrend.readers.values import is_missing, not_numbers, to_number, to_text

__all__ = ["EventDays", "Timed", "add_times"]

NAME = re.compile(r"[^\W\d]\w*_\w*|\D+")
"""What is a name of a field, or a misspelt one, and not a date."""

EventDays = Mapping[str, float] | str | PathLike[str] | pd.DataFrame


@dataclass(frozen=True, eq=False)
class Timed:
    """How the rows got their times.

    Parameters
    ----------
    untimed : array of bool
        Rows without a time.
    roles : dict
        Standard column -> column, for those of time.
    start : Any
        Day 0 as `paintrend.read_diary` takes it, where it is not a column.
    notices, flaws, selection
        What was assumed; rows that cannot be placed; what was chosen.
    """

    untimed: np.ndarray
    roles: dict[str, str]
    start: Any = None
    notices: list[str] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    selection: dict[str, str] = field(default_factory=dict)


def add_times(
    table: RawTable,
    structure: Structure,
    wide: pd.DataFrame,
    rated: np.ndarray,
    event_days: EventDays | None,
    date: str | None,
    day: str | None,
    start: Any,
) -> Timed:
    """Give the rows a column ``day``, or ``date`` with ``start``.

    Raises
    ------
    InputError
        If several ways are asked for at once.
    DiaryError
        If none is, or a field or the day of an event is missing.
    """
    ways = {"event_days=": event_days, "date=": date, "day=": day}
    asked = [name for name, value in ways.items() if value is not None]
    if len(asked) > 1:
        raise InputError(f"{' and '.join(asked)} contradict each other: give one of them.")
    if not asked:
        raise _no_time(table, structure, wide, rated)
    if date is not None:
        return _dated(table, structure, wide, date, start)
    if start is not None:
        raise InputError("start= goes with date=; the days of events are counted from day 0.")
    if day is not None:
        name = _existing(table, day, "day")
        wide[name] = to_text(table.frame[name]).str.strip().to_numpy()
        return Timed(is_missing(pd.Series(wide[name])), {"day": name}, selection={"day": name})
    return _planned(table, structure, wide, rated, event_days)


def _dated(
    table: RawTable, structure: Structure, wide: pd.DataFrame, date: str, start: Any
) -> Timed:
    name = _existing(table, date, "date")
    wide[name] = to_text(table.frame[name]).str.strip().to_numpy()
    chosen = {"date": name}
    names = [str(one) for one in table.frame.columns]
    if isinstance(start, str) and near_name(start, names):
        field_name = _existing(table, start, "start")
        # Stands on one row of a record; where a record has several, the checks say so.
        wide[field_name] = of_records(structure, table.frame, field_name)
        chosen["start"], start = field_name, None
    elif isinstance(start, str) and NAME.fullmatch(start.strip()):
        _existing(table, start, "start, and it is no date")
    elif start is None:
        raise file_error(
            table.source,
            f"there are dates ({name}) but no day 0 to count from",
            "Name the field with the date of treatment: start='surgery_date', say; or give one "
            "date for all, or record -> date.",
            column="start",
        )
    return Timed(is_missing(pd.Series(wide[name])), dict(chosen), start, selection=chosen)


def _planned(
    table: RawTable,
    structure: Structure,
    wide: pd.DataFrame,
    rated: np.ndarray,
    event_days: EventDays | None,
) -> Timed:
    if not structure.event:
        raise file_error(
            table.source,
            "event_days= is given, but there are no events",
            "Say which field holds the date: date=, with start=.",
            column="redcap_event_name",
        )
    days = _event_table(event_days)
    events = wide[structure.event]
    simple = {simple_name(name): value for name, value in days.items()}

    def day_of(event: str) -> float:
        return days.get(event, simple.get(simple_name(event), np.nan))

    unknown = [one for one in dict.fromkeys(events[rated]) if np.isnan(day_of(one))]
    if unknown:
        more = ", ".join(f"{one!r}: ..." for one in unknown[:6])
        raise file_error(
            table.source,
            f"event_days= has no day for {', '.join(map(repr, unknown[:6]))}; the ratings are at "
            f"{counted(events[rated])}",
            f"Add the days: event_days={{..., {more}}}.",
            column=structure.event,
            value=", ".join(unknown[:6]),
        )
    if structure.instance and rated.any():
        number = to_number(pd.Series(wide[structure.instance]))
        repeated = rated & (number > 1)
        if repeated.any():
            which = counted(events[repeated])
            raise file_error(
                table.source,
                f"the ratings of repeated forms would all be on the day of their event: {which}",
                "Say which field holds the date of each rating: date=, with start=.",
                column=structure.instance,
            )
    wide["day"] = np.array([day_of(one) for one in events], dtype=float)
    here = sorted(set(events[rated]), key=day_of)
    listed = ", ".join(f"{one} = day {day_of(one):g}" for one in here)
    return Timed(
        np.isnan(wide["day"].to_numpy(dtype=float)),
        {"day": "day"},
        notices=[f"days are those planned for the events, not of dates: {listed}"],
        selection={"event_days": listed},
    )


def _event_table(given: EventDays | None) -> dict[str, float]:
    """Read a table of events and days, or take the mapping."""
    if isinstance(given, Mapping):
        not_days = not_numbers(given)
        if not_days or not given:
            raise InputError(
                f"event_days= maps an event to its day, a number; got {not_days or given}."
            )
        return {str(name).strip(): float(day) for name, day in given.items()}
    if given is None or not isinstance(given, (str, PathLike, pd.DataFrame)):
        raise InputError(
            "event_days= is a mapping from event to day, or a table with the columns event and day."
        )
    table = read_table(given)
    names = [str(name) for name in table.frame.columns]
    event = near_name("event", names) or near_name("redcap_event_name", names)
    event = event or near_name("unique_event_name", names)
    day = near_name("day", names) or near_name("day_offset", names)
    if event is None or day is None:
        raise DiaryError(
            f"{table.source}: a table of events has the columns event and day; this one has "
            f"{', '.join(names[:20])}."
        )
    values = to_number(table.frame[day])
    wrong = [str(table.rows[at]) for at in np.flatnonzero(~np.isfinite(values))]
    if wrong:
        raise DiaryError(f"{table.source}: the day is no number in row {', '.join(wrong[:10])}.")
    events = to_text(table.frame[event]).str.strip()
    twice = events[events.duplicated()]
    if len(twice):
        raise DiaryError(
            f"{table.source}: events are there twice: {', '.join(sorted(set(twice)))}."
        )
    return {str(name): float(value) for name, value in zip(events, values, strict=True)}


def _existing(table: RawTable, asked: str, role: str) -> str:
    names = [str(name) for name in table.frame.columns]
    found = near_name(asked, names)
    if found is None:
        raise file_error(
            table.source,
            f"there is no field {asked!r} (asked for as {role})",
            f"It has the fields: {', '.join(names[:30])}.",
            column=asked,
        )
    return found


def _no_time(
    table: RawTable, structure: Structure, wide: pd.DataFrame, rated: np.ndarray
) -> DiaryError:
    """Say which dates there are, and which events."""
    dated = {
        name: to_text(table.frame[name]).str.match(r"\s*\d{4}-\d{2}-\d{2}").to_numpy()
        for name in structure.others
    }
    # the date of a rating stands beside most ratings, that of surgery beside one of each patient
    dates = sorted(
        (name for name, held in dated.items() if held.any()),
        key=lambda name: -int(np.count_nonzero(dated[name] & rated)),
    )
    offers = [f"date={dates[0]!r}, start=..." if dates else "date= the field with the date"]
    said = f" Fields with dates: {', '.join(dates[:8])}." if dates else ""
    if structure.event:
        listed = counted(wide[structure.event][rated])
        first = str(wide[structure.event][rated].iloc[0])
        said += f" Events with ratings: {listed}."
        offers.append(f"event_days={{{first!r}: 0, ...}} for the planned days")
    return file_error(
        table.source,
        f"nothing says when the ratings were made.{said}".removesuffix("."),
        f"Say {', or '.join(offers)}.",
        column="date",
    )
