"""Posterior draws of many patients: random numbers keyed by patient, kernels by patient, threads
over blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.cells import cell_evidence, pick_cells
from paintrend.core.compile import kernel
from paintrend.core.curves import BETWEEN, draw_curves
from paintrend.core.draws import propose, resample
from paintrend.core.model import Design, Model
from paintrend.core.noise import NODES, process_steps
from paintrend.core.predictive import predictive_p

__all__ = ["Posterior", "Proposals", "patient_generator", "sample_posterior", "sample_proposals"]

Array = NDArray[np.float64]
PROPOSALS_PER_DRAW = 2.5
MINIMUM_EFFECTIVE = 0.25
"""Where the effective number of draws is below this share of those asked for, `MORE` times as many
are proposed."""
MORE = 8
CHECKED = 400
"""Draws used in the posterior-predictive check."""


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


def patient_generator(seed: int, patient: str, purpose: str) -> np.random.Generator:
    """The stream of one patient for one purpose: the same whatever the order, the batch or the
    other patients."""
    digest = hashlib.blake2b(
        f"{seed}\x1f{purpose}\x1f{patient}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))


@kernel
def _weighted(model, design, patient, n_draws, uniform, normals, wave):
    """Proposals and log weights of one patient; fills ``wave``."""
    a, b = design.offset[patient], design.offset[patient + 1]
    day, y, kind = design.day[a:b], design.y[a:b], design.kind[a:b]
    common, slow, hump = design.common[a:b], design.slow[a:b], design.hump[a:b]
    wax = design.wax[a:b]
    cells, value, variance, log_scale, gains = cell_evidence(
        model, model.log_shape[design.group[patient]], day, y, kind, common, slow, hump, wax,
        design.overall[a:b], design.overall_mean[a:b],
    )  # fmt: skip
    index, log_ratio = pick_cells(cells, n_draws, uniform)
    amplitude = np.empty((n_draws, common.shape[1] + 2 + BETWEEN))
    n_structures = model.sd.shape[0] // model.level_table.shape[0]
    steps = np.empty((n_structures, b - a, NODES, NODES))
    for s in range(n_structures):
        if model.share[s] > 0.0:
            process_steps(day, model.tau[s], steps[s])
    log_weight = propose(
        model, y, kind, common, slow, hump, wax,
        value, variance, log_scale, gains, steps, index, log_ratio, normals, amplitude, wave,
    )  # fmt: skip
    setting, row = index % cells.shape[1], index // cells.shape[1]
    n_settings = model.sd.shape[0]
    return setting, row % n_settings, row // n_settings, amplitude, log_weight


@kernel
def _equal(model, design, patient, n_wave, n_keep, uniforms, normals, replicate):
    """Equally weighted draws of one patient and their check."""
    n_draws = normals.shape[0]
    wave = np.empty((n_draws, n_wave))
    setting, noise, _, amplitude, log_weight = _weighted(
        model, design, patient, n_draws, uniforms[0], normals, wave
    )
    kept, effective, log_evidence = resample(log_weight, n_keep, uniforms[1])
    setting, noise, amplitude, wave = setting[kept], noise[kept], amplitude[kept], wave[kept]
    a, b = design.offset[patient], design.offset[patient + 1]
    n_checked = replicate.shape[0]
    every = np.arange(n_checked) * n_keep // n_checked
    levels = np.empty((n_checked, b - a))
    draw_curves(
        setting[every], amplitude[every], wave, every, model, design.common[a:b],
        design.slow[a:b], design.hump[a:b], design.wax[a:b], 1.0, 0.0, levels,
    )  # fmt: skip
    p = predictive_p(model, noise[every], levels, design.day[a:b], design.y[a:b], replicate)
    return setting, noise, amplitude, wave, effective, log_evidence, p


def wave_width(model: Model, design: Design) -> int:
    """Number of waxing coefficients of a draw: the basis and the slow change."""
    return (design.wax.shape[1] - 1) // (1 + int(model.wax_basis.max())) + 1


def _blocks(n_patients: int, workers: int) -> Iterator[range]:
    size = max(1, min(32, -(-n_patients // max(1, workers))))
    for begin in range(0, n_patients, size):
        yield range(begin, min(begin + size, n_patients))


def _run(
    work: Callable[[range], None],
    n_patients: int,
    workers: int,
    progress: Callable[[int], None] | None,
) -> None:
    blocks = list(_blocks(n_patients, workers))
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        for block, _ in zip(blocks, pool.map(work, blocks), strict=True):
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
    p, k, m = len(patients), design.common.shape[1] + 2 + BETWEEN, wave_width(model, design)
    setting = np.empty((p, n_draws), dtype=np.int64)
    noise, wide = np.empty_like(setting), np.empty_like(setting)
    amplitude = np.empty((p, n_draws, k))
    log_weight = np.empty((p, n_draws))

    def work(block: range) -> None:
        wave = np.empty((n_draws, m))
        for i in block:
            rng = patient_generator(seed, patients[i], "learn")
            normals = rng.standard_normal((n_draws, m + k - 2))
            setting[i], noise[i], wide[i], amplitude[i], log_weight[i] = _weighted(
                model, design, i, n_draws, rng.uniform(), normals, wave
            )

    _run(work, p, workers, None)
    return Proposals(setting, noise, wide, amplitude, log_weight)


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
    p, k, m = len(patients), design.common.shape[1] + 2 + BETWEEN, wave_width(model, design)
    setting = np.empty((p, n_draws), dtype=np.int64)
    noise = np.empty_like(setting)
    amplitude = np.empty((p, n_draws, k))
    effective, log_evidence, fit_p = np.empty(p), np.empty(p), np.empty(p)
    waves: list[Array] = [np.empty((0, m))] * p
    wave_row = np.zeros((p, n_draws), dtype=np.int64)
    n_shapes = model.slow.size
    proposed = int(PROPOSALS_PER_DRAW * n_draws)

    def work(block: range) -> None:
        for i in block:
            n = int(design.offset[i + 1] - design.offset[i])
            for attempt, size in enumerate((proposed, MORE * proposed)):
                rng = patient_generator(seed, patients[i], f"draw{attempt}")
                uniforms = rng.uniform(size=2)
                replicate = rng.standard_normal((min(CHECKED, n_draws), 3 * n))
                normals = rng.standard_normal((size, m + k - 2))
                out = _equal(model, design, i, m, n_draws, uniforms, normals, replicate)
                if out[4] >= MINIMUM_EFFECTIVE * n_draws:
                    break
            setting[i], noise[i], amplitude[i] = out[0], out[1], out[2]
            effective[i], log_evidence[i], fit_p[i] = out[4], out[5], out[6]
            rows = np.flatnonzero(setting[i] >= n_shapes)
            waves[i] = out[3][rows]
            wave_row[i, rows] = np.arange(rows.size)

    _run(work, p, workers, progress)
    first = np.concatenate([[0], np.cumsum([w.shape[0] for w in waves])[:-1]]) if p else np.zeros(0)
    wave_row += np.where(setting >= n_shapes, first.astype(np.int64)[:, None], 0)
    wave = np.concatenate(waves) if p else np.empty((0, m))
    if wave.shape[0] == 0:
        wave = np.zeros((1, m))
    return Posterior(setting, noise, amplitude, wave, wave_row, effective, log_evidence, fit_p)
