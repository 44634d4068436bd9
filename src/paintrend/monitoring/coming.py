"""When will we know? What the coming visits are likely to show, from simulated next ratings.

Each future is one of the posterior curves with ratings as the model makes them. The other curves
are then weighed by these ratings, visit by visit, which is what a fit with them would do, and the
shares that end better, worse and near the start are read off. A future does not weigh its own
curve: that one would know too well what it has said itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from paintrend.core.course_rules import FEATURES, judge_curves
from paintrend.core.curves import draw_curves
from paintrend.core.likelihood import OUTLIER, PER_UNIT, RANGE, REACH, rating_kind
from paintrend.core.model import Model
from paintrend.core.predictive import replicate_ratings, spread_places
from paintrend.core.streams import patient_generator
from paintrend.monitoring.states import is_named
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.population import rating_design

__all__ = [
    "FUTURES",
    "FUTURES_OF_SEVERAL",
    "THREE",
    "Coming",
    "draw_ends",
    "rated_days",
    "simulate_visits",
]

Array = NDArray[np.float64]
FUTURES = 100
"""Simulated futures of a patient."""
FUTURES_OF_SEVERAL = FUTURES // 2
"""The same where each visit has several ratings."""
THREE = 3
"""Ratings of a visit in the comparison with more than one."""
APART = 1.0
"""Days between the ratings of such a visit: within hours people repeat what they said."""
END_CHANGE = FEATURES.index("end_change")


class Coming(NamedTuple):
    """What V coming visits that are looked at are likely to show.

    Attributes
    ----------
    day : (V,) days of the visits
    named : (V,) share of futures in which the ratings up to this visit name an outlook
    settled : (V,) share in which they settle it: its probability reaches the certainty asked for
    certainty : (V,) mean over futures of the probability of the likeliest outlook
    effective : (V,) median over futures of the effective number of curves left
    """

    day: Array
    named: Array
    settled: Array
    certainty: Array
    effective: Array


def draw_ends(fit: Fit, patient: str, criteria: Criteria) -> Array:
    """Where each curve of a patient ends: better, worse or near the start, (D, 3) zeros and
    ones."""
    curves = np.asarray(fit.scale.orient(fit.draws(patient)))
    _, features = judge_curves(
        curves,
        fit.horizon,
        criteria.required("worsening"),
        criteria.required("improvement"),
        criteria.required("lasting_days"),
        criteria.required("sustained_days"),
    )
    end = features[:, END_CHANGE]
    better = end <= -criteria.required("improvement")
    worse = end >= criteria.required("worsening")
    return np.stack([better, worse, ~better & ~worse], axis=1).astype(np.float64)


def simulate_visits(
    fit: Fit,
    patient: str,
    key: str,
    days: Array,
    ends: Array,
    certainty: float,
    *,
    ratings: int = 1,
    at: NDArray[np.int64] | None = None,
    after: float = 0.0,
) -> Coming:
    """Simulate the next ratings of a patient and weigh the posterior curves by them.

    Parameters
    ----------
    fit : Fit
        With the ratings known so far.
    patient, key : str
        Id in the fit, and the id that the random numbers are keyed by.
    days : (V,) days of the coming visits, ascending
    ends : (D, 3) from `draw_ends`
    certainty : float
        Probability from which an outlook counts as settled.
    ratings : int
        Ratings at each visit, on the days of `rated_days`.
    at : (A,) places of the visits to look at, ascending; all if not given
    after : float
        Day of the look.
    """
    every = rated_days(days, ratings, after, fit.horizon).ravel()
    looked = np.arange(days.size) if at is None else at
    row = fit.inference.position[patient]
    model, noise = fit.population.model, fit.inference.posterior.noise[row]
    levels = _levels(fit, row, every)
    rng = patient_generator(fit.seed, key, "coming")
    futures = FUTURES if ratings == 1 else FUTURES_OF_SEVERAL
    source = np.resize(rng.permutation(fit.n_draws), futures)
    normals = rng.standard_normal((futures, 3 * every.size))
    made = replicate_ratings(
        model, noise[source], levels[source], every, normals, OUTLIER, spread_places(futures)
    )
    chance = _Chance(model, noise, every, futures)
    total = np.zeros((futures, fit.n_draws))
    total[np.arange(futures), source] = -np.inf
    named, settled, mean, effective = (np.empty(looked.size) for _ in range(4))
    place = {int(visit): row for row, visit in enumerate(looked)}
    for v in range(every.size):
        total += chance.of_next(made[:, v], levels[:, v])
        if (v + 1) % ratings or v // ratings not in place:
            continue
        weight = np.exp(total - total.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        shares = weight @ ends
        top, visit = shares.max(axis=1), place[v // ratings]
        named[visit] = is_named(shares).mean()
        settled[visit] = (top >= certainty).mean()
        mean[visit] = top.mean()
        effective[visit] = np.median(1.0 / (weight**2).sum(axis=1))
    return Coming(days[looked], named, settled, mean, effective)


def rated_days(days: Array, ratings: int, after: float, horizon: float) -> Array:
    """Days (V, ratings) of the ratings at each visit.

    From the visit on, a day apart, or closer where the next visit would come too soon. What is
    rated after the horizon counts for nothing: where the last visit has no room for its ratings
    before it, they are the last days up to the horizon.

    Parameters
    ----------
    days : (V,) days of the visits, ascending
    ratings : int
        Ratings at each visit.
    after, horizon : float
        Days between which they lie.

    Examples
    --------
    >>> rated_days(np.array([63.0, 77.0, 84.0]), 3, 60.0, 84.0).tolist()
    [[63.0, 64.0, 65.0], [77.0, 78.0, 79.0], [82.0, 83.0, 84.0]]
    """
    apart = np.minimum(APART, np.diff(np.append(days, np.inf)) / (ratings + 1))
    every = days[:, None] + apart[:, None] * np.arange(ratings)
    if ratings > 1 and every[-1, -1] > horizon:
        before = every[-2, -1] if days.size > 1 else after
        own = min(APART, (horizon - before) / ratings)
        every[-1] = horizon - own * np.arange(ratings)[::-1]
    return np.asarray(every)


def _levels(fit: Fit, row: int, days: Array) -> Array:
    """Levels (D, V) of a patient's curves on 0-10."""
    population, post = fit.population, fit.inference.posterior
    design = rating_design(population, days, np.zeros(days.size), np.array([0, days.size]))
    at, levels = design.row, np.empty((fit.n_draws, days.size))
    draw_curves(
        post.setting[row], post.amplitude[row], post.wave, post.wave_row[row], population.model,
        design.common, design.slow[at], design.hump[at], design.wax[at], 1.0, 0.0, levels,
    )  # fmt: skip
    return levels


