"""Numbers of every posterior draw: what a session did, and the level before each session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.streams import patient_generator
from paintrend.responses import Response, response_at
from paintrend.results.population import Population, rating_design
from paintrend.session_columns import columns_at
from paintrend.session_rules import Reading, read_response, sizes
from paintrend.soreness.levels import draw_levels
from paintrend.soreness.posterior import JointDraws

__all__ = ["DrawnReading", "read_draws"]

Array = NDArray[np.float64]
PEAK_CELL, FALL_CELL = 0.3, 0.25
"""Half the distance between rows of time courses, log days: within it all are equally likely."""


class DrawnReading(NamedTuple):
    """Numbers of one patient's draws, scale units and days.

    Attributes
    ----------
    reading : `session_rules.Reading`, each (D,)
    peak_days, flat_days, gone_days : (D,), NaN without response
    level : (D, S) before each session, oriented, scale units
    """

    reading: Reading
    peak_days: Array
    flat_days: Array
    gone_days: Array
    level: Array


def read_draws(
    draws: JointDraws,
    sessions: Sequence[Array],
    weights: Sequence[Array],
    responses: Sequence[Response],
    population: Population,
    names: Sequence[str],
    seed: int,
) -> list[DrawnReading | None]:
    """Read the draws of every patient; None for one without a session."""
    offset = np.concatenate([[0], np.cumsum([s.size for s in sessions])]).astype(np.int64)
    if offset[-1] == 0:
        return [None] * len(sessions)
    day = np.concatenate([np.asarray(s) for s in sessions])
    # their columns on the days of the sessions; the ratings of this design are not looked at
    design = rating_design(population, day, np.full(day.size, 5.0), offset)
    out: list[DrawnReading | None] = []
    for i, session in enumerate(sessions):
        if session.size == 0:
            out.append(None)
            continue
        own = slice(offset[i], offset[i + 1])
        level = np.empty((draws.course.shape[1], session.size))
        for m in np.unique(draws.course[i]):
            some = np.flatnonzero(draws.course[i] == m)
            before = (
                columns_at(session, session, weights[i], responses[m - 1].at) if m > 0 else None
            )
            level[some] = draw_levels(draws, i, some, design, own, before, population)
        size = population.unit * sizes(
            draws.amplitude[i, :, 0], draws.amplitude[i, :, 1], session.size
        )
        peak, flat, gone = _time_courses(draws.course[i], responses, names[i], seed)
        there = draws.course[i] > 0
        kept = response_at(np.diff(session), peak[:, None], gone[:, None], flat[:, None])
        # without a response nothing is left
        kept = np.where(there[:, None], kept, 0.0)
        out.append(DrawnReading(read_response(size, kept, level), peak, flat, gone, level))
    return out


def _time_courses(
    course: NDArray[np.int64], responses: Sequence[Response], name: str, seed: int
) -> tuple[Array, Array, Array]:
    """Peak, days at it, and end of the response of each draw, spread over the cell of its row."""
    rng = patient_generator(seed, name, "time course")
    u, v = rng.uniform(-1.0, 1.0, (2, course.size))
    peaks = np.array([np.nan, *(r.peak_days for r in responses)])
    flats = np.array([np.nan, *(r.flat_days for r in responses)])
    falls = np.array([np.nan, *(r.gone_days - r.peak_days - r.flat_days for r in responses)])
    peak = peaks[course] * np.exp(PEAK_CELL * u)
    longer = np.exp(FALL_CELL * v)
    flat = flats[course] * longer
    return peak, flat, peak + flat + falls[course] * longer
