"""Raw ratings joined by straight lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

from .patients import each_patient


def fit_curves(cohort: Cohort) -> NDArray[np.float64]:
    """Interpolate the ratings."""
    return np.array([np.interp(cohort.world.grid, *patient) for patient in each_patient(cohort)])
