"""Status: codes and sentences that say what a patient's course cannot be taken for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.criteria import CANNOT_TELL_FROM, PROBABLE_FROM, Criteria, longest_gap
from paintrend.scales import Scale
from paintrend.wording import beside_threshold, number, percent, time_unit

__all__ = [
    "FEW_EFFECTIVE",
    "NO_ROOM_FROM",
    "POOR_FIT_BELOW",
    "PatientFacts",
    "PatientsFacts",
    "level_text",
    "room_limits",
    "status_of",
    "write_statuses",
]

NO_ROOM_FROM = 0.5
"""Share of curves without room to change from which the reader is told."""

POOR_FIT_BELOW = 0.005
"""Posterior-predictive probability below which no fitted curve explains the ratings."""

FEW_EFFECTIVE = 25.0
"""Effective number of curves below which shares may be off by twenty points by chance alone."""


@dataclass(frozen=True, kw_only=True)
class PatientFacts:
    """What is known of one patient when the status is written.

    `course` is the named course or cannot_tell, `likeliest` the most probable one with its share
    of curves `p_likeliest`, `level` the baseline in the scale's own values, `effective` the
    effective number of curves.
    """

    fitted: bool
    reason: str
    course: str
    likeliest: str
    p_likeliest: float
    p_deterioration: float
    level: float
    p_no_room_to_worsen: float
    p_no_room_to_improve: float
    n_baseline: int
    last_day: float
    fit_p: float
    effective: float = np.inf


@dataclass(frozen=True, kw_only=True)
class PatientsFacts:
    """What is known of many patients: the fields of `PatientFacts` as arrays (P,)."""

    fitted: NDArray[np.bool_]
    reason: NDArray[np.object_]
    course: NDArray[np.object_]
    likeliest: NDArray[np.object_]
    p_likeliest: NDArray[np.float64]
    p_deterioration: NDArray[np.float64]
    level: NDArray[np.float64]
    p_no_room_to_worsen: NDArray[np.float64]
    p_no_room_to_improve: NDArray[np.float64]
    n_baseline: NDArray[np.int64]
    last_day: NDArray[np.float64]
    fit_p: NDArray[np.float64]
    effective: NDArray[np.float64]

    def of(self, patient: int) -> PatientFacts:
        """The facts of one patient."""
        return PatientFacts(
            **{field.name: getattr(self, field.name).item(patient) for field in fields(self)}
        )


def write_statuses(
    facts: PatientsFacts, scale: Scale, horizon: float, criteria: Criteria
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Give what `status_of` gives for each patient, writing each text once.

    Patients are put into one group if all that their text shows is the same.

    Returns
    -------
    status, text : arrays of str, shape (P,)
    """
    group = _groups(facts, scale, horizon, criteria)
    _, first = np.unique(group, return_index=True)
    said = [status_of(facts.of(int(i)), scale, horizon, criteria) for i in first]
    status, text = (np.array([one[k] for one in said], dtype=object) for k in range(2))
    return status[group], text[group]


def _groups(
    facts: PatientsFacts, scale: Scale, horizon: float, criteria: Criteria
) -> NDArray[np.intp]:
    """Number the groups of patients with the same text, in order of first appearance."""
    fitted = facts.fitted
    poor = facts.fit_p < POOR_FIT_BELOW
    unrated = facts.n_baseline < 1
    unsure = fitted & ~unrated & (facts.course == "cannot_tell") & (facts.fit_p >= POOR_FIT_BELOW)
    open_vote = unsure & (facts.p_likeliest < PROBABLE_FROM)
    worsen = facts.p_no_room_to_worsen >= NO_ROOM_FROM
    improve = facts.p_no_room_to_improve >= NO_ROOM_FROM
    level = np.full(fitted.size, "", dtype=object)
    for i in np.flatnonzero(fitted & (worsen | improve)):
        level[i] = " ".join(
            level_text(float(facts.level[i]), scale, limit)
            for limit in room_limits(scale, criteria)
        )
    parts: list[Any] = [
        np.where(fitted, "", facts.reason),
        fitted * (1 + poor + 2 * unrated + 4 * worsen + 8 * improve),
        np.where(fitted, _each(lambda day: _time(day, horizon), facts.last_day), ""),
        fitted & (horizon - facts.last_day > longest_gap(criteria)),
        fitted & (facts.course == "unchanged"),
        np.where(unsure, facts.likeliest, ""),
        open_vote,
        _each(percent, np.where(open_vote, facts.p_likeliest, 1.0)),
        _each(percent, np.where(unsure & ~open_vote, facts.p_deterioration, 1.0)),
        level,
        fitted * _error_points(facts.effective),
    ]
    group = np.zeros(fitted.size, dtype=np.int64)
    for part in parts:
        code, distinct = pd.factorize(part, use_na_sentinel=False)
        group, _ = pd.factorize(group * len(distinct) + code)
    return group


def _each(show: Callable[[float], str], values: NDArray[np.float64]) -> NDArray[np.object_]:
    """The text of each number, each distinct one written once."""
    code, distinct = pd.factorize(values, use_na_sentinel=False)
    return np.array([show(float(value)) for value in distinct], dtype=object)[code]


