"""Simulated worlds with sessions that several benchmarks share, and how losses are counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.simulate import SessionPlan, Soreness, Visits

Array = NDArray[np.float64]
SMALLEST = 1.0 / 800.0
HIDDEN = 0.2
"""A true deterioration given less than this is hidden."""
WEEKLY = Visits(days=[float(d) for d in range(-7, 57, 7)], dropout=0.0005)
NO_CHANGE = {"unchanged": 1.0}
WORSE = {"sustained_deterioration": 0.5, "recent_worsening": 0.2, "unchanged": 0.3}


class World(NamedTuple):
    """Settings of one simulated cohort, and what is special about it."""

    text: str
    settings: dict[str, object]


WORLDS = {
    "usual": World("sessions twice a week, uneven gaps, evening ratings and around sessions", {}),
    "cancelled": World(
        "as usual, sessions cancelled because of pain (80% of those 2 points above the start)",
        {"plan": SessionPlan(cancelled_for_pain=0.8)},
    ),
    "nobody": World(
        "nobody responds, sessions cancelled because of pain",
        {"plan": SessionPlan(cancelled_for_pain=0.8), "soreness": Soreness(none=1.0)},
    ),
    "nobody worse": World(
        "nobody responds, most deteriorate, regular sessions",
        {
            "plan": SessionPlan(moved=0.0, pause=0.0),
            "soreness": Soreness(none=1.0),
            "course_mix": WORSE,
        },
    ),
    "everybody": World(
        "everybody responds, nobody has a course of their own",
        {"soreness": Soreness(none=0.0), "course_mix": NO_CHANGE},
    ),
    "thrice": World(
        "three regular sessions a week, slow responses that pile up",
        {
            "plan": SessionPlan(gaps=(2, 2, 3), moved=0.0, pause=0.0),
            "soreness": Soreness(fall_days=6.0),
        },
    ),
    "gamma": World("as cancelled, time courses of another form", {
        "plan": SessionPlan(cancelled_for_pain=0.8), "soreness": Soreness(form="gamma")}),
    "box": World("as cancelled, on and off", {
        "plan": SessionPlan(cancelled_for_pain=0.8), "soreness": Soreness(form="box")}),
    "weekly": World(
        "as usual, but only weekly ratings", {"visits": WEEKLY, "plan": SessionPlan(rated=False)}
    ),
}  # fmt: skip


def loss_each(p: Array, true: Array) -> Array:
    return np.asarray(-np.log(np.clip(p[np.arange(len(p)), true], SMALLEST, 1.0)))


def loss(p: Array, true: Array) -> float:
    return float(loss_each(p, true).mean())
