"""Linear mixed model with a natural spline basis, fixed and random, by statsmodels; each patient's
curve is the best linear unbiased predictor."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

Array = NDArray[np.float64]
KNOTS = 5
LEARN_FROM = 400
"""Larger cohorts are learned from this many patients; all are predicted."""


def basis(days: Array, horizon: float) -> Array:
    """Give an intercept and a natural cubic spline of time, knots at 0 and evenly to the
    horizon."""
    knots = np.linspace(0.0, 1.0, KNOTS)
    t = np.clip(days / horizon, 0.0, 1.0)[:, None]

    def cubic(k: Array) -> Array:
        return np.clip(t - k, 0.0, None) ** 3

    last = knots[-1]
    d = (cubic(knots[:-1]) - cubic(knots[-1:])) / (last - knots[:-1])
    return np.column_stack([np.ones(t.size), t, d[:, :-1] - d[:, -1:]])


def fit_curves(cohort: Cohort) -> Array:
    """Fit the model and predict every patient's curve."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    ratings = cohort.ratings.sort_values(["patient_id", "day"], kind="stable")
    groups = ratings["patient_id"].to_numpy()
    x, y = basis(ratings["day"].to_numpy(float), cohort.world.horizon), ratings["pain"].to_numpy()
    # Columns of unit size keep the optimiser well conditioned.
    turn = np.linalg.inv(np.linalg.qr(x)[1]) * np.sqrt(len(x))
    x, grid = x @ turn, basis(cohort.world.grid, cohort.world.horizon) @ turn
    ids = np.unique(groups)
    used = np.isin(groups, ids[:LEARN_FROM])
    with warnings.catch_warnings():
        # Variances at their bound are usual here and do no harm to the predictions.
        warnings.simplefilter("ignore")
        model = MixedLM(y[used], x[used], groups[used], exog_re=x[used])
        result = model.fit(reml=True, method=["lbfgs"], maxiter=200)
    covariance, noise = np.asarray(result.cov_re), float(result.scale)
    fixed = np.asarray(result.fe_params)
    edges = [*np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]), len(groups)]
    rows = []
    for start, stop in pairwise(edges):
        z, residual = x[start:stop], y[start:stop] - x[start:stop] @ fixed
        total = z @ covariance @ z.T + noise * np.eye(stop - start)
        rows.append(grid @ (fixed + covariance @ z.T @ np.linalg.solve(total, residual)))
    return np.array(rows)
