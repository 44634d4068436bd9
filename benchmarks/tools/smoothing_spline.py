"""Smoothing spline per patient, its smoothness chosen by generalised cross-validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import make_smoothing_spline
from worlds import Cohort

from .patients import each_patient

FEWEST = 5
"""Ratings that the spline needs; patients with fewer keep their raw ratings."""


def fit_curves(cohort: Cohort) -> NDArray[np.float64]:
    """Smooth the ratings; flat after the last one."""
    grid, rows = cohort.world.grid, []
    for days, y in each_patient(cohort):
        if days.size < FEWEST:
            rows.append(np.interp(grid, days, y))
        else:
            rows.append(make_smoothing_spline(days, y)(np.clip(grid, days[0], days[-1])))
    return np.array(rows)
