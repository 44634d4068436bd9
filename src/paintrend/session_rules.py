"""What sessions did to a curve, and the verdict: pure functions of sessions, response and levels.

The same functions read the truth of a simulation and every posterior draw, so the probability of a
verdict is the share of draws in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "HABITUATION_SESSIONS",
    "VERDICTS",
    "Reading",
    "fading",
    "read_response",
    "sizes",
    "verdict_codes",
]

Array = NDArray[np.float64]
VERDICTS = ("settles", "does_not_settle", "builds_up", "no_response")
HABITUATION_SESSIONS = 5.0
"""Sessions after which 1/e is left of what habituation takes away (assumed)."""
ENDS = 3
"""Sessions at each end whose levels are compared for the climb."""


class Reading(NamedTuple):
    """Numbers of D curves of one patient, each (D,); changes are positive when worse.

    Attributes
    ----------
    rise : height of the peak after a session, mean over sessions
    first_rise, last_rise : after the first and the last session
    left : share of the peak not gone before the next session, mean over gaps; NaN without a gap
    start_level, end_level : level before the first and before the last three sessions
    climb : their difference; NaN with fewer than two sessions
    """

    rise: Array
    first_rise: Array
    last_rise: Array
    left: Array
    start_level: Array
    end_level: Array
    climb: Array


def fading(n_sessions: int) -> Array:
    """Share of habituation still to come at each session, 1 at the first: ``exp(-(n - 1) / 5)``."""
    return np.exp(-np.arange(n_sessions) / HABITUATION_SESSIONS)


def sizes(first: Array, settled: Array, n_sessions: int) -> Array:
    """Height of the response to each session, (D, S), from those of the first and the late ones."""
    e = fading(n_sessions)
    return np.asarray(settled[:, None] * (1.0 - e) + first[:, None] * e)


def read_response(size: Array, kept: Array, level: Array) -> Reading:
    """Read the numbers off D curves with S sessions, at least one.

    Parameters
    ----------
    size : (D, S) height of the response to each session
    kept : (D, S - 1) share of its peak that is left when the next session comes
    level : (D, S) level before each session, what earlier sessions left included
    """
    n = size.shape[1]
    nothing = np.full(len(size), np.nan)
    ends = max(min(ENDS, n // 2), 1)
    start, end = level[:, :ends].mean(axis=1), level[:, n - ends :].mean(axis=1)
    return Reading(
        size.mean(axis=1),
        size[:, 0],
        size[:, -1],
        kept.mean(axis=1) if n > 1 else nothing,
        start,
        end,
        end - start if n > 1 else nothing,
    )


def verdict_codes(reading: Reading, rise: float, left: float, climb: float) -> NDArray[np.int64]:
    """Positions in `VERDICTS`; each curve has exactly one.

    Parameters
    ----------
    rise : a response counts from this height on
    left : it has not settled if at least this share is left before the next session
    climb : the level before sessions has built up if it climbs by at least this much
    """
    responds = reading.rise >= rise
    builds = responds & (reading.climb >= climb)
    stays = responds & ~builds & (reading.left >= left)
    return np.where(builds, 2, np.where(stays, 1, np.where(responds, 0, 3)))