def status_of(
    facts: PatientFacts, scale: Scale, horizon: float, criteria: Criteria
) -> tuple[str, str]:
    """Give status codes and the sentences that belong to them.

    Parameters
    ----------
    facts : PatientFacts
        One patient.
    scale : Scale
        Names the ends of the scale.
    horizon : float
        Days.
    criteria : Criteria
        Resolved.

    Returns
    -------
    status : str
        Codes joined by ";": no_baseline, near_scale_limit, forecast, poor_fit; `ok` if none
        applies; `not_fitted` alone.
    text : str
        Full sentences.
    """
    if not facts.fitted:
        reason = facts.reason.strip().rstrip(".") or "no reason was recorded"
        return "not_fitted", f"Not fitted: {reason}."
    codes: list[str] = []
    sentences: list[str] = []
    if facts.n_baseline < 1:
        codes.append("no_baseline")
        sentences.append(
            f"No rating at or before {time_unit(horizon).show(0.0)}: the start is predicted, so no "
            "course is named."
        )
    elif facts.course == "cannot_tell" and facts.fit_p >= POOR_FIT_BELOW:
        sentences.append(_cannot_tell(facts))
    limits = _scale_limits(facts, scale, criteria)
    if limits:
        codes.append("near_scale_limit")
        sentences += limits
    if horizon - facts.last_day > longest_gap(criteria):
        codes.append("forecast")
        sentences.append(
            f"Forecast: last rating {_time(facts.last_day, horizon)}; "
            "assumes those lost resemble those who stayed."
        )
    if facts.fit_p < POOR_FIT_BELOW:
        codes.append("poor_fit")
        sentences.append(
            "Poor fit: fewer than 5 in 1,000 sets of ratings made from the fitted curves lie as "
            "far from them, or hang together as much, as these ratings do, so no course is named."
        )
    points = int(_error_points(facts.effective))
    if points:
        sentences.append(
            f"Few curves carry this answer: by chance alone its shares may be off by {points} "
            "percentage points."
        )
    if not sentences:
        start = time_unit(horizon).show(0.0)
        sentences.append(f"Rated from {start} or before up to {_time(facts.last_day, horizon)}.")
    return ";".join(codes) or "ok", " ".join(sentences)


def _error_points(effective: Any) -> NDArray[np.int64]:
    """Points by which shares of so few effective curves may be off, twice their largest standard
    error; 0 where they are enough."""
    points = np.ceil(100.0 / np.sqrt(np.maximum(effective, 1.0)))
    return np.where(np.asarray(effective) < FEW_EFFECTIVE, points, 0).astype(np.int64)


def room_limits(scale: Scale, criteria: Criteria) -> tuple[float, float]:
    """Give the levels beyond which there is no room to worsen, and none to improve."""
    worst, best = scale.high - criteria.required("worsening"), criteria.required("improvement")
    return float(scale.orient(worst)), float(scale.orient(scale.low + best))


def level_text(level: float, scale: Scale, limit: float | None = None) -> str:
    """Write a level as a reader says it: "9 of 10", or "70 on a scale from 20 to 80".

    With more digits where it would look like a limit that it is not: "8.4 of 10" beside 8.
    """
    digits = 0 if scale.step >= 1 or scale.span >= 50 else 1
    value = beside_threshold(level, level if limit is None else limit, digits)
    if scale.low == 0:
        return f"{value} of {scale.high:g}"
    return f"{value} on a scale from {scale.low:g} to {scale.high:g}"


def _time(day: float, horizon: float) -> str:
    """Write "day 21 of 84"."""
    unit = time_unit(horizon)
    return f"{unit.show(day)} of {number(horizon * unit.per_day)}"


def _cannot_tell(facts: PatientFacts) -> str:
    likeliest = facts.likeliest.replace("_", " ")
    if facts.p_likeliest < PROBABLE_FROM:
        return (
            f"Cannot tell: no course holds for {PROBABLE_FROM:.0%} of the curves "
            f"(most: {likeliest}, {percent(facts.p_likeliest)})."
        )
    share = percent(facts.p_deterioration)
    return (
        f"Cannot tell: the most probable course is {likeliest}, but {share} of the curves end "
        f"worse ({CANNOT_TELL_FROM:.0%} or more)."
    )


def _scale_limits(facts: PatientFacts, scale: Scale, criteria: Criteria) -> list[str]:
    ends = ("top", "bottom") if scale.higher_is_worse else ("bottom", "top")
    shares = (facts.p_no_room_to_worsen, facts.p_no_room_to_improve)
    limits = room_limits(scale, criteria)
    changes = ("worsening", "improvement")
    sentences = []
    for end, change, share, limit in zip(ends, changes, shares, limits, strict=True):
        if share < NO_ROOM_FROM:
            continue
        level = level_text(facts.level, scale, limit)
        if facts.course == "unchanged":
            sentences.append(
                f"Unchanged, at {level}: too near the {end} of the scale to show {change}."
            )
        else:
            sentences.append(f"Too near the {end} of the scale to show {change}: at about {level}.")
    return sentences
