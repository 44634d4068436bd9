"""Sudden gains and losses (Tang & DeRubeis 1999, 10.1037/0022-006X.67.6.894) between neighbouring
ratings.

A gain between two ratings (1) is at least the threshold in points, (2) at least a quarter of the
rating before it, and (3) the up to three ratings before differ from the up to three after by a
t-test at 5%. It is reversed if half of it is lost later. A sudden loss is the mirror image.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from worlds import Cohort

from paintrend.core.course_rules import COURSES

from .patients import each_patient

Array = NDArray[np.float64]
POINTS = 2.0


def fit_courses(cohort: Cohort) -> NDArray[np.int8]:
    """Give a course by sudden gains and losses, kept or reversed."""
    return np.array([_course(y) for _, y in each_patient(cohort)], dtype=np.int8)


def sudden_changes(y: Array, sign: float) -> list[int]:
    """Give the positions n of sudden gains (sign 1) or losses (sign -1) from rating n to n + 1."""
    found = []
    for n in range(1, y.size - 2):
        drop = sign * (y[n] - y[n + 1])
        if drop < POINTS or drop < 0.25 * y[n]:
            continue
        before, after = y[max(0, n - 2) : n + 1], y[n + 1 : n + 4]
        df = before.size + after.size - 2
        pooled = (((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()) / df
        error = np.sqrt(pooled * (1 / before.size + 1 / after.size))
        if sign * (before.mean() - after.mean()) > student.ppf(0.975, df) * error:
            found.append(n)
    return found


def _reversed(y: Array, n: int, sign: float) -> bool:
    half = (y[n] + y[n + 1]) / 2.0
    return bool((sign * (y[n + 2 :] - half) >= 0).any())


def _course(y: Array) -> int:
    gains, losses = sudden_changes(y, 1.0), sudden_changes(y, -1.0)
    kept_gain = any(not _reversed(y, n, 1.0) for n in gains)
    kept_loss = any(not _reversed(y, n, -1.0) for n in losses)
    if kept_loss:
        name = "sustained_deterioration"
    elif losses:
        name = "worse_before_better" if kept_gain else "transient_worsening"
    elif kept_gain:
        name = "improving"
    else:
        name = "improvement_lost" if gains else "unchanged"
    return COURSES.index(name)
