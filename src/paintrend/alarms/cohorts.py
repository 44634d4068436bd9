"""Cohorts that alarms are tried on: simulated patients, or a completed cohort of one's own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.alarms.judges import (
    Judged,
    judge_by_later_ratings,
    judge_by_posterior,
    judge_by_truth,
)
from paintrend.alarms.rules import clinic_scores
from paintrend.alarms.simulated import simulate_patients
from paintrend.alarms.visits import Visits, read_visits
from paintrend.learning import visit_gap
from paintrend.monitoring.folds import crossfit
from paintrend.monitoring.looks import look_table
from paintrend.progress import Progress, StageCount
from paintrend.results.alarm_words import POLICY
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.inference import usable_ratings
from paintrend.results.population import Population
from paintrend.wording import plural

__all__ = ["WatchedCohort", "watch_diary", "watch_simulated"]

Array = NDArray[np.float64]
LOOKING = "judging visit by visit"
FEWEST_REFERENCE = 1000


class WatchedCohort(NamedTuple):
    """Patients watched visit by visit, and how they turn out.

    Attributes
    ----------
    visits : Visits
    scores : rule -> (P, K)
    fold : (P,) fold of each patient
    judges : the first is the one that the threshold is chosen by
    criteria : resolved
    source : where the patients come from, in words
    """

    visits: Visits
    scores: dict[str, Array]
    fold: NDArray[np.int64]
    judges: list[Judged]
    criteria: Criteria
    source: str


def watch_simulated(
    population: Population,
    schedule: Array,
    n: int,
    criteria: Criteria,
    *,
    missed: float,
    dropout: float,
    folds: int,
    seed: int,
    draws: int,
    workers: int,
    progress: Progress | None,
) -> WatchedCohort:
    """Simulate patients from a population and judge them at every visit."""
    made = simulate_patients(
        population, schedule, n, criteria, seed=seed, missed=missed, dropout=dropout
    )
    others = simulate_patients(
        population, schedule, max(n, FEWEST_REFERENCE), criteria,
        seed=seed, purpose="expected recovery", missed=missed, dropout=dropout,
    )  # fmt: skip
    visits, reference = (read_visits(x.diary, population.horizon) for x in (made, others))
    looks = visits.looks()
    table = look_table(
        made.diary, population, looks, criteria=criteria, seed=seed, draws=draws, workers=workers,
        progress=StageCount(progress, LOOKING, len(looks)),
    )  # fmt: skip
    window = 0.5 * visit_gap(made.diary.ratings, population.horizon)
    scores = {POLICY: visits.spread(table["p_deterioration"].to_numpy(dtype=float))}
    scores |= clinic_scores(visits, reference, window)
    loss = f", {missed:.0%} of visits missed" if missed else ""
    loss += f", {dropout:.1%} drop out at each visit" if dropout else ""
    return WatchedCohort(
        visits,
        scores,
        np.arange(n, dtype=np.int64) % folds,
        [judge_by_truth(made, visits, population.horizon)],
        criteria,
        f"{plural(n, 'simulated patient')}, visits planned on days "
        f"{', '.join(f'{day:g}' for day in schedule)}{loss}, from {_in_short(population)}.",
    )


def watch_diary(
    diary: Diary,
    horizon: float,
    criteria: Criteria,
    *,
    default: str,
    lasting_days: float | None,
    folds: int,
    seed: int,
    draws: int,
    workers: int,
    progress: Progress | None,
) -> WatchedCohort:
    """Judge the patients of a completed cohort at every rating day, with what others taught."""
    crossed = crossfit(
        diary, horizon=horizon, folds=folds, seed=seed, default=default,
        lasting_days=lasting_days, workers=workers, progress=progress,
    )  # fmt: skip
    visits = read_visits(diary, horizon)
    fold = np.array([crossed.fold[name] for name in visits.ids], dtype=np.int64)
    own = visits.looks()
    whole = pd.DataFrame({"patient_id": np.array(visits.ids, dtype=object), "day": horizon})
    looks = pd.concat([own, whole], ignore_index=True)
    count = StageCount(progress, LOOKING, len(looks))
    p: Array = np.full(len(looks), np.nan)
    for population, rows in crossed.parts(looks):
        table = look_table(
            diary, population, rows, criteria=criteria, seed=seed, draws=draws, workers=workers,
            progress=count,
        )  # fmt: skip
        p[rows.index.to_numpy()] = table["p_deterioration"].to_numpy(dtype=float)
    scores = {POLICY: visits.spread(p[: len(own)])}
    scores |= _clinic_scores(
        visits, fold, 0.5 * visit_gap(usable_ratings(diary, horizon)[0], horizon)
    )
    judges = [judge_by_posterior(p[len(own) :], visits, horizon)]
    later = judge_by_later_ratings(diary, visits, horizon, criteria)
    return WatchedCohort(
        visits,
        scores,
        fold,
        [*judges, later],
        criteria,
        f"{plural(len(visits.ids), 'patient')} of {diary.source or 'a diary'}, judged on their own "
        "rating days with populations learned from the other patients in "
        f"{plural(len(crossed.populations), 'fold')}.",
    )


def _in_short(population: Population) -> str:
    if not population.n_patients:
        return f"the default population '{population.default}': nothing learned from patients"
    return f"a population learned from {plural(population.n_patients, 'patient')}"


def _clinic_scores(visits: Visits, fold: NDArray[np.int64], window: float) -> dict[str, Array]:
    """Scores of the clinic rules, the expected recovery from the other folds."""
    found: dict[str, Array] = {}
    for k in np.unique(fold):
        own = fold == k
        part = clinic_scores(visits.select(own), visits.select(~own), window)
        for rule, score in part.items():
            found.setdefault(rule, np.full(visits.day.shape, np.nan))[own] = score
    return found