class _Chance:
    """Log chance of one rating after the other, in K futures, given each of D curves with its
    noise.

    Without autocorrelation it is exact. With it, what is known of the autocorrelated part is taken
    as normal, as if earlier ratings had not been rounded.
    """

    def __init__(self, model: Model, noise: NDArray[np.int64], days: Array, futures: int) -> None:
        self.model, self.days = model, days
        self.level = model.level[noise]
        self.moving = np.flatnonzero(model.share[noise] > 0.0)
        self.own = noise[self.moving]
        self.state = np.zeros((futures, self.moving.size))
        self.spread = np.ones(self.moving.size)
        self.visit = 0

    def of_next(self, y: Array, level: Array) -> Array:
        """Log chance (K, D) of the next ratings y (K,) at levels (D,)."""
        model, kind = self.model, rating_kind(y, self.model.step)
        x = np.clip((level[None, :] - y[:, None] + REACH) * PER_UNIT, 0.0, 2 * REACH * PER_UNIT - 1)
        below = x.astype(np.int64)
        part = x - below
        table, own = model.level_table, self.level[None, :]
        found = (1.0 - part) * table[own, kind[:, None], below]
        found += part * table[own, kind[:, None], below + 1]
        if self.moving.size:
            found[:, self.moving] = self._moving(y, level[self.moving])
        self.visit += 1
        return np.asarray(found)

    def _moving(self, y: Array, level: Array) -> Array:
        model, own = self.model, self.own
        size, share = model.sd[own] ** 2, model.share[own]
        if self.visit:
            gap = self.days[self.visit] - self.days[self.visit - 1]
            rho = np.exp(-gap / model.tau[own])
            self.state *= rho
            self.spread = rho**2 * self.spread + 1.0 - rho**2
        correlated = size * share * self.spread
        variance = correlated + size * (1.0 - share)
        half, sd = model.step / 2.0, np.sqrt(variance)
        mean = level + np.sqrt(size * share) * self.state
        off = y[:, None] - mean
        high = np.where(y[:, None] >= RANGE - half, 1.0, ndtr((off + half) / sd))
        low = np.where(y[:, None] <= half, 0.0, ndtr((off - half) / sd))
        rounded = variance + model.step**2 / 12.0
        self.state += np.sqrt(size * share) * self.spread / rounded * off
        self.spread = self.spread * (1.0 - correlated / rounded)
        n_values = RANGE / model.step + 1.0
        return np.log((1.0 - OUTLIER) * np.maximum(high - low, 0.0) + OUTLIER / n_values)
