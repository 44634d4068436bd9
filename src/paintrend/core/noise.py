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

__all__ = ["NoiseGrid", "filter_gains", "noise_grid", "sample_process", "whiten"]

Array = NDArray[np.float64]


class NoiseGrid(NamedTuple):
    """Settings j = level * n_structures + structure, all on the 0-10 unit.

    Attributes
    ----------
    sd : (J,) total standard deviation
    share : (J,) share of the variance that is autocorrelated
    tau : (J,) its time constant, days (1 where share is 0)
    level, structure : (J,) index into the distinct sd and the distinct (share, tau)
    """

    sd: Array
    share: Array
    tau: Array
    level: NDArray[np.int64]
    structure: NDArray[np.int64]


LEVELS = 6
STRUCTURES = ((0.0, 0.0), (0.6, 0.5), (0.75, 1.5))
"""Share, and time constant in units of `lasting_days`: what lasts longer is curve, not noise."""


def noise_grid(step: float, lasting_days: float) -> NoiseGrid:
    """The grid for ratings rounded to ``step`` (0-10 unit); below 0.4 steps an sd cannot be told
    from rounding."""
    levels = np.geomspace(max(0.35, 0.4 * step), 2.8, LEVELS)
    n = len(STRUCTURES)
    structure = np.tile(np.arange(n), LEVELS)
    level = np.repeat(np.arange(LEVELS), n)
    share = np.array([s for s, _ in STRUCTURES])[structure]
    tau = np.array([max(r, 1e-9) * lasting_days if s else 1.0 for s, r in STRUCTURES])[structure]
    return NoiseGrid(levels[level], share, tau, level, structure)


@kernel
def filter_gains(days, follows, share, tau, out):
    """Data-free part of the Kalman filter of unit-variance noise at ``days`` (n,).

    Parameters
    ----------
    follows : (n,) whether a rating takes part in the autocorrelation. One that an end of the scale
        cuts off says
        little about the noise: given the curve it is taken as independent of the others.
    out : (n, 6) filled with columns rho (to the rating before), predicted variance, innovation
        variance, gain,
        filtered variance, root of the autocorrelated share
    """
    filtered = 1.0
    for i in range(days.shape[0]):
        root = np.sqrt(share) if follows[i] else 0.0
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
def sample_process(residual, gains, normals, out):
    """Draw the autocorrelated part (unit variance) given unit-noise residuals (n,): filter, then
    sample backwards."""
    n = residual.shape[0]
    state = 0.0
    for i in range(n):
        predicted = gains[i, 0] * state
        state = predicted + gains[i, 3] * (residual[i] - gains[i, 5] * predicted)
        out[i] = state
    for i in range(n - 1, -1, -1):
        mean = out[i]
        variance = gains[i, 4]
        if i < n - 1:
            back = gains[i, 4] * gains[i + 1, 0] / gains[i + 1, 1]
            mean += back * (out[i + 1] - gains[i + 1, 0] * out[i])
            variance -= back * back * gains[i + 1, 1]
        out[i] = mean + np.sqrt(max(variance, 0.0)) * normals[i]
