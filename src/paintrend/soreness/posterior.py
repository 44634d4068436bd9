"""Posterior draws of curve and response: those under each time course, mixed by evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.design import build_design
from paintrend.core.model import Model
from paintrend.core.posterior import Posterior, sample_posterior, sample_proposals
from paintrend.core.prior import Prior
from paintrend.core.streams import patient_generator
from paintrend.shapes import ShapeTable
from paintrend.soreness.extended import (
    ResponsePrior,
    extended_design,
    extended_model,
    some_patients,
    split_amplitudes,
)
from paintrend.soreness.problem import Problem
from paintrend.soreness.sampling import log_evidence

__all__ = ["JointDraws", "draw_jointly"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
FEW = 60
"""Draws from which it is judged which time courses matter for a patient."""
LEAST = 3e-3
"""Time courses that hold less than this of a patient's first weights are not drawn from."""


class JointDraws(NamedTuple):
    """Equally weighted draws of P patients.

    Attributes
    ----------
    curve : draws of the curve
    course : (P, D) time course, 0 for no response;  amplitude : (P, D, r), 0 without a response
    share : (P, 1 + M) posterior share of each time course
    """

    curve: Posterior
    course: Index
    amplitude: Array
    share: Array


def draw_jointly(
    problem: Problem,
    table: ShapeTable,
    model: Model,
    prior: Prior,
    response: ResponsePrior,
    *,
    seed: int,
    n_draws: int,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
) -> JointDraws:
    """Draw from every patient's posterior; all must have at least one rating.

    Parameters
    ----------
    model : of the population, without the response
    progress : called with 1 after each time course
    """
    ratings = problem.ratings
    names, r = list(ratings.patients), response.mean.size
    design = build_design(ratings.day, ratings.y, ratings.offset, table, prior, model.step)
    model = extended_model(model, response)
    with np.errstate(divide="ignore"):
        log_share = np.log(response.share)
    columns = [problem.columns(m) for m in range(len(log_share))]
    designs = [extended_design(design, one, response) for one in columns]
    first = np.stack(
        [
            log_evidence(
                sample_proposals(model, one, names, seed=seed, n_draws=FEW, workers=workers)
            )
            for one in designs
        ],
        axis=1,
    )
    promising = _shares(first + log_share) >= LEAST
    # nothing tells time courses apart where there was no session
    promising[[s.size == 0 for s in problem.sessions]] = np.arange(len(log_share)) == 0
    evidence = np.full(first.shape, -np.inf)
    drawn: list[tuple[int, Index, Posterior]] = []
    for m, one in enumerate(designs):
        rows = np.flatnonzero(promising[:, m])
        if rows.size:
            post = sample_posterior(
                model, some_patients(one, rows), [names[i] for i in rows], seed=seed,
                n_draws=n_draws, workers=workers,
            )  # fmt: skip
            evidence[rows, m] = post.log_evidence
            drawn.append((m, rows, post))
        if progress is not None:
            progress(1)
    share = _shares(evidence + log_share)
    return _mixed(drawn, share, names, seed, n_draws, r)


def _shares(log_weight: Array) -> Array:
    share = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _mixed(
    drawn: list[tuple[int, Index, Posterior]],
    share: Array,
    names: list[str],
    seed: int,
    n_draws: int,
    r: int,
) -> JointDraws:
    """Take from each time course as many draws as its share asks for."""
    p = len(names)
    width = drawn[0][2].amplitude.shape[2]
    setting, noise = np.empty((p, n_draws), dtype=np.int64), np.empty((p, n_draws), dtype=np.int64)
    wave_row, course = (
        np.zeros((p, n_draws), dtype=np.int64),
        np.zeros((p, n_draws), dtype=np.int64),
    )
    amplitude = np.empty((p, n_draws, width))
    effective, evidence, fit_p = np.zeros(p), np.zeros(p), np.zeros(p)
    filled = np.zeros(p, dtype=np.int64)
    generators = [patient_generator(seed, name, "sessions") for name in names]
    # in no order: a draw of one patient has nothing to do with that of another in the same place
    places = [rng.permutation(n_draws) for rng in generators]
    edges = np.cumsum(share, axis=1)
    start = np.array([rng.random() for rng in generators])
    # systematic: as many draws of each time course as expected, give or take one
    due = np.floor(edges * n_draws + start[:, None]).astype(np.int64)
    due[:, -1] = np.floor(n_draws + start)
    count = np.diff(due, axis=1, prepend=np.floor(start).astype(np.int64)[:, None])
    waves, n_waves = [], 0
    for m, rows, post in drawn:
        waves.append(post.wave)
        for at, i in enumerate(rows):
            n = count[i, m]
            if n == 0:
                continue
            to = places[i][filled[i] : filled[i] + n]
            kept = generators[i].choice(n_draws, n, replace=False)
            setting[i, to], noise[i, to] = post.setting[at, kept], post.noise[at, kept]
            amplitude[i, to] = post.amplitude[at, kept]
            wave_row[i, to] = post.wave_row[at, kept] + n_waves
            course[i, to] = m
            filled[i] += n
            effective[i] += share[i, m] * post.effective[at]
            evidence[i] += share[i, m] * post.log_evidence[at]
            fit_p[i] += share[i, m] * post.fit_p[at]
        n_waves += post.wave.shape[0]
    curve, own = split_amplitudes(amplitude, r)
    own = np.where((course > 0)[:, :, None], own, 0.0)
    posterior = Posterior(
        setting, noise, curve, np.concatenate(waves), wave_row, effective, evidence, fit_p
    )
    return JointDraws(posterior, course, own, share)
