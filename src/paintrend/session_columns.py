"""Columns of the sessions: what one unit of response adds at any days."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from paintrend.session_rules import fading

__all__ = ["Attended", "TimeCourse", "carried_columns", "columns_at", "stacked", "weights_of"]

Array = NDArray[np.float64]
Attended = Array
"""Days of the sessions that one patient attended, in order."""
TimeCourse = Callable[[Array], Array]
"""Share of the peak by days since the session, as `responses.Response.at`."""


def weights_of(n_sessions: int) -> Array:
    """Weight of each session in the two columns, (S, 2): those of the first response and of the
    settled one."""
    e = fading(n_sessions)
    return np.stack([e, 1.0 - e], axis=1)


def columns_at(day: Array, session: Attended, weight: Array, response: TimeCourse) -> Array:
    """Sum over sessions of weight times response at days (N,): (N, r).

    Parameters
    ----------
    session : (S,);  weight : (S, r)
    """
    if session.size == 0:
        return np.zeros((day.size, weight.shape[1]))
    since = day[:, None] - session[None, :]
    return response(since) @ weight


def carried_columns(day: Array, session: Attended, weight: Array, response: TimeCourse) -> Array:
    """The part of `columns_at` that is not gone before the next session, (N, r).

    Between two sessions: the sum, but no further from 0 than it is just before either of them.
    After the last session: no further than it was before it. What sessions take away (negative
    weights) is held in the same way as what they add.
    """
    if session.size == 0:
        return np.zeros((day.size, weight.shape[1]))
    whole = columns_at(day, session, weight, response)
    before = np.vstack([columns_at(session, session, weight, response), 0.0 * weight[:1]])
    at = np.searchsorted(session, day, side="right") - 1
    ends = np.stack([before[np.maximum(at, 0)], before[np.maximum(at, 0) + 1]])
    held = np.clip(whole, np.minimum(ends.min(axis=0), 0.0), np.maximum(ends.max(axis=0), 0.0))
    return np.where((at >= 0)[:, None], held, 0.0)


def stacked(
    day: Array, offset: NDArray[np.int64], sessions: Sequence[Attended], weights: Sequence[Array],
    response: TimeCourse,
) -> Array:  # fmt: skip
    """`columns_at` of patients whose days lie end to end, (N, r)."""
    parts = [
        columns_at(day[offset[i] : offset[i + 1]], session, weight, response)
        for i, (session, weight) in enumerate(zip(sessions, weights, strict=True))
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 0))
