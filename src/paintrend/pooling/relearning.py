"""Learn the population again, on a bootstrap of patients and with the variables of an analysis.

The curves stay; their weights change. The population that they were drawn from, ``p0(f)``, is
tilted: ``p(f) ~ p0(f) exp(s(f)' tilt)``, where s holds the course, the main sizes of the curve and
its noise; and a patient's variables say what they say about the curve (`links`). Both are learned
by EM. Tilting a few numbers cannot fit the scatter of the draws, as learning the shares of several
hundred shapes from a fixed set of curves would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.core.streams import patient_generator
from paintrend.pooling.curves import CurvePool
from paintrend.pooling.design_rows import DesignRows, rows_of
from paintrend.pooling.links import Link, Variable, design_of, first_link, improve_link

__all__ = ["Joint", "Study", "bootstrap_weights", "learn_joint", "pick_curves", "prepare_study"]

Array = NDArray[np.float64]
STEPS = 200
TOLERANCE = 5e-5
"""Learning stops when no course share moves by more than this in a step."""
LEAP = 6.0
"""Longest leap, in steps of EM."""
TILT_PATIENTS = 4.0
"""Weight in patients of the population that the curves came from: half a patient per course."""
TILT_SAMPLED = 4000
"""Curves of the population, about, that second derivatives of the tilt are taken from: they only
set the way a step of Newton's goes, not where the steps end."""
ALWAYS_TILTED = ("course", "baseline", "rise", "end_change")


class Joint(NamedTuple):
    """A population with variables: tilt (k,), a link per variable, and steps of EM taken."""

    tilt: Array
    links: tuple[Link, ...]
    steps: int


class Study(NamedTuple):
    """What relearning reads.

    Attributes
    ----------
    codes : (P, D) courses
    tilted, prior : (P, D, k) and (N, k) what is tilted, of patients' curves and the population's
    prior_mean : (k,) mean of ``prior``
    variables : P values each;  designs : predictors of each variable
    log_weight : (P, D), or 0: what else is assumed of how probable each curve is
    """

    codes: NDArray[np.int8]
    tilted: Array
    prior: Array
    prior_mean: Array
    variables: tuple[Variable, ...]
    designs: tuple[DesignRows, ...]
    log_weight: Array | float = 0.0


def prepare_study(
    pool: CurvePool,
    quantities: Sequence[str],
    variables: Sequence[Variable],
    interactions: bool,
    log_weight: Array | float = 0.0,
) -> Study:
    """Put together what relearning reads.

    Whole curves are tilted, as the population's are; what the analysis reads of them may be
    something else (`CurvePool.handled`).
    """
    own, prior = pool.own, pool.prior
    names = tuple(dict.fromkeys((*ALWAYS_TILTED, *quantities)))
    centre, spread = pool.prior_log_sd.mean(), pool.prior_log_sd.std() or 1.0

    def tilted(curves: Array, log_sd: Array, level: Array) -> Array:
        extra = np.stack([level * level, (log_sd - centre) / spread], axis=-1)
        return np.concatenate([curves, extra], axis=-1)

    mine, theirs = own.columns(names, own), prior.columns(names, own)
    level = own.columns(("baseline",), own), prior.columns(("baseline",), own)
    curve = pool.read.columns(quantities, pool.read)
    population = tilted(theirs, pool.prior_log_sd, _first(level[1]))[0]
    return Study(
        own.codes,
        tilted(mine, pool.log_sd, _first(level[0])),
        population,
        population.mean(axis=0),
        tuple(variables),
        tuple(
            rows_of(design_of(curve, variables[:i], interactions), variable.known)
            for i, variable in enumerate(variables)
        ),
        log_weight,
    )


def _first(columns: Array) -> Array:
    return columns[:, :, 0] if columns.shape[2] else np.zeros(columns.shape[:2])


def bootstrap_weights(ids: Sequence[str], seed: int, m: int) -> Array:
    """Weights of a Bayesian bootstrap, (m, P), 1 on average: Dirichlet, from exponential numbers
    keyed by patient (Rubin 1981, doi:10.1214/aos/1176345338)."""
    own = np.stack([patient_generator(seed, i, "bootstrap").exponential(size=m) for i in ids], 1)
    return own / own.mean(axis=1, keepdims=True)


