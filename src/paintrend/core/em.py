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
from paintrend.core.noise import NoiseGrid
from paintrend.core.posterior import Proposals, sample_proposals
from paintrend.core.prior import Prior, active, build_model, family_of, wide_start
from paintrend.shapes import FAMILIES, ShapeTable

__all__ = ["PRIOR_PATIENTS", "Learned", "Ratings", "learn_prior"]

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


class _Flat(NamedTuple):
    """All weighted draws end to end, with what the M-step needs of them."""

    patient: NDArray[np.int64]
    setting: NDArray[np.int64]
    family: NDArray[np.int64]
    noise: NDArray[np.int64]
    wide: NDArray[np.bool_]
    amplitude: Array
    log_weight: Array
    before: Array


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
        flat = _flatten(proposals, family, weight, first_day < 0)
        top = proposals.log_weight.max(axis=1)
        evidence = top + np.log(np.mean(np.exp(proposals.log_weight - top[:, None]), axis=1))
        trace.append(float(weight @ evidence / weight.sum()))
        if progress is not None:
            progress(1)
        if number >= 2 and trace[-1] - trace[-2] < TOLERANCE:
            break
        old = _log_prior(prior, flat)
        current = prior
        for _ in range(STEPS):
            current = _maximise(
                _reweight(flat, _log_prior(current, flat) - old, p), weight, flat, default, family
            )
        prior = current
    return Learned(prior, tuple(trace))


def _flatten(
    proposals: Proposals, family: NDArray[np.int64], weight: Array, has_past: NDArray[np.bool_]
) -> _Flat:
    p, d = proposals.setting.shape
    setting = proposals.setting.ravel()
    return _Flat(
        patient=np.repeat(np.arange(p), d),
        setting=setting,
        family=family[setting],
        noise=proposals.noise.ravel(),
        wide=proposals.wide.ravel() == 1,
        amplitude=proposals.amplitude.reshape(p * d, -1),
        log_weight=proposals.log_weight.ravel(),
        before=np.repeat(has_past * weight, d),
    )


def _log_prior(prior: Prior, flat: _Flat) -> Array:
    """Log prior density of every draw, up to what no parameter changes."""
    with np.errstate(divide="ignore"):
        out = np.log(prior.shape)[flat.setting] + np.log(prior.noise)[flat.noise]
    for wide, covariance in enumerate((prior.covariance, wide_start(prior.covariance))):
        for f in range(len(FAMILIES)):
            rows, dims = (flat.family == f) & (flat.wide == wide), active(f)
            if rows.any():
                root = np.linalg.cholesky(covariance[f][np.ix_(dims, dims)])
                off = (flat.amplitude[np.ix_(rows, dims)] - prior.mean[f][dims]).T
                z = np.linalg.solve(root, off)
                out[rows] -= 0.5 * np.einsum("ij,ij->j", z, z) + np.log(np.diag(root)).sum()
    return out


def _reweight(flat: _Flat, log_ratio: Array, p: int) -> Array:
    """Normalised weights (P * D,) within each patient after a change of the prior."""
    log_weight = (flat.log_weight + log_ratio).reshape(p, -1)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return np.asarray((weight / weight.sum(axis=1, keepdims=True)).ravel())


def _maximise(
    share: Array, weight: Array, flat: _Flat, default: Prior, family: NDArray[np.int64]
) -> Prior:
    """One M-step: posterior modes given the weights of the draws and the default population."""
    w = share * weight[flat.patient]
    shape = _shape_shares(
        np.bincount(flat.setting, w, default.shape.size).astype(float), family, default.shape
    )
    noise = np.bincount(flat.noise, w, default.noise.size) + NOISE_PATIENTS * default.noise
    # an unusual start says nothing about the others' sizes
    w = np.where(flat.wide, 0.0, w)
    start = flat.amplitude[:, 0]
    total = w.sum()
    b0 = default.mean[0, 0]
    v0 = default.covariance[0, 0, 0]
    centre = (START_PATIENTS * b0 + w @ start) / (START_PATIENTS + total)
    spread = (START_PATIENTS * v0 + w @ (start - centre) ** 2) / (START_PATIENTS + total)
    past = share * flat.before
    slope = past @ flat.amplitude[:, 1] / (SIZE_PATIENTS + past.sum())
    trend = (
        SIZE_PATIENTS * (default.covariance[0, 1, 1] + slope**2)
        + past @ (flat.amplitude[:, 1] - slope) ** 2
    ) / (SIZE_PATIENTS + past.sum())
    mean, covariance = np.zeros_like(default.mean), np.zeros_like(default.covariance)
    for f in range(len(FAMILIES)):
        dims = [d for d in active(f) if d != 1]
        rows = flat.family == f
        target = default.mean[f][dims]
        target[0] = centre
        scale = np.ones(len(dims))
        scale[0] = np.sqrt(spread / v0)
        base = default.covariance[f][np.ix_(dims, dims)] * np.outer(scale, scale)
        x, wf = flat.amplitude[np.ix_(rows, dims)], w[rows]
        n = wf.sum()
        average = wf @ x / n if n > 1e-9 else target
        offset = average - target
        residual = x - average
        half = SIZE_PATIENTS / 2.0
        mean[f][dims] = target + offset * n / (half + n)
        scatter = (residual * wf[:, None]).T @ residual + np.outer(offset, offset) * half * n / (
            half + n
        )
        covariance[f][np.ix_(dims, dims)] = (SIZE_PATIENTS * base + scatter) / (SIZE_PATIENTS + n)
        mean[f][1], covariance[f][1, 1] = slope, trend
    return Prior(shape, mean, covariance, noise / noise.sum())


def _shape_shares(count: Array, family: NDArray[np.int64], default: Array) -> Array:
    """Shares of shapes from expected numbers of patients: shares of families, times shares within
    each."""
    own, base = np.bincount(family, count), np.bincount(family, default)
    families = (own + PRIOR_PATIENTS * base) / (own.sum() + PRIOR_PATIENTS)
    within = (count + WITHIN_PATIENTS * default / base[family]) / (own[family] + WITHIN_PATIENTS)
    return np.asarray(families[family] * within)
