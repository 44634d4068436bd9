"""Curves of a wanted course, drawn from the shapes table by rejection.

First the family is drawn from `COURSE_FAMILIES`, then shape, start and amplitudes, until the
course of the curve is the wanted one. The mix of courses therefore holds as asked, and among the
curves of a course each is as likely as the amplitudes and starts make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from paintrend.core.course_rules import COURSES, GRID_POINTS, classify_curves
from paintrend.errors import InputError
from paintrend.results.criteria import Criteria
from paintrend.scales import Scale
from paintrend.shapes import FAMILIES, WAXING, ShapeTable, evaluate
from paintrend.simulate.mixes import COURSE_FAMILIES
from paintrend.simulate.streams import pick

__all__ = ["CurveSource", "DrawnCurve", "draw_curve"]

Array = NDArray[np.float64]

SLOW_SIZE = (3.3, 1.5)
"""Mean and sd of the size of a slow change, tenths of the range."""
HUMP_SIZE = (3.3, 1.3)
"""Mean and sd of the size of a hump, tenths of the range."""
SMALL_SIZE = (0.0, 0.8)
"""The same for both where nothing that counts has happened."""
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
def _components(table: ShapeTable) -> tuple[Array, Array]:
    """Values of every S and B on the grid; the last row of each stands for "none"."""
    days = grid_days(table.horizon)
    none = [np.zeros(GRID_POINTS)]
    slow = np.array([evaluate(c, days, table.horizon) for c in table.slow] + none)
    hump = np.array([evaluate(c, days, table.horizon) for c in table.hump] + none)
    return slow, hump


@lru_cache(maxsize=256)
def _waxing_root(table: ShapeTable, setting: int) -> Array:
    """Square root of the covariance of w on the grid without day 0, where w is 0."""
    days = grid_days(table.horizon)[1:]
    covariance = table.waxing[setting].covariance(days, table.horizon)
    # Smooth curves on a fine grid make the matrix nearly singular; with this (0.001 points on a
    # 0-10 scale) the curves hardly depend on the processor's rounding.
    return np.asarray(np.linalg.cholesky(covariance + 1e-6 * np.eye(len(days))), dtype=np.float64)


@lru_cache(maxsize=64)
def _members(table: ShapeTable, family: int) -> NDArray[np.int64]:
    if family == WAXING:
        return len(table.shapes) + np.arange(len(table.waxing))
    return np.array([i for i, shape in enumerate(table.shapes) if shape.family == family])


def _sizes(rng: np.random.Generator, mean: float, sd: float) -> Array:
    return np.abs(mean + sd * rng.standard_normal(BATCH))


def _changes(
    rng: np.random.Generator, table: ShapeTable, family: int, small: bool
) -> tuple[NDArray[np.int64], Array]:
    """Draw shapes of a family and their changes from day 0, in tenths of the range."""
    members = _members(table, family)
    if family == WAXING:
        # One setting per batch, so that its square root is used for many curves at once.
        setting = int(rng.integers(len(members)))
        w = rng.standard_normal((BATCH, GRID_POINTS - 1)) @ _waxing_root(table, setting).T
        return np.full(BATCH, members[setting]), np.pad(w, ((0, 0), (1, 0)))
    chosen = members[rng.integers(len(members), size=BATCH)]
    slow, hump = _components(table)
    s = slow[[table.shapes[i].slow for i in chosen]]
    h = hump[[table.shapes[i].hump for i in chosen]]
    slow_size = _sizes(rng, *(SMALL_SIZE if small else SLOW_SIZE))
    hump_size = _sizes(rng, *(SMALL_SIZE if small else HUMP_SIZE))
    signs = FAMILIES[family]
    return chosen, signs.slow * slow_size[:, None] * s + signs.hump * hump_size[:, None] * h


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
    families = COURSE_FAMILIES[course]
    name = list(families)[pick(rng, list(families.values()))]
    family = next(i for i, f in enumerate(FAMILIES) if f.name == name)
    scale, criteria, horizon = source.scale, source.criteria, source.table.horizon
    thresholds = [
        criteria.required(key)
        for key in ("worsening", "improvement", "lasting_days", "sustained_days")
    ]
    for _ in range(BATCHES):
        shapes, changes = _changes(rng, source.table, family, course == "unchanged")
        curves = _starts(rng, source)[:, None] + changes * (scale.span / 10.0)
        np.clip(curves, scale.low, scale.high, out=curves)
        found = np.flatnonzero(
            classify_curves(curves, horizon, *thresholds) == COURSES.index(course)
        )
        if len(found):
            return DrawnCurve(name, int(shapes[found[0]]), curves[found[0]])
    start = float(scale.orient(source.mean))
    raise InputError(
        f"course_mix asks for {course!r}, but none of {BATCH * BATCHES} curves of family {name!r} "
        f"has it with worsening {thresholds[0]:g} and improvement {thresholds[1]:g} on scale "
        f"{scale.name!r} and a start of {start:g} (sd {source.sd:g}): "
        "choose another start, other thresholds, or a share of 0 for this course."
    )
