"""Learn how the height of a response goes with dose and rest, within patients and between them.

Heights of patient i: ``Normal(mean + between * z_i, covariance)``, z_i the patient's own mean dose
and rest; and each session adds ``within * (its dose - the patient's mean)``. Curves, noise and time
courses are taken as they were learned.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.streams import patient_generator
from paintrend.results.population import Population, rating_design
from paintrend.soreness.extended import ResponsePrior, extended_model, split_amplitudes
from paintrend.soreness.problem import Problem
from paintrend.soreness.sampling import draw_course, log_evidence

__all__ = ["Effects", "learn_effects"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
PASSES, STEPS, FEW = 5, 10, 4
"""Times that draws are made; steps for the cohort between them, and for each resampled cohort."""
RESAMPLES = 400
LEAST_SEEN = 1e-3
"""Least share of the information in what would be seen of complete data, for a Newton step."""
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
    ratings = problem.ratings
    design = rating_design(population, ratings.day, ratings.y, ratings.offset)
    everyone = np.ones((len(courses), len(names)), dtype=bool)
    log_weight = amplitude = np.empty(0)
    of_draw = np.empty(0, dtype=np.int64)
    density = np.empty(0)
    for _ in range(PASSES):
        covariance = np.diag(np.full(2 + w + z, TINY**2))
        covariance[: 2 + w, : 2 + w] = state.covariance
        prior = ResponsePrior(share, np.r_[state.mean, state.between], covariance)
        model = extended_model(population.model, prior)
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
        amplitude = np.concatenate(parts, axis=1)[..., : 2 + w]
        # the height itself, the shift of the patient included
        amplitude[..., :2] += (between @ state.between)[:, None, None]
        density = _density(state, amplitude, between)
        of_draw = np.repeat(np.arange(len(courses)), parts[0].shape[1])
        state = _maximise(
            log_weight, amplitude, of_draw, between, density, assumed, np.ones(len(names)),
            state, STEPS,
        )  # fmt: skip
    rng = patient_generator(seed, "", "dose")
    found = [state]
    for _ in range(RESAMPLES):
        weight = rng.dirichlet(np.ones(len(names))) * len(names)
        found.append(
            _maximise(log_weight, amplitude, of_draw, between, density, assumed, weight, state, FEW)
        )
    wider = _widening(len(names) * (1.0 - share[0]), 2 + w + z)
    return Effects(
        _spread(np.array([one.mean[2:] for one in found]), wider),
        _spread(np.array([one.between for one in found]), wider),
    )


def _widening(n: float, parameters: int) -> float:
    """What a bootstrap of ``n`` patients lacks for the parameters taken from them.

    Weights of a Bayesian bootstrap give ``n / (n + 1)`` of the variance, and deviations from what
    was fitted ``(n - parameters) / n`` of it.

    Examples
    --------
    >>> round(_widening(50.0, 6), 3), round(_widening(5.0, 6), 3)
    (1.077, 2.449)
    """
    return float(np.sqrt((n + 1.0) / max(n - parameters, 1.0)))


def _spread(found: Array, wider: float) -> Array:
    """Resampled values further from the first row."""
    return np.concatenate([found[:1], found[:1] + wider * (found[1:] - found[:1])])


def _maximise(
    log_weight: Array,
    amplitude: Array,
    course: Index,
    z: Array,
    drawn_under: Array,
    assumed: _State,
    weight: Array,
    start: _State,
    steps: int,
) -> _State:
    """Steps that reuse the draws; ``drawn_under`` (P, D) is the log density that they were made
    under, ``weight`` (P,) that of the patients.

    Means by Newton steps with the information of what was seen (Louis 1982,
    doi:10.1111/j.2517-6161.1982.tb01203.x): ratings say little of one patient's effect of a dose,
    so EM steps hardly move and resampled cohorts would all stay where they started. The spread by
    EM steps.
    """
    state = start
    there = course > 0
    r, effects = assumed.mean.size, z.shape[1]
    unit = np.r_[np.ones(2), np.zeros(r - 2)]
    # heights are expected at design @ (mean, between)
    design = np.concatenate(
        [np.tile(np.eye(r), (len(z), 1, 1)), unit[:, None] * z[:, None, :]], axis=2
    )
    known = MEAN_PATIENTS * np.linalg.inv(assumed.covariance)
    for _ in range(steps):
        ratio = np.where(there, _density(state, amplitude, z) - drawn_under, 0.0)
        own = log_weight + ratio
        own = np.exp(own - own.max(axis=1, keepdims=True))
        own = own / own.sum(axis=1, keepdims=True) * there
        count = own.sum(axis=1)
        inverse = np.linalg.inv(state.covariance)
        pull = _off(state, amplitude, z) @ inverse
        mean_pull = np.einsum("pd,pdi->pi", own, pull)
        scatter = np.swapaxes(own[:, :, None] * pull, 1, 2) @ pull
        scatter -= mean_pull[:, :, None] * mean_pull[:, None, :]
        score = np.einsum("p,pik,pi->k", weight, design, mean_pull)
        score[:r] += known @ (assumed.mean - state.mean)
        complete, missing = (
            np.einsum("p,pik,pij,pjl->kl", weight, design, part, design, optimize=True)
            for part in (count[:, None, None] * inverse, scatter)
        )
        complete[:r, :r] += known
        complete[r:, r:] += 1e-6 * np.eye(effects)
        seen = complete - missing
        if np.linalg.eigvalsh(seen).min() < LEAST_SEEN * np.linalg.eigvalsh(complete).min():
            # far from the best there may be no top to climb to: an EM step is always one up
            seen = complete
        move = np.linalg.solve(seen, score)
        state = state._replace(mean=state.mean + move[:r], between=state.between + move[r:])
        rest = _off(state, amplitude, z)
        spread = np.tensordot((own * weight[:, None])[:, :, None] * rest, rest, ((0, 1), (0, 1)))
        n = count @ weight
        covariance = (SIZE_PATIENTS * assumed.covariance + spread) / (SIZE_PATIENTS + n)
        state = state._replace(covariance=covariance)
    return state


def _off(state: _State, amplitude: Array, z: Array) -> Array:
    """Heights and effects (P, D, r) less what is expected of the patient."""
    off = amplitude - state.mean
    off[..., :2] -= (z @ state.between)[:, None, None]
    return off


def _density(state: _State, amplitude: Array, z: Array) -> Array:
    off = _off(state, amplitude, z)
    squares = ((off @ np.linalg.inv(state.covariance)) * off).sum(axis=2)
    return np.asarray(-0.5 * (squares + np.linalg.slogdet(state.covariance)[1]))
