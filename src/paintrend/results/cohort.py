"""The simulated cohort: ratings together with the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.criteria import Criteria
from paintrend.results.listing import listing_html
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["SimulatedCohort"]


# eq=False: tables and arrays cannot be compared to one bool.
@dataclass(frozen=True, eq=False, repr=False)
class SimulatedCohort:
    """Ratings of simulated patients and the curves they came from.

    Parameters
    ----------
    ratings : DataFrame
        One row per rating, as a file would hold it: ``patient_id``, ``day``, ``pain`` (the scale's
        own values), ``arm`` if there are arms, then the covariates.
    truth : DataFrame
        One row per patient in the same order: ``patient_id``, ``arm`` if there are arms,
        ``course``, ``family`` and ``shape`` (their names in the shapes table), the features of the
        curve (``baseline`` in the scale's own values, ``rise``, ``end_change``, ``burden``,
        ``worse_days``, ``peak_day``, ``return_day``, ``better_day``; positive changes are worse),
        ``pre_trend`` (scale units per day, positive is worse), ``noise_sd`` (scale units),
        ``n_ratings``, ``dropped_out``, ``last_day`` (of the last rating).
    curves : array, shape (n_patients, 169)
        The true curves in scale units, oriented so that higher is worse.
    grid : array, shape (169,)
        Days of the curves' points; between them a curve is a straight line.
    horizon : float
        Days.
    scale : Scale
        The scale of the ratings.
    criteria : Criteria
        Thresholds by which ``course`` was judged, all filled in.
    seed : int
        The seed it was made with.
    """

    ratings: pd.DataFrame
    truth: pd.DataFrame
    curves: NDArray[np.float64]
    grid: NDArray[np.float64]
    horizon: float
    scale: Scale
    criteria: Criteria
    seed: int

    def __len__(self) -> int:
        return len(self.truth)

    def _lines(self) -> list[str]:
        day = self.ratings["day"].to_numpy(dtype=float)
        counts = self.truth["course"].value_counts()
        return [
            f"Simulated cohort of {plural(len(self.truth), 'patient')}: "
            f"{plural(len(self.ratings), 'rating')}, day {day.min():g} to {day.max():g}, "
            f"horizon {self.horizon:g} (seed {self.seed})",
            f"scale: {self.scale.label}, {self.scale.low:g} to {self.scale.high:g}, "
            f"{self.scale.direction_text}",
            "true courses: " + ", ".join(f"{n} {course}" for course, n in counts.items()),
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return listing_html(self._lines(), self.truth)
