"""Alarm rules and what they are judged against, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from paintrend.results.criteria import Criteria
from paintrend.results.direction import in_direction
from paintrend.scales import Scale
from paintrend.wording import amount, count_share, number, percent, time_unit

__all__ = [
    "AS_USED",
    "BAND",
    "CHOSEN",
    "JUDGES",
    "POLICY",
    "RULES",
    "SAME",
    "Judge",
    "Rule",
    "alarm_counts",
    "in_numbers",
]

POLICY = "policy"
BAND = 0.9
"""Share of similar patients that the upper limit of the expected recovery leaves below itself
(assumed)."""


class Rule(NamedTuple):
    """A rule in words.

    Attributes
    ----------
    label : a few words, for a figure
    meaning : when it raises an alarm
    """

    label: str
    meaning: str


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        POLICY: Rule(
            "probability of ending worse",
            "the probability of a deterioration, given the ratings up to the visit, reaches the "
            "threshold",
        ),
        "plus_two": Rule(
            "one raised rating",
            "a rating lies by {worsening} or more above the mean of the ratings at or before day 0",
        ),
        "two_raised": Rule(
            "two raised in a row",
            "two ratings in a row, both after day 0, lie so far above that mean: one raised "
            "rating, confirmed at a second visit",
        ),
        "expected_recovery": Rule(
            "above expected recovery",
            "a rating lies above the upper limit of what other patients with a similar start "
            f"rated at that visit, higher than {100 * BAND:.0f}% of them (the limit is assumed), "
            "as in routine outcome monitoring",
        ),
    }
)
"""The rules by name; `in_numbers` fills in the thresholds."""

CHOSEN, AS_USED, SAME = ("chosen", "as used now", "same false alarms")
"""Ways to set a threshold: by the budget; the customary one; moved until the rule raises as many
false alarms as the policy."""


class Judge(NamedTuple):
    """What alarms are judged against.

    Attributes
    ----------
    label : a few words
    meaning : a sentence or two
    """

    label: str
    meaning: str


JUDGES: Mapping[str, Judge] = MappingProxyType(
    {
        "truth": Judge(
            "the true courses of simulated patients",
            "Each patient is simulated, so the true curve and with it the course are known.",
        ),
        "posterior": Judge(
            "the posterior with full follow-up",
            "Nobody knows the true curves. Each patient counts with the probability of a "
            "deterioration given all of the ratings, under the population that the other folds "
            "taught: figures are expected values. This judge shares ratings and model with the "
            "policy and so favours it.",
        ),
        "later_ratings": Judge(
            "later ratings, held out",
            "Worse is whose ratings in the last {sustained} lie, on average, by {worsening} or "
            "more above those at or before day 0. Only visits before these days are looked at. "
            "This judge does not know the model, but ratings are noisy: some who are not worse "
            "count as worse, and the other way round.",
        ),
    }
)
"""The judges by name; `in_numbers` fills in the thresholds."""


def alarm_counts(row: Mapping[str, float], horizon: float) -> str:
    """Say how many get an alarm, of those not worse and of those who get worse.

    Parameters
    ----------
    row : of `AlarmPolicy.table`
    horizon : float
        Days.

    Examples
    --------
    >>> row = {"n_fine": 40.0, "false_alarm_share": 0.05, "false_alarms_per_100_months": 1.9}
    >>> none = {"n_worse": 0.0, "sensitivity": float("nan"), "median_delay": float("nan")}
    >>> alarm_counts(row | none, 84.0)
    '2 (5%) of 40 not worse get an alarm (1.9 per 100 patient-months); nobody gets worse'
    >>> three = {"n_worse": 3.0, "sensitivity": 1.0, "median_delay": 35.0}
    >>> alarm_counts(row | three, 84.0).partition("; ")[2]
    '3 of 3 who get worse are detected, half of them by day 35'
    """
    fine, worse = row["n_fine"], row["n_worse"]
    months = f" ({number(row['false_alarms_per_100_months'])} per 100 patient-months)"
    first, second = "nobody is not worse", "nobody gets worse"
    if fine > 0.0:
        first = f"{_of(row['false_alarm_share'], fine, 'not worse')} get an alarm{months}"
    if worse > 0.0:
        second = f"{_of(row['sensitivity'], worse, 'who get worse')} are detected"
        if row["median_delay"] < float("inf"):
            second += f", half of them by {time_unit(horizon).show(row['median_delay'])}"
    return f"{first}; {second}"


def _of(share: float, total: float, who: str) -> str:
    """A count of patients; a percentage of expected ones, which need not be whole."""
    if total != round(total):
        return f"{percent(share)} of {number(total)} {who} (expected)"
    return f"{count_share(round(share * total), round(total))} of {total:g} {who}"


def in_numbers(meaning: str, criteria: Criteria, scale: Scale) -> str:
    """Fill the thresholds into the meaning of a rule or a judge.

    Parameters
    ----------
    meaning : of a `Rule` or `Judge`
    criteria : resolved

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> nrs = get_scale("nrs")
    >>> in_numbers("above by {worsening}", Criteria().resolve(nrs, 84), nrs)
    'above by 2 points'
    """
    sustained = criteria.required("sustained_days")
    return in_direction(meaning, scale).format(
        sustained=time_unit(sustained).span(sustained),
        worsening=amount(criteria.required("worsening"), scale.unit),
    )
