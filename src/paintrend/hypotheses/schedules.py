"""Visit schedules: the planned days of ratings, given or seen in the ratings themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.errors import InputError, is_number

__all__ = ["Schedule", "find_schedule", "match_visits"]

Array = NDArray[np.float64]
PLANNED_SHARE = 0.5
"""A day is planned if so many of those who are followed then have a rating near it."""
EXPLAINED_SHARE = 0.6
"""A schedule is only seen where it explains so many of the ratings."""
TOLERANCE = 0.25
"""Share of a short gap between ratings (the lower quartile) by which a rating may miss its day."""


class Schedule(NamedTuple):
    """Planned days (V,), by how many days a rating may miss its visit, ratings per visit (V,), and
    whether the days were read off the ratings."""

    days: Array
    tolerance: float
    ratings: NDArray[np.int64]
    inferred: bool

    @property
    def text(self) -> str:
        """The days in words, and where they come from."""
        first = ", ".join(f"{day:g}" for day in self.days[:12])
        more = f" and {len(self.days) - 12} more" if len(self.days) > 12 else ""
        how = "read off the ratings" if self.inferred else "as given"
        return f"planned days {how}: {first}{more}; {self.tolerance:g} days off are within"


def find_schedule(
    days: Sequence[Array],
    *,
    schedule: Sequence[float] | None = None,
    tolerance: float | None = None,
    caller: str = "schedule",
) -> Schedule:
    """Take a schedule as given, or read it off the days of ratings.

    A day is planned if at least half of the patients who are followed on it (from their first to
    their last rating) have a rating within the tolerance; of days that compete, the one that most
    patients were rated near. A visit holds as many ratings as the median patient with one has.

    Parameters
    ----------
    days : sequence of arrays
        Days of the ratings of each patient.
    schedule : sequence of float, optional
        Planned days.
    tolerance : float, optional
        Days; a quarter of the lower quartile of gaps between ratings of a patient if not given.
    caller : str
        Named in messages.

    Raises
    ------
    InputError
        If a number cannot be used, or no schedule can be seen.

    Examples
    --------
    >>> import numpy as np
    >>> rated = [np.array([0.0, 7, 14, 21]), np.array([0.0, 7, 9, 14, 21])]
    >>> find_schedule(rated).days.tolist()
    [0.0, 7.0, 14.0, 21.0]
    """
    if tolerance is not None and (not is_number(tolerance) or tolerance < 0):
        raise InputError(f"{caller}: tolerance must be 0 days or more, got {tolerance!r}.")
    own = [np.sort(np.asarray(d, dtype=float)) for d in days if len(d)]
    every = np.concatenate(own) if own else np.zeros(0)
    if not every.size:
        raise InputError(f"{caller}: there is no rating.")
    gaps = np.concatenate([np.diff(d) for d in own])
    gaps = gaps[gaps > 0]
    near = float(tolerance or 0.0)
    if tolerance is None and gaps.size:
        near = TOLERANCE * float(np.quantile(gaps, 0.25))
    if schedule is not None:
        planned = np.unique(np.asarray(list(schedule), dtype=float))
        if not planned.size or not np.isfinite(planned).all():
            raise InputError(f"{caller}: schedule must hold the planned days, got {schedule!r}.")
    else:
        planned = _seen_days(own, every, near)
    per_visit = _ratings_per_visit(own, planned, near)
    found = Schedule(planned, near, per_visit, schedule is None)
    explained = np.mean(np.concatenate([match_visits(d, found) >= 0 for d in own]))
    if schedule is None and explained < EXPLAINED_SHARE:
        raise InputError(
            f"{caller}: no schedule can be seen in the ratings (days that half of the patients "
            f"share explain {100 * explained:.0f}% of them): give the planned days, schedule=."
        )
    return found


def _seen_days(own: list[Array], every: Array, near: float) -> Array:
    """Days near which most of those who are followed were rated, the strongest first."""
    candidates = np.unique(every)
    first, last = np.array([d[0] for d in own]), np.array([d[-1] for d in own])
    rated, followed = np.zeros(candidates.size), np.zeros(candidates.size)
    exact = np.zeros(candidates.size)
    for d, a, b in zip(own, first, last, strict=True):
        place = np.searchsorted(d, candidates)
        before = np.abs(candidates - d[np.maximum(place - 1, 0)])
        after = np.abs(candidates - d[np.minimum(place, d.size - 1)])
        off = np.minimum(before, after)
        rated += off <= near
        exact += off == 0.0
        followed += (candidates >= a) & (candidates <= b)
    share = rated / np.maximum(followed, 1.0)
    order = np.lexsort((candidates, -exact, -np.minimum(share, 1.0).round(2)))
    taken: list[float] = []
    for k in order:
        if share[k] < PLANNED_SHARE:
            break
        if all(abs(candidates[k] - day) > 2.0 * near for day in taken):
            taken.append(float(candidates[k]))
    return np.array(sorted(taken))


def _ratings_per_visit(own: list[Array], planned: Array, near: float) -> NDArray[np.int64]:
    if not planned.size:
        return np.zeros(0, dtype=np.int64)
    counts = np.array(
        [[((d >= day - near) & (d <= day + near)).sum() for day in planned] for d in own]
    )
    out = np.ones(planned.size, dtype=np.int64)
    for v in range(planned.size):
        seen = counts[counts[:, v] > 0, v]
        out[v] = max(1, int(np.median(seen))) if seen.size else 1
    return out


def match_visits(days: Array, schedule: Schedule) -> NDArray[np.int64]:
    """Visit of each rating of one patient, -1 for none: the nearest planned day within the
    tolerance, and of several ratings there those nearest to it.

    Examples
    --------
    >>> import numpy as np
    >>> plan = Schedule(np.array([0.0, 7.0]), 2.0, np.array([1, 1]), False)
    >>> match_visits(np.array([0.0, 3.0, 6.0, 7.0]), plan).tolist()
    [0, -1, -1, 1]
    """
    days = np.asarray(days, dtype=float)
    if not schedule.days.size:
        return np.full(days.size, -1, dtype=np.int64)
    off = np.abs(days[:, None] - schedule.days)
    visit = off.argmin(axis=1).astype(np.int64)
    distance = off.min(axis=1)
    visit[distance > schedule.tolerance + 1e-9] = -1
    for v in np.unique(visit[visit >= 0]):
        rows = np.flatnonzero(visit == v)
        order = rows[np.argsort(distance[rows], kind="stable")]
        visit[order[schedule.ratings[v] :]] = -1
    return visit
