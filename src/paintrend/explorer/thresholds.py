"""Thresholds: the values that each slider offers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from paintrend.results.criteria import Criteria
from paintrend.scales import Scale
from paintrend.wording import amount, time_unit

__all__ = ["Slider", "threshold_sliders"]

FINE = 40
"""A slider of a change has steps of about this part of the range of the scale ..."""
REACH = 0.6
"""... and goes to this part of it: changes beyond say little of a course."""
SPANS = 12
"""The slider of days has this many steps to the horizon."""


class Slider(NamedTuple):
    """A threshold to be moved: field of `Criteria`, words, and (text, value) of each step."""

    field: str
    label: str
    steps: tuple[tuple[str, float], ...]
    value: float


def threshold_sliders(criteria: Criteria, scale: Scale, horizon: float) -> tuple[Slider, ...]:
    """Give the sliders of the thresholds; the value in use is always one of the steps.

    Parameters
    ----------
    criteria : Criteria
        Resolved.
    scale : Scale
    horizon : float
        Days.

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> nrs = get_scale("nrs")
    >>> worse, better, days = threshold_sliders(Criteria().resolve(nrs, 84), nrs, 84)
    >>> worse.steps[:3], worse.value, len(days.steps)
    ((('0.25 points', 0.25), ('0.5 points', 0.5), ('0.75 points', 0.75)), 2.0, 12)
    """
    step = _round(scale.span / FINE)
    changes = [step * k for k in range(1, math.floor(REACH * scale.span / step + 1e-9) + 1)]
    unit = time_unit(horizon)
    days = [horizon * k / SPANS for k in range(1, SPANS + 1)]

    def change(value: float) -> str:
        return amount(value, scale.unit, 3)

    def span(value: float) -> str:
        return unit.span(value)

    def slider(
        field: str, label: str, values: list[float], words: Callable[[float], str]
    ) -> Slider:
        value = criteria.required(field)
        # the default of a scale need not lie on a round step
        near = [one for one in values if not math.isclose(one, value, rel_tol=1e-9)]
        steps = sorted([*near, value])
        return Slider(field, label, tuple((words(one), one) for one in steps), value)

    return (
        slider("worsening", "Worse from", changes, change),
        slider("improvement", "Better from", changes, change),
        slider("sustained_days", "Sustained over the last", days, unit.span),
    )


def _round(step: float) -> float:
    """Round a step to 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return min((1.0, 2.0, 2.5, 5.0, 10.0), key=lambda k: abs(math.log(step / (k * power)))) * power
