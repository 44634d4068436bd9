"""Curves of a wanted course, drawn from the default population by rejection.

Shape, start and amplitudes are drawn from the default population until the course of the curve is
the wanted one. The mix of courses therefore holds as asked, and within a course curves are as
common as they are in the population, those near a threshold included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from paintrend.core.course_rules import COURSES, GRID_POINTS, classify_curves
from paintrend.core.default import default_prior
from paintrend.core.prior import N_COEFFICIENTS, Prior, family_of, grid_columns, waxing_bases
from paintrend.errors import InputError
from paintrend.results.criteria import Criteria
from paintrend.results.population import rounding_step
from paintrend.scales import Scale
from paintrend.shapes import FAMILIES, ShapeTable

__all__ = ["CurveSource", "DrawnCurve", "draw_curve"]

Array = NDArray[np.float64]

DEFAULT = "rehabilitation"
BATCH = 64
BATCHES = 400


@dataclass(frozen=True)
class CurveSource:
    """What curves are drawn from: shapes, scale, thresholds and the distribution of the start.

    `mean` and `sd` are those of the oriented level on day 0.
    """

    table: ShapeTable
    scale: Scale
    criteria: Criteria
    mean: float
    sd: float


@dataclass(frozen=True)
class DrawnCurve:
    """A curve (169,), oriented, in scale units, and its row in the shapes table."""

    family: str
    shape: int
    values: Array


def grid_days(horizon: float) -> Array:
    """Days of the points of a curve."""
    return np.linspace(0.0, horizon, GRID_POINTS, dtype=np.float64)


@lru_cache(maxsize=8)
def _population(source: CurveSource) -> tuple[Prior, Array, NDArray[np.int64]]:
    """The default population, the edges of its shapes' shares, and the family of each shape."""
    unit = source.scale.span / 10.0
    thresholds = tuple(source.criteria.required(k) / unit for k in ("worsening", "improvement"))
    step = rounding_step(source.scale)
    prior = default_prior(DEFAULT, source.table, step, (thresholds[0], thresholds[1]))
    # rounded, so that the last digit of another processor's optimiser cannot move a draw
    return prior, np.cumsum(np.round(prior.shape, 9)), family_of(source.table)


def _changes(
    rng: np.random.Generator, source: CurveSource, starts: Array
) -> tuple[NDArray[np.int64], Array]:
    """Draw shapes and their changes from day 0, in tenths of the range, given starts likewise."""
    table, columns = source.table, grid_columns(source.table)
    prior, edges, family = _population(source)
    shapes = np.searchsorted(edges, rng.random(BATCH) * edges[-1], side="right")
    sizes = rng.standard_normal((BATCH, 2))
    waves = rng.standard_normal((BATCH, N_COEFFICIENTS + 1))
    bases = waxing_bases(table)
    changes = np.zeros((BATCH, GRID_POINTS))
    for i, (shape, f) in enumerate(zip(shapes, family[shapes], strict=True)):
        if shape >= len(table.shapes):
            w = table.waxing[shape - len(table.shapes)]
            at = bases.index((w.length, w.period, w.pinned)) * N_COEFFICIENTS
            smooth = columns.wax[:, at : at + N_COEFFICIENTS] @ waves[i, :-1]
            changes[i] = w.size * smooth + w.trend * waves[i, -1] * columns.wax[:, -1]
            continue
        mean, covariance = prior.mean[f], prior.covariance[f]
        slope = covariance[0, 2:] / covariance[0, 0]
        spread = np.sqrt(np.maximum(np.diag(covariance)[2:] - slope**2 * covariance[0, 0], 0.0))
        size = mean[2:] + slope * starts[i] + spread * sizes[i]
        row = table.shapes[shape]
        if row.slow >= 0:
            changes[i] += size[0] * columns.slow[:, row.slow]
        if row.hump >= 0:
            changes[i] += size[1] * columns.hump[:, row.hump]
    return shapes, changes


def _starts(rng: np.random.Generator, source: CurveSource) -> Array:
    """Draw oriented levels on day 0 from the normal distribution limited to the range."""
    u = rng.random(BATCH)
    if source.sd == 0.0:
        return np.full(BATCH, source.mean)
    low, high = ((x - source.mean) / source.sd for x in (source.scale.low, source.scale.high))
    return source.mean + source.sd * ndtri(ndtr(low) + u * (ndtr(high) - ndtr(low)))


def draw_curve(rng: np.random.Generator, course: str, source: CurveSource) -> DrawnCurve:
    """Draw a curve of the wanted course.

    Parameters
    ----------
    rng : Generator
    course : str
        One of `COURSES`.
    source : CurveSource

    Returns
    -------
    DrawnCurve

    Raises
    ------
    InputError
        If no curve of this course turns up, e.g. a worsening from the worst end of the scale.
    """
    scale, criteria, horizon = source.scale, source.criteria, source.table.horizon
    thresholds = [
        criteria.required(key)
        for key in ("worsening", "improvement", "lasting_days", "sustained_days")
    ]
    unit = scale.span / 10.0
    for _ in range(BATCHES):
        starts = _starts(rng, source)
        shapes, changes = _changes(rng, source, (starts - source.mean) / unit)
        curves = starts[:, None] + changes * unit
        np.clip(curves, scale.low, scale.high, out=curves)
        found = np.flatnonzero(
            classify_curves(curves, horizon, *thresholds) == COURSES.index(course)
        )
        if len(found):
            shape = int(shapes[found[0]])
            name = FAMILIES[family_of(source.table)[shape]].name
            return DrawnCurve(name, shape, curves[found[0]])
    start = float(scale.orient(source.mean))
    raise InputError(
        f"course_mix asks for {course!r}, but none of {BATCH * BATCHES} curves has "
        f"it with worsening {thresholds[0]:g} and improvement {thresholds[1]:g} on scale "
        f"{scale.name!r} and a start of {start:g} (sd {source.sd:g}): "
        "choose another start, other thresholds, or a share of 0 for this course."
    )
