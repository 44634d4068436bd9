"""Cohorts made so that there is nothing to find: same patients, same visits, same rounding.

In the world without a link, later levels follow from the level at the start and on the landmark day
alone: curves of the population that agree in both take over there. In the world without dips, every
curve that rises by `worsening` is replaced by one that does not, with the same start and end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from paintrend.core.course_rules import GRID_POINTS
from paintrend.core.likelihood import OUTLIER
from paintrend.core.predictive import replicate_ratings
from paintrend.results.population import Population

__all__ = ["Visits", "curves_without_dip", "later_curves", "made_ratings", "nearest_curves"]

Array = NDArray[np.float64]
NEAREST = 20
"""Curves of the population, nearest in both levels, of which one is taken at random."""


class Visits(NamedTuple):
    """Days of the ratings of P patients end to end, and where each begins, (P + 1,)."""

    day: Array
    offset: NDArray[np.int64]


def nearest_curves(
    donors: Array, wanted: Array, rng: np.random.Generator, span: float
) -> NDArray[np.intp]:
    """One of the nearest donors (N, 2) for each wanted pair of levels (P, 2).

    Ties (many curves keep to the ends of the scale) are broken by a thousandth of the range.
    """
    jitter = rng.uniform(-5e-4, 5e-4, donors.shape) * span
    k = min(NEAREST, len(donors))
    _, near = cKDTree(donors + jitter).query(wanted, k=k)
    near = near.reshape(len(wanted), k)
    return near[np.arange(len(wanted)), rng.integers(0, k, len(wanted))]


def later_curves(
    pool: Array, landmark: float, horizon: float, levels: Array, rng: np.random.Generator,
    low: float, high: float,
) -> Array:  # fmt: skip
    """Curves (P, 169) of the population that have the given levels (P, 2) on day 0 and on the
    landmark day; moved by what is left of the difference there."""
    at = int(np.floor(landmark / (horizon / (GRID_POINTS - 1)) + 1e-9))
    took = nearest_curves(pool[:, [0, at]], levels, rng, high - low)
    return np.clip(pool[took] + (levels[:, 1] - pool[took, at])[:, None], low, high)


def curves_without_dip(
    curves: Array, pool: Array, worsening: float, rng: np.random.Generator, low: float, high: float,
    n_end: int,
) -> Array:  # fmt: skip
    """The curves (P, 169), those that rise by `worsening` replaced by curves of the population that
    do not, with the same start and end (mean of the last ``n_end`` points)."""

    def rises(c: Array) -> NDArray[np.bool_]:
        return np.asarray((c - c[:, :1]).max(axis=1) >= worsening)

    def ends(c: Array) -> Array:
        return np.column_stack([c[:, 0], c[:, -n_end:].mean(axis=1)])

    out, risen, donors = curves.copy(), rises(curves), pool[~rises(pool)]
    if risen.any() and len(donors):
        took = nearest_curves(ends(donors), ends(curves[risen]), rng, high - low)
        moved = donors[took] + (curves[risen, 0] - donors[took, 0])[:, None]
        out[risen] = np.clip(moved, low, high)
    return out


def made_ratings(
    population: Population, curves: Array, noise: NDArray[np.int64], visits: Visits,
    rng: np.random.Generator, trend: Array | None = None,
) -> Array:  # fmt: skip
    """Ratings (N,), oriented scale units, of one curve per patient (P, 169) at their visits; before
    day 0 the level is that of day 0, or changes by the trends per day (P,), as far back as half a
    horizon, as in the model."""
    low, unit = population.scale.low, population.unit
    grid = np.linspace(0.0, population.horizon, GRID_POINTS)
    out = np.empty(visits.day.size)
    for i, (a, b) in enumerate(zip(visits.offset[:-1], visits.offset[1:], strict=True)):
        if a == b:
            continue
        level = np.interp(visits.day[a:b], grid, curves[i])
        if trend is not None:
            level = level + trend[i] * np.clip(visits.day[a:b], -population.horizon / 2.0, 0.0)
            level = np.clip(level, low, population.scale.high)
        levels = (level - low) / unit
        normals = rng.standard_normal((1, 3 * (b - a)))
        made = replicate_ratings(
            population.model, noise[i : i + 1], levels[None, :], visits.day[a:b], normals, OUTLIER,
            rng.random(1) - 0.5,
        )  # fmt: skip
        out[a:b] = made[0] * unit + low
    return out
