"""Expected recovery: where a rating lies among those of other patients with a similar start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.alarms.visits import Visits

__all__ = ["share_below"]

Array = NDArray[np.float64]
SIMILAR_SHARE, FEWEST_SIMILAR = 0.1, 20
"""Similar are the tenth of the reference patients whose start is nearest, but at least so many."""
CHUNK = 1024


def share_below(visits: Visits, reference: Visits, window: float) -> Array:
    """Share of similar patients whose rating at that visit is lower, (P, K).

    A rating lies above the q-quantile of theirs exactly where this share is q or more. Of a
    reference patient the rating nearest in time counts, if it is within `window` days. Patients
    at the same distance from the start all count. NaN without a rating at or before day 0, and
    where fewer than `FEWEST_SIMILAR` reference patients have a rating.
    """
    out = np.full(visits.day.shape, np.nan)
    started = np.isfinite(reference.start)
    if not started.any():
        return out
    others = reference.select(started)
    for day in np.unique(visits.day[np.isfinite(visits.day)]):
        rated = _rating_near(others, day, window)
        has = np.isfinite(rated)
        if has.sum() < FEWEST_SIMILAR:
            continue
        patient, visit = np.nonzero((visits.day == day) & np.isfinite(visits.start)[:, None])
        n_similar = max(FEWEST_SIMILAR, int(np.ceil(SIMILAR_SHARE * has.sum())))
        for at in range(0, patient.size, CHUNK):
            i, k = patient[at : at + CHUNK], visit[at : at + CHUNK]
            gap = np.abs(visits.start[i][:, None] - others.start[has])
            furthest = np.partition(gap, n_similar - 1, axis=1)[:, n_similar - 1]
            # a mean of three ratings is not exact: those as far away must not be lost to rounding
            similar = gap <= furthest[:, None] + 1e-9
            lower = rated[has] < visits.rating[i, k][:, None] - 1e-9
            out[i, k] = (similar & lower).sum(axis=1) / similar.sum(axis=1)
    return out


def _rating_near(others: Visits, day: float, window: float) -> Array:
    """Rating of each patient nearest to a day, the earlier of two; NaN beyond the window."""
    gap = np.where(np.isfinite(others.day), np.abs(others.day - day), np.inf)
    if gap.shape[1] == 0:
        return np.full(len(others.ids), np.nan)
    nearest = gap.argmin(axis=1)
    rows = np.arange(len(others.ids))
    return np.where(gap[rows, nearest] <= window, others.rating[rows, nearest], np.nan)
