"""Courses and features of curves: what the name of a course means, in code.

A curve is a row of 169 values f at equally spaced points of [0, H], oriented so that higher is
worse. Write b = f(0) and d = f - b. A condition *lasts* when it holds on n consecutive points, n =
max(1, round(span / step)) with step = H / 168.

- up: d >= worsening lasts somewhere; down: d <= -improvement lasts somewhere.
- worse first: up, and the first lasting up run starts before the first lasting down run
  (a curve without a lasting down run has nothing that could have come first).
- end: mean of d over the last `lasting_days`.

| end | condition | course | |---|---|---| | <= -improvement | up, worse first |
worse_before_better | | <= -improvement | up, better first | fluctuating | | <= -improvement | not
up | improving | | >= worsening | d >= worsening on 80% of the last `sustained_days` |
sustained_deterioration | | >= worsening | otherwise | recent_worsening | | between | up, not down
| transient_worsening | | between | down, not up | improvement_lost | | between | both |
fluctuating | | between | neither | unchanged |

One pass over a curve gives its course, its features and the counts behind them.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "CHECKS",
    "COURSES",
    "DETERIORATION",
    "DIP",
    "FEATURES",
    "GRID_POINTS",
    "UNJUDGED",
    "check_curves",
    "classify_curves",
    "curve_features",
    "judge_curves",
    "points_in",
]

FloatArray = NDArray[np.float64]
CodeArray = NDArray[np.int8]
CountArray = NDArray[np.int16]

COURSES: tuple[str, ...] = (
    "improving",
    "worse_before_better",
    "unchanged",
    "transient_worsening",
    "improvement_lost",
    "fluctuating",
    "sustained_deterioration",
    "recent_worsening",
)
"""Names of the courses; a code is a position in this tuple."""
DIP = ("worse_before_better", "transient_worsening")
DETERIORATION = ("sustained_deterioration", "recent_worsening")

FEATURES: tuple[str, ...] = (
    "baseline",
    "rise",
    "end_change",
    "burden",
    "worse_days",
    "peak_day",
    "return_day",
    "better_day",
    "up",
)
"""Columns of the features array: scale units, scale units times days, days; `up` is 0 or 1."""

CHECKS: tuple[str, ...] = (
    "longest_up",
    "first_up",
    "longest_down",
    "first_down",
    "late_up",
)
"""Columns of the checks array, in grid points: longest run at or above the worsening threshold,
start of the first such run that lasts (-1: none), the same two for improvement, and how many of
the points of the last `sustained_days` lie at or above the worsening threshold."""

GRID_POINTS = 169
UNJUDGED = -1
"""Code of a curve that holds a value which is not finite."""

IMPROVING, WORSE_BEFORE_BETTER, UNCHANGED, TRANSIENT_WORSENING = 0, 1, 2, 3
IMPROVEMENT_LOST, FLUCTUATING, SUSTAINED_DETERIORATION, RECENT_WORSENING = 4, 5, 6, 7


def points_in(span: float, horizon: float) -> int:
    """Give the number of consecutive grid points that stand for a span of days.

    max(1, round(span / step)) with step = horizon / 168; all in days.

    Examples
    --------
    >>> points_in(7, 84)
    14
    """
    return max(1, round(span / (horizon / (GRID_POINTS - 1))))


@njit(cache=True, nogil=True, inline="always")
def _course(end, first_up, first_down, late_up, n_sustained, worsening, improvement):
    up = first_up >= 0
    down = first_down >= 0
    if end <= -improvement:
        if not up:
            return IMPROVING
        return WORSE_BEFORE_BETTER if not down or first_up < first_down else FLUCTUATING
    if end >= worsening:
        # 80% in whole numbers: a product with 0.8 is not exact.
        return SUSTAINED_DETERIORATION if 5 * late_up >= 4 * n_sustained else RECENT_WORSENING
    if up:
        return FLUCTUATING if down else TRANSIENT_WORSENING
    return IMPROVEMENT_LOST if down else UNCHANGED


@njit(cache=True, nogil=True)
def _judge(curves, step, worsening, improvement, n_lasting, n_sustained, codes, features, checks):
    n_points = curves.shape[1]
    late = n_points - n_sustained
    for row in range(curves.shape[0]):
        curve = curves[row]
        b = curve[0]
        up_run = down_run = settled_run = late_up = n_up = 0
        longest_up = longest_down = peak = 0
        first_up = first_down = settled = -1
        rise = total = above = 0.0
        for i in range(n_points):
            d = curve[i] - b
            total += d
            if d > 0.0:
                above += d
            if d >= worsening:
                up_run += 1
                n_up += 1
                if i >= late:
                    late_up += 1
                if up_run > longest_up:
                    longest_up = up_run
                    if up_run == n_lasting:
                        first_up = i - n_lasting + 1
            else:
                up_run = 0
            if d <= -improvement:
                down_run += 1
                if down_run > longest_down:
                    longest_down = down_run
                    if down_run == n_lasting:
                        first_down = i - n_lasting + 1
            else:
                down_run = 0
            if d > rise:
                # What settled before a higher peak was not the return from the peak.
                rise = d
                peak = i
                settled_run = 0
                settled = -1
            elif d < 0.5 * worsening:
                settled_run += 1
                if settled_run == n_lasting and settled < 0:
                    settled = i - n_lasting + 1
            else:
                settled_run = 0
        if not np.isfinite(total):
            codes[row] = UNJUDGED
            features[row, :] = np.nan
            checks[row, :] = -1
            continue
        # Measured from the last value, so that a flat end has exactly that value as its mean.
        last = curve[n_points - 1] - b
        drift = 0.0
        for i in range(n_points - n_lasting, n_points):
            drift += (curve[i] - b) - last
        end = last + drift / n_lasting
        codes[row] = _course(
            end, first_up, first_down, late_up, n_sustained, worsening, improvement
        )
        # Trapezoid rule: the last point weighs half, and at the first d is 0.
        features[row, 0] = b
        features[row, 1] = rise
        features[row, 2] = end
        features[row, 3] = step * (above - 0.5 * max(last, 0.0))
        features[row, 4] = step * (n_up - (0.5 if last >= worsening else 0.0))
        features[row, 5] = step * peak if first_up >= 0 else np.nan
        features[row, 6] = step * settled if first_up >= 0 and settled >= 0 else np.nan
        features[row, 7] = step * (n_points - down_run) if down_run > 0 else np.nan
        features[row, 8] = 1.0 if first_up >= 0 else 0.0
        checks[row, 0] = longest_up
        checks[row, 1] = first_up
        checks[row, 2] = longest_down
        checks[row, 3] = first_down
        checks[row, 4] = late_up


def check_curves(
    curves: FloatArray,
    horizon: float,
    worsening: float,
    improvement: float,
    lasting_days: float,
    sustained_days: float,
) -> tuple[CodeArray, FloatArray, CountArray]:
    """Give the course, the features and the counts behind the course of each curve.

    Parameters
    ----------
    curves : array, shape (N, 169)
        Oriented curves (higher is worse) in scale units, on equally spaced points of [0, horizon].
    horizon : float
        Days.
    worsening, improvement : float
        Thresholds in scale units, both above 0.
    lasting_days, sustained_days : float
        Days, above 0 and at most the horizon.

    Returns
    -------
    codes : int8 array, shape (N,)
        Positions in `COURSES`; -1 for a curve with a value that is not finite.
    features : float array, shape (N, 9)
        Columns `FEATURES`; NaN where a feature does not exist.
    checks : int16 array, shape (N, 5)
        Columns `CHECKS`, in grid points.

    Raises
    ------
    ValueError
        If the curves do not have 169 points.
    """
    curves = np.ascontiguousarray(curves, dtype=np.float64)
    if curves.ndim != 2 or curves.shape[1] != GRID_POINTS:
        raise ValueError(f"curves must have shape (N, {GRID_POINTS}), not {curves.shape}")
    codes = np.empty(len(curves), dtype=np.int8)
    features = np.empty((len(curves), len(FEATURES)))
    checks = np.empty((len(curves), len(CHECKS)), dtype=np.int16)
    _judge(
        curves,
        horizon / (GRID_POINTS - 1),
        float(worsening),
        float(improvement),
        min(points_in(lasting_days, horizon), GRID_POINTS),
        min(points_in(sustained_days, horizon), GRID_POINTS),
        codes,
        features,
        checks,
    )
    return codes, features, checks


def judge_curves(
    curves: FloatArray,
    horizon: float,
    worsening: float,
    improvement: float,
    lasting_days: float,
    sustained_days: float,
) -> tuple[CodeArray, FloatArray]:
    """Give the course and the features of each curve; see `check_curves`.

    Examples
    --------
    >>> days = np.linspace(0, 84, GRID_POINTS)
    >>> hump_then_better = 5 + 3 * np.sin(days / 84 * 2 * np.pi)
    >>> hump_then_better[-40:] = 2.0
    >>> codes, features = judge_curves(hump_then_better[np.newaxis], 84, 2, 2, 7, 21)
    >>> COURSES[codes[0]], float(features[0, FEATURES.index("peak_day")])
    ('worse_before_better', 21.0)
    """
    return check_curves(curves, horizon, worsening, improvement, lasting_days, sustained_days)[:2]


def classify_curves(
    curves: FloatArray,
    horizon: float,
    worsening: float,
    improvement: float,
    lasting_days: float,
    sustained_days: float,
) -> CodeArray:
    """Give the course of each curve as a position in `COURSES`; see `check_curves`."""
    return check_curves(curves, horizon, worsening, improvement, lasting_days, sustained_days)[0]


def curve_features(
    curves: FloatArray,
    horizon: float,
    worsening: float,
    improvement: float,
    lasting_days: float,
    sustained_days: float,
) -> FloatArray:
    """Give the features of each curve, columns `FEATURES`; see `check_curves`."""
    return check_curves(curves, horizon, worsening, improvement, lasting_days, sustained_days)[1]
