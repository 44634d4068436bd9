"""Monitoring: judge patients on each day with what was known then."""

from __future__ import annotations

import os
from collections.abc import Sequence

from paintrend.errors import HorizonError
from paintrend.fitting_options import check_options, check_population, checked_horizon
from paintrend.monitoring.folds import CrossFit, crossfit
from paintrend.monitoring.judging import judged_looks, look_days
from paintrend.monitoring.options import check_looks, check_monitor_options, refuse_members
from paintrend.monitoring.records import Monitor
from paintrend.progress import Progress, shown_progress
from paintrend.results.belonging import check_side
from paintrend.results.criteria import Criteria, check_criteria
from paintrend.results.diary import Diary
from paintrend.results.events import Events
from paintrend.results.population import Population
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms

__all__ = ["monitor"]


def monitor(
    new: Diary,
    *,
    population: Population | None = None,
    horizon: float | None = None,
    criteria: Criteria | None = None,
    every: str | float = "rating",
    schedule: Sequence[float] | None = None,
    plan: str = "latest",
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    folds: int = 5,
    default: str = "rehabilitation",
    lasting_days: float | None = None,
    seed: int = 0,
    draws: int = 400,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Monitor:
    """Judge each patient on each day with the ratings up to then: can we tell yet?

    Parameters
    ----------
    new : Diary
        Patients who are followed, or a completed cohort to be replayed.
    population : Population, optional
        Learned from other patients. Without it a cohort is cross-fitted: each patient is judged
        with a population learned from those of the other folds, with their whole follow-up.
    horizon : float, optional
        Day at which courses are judged; required without a population, which brings it.
    criteria : Criteria, optional
        Thresholds; the scale's own by default.
    every : "rating" or float
        Look at each patient on every day with a rating, or every so many days from day 0 to the
        last rating of the diary. There is no look before day 0.
    schedule : sequence of float, optional
        Days of planned visits, for the next informative one; by default each patient's own pace.
    plan : {"latest", "all", "none"}
        Simulate the coming visits of the last look at each patient, of all looks, or of none.
    symptoms, events, sessions : optional
        From `paintrend.read_symptoms`, `paintrend.read_events` and `paintrend.read_sessions`:
        shown, never modelled.
    folds : int
        Folds of a cohort that is cross-fitted.
    default, lasting_days, seed, draws, workers, progress
        As in `paintrend.fit_curves`.

    Returns
    -------
    Monitor
        One row per patient and day. A patient without a rating has one row, on day 0.

    Raises
    ------
    PopulationError
        If the population was learned on another scale, horizon or time unit, or from these
        patients.
    HorizonError, CriteriaError, InputError
        If an option is missing or cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> others = pt.read_diary(pt.simulate_cohort(30, seed=3).ratings, scale="nrs")
    >>> population = pt.fit_curves(others, horizon=84).population
    >>> days = [-7, 0, 7, 14, 21]
    >>> ratings = pd.DataFrame({"patient_id": "N1", "day": days, "pain": [5, 5, 7, 9, 9]})
    >>> watched = pt.monitor(pt.read_diary(ratings, scale="nrs"), population=population)
    >>> watched.table()["day"].tolist()
    [0.0, 7.0, 14.0, 21.0]
    >>> watched["N1"].looks["now"].iloc[-1]
    'raised'
    """
    check_options(
        "monitor",
        seed=seed,
        draws=draws,
        workers=workers,
        default=default,
        lasting_days=lasting_days,
    )
    check_monitor_options(new, every, schedule, plan)
    check_criteria(criteria, "monitor")
    for side, kind in ((symptoms, Symptoms), (events, Events), (sessions, Sessions)):
        check_side(side, kind)
    cores = workers or os.cpu_count() or 1
    notices: list[str] = []
    with shown_progress(progress) as report:
        if population is None:
            if horizon is None:
                raise HorizonError(
                    "monitor needs population=, learned from other patients, or horizon= to "
                    "cross-fit a completed cohort: the day at which courses are judged."
                )
            check_looks(new, checked_horizon(horizon), every, draws=draws, workers=cores)
            fitted = crossfit(
                new, horizon=horizon, folds=folds, seed=seed, default=default,
                lasting_days=lasting_days, workers=cores, progress=report,
            )  # fmt: skip
        else:
            check_population(population, new.scale, horizon, lasting_days, new.time_unit)
            notices += refuse_members(new, population)
            check_looks(new, population.horizon, every, draws=draws, workers=cores)
            fitted = CrossFit((population,), dict.fromkeys(new.patient_ids, 0))
        resolved = (criteria or Criteria()).resolve(new.scale, fitted.populations[0].horizon)
        days = look_days(new, fitted.populations[0].horizon, every)
        looks, coming = judged_looks(
            new, fitted, days, resolved, schedule, plan, seed, draws, cores, report
        )
    return Monitor(
        diary=new,
        populations=fitted.populations,
        fold=fitted.fold,
        criteria=resolved,
        looks=looks,
        coming=coming,
        seed=seed,
        draws=draws,
        workers=cores,
        schedule=None if schedule is None else tuple(float(day) for day in schedule),
        cross_fitted=population is None,
        symptoms=symptoms,
        events=events,
        sessions=sessions,
        notices=tuple(notices),
    )
