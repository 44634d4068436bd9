"""scipy's curve_fit with seven textbook shapes per patient, the best one by BIC."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning, curve_fit
from worlds import Cohort

from .patients import each_patient

Array = NDArray[np.float64]
HUGE = 1e9
Shape = tuple[Callable[..., Array], list[float], list[float], list[float]]
# name -> (function of time as a share of the horizon, start values, lowest, highest)
SHAPES: dict[str, Shape] = {
    "constant": (lambda t, b: b + 0 * t, [], [], []),
    "line": (lambda t, b, c: b + c * t, [-1.0], [-15.0], [15.0]),
    "exponential": (
        lambda t, b, c, tau: b + c * (1 - np.exp(-t / tau)),
        [-2.0, 0.3],
        [-10.0, 0.03],
        [10.0, 3.0],
    ),
    "log_time": (
        lambda t, b, c, tau: b + c * np.log1p(t / tau),
        [-1.0, 0.2],
        [-10.0, 0.02],
        [10.0, 3.0],
    ),
    "logistic": (
        lambda t, b, c, m, w: b + c / (1 + np.exp(-(t - m) / w)),
        [-2.0, 0.5, 0.1],
        [-10.0, 0.0, 0.02],
        [10.0, 1.0, 0.3],
    ),
    "hump": (
        lambda t, b, h, p: b + h * t / p * np.exp(1 - t / p),
        [2.0, 0.25],
        [-10.0, 0.03],
        [10.0, 1.0],
    ),
    "hump_and_recovery": (
        lambda t, b, h, p, c, tau: b + h * t / p * np.exp(1 - t / p) + c * (1 - np.exp(-t / tau)),
        [2.0, 0.2, -2.0, 0.4],
        [-10.0, 0.03, -10.0, 0.03],
        [10.0, 1.0, 10.0, 3.0],
    ),
}


def fit_curves(cohort: Cohort, names: Iterable[str] = tuple(SHAPES)) -> Array:
    """Fit every shape, or those named, to every patient and keep the one with the smallest BIC."""
    unit = cohort.world.grid / cohort.world.horizon
    shapes = [SHAPES[name] for name in names]
    return np.array(
        [
            _best(np.maximum(d, 0.0) / cohort.world.horizon, y, unit, shapes)
            for d, y in each_patient(cohort)
        ]
    )


def _best(t: Array, y: Array, unit: Array, shapes: list[Shape]) -> Array:
    best, curve = np.inf, np.full(unit.size, y.mean())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (OptimizeWarning, RuntimeWarning))
        for function, start, low, high in shapes:
            k = 1 + len(start)
            if y.size < k + 2:
                continue
            try:
                found, _ = curve_fit(
                    function,
                    t,
                    y,
                    p0=[y[t <= 0].mean() if (t <= 0).any() else y[0], *start],
                    bounds=([-HUGE, *low], [HUGE, *high]),
                    max_nfev=200,
                )
            except RuntimeError:  # curve_fit's word for not converged
                continue
            rss = ((y - function(t, *found)) ** 2).sum() + 0.05
            bic = y.size * np.log(rss / y.size) + k * np.log(y.size)
            if bic < best:
                best, curve = bic, function(unit, *found)
    return curve
