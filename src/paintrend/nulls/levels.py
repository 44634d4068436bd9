"""Ratings by patient: levels before and after the landmark, and the regression on early signs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.nulls.early import Early
from paintrend.nulls.worlds import Visits
from paintrend.pooling.least_squares import robust_regression
from paintrend.results.diary import Diary

__all__ = ["mean_after", "mean_of", "regress_early", "visits_of"]

Array = NDArray[np.float64]


def visits_of(diary: Diary, ids: list[str]) -> tuple[Visits, Array]:
    """Days of the ratings by patient, and the ratings, oriented."""
    own = pd.Index(ids).get_indexer(pd.Index(diary.ratings["patient_id"].astype(str)))
    count = np.bincount(own, minlength=len(ids))
    offset = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    day = diary.ratings["day"].to_numpy(dtype=float)
    y = np.asarray(diary.scale.orient(diary.ratings["pain"].to_numpy(dtype=float)))
    return Visits(day, offset), y


def mean_after(y: Array, visits: Visits, window: tuple[float, float]) -> Array:
    """Mean rating in the window by patient; NaN without one."""
    return mean_of(y, visits, (visits.day > window[0]) & (visits.day <= window[1]))


def mean_of(y: Array, visits: Visits, rows: NDArray[np.bool_]) -> Array:
    """Mean of these ratings by patient; NaN without one."""
    p = visits.offset.size - 1
    owner = np.repeat(np.arange(p), np.diff(visits.offset))[rows]
    n = np.bincount(owner, minlength=p)
    total = np.bincount(owner, y[rows], p)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def regress_early(level: Array, early: Early, use: NDArray[np.bool_]) -> tuple[float, float]:
    """Coefficient of the predictor, and its robust standard error (HC3)."""
    predictor = early.predictor[use]
    x = np.column_stack([np.ones(use.sum()), predictor, early.start[use], early.now[use]])
    # in a world without dips the predictor may be 0 for all
    beta, cover = robust_regression(x, level, singular=True)
    return float(beta[1]), float(np.sqrt(cover[1, 1]))