def first_joint(study: Study) -> Joint:
    """The population that the curves came from, on which no variable depends."""
    links = zip(study.variables, study.designs, strict=True)
    return Joint(
        np.zeros(study.prior.shape[1]), tuple(first_link(v, d.x.shape[1]) for v, d in links), 0
    )


def learn_joint(study: Study, weight: Array, start: Joint) -> tuple[Joint, Array]:
    """Learn the population of weighted patients.

    Steps of EM, every two of which are followed by a leap along the way they went (SQUAREM,
    Varadhan & Roland 2008, doi:10.1111/j.1467-9469.2007.00585.x).

    Parameters
    ----------
    weight : (P,) of the patients
    start : where to start from

    Returns
    -------
    joint : Joint
    share : (P, D) weight of each curve within its patient
    """
    at, before = start._replace(steps=0), np.zeros(len(COURSES))
    path: list[Array] = [_numbers(at)]
    while True:
        share = _shares(study, at)
        each = share * weight[:, None]
        now = np.bincount(study.codes.ravel(), each.ravel(), len(COURSES)) / weight.sum()
        if at.steps >= STEPS or np.abs(now - before).max() < TOLERANCE:
            return at, share
        before = now
        at = _step(study, at, each)
        path.append(_numbers(at))
        if len(path) == 3:
            moved, turned = path[1] - path[0], path[2] - 2.0 * path[1] + path[0]
            size = np.linalg.norm(turned)
            length = min(max(float(np.linalg.norm(moved) / size), 1.0), LEAP) if size else 1.0
            at = _with_numbers(at, path[0] + 2.0 * length * moved + length**2 * turned)
            path = [_numbers(at)]


def _step(study: Study, at: Joint, each: Array) -> Joint:
    """One step of EM, given the weight of every curve (P, D)."""
    k = study.tilted.shape[2]
    # what the population itself adds, as so many patients
    wanted = each.ravel() @ study.tilted.reshape(-1, k)
    wanted += TILT_PATIENTS * study.prior_mean
    links = zip(at.links, study.designs, strict=True)
    return Joint(
        _improve_tilt(study.prior, at.tilt, wanted / (each.sum() + TILT_PATIENTS)),
        tuple(improve_link(link, design, each) for link, design in links),
        at.steps + 1,
    )


def _numbers(joint: Joint) -> Array:
    """All that is learned, end to end."""
    parts = [(link.coefficients.ravel(), [link.log_variance]) for link in joint.links]
    return np.concatenate([joint.tilt, *(x for pair in parts for x in pair)])


def _with_numbers(joint: Joint, numbers: Array) -> Joint:
    """The inverse of `_numbers`."""
    k, links = joint.tilt.size, []
    at = k
    for link in joint.links:
        n = link.coefficients.size
        coefficients = numbers[at : at + n].reshape(link.coefficients.shape)
        links.append(Link(link.variable, coefficients, float(numbers[at + n])))
        at += n + 1
    return Joint(numbers[:k], tuple(links), joint.steps)


def _improve_tilt(prior: Array, tilt: Array, wanted: Array) -> Array:
    """A step of Newton's towards the tilt that gives the wanted means."""
    log_weight = prior @ tilt
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = weight @ prior
    stride = max(1, len(prior) // TILT_SAMPLED)
    few, own = prior[::stride], weight[::stride] / weight[::stride].sum()
    middle = own @ few
    covariance = (few * own[:, None]).T @ few - np.outer(middle, middle)
    # a course that no curve of the population has cannot be tilted to
    step = np.linalg.solve(covariance + 1e-4 * np.eye(tilt.size), wanted - mean)
    return tilt + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))


def _shares(study: Study, joint: Joint) -> Array:
    """Weight of each curve within its patient, (P, D)."""
    ratio = study.tilted @ joint.tilt + study.log_weight
    for link, design in zip(joint.links, study.designs, strict=True):
        ratio += link.log_density(design)
    share = np.exp(ratio - ratio.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def pick_curves(share: Array, uniform: Array) -> NDArray[np.int64]:
    """One curve per patient by the shares (P, D), from uniform numbers (P,)."""
    edges = np.cumsum(share, axis=1)
    picked = (edges < uniform[:, None] * edges[:, -1:]).sum(axis=1)
    return np.minimum(picked, share.shape[1] - 1)
