"""Learn how the height of a response goes with dose and rest, within patients and between them.

Heights of patient i: ``Normal(mean + between * z_i, covariance)``, z_i the patient's own mean dose
and rest; and each session adds ``within * (its dose - the patient's mean)``. Curves, noise and time
courses are taken as they were learned.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.design import build_design
from paintrend.core.prior import build_model
from paintrend.core.streams import patient_generator
from paintrend.results.population import Population
from paintrend.soreness.extended import ResponsePrior, extended_model, split_amplitudes
from paintrend.soreness.problem import Problem
from paintrend.soreness.sampling import draw_course, log_evidence

__all__ = ["Effects", "learn_effects"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
PASSES, STEPS = 5, 10
RESAMPLES = 200
WITHIN_SD = 0.2
"""Spread over patients of the effect of a unit before anything is learned, tenths of the range."""
SIZE_PATIENTS, MEAN_PATIENTS = 6.0, 0.5
TINY = 1e-3
LEAST = 0.02
"""Time courses of a smaller share are left out."""


class Effects(NamedTuple):
    """Effects of one unit on the height, tenths of the range; rows are resampled cohorts, the first
    is the cohort itself.

    Attributes
    ----------
    within : (1 + R, w);  between : (1 + R, z)
    """

    within: Array
    between: Array


class _State(NamedTuple):
    mean: Array
    covariance: Array
    between: Array


def learn_effects(
    problem: Problem,
    within: list[Array],
    between: Array,
    population: Population,
    response: ResponsePrior,
    *,
    seed: int,
    workers: int,
) -> Effects:
    """Estimate the effects.

    Parameters
    ----------
    problem : treated patients, sorted by id
    within : (S, w) of each patient's sessions, less the patient's own means
    between : (P, z) centred
    """
    w, z = within[0].shape[1], between.shape[1]
    names = problem.ratings.patients
    courses = [0, *(m for m in range(1, response.share.size) if response.share[m] >= LEAST)]
    share = response.share[courses] / response.share[courses].sum()
    start = np.diag(np.r_[np.zeros(2), np.full(w, WITHIN_SD**2)])
    start[:2, :2] = response.covariance
    assumed = _State(np.r_[response.mean, np.zeros(w)], start, np.zeros(z))
    state = assumed
    # what each session adds per unit, and the shift of the patient's own height
    wide = problem._replace(
        weights=[
            np.concatenate([own, extra, np.tile(own.sum(axis=1)[:, None], z) * shift], axis=1)
            for own, extra, shift in zip(problem.weights, within, between, strict=True)
        ]
    )
    columns = [wide.columns(m) for m in courses]
    ratings, table = problem.ratings, population.table
    design = build_design(
        ratings.day, ratings.y, ratings.offset, table, population.prior, population.step
    )
    base = build_model(population.prior, table, population.noise, population.step)
    everyone = np.ones((len(courses), len(names)), dtype=bool)
    log_weight = amplitude = np.empty(0)
    of_draw = np.empty(0, dtype=np.int64)
    drawn_under = state
    for _ in range(PASSES):
        covariance = np.diag(np.full(2 + w + z, TINY**2))
        covariance[: 2 + w, : 2 + w] = state.covariance
        prior = ResponsePrior(share, np.r_[state.mean, state.between], covariance)
        model = extended_model(base, prior)
        parts, every = [], []
        for at, one in enumerate(columns):
            drawn = draw_course(
                model, design, one, prior, ratings, everyone[at], seed=seed, workers=workers
            )
            every.append(drawn._replace(log_weight=drawn.log_weight + np.log(share[at])))
            parts.append(split_amplitudes(drawn.amplitude, 2 + w + z)[1])
        evidence = np.stack([log_evidence(one) for one in every], axis=1)
        everyone &= (evidence - evidence.max(axis=1, keepdims=True) > np.log(1e-3)).T
        log_weight = np.concatenate([one.log_weight for one in every], axis=1)
        drawn_under = state
        amplitude = np.concatenate(parts, axis=1)[..., : 2 + w]
        # the height itself, the shift of the patient included
        amplitude[..., :2] += (between @ state.between)[:, None, None]
        of_draw = np.repeat(np.arange(len(courses)), parts[0].shape[1])
        state = _maximise(
            log_weight, amplitude, of_draw, between, drawn_under, assumed, np.ones(len(names))
        )
    rng = patient_generator(seed, "", "dose")
    found = [state]
    for _ in range(RESAMPLES):
        weight = rng.dirichlet(np.ones(len(names))) * len(names)
        found.append(
            _maximise(log_weight, amplitude, of_draw, between, drawn_under, assumed, weight)
        )
    return Effects(
        np.array([one.mean[2:] for one in found]), np.array([one.between for one in found])
    )


def _maximise(
    log_weight: Array,
    amplitude: Array,
    course: Index,
    z: Array,
    drawn_under: _State,
    assumed: _State,
    weight: Array,
) -> _State:
    """EM steps that reuse the draws; ``weight`` (P,) of the patients."""
    state = drawn_under
    there = course > 0
    old = _density(drawn_under, amplitude, z)
    unit = np.zeros(assumed.mean.size)
    unit[:2] = 1.0
    for _ in range(STEPS):
        ratio = np.where(there, _density(state, amplitude, z) - old, 0.0)
        own = log_weight + ratio
        own = np.exp(own - own.max(axis=1, keepdims=True))
        own = own / own.sum(axis=1, keepdims=True) * there * weight[:, None]
        n = own.sum()
        shift = (z @ state.between)[:, None, None] * unit
        first = np.einsum("pd,pdi->i", own, amplitude - shift)
        mean = (first + MEAN_PATIENTS * assumed.mean) / (n + MEAN_PATIENTS)
        pull = np.linalg.solve(state.covariance, unit)
        off = np.einsum("pd,pdi,i->p", own, amplitude - mean, pull)
        count = own.sum(axis=1)
        between = np.linalg.solve(
            (z * count[:, None]).T @ z * (unit @ pull) + 1e-6 * np.eye(z.shape[1]), z.T @ off
        )
        rest = amplitude - (z @ between)[:, None, None] * unit - mean
        scatter = np.einsum("pd,pdi,pdj->ij", own, rest, rest)
        covariance = (SIZE_PATIENTS * assumed.covariance + scatter) / (SIZE_PATIENTS + n)
        state = _State(mean, covariance, between)
    return state


def _density(state: _State, amplitude: Array, z: Array) -> Array:
    inverse = np.linalg.inv(state.covariance)
    off = amplitude - state.mean
    off[..., :2] -= (z @ state.between)[:, None, None]
    squares = np.einsum("pdi,ij,pdj->pd", off, inverse, off)
    return np.asarray(-0.5 * (squares + np.linalg.slogdet(state.covariance)[1]))
