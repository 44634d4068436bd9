"""Curves judged up to the day of an event, by the rules that judge whole curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import GRID_POINTS
from paintrend.core.judgement import empty_judgement, judge_given, make_rules
from paintrend.pooling.curves import between_points
from paintrend.pooling.judged import JudgedCurves

__all__ = ["NOT_UNTIL", "HandledCurves", "judge_until"]

Array = NDArray[np.float64]
NOT_UNTIL = (
    "burden", "worse_days", "peak_day", "return_day", "better_day", "first_better", "first_worse",
)  # fmt: skip
"""Quantities that count days: they are shorter where time is cut short, whatever pain does."""


@dataclass(frozen=True, eq=False)
class HandledCurves(JudgedCurves):
    """Judged curves in which an event may stand for the outcome.

    Parameters
    ----------
    fixed : mapping
        Quantity -> the number that stands for the unfavourable outcome.
    failed : array, shape (P,)
        Whose outcome it is.
    """

    fixed: Mapping[str, float] = field(default_factory=dict)
    failed: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def quantity(self, name: str) -> Array:
        """One number per curve, (P, D), as `JudgedCurves.quantity`."""
        own = super().quantity(name)
        if name not in self.fixed:
            return own
        return np.where(self.failed[:, None], self.fixed[name], own)


def judge_until(
    own: JudgedCurves, curves: Array, until: Array, horizon: float,
    fixed: Mapping[str, float], failed: NDArray[np.bool_],
) -> HandledCurves:  # fmt: skip
    """Judge curves again, those that end early on the time that is left.

    The curve on [0, e] is put on as many points as a whole one and judged with e as the horizon:
    same thresholds, and the same days for what lasts and what is sustained (at most all of e). So
    the end is the mean over the last `lasting_days` before e, nothing lasts that had no time to,
    and a patient without an event is judged as ever.

    Parameters
    ----------
    own : JudgedCurves
        P x D whole curves, judged.
    curves : array, shape (P, D, 169)
        The same, oriented.
    until : array, shape (P,)
        Day of the event; infinite, or at or after the horizon, for none.
    horizon : float
    fixed, failed
        As in `HandledCurves`.
    """
    codes, features, events = own.codes.copy(), own.features.copy(), own.events.copy()
    criteria, trend = own.criteria, own.features.shape[2] - 1
    pair = [(criteria.required("worsening"), criteria.required("improvement"))]
    for i in np.flatnonzero(until < horizon):
        place = np.linspace(0.0, until[i] / horizon * (GRID_POINTS - 1), GRID_POINTS)
        cut = between_points(curves[i], place)
        rules = make_rules(
            float(until[i]), pair, criteria.required("lasting_days"),
            criteria.required("sustained_days"),
        )  # fmt: skip
        kept = empty_judgement(1, len(cut), rules)
        judge_given(0, cut[None], features[i : i + 1, :, trend], rules, kept)
        codes[i], features[i] = kept.codes[0], np.moveaxis(kept.features[:, 0], 0, -1)
        events[i] = np.nan
    return HandledCurves(codes, features, own.scale, criteria, events, fixed, failed)
