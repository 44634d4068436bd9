"""Scores of the rules that clinics use: one per patient and visit; an alarm is the first visit
whose score reaches a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.alarms.expected import share_below
from paintrend.alarms.visits import Visits
from paintrend.results.alarm_words import BAND

__all__ = ["clinic_scores", "customary_thresholds"]

Array = NDArray[np.float64]


def customary_thresholds(worsening: float) -> dict[str, float]:
    """Give the thresholds of the clinic rules as they are used now.

    Examples
    --------
    >>> customary_thresholds(2.0)
    {'plus_two': 2.0, 'two_raised': 2.0, 'expected_recovery': 0.9}
    """
    return {"plus_two": worsening, "two_raised": worsening, "expected_recovery": BAND}


def clinic_scores(
    visits: Visits, reference: Visits | None = None, window: float = 0.0
) -> dict[str, Array]:
    """Give the scores (P, K) of the clinic rules; NaN where a rule cannot be applied.

    Parameters
    ----------
    visits : Visits
    reference : Visits, optional
        Other patients, from whom the expected recovery is taken; without them that rule is left
        out.
    window : float
        A rating of a reference patient counts for a visit so many days before or after.
    """
    change = visits.rating - visits.start[:, None]
    before = np.full_like(change, np.nan)
    before[:, 1:] = change[:, :-1]
    scores = {"plus_two": change, "two_raised": np.minimum(change, before)}
    if reference is not None:
        scores["expected_recovery"] = share_below(visits, reference, window)
    return scores
