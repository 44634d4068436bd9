"""The naive rule on raw scores: a rise of 2 over the first rating that later falls below it is a
dip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

from paintrend.core.course_rules import COURSES

from .patients import each_patient, first_and_later

RISE = 2.0


def fit_courses(cohort: Cohort) -> NDArray[np.int8]:
    """Give a course to each patient by single ratings."""
    return np.array([_course(*first_and_later(*p)) for p in each_patient(cohort)], dtype=np.int8)


def _course(first: float, later: NDArray[np.float64]) -> int:
    return COURSES.index(_name(first, later))


def _name(first: float, later: NDArray[np.float64]) -> str:
    risen = np.flatnonzero(later >= first + RISE)
    if risen.size and (later[risen[0] :] < first).any():
        return "worse_before_better"
    if not later.size:
        return "unchanged"
    if later[-1] >= first + RISE:
        return "sustained_deterioration"
    if risen.size:
        return "transient_worsening"
    return "improving" if later[-1] <= first - RISE else "unchanged"
