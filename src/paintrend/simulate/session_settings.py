"""Settings of simulated sessions: when they are held and cancelled, and what they do to pain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paintrend.errors import is_number
from paintrend.responses import response_at
from paintrend.simulate.checks import require

__all__ = ["FORMS_AFTER", "SessionPlan", "Soreness", "form_after"]

Array = NDArray[np.float64]
FORMS_AFTER = ("rows", "gamma", "box")
"""Forms of the response: that of `paintrend.responses`, and two that fitting does not know."""


@dataclass(frozen=True, kw_only=True)
class SessionPlan:
    """When sessions are held, and which take place.

    Parameters
    ----------
    gaps : sequence of int
        Days from one session to the next, over and over: (3, 4) is twice a week.
    moved : float
        Share of sessions held a day early or late.
    pause : float
        Share of patients with two weeks without sessions in the middle.
    missed : float
        Share of sessions cancelled for reasons that have nothing to do with pain.
    cancelled_for_pain : float
        Chance that a session is cancelled where pain just before it is two tenths of the range
        above the patient's own start.
    rated : bool
        Whether pain is rated right before and some hours after each session, besides the visits.
    dose_spread : float
        Standard deviation of the dose from session to session about the patient's own mean of 5.
    dose_for_well : float
        What one standard deviation of the true start (lower is better) adds to the patient's
        mean dose: intense sessions go to those who do well.
    """

    gaps: Sequence[int] = (3, 4)
    moved: float = 0.3
    pause: float = 0.3
    missed: float = 0.05
    cancelled_for_pain: float = 0.0
    rated: bool = True
    dose_spread: float = 1.0
    dose_for_well: float = 0.0

    def __post_init__(self) -> None:
        good = len(self.gaps) > 0 and all(is_number(g) and g >= 1 for g in self.gaps)
        require(good, "SessionPlan gaps", "one or more numbers of days from 1", self.gaps)
        for name in ("moved", "pause", "missed", "cancelled_for_pain"):
            value = getattr(self, name)
            require(is_number(value) and 0 <= value <= 1, f"SessionPlan {name}", "0 to 1", value)
        for name in ("dose_spread", "dose_for_well"):
            value = getattr(self, name)
            require(is_number(value) and value >= 0, f"SessionPlan {name}", "0 or more", value)


@dataclass(frozen=True, kw_only=True)
class Soreness:
    """What a session does to the pain of the days after it; heights in tenths of the range.

    Parameters
    ----------
    none : float
        Share of patients without any response.
    first, spread : float
        Mean and standard deviation of the height after the first session, of the others.
    settled : float
        Height after many sessions, as a share of the first.
    peak_days, fall_days : float
        Median days to the peak, and from there until a tenth is left; log-normal over patients.
    varies : float
        Standard deviation of their logarithms.
    form : str
        One of `FORMS_AFTER`.
    per_dose : float
        What one more unit of dose than the patient's own mean adds to the height, as a share of
        it.
    """

    none: float = 0.35
    first: float = 1.8
    spread: float = 0.7
    settled: float = 0.65
    peak_days: float = 1.5
    fall_days: float = 3.5
    varies: float = 0.35
    form: str = "rows"
    per_dose: float = 0.0

    def __post_init__(self) -> None:
        require(self.form in FORMS_AFTER, "Soreness form", f"one of {FORMS_AFTER}", self.form)
        good = is_number(self.none) and 0 <= self.none <= 1
        require(good, "Soreness none", "0 to 1", self.none)
        for name in ("spread", "varies"):
            value = getattr(self, name)
            require(is_number(value) and value >= 0, f"Soreness {name}", "0 or more", value)
        for name in ("peak_days", "fall_days"):
            value = getattr(self, name)
            require(is_number(value) and value > 0, f"Soreness {name}", "above 0", value)
        for name in ("first", "settled", "per_dose"):
            value = getattr(self, name)
            require(is_number(value), f"Soreness {name}", "a number", value)


def form_after(form: str, days: Array, peak_days: float, gone_days: float) -> Array:
    """Share of the peak so many days after a session, in one of `FORMS_AFTER`.

    ``gamma`` is ``(t / p)**2 exp(2 (1 - t / p))``; ``box`` is 1 from a quarter of a day to the
    middle between peak and end. Neither looks at both numbers in the way of the rows.
    """
    if form == "rows":
        return response_at(days, peak_days, gone_days)
    t = np.maximum(days, 0.0)
    if form == "gamma":
        return np.asarray((t / peak_days) ** 2 * np.exp(2.0 * (1.0 - t / peak_days)))
    return np.asarray(((t > 0.25) & (t < 0.5 * (peak_days + gone_days))).astype(np.float64))
