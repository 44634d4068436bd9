"""The reliable-change rule (Jacobson & Truax 1991, 10.1037/0022-006X.59.1.12) against the rating at
the start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

from paintrend.core.course_rules import COURSES

from .patients import each_patient, first_and_later

Array = NDArray[np.float64]


def fit_courses(cohort: Cohort) -> NDArray[np.int8]:
    """Give a course by which ratings differ reliably from the start.

    A change is reliable above 1.96 sqrt(2) SEM. SEM, the error of one rating, comes from the
    cohort's differences between neighbouring ratings d: mean |d| = 2 SEM / sqrt(pi) for normal
    errors, the largest twentieth left out because real changes of level are among them.
    """
    patients = list(each_patient(cohort))
    gaps = np.abs(np.concatenate([np.diff(y) for _, y in patients]))
    sem = gaps[gaps <= np.quantile(gaps, 0.95)].mean() * np.sqrt(np.pi) / 2.0
    reliable = 1.96 * np.sqrt(2.0) * sem
    return np.array([_course(*first_and_later(*p), reliable) for p in patients], dtype=np.int8)


def _course(first: float, later: Array, reliable: float) -> int:
    change = later - first
    up, down = (change >= reliable).any(), (change <= -reliable).any()
    last = change[-1] if change.size else 0.0
    if last >= reliable:
        name = "sustained_deterioration"
    elif last <= -reliable:
        name = "worse_before_better" if up else "improving"
    elif up:
        name = "fluctuating" if down else "transient_worsening"
    else:
        name = "improvement_lost" if down else "unchanged"
    return COURSES.index(name)
