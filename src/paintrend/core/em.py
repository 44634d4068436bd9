"""Learn a population from a cohort: regularised EM with the exact likelihood, on weighted draws.

Each pass draws from every patient's posterior under the current population and weights the draws
by the exact likelihood; a few EM steps then reuse these draws, reweighted by the ratio of the new
prior to the one they came from. The default population counts as `PRIOR_PATIENTS` patients
(conjugate: Dirichlet, normal-inverse-Wishart).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.design import build_design, with_population
from paintrend.core.moments import Moments, log_prior, weighted_moments
from paintrend.core.noise import NoiseGrid
from paintrend.core.posterior import Proposals, sample_proposals
from paintrend.core.prior import Prior, active, build_model, family_of, wide_start
from paintrend.shapes import FAMILIES, ShapeTable

__all__ = [
    "PRIOR_PATIENTS",
    "Learned",
    "Ratings",
    "learn_prior",
    "maximise",
    "prior_density",
]

Array = NDArray[np.float64]
PRIOR_PATIENTS = 20.0
"""Weight of the default population's shares of families, in patients."""
WITHIN_PATIENTS = 5.0
"""Weight of its shares of shapes within each family, in patients of that family."""
NOISE_PATIENTS = 20.0
SIZE_PATIENTS = 20.0
"""Weight of the default sizes (covariances) of each family; means of sizes count half of it."""
START_PATIENTS = 4.0
PASSES = 8
STEPS = 6
DRAWS = 250
TOLERANCE = 2e-3
"""Learning stops when log evidence per patient gains less than this in a pass."""


class Ratings(NamedTuple):
    """Ratings end to end: day, y (0-10, worse higher), offset (P + 1,), and the patients' ids."""

    day: Array
    y: Array
    offset: NDArray[np.int64]
    patients: Sequence[str]


class Learned(NamedTuple):
    """The learned prior and the log evidence per patient at the start of each pass."""

    prior: Prior
    trace: tuple[float, ...]


def learn_prior(
    ratings: Ratings,
    table: ShapeTable,
    noise: NoiseGrid,
    step: float,
    default: Prior,
    *,
    seed: int,
    weight: Array | None = None,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
) -> Learned:
    """Learn from ``ratings``, starting from and shrinking towards ``default``.

    Parameters
    ----------
    weight : (P,) weight of each patient (1 by default), e.g. of a Bayesian bootstrap
    progress : called with 1 after each pass
    """
    p = len(ratings.patients)
    weight = np.ones(p) if weight is None else weight
    first_day = ratings.day[ratings.offset[:-1]]
    prior, trace, family = default, [], family_of(table)
    design = build_design(ratings.day, ratings.y, ratings.offset, table, prior, step)
    for number in range(PASSES):
        model = build_model(prior, table, noise, step)
        if number:
            design = with_population(design, table, prior)
        proposals = sample_proposals(
            model, design, ratings.patients, seed=seed, n_draws=DRAWS, workers=workers
        )
        top = proposals.log_weight.max(axis=1)
        evidence = top + np.log(np.mean(np.exp(proposals.log_weight - top[:, None]), axis=1))
        trace.append(float(weight @ evidence / weight.sum()))
        if progress is not None:
            progress(1)
        if number >= 2 and trace[-1] - trace[-2] < TOLERANCE:
            break
        old = prior_density(prior, proposals, family)
        current = prior
        for _ in range(STEPS):
            ratio = prior_density(current, proposals, family) - old
            moments = weighted_moments(
                ratio, weight, first_day < 0, default.mean, family, proposals, noise.sd.size,
                len(FAMILIES),
            )  # fmt: skip
            current = maximise(Moments(*moments), default, family)
        prior = current
    return Learned(prior, tuple(trace))


def prior_density(prior: Prior, proposals: Proposals, family: NDArray[np.int64]) -> Array:
    """Log prior density of every draw (P, D), up to what no parameter changes."""
    precision = np.zeros((2, *prior.covariance.shape))
    log_norm = np.zeros(precision.shape[:2])
    for wide, covariance in enumerate((prior.covariance, wide_start(prior.covariance))):
        for f in range(len(FAMILIES)):
            rows = np.ix_(active(f), active(f))
            precision[wide, f][rows] = np.linalg.inv(covariance[f][rows])
            log_norm[wide, f] = -0.5 * np.linalg.slogdet(covariance[f][rows])[1]
    out = np.empty(proposals.log_weight.shape)
    with np.errstate(divide="ignore"):
        log_shape, log_noise = np.log(prior.shape), np.log(prior.noise)
    log_prior(log_shape, log_noise, prior.mean, precision, log_norm, family, proposals, out)
    return out


def maximise(moments: Moments, default: Prior, family: NDArray[np.int64]) -> Prior:
    """One M-step: posterior modes given weighted draws and the default population."""
    shape = _shape_shares(moments.setting, family, default.shape)
    noise = moments.noise + NOISE_PATIENTS * default.noise
    total, start = moments.total.sum(), moments.first[:, 0].sum()
    # amplitudes come less the default's mean; all families have the same start
    v0 = default.covariance[0, 0, 0]
    shift = start / (START_PATIENTS + total)
    squares = moments.second[:, 0, 0].sum() - 2.0 * shift * start + total * shift**2
    centre = default.mean[0, 0] + shift
    spread = (START_PATIENTS * v0 + squares) / (START_PATIENTS + total)
    n_past, sum_past, squares_past = moments.past
    slope = sum_past / (SIZE_PATIENTS + n_past)
    trend = (
        SIZE_PATIENTS * (default.covariance[0, 1, 1] + slope**2)
        + (squares_past - 2.0 * slope * sum_past + n_past * slope**2)
    ) / (SIZE_PATIENTS + n_past)
    mean, covariance = np.zeros_like(default.mean), np.zeros_like(default.covariance)
    for f in range(len(FAMILIES)):
        dims = [d for d in active(f) if d != 1]
        target = default.mean[f][dims]
        target[0] = centre
        scale = np.ones(len(dims))
        scale[0] = np.sqrt(spread / v0)
        base = default.covariance[f][np.ix_(dims, dims)] * np.outer(scale, scale)
        n = moments.total[f]
        first = moments.first[f][dims]
        off = first / n if n > 1e-9 else target - default.mean[f][dims]
        average = default.mean[f][dims] + off
        offset = average - target
        within = (
            moments.second[f][np.ix_(dims, dims)]
            - np.outer(off, first)
            - np.outer(first, off)
            + n * np.outer(off, off)
        )
        half = SIZE_PATIENTS / 2.0
        mean[f][dims] = target + offset * n / (half + n)
        scatter = within + np.outer(offset, offset) * half * n / (half + n)
        covariance[f][np.ix_(dims, dims)] = (SIZE_PATIENTS * base + scatter) / (SIZE_PATIENTS + n)
        mean[f][1], covariance[f][1, 1] = slope, trend
    return Prior(shape, mean, covariance, noise / noise.sum())


def _shape_shares(count: Array, family: NDArray[np.int64], default: Array) -> Array:
    """Shares of shapes from expected numbers of patients: shares of families, times shares within
    each."""
    own, base = np.bincount(family, count), np.bincount(family, default)
    families = (own + PRIOR_PATIENTS * base) / (own.sum() + PRIOR_PATIENTS)
    # thresholds near the whole range leave the default nothing of some families
    usual = WITHIN_PATIENTS / np.bincount(family)[family]
    np.divide(WITHIN_PATIENTS * default, base[family], out=usual, where=base[family] > 0.0)
    within = (count + usual) / (own[family] + WITHIN_PATIENTS)
    return np.asarray(families[family] * within)
