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
PASSES, STEPS, FEW = 5, 10, 4
"""Times that draws are made; steps for the cohort between them, and for each resampled cohort."""
RESAMPLES = 400
LEAST_SEEN = 1e-3
"""Least share of the information in what would be seen of complete data, for a Newton step."""
WITHIN_SD = 0.2
"""Spread over patients of the effect of a unit before anything is learned, tenths of the range."""
SIZE_PATIENTS, MEAN_PATIENTS = 6.0, 0.5
FARTHEST = 1.0
"""Heights move by no more standard deviations of theirs in one step."""
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


class _Draws(NamedTuple):
    """Draws of P patients, D of each.

    Attributes
    ----------
    log_weight : (P, D);  there : (D,) whether its time course has a height
    extended : (P, r + 1, D) heights and effects, and a one, so that products hold all moments
    density : (P, D) log density that heights and effects were drawn under
    """

    log_weight: Array
    extended: Array
    there: NDArray[np.bool_]
    density: Array


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
    draws = _Draws(np.empty((0, 0)), np.empty((0, 1, 0)), np.empty(0, dtype=bool), np.empty((0, 0)))
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
        amplitude = np.concatenate(parts, axis=1)[..., : 2 + w]
        # the height itself, the shift of the patient included
        amplitude[..., :2] += (between @ state.between)[:, None, None]
        extended = _extended(amplitude)
        draws = _Draws(
            np.concatenate([one.log_weight for one in every], axis=1),
            extended,
            np.repeat(np.arange(len(courses)) > 0, parts[0].shape[1]),
            _density(state, extended, between),
        )
        state = _maximise(draws, between, assumed, np.ones(len(names)), state, STEPS)
    rng = patient_generator(seed, "", "dose")
    found = [state]
    for _ in range(RESAMPLES):
        weight = rng.dirichlet(np.ones(len(names))) * len(names)
        found.append(_maximise(draws, between, assumed, weight, state, FEW))
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
    draws: _Draws, z: Array, assumed: _State, weight: Array, start: _State, steps: int
) -> _State:
    """Steps that reuse the draws; ``weight`` (P,) is that of the patients.

    Means by Newton steps with the information of what was seen (Louis 1982,
    doi:10.1111/j.2517-6161.1982.tb01203.x): ratings say little of one patient's effect of a dose,
    so EM steps hardly move and resampled cohorts would all stay where they started. The spread by
    EM steps.
    """
    state = start
    r, effects = assumed.mean.size, z.shape[1]
    unit = np.r_[np.ones(2), np.zeros(r - 2)]
    # heights are expected at design @ (mean, between)
    design = np.concatenate(
        [np.tile(np.eye(r), (len(z), 1, 1)), unit[:, None] * z[:, None, :]], axis=2
    )
    known = MEAN_PATIENTS * np.linalg.inv(assumed.covariance)
    # as much is assumed to be known of effects between patients, around none (Zellner's g-prior)
    across = unit @ known @ unit * (z.T @ z) / len(z) + 1e-6 * np.eye(effects)
    for _ in range(steps):
        ratio = np.where(draws.there, _density(state, draws.extended, z) - draws.density, 0.0)
        own = draws.log_weight + ratio
        own = np.exp(own - own.max(axis=1, keepdims=True))
        own = own / own.sum(axis=1, keepdims=True) * draws.there
        moments = (draws.extended * own[:, None, :]) @ np.swapaxes(draws.extended, 1, 2)
        first, second, count = _about(moments, _expected(state, z))
        inverse = np.linalg.inv(state.covariance)
        mean_pull = first @ inverse
        scatter = inverse @ second @ inverse - mean_pull[:, :, None] * mean_pull[:, None, :]
        score = np.einsum("p,pik,pi->k", weight, design, mean_pull)
        score[:r] += known @ (assumed.mean - state.mean)
        score[r:] -= across @ state.between
        complete, missing = (
            np.einsum("p,pik,pij,pjl->kl", weight, design, part, design, optimize=True)
            for part in (count[:, None, None] * inverse, scatter)
        )
        complete[:r, :r] += known
        complete[r:, r:] += across
        seen = complete - missing
        if np.linalg.eigvalsh(seen).min() < LEAST_SEEN * np.linalg.eigvalsh(complete).min():
            # far from the best there may be no top to climb to: an EM step is always one up
            seen = complete
        move = np.linalg.solve(seen, score)
        # the draws tell of heights that they reach, and of none beyond
        shift = design @ move
        move /= max(1.0, np.sqrt(np.einsum("pi,ij,pj->p", shift, inverse, shift).max()) / FARTHEST)
        state = state._replace(mean=state.mean + move[:r], between=state.between + move[r:])
        _, second, _ = _about(moments, _expected(state, z))
        covariance = SIZE_PATIENTS * assumed.covariance + np.tensordot(weight, second, 1)
        state = state._replace(covariance=covariance / (SIZE_PATIENTS + count @ weight))
    return state


def _extended(amplitude: Array) -> Array:
    """Draws (P, D, r) as `_Draws` has them."""
    n, d, r = amplitude.shape
    extended = np.ones((n, r + 1, d))
    extended[:, :r] = np.swapaxes(amplitude, 1, 2)
    return extended


def _expected(state: _State, z: Array) -> Array:
    """Heights and effects (P, r) that are expected of each patient."""
    expected = np.tile(state.mean, (len(z), 1))
    expected[:, :2] += (z @ state.between)[:, None]
    return expected


def _about(moments: Array, centre: Array) -> tuple[Array, Array, Array]:
    """First (P, r) and second (P, r, r) moments about ``centre`` (P, r), and weights (P,), from
    sums of products (P, r + 1, r + 1)."""
    r = centre.shape[1]
    shift = np.tile(np.eye(r + 1), (len(centre), 1, 1))
    shift[:, :r, r] = -centre
    moved = shift @ moments @ np.swapaxes(shift, 1, 2)
    return moved[:, :r, r], moved[:, :r, :r], moved[:, r, r]


def _density(state: _State, extended: Array, z: Array) -> Array:
    inverse, expected = np.linalg.inv(state.covariance), _expected(state, z)
    # what takes the extended vector to its distance from what is expected
    off = np.concatenate(
        [np.tile(np.eye(len(inverse)), (len(z), 1, 1)), -expected[:, :, None]], axis=2
    )
    form = np.swapaxes(off, 1, 2) @ inverse @ off
    squares = ((form @ extended) * extended).sum(axis=1)
    return np.asarray(-0.5 * (squares + np.linalg.slogdet(state.covariance)[1]))
