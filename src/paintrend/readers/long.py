"""One row per rating, whatever the shape of the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from paintrend.readers.problems import Problems
from paintrend.readers.raw import RawTable

__all__ = ["LongTable", "add_rows_too_long", "make_long"]


@dataclass(frozen=True, eq=False)
class LongTable:
    """The table with one row per rating, before any check.

    Parameters
    ----------
    frame : DataFrame
        All columns but those of visits.
    rows : array
        What each row is called in messages; repeated where a row of the file holds several visits.
    scores : Series
        The ratings as read.
    score_column : str or array of str
        Their heading, or one for each row.
    visit_day : array of float or None
        The day that the heading stands for; None if days are in a column.
    too_long : dict
        As in `RawTable`.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    scores: pd.Series
    score_column: str | np.ndarray
    visit_day: np.ndarray | None
    too_long: dict[int, str]


def make_long(table: RawTable, score_column: str, visits: dict[str, float]) -> LongTable:
    """Return one row per rating: the table itself, or each row once for every visit."""
    frame, rows = table.frame, table.rows
    if not visits:
        scores = frame[score_column]
        return LongTable(frame, rows, scores, score_column, None, table.too_long)
    n_rows, n_visits = len(frame), len(visits)
    # Row by row, so that problems come in the order of the file.
    scores = pd.Series(frame[list(visits)].to_numpy().ravel())
    at = np.repeat(np.arange(n_rows), n_visits)
    rest = frame.drop(columns=list(visits)).iloc[at].reset_index(drop=True)
    names = np.tile(np.array(list(visits), dtype=object), n_rows)
    days = np.tile(np.array(list(visits.values()), dtype=float), n_rows)
    too_long = {row * n_visits: extra for row, extra in table.too_long.items()}
    return LongTable(rest, rows[at], scores, names, days, too_long)


def add_rows_too_long(long: LongTable | RawTable, problems: Problems) -> np.ndarray:
    """Report, and return, rows with more values than there are headings."""
    if not long.too_long:
        return np.zeros(len(long.rows), dtype=bool)
    at = np.array(list(long.too_long), dtype=np.int64)
    shifted = np.isin(long.rows, long.rows[at])
    problems.add(
        at,
        "",
        np.array(list(long.too_long.values()), dtype=object),
        "the row has more values than there are headings",
        'Put texts that hold the separator into quotes ("3,5"), or delete what is too much.',
        also=shifted,
    )
    return shifted
