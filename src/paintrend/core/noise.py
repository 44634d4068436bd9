"""Noise of one person's ratings: how large (a grid of sd) and how it hangs together from day to
day.

A rating is ``round(f + e)``, e of variance sd**2, of which a share follows an Ornstein-Uhlenbeck
process (correlation ``exp(-gap / tau)``) and the rest is new at every rating.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import FUSED, kernel
from paintrend.core.likelihood import can_heap

__all__ = [
    "NoiseGrid",
    "filter_gains",
    "noise_correlation",
    "noise_grid",
    "site_gains",
    "smoother_gains",
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
LARGEST_SHARE = 0.95
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


@kernel(inline=True, counted=False)
def filter_gains(days, roots, tau, out):
    """Data-free part of the Kalman filter of unit-variance noise at ``days`` (n,).

    Parameters
    ----------
    roots : (n,) root of the share of each rating's noise that is autocorrelated; may be the last
        column of ``out``
    out : (n, 6) filled with columns rho (to the rating before), predicted variance, innovation
        variance, gain, filtered variance, root
    """
    filtered = 1.0
    rho, gap = 0.0, -1.0
    for i in range(days.shape[0]):
        root = roots[i]
        # most gaps are as long as the one before
        if i > 0 and days[i] - days[i - 1] != gap:
            gap = days[i] - days[i - 1]
            rho = np.exp(-gap / tau)
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


@kernel(fastmath=FUSED, counted=False)
def whiten(columns, scale, gains, share, state, out):
    """Turn ``scale * columns`` (n, k), whose noise has unit variance, into ``out`` with
    independent unit noise; ``state`` (k or more,) is work space."""
    n, k = columns.shape
    for c in range(k):
        state[c] = 0.0
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


@kernel(inline=True, counted=False)
def site_gains(model, j, day, variance, out):
    """`filter_gains` of one noise setting for sites of these variances (n,): the autocorrelated
    part keeps its own size where the site is wider than the noise."""
    for i in range(day.shape[0]):
        out[i, 5] = np.sqrt(min(model.share[j] * model.sd[j] ** 2 / variance[i], LARGEST_SHARE))
    filter_gains(day, out[:, 5], model.tau[j], out)


@kernel(inline=True, counted=False)
def noise_correlation(gains, share, out):
    """Fill the lower triangle of ``out`` (n, n) with the correlations of the ratings' noise."""
    for i in range(out.shape[0]):
        out[i, i] = 1.0
        correlation = 1.0
        for r in range(i - 1, -1, -1):
            out[i, r] = 0.0
            if share > 0.0:
                correlation *= gains[r + 1, 0]
                out[i, r] = correlation * gains[i, 5] * gains[r, 5]


@kernel(counted=False)
def smoother_gains(gains, out):
    """What drawing a path backwards needs of `filter_gains`: ``out`` (n, 2) holds the pull of the
    state after, and the sd that is left."""
    n = gains.shape[0]
    for i in range(n):
        pull = 0.0
        left = gains[i, 4]
        if i < n - 1:
            pull = gains[i, 4] * gains[i + 1, 0] / gains[i + 1, 1]
            left -= pull * pull * gains[i + 1, 1]
        out[i, 0] = pull
        out[i, 1] = np.sqrt(max(left, 0.0))
