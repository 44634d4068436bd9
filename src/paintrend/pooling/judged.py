"""What an analysis can ask of a curve, as one number per curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES, DETERIORATION, DIP, GRID_POINTS, points_in
from paintrend.errors import InputError
from paintrend.features import ALWAYS, DRAW_FEATURES, SOMETIMES
from paintrend.pooling.options import name_list
from paintrend.results.criteria import Criteria
from paintrend.scales import Scale

__all__ = [
    "COURSE_SHARES",
    "EVENTS",
    "QUANTITIES",
    "JudgedCurves",
    "check_quantities",
    "event_days",
    "starts_of",
]

Array = NDArray[np.float64]
COURSE_SHARES: tuple[str, ...] = (
    "dip",
    "deterioration",
    "end_better",
    "room_to_worsen",
    "room_to_improve",
)
"""Quantities that are 1 or 0."""
EVENTS: tuple[str, ...] = ("first_better", "first_worse")
"""First day that starts `sustained_days` at or below the start less `improvement`, or at or above
it plus `worsening`."""
QUANTITIES: tuple[str, ...] = ("course", *COURSE_SHARES, *ALWAYS, "end_level", *SOMETIMES, *EVENTS)
"""What an analysis can ask of a curve: its course; 1 or 0 for a dip, a deterioration, an end that
is better, room on the scale; its features, and the level at the end, in the scale's own values;
and the first days of `EVENTS`."""


def event_days(curves: Array, horizon: float, criteria: Criteria) -> Array:
    """Days of `EVENTS` of oriented curves (..., 169), (..., 2); NaN where there is none.

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> rules = Criteria(sustained_days=3).resolve(get_scale("nrs"), 168.0)
    >>> curve = np.r_[np.full(100, 6.0), np.full(2, 4.0), np.full(7, 6.0), np.full(60, 4.0)]
    >>> event_days(curve, 168.0, rules).tolist()
    [109.0, nan]
    """
    change = curves - curves[..., :1]
    n = points_in(criteria.required("sustained_days"), horizon)
    found = []
    for holds in (
        change <= -criteria.required("improvement"),
        change >= criteria.required("worsening"),
    ):
        starts = starts_of(holds, n)
        day = starts.argmax(axis=-1) * (horizon / (GRID_POINTS - 1))
        found.append(np.where(starts.any(axis=-1), day, np.nan))
    return np.stack(found, axis=-1)


def starts_of(holds: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    """Points of curves (..., K) that start n in a row on which something holds, (..., K - n + 1).

    Examples
    --------
    >>> starts_of(np.array([True, False, True, True, True]), 2).tolist()
    [False, False, True, True]
    """
    count = np.cumsum(holds, axis=-1, dtype=np.int16)
    count = np.concatenate([np.zeros_like(count[..., :1]), count], axis=-1)
    return np.asarray(count[..., n:] - count[..., :-n] == n)


def check_quantities(caller: str, names: Sequence[str]) -> tuple[str, ...]:
    """Refuse what no curve has.

    Raises
    ------
    InputError
    """
    names = name_list(names)
    unknown = [name for name in names if not (isinstance(name, str) and name in QUANTITIES)]
    if unknown or not names:
        raise InputError(
            f"{caller}: a curve has no {', '.join(map(repr, unknown)) or 'quantity without a name'}"
            f"; expected some of {', '.join(QUANTITIES)}."
        )
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, eq=False)
class JudgedCurves:
    """Courses and features of P x D curves.

    Parameters
    ----------
    codes : array, shape (P, D)
    features : array, shape (P, D, 10)
        As in `Courses`.
    scale : Scale
    criteria : Criteria
        Resolved.
    events : array, shape (P, D, 2)
        Days of `EVENTS`; NaN where a curve has none.
    """

    codes: NDArray[np.int8]
    features: Array
    scale: Scale
    criteria: Criteria
    events: Array

    def quantity(self, name: str) -> Array:
        """One number per curve, (P, D), in the units of the courses table; NaN where a curve has
        none. The course is its code."""
        if name == "course":
            return self.codes.astype(np.float64)
        if name in ("dip", "deterioration"):
            names = DIP if name == "dip" else DETERIORATION
            return np.isin(self.codes, [COURSES.index(n) for n in names]).astype(np.float64)
        scale, criteria = self.scale, self.criteria
        level, change = self._feature("baseline"), self._feature("end_change")
        if name == "end_better":
            return (change <= -criteria.required("improvement")).astype(np.float64)
        if name == "room_to_worsen":
            return (level <= scale.high - criteria.required("worsening")).astype(np.float64)
        if name == "room_to_improve":
            return (level >= scale.low + criteria.required("improvement")).astype(np.float64)
        if name in ("baseline", "end_level"):
            return np.asarray(scale.orient(level + (change if name == "end_level" else 0.0)))
        if name in EVENTS:
            return self.events[:, :, EVENTS.index(name)]
        return self._feature(name)

    def _feature(self, name: str) -> Array:
        return self.features[:, :, DRAW_FEATURES.index(name)]

    def columns(self, names: Sequence[str], reference: JudgedCurves) -> Array:
        """Numbers that a regression can use, (P, D, c): courses as dummies, numbers in standard
        deviations over the curves of a reference, and for those that only some curves have also
        whether they do."""
        parts: list[Array] = []
        for name in names:
            theirs, values = reference.quantity(name), self.quantity(name)
            if name == "course":
                # the most frequent course is left out: the others are compared with it
                shares = np.bincount(theirs.astype(np.int64).ravel(), minlength=len(COURSES))
                order = np.argsort(-shares, kind="stable")
                parts += [(values == code).astype(float) for code in order[1:] if shares[code]]
                continue
            known = np.isfinite(theirs)
            if not known.all():
                parts.append(np.isfinite(values).astype(np.float64))
            spread = theirs[known].std() if known.any() else 0.0
            if spread > 0.0:
                off = (values - theirs[known].mean()) / spread
                parts.append(np.where(np.isfinite(values), off, 0.0))
        return np.stack(parts, axis=-1) if parts else np.zeros((*self.codes.shape, 0))
