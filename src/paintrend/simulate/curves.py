"""Curves of a wanted course, drawn from the default population by rejection.

Shape, start and amplitudes are drawn from the default population until the course of the curve is
the wanted one. The mix of courses therefore holds as asked, and within a course curves are as
common as they are in the population, those near a threshold included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from paintrend.core.course_rules import COURSES, GRID_POINTS, classify_curves
from paintrend.core.default import default_prior
from paintrend.core.grid import N_COEFFICIENTS, grid_columns, waxing_bases
from paintrend.core.prior import family_of
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


class DrawnFrom(NamedTuple):
    """The default population, as drawing reads it: all shapes (K,) in a row, the waxing ones last.

    Attributes
    ----------
    edges : (K,) of the shares of shapes
    family : (K,)
    mean, slope, spread : (families, 2)
        Sizes of the slow and the hump component: mean, what a start adds, and what is left over.
    slow, hump : (shapes,) rows of `columns`, -1 for none
    columns, hump_columns : (components, 169)
    wax : (169, bases);  basis : first column of each waxing shape's basis
    """

    edges: Array
    family: NDArray[np.int64]
    mean: Array
    slope: Array
    spread: Array
    slow: NDArray[np.int64]
    hump: NDArray[np.int64]
    columns: Array
    hump_columns: Array
    wax: Array
    basis: tuple[int, ...]


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

    @cached_property
    def drawn_from(self) -> DrawnFrom:
        """The default population; kept here, as a cache keyed by the whole table takes longer to
        look up than a patient to draw."""
        unit = self.scale.span / 10.0
        thresholds = tuple(self.criteria.required(k) / unit for k in ("worsening", "improvement"))
        table, columns, bases = self.table, grid_columns(self.table), waxing_bases(self.table)
        prior = default_prior(
            DEFAULT, table, rounding_step(self.scale), (thresholds[0], thresholds[1])
        )
        slope = prior.covariance[:, 0, 2:] / prior.covariance[:, :1, 0]
        left = np.diagonal(prior.covariance, axis1=1, axis2=2)[:, 2:]
        left = left - slope**2 * prior.covariance[:, :1, 0]
        return DrawnFrom(
            # rounded, so that the last digit of another processor's optimiser cannot move a draw
            np.cumsum(np.round(prior.shape, 9)),
            family_of(table),
            prior.mean[:, 2:],
            slope,
            np.sqrt(np.maximum(left, 0.0)),
            np.array([row.slow for row in table.shapes]),
            np.array([row.hump for row in table.shapes]),
            np.ascontiguousarray(columns.slow.T),
            np.ascontiguousarray(columns.hump.T),
            columns.wax,
            tuple(bases.index((w.length, w.period, w.pinned)) * N_COEFFICIENTS
                  for w in table.waxing),
        )  # fmt: skip


@dataclass(frozen=True)
class DrawnCurve:
    """A curve (169,), oriented, in scale units, and its row in the shapes table."""

    family: str
    shape: int
    values: Array


def grid_days(horizon: float) -> Array:
    """Days of the points of a curve."""
    return np.linspace(0.0, horizon, GRID_POINTS, dtype=np.float64)


def _changes(
    rng: np.random.Generator, source: CurveSource, starts: Array
) -> tuple[NDArray[np.int64], Array]:
    """Draw shapes and their changes from day 0, in tenths of the range, given starts likewise."""
    of = source.drawn_from
    shapes = np.searchsorted(of.edges, rng.random(BATCH) * of.edges[-1], side="right")
    sizes = rng.standard_normal((BATCH, 2))
    waves = rng.standard_normal((BATCH, N_COEFFICIENTS + 1))
    changes = np.zeros((BATCH, GRID_POINTS))
    f = of.family[shapes]
    size = of.mean[f] + of.slope[f] * starts[:, None] + of.spread[f] * sizes
    waxing = shapes >= len(of.slow)
    row = np.where(waxing, 0, shapes)
    for k, (component, columns) in enumerate(((of.slow, of.columns), (of.hump, of.hump_columns))):
        own = np.flatnonzero(~waxing & (component[row] >= 0))
        changes[own] += size[own, k : k + 1] * columns[component[row[own]]]
    for i in np.flatnonzero(waxing):
        k = shapes[i] - len(of.slow)
        w, at = source.table.waxing[k], of.basis[k]
        smooth = of.wax[:, at : at + N_COEFFICIENTS] @ waves[i, :-1]
        changes[i] = w.size * smooth + w.trend * waves[i, -1] * of.wax[:, -1]
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
            name = FAMILIES[source.drawn_from.family[shape]].name
            return DrawnCurve(name, shape, curves[found[0]])
    start = float(scale.orient(source.mean))
    raise InputError(
        f"course_mix asks for {course!r}, but none of {BATCH * BATCHES} curves has "
        f"it with worsening {thresholds[0]:g} and improvement {thresholds[1]:g} on scale "
        f"{scale.name!r} and a start of {start:g} (sd {source.sd:g}): "
        "choose another start, other thresholds, or a share of 0 for this course."
    )
