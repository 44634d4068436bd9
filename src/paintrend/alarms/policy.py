"""An alarm policy: the threshold on p_deterioration for a budget of false alarms, and what it and
the rules that clinics use do."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.alarms.cohorts import WatchedCohort, watch_diary, watch_simulated
from paintrend.alarms.judges import Judged
from paintrend.alarms.options import check_policy_options
from paintrend.alarms.rules import customary_thresholds
from paintrend.alarms.tables import curve_table, measure_table, rules_at, visit_days, visit_table
from paintrend.alarms.thresholds import choose_threshold, peak_scores
from paintrend.core.streams import patient_generator
from paintrend.errors import InputError
from paintrend.fitting_options import checked_horizon
from paintrend.progress import Progress, shown_progress
from paintrend.results.alarm_policy import AlarmPolicy
from paintrend.results.alarm_words import POLICY
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.population import Population

__all__ = ["alarm_policy"]

Array = NDArray[np.float64]
N_SIMULATED = 2000
BOOTSTRAPS = 200
INTERVAL = (0.05, 0.95)
HIGHEST = 1.0
"""No probability is larger: the last threshold that is tried."""
LEAST_FINE = 1e-9


def alarm_policy(
    source: Population | Diary,
    *,
    schedule: Sequence[float] | None = None,
    budget: float = 0.10,
    criteria: Criteria | None = None,
    n: int | None = None,
    missed: float | None = None,
    dropout: float | None = None,
    horizon: float | None = None,
    default: str | None = None,
    lasting_days: float | None = None,
    folds: int = 5,
    seed: int = 0,
    draws: int = 400,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> AlarmPolicy:
    """Choose the threshold on p_deterioration for a budget of false alarms, and say what it does.

    At every visit after day 0 each patient is judged with the ratings up to then. The first visit
    at which p_deterioration reaches the threshold is the alarm. The threshold is the smallest one
    at which no more than `budget` of those who do not get worse (no deterioration at the
    horizon) ever get an alarm. The figures of the policy are cross-fitted: each fold of patients
    is judged at the threshold chosen on the others.

    Parameters
    ----------
    source : Population or Diary
        A population: `n` patients are simulated from it and judged against their true courses.
        The diary of a completed cohort: populations are learned fold by fold from the other
        patients, and alarms are judged against the posterior with full follow-up, and against
        held-out later ratings (see `AlarmPolicy`).
    schedule : sequence of float, optional
        With a population: days of the planned visits, those at or before day 0 included. A diary
        is judged at its own rating days.
    budget : float
        Above 0, below 1.
    criteria : Criteria, optional
        Thresholds of the courses; the scale's own if not given.
    n : int, optional
        Simulated patients; 2000 if not given.
    missed, dropout : float, optional
        With a population: probability that a visit after day 0 is missed, and probability at each
        of them of staying away from then on, both whatever the pain; 0 if not given.
    horizon : float, optional
        Required with a diary; a population brings its own.
    default, lasting_days : optional
        With a diary: as in `paintrend.fit_curves`.
    folds : int
        Folds of patients, for the populations and for the choice of the threshold.
    seed, draws, workers, progress
        As in `paintrend.fit_curves`.

    Returns
    -------
    AlarmPolicy

    Raises
    ------
    InputError, HorizonError, CriteriaError
        If an option cannot be used, with everything that is wrong; or if everybody gets worse.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> days = [-7, 0, 14, 28, 42, 63, 84]
    >>> policy = pt.alarm_policy(fit.population, schedule=days, budget=0.2, n=60, draws=50)
    >>> 0 < policy.threshold <= 1
    True
    >>> policy.table()[["rule", "setting"]].head(3).to_numpy().tolist()
    [['policy', 'chosen'], ['plus_two', 'as used now'], ['plus_two', 'same false alarms']]
    """
    days = check_policy_options(
        source,
        {
            "schedule": schedule, "budget": budget, "criteria": criteria, "n": n,
            "missed": missed, "dropout": dropout, "horizon": horizon, "default": default,
            "lasting_days": lasting_days, "folds": folds, "seed": seed, "draws": draws,
            "workers": workers,
        },
    )  # fmt: skip
    threads = workers or os.cpu_count() or 1
    with shown_progress(progress) as report:
        if isinstance(source, Population):
            judged_at = source.horizon
            resolved = (criteria or Criteria()).resolve(source.scale, judged_at)
            cohort = watch_simulated(
                source, np.asarray(days), n or N_SIMULATED, resolved, missed=missed or 0.0,
                dropout=dropout or 0.0, folds=folds, seed=seed, draws=draws, workers=threads,
                progress=report,
            )  # fmt: skip
        else:
            last = float(source.ratings["day"].max()) if len(source.ratings) else np.nan
            judged_at = checked_horizon(horizon, last)
            resolved = (criteria or Criteria()).resolve(source.scale, judged_at)
            cohort = watch_diary(
                source, judged_at, resolved, default=default or "rehabilitation",
                lasting_days=lasting_days, folds=folds, seed=seed, draws=draws, workers=threads,
                progress=report,
            )  # fmt: skip
    if not np.isfinite(cohort.visits.day).any():
        raise InputError(
            "alarm_policy: there is no rating after day 0 up to the horizon, day "
            f"{judged_at:g}, so no visit at which an alarm could come."
        )
    first = cohort.judges[0]
    # a judge who can judge nobody has no figures; the patients are listed
    judges = [first, *(judged for judged in cohort.judges[1:] if judged.rows.size)]
    fine = 1.0 - first.outcome.p_worse
    if fine.sum() < LEAST_FINE:
        raise InputError(
            "alarm_policy: a budget of false alarms is a share of those who do not get "
            f"worse, and there is nobody: of {len(first.rows)} patients all count as getting worse."
        )
    bootstrap = _bootstrap(cohort, seed)
    peaks = peak_scores(cohort.scores[POLICY])[first.rows]
    chosen = choose_threshold(peaks, fine, budget, HIGHEST)
    low, high = _interval(peaks, fine, budget, bootstrap[:, first.rows])
    by_patient = _without_own_fold(cohort, first, peaks, fine, budget, chosen)
    customary = customary_thresholds(resolved.required("worsening"))
    tables: list[tuple[pd.DataFrame, ...]] = []
    for judged in judges:
        scores = {rule: score[judged.rows] for rule, score in cohort.scores.items()}
        rules = rules_at(judged, scores, chosen, by_patient[judged.rows], customary)
        tables.append(
            (
                measure_table(judged, rules, bootstrap[:, judged.rows]),
                visit_table(judged, rules, visit_days(judged)),
                curve_table(judged, scores),
            )
        )
    measures, visits, curves = (
        pd.concat(parts, ignore_index=True) for parts in zip(*tables, strict=True)
    )
    return AlarmPolicy(
        threshold=chosen,
        threshold_low=low,
        threshold_high=high,
        budget=float(budget),
        scale=source.scale,
        horizon=judged_at,
        criteria=resolved,
        source=cohort.source,
        schedule=None if days is None else tuple(days.tolist()),
        patient_ids=cohort.visits.ids,
        judges=tuple(judged.name for judged in judges),
        measures=measures,
        visits=visits,
        curves=curves,
        not_evaluable=_not_evaluable(cohort),
        n_without_start=int(np.isnan(cohort.visits.start).sum()),
        folds=int(cohort.fold.max(initial=0)) + 1,
        seed=int(seed),
    )


def _bootstrap(cohort: WatchedCohort, seed: int) -> Array:
    """Weights of a Bayesian bootstrap, (B, P): a patient's own, whatever the order of rows."""
    return np.stack(
        [
            patient_generator(seed, name, "alarm bootstrap").standard_exponential(BOOTSTRAPS)
            for name in cohort.visits.ids
        ],
        axis=1,
    )


def _interval(peaks: Array, fine: Array, budget: float, bootstrap: Array) -> tuple[float, float]:
    """90% interval of the chosen threshold over patients who might have been in the cohort."""
    drawn = np.sort([choose_threshold(peaks, fine * own, budget, HIGHEST) for own in bootstrap])
    low, high = (drawn[int(q * (drawn.size - 1))] for q in INTERVAL)
    return float(low), float(high)


def _without_own_fold(
    cohort: WatchedCohort, judged: Judged, peaks: Array, fine: Array, budget: float, chosen: float
) -> Array:
    """The threshold chosen on the patients of the other folds, for each patient, (P,)."""
    found = np.full(cohort.fold.size, chosen)
    own_fold = cohort.fold[judged.rows]
    for k in np.unique(cohort.fold):
        others = own_fold != k
        if fine[others].sum() > LEAST_FINE:
            found[cohort.fold == k] = choose_threshold(peaks[others], fine[others], budget, HIGHEST)
    return found


def _not_evaluable(cohort: WatchedCohort) -> pd.DataFrame:
    rows = [(j.name, name, why) for j in cohort.judges for name, why in j.reasons]
    return pd.DataFrame(rows, columns=["judged", "patient_id", "reason"], dtype=object)
