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
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.runs import (
    N_BITS,
    above_sum,
    at_least,
    at_most,
    count_from,
    end_mean,
    extremes,
    find_runs,
    peak_and_return,
)

__all__ = [
    "CHECKS",
    "COURSES",
    "DETERIORATION",
    "DIP",
    "FEATURES",
    "GRID_POINTS",
    "UNJUDGED",
    "WORK_LENGTH",
    "check_curves",
    "classify_curves",
    "curve_features",
    "judge_curves",
    "judge_rows",
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
WORK_LENGTH = N_BITS + 2
"""Of the work space of `judge_rows`: a curve, and the ends of what it reaches."""
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


@kernel(counted=False, inner=True)
def _course(end, first_up, first_down, enough_late, worsening, improvement):
    up = first_up >= 0
    down = first_down >= 0
    if end <= -improvement:
        if not up:
            return IMPROVING
        return WORSE_BEFORE_BETTER if not down or first_up < first_down else FLUCTUATING
    if end >= worsening:
        return SUSTAINED_DETERIORATION if enough_late else RECENT_WORSENING
    if up:
        return FLUCTUATING if down else TRANSIENT_WORSENING
    return IMPROVEMENT_LOST if down else UNCHANGED


@kernel(counted=False)
def judge_rows(
    curves, step, worsening, improvement, n_lasting, n_sustained, work, codes, features, checks
):
    """Judge curves at T pairs of thresholds, the criteria first; see `check_curves`.

    Parameters
    ----------
    curves : (n, 169)
    worsening, improvement : (T,)
    work : (`WORK_LENGTH`,) work space
    codes : (T, n), features : (F, n), checks : (n, 5) to be filled; features and checks at the
        criteria
    """
    change, ends = work[:N_BITS], work[N_BITS:]
    signed, unsigned = change.view(np.int64), change.view(np.uint64)
    signed_ends, unsigned_ends = ends.view(np.int64), ends.view(np.uint64)
    longest_up = longest_down = n_up = late_up = 0
    first_up = first_down = better = -1
    change[GRID_POINTS:] = 0.0
    for row in range(curves.shape[0]):
        b = curves[row, 0]
        for i in range(GRID_POINTS):
            change[i] = curves[row, i] - b
        signed_ends[0], unsigned_ends[1] = extremes(signed, unsigned)
        rise, fall = ends[0], ends[1]
        if not (np.isfinite(rise) and np.isfinite(fall)):
            codes[:, row] = UNJUDGED
            features[:, row] = np.nan
            checks[row, :] = -1
            continue
        end = end_mean(change, GRID_POINTS, n_lasting)
        # The criteria come last: what was found is then that of the criteria.
        for t in range(worsening.size - 1, -1, -1):
            dw, di = worsening[t], improvement[t]
            longest_up, first_up, longest_down, first_down = 0, -1, 0, -1
            better, n_up, late_up = -1, 0, 0
            if rise >= dw:
                up = at_least(change, dw)
                longest_up, first_up, _ = find_runs(up, n_lasting, GRID_POINTS)
                n_up = count_from(up, 0)
                late_up = count_from(up, GRID_POINTS - n_sustained)
            # Down does not matter for a curve that ends worse, or ends better and was never up.
            decided = end >= dw or (end <= -di and first_up < 0)
            if fall <= -di and (t == 0 or not decided):
                longest_down, first_down, better = find_runs(
                    at_most(change, -di), n_lasting, GRID_POINTS
                )
            # 80% in whole numbers: a product with 0.8 is not exact.
            enough = 5 * late_up >= 4 * n_sustained
            codes[t, row] = _course(end, first_up, first_down, enough, dw, di)
        dw = worsening[0]
        peak = settled = -1
        if first_up >= 0:
            peak, settled = peak_and_return(change, rise, 0.5 * dw, GRID_POINTS, n_lasting)
        # Trapezoid rule: the last point weighs half, and at the first d is 0.
        above, last = above_sum(change) if rise > 0.0 else 0.0, change[GRID_POINTS - 1]
        features[0, row], features[1, row], features[2, row] = b, rise, end
        features[3, row] = step * (above - 0.5 * max(last, 0.0))
        features[4, row] = step * (n_up - (0.5 if last >= dw else 0.0))
        features[5, row] = step * peak if peak >= 0 else np.nan
        features[6, row] = step * settled if settled >= 0 else np.nan
        features[7, row] = step * better if better >= 0 else np.nan
        features[8, row] = 1.0 if first_up >= 0 else 0.0
        checks[row, 0], checks[row, 1] = longest_up, first_up
        checks[row, 2], checks[row, 3] = longest_down, first_down
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
    codes = np.empty((1, len(curves)), dtype=np.int8)
    # a part of something longer, as where draws are judged: another type would be compiled again
    features = np.empty((len(FEATURES), len(curves) + 1))[:, :-1]
    checks = np.empty((len(curves), len(CHECKS)), dtype=np.int16)
    lasting, sustained = (points_in(span, horizon) for span in (lasting_days, sustained_days))
    judge_rows(
        curves, horizon / (GRID_POINTS - 1), np.array([worsening], dtype=np.float64),
        np.array([improvement], dtype=np.float64), min(lasting, GRID_POINTS),
        min(sustained, GRID_POINTS), np.empty(WORK_LENGTH), codes, features, checks,
    )  # fmt: skip
    return codes[0], np.ascontiguousarray(features.T), checks


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
