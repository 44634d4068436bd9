"""New patients on one day of their treatment: what paintrend and the best possible answer say from
the ratings given so far, and what came later.

The population comes from other patients of the same world. What came later is the true curve on
later planned days, and the ratings planned on them: all of them, and those that were given.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from answers import (
    BEST,
    Answer,
    Comparison,
    own_answer,
    raised_now,
    read_cohort,
    true_courses,
)
from forecast_own import predict_own
from forecasts import Task
from ideal import END, best_possible, true_features
from numpy.typing import NDArray
from scores import mass_places, randomised_places
from worlds import Cohort, World, levels_at, sample_cohort

import paintrend as pt
from paintrend.results.population import Population

Array = NDArray[np.float64]
LEARNING = 500
"""Seeds of those from whom a population is learned lie this far from the patients'."""
DRAWS = 400


@dataclass
class LaterRatings:
    """Later ratings held out: numbers of their patients, whether they were given, and the place of
    each in its forecast."""

    owner: NDArray[np.int64]
    given: NDArray[np.bool_]
    places: Array


@dataclass
class Landmark:
    """New patients on one day.

    Parameters
    ----------
    comparison : true courses and answers; that of the best possible is for the first patients
    share, day : how much of the horizon has gone
    n_ratings : ratings given so far
    ends_better : whether the true curve ends better
    later : days of the planned visits to come
    rated : later ratings of the first patients, predicted with the first population
    """

    comparison: Comparison
    share: float
    day: float
    n_ratings: int
    ends_better: NDArray[np.bool_]
    later: Array
    rated: dict[str, LaterRatings] = field(default_factory=dict)


def learn_populations(world: World, sizes: list[int], seed: int) -> dict[str, Population]:
    """Learn from as many other patients each; the key says from how many."""
    found = {}
    for n in sizes:
        others = read_cohort(sample_cohort(world, n, seed + LEARNING))
        fit = pt.fit_curves(others, horizon=world.horizon, draws=20)
        found[f"paintrend, learned from {n:,}"] = fit.population
    return found


def look(
    world: World,
    n: int,
    share: float,
    populations: dict[str, Population],
    *,
    n_best: int,
    n_rated: int,
    seed: int = 1,
    limit: int = 4_000_000,
    pool: int = 50_000,
    draws: int = DRAWS,
) -> Landmark:
    """Let paintrend answer for n new patients, and the best possible answer for the first n_best;
    paintrend, with the first population, predicts the later ratings of the first n_rated.
    """
    cohort = sample_cohort(world, n, seed)
    # The same patients and noise, with no visit missed and nobody gone.
    complete = sample_cohort(replace(world, missed=0.0, dropout=None), n, seed)
    # Whole days: a third of 84 days written as 0.33 is day 28, a day with a rating.
    day = float(round(share * world.horizon))
    seen = cohort.up_to(day)
    comparison = Comparison(world, n, true_courses(cohort), cohort.truth.kind, raised_now(seen))
    later = np.array([d for d in world.planned if d > day])
    better = true_features(cohort)[:, END] <= -world.rules[2]
    found = Landmark(comparison, share, day, len(seen.ratings), better, later)
    if n_best:
        comparison.answers[BEST] = best_answer(first(seen, n_best), day, pool, limit)
    for name, population in populations.items():
        start = time.perf_counter()
        fit = pt.fit_curves(read_cohort(seen), population=population, draws=draws)
        courses = pt.classify(fit)
        answer = own_answer(seen, courses, time.perf_counter() - start)
        answer.later, answer.later_widths = later_places(fit, cohort, later)
        comparison.answers[name] = answer
        if n_rated and not found.rated:
            found.rated[name] = later_ratings(fit, cohort, complete, day, n_rated)
    return found


def first(cohort: Cohort, n: int) -> Cohort:
    """Give the first n patients of a cohort (the truth stays whole: it is found by number)."""
    inside = cohort.ratings["patient_id"].astype(int) < n
    return Cohort(cohort.world, cohort.ratings[inside], cohort.truth)


def best_answer(cohort: Cohort, day: float, pool: int, limit: int) -> Answer:
    """Answer with the true generator."""
    start = time.perf_counter()
    ideal = best_possible(cohort, pool=pool, limit=limit, beyond=day)
    low = np.quantile(ideal.effective, 0.05)
    return Answer(
        ideal.p,
        time.perf_counter() - start,
        ideal.pit,
        ideal.width,
        end_better=ideal.end_better,
        later=ideal.later,
        later_widths=ideal.later_width,
        remark=f"{low:.0f}",
    )


def later_places(fit: pt.Fit, cohort: Cohort, later: Array) -> tuple[Array, Array]:
    """Place of each true level on later days among the curves, and the width of the 90% interval;
    both (n, m)."""
    numbers = np.array(fit.patient_ids).astype(int)
    truth = levels_at(cohort.world, cohort.truth, later)
    place, width = np.full(truth.shape, np.nan), np.full(truth.shape, np.nan)
    x = later / fit.horizon * (fit.grid.size - 1)
    left = np.minimum(x.astype(int), fit.grid.size - 2)
    weight = x - left
    for block in fit.draw_blocks(128):
        rows = numbers[block.start : block.stop]
        levels = block.curves[:, :, left] * (1 - weight) + block.curves[:, :, left + 1] * weight
        low, high = np.quantile(levels, [0.05, 0.95], axis=1)
        width[rows] = high - low
        for j in range(later.size):
            seed = block.start * later.size + j
            place[rows, j] = randomised_places(levels[:, :, j], truth[rows, j], seed)
    return place, width


def later_ratings(
    fit: pt.Fit, cohort: Cohort, complete: Cohort, day: float, n: int
) -> LaterRatings:
    """Place of each later rating of the first n patients in the distribution predicted for it."""
    order = ["patient_id", "day"]
    visible = first(cohort.up_to(day), n).ratings.sort_values(order, kind="stable")
    held = first(complete, n).ratings
    held = held[held["day"] > day].sort_values(order, kind="stable").reset_index(drop=True)
    task = Task(fit.scale, fit.horizon, visible, visible, held[order])
    given = pd.MultiIndex.from_frame(cohort.ratings[order])
    hit = np.rint(held["pain"].to_numpy(float) / cohort.world.step).astype(int)
    mass = predict_own(fit, task).mass
    return LaterRatings(
        held["patient_id"].astype(int).to_numpy(),
        pd.MultiIndex.from_frame(held[order]).isin(given),
        mass_places(mass / mass.sum(axis=1, keepdims=True), hit),
    )
