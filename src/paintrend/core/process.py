"""Likelihood of ratings with autocorrelated noise, the noise summed out on nodes.

Slower than drawing its path (`weights`) and without chance: for ratings at the ends of the scale,
where a drawn path can miss by far.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.likelihood import look_up

__all__ = ["NODES", "SPACING", "WIDEST", "process_log_likelihood", "process_steps"]

NODES = 19
WIDEST = 3.6
SPACING = 2.0 * WIDEST / (NODES - 1)
CLOSEST = 0.98


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
    table : (4, n_table) likelihood given the curve and the autocorrelated part
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
            state[m] = following[m] * look_up(table, kind[i], at)
            scale += state[m]
        total += np.log(scale)
        for m in range(NODES):
            state[m] /= scale
    return total
