"""Noise of one person's ratings: how large (a grid of sd) and how it hangs together from day to
day.

A rating is ``round(f + e)``, e of variance sd**2, of which a share follows an Ornstein-Uhlenbeck
process (correlation ``exp(-gap / tau)``) and the rest is new at every rating.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.likelihood import can_heap, look_up

__all__ = [
    "NoiseGrid",
    "filter_gains",
    "noise_grid",
    "process_log_likelihood",
    "process_steps",
    "whiten",
]

Array = NDArray[np.float64]


class NoiseGrid(NamedTuple):
    """Settings j = level * n_structures + structure, all on the 0-10 unit; a level is a sd and a
    share of heaped ratings.

    Attributes
    ----------
    sd : (J,) total standard deviation
    share : (J,) share of the variance that is autocorrelated
    tau : (J,) its time constant, days (1 where share is 0)
    level, structure : (J,) index into the distinct (heap, sd) and the distinct (share, tau)
    heap : (J,) share of ratings rounded to the ends and the middle of the scale
    """

    sd: Array
    share: Array
    tau: Array
    level: NDArray[np.int64]
    structure: NDArray[np.int64]
    heap: Array


LEVELS = 8
NODES = 19
WIDEST = 3.6
SPACING = 2.0 * WIDEST / (NODES - 1)
CLOSEST = 0.98
STRUCTURES = ((0.0, 0.0), (0.6, 0.5), (0.75, 1.5))
"""Share, and time constant in units of `lasting_days`: what lasts longer is curve, not noise."""
STRUCTURE_SHARES = (0.5, 0.3, 0.2)
"""How common they are in the default population (assumed)."""
HEAPS = (0.0, 0.5, 0.95)
"""Share of a person's ratings that are rounded to the ends and the middle of the scale."""
HEAP_SHARES = (0.9, 0.05, 0.05)
"""How common they are in the default population (assumed)."""


def noise_grid(step: float, lasting_days: float) -> NoiseGrid:
    """The grid for ratings rounded to ``step`` (0-10 unit); below 0.4 steps an sd cannot be told
    from rounding."""
    least = max(0.35, 0.4 * step)
    levels = np.geomspace(least, max(2.8, 2.0 * least), LEVELS)
    heaps = np.array(HEAPS if can_heap(step) else HEAPS[:1])
    n = len(STRUCTURES)
    structure = np.tile(np.arange(n), LEVELS * heaps.size)
    level = np.repeat(np.arange(LEVELS * heaps.size), n)
    share = np.array([s for s, _ in STRUCTURES])[structure]
    tau = np.array([max(r, 1e-9) * lasting_days if s else 1.0 for s, r in STRUCTURES])[structure]
    sd = np.tile(levels, heaps.size)[level]
    return NoiseGrid(sd, share, tau, level, structure, np.repeat(heaps, LEVELS)[level])


@kernel
def filter_gains(days, roots, tau, out):
    """Data-free part of the Kalman filter of unit-variance noise at ``days`` (n,).

    Parameters
    ----------
    roots : (n,) root of the share of each rating's noise that is autocorrelated
    out : (n, 6) filled with columns rho (to the rating before), predicted variance, innovation
        variance, gain, filtered variance, root
    """
    filtered = 1.0
    for i in range(days.shape[0]):
        root = roots[i]
        rho = 0.0 if i == 0 else np.exp(-(days[i] - days[i - 1]) / tau)
        predicted = 1.0 if i == 0 else rho * rho * filtered + 1.0 - rho * rho
        innovation = root * root * predicted + 1.0 - root * root
        gain = root * predicted / innovation
        filtered = predicted - gain * root * predicted
        out[i, 0] = rho
        out[i, 1] = predicted
        out[i, 2] = innovation
        out[i, 3] = gain
        out[i, 4] = filtered
        out[i, 5] = root


@kernel
def whiten(columns, scale, gains, share, out):
    """Turn ``scale * columns`` (n, k), whose noise has unit variance, into ``out`` with
    independent unit noise."""
    n, k = columns.shape
    state = np.zeros(k)
    for i in range(n):
        if share == 0.0:
            for c in range(k):
                out[i, c] = columns[i, c] * scale[i]
            continue
        rho, gain, root = gains[i, 0], gains[i, 3], gains[i, 5]
        unit = 1.0 / np.sqrt(gains[i, 2])
        for c in range(k):
            predicted = rho * state[c]
            surprise = columns[i, c] * scale[i] - root * predicted
            out[i, c] = surprise * unit
            state[c] = predicted + gain * surprise


@kernel
def process_steps(days, tau, out):
    """Fill ``out`` (n, K, K) with the transition probabilities of the process between nodes.

    Step i leads to rating i; step 0 holds the stationary distribution in every row.
    """
    n = days.shape[0]
    for i in range(n):
        if i > 1 and days[i] - days[i - 1] == days[i - 1] - days[i - 2]:
            out[i] = out[i - 1]
            continue
        # nodes half an innovation apart are as close as this grid can follow
        rho = 0.0 if i == 0 else min(np.exp(-(days[i] - days[i - 1]) / tau), CLOSEST)
        precision = 0.5 / (1.0 - rho * rho)
        for k in range(NODES):
            centre = rho * (-WIDEST + k * SPACING)
            total = 0.0
            for m in range(NODES):
                gap = -WIDEST + m * SPACING - centre
                out[i, k, m] = np.exp(-precision * gap * gap)
                total += out[i, k, m]
            for m in range(NODES):
                out[i, k, m] /= total


@kernel
def process_log_likelihood(level, y, kind, steps, size, table):
    """Log P(y | level) with the autocorrelated part summed out on nodes (forward algorithm).

    Parameters
    ----------
    level, y, kind : (n,) curve, rating and `likelihood.rating_kind`
    steps : (n, K, K) from `process_steps`;  size : sd of the autocorrelated part
    table : (3, n_table) log-likelihood given the curve and the autocorrelated part
    """
    state = np.empty(NODES)
    following = np.empty(NODES)
    state[:] = 1.0 / NODES
    total = 0.0
    for i in range(level.shape[0]):
        following[:] = 0.0
        for k in range(NODES):
            share = state[k]
            for m in range(NODES):
                following[m] += share * steps[i, k, m]
        scale = 0.0
        for m in range(NODES):
            at = level[i] + size * (-WIDEST + m * SPACING) - y[i]
            state[m] = following[m] * np.exp(look_up(table, kind[i], at))
            scale += state[m]
        total += np.log(scale)
        for m in range(NODES):
            state[m] /= scale
    return total
