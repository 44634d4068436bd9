"""What a rule does, for the first alarm of each patient.

Every patient counts among those who get worse with p_worse and among those not worse with
1 - p_worse: 0 or 1 where the course is known. All figures but medians are ratios of two sums over
patients, R = sum a / sum b, with the standard error ``sqrt(sum (a - R b)^2) / sum b``; for known
courses that of a share is the binomial one. Medians get a 90% interval from a Bayesian bootstrap of
patients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.alarms.thresholds import FirstAlarms

__all__ = ["MONTH", "Outcome", "by_day", "measure", "measure_curve", "weighted_median"]

Array = NDArray[np.float64]
MONTH = 365.25 / 12.0


class Outcome(NamedTuple):
    """How P patients turn out.

    Attributes
    ----------
    p_worse : (P,) probability of a deterioration at the horizon
    end : (P,) last day of follow-up: the last rating, at most the horizon
    onset : (P,) first day of the last lasting rise, NaN where it is not known
    horizon : a deterioration that is never detected counts with this delay
    """

    p_worse: Array
    end: Array
    onset: Array
    horizon: float


def _ratio(a: Array, b: Array) -> tuple[float, float]:
    """Sum of a over sum of b, and its standard error; NaN where b is 0."""
    total = b.sum()
    if total <= 0.0:
        return np.nan, np.nan
    ratio = a.sum() / total
    return float(ratio), float(np.sqrt(((a - ratio * b) ** 2).sum()) / total)


def weighted_median(values: Array, weights: Array) -> Array:
    """Smallest value that at least half of the weight does not exceed, for each row of weights.

    Parameters
    ----------
    values : (n,) infinite allowed;  weights : (B, n)

    Returns
    -------
    (B,), NaN where a row has no weight
    """
    if values.size == 0:
        return np.full(len(weights), np.nan)
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[:, order], axis=1)
    total = sums[:, -1]
    place = (sums < 0.5 * total[:, None] * (1.0 - 1e-12)).sum(axis=1)
    return np.where(total > 0.0, values[order][np.minimum(place, values.size - 1)], np.nan)


def _median(values: Array, share: Array, weight: Array, bootstrap: Array) -> dict[str, float]:
    """Median of values (M, P) mixed with shares (M,), with its interval."""
    flat = values.ravel()
    own = (share[:, None] * weight).ravel()
    middle = weighted_median(flat, own[None])[0]
    # patient by patient, so that both outcomes of a patient are drawn together
    drawn = np.tile(bootstrap, (1, share.size)) * own
    found = np.sort(weighted_median(flat, drawn))
    n = found.size
    low, high = (found[int(q * (n - 1))] for q in (0.05, 0.95)) if n else (np.nan, np.nan)
    return {"": float(middle), "_low": float(low), "_high": float(high)}


def _ratios(outcome: Outcome, alarms: FirstAlarms) -> dict[str, tuple[float, float]]:
    """Every figure that is a ratio, with its standard error."""
    worse, fine = outcome.p_worse, 1.0 - outcome.p_worse
    mean = alarms.share
    alarmed = mean @ np.isfinite(alarms.day)
    delay = mean @ np.minimum(alarms.day, outcome.horizon)
    at_risk = mean @ np.minimum(alarms.day, outcome.end) / MONTH
    # an onset is known for those only who get worse for certain
    onset = np.nan_to_num(outcome.onset)
    known = worse * np.isfinite(outcome.onset)
    return {
        "false_alarms_per_100_months": _ratio(100.0 * fine * alarmed, fine * at_risk),
        "false_alarm_share": _ratio(fine * alarmed, fine),
        "sensitivity": _ratio(worse * alarmed, worse),
        "restricted_mean_delay": _ratio(worse * delay, worse),
        "restricted_mean_from_onset": _ratio(known * (delay - onset), known),
        "positive_predictive_value": _ratio(worse * alarmed, alarmed),
    }


def measure(outcome: Outcome, alarms: FirstAlarms, bootstrap: Array) -> dict[str, float]:
    """Give all figures of one rule at one threshold.

    Parameters
    ----------
    outcome : Outcome
    alarms : FirstAlarms
    bootstrap : (B, P) weights of patients with mean 1, for the intervals of medians

    Returns
    -------
    dict
        ``false_alarms_per_100_months`` (first alarms among those not worse, per 100 patient-months
        up to the first alarm or the end of follow-up), ``false_alarm_share``, ``sensitivity``,
        ``restricted_mean_delay`` (days from day 0, the horizon for the missed),
        ``restricted_mean_from_onset``, ``positive_predictive_value``, each with ``_se``;
        ``median_delay`` and ``median_from_onset`` with ``_low`` and ``_high``, infinite where fewer
        than half are detected; NaN where there is nobody to count.

    Examples
    --------
    >>> one_of_each = Outcome(np.array([1.0, 0.0]), np.full(2, 84.0), np.array([20.0, np.nan]), 84)
    >>> found = FirstAlarms(np.array([[28.0, np.inf]]), np.ones(1))
    >>> figures = measure(one_of_each, found, np.ones((1, 2)))
    >>> figures["median_delay"], figures["median_from_onset"], figures["false_alarm_share"]
    (28.0, 8.0, 0.0)
    """
    out: dict[str, float] = {}
    for name, (value, error) in _ratios(outcome, alarms).items():
        out[name], out[f"{name}_se"] = value, error
    worse = outcome.p_worse
    for name, start, weight in (
        ("median_delay", np.zeros(worse.size), worse),
        ("median_from_onset", np.nan_to_num(outcome.onset), worse * np.isfinite(outcome.onset)),
    ):
        found = _median(alarms.day - start, alarms.share, weight, bootstrap)
        out |= {f"{name}{end}": value for end, value in found.items()}
    return out


def measure_curve(outcome: Outcome, alarms: FirstAlarms) -> dict[str, float]:
    """Give the figures of an operating curve, without errors."""
    figures = {name: value for name, (value, _) in _ratios(outcome, alarms).items()}
    own = (alarms.share[:, None] * outcome.p_worse).ravel()
    figures["median_delay"] = float(weighted_median(alarms.day.ravel(), own[None])[0])
    return figures


def by_day(outcome: Outcome, alarms: FirstAlarms, days: Sequence[float]) -> list[dict[str, float]]:
    """Give the cumulative figures at each of some rising days, and those since the day before.

    Returns
    -------
    list of dict
        ``day``; ``sensitivity`` and ``false_alarm_share`` up to that day with ``_se``, and
        ``_here`` since the day before; ``positive_predictive_value_here`` of the first alarms
        since then, NaN where there is none.
    """
    worse, fine = outcome.p_worse, 1.0 - outcome.p_worse
    rows, before = [], np.zeros(worse.size)
    for day in days:
        so_far = alarms.share @ (alarms.day <= day)
        here = so_far - before
        row = {"day": float(day)}
        for name, weight in (("sensitivity", worse), ("false_alarm_share", fine)):
            row[name], row[f"{name}_se"] = _ratio(weight * so_far, weight)
            row[f"{name}_here"] = _ratio(weight * here, weight)[0]
        row["positive_predictive_value_here"] = _ratio(worse * here, here)[0]
        rows.append(row)
        before = so_far
    return rows
