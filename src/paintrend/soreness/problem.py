"""What is fitted: ratings, the sessions of the same patients, and the columns that these make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.em import Ratings
from paintrend.responses import Response
from paintrend.session_columns import stacked

__all__ = ["Problem"]

Array = NDArray[np.float64]


class Problem(NamedTuple):
    """Ratings of P patients, their sessions, and the columns that these make.

    Attributes
    ----------
    ratings : end to end;  sessions : days of each patient's;  weights : (S, r) of each session
    responses : time courses
    when : (N,) day of each rating on the clock of the sessions
    """

    ratings: Ratings
    sessions: Sequence[Array]
    weights: Sequence[Array]
    responses: tuple[Response, ...]
    when: Array

    def select(self, rows: Sequence[int]) -> Problem:
        """Keep these patients, in this order."""
        old = self.ratings
        at = [np.arange(old.offset[i], old.offset[i + 1]) for i in rows]
        keep = np.concatenate(at)
        offset = np.concatenate([[0], np.cumsum([one.size for one in at])]).astype(np.int64)
        return Problem(
            Ratings(old.day[keep], old.y[keep], offset, [old.patients[i] for i in rows]),
            [self.sessions[i] for i in rows],
            [self.weights[i] for i in rows],
            self.responses,
            self.when[keep],
        )

    def columns(self, course: int) -> Array:
        """Columns of the time course, (N, r); course 0 is no response."""
        r = self.weights[0].shape[1] if len(self.weights) else 2
        if course == 0:
            return np.zeros((self.ratings.day.size, r))
        return stacked(
            self.when, self.ratings.offset, self.sessions, self.weights,
            self.responses[course - 1].at,
        )  # fmt: skip
