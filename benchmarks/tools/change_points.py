"""Bayesian change points by Rbeast: the mean of its trend, averaged over models."""

from __future__ import annotations

import contextlib
import io

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

from .patients import each_patient

FEWEST = 4


def fit_curves(cohort: Cohort) -> NDArray[np.float64]:
    """Fit each patient's trend on regular steps and interpolate it."""
    import Rbeast

    planned = np.array(cohort.world.planned)
    step = float(np.median(np.diff(planned[planned >= 0])))
    if step > cohort.world.horizon / 8:
        step = cohort.world.horizon / 24
    quiet = {"quiet": 1, "print_progress": 0, "print_param": 0, "print_warning": 0}
    rows = []
    for days, y in each_patient(cohort):
        if days.size < FEWEST:
            rows.append(np.interp(cohort.world.grid, days, y))
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            found = Rbeast.beast_irreg(
                y, time=days, deltat=step, season="none", mcmc_seed=1, **quiet
            )
        time, trend = np.asarray(found.time, float), np.asarray(found.trend.Y, float)
        good = np.isfinite(trend)
        rows.append(np.interp(cohort.world.grid, time[good], trend[good]))
    return np.array(rows)
