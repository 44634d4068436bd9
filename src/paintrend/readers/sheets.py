"""Several sheets of one workbook, put one below the other: one for each visit or group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.columns import STANDARD
from paintrend.readers.headings import simple_name
from paintrend.readers.origin import Origin
from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.values import not_numbers
from paintrend.scales import SCALES

__all__ = ["ALL", "SHEET", "days_of_sheets", "stack_sheets"]

ALL = "*"
"""Stands for all sheets; Excel allows no sheet of that name."""

SHEET = "sheet"
"""Column that says on which sheet a row is."""


def days_of_sheets(asked: str | Sequence[str] | Mapping[str, float]) -> dict[str, float] | None:
    """Return the day of each sheet, where the caller gives one.

    Raises
    ------
    InputError
        If a day is no number.
    """
    if not isinstance(asked, Mapping):
        return None
    wrong = not_numbers(asked)
    if wrong:
        raise InputError(f"sheet= gives each sheet its day, a number; got {wrong}.")
    return {str(name): float(day) for name, day in asked.items()}


def stack_sheets(
    tables: Mapping[str, RawTable], days: Mapping[str, float] | None, source: str
) -> RawTable:
    """Put tables with the same headings below each other; rows are called "Ward A!5".

    Parameters
    ----------
    tables : mapping
        Name of the sheet -> its table.
    days : mapping, optional
        Name of the sheet -> day of the visit that it holds.
    source : str
        The file's name.

    Raises
    ------
    DiaryError
        If a sheet lacks a column of patients, times or ratings that others have, or has days of
        its own although it was given one.
    """
    simple = {name: [simple_name(one) for one in table.frame] for name, table in tables.items()}
    spelling: dict[str, str] = {}
    for table in tables.values():
        for heading in table.frame.columns:
            spelling.setdefault(simple_name(heading) or str(heading), str(heading))
    _check_headings(simple, spelling, days, source)
    frames, rows, notices = [], [], []
    for name, table in tables.items():
        frame = table.frame.rename(
            columns=lambda heading: spelling.get(simple_name(heading), str(heading))
        )
        frame = frame.assign(**{SHEET if SHEET not in spelling else "sheet (workbook)": name})
        if days is not None:
            frame = frame.assign(day=days[name])
        frames.append(frame)
        rows += [f"{name}!{row}" for row in table.rows]
        notices += [f"sheet {name}: {notice}" for notice in table.notices]
        lacks = [spelling[one] for one in spelling if one not in simple[name]]
        if lacks:
            notices.append(f"sheet {name} has no column {', '.join(lacks)}: empty there")
    whole = pd.concat(frames, ignore_index=True)
    if days is not None:
        given = ", ".join(f"{name} = day {day:g}" for name, day in days.items())
        notices.append(f"sheets read as visits, days as given and not from dates: {given}")
    first = next(iter(tables.values()))
    return replace(
        first,
        frame=whole,
        rows=np.array(rows, dtype=object),
        source=source,
        counting="Rows are named by sheet and number, as Excel shows them.",
        notices=tuple(notices),
        origin=Origin("Excel", (source,), "sheets " + ", ".join(tables)),
    )


def _check_headings(
    simple: Mapping[str, list[str]],
    spelling: Mapping[str, str],
    days: Mapping[str, float] | None,
    source: str,
) -> None:
    """Refuse sheets that lack a column that the others have and every row needs."""
    needed = [one for one in spelling if one in STANDARD or one in SCALES]
    lacking = {
        spelling[one]: [name for name, headings in simple.items() if one not in headings]
        for one in needed
        if one != "inclusion"
    }
    lacking = {column: names for column, names in lacking.items() if names}
    if lacking:
        column, names = next(iter(lacking.items()))
        said = "; ".join(f"{one} is not in {', '.join(two)}" for one, two in lacking.items())
        raise file_error(
            source,
            f"the sheets differ in their headings: {said}",
            "Give the column the same heading on every sheet, or read the others with sheet=.",
            column=column,
            value=", ".join(names),
        )
    if days is not None and "day" in spelling:
        raise file_error(
            source,
            "the sheets have a column day, and sheet= gives days as well",
            "Leave the days out: sheet=['...', ...].",
            column="day",
        )
