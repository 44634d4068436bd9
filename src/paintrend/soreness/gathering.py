"""Put the ratings of a fit and the sessions of its patients on one clock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.responses import RESPONSES
from paintrend.results.fit import Fit
from paintrend.results.inference import flatten, usable_ratings
from paintrend.results.sessions import Sessions
from paintrend.session_columns import weights_of
from paintrend.soreness.problem import Problem
from paintrend.soreness.timing import has_times, place

__all__ = ["Gathered", "gather"]

Array = NDArray[np.float64]


class Gathered(NamedTuple):
    """Ratings that are used, and the sessions of the same patients, on one clock."""

    problem: Problem
    n_unclear: int


def gather(fit: Fit, sessions: Sessions, same_day: str) -> Gathered:
    """Ratings and sessions on one clock; ratings of an unknown order within the day go."""
    ratings = usable_ratings(fit.diary, fit.horizon)[0]
    timed = {
        "ratings_timed": has_times(ratings["day"].to_numpy(dtype=float)),
        "sessions_timed": sessions.timed,
    }
    attended = sessions.attended
    of_patient = {name: own["day"].to_numpy() for name, own in attended.groupby("patient_id")}
    nothing = np.empty(0)
    keep = np.ones(len(ratings), dtype=bool)
    when = ratings["day"].to_numpy(dtype=float).copy()
    placed: dict[str, Array] = {}
    for name, rows in ratings.groupby("patient_id", sort=False).indices.items():
        own = place(when[rows], of_patient.get(str(name), nothing), same_day=same_day, **timed)
        when[rows], keep[rows] = own.when, own.known
        placed[str(name)] = own.session[own.session <= fit.horizon]
        if not keep[rows].any():
            keep[rows] = True
    kept = ratings[keep]
    ids = [name for name in fit.patient_ids if name in fit.inference.position]
    flat = flatten(kept, ids, fit.scale)
    # by patient and day, as the ratings are
    code = pd.Index(ids).get_indexer(pd.Index(kept["patient_id"]))
    moved = when[keep][np.lexsort((kept["day"].to_numpy(dtype=float), code))]
    own_days = [placed.get(name, nothing) for name in ids]
    problem = Problem(flat, own_days, [weights_of(s.size) for s in own_days], RESPONSES, moved)
    return Gathered(problem, int((~keep).sum()))
