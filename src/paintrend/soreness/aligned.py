"""Ratings by the time since the last session, less everything else."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.population import Population, rating_design
from paintrend.session_columns import columns_at
from paintrend.soreness.levels import draw_levels
from paintrend.soreness.posterior import JointDraws
from paintrend.soreness.problem import Problem

__all__ = ["align_ratings"]

Array = NDArray[np.float64]
SOME = 100
"""Draws of a patient that the mean is taken over."""


def align_ratings(problem: Problem, draws: JointDraws, population: Population) -> pd.DataFrame:
    """Give each rating less the posterior mean of the curve and of what earlier sessions left.

    What remains is the response to the last session, and noise.

    Returns
    -------
    DataFrame
        patient_id, day, since (days since the last session; NaN before the first), rating, rest
        (rating less the mean), both oriented (worse is higher), scale units, and expected (mean
        of curve and all responses).
    """
    ratings, unit = problem.ratings, population.unit
    design = rating_design(population, ratings.day, ratings.y, ratings.offset)
    step = max(draws.course.shape[1] // SOME, 1)
    parts = []
    for i, name in enumerate(ratings.patients):
        own = slice(ratings.offset[i], ratings.offset[i + 1])
        when, session = problem.when[own], problem.sessions[i]
        last = np.searchsorted(session, when, side="left") - 1
        total = np.zeros((2, when.size))
        picked = np.arange(0, draws.course.shape[1], step)
        for m in np.unique(draws.course[i, picked]):
            some = picked[draws.course[i, picked] == m]
            without: Array | None = None
            whole: Array | None = None
            if m > 0:
                at = problem.responses[m - 1].at
                whole = columns_at(when, session, problem.weights[i], at)
                # before the first session there is no response to any
                ago = np.where(last >= 0, when - session[last], 0.0)
                without = whole - at(ago)[:, None] * problem.weights[i][last]
            for which, columns in enumerate((without, whole)):
                levels = draw_levels(draws, i, some, design, own, columns, population)
                total[which] += levels.sum(axis=0)
        mean = total / picked.size
        rating = population.scale.low + ratings.y[own] * unit
        since = np.full(when.size, np.nan)
        since[last >= 0] = when[last >= 0] - session[last[last >= 0]]
        parts.append(
            pd.DataFrame(
                {
                    "patient_id": name,
                    "day": ratings.day[own],
                    "since": since,
                    "rating": rating,
                    "rest": rating - mean[0],
                    "expected": mean[1],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
