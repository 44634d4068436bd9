"""The tables of an alarm policy: every rule at every setting, by visit, and over thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.alarms.judges import Judged
from paintrend.alarms.measures import by_day, measure, measure_curve
from paintrend.alarms.thresholds import FirstAlarms, Mix, alarms_at, match_share, peak_scores
from paintrend.results.alarm_words import AS_USED, CHOSEN, POLICY, SAME

__all__ = ["RuleAt", "curve_table", "measure_table", "rules_at", "visit_days", "visit_table"]

Array = NDArray[np.float64]
CURVE_POINTS = 60
MOST_DAYS = 40


class RuleAt(NamedTuple):
    """A rule at one setting: its thresholds and the first alarms they give by one judge."""

    rule: str
    setting: str
    mix: Mix
    alarms: FirstAlarms


def rules_at(
    judged: Judged,
    scores: dict[str, Array],
    chosen: float,
    by_patient: Array,
    customary: dict[str, float],
) -> list[RuleAt]:
    """Every rule at its settings: the policy first, then each clinic rule twice.

    Parameters
    ----------
    judged : Judged
    scores : rule -> (P, K) of the patients judged
    chosen : threshold of the policy;  by_patient : (P,) the one chosen without the patient's fold
    customary : thresholds of the clinic rules as they are used now
    """
    day, fine = judged.watched.day, 1.0 - judged.outcome.p_worse
    policy = alarms_at(day, scores[POLICY], by_patient)
    target = float(fine @ np.isfinite(policy.day[0]) / fine.sum()) if fine.sum() else np.nan
    found = [RuleAt(POLICY, CHOSEN, Mix(chosen, chosen, 0.0), policy)]
    for rule, threshold in customary.items():
        used = Mix(threshold, threshold, 0.0)
        # a peak after the watched visits does not count
        own = np.where(np.isfinite(day), scores[rule], np.nan)
        found.append(RuleAt(rule, AS_USED, used, alarms_at(day, own, threshold)))
        if np.isfinite(target):
            same = match_share(peak_scores(own), fine, target)
            found.append(RuleAt(rule, SAME, same, alarms_at(day, own, same)))
    return found


def measure_table(judged: Judged, rules: list[RuleAt], bootstrap: Array) -> pd.DataFrame:
    """One row per rule and setting."""
    worse = judged.outcome.p_worse
    rows = [
        _named(judged, at)
        | {
            "threshold": at.mix.first,
            "second_threshold": at.mix.second,
            "second_share": at.mix.share,
            "n_patients": worse.size,
            "n_fine": float((1.0 - worse).sum()),
            "n_worse": float(worse.sum()),
        }
        | measure(judged.outcome, at.alarms, bootstrap)
        for at in rules
    ]
    return pd.DataFrame(rows)


def visit_table(judged: Judged, rules: list[RuleAt], days: list[float]) -> pd.DataFrame:
    """One row per rule, setting and day."""
    shown = [day for day in days if day <= judged.outcome.horizon]
    rows = [
        _named(judged, at) | row for at in rules for row in by_day(judged.outcome, at.alarms, shown)
    ]
    return pd.DataFrame(rows)


def curve_table(judged: Judged, scores: dict[str, Array]) -> pd.DataFrame:
    """One row per rule and threshold, from alarms on nobody to alarms on everybody who has a
    score."""
    rows = []
    for rule, score in scores.items():
        own = np.where(np.isfinite(judged.watched.day), score, np.nan)
        for threshold in _thresholds(own):
            alarms = alarms_at(judged.watched.day, own, threshold)
            row: dict[str, Any] = {"judged": judged.name, "rule": rule, "threshold": threshold}
            rows.append(row | measure_curve(judged.outcome, alarms))
    return pd.DataFrame(rows)


def visit_days(judged: Judged) -> list[float]:
    """Days of the visits where patients share them, else equal steps of a twelfth of the
    horizon."""
    day = judged.watched.day
    days = np.unique(day[np.isfinite(day)]).tolist()
    if len(days) > MOST_DAYS:
        days = [step * judged.outcome.horizon / 12.0 for step in range(1, 13)]
    return days


def _named(judged: Judged, at: RuleAt) -> dict[str, Any]:
    return {"judged": judged.name, "rule": at.rule, "setting": at.setting}


def _thresholds(score: Array) -> Iterator[float]:
    """None at all, then peaks spread evenly over the patients, falling."""
    yield np.inf
    peaks = np.sort(peak_scores(score))[::-1]
    peaks = peaks[np.isfinite(peaks)]
    if peaks.size:
        picked = peaks[np.linspace(0, peaks.size - 1, CURVE_POINTS).astype(int)]
        yield from (float(value) for value in np.unique(picked)[::-1])
