"""Ratings of a cohort patient by patient, and where their curves are wanted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from worlds import Cohort

Array = NDArray[np.float64]


def each_patient(cohort: Cohort) -> Iterator[tuple[Array, Array]]:
    """Give days and ratings of each patient, in the order of ids."""
    for _, own in cohort.ratings.groupby("patient_id", sort=True):
        yield own["day"].to_numpy(float), own["pain"].to_numpy(float)


def first_and_later(days: Array, y: Array) -> tuple[float, Array]:
    """Give the rating at the start (the last one at or before day 0) and those after it."""
    before = np.flatnonzero(days <= 0)
    start = before[-1] if before.size else 0
    return float(y[start]), y[start + 1 :]
