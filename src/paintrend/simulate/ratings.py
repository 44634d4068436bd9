"""Ratings of one patient: visits that take place, noise, rounding to the scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from paintrend.errors import InputError, is_number
from paintrend.scales import Scale
from paintrend.simulate.checks import require
from paintrend.simulate.settings import Noise, Visits

__all__ = ["attended", "noise_at", "planned_days", "rate", "visit_days"]

Array = NDArray[np.float64]


def planned_days(visits: Visits, horizon: float) -> Array:
    """Give the planned days in order, checked against the horizon.

    Examples
    --------
    >>> planned_days(Visits(), 84.0)[:4].tolist()
    [-14.0, -7.0, 0.0, 7.0]
    """
    twelfth = horizon / 12.0
    days = [i * twelfth for i in range(-2, 13)] if visits.days is None else list(visits.days)
    good = len(days) > 0 and all(is_number(day) for day in days)
    require(good, "Visits days", "one or more numbers", visits.days)
    planned = np.sort(np.array(days, dtype=np.float64))
    require(bool((np.diff(planned) > 0).all()), "Visits days", "all different", visits.days)
    if planned[-1] > horizon:
        raise InputError(
            f"Visits days must be at most the horizon of {horizon:g}, got {planned[-1]:g}."
        )
    gaps = np.diff(np.union1d(planned, [0.0]))
    if visits.jitter and gaps.size and gaps.min() <= 2 * visits.jitter:
        raise InputError(
            f"Visits jitter must be below half the smallest gap of {gaps.min():g} days between "
            f"visits, or visits could change places, got {visits.jitter}."
        )
    return planned


def visit_days(rng: np.random.Generator, planned: Array, jitter: int, horizon: float) -> Array:
    """Draw the days on which visits take place."""
    moved = planned + rng.integers(-jitter, jitter + 1, size=len(planned))
    return np.minimum(np.where(planned == 0.0, 0.0, moved), horizon)


def attended(
    rng: np.random.Generator, level: Array, planned: Array, visits: Visits, scale: Scale
) -> tuple[NDArray[np.bool_], bool]:
    """Say which visits give a rating, and whether the patient dropped out.

    Parameters
    ----------
    level : array, shape (n,)
        True oriented level at each visit.
    """
    missing, leaving = rng.random((2, len(planned)))
    kept = missing >= visits.missed
    before = np.flatnonzero(planned <= 0.0)
    kept[before[-1] if len(before) else 0] = True
    tenths = (level - 0.5 * (scale.low + scale.high)) / (scale.span / 10.0)
    hazard = expit(logit(visits.dropout) + np.log(visits.dropout_odds) * tenths)
    left = (planned > 0.0) & (leaving < hazard)
    # The visit that is never missed is not one to drop out at either.
    left[0] = False
    return kept & ~np.logical_or.accumulate(left), bool(left.any())


def noise_at(rng: np.random.Generator, days: Array, noise: Noise) -> Array:
    """Draw noise of standard deviation 1 at rising days, with the asked autocorrelation."""
    fresh, white = rng.standard_normal((2, len(days)))
    if noise.autocorrelation == 0.0:
        return white
    rate_per_day = np.log(noise.autocorrelation / noise.persistent) / noise.lag_days
    keep = np.exp(rate_per_day * np.diff(days))
    lasting = fresh.copy()
    for i, share in enumerate(keep, start=1):
        lasting[i] = share * lasting[i - 1] + np.sqrt(1.0 - share**2) * fresh[i]
    return np.sqrt(noise.persistent) * lasting + np.sqrt(1.0 - noise.persistent) * white


def rate(rng: np.random.Generator, felt: Array, scale: Scale, noise: Noise) -> Array:
    """Turn oriented levels with noise into ratings in the scale's own values."""
    given = scale.orient(felt)
    heap = noise.heap_step or (5.0 * scale.step or scale.span / 20.0)
    steps = np.where(rng.random(len(felt)) < noise.heaping, heap, scale.step)
    whole = np.where(steps > 0, steps, 1.0)
    stepped = scale.low + whole * np.rint((given - scale.low) / whole)
    # A step of 0.1 would otherwise give 0.30000000000000004.
    given = np.where(steps > 0, np.round(stepped, 10), given)
    return np.clip(given, scale.low, scale.high)
