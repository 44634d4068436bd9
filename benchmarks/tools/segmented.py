"""Segmented regression: joined straight lines with 0 to 2 breakpoints from a grid, the best by
BIC."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

from .patients import each_patient

Array = NDArray[np.float64]
PLACES = np.arange(1, 12) / 12.0
"""Places a breakpoint can have, as shares of the horizon."""


def fit_curves(cohort: Cohort) -> Array:
    """Fit every patient."""
    horizon = cohort.world.horizon
    unit = cohort.world.grid / horizon
    choices = [breaks for n in (0, 1, 2) for breaks in combinations(PLACES, n)]
    return np.array(
        [_best(np.maximum(d, 0.0) / horizon, y, unit, choices) for d, y in each_patient(cohort)]
    )


def _lines(t: Array, breaks: tuple[float, ...]) -> Array:
    return np.column_stack([np.ones(t.size), t, *(np.maximum(t - b, 0.0) for b in breaks)])


def _best(t: Array, y: Array, unit: Array, choices: list[tuple[float, ...]]) -> Array:
    best, curve = np.inf, np.full(unit.size, y.mean())
    for breaks in choices:
        k = 2 + 2 * len(breaks)
        if y.size < k + 1 or any(b >= t[-1] for b in breaks):
            continue
        x = _lines(t, breaks)
        found = np.linalg.lstsq(x, y, rcond=None)[0]
        rss = ((y - x @ found) ** 2).sum() + 0.05
        bic = y.size * np.log(rss / y.size) + k * np.log(y.size)
        if bic < best:
            # Flat after the last rating: lines run away.
            best, curve = bic, _lines(np.minimum(unit, t[-1]), breaks) @ found
    return curve
