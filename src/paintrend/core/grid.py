"""The columns of the dictionary on equally spaced days from 0 to the horizon."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import points_in
from paintrend.core.curves import GRID_POINTS, ROW_LENGTH, GridRows
from paintrend.core.resampling import SKETCH_POINTS
from paintrend.shapes import ShapeTable, Waxing, evaluate

__all__ = [
    "N_COEFFICIENTS",
    "GridColumns",
    "grid_columns",
    "grid_rows",
    "sketch_rows",
    "waxing_bases",
]

Array = NDArray[np.float64]
N_COEFFICIENTS = 20
"""Leading eigenvectors kept of each waxing covariance; what they leave out is below 0.3% of its
variance."""


class GridColumns(NamedTuple):
    """Every column on equally spaced days of [0, H]: common (n, q), slow (n, S), hump (n, B), wax
    (n, bases * m + 1)."""

    day: Array
    common: Array
    slow: Array
    hump: Array
    wax: Array


@lru_cache(maxsize=16)
def grid_columns(table: ShapeTable, points: int = GRID_POINTS) -> GridColumns:
    """Evaluate the dictionary and the waxing bases on the grid."""
    day = np.linspace(0.0, table.horizon, points)
    slow = np.stack([evaluate(c, day, table.horizon) for c in table.slow], axis=1)
    hump = np.stack([evaluate(c, day, table.horizon) for c in table.hump], axis=1)
    bases = []
    for length, period, pinned in waxing_bases(table):
        unit = Waxing(length, period, 1.0, 0.0, pinned)
        values, vectors = np.linalg.eigh(unit.covariance(day, table.horizon))
        keep = np.argsort(values)[::-1][:N_COEFFICIENTS]
        # the sign of an eigenvector is arbitrary: fix it, so that draws repeat on every machine
        sign = np.sign(vectors[np.argmax(np.abs(vectors[:, keep]), axis=0), keep])
        bases.append(vectors[:, keep] * sign * np.sqrt(np.maximum(values[keep], 0.0)))
    trend = (1.0 - np.exp(-3.0 * day / table.horizon)) / (1.0 - np.exp(-3.0))
    # on and after day 0 the start counts and the trend before day 0 does not
    common = np.stack([np.ones(points), np.zeros(points)], axis=1)
    return GridColumns(day, common, slow, hump, np.column_stack([*bases, trend]))


@lru_cache(maxsize=16)
def grid_rows(table: ShapeTable) -> GridRows:
    """The same columns as rows, each in one piece of memory."""
    return _as_rows(table, np.arange(GRID_POINTS), ROW_LENGTH)


@lru_cache(maxsize=16)
def sketch_rows(table: ShapeTable) -> GridRows:
    """The same at a few days: day 0, equally spaced days up to the horizon, and the middle of the
    last `lasting_days`."""
    last = GRID_POINTS - 1
    middle = last - min(points_in(table.lasting_days, table.horizon), last) // 2
    at = np.linspace(0, last, SKETCH_POINTS - 1).round().astype(int)
    return _as_rows(table, np.append(at, middle), SKETCH_POINTS)


def _as_rows(table: ShapeTable, points: NDArray[np.intp], length: int) -> GridRows:
    columns = grid_columns(table)

    def padded(values: Array, further: int) -> Array:
        # in order of rows: a transposed view would keep the order of columns
        rows = np.zeros((values.shape[1] + further, length))
        rows[: values.shape[1], : points.size] = values[points].T
        return rows

    return GridRows(
        columns.common[0].copy(),
        padded(columns.slow, 1),
        padded(columns.hump, 1),
        padded(columns.wax, 0),
    )


def waxing_bases(table: ShapeTable) -> list[tuple[float, float, bool]]:
    """Distinct (length, period, pinned) in the table, in order."""
    return list(dict.fromkeys((w.length, w.period, w.pinned) for w in table.waxing))
