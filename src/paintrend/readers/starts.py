"""Each patient's day 0: from a column, or given by the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.dates import Dates, DateStyle, date_style, read_dates
from paintrend.readers.problems import Problems
from paintrend.readers.values import is_missing, to_text
from paintrend.wording import plural

__all__ = [
    "add_patient_problems",
    "column_starts",
    "given_starts",
    "read_given",
    "starts_by_patient",
]


def given_starts(start: Any, codes: np.ndarray, ids: list[str]) -> tuple[Dates, np.ndarray]:
    """Read start=: one date for all, or patient id -> date."""
    if isinstance(start, (pd.Series, Mapping)):
        by_id = _by_patient(start, ids)
        values = [by_id.get(name) for name in ids]
    elif isinstance(start, (pd.DataFrame, list, tuple, set, np.ndarray)):
        raise InputError(
            f"start= is one date, or a mapping or Series from patient id to date; "
            f"got {type(start).__name__}."
        )
    else:
        values = [start] * len(ids)
    return read_given(pd.Series(values or [None], dtype=object), "start"), codes


def read_given(values: pd.Series, column: str) -> Dates:
    """Read dates that a caller wrote: the order of day and month is not guessed."""
    return read_dates(values, column, DateStyle(clock=date_style(values).clock))


def _by_patient(start: pd.Series | Mapping[Any, Any], ids: list[str]) -> dict[str, Any]:
    """Return patient id -> date; one without a date gives way to one with it.

    Raises
    ------
    InputError
        If no patient of the diary is in it, or one has two dates.
    """
    # As the diary's own ids are read: 1.0 is the patient 1, also as a name in an index.
    keys = to_text(pd.Series(list(start.keys()), dtype=object)).str.strip().tolist()
    known = set(ids)
    if ids and known.isdisjoint(keys):
        has = f"it has {', '.join(keys[:3])} ..." if keys else "it is empty"
        raise InputError(
            f"start= has no patient of the diary; {has}, the diary {', '.join(ids[:3])} ...: "
            "give patient id -> date of day 0, with the ids of the diary."
        )
    given = pd.Series([value for _, value in start.items()], dtype=object)
    shown = to_text(given)
    empty = is_missing(shown)
    first: dict[str, int] = {}
    two: dict[str, str] = {}
    for i, name in enumerate(keys):
        before = first.setdefault(name, i)
        if empty[before]:
            first[name] = i
        elif not empty[i] and given[i] != given[before] and shown[i] != shown[before]:
            two.setdefault(name, f"{shown[before]} and {shown[i]}")
    wrong = [f"{name}: {dates}" for name, dates in two.items() if name in known]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise InputError(
            f"start= gives {plural(len(wrong), 'patient')} two dates ({', '.join(wrong[:5])}"
            f"{more}). Give each patient one start date."
        )
    return {name: given[i] for name, i in first.items()}


def column_starts(
    raw: pd.Series,
    column: str,
    style: DateStyle,
    codes: np.ndarray,
    ids: list[str],
    problems: Problems,
) -> tuple[Dates, np.ndarray]:
    """Take each patient's start from the first row that has one; report those that differ."""
    dates = read_dates(raw, column, style)
    first = np.full(len(ids), -1, dtype=np.int64)
    usable = np.flatnonzero(~dates.missing & (codes >= 0))
    readable = usable[~np.isnat(dates.local[usable])]
    # Written from the end, so that the first row wins; a readable one before any other.
    first[codes[usable[::-1]]] = usable[::-1]
    first[codes[readable[::-1]]] = readable[::-1]
    of_row = np.where(codes >= 0, first[np.maximum(codes, 0)], -1)
    here, there = dates, of_row
    same = (here.local == here.local[there]) | (~np.isnat(here.utc) & (here.utc == here.utc[there]))
    differs = np.zeros(len(raw), dtype=bool)
    differs[readable] = ~same[readable]
    at = np.flatnonzero(differs)
    if at.size:
        _, first_at = np.unique(codes[at], return_index=True)
        one = at[np.sort(first_at)]
        all_of_them = np.isin(codes, codes[one])
        n_rows = np.bincount(codes[codes >= 0], minlength=len(ids))
        problem = np.array(
            [
                f"the start is {dates.text[i]} here but {dates.text[of_row[i]]} in row "
                f"{problems.rows[of_row[i]]} {_rows_of(n_rows[codes[i]])}"
                for i in one
            ],
            dtype=object,
        )
        problems.add(
            one,
            column,
            dates.text[one],
            problem,
            "Give the patient one start date.",
            also=all_of_them,
        )
    unreadable = (dates.problem != "") & (codes >= 0)
    # If the patient has a readable start elsewhere the slip still is one, but only in its row.
    own = unreadable & ~np.isnat(dates.local[of_row])
    problems.add(own, column, dates.text[own], dates.problem[own], dates.fix[own])
    return dates, of_row


def add_patient_problems(
    starts: Dates,
    of_row: np.ndarray,
    column: str,
    codes: np.ndarray,
    ids: list[str],
    problems: Problems,
) -> None:
    """Report each patient without a usable start once, for all rows of the patient."""
    at = np.where(of_row >= 0, of_row, 0)
    none = (codes >= 0) & ((of_row < 0) | starts.missing[at])
    unreadable = (codes >= 0) & ~none & (starts.problem[at] != "")
    n_rows = np.bincount(codes[codes >= 0], minlength=len(ids))
    for mask, missing in ((none, True), (unreadable, False)):
        rows = np.flatnonzero(mask)
        _, first_at = np.unique(codes[rows], return_index=True)
        one = rows[np.sort(first_at)]
        tail = np.array([f" {_rows_of(n_rows[codes[i]])}" for i in one], dtype=object)
        if missing:
            problems.add(
                one,
                column,
                "",
                "the patient has no start date" + tail,
                "Give the date of the patient's day 0.",
                also=mask,
            )
        else:
            problems.add(
                one,
                column,
                starts.text[at[one]],
                starts.problem[at[one]] + tail,
                starts.fix[at[one]],
                also=mask,
            )


def starts_by_patient(
    starts: Dates, of_row: np.ndarray, codes: np.ndarray, ids: list[str]
) -> dict[str, Any]:
    """Return each patient's day 0 as it was given: a date, or a moment with its time zone.

    Another table of the same patients can then be counted from the same starts.
    """
    first = np.full(len(ids), -1, dtype=np.int64)
    rows = np.flatnonzero((codes >= 0) & (of_row >= 0))
    first[codes[rows[::-1]]] = of_row[rows[::-1]]
    known = np.flatnonzero(first >= 0)
    known = known[~np.isnat(starts.local[first[known]])]
    at = first[known]
    found: dict[str, Any] = {}
    offsets = (starts.local[at] - starts.utc[at]).astype(object)
    walls = starts.local[at].astype(object)
    for i, wall, offset, whole in zip(known, walls, offsets, starts.whole_day[at], strict=True):
        if whole:
            found[ids[i]] = wall.date()
        else:
            zone = None if offset is None else dt.timezone(offset)
            found[ids[i]] = wall.replace(tzinfo=zone)
    return found


def _rows_of(n: int) -> str:
    return f"(all {n} rows of the patient)" if n > 1 else "(the patient's only row)"
