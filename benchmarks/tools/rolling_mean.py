"""Centred rolling mean over `lasting_days` on either side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

from .patients import each_patient


def fit_curves(cohort: Cohort) -> NDArray[np.float64]:
    """Average the ratings around each rating, and interpolate."""
    reach = cohort.world.horizon / 12.0 + 1e-9
    rows = []
    for days, y in each_patient(cohort):
        near = np.abs(days[:, None] - days) <= reach
        rows.append(np.interp(cohort.world.grid, days, near @ y / near.sum(axis=1)))
    return np.array(rows)
