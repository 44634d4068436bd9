"""What alarms are judged against: the truth, the posterior with full follow-up, later ratings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.alarms.measures import Outcome
from paintrend.alarms.simulated import SimulatedPatients
from paintrend.alarms.visits import Visits
from paintrend.core.course_rules import COURSES, DETERIORATION
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.inference import usable_ratings

__all__ = ["Judged", "judge_by_later_ratings", "judge_by_posterior", "judge_by_truth"]

Array = NDArray[np.float64]
WORSE_CODES = [COURSES.index(name) for name in DETERIORATION]


class Judged(NamedTuple):
    """How patients turn out by one judge.

    Attributes
    ----------
    name : key of `paintrend.results.alarm_words.JUDGES`
    rows : (P,) which of all patients can be judged
    outcome : of these
    watched : their visits that count
    reasons : (id, why) of the others
    """

    name: str
    rows: NDArray[np.int64]
    outcome: Outcome
    watched: Visits
    reasons: list[tuple[str, str]]


def judge_by_truth(made: SimulatedPatients, visits: Visits, horizon: float) -> Judged:
    """Judge simulated patients by their true curves."""
    worse = np.isin(made.codes, WORSE_CODES).astype(float)
    onset = np.where(worse > 0.0, made.onset, np.nan)
    outcome = Outcome(worse, visits.last_day, onset, horizon)
    return Judged("truth", np.arange(worse.size), outcome, visits, [])


def judge_by_posterior(p_deterioration: Array, visits: Visits, horizon: float) -> Judged:
    """Judge by the probability of a deterioration given all ratings, (P,), NaN if not fitted."""
    known = np.isfinite(p_deterioration)
    rows = np.flatnonzero(known)
    watched = visits.select(rows)
    outcome = Outcome(p_deterioration[rows], watched.last_day, np.full(rows.size, np.nan), horizon)
    reasons = [(visits.ids[i], "no rating that can be fitted") for i in np.flatnonzero(~known)]
    return Judged("posterior", rows, outcome, watched, reasons)


def judge_by_later_ratings(
    diary: Diary, visits: Visits, horizon: float, criteria: Criteria
) -> Judged:
    """Judge by the mean of the ratings in the last `sustained_days`, against that of the ratings
    at or before day 0; only visits before these days are watched."""
    until = horizon - criteria.required("sustained_days")
    used, _ = usable_ratings(diary, horizon)
    late = used[used["day"] > until].groupby("patient_id")["pain"].mean()
    mean = np.asarray(diary.scale.orient(late.reindex(list(visits.ids)).to_numpy(dtype=float)))
    change = mean - visits.start
    rows = np.flatnonzero(np.isfinite(change))
    watched = visits.select(rows).up_to(until)
    # a mean is not exact: exactly `worsening` must count
    worse = (change[rows] >= criteria.required("worsening") - 1e-9).astype(float)
    outcome = Outcome(worse, watched.last_day, np.full(rows.size, np.nan), until)
    reasons = []
    for i in np.flatnonzero(~np.isfinite(change)):
        lacks = ["at or before day 0"] if np.isnan(visits.start[i]) else []
        lacks += [f"after day {until:g}"] if np.isnan(mean[i]) else []
        reasons.append((visits.ids[i], f"no rating {' and none '.join(lacks)}"))
    return Judged("later_ratings", rows, outcome, watched, reasons)
