"""Learn how people respond to sessions, together with the population of their curves.

The same EM as `core.em`: weighted draws from every patient's posterior, here under each time course
in turn, then steps that reuse them. What is assumed counts as a few patients: few where no response
or some is asked, more for the time courses, which ratings tell less well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.design import build_design, with_population
from paintrend.core.em import maximise, prior_density
from paintrend.core.moments import Moments, weighted_moments
from paintrend.core.noise import NoiseGrid
from paintrend.core.prior import Prior, build_model, family_of
from paintrend.responses import RESPONSES, Response, typical_shares
from paintrend.shapes import FAMILIES, ShapeTable
from paintrend.soreness.extended import (
    ResponsePrior,
    extended_model,
    joined,
    split_amplitudes,
)
from paintrend.soreness.problem import Problem
from paintrend.soreness.sampling import DRAWS, draw_course, log_evidence

__all__ = [
    "LearnedResponse",
    "default_response",
    "learn_response",
]

Array = NDArray[np.float64]
NONE_SHARE = 0.3
"""Share of patients without any response before anything is learned (assumed)."""
MEAN = (1.0, 0.7)
SD, CORRELATION = 1.1, 0.75
"""Height of the first and of the settled response among the others, in tenths of the range
(assumed)."""
NONE_PATIENTS = 4.0
"""Weight of the assumed share without any response, in patients."""
COURSE_PATIENTS = 10.0
"""Weight of the assumed shares of time courses among the others, in patients."""
SIZE_PATIENTS, MEAN_PATIENTS = 6.0, 2.0
"""Weight of the assumed spread and mean of heights, in patients."""
PASSES, STEPS = 5, 8
TOLERANCE = 0.03
LEAST = 1e-3
"""Time courses that hold less than this of a patient's weights are not drawn from again."""


class LearnedResponse(NamedTuple):
    """A population of curves and of responses, and the log evidence per patient of each pass."""

    prior: Prior
    response: ResponsePrior
    trace: tuple[float, ...]


def default_response(responses: Sequence[Response] = RESPONSES) -> ResponsePrior:
    """What is assumed before anything is learned."""
    covariance = SD**2 * np.array([[1.0, CORRELATION], [CORRELATION, 1.0]])
    share = np.concatenate([[NONE_SHARE], (1.0 - NONE_SHARE) * typical_shares(responses)])
    return ResponsePrior(share, np.array(MEAN), covariance)


def learn_response(
    problem: Problem,
    table: ShapeTable,
    noise: NoiseGrid,
    step: float,
    start: Prior,
    default: Prior,
    *,
    seed: int,
    assumed: ResponsePrior,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
) -> LearnedResponse:
    """Learn from patients with ratings, starting from the population ``start`` of their curves.

    Parameters
    ----------
    default : what the population of curves shrinks towards
    assumed : what that of responses starts from and shrinks towards
    progress : called with 1 after each pass
    """
    ratings = problem.ratings
    prior, response, family = start, assumed, family_of(table)
    design = build_design(ratings.day, ratings.y, ratings.offset, table, prior, step)
    columns = [problem.columns(m) for m in range(len(problem.responses) + 1)]
    treated = np.array([s.size > 0 for s in problem.sessions])
    first_day = ratings.day[ratings.offset[:-1]]
    weight = np.ones(len(ratings.patients))
    trace: list[float] = []
    r = assumed.mean.size
    promising = np.ones((len(ratings.patients), len(columns)), dtype=bool)
    for number in range(PASSES):
        if number:
            design = with_population(design, table, prior)
        model = extended_model(build_model(prior, table, noise, step), response)
        drawn = [
            draw_course(model, design, one, response, ratings, rows, seed=seed, workers=workers)
            for one, rows in zip(columns, promising.T, strict=True)
        ]
        with np.errstate(divide="ignore"):
            log_share = np.log(response.share)
        every = joined([(one, x, r) for one, x in zip(drawn, log_share, strict=True)])
        top = every.log_weight.max(axis=1)
        evidence = top + np.log(np.exp(every.log_weight - top[:, None]).sum(axis=1) / DRAWS)
        trace.append(float(evidence.mean()))
        if progress is not None:
            progress(1)
        if number >= 2 and trace[-1] - trace[-2] < TOLERANCE:
            break
        of_course = np.stack([log_evidence(one) for one in drawn], axis=1) + log_share
        promising &= of_course - of_course.max(axis=1, keepdims=True) > np.log(LEAST)
        amplitude = np.concatenate([split_amplitudes(p.amplitude, r)[1] for p in drawn], axis=1)
        course = np.repeat(np.arange(len(columns)), DRAWS)
        old = prior_density(prior, every, family)
        old_response = response_density(response, amplitude, course)
        current, current_response = prior, response
        for _ in range(STEPS):
            ratio = prior_density(current, every, family) - old
            ratio += response_density(current_response, amplitude, course) - old_response
            moments = weighted_moments(
                ratio, weight, first_day < 0, default.mean, family, every, noise.sd.size,
                len(FAMILIES),
            )  # fmt: skip
            current = maximise(Moments(*moments), default, family)
            share = every.log_weight + ratio
            share = np.exp(share - share.max(axis=1, keepdims=True))
            share /= share.sum(axis=1, keepdims=True)
            current_response = update_response(share[treated], amplitude[treated], course, assumed)
        prior, response = current, current_response
    return LearnedResponse(prior, response, tuple(trace))


def response_density(response: ResponsePrior, amplitude: Array, course: NDArray[np.int64]) -> Array:
    """Log prior density of every draw's response (P, D), up to what no parameter changes."""
    with np.errstate(divide="ignore"):
        log_share = np.log(response.share)
    inverse = np.linalg.inv(response.covariance)
    off = amplitude - response.mean
    squares = np.einsum("pdi,ij,pdj->pd", off, inverse, off)
    own = -0.5 * (squares + np.linalg.slogdet(response.covariance)[1])
    # amplitudes of those without a response are never seen
    return np.asarray(log_share[course] + np.where(course > 0, own, 0.0))


def update_response(
    weight: Array, amplitude: Array, course: NDArray[np.int64], assumed: ResponsePrior
) -> ResponsePrior:
    """One M-step: weights (P, D) of draws, their amplitudes (P, D, r) and time courses (D,)."""
    count = np.bincount(course, weight.sum(axis=0), minlength=assumed.share.size)
    total, others = count.sum(), count[1:].sum()
    none = (count[0] + NONE_PATIENTS * assumed.share[0]) / (total + NONE_PATIENTS)
    usual = assumed.share[1:] / assumed.share[1:].sum()
    among = (count[1:] + COURSE_PATIENTS * usual) / (others + COURSE_PATIENTS)
    share = np.concatenate([[none], (1.0 - none) * among])
    own = weight * (course > 0)
    n = own.sum()
    first = np.einsum("pd,pdi->i", own, amplitude)
    mean = (first + MEAN_PATIENTS * assumed.mean) / (n + MEAN_PATIENTS)
    off = amplitude - mean
    scatter = np.einsum("pd,pdi,pdj->ij", own, off, off)
    pull = assumed.mean - mean
    scatter += MEAN_PATIENTS * np.outer(pull, pull)
    covariance = (SIZE_PATIENTS * assumed.covariance + scatter) / (SIZE_PATIENTS + n)
    return ResponsePrior(share, mean, covariance)
