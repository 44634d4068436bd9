"""Outcomes of a landmark test: means of later ratings, and changes from ratings kept apart.

A change has the noise of its baseline in it. If the predictor was read off the same ratings, both
share that noise, and the test finds something where there is nothing. So every second rating up to
day 0 can be kept apart: changes are from these, and the predictor never sees them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paintrend.nulls.levels import mean_after, mean_of
from paintrend.nulls.worlds import Visits
from paintrend.results.criteria import Criteria

__all__ = ["CHANGES", "OUTCOMES", "Outcome", "outcome_window", "reserved_ratings"]

Array = NDArray[np.float64]
OUTCOMES = {
    "level_after": "mean of the ratings after the landmark",
    "level_at_end": "mean of the ratings of the last `sustained_days`",
}
CHANGES = {
    "change_after": "mean of the ratings after the landmark less that of the reserved ones",
    "change_at_end": "mean of the ratings of the last `sustained_days` less that of the reserved",
    "responder_after": "1 if the change after the landmark is an improvement, else 0",
    "responder_at_end": "1 if the change at the end is an improvement, else 0",
}
"""Outcomes that need ratings before treatment which the predictor does not use."""


def outcome_window(
    outcome: str, landmark: float, horizon: float, criteria: Criteria
) -> tuple[float, float]:
    """Days after the first and up to the second have the outcome."""
    if outcome.endswith("_at_end"):
        return max(landmark, horizon - criteria.required("sustained_days")), horizon
    return landmark, horizon


def reserved_ratings(visits: Visits) -> NDArray[np.bool_]:
    """Which ratings are kept from the predictor: every second one up to day 0, counted back from
    the last, which the predictor keeps.

    Examples
    --------
    >>> import numpy as np
    >>> visits = Visits(np.array([-9.0, -5, -2, 0, 7, 0, 7]), np.array([0, 5, 7]))
    >>> reserved_ratings(visits).tolist()
    [True, False, True, False, False, False, False]
    """
    out = np.zeros(visits.day.size, dtype=bool)
    for a, b in zip(visits.offset[:-1], visits.offset[1:], strict=True):
        before = a + np.flatnonzero(visits.day[a:b] <= 0.0)
        out[before[::-1][1::2]] = True
    return out


@dataclass(frozen=True, eq=False)
class Outcome:
    """How the outcome is read off ratings.

    Parameters
    ----------
    name : str
    window : (float, float)
        Days after the first and up to the second.
    reserved : array, shape (N,)
        Ratings that a change is from; none for levels.
    improvement : float
        Of the criteria.
    """

    name: str
    window: tuple[float, float]
    reserved: NDArray[np.bool_]
    improvement: float

    def read(self, y: Array, visits: Visits) -> Array:
        """The outcome of each patient from oriented ratings (N,); NaN where it was not rated."""
        level = mean_after(y, visits, self.window)
        if self.name in OUTCOMES:
            return level
        change = level - self.start(y, visits)
        if self.name.startswith("change"):
            return change
        better = (change <= -self.improvement).astype(float)
        return np.where(np.isfinite(change), better, np.nan)

    def start(self, y: Array, visits: Visits) -> Array:
        """Mean of the reserved ratings by patient; NaN without one."""
        return mean_of(y, visits, self.reserved)
