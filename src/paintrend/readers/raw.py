"""The raw table that every format is read into: values as the file has them, rows named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from paintrend.readers.origin import Flaw, Origin
from paintrend.readers.problems import file_error, no_rows_error
from paintrend.readers.values import to_text

__all__ = [
    "MOST_COLUMNS",
    "Export",
    "RawTable",
    "check_width",
    "filled_cells",
    "heading_row",
    "headings_in",
    "named_table",
    "rows_of",
]

MOST_COLUMNS = 16_384
"""As in a sheet of Excel."""


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as read, before any check of its values.

    Parameters
    ----------
    frame : DataFrame
        Values under unique text headings.
    rows : array
        What each row is called in messages.
    source : str
        The file's name, or "DataFrame".
    counting : str
        A sentence on how rows are counted.
    notices : tuple of str
        What the reader assumed.
    too_long : dict
        Position of each row with more values than there are headings -> the values too many.
    origin : Origin
        What was chosen in the source and what was left out.
    flaws : tuple of Flaw
        Problems of rows that the reader found.
    value_labels : mapping
        Column -> value -> what the value stands for (SPSS, Stata, SAS).
    kinds : tuple of str
        Columns that say what was rated, beside those whose headings do.
    written : mapping
        Column -> its values as in the source, where the reader made others of them.
    apart : str
        How two ratings of one day can be told apart, where not by the time.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    source: str
    counting: str
    notices: tuple[str, ...] = ()
    too_long: dict[int, str] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)
    flaws: tuple[Flaw, ...] = ()
    value_labels: Mapping[str, Mapping[float | str, str]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    written: Mapping[str, pd.Series] = field(default_factory=dict)
    apart: str = ""


@dataclass(frozen=True, eq=False)
class Export:
    """An export of a system as one row per rating, ready to be checked.

    Parameters
    ----------
    table : RawTable
        Its columns bear the system's own names.
    columns : dict
        Standard column -> column of the table.
    start : Any
        Day 0 as `paintrend.read_diary` takes it, where it is not a column.
    """

    table: RawTable
    columns: dict[str, str]
    start: Any = None


def check_width(n: int, source: str) -> None:
    """Refuse a table with more columns than any diary has.

    Raises
    ------
    DiaryError
    """
    if n > MOST_COLUMNS:
        raise file_error(
            source,
            f"the table has {n:,} columns; at most {MOST_COLUMNS:,} are read",
            "Was the wrong separator used, or is the table on its side? Keep the columns needed.",
        )


def named_table(
    cells: pd.DataFrame,
    headings: list[str],
    first_row: int,
    source: str,
    notices: list[str],
    *,
    number: bool = False,
) -> RawTable:
    """Put headings over cells, drop empty rows and columns, refuse headings that occur twice.

    Parameters
    ----------
    cells : DataFrame
        All rows below the headings.
    headings : list of str
        One per column of `cells`, "" where there is none.
    first_row : int
        Number of the first of these rows in the file.
    source, notices
        As in `RawTable`.
    number : bool
        Number headings that occur twice ("Pain (1)", "Pain (2)") instead of refusing them.
    """
    check_width(len(headings), source)
    filled = filled_cells(cells)
    names = [heading.strip() for heading in headings]
    keep = [i for i, name in enumerate(names) if name or filled[:, i].any()]
    names = [names[i] or f"column {i + 1}" for i in keep]
    if number:
        names = _numbered(names)
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        at = {name: [keep[i] + 1 for i, n in enumerate(names) if n == name] for name in twice}
        shown = "; ".join(f"{name!r} in columns {_and(at[name])}" for name in twice)
        raise file_error(
            source,
            f"two columns have the same heading: {shown}",
            "Rename one of each, or delete it.",
            column=", ".join(twice),
            row=first_row - 1,
        )
    used = np.asarray(filled.any(axis=1))
    if not used.any():
        raise no_rows_error(
            source,
            names,
            f"there are headings ({', '.join(names)}) but no rows below them",
            "Add one row per rating.",
        )
    # Empty rows at the end are no news; those between others may be a sign of lost data.
    last = int(np.flatnonzero(used)[-1])
    n_gaps = last + 1 - int(np.count_nonzero(used))
    if n_gaps:
        notices = [*notices, f"{n_gaps} empty {'row' if n_gaps == 1 else 'rows'} skipped"]
    frame = cells.iloc[np.flatnonzero(used), keep].reset_index(drop=True)
    frame.columns = pd.Index(names)
    rows = np.flatnonzero(used) + first_row
    counting = f"Rows are numbered as a spreadsheet shows them (headings in row {first_row - 1})."
    return RawTable(frame, rows, source, counting, tuple(notices))


def _numbered(names: list[str]) -> list[str]:
    n_times, seen = Counter(names), Counter[str]()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if n_times[name] == 1 else f"{name} ({seen[name]})")
    return numbered


def rows_of(table: RawTable, keep: np.ndarray) -> RawTable:
    """Return a table with only the rows in the mask, problems and all."""
    place = np.cumsum(keep) - 1
    return replace(
        table,
        frame=table.frame[keep].reset_index(drop=True),
        rows=table.rows[keep],
        too_long={int(place[at]): extra for at, extra in table.too_long.items() if keep[at]},
        written={
            name: values[keep].reset_index(drop=True) for name, values in table.written.items()
        },
        flaws=tuple(flaw._replace(at=int(place[flaw.at])) for flaw in table.flaws if keep[flaw.at]),
    )


def heading_row(n_filled: list[int]) -> int:
    """Return which of the first rows holds the headings, from the number of filled cells in each.

    It is the first row that holds anything, unless that is a title: one cell, and within ten
    rows another row with at least three.
    """
    first = next((i for i, n in enumerate(n_filled) if n), 0)
    if n_filled[first] == 1:
        return next((i for i, n in enumerate(n_filled[:10]) if n >= 3), first)
    return first


def headings_in(cells: pd.DataFrame, filled: np.ndarray, row: int) -> list[str]:
    """Return the cells of a row as headings, "" where a cell holds nothing."""
    return [
        str(cell) if full else "" for cell, full in zip(cells.iloc[row], filled[row], strict=True)
    ]


def filled_cells(cells: pd.DataFrame) -> np.ndarray:
    """Tell which cells hold anything but blanks."""
    filled = np.zeros(cells.shape, dtype=bool)
    for i in range(cells.shape[1]):
        filled[:, i] = to_text(cells.iloc[:, i]).str.strip().to_numpy(dtype=object) != ""
    return filled


def _and(values: list[int]) -> str:
    return " and ".join(map(str, values))
