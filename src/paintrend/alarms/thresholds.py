"""From scores to first alarms, and thresholds that give a wanted share of false alarms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FirstAlarms", "Mix", "alarms_at", "choose_threshold", "match_share", "peak_scores"]

Array = NDArray[np.float64]
TIE = 1e-9
"""A score this little below a threshold reaches it: a mean of three ratings is not exact."""


class FirstAlarms(NamedTuple):
    """First alarm of each of P patients under M thresholds, one of which is picked at random.

    Attributes
    ----------
    day : (M, P) day of the first alarm, infinite for none
    share : (M,) how often each threshold is picked
    """

    day: Array
    share: Array


class Mix(NamedTuple):
    """Threshold `second` is used for a `share` of patients picked at random, `first` for the
    rest."""

    first: float
    second: float
    share: float


def alarms_at(day: Array, score: Array, thresholds: Mix | float | Array) -> FirstAlarms:
    """First visit of each patient whose score reaches a threshold.

    Parameters
    ----------
    day, score : (P, K) NaN where there is no visit that counts, or no score
    thresholds : one for all, one for each patient (P,), or a mixture of two

    Examples
    --------
    >>> days = np.array([[7.0, 14.0], [7.0, np.nan]])
    >>> score = np.array([[0.1, 0.6], [0.3, np.nan]])
    >>> alarms_at(days, score, 0.5).day.tolist()
    [[14.0, inf]]
    """
    if isinstance(thresholds, Mix):
        both = [alarms_at(day, score, t).day[0] for t in (thresholds.first, thresholds.second)]
        return FirstAlarms(np.array(both), np.array([1.0 - thresholds.share, thresholds.share]))
    wanted = np.broadcast_to(np.asarray(thresholds, dtype=float), day.shape[:1])
    reached = np.nan_to_num(score, nan=-np.inf) >= wanted[:, None] - TIE
    # a visit that does not count has no day
    reached &= np.isfinite(wanted)[:, None] & np.isfinite(day)
    return FirstAlarms(np.where(reached, day, np.inf).min(axis=1, initial=np.inf)[None], np.ones(1))


def peak_scores(score: Array) -> Array:
    """Highest score of each patient (P,), minus infinity without one: the patient has an alarm at
    thresholds up to it."""
    return np.nan_to_num(score, nan=-np.inf).max(axis=1, initial=-np.inf)


def _shares(peaks: Array, weight: Array) -> tuple[Array, Array]:
    """Distinct finite peaks, falling, and the share of the weight that has an alarm at each."""
    values = np.unique(peaks[np.isfinite(peaks)])
    # scores that differ by rounding are one threshold
    values = values[np.append(np.diff(values) > 2.0 * TIE, True)] if values.size else values
    place = np.searchsorted(values, peaks - TIE)
    sums = np.bincount(np.minimum(place, values.size), weight * np.isfinite(peaks), values.size + 1)
    alarmed = np.cumsum(sums[: values.size][::-1])
    return values[::-1], alarmed / weight.sum()


def choose_threshold(peaks: Array, fine: Array, budget: float, highest: float = np.inf) -> float:
    """Smallest threshold at which the share of those not worse with an alarm is within the budget.

    Parameters
    ----------
    peaks : (P,) `peak_scores`
    fine : (P,) weight of each patient among those not worse, above 0 in sum
    budget : share
    highest : threshold tried last, above the peaks seen

    Returns
    -------
    float
        One of the peaks, or `highest`; infinite if too many of them reach even that.

    Examples
    --------
    >>> peaks = np.array([0.2, 0.4, 0.6, 0.8])
    >>> choose_threshold(peaks, np.ones(4), 0.25)
    0.8
    """
    values, share = _shares(peaks, fine)
    within = np.flatnonzero(share <= budget + 1e-12)
    if within.size:
        return float(values[within[-1]])
    return float(highest) if values.size == 0 or values[0] < highest - TIE else np.inf


def match_share(peaks: Array, fine: Array, target: float) -> Mix:
    """Thresholds that, mixed at random, give an alarm to this share of those not worse.

    Scores of a rule that counts points take few values, so that most shares lie between those of
    two neighbouring thresholds. Picking one of the two at random for each patient reaches them;
    every figure that is a mean is then interpolated along a straight line. Where not even the
    lowest threshold gives so many alarms, it is taken alone.

    Examples
    --------
    >>> match_share(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), 0.375)
    Mix(first=4.0, second=3.0, share=0.5)
    """
    values, share = _shares(peaks, fine)
    values, share = np.append(np.inf, values), np.append(0.0, share)
    first = int(np.flatnonzero(share <= target + 1e-12)[-1])
    if first == values.size - 1:
        return Mix(float(values[first]), float(values[first]), 0.0)
    gap = share[first + 1] - share[first]
    return Mix(
        float(values[first]),
        float(values[first + 1]),
        float(np.clip((target - share[first]) / gap, 0.0, 1.0)),
    )
