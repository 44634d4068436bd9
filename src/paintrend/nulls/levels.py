"""Ratings by patient: levels before and after the landmark, and the regression on early signs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.nulls.early import Early
from paintrend.nulls.worlds import Visits
from paintrend.results.diary import Diary

__all__ = ["mean_after", "regress_early", "visits_of"]

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
    inside = (visits.day > window[0]) & (visits.day <= window[1])
    owner = np.repeat(np.arange(visits.offset.size - 1), np.diff(visits.offset))
    n = np.bincount(owner[inside], minlength=visits.offset.size - 1)
    total = np.bincount(owner[inside], y[inside], visits.offset.size - 1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def regress_early(level: Array, early: Early, use: NDArray[np.bool_]) -> tuple[float, float]:
    """Coefficient of the predictor, and its robust standard error (HC3)."""
    predictor = early.predictor[use]
    x = np.column_stack([np.ones(use.sum()), predictor, early.start[use], early.now[use]])
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ x.T @ level
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    off = (level - x @ beta) / np.maximum(1.0 - leverage, 1e-6)
    cover = inverse @ (x * (off * off)[:, None]).T @ x @ inverse
    return float(beta[1]), float(np.sqrt(cover[1, 1]))
