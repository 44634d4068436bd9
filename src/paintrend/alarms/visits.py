"""Visits of a cohort as rectangles: what was rated, on which day, by whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.diary import Diary
from paintrend.results.inference import usable_ratings

__all__ = ["Visits", "read_visits"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Visits:
    """Visits after day 0 of P patients, at most K each; shorter rows end in NaN.

    Parameters
    ----------
    ids : tuple of str
        In the diary's order; patients without a visit after day 0 are here too.
    day : array, shape (P, K)
        Rising days of the visits after day 0, up to the horizon.
    rating : array, shape (P, K)
        Worse is higher, scale units; of several ratings on one day the last.
    start : array, shape (P,)
        Mean of the ratings at or before day 0, NaN without one.
    """

    ids: tuple[str, ...]
    day: Array
    rating: Array
    start: Array

    @property
    def last_day(self) -> Array:
        """Day of the last visit after day 0, 0 without one, (P,)."""
        return np.nan_to_num(self.day, nan=0.0).max(axis=1, initial=0.0)

    def looks(self) -> pd.DataFrame:
        """Give one row per visit, patient by patient: patient_id, day."""
        patient, visit = np.nonzero(np.isfinite(self.day))
        names = np.array(self.ids, dtype=object)[patient]
        return pd.DataFrame({"patient_id": names, "day": self.day[patient, visit]})

    def spread(self, values: Array) -> Array:
        """Put values (N,), one for each row of `looks`, into a rectangle (P, K), NaN elsewhere."""
        out = np.full(self.day.shape, np.nan)
        out[np.isfinite(self.day)] = values
        return out

    def up_to(self, day: float) -> Visits:
        """Forget the visits after a day."""
        keep = self.day <= day
        hidden = np.where(keep, self.day, np.nan), np.where(keep, self.rating, np.nan)
        return Visits(self.ids, *hidden, self.start)

    def select(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Visits:
        """Keep some of the patients."""
        names = tuple(np.array(self.ids, dtype=object)[rows])
        return Visits(names, self.day[rows], self.rating[rows], self.start[rows])


def read_visits(diary: Diary, horizon: float) -> Visits:
    """Give the visits of a diary up to the horizon; ratings used to select patients do not count.

    Examples
    --------
    >>> from paintrend.diary import read_diary
    >>> rows = {"patient_id": "A", "day": [-7, 0, 7, 14], "pain": [5, 6, 8, 4]}
    >>> visits = read_visits(read_diary(pd.DataFrame(rows), scale="nrs"), 84.0)
    >>> visits.start.tolist(), visits.day.tolist(), visits.rating.tolist()
    ([5.5], [[7.0, 14.0]], [[8.0, 4.0]])
    """
    used, _ = usable_ratings(diary, horizon)
    ids = diary.patient_ids
    owner = pd.Index(ids).get_indexer(pd.Index(used["patient_id"]))
    day = used["day"].to_numpy(dtype=float)
    rating = np.asarray(diary.scale.orient(used["pain"].to_numpy(dtype=float)))
    before = day <= 0.0
    n_before = np.bincount(owner[before], minlength=len(ids))
    with np.errstate(invalid="ignore"):
        start = np.bincount(owner[before], rating[before], len(ids)) / n_before
    owner, day, rating = owner[~before], day[~before], rating[~before]
    order = np.lexsort((day, owner))
    owner, day, rating = owner[order], day[order], rating[order]
    if owner.size:
        last = np.append((owner[1:] != owner[:-1]) | (day[1:] != day[:-1]), True)
        owner, day, rating = owner[last], day[last], rating[last]
    n_visits = np.bincount(owner, minlength=len(ids))
    place = np.arange(owner.size) - np.repeat(np.cumsum(n_visits) - n_visits, n_visits)
    shape = (len(ids), int(n_visits.max(initial=0)))
    days, ratings = np.full(shape, np.nan), np.full(shape, np.nan)
    days[owner, place], ratings[owner, place] = day, rating
    return Visits(ids, days, ratings, start)
