"""What learning asks of weighted draws again and again: their prior density, and sums by family."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.transcendental import exponentials

__all__ = ["Moments", "log_prior", "weighted_moments"]

Array = NDArray[np.float64]


class Moments(NamedTuple):
    """Weighted sums over draws; F families, amplitudes (b, g, c, h) less a centre.

    Attributes
    ----------
    setting : (S + W,), noise : (J,) total weight of each
    total : (F,), first : (F, 4), second : (F, 4, 4) of those with a usual start
    past : (3,) weight, sum and sum of squares of g of those rated before day 0
    """

    setting: Array
    noise: Array
    total: Array
    first: Array
    second: Array
    past: Array


@kernel
def log_prior(log_shape, log_noise, mean, precision, log_norm, family, draws, out):
    """Log prior density of every draw, up to what no parameter changes, into ``out`` (P, D).

    Parameters
    ----------
    log_shape (S + W,), log_noise (J,) : log shares
    mean (F, 4), precision (2, F, 4, 4), log_norm (2, F) : of the amplitudes, by start and family;
        the precision is 0 where a family has no such amplitude
    family : (S + W,) of each setting;  draws : `posterior.Proposals`
    """
    setting, noise, wide, amplitude = draws.setting, draws.noise, draws.wide, draws.amplitude
    off = np.empty(4)
    for i in range(setting.shape[0]):
        for d in range(setting.shape[1]):
            k, w = setting[i, d], wide[i, d]
            f = family[k]
            for p in range(4):
                off[p] = amplitude[i, d, p] - mean[f, p]
            total = 0.0
            for p in range(4):
                total += 0.5 * precision[w, f, p, p] * off[p] * off[p]
                for r in range(p):
                    total += precision[w, f, p, r] * off[p] * off[r]
            out[i, d] = log_shape[k] + log_noise[noise[i, d]] + log_norm[w, f] - total


@kernel
def weighted_moments(log_ratio, weight, has_past, centre, family, draws, n_noise, n_families):
    """`Moments` of the draws under a prior that differs by ``log_ratio`` (P, D) from the one they
    came from.

    Parameters
    ----------
    weight : (P,) of each patient;  has_past : (P,) whether rated before day 0
    centre : (F, 4) subtracted from the amplitudes: sums of squares then keep their digits
    """
    setting, noise, wide, amplitude = draws.setting, draws.noise, draws.wide, draws.amplitude
    log_weight = draws.log_weight
    n, n_draws = setting.shape
    settings, noises = np.zeros(family.shape[0]), np.zeros(n_noise)
    total, first = np.zeros(n_families), np.zeros((n_families, 4))
    second, past = np.zeros((n_families, 4, 4)), np.zeros(3)
    own, bits, off = np.empty(n_draws), np.empty(n_draws, dtype=np.int64), np.empty(4)
    for i in range(n):
        top = -1e300
        for d in range(n_draws):
            own[d] = log_weight[i, d] + log_ratio[i, d]
            top = max(top, own[d])
        every = 0.0
        for d in range(n_draws):
            own[d] -= top
        exponentials(own, bits)
        for d in range(n_draws):
            every += own[d]
        for d in range(n_draws):
            w = own[d] / every * weight[i]
            k = setting[i, d]
            f = family[k]
            settings[k] += w
            noises[noise[i, d]] += w
            for p in range(4):
                off[p] = amplitude[i, d, p] - centre[f, p]
            if has_past[i]:
                g = amplitude[i, d, 1]
                past[0] += w
                past[1] += w * g
                past[2] += w * g * g
            if wide[i, d] == 0:
                # an unusual start says nothing about the others' sizes
                total[f] += w
                for p in range(4):
                    first[f, p] += w * off[p]
                    for r in range(4):
                        second[f, p, r] += w * off[p] * off[r]
    return settings, noises, total, first, second, past
