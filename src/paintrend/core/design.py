"""Columns of the dictionary at each patient's own days."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.grid import grid_columns
from paintrend.core.likelihood import rating_kind
from paintrend.core.model import Design
from paintrend.core.prior import Prior, population_curve
from paintrend.shapes import ShapeTable, evaluate

__all__ = ["Overall", "build_design", "overall_curve", "trend_column", "with_population"]

Array = NDArray[np.float64]
N_OVERALL = 8


class Overall(NamedTuple):
    """Level on a grid of [0, H] over a whole population: mean (points,), and the largest
    components of its covariance (points, `N_OVERALL`)."""

    mean: Array
    root: Array


def trend_column(day: Array, horizon: float) -> Array:
    """Days before day 0 as a negative number, 0 after; a trend is taken to reach back half a
    horizon at most."""
    return np.maximum(np.minimum(day, 0.0), -horizon / 2.0)


def _interpolate(columns: Array, day: Array, horizon: float) -> Array:
    """Linear interpolation of grid columns (points, ...) at days (N,), constant outside [0, H]."""
    last = columns.shape[0] - 1
    x = np.clip(day / horizon, 0.0, 1.0) * last
    i = np.minimum(x.astype(np.int64), last - 1)
    w = (x - i).reshape((-1,) + (1,) * (columns.ndim - 1))
    return columns[i] * (1.0 - w) + columns[i + 1] * w


def build_design(
    day: Array,
    y: Array,
    offset: NDArray[np.int64],
    table: ShapeTable,
    prior: Prior,
    step: float,
    *,
    group: NDArray[np.int64] | None = None,
    overall: Overall | None = None,
) -> Design:
    """Arrays for the kernels.

    Parameters
    ----------
    day, y : (N,) days, and ratings on 0-10 with worse higher, patients end to end and days
        ascending within each
    offset : (P + 1,) where each patient's ratings begin
    group : (P,) row of the model's shape shares; all 0 by default
    overall : of the population, where it is known already
    """
    horizon = table.horizon
    grid = grid_columns(table)
    before = trend_column(day, horizon)
    days, row = np.unique(day, return_inverse=True)
    empty = np.empty(0)
    design = Design(
        offset=offset.astype(np.int64),
        group=np.zeros(offset.size - 1, dtype=np.int64)
        if group is None
        else group.astype(np.int64),
        day=day,
        y=y,
        kind=rating_kind(y, step),
        row=row.astype(np.int64),
        common=np.ascontiguousarray(np.stack([np.ones_like(day), before], axis=1)),
        slow=np.ascontiguousarray(
            np.stack([evaluate(c, days, horizon) for c in table.slow], axis=1)
        ),
        hump=np.ascontiguousarray(
            np.stack([evaluate(c, days, horizon) for c in table.hump], axis=1)
        ),
        wax=np.ascontiguousarray(_interpolate(grid.wax, days, horizon)),
        overall=empty,
        overall_mean=empty,
    )
    return with_population(design, table, prior, overall)


def overall_curve(prior: Prior, table: ShapeTable) -> Overall:
    """Mean and covariance of the level over the whole population."""
    mean, covariance = population_curve(prior, table)
    values, vectors = np.linalg.eigh(covariance)
    keep = np.argsort(values)[::-1][:N_OVERALL]
    return Overall(mean, vectors[:, keep] * np.sqrt(np.maximum(values[keep], 0.0)))


def with_population(
    design: Design, table: ShapeTable, prior: Prior, overall: Overall | None = None
) -> Design:
    """Give the same ratings and columns with the overall mean and covariance of another prior."""
    day, horizon = design.day, table.horizon
    mean, root = overall or overall_curve(prior, table)
    before = np.sqrt(prior.covariance[:, 1, 1].max()) * trend_column(day, horizon)
    return design._replace(
        overall=np.ascontiguousarray(
            np.concatenate([_interpolate(root, day, horizon), before[:, None]], axis=1)
        ),
        overall_mean=_interpolate(mean, day, horizon)
        + prior.mean[0, 1] * trend_column(day, horizon),
    )
