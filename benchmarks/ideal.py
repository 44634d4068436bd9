"""The best possible answer: Bayes with the true generator, by importance sampling over curves drawn
from it.

Curves are drawn kind by kind, so a kind can be drawn more often than it is common: a curve of kind
k weighs share(k) / draws(k). The noise sd is summed over a grid, autocorrelated noise is filtered
exactly over a grid of its states, heaping is a mixture of two ways of rounding. Drop-out depends on
given ratings alone and cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from emissions import BINS, NodeTables
from likelihoods import Kept, Likelihood
from numpy.typing import NDArray
from pool import Pool
from worlds import Cohort, levels_at

from paintrend.core.course_rules import COURSES, FEATURES, judge_curves

Array = NDArray[np.float64]
ENOUGH = 200.0
"""Effective size wanted in 95% of patients."""
BLOCK = 200
END = FEATURES.index("end_change")


@dataclass(frozen=True)
class Ideal:
    """The best possible answer for each patient of a cohort, in the order of patient ids.

    Parameters
    ----------
    p : (n, 8) course probabilities
    effective : (n,) effective sizes
    pit : (n, 10) randomised position of each true feature among the posterior's, 0 to 1; NaN where
        the true curve does not have the feature
    width : (n, 10) width of the 90% interval
    pool : number of curves drawn
    end_better : (n,) probability to end better
    later : (n, m) randomised position of the true level on later planned days
    later_width : (n, m) width of the 90% interval of the level
    """

    p: Array
    effective: Array
    pit: Array
    width: Array
    pool: int
    end_better: Array
    later: Array
    later_width: Array


def best_possible(
    cohort: Cohort,
    *,
    pool: int = 50_000,
    limit: int = 16_000_000,
    seed: int = 99,
    beyond: float = np.inf,
) -> Ideal:
    """Answer with the true generator, drawing more curves of the kinds that need them.

    Parameters
    ----------
    cohort : Cohort
    pool : curves drawn at first
    limit : most curves drawn
    seed : of the curves and of the random positions among ties
    beyond : levels are predicted on planned days after this one
    """
    world = cohort.world
    drawn, tables = Pool(world, seed), NodeTables(world)
    shares = world.clinic.shares
    drawn.grow(np.maximum(np.round(shares * pool), 1).astype(np.int64))
    first = len(drawn)
    ids = np.array(sorted(cohort.ratings["patient_id"].unique()))
    number = ids.astype(int)
    truth = true_features(cohort)[number]
    later = np.flatnonzero(np.array(world.planned) > beyond)
    days = np.array(world.planned)[later]
    levels = levels_at(world, cohort.truth, days)[number]
    rng = np.random.default_rng([seed, 1])
    parts = []
    for start in range(0, ids.size, BLOCK):
        own = slice(start, start + BLOCK)
        ratings = cohort.ratings[cohort.ratings["patient_id"].isin(ids[own])]
        likelihood = Likelihood(world, tables, ratings, seed + start)
        poor, stop = np.ones(ids[own].size, dtype=bool), first
        while True:
            likelihood.extend(drawn, poor, stop)
            effective, need = _effective(likelihood.kept, drawn)
            poor = effective < ENOUGH
            if poor.mean() < 0.04 or stop >= limit:
                break
            stop = min(2 * stop, limit)
            if stop > len(drawn):
                # Most of the new curves are of the kinds on which poorly served patients rest.
                share = 0.2 * shares + 0.8 * need
                drawn.grow(np.ceil((stop - len(drawn)) * share).astype(np.int64))
        answers = _answers(likelihood.kept, drawn, truth[own], rng)
        ahead = _levels(likelihood.kept, drawn, later, levels[own], rng)
        parts.append((*answers, *ahead, effective))
    p, end_better, pit, width, later_pit, later_width, effective = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return Ideal(p, effective, pit, width, len(drawn), end_better, later_pit, later_width)


def _weights(own: Kept, pool: Pool) -> Array:
    log = own.value + pool.log_offset(own.seen)[pool.kinds[own.index]]
    weight = np.exp(log - log.max())
    return weight / weight.sum()


def _effective(kept: list[Kept], pool: Pool) -> tuple[Array, Array]:
    """Effective size of each patient, and the kinds on which the poorest tenth rest."""
    n_kinds = pool.world.clinic.shares.size
    sizes, spread = np.empty(len(kept)), np.empty((len(kept), n_kinds))
    for i, own in enumerate(kept):
        weight = _weights(own, pool)
        sizes[i] = 1.0 / (weight**2).sum()
        spread[i] = np.bincount(pool.kinds[own.index], weight**2, n_kinds) * sizes[i]
    poor = sizes <= max(ENOUGH, sizes.min())
    need = spread[poor].mean(axis=0)
    return sizes, need / need.sum()


def _answers(
    kept: list[Kept], pool: Pool, true: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    p, pit = np.empty((len(kept), len(COURSES))), np.full(true.shape, np.nan)
    better, width = np.empty(len(kept)), np.full(true.shape, np.nan)
    for i, own in enumerate(kept):
        weight = _weights(own, pool)
        p[i] = np.bincount(pool.codes[own.index], weight, len(COURSES))
        values = pool.features[own.index]
        better[i] = weight[values[:, END] <= -pool.world.rules[2]].sum()
        for f in np.flatnonzero(np.isfinite(true[i])):
            pit[i, f], width[i, f] = _place(values[:, f], weight, true[i, f], rng)
    return p, better, pit, width


def _levels(
    kept: list[Kept], pool: Pool, later: NDArray[np.int64], true: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Places of true levels (n, m) at the planned days of columns `later`, and the widths of their
    90% intervals."""
    cells = np.round(true * (BINS / 10.0)).astype(np.int64)
    place, width = np.empty(true.shape), np.empty(true.shape)
    for i, own in enumerate(kept):
        weight = _weights(own, pool)
        for j, column in enumerate(later):
            mass = np.bincount(pool.cells[own.index, column], weight, BINS + 1)
            steps = np.cumsum(mass)
            low, high = np.searchsorted(steps, [0.05, 0.95])
            place[i, j] = steps[cells[i, j]] - rng.random() * mass[cells[i, j]]
            width[i, j] = (high - low) * (10.0 / BINS)
    return place, width


def true_features(cohort: Cohort) -> Array:
    """Features of the true curves (n, 10): `FEATURES` and the trend before day 0."""
    _, features = judge_curves(cohort.truth.level, *cohort.world.rules)
    return np.column_stack([features, cohort.truth.trend])


def _place(
    values: NDArray[np.float32], weight: Array, truth: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Weighted share of values below the truth, ties split at random; and the 90% width."""
    exists = np.isfinite(values)
    if not exists.any():
        return np.nan, np.nan
    values, weight = values[exists].astype(float), weight[exists] / weight[exists].sum()
    tie = 1e-5 * max(1.0, abs(truth))
    below, same = weight[values < truth - tie].sum(), weight[np.abs(values - truth) <= tie].sum()
    order = np.argsort(values)
    steps = np.cumsum(weight[order])
    low, high = values[order[np.searchsorted(steps, [0.05, 0.95]).clip(max=order.size - 1)]]
    return below + rng.random() * same, high - low
