"""Posterior-predictive check of one patient: could this model have made ratings like these?

Two discrepancies are compared between the ratings and replicates from each posterior curve: the
deviance ``-sum log P(y | f)`` and the lag-1 autocorrelation of what ``y - f`` is beyond rounding
and the least noise (Gelman, Meng & Stern 1996). The p-value returned is twice the smaller of the
two upper tail shares, at most 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.likelihood import HEAP_UNIT, RANGE, kind_of, look_up
from paintrend.core.streams import MASK

__all__ = [
    "CheckWork",
    "check_fit",
    "new_check_work",
    "predictive_p",
    "replicate_ratings",
    "spread_places",
]

ROOT_HALF = math.sqrt(0.5)
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
FIRST_LOOK = 50
CALM = 0.2
"""Where a first look at so many draws gives at least this p, no more are looked at."""


@kernel(inline=True, counted=False, inner=True)
def _discrepancies(y, row, step, within, level, curve, table):
    """Deviance and lag-1 autocorrelation of a row of ratings about one of the curves.

    Distances up to ``within`` count as none: who gives the same rating every day, or one that goes
    down by steps, stays on one side of the curve for as long as rounding does, and is no misfit.
    """
    deviance = 0.0
    # as many squares again: a correlation of next to nothing is next to none
    squares = 0.5 * within * within * y.shape[1]
    products = 0.0
    before = 0.0
    for i in range(y.shape[1]):
        rating, own = y[row, i], level[curve, i]
        deviance -= look_up(table, kind_of(rating, step), own - rating)
        residual = rating - own
        beyond = max(abs(residual) - within, 0.0)
        residual = beyond if residual > 0.0 else -beyond
        squares += residual * residual
        if i > 0:
            products += residual * before
        before = residual
    return deviance, products / squares


@kernel
def spread_places(n):
    """Places (n,) between two levels of noise, -0.5 to 0.5, spread evenly whatever n is."""
    place = np.empty(n)
    _spread(place)
    return place


@kernel(counted=False, inner=True)
def _spread(place):
    """Fill ``place`` with `spread_places`."""
    for d in range(place.shape[0]):
        place[d] = (d * GOLDEN) % 1.0 - 0.5


@kernel
def replicate_ratings(model, noise, levels, day, normals, outlier, place):
    """Ratings (D, n) of one patient as the model makes them from each of D draws.

    Parameters
    ----------
    noise : (D,) noise setting of each draw;  levels : (D, n) its curve at the rating days, 0-10
    normals : (D, 3 n) standard normals
    outlier : share of ratings that are uniform over the scale
    place : (D,) where the sd of each draw lies about that of its setting, -0.5 to 0.5 of the way
        between neighbouring levels: with many ratings the levels lie far apart. Where rows are
        draws of one patient, or patients of one cohort, `spread_places`; where row d of every
        patient makes up cohort d, drawn at random for each patient
    """
    made = np.empty(levels.shape)
    _replicate(model, noise, levels, day, normals, outlier, place, made)
    return made


@kernel(counted=False, inner=True)
def _replicate(model, noise, levels, day, normals, outlier, place, made):
    """`replicate_ratings` into ``made`` (D, n)."""
    n_draws, n = levels.shape
    heaps = model.heap
    ratio = model.sd[model.sd.shape[0] // model.level_table.shape[0]] / model.sd[0]
    for d in range(n_draws):
        j = noise[d]
        share, tau, heap = model.share[j], model.tau[j], heaps[j]
        sd = model.sd[j] * ratio ** place[d]
        state = 0.0
        for i in range(n):
            noisy = normals[d, n + i]
            if share > 0.0:
                rho = 0.0 if i == 0 else np.exp(-(day[i] - day[i - 1]) / tau)
                state = rho * state + np.sqrt(1.0 - rho * rho) * normals[d, i]
                noisy = np.sqrt(share) * state + np.sqrt(1.0 - share) * noisy
            noisy = levels[d, i] + sd * noisy
            step = model.step
            if heap > 0.0 or outlier > 0.0:
                uniform = 0.5 * math.erfc(-normals[d, 2 * n + i] * ROOT_HALF)
                if uniform < heap * (1.0 - outlier):
                    step = HEAP_UNIT
                elif outlier > 0.0 and uniform >= 1.0 - outlier:
                    # given that it is this large, how much larger is uniform too: the category
                    within = (uniform - 1.0 + outlier) / outlier
                    noisy = np.floor(within * (RANGE / step + 1.0)) * step
            noisy = np.floor(noisy / step + 0.5) * step
            made[d, i] = min(max(noisy, 0.0), RANGE)


@kernel(counted=False, inner=True)
def predictive_p(model, noise, levels, day, rated, normals, place, made):
    """Upper-tail p-value of the worse of the two checks.

    Replicates have no outliers: one in the ratings of a patient is what this check looks for.

    Parameters
    ----------
    noise, levels, normals, place : as `replicate_ratings`
    day (n,), rated (1, n) : the patient's days and ratings, 0-10
    made : (D, n) filled with the replicates
    """
    _replicate(model, noise, levels, day, normals, 0.0, place, made)
    fewer = min(_count_worse(model, noise, levels, rated, made))
    return min(1.0, 2.0 * (fewer + 0.5) / (levels.shape[0] + 1.0))


@kernel(counted=False, inner=True)
def _count_worse(model, noise, levels, rated, replicates):
    """How many replicates (D, n) deviate at least as much from their curve as the ratings (1, n)
    do, and in how many neighbours are at least as alike."""
    step, tables, level = model.step, model.level_table, model.level
    within = max(0.5 * step, model.sd[0])
    first = np.int64(0)  # a plain 0 is a type of its own, and would be compiled for
    worse_deviance = 0
    worse_correlation = 0
    for d in range(levels.shape[0]):
        table = tables[level[noise[d]]]
        seen = _discrepancies(rated, first, step, within, levels, d, table)
        made = _discrepancies(replicates, d, step, within, levels, d, table)
        worse_deviance += made[0] >= seen[0]
        worse_correlation += made[1] >= seen[1]
    return worse_deviance, worse_correlation


class CheckWork(NamedTuple):
    """Work space for C draws: levels and made (C, n), normals (C, 3 n), noise and place (C,)."""

    levels: NDArray[np.float64]
    made: NDArray[np.float64]
    normals: NDArray[np.float64]
    noise: NDArray[np.int64]
    place: NDArray[np.float64]


@kernel
def new_check_work(n, n_checked):
    """Work space for the check of a patient with n ratings."""
    return CheckWork(
        np.empty((n_checked, n)), np.empty((n_checked, n)), np.empty((n_checked, 3 * n)),
        np.empty(n_checked, dtype=np.int64), np.empty(n_checked),
    )  # fmt: skip


@kernel(counted=False, inner=True)
def check_fit(model, noise, levels, kept, day, y, n_checked, normal, at, work):
    """`predictive_p` of some of the kept draws: a few where these already show no fault.

    Parameters
    ----------
    noise : (D,) noise setting of every draw;  levels : (D, n);  kept : (K,) rows of them
    n_checked : number of draws looked at where the first look is not calm
    normal, at : table of normals and the place in it;  work : `CheckWork`
    """
    n_keep, n = kept.shape[0], y.shape[0]
    rated, p = y.reshape((1, -1)), 0.0
    for look in range(2):
        size = min(FIRST_LOOK, n_checked) if look == 0 else n_checked
        own, made, normals = work.levels[:size], work.made[:size], work.normals[:size]
        setting, place = work.noise[:size], work.place[:size]
        _spread(place)
        for d in range(size):
            row = kept[d * n_keep // size]
            setting[d] = noise[row]
            for i in range(n):
                own[d, i] = levels[row, i]
            for i in range(3 * n):
                normals[d, i] = normal[(at + i) & MASK]
            at += 3 * n
        p = predictive_p(model, setting, own, day, rated, normals, place, made)
        if p >= CALM or size == n_checked:
            break
    return p
