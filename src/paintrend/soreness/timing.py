"""When ratings were made relative to sessions, and which sessions a patient's ratings can judge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.results.sessions import AFTER_SESSION, BEFORE_SESSION

__all__ = [
    "SAME_DAY",
    "Coverage",
    "Placed",
    "check_same_day",
    "coverage",
    "has_times",
    "is_regular",
    "place",
]

Array = NDArray[np.float64]
SAME_DAY = ("before", "after", "leave_out")
NOON = 0.5
SOON, LATE = 0.5, 3.0
"""Days after a session between which its peak is looked for."""
LOOK_BACK = 3.0
"""Days before a session in which a rating shows the level before it."""
EVEN = 0.455
"""Gaps are regular if their standard deviation is at most this share of their mean, and there is no
pause. Those of Monday, Wednesday and Friday have 0.2."""
PAUSE = 1.75
"""A gap this many times the usual one is a pause."""


class Placed(NamedTuple):
    """Ratings and sessions of one patient on one clock.

    Attributes
    ----------
    when : (n,) day of each rating relative to the sessions;  session : (S,) days of the sessions
    known : (n,) False where a rating may lie before or after the session of its day
    """

    when: Array
    session: Array
    known: NDArray[np.bool_]


class Coverage(NamedTuple):
    """What a patient's ratings can show.

    Attributes
    ----------
    pairs : sessions with a rating before and one 12 to 72 hours after, no session between
    after, before : sessions with a rating 12 to 72 hours after;  with one before
    """

    pairs: int
    after: int
    before: int


def check_same_day(same_day: str) -> None:
    """Refuse an unknown way to place ratings.

    Raises
    ------
    InputError
    """
    if same_day not in SAME_DAY:
        raise InputError(f"same_day must be one of {', '.join(SAME_DAY)}, got {same_day!r}.")


def has_times(day: Array) -> bool:
    """Whether ratings have times of day: decimals that are no mark of before or after."""
    part = np.round(day - np.floor(day), 6)
    return bool((~np.isin(part, np.round([0.0, 1.0 + BEFORE_SESSION, AFTER_SESSION], 6))).any())


def place(
    day: Array, session: Array, *, ratings_timed: bool, sessions_timed: bool, same_day: str
) -> Placed:
    """Put ratings and sessions of a patient on one clock.

    Ratings of whole days: times of day of sessions are not used. Sessions of whole days among
    ratings with times are taken at noon. Where the order within a day is not known, `same_day`
    decides: "before" or "after" the session, or not known.

    Examples
    --------
    >>> place(
    ...     np.array([2.0, 3.0]), np.array([3.0]),
    ...     ratings_timed=False, sessions_timed=False, same_day="after",
    ... ).when.tolist()
    [2.0, 3.2]
    """
    if ratings_timed and sessions_timed:
        return Placed(day, session, np.ones(day.size, dtype=bool))
    whole = np.floor(session)
    unclear = np.isin(np.floor(day), whole)
    if not ratings_timed:
        # those marked as before or after a session are not on a whole day
        unclear &= day == np.floor(day)
    shifted = whole + (NOON if ratings_timed else 0.0)
    moved = np.floor(day) + (NOON if ratings_timed else 0.0)
    moved += AFTER_SESSION if same_day == "after" else BEFORE_SESSION
    known = ~unclear if same_day == "leave_out" else np.ones(day.size, dtype=bool)
    return Placed(np.where(unclear, moved, day), shifted, known)


def coverage(when: Array, session: Array) -> Coverage:
    """Count the sessions that the ratings can judge."""
    pairs = n_after = n_before = 0
    following = np.append(session[1:], np.inf)
    previous = np.append(-np.inf, session[:-1])
    for s, upto, since in zip(session, following, previous, strict=True):
        after = bool(((when > s + SOON) & (when <= min(s + LATE, upto))).any())
        before = bool(((when <= s) & (when > max(s - LOOK_BACK, since))).any())
        n_after += after
        n_before += before
        pairs += after and before
    return Coverage(pairs, n_after, n_before)


def is_regular(session: Array) -> bool:
    """Whether gaps are so even that what builds up by sessions looks like time passing.

    The gaps within a week may differ, as those of Monday, Wednesday and Friday do: regular is a
    standard deviation of the gaps of at most `EVEN` times their mean, and no gap above `PAUSE`
    times the median one. Fewer than three sessions are regular.

    Examples
    --------
    >>> is_regular(np.arange(0.0, 50.0, 7.0)), is_regular(np.array([0.0, 2, 4, 6, 16, 18, 20]))
    (True, False)
    """
    gap = np.diff(session)
    if gap.size < 2:
        return True
    return bool(gap.std() <= EVEN * gap.mean() and gap.max() <= PAUSE * np.median(gap))
