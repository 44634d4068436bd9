"""Posterior draws of many patients: random numbers keyed by patient, kernels by patient, threads
over blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.cells import new_cells
from paintrend.core.curves import BETWEEN
from paintrend.core.model import Design, Model
from paintrend.core.patients import draw_patients
from paintrend.core.streams import stream_starts, stream_tables

__all__ = [
    "Posterior",
    "Proposals",
    "new_posterior",
    "new_proposals",
    "sample_posterior",
    "sample_proposals",
    "wave_width",
]

Array = NDArray[np.float64]
PROPOSALS_PER_DRAW = 1.5
MINIMUM_EFFECTIVE = 0.4
"""Where the effective number of draws is below this share of those asked for, more are proposed,
in up to `patients.MORE` rounds."""
CHECKED = 400
"""Draws used in the posterior-predictive check."""
BLOCK = 64


class Proposals(NamedTuple):
    """Weighted draws: setting, noise, wide (P, D); amplitude (P, D, q + 4); log_weight (P, D) with
    mean = log evidence."""

    setting: NDArray[np.int64]
    noise: NDArray[np.int64]
    wide: NDArray[np.int64]
    amplitude: Array
    log_weight: Array


class Posterior(NamedTuple):
    """Equally weighted draws of P patients.

    Attributes
    ----------
    setting, noise : (P, D) shape or waxing setting; noise setting
    amplitude : (P, D, q + 4) start, trend before day 0, (further common columns), slow change,
        hump, and their places `curves.BETWEEN` neighbours
    wave : (R, m + 1) waxing coefficients of those draws that wax;  wave_row : (P, D) their row (0
        elsewhere)
    effective : (P,) effective number of draws;  log_evidence : (P,);  fit_p : (P,)
        posterior-predictive p
    """

    setting: NDArray[np.int64]
    noise: NDArray[np.int64]
    amplitude: Array
    wave: Array
    wave_row: NDArray[np.int64]
    effective: Array
    log_evidence: Array
    fit_p: Array


def wave_width(model: Model, design: Design) -> int:
    """Number of waxing coefficients of a draw: the basis and the slow change."""
    return (design.wax.shape[1] - 1) // (1 + int(model.wax_basis.max())) + 1


def _blocks(n_patients: int, workers: int) -> Iterator[range]:
    size = max(1, min(BLOCK, -(-n_patients // max(1, workers))))
    for begin in range(0, n_patients, size):
        yield range(begin, min(begin + size, n_patients))


def _run(
    work: Callable[[range], None],
    n_patients: int,
    workers: int,
    progress: Callable[[int], None] | None,
) -> None:
    blocks = _blocks(n_patients, workers)
    if workers == 1:
        for block in blocks:
            work(block)
            if progress is not None:
                progress(len(block))
        return
    every = list(blocks)
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        for block, _ in zip(every, pool.map(work, every), strict=True):
            if progress is not None:
                progress(len(block))


def sample_proposals(
    model: Model,
    design: Design,
    patients: Sequence[str],
    *,
    seed: int,
    n_draws: int,
    workers: int = 2,
) -> Proposals:
    """Weighted draws for learning a population; every patient must have at least one rating."""
    p, q = len(patients), design.common.shape[1]
    out = new_proposals(p, n_draws, q)
    streams, starts = stream_tables(seed), stream_starts(seed, patients, "learn")
    nothing = new_posterior(p, 0, q, 1)

    def work(block: range) -> None:
        draw_patients(
            model, design, block.start, block.stop, new_cells(model, q), streams, starts,
            wave_width(model, design), n_draws, 0.0, 0, out, nothing,
        )  # fmt: skip

    _run(work, p, workers, None)
    return out


def sample_posterior(
    model: Model,
    design: Design,
    patients: Sequence[str],
    *,
    seed: int,
    n_draws: int = 400,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
) -> Posterior:
    """Equally weighted draws; proposals are repeated in larger number where the weights are poor.

    Parameters
    ----------
    patients : (P,) ids, the keys of the random streams; every patient must have at least one rating
    progress : called with the number of patients done since the last call
    """
    p, q, m = len(patients), design.common.shape[1], wave_width(model, design)
    waves: dict[int, Array] = {}
    out, nothing = new_posterior(p, n_draws, q, m), new_proposals(0, 0, q)
    streams, starts = stream_tables(seed), stream_starts(seed, patients, "draw")
    proposed = int(PROPOSALS_PER_DRAW * n_draws)
    least, checked = MINIMUM_EFFECTIVE * n_draws, min(CHECKED, n_draws)

    def work(block: range) -> None:
        waves[block.start] = draw_patients(
            model, design, block.start, block.stop, new_cells(model, q), streams, starts, m,
            proposed, least, checked, nothing, out,
        )  # fmt: skip

    _run(work, p, workers, progress)
    waxing = out.setting >= model.slow.size
    out.wave_row[waxing] = np.arange(int(waxing.sum()))
    wave = np.concatenate([waves[begin] for begin in sorted(waves)] or [np.empty((0, m))])
    return out._replace(wave=wave if wave.shape[0] else np.zeros((1, m)))


def new_proposals(p: int, n_draws: int, q: int) -> Proposals:
    """Memory for draws of P patients, to be filled."""
    return Proposals(
        np.empty((p, n_draws), dtype=np.int64),
        np.empty((p, n_draws), dtype=np.int64),
        np.empty((p, n_draws), dtype=np.int64),
        np.empty((p, n_draws, q + 2 + BETWEEN)),
        np.empty((p, n_draws)),
    )


def new_posterior(p: int, n_draws: int, q: int, m: int) -> Posterior:
    """Memory for draws of P patients with m waxing coefficients, to be filled."""
    return Posterior(
        np.empty((p, n_draws), dtype=np.int64),
        np.empty((p, n_draws), dtype=np.int64),
        np.empty((p, n_draws, q + 2 + BETWEEN)),
        np.empty((1, m)),
        np.zeros((p, n_draws), dtype=np.int64),
        np.empty(p),
        np.empty(p),
        np.empty(p),
    )
