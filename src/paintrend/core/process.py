"""Likelihood of ratings with autocorrelated noise, the noise summed out on nodes.

Slower than drawing its path (`weights`) and without chance: for ratings at the ends of the scale,
where a drawn path can miss by far.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import FUSED, kernel
from paintrend.core.likelihood import look_up

__all__ = [
    "NODES",
    "SPACING",
    "WIDEST",
    "add_process_log_likelihood",
    "process_log_likelihood",
    "process_steps",
]

NODES = 19
WIDEST = 3.6
SPACING = 2.0 * WIDEST / (NODES - 1)
CLOSEST = 0.98
AT_A_TIME = 8
"""Ratings whose likelihoods are multiplied before a log is taken: each is above 1e-7."""


@kernel(counted=False)
def process_steps(days, tau, out):
    """Fill ``out`` (n, K, K) with the transition probabilities of the process between nodes.

    Step i leads to rating i; step 0 holds the stationary distribution in every row.
    """
    n = days.shape[0]
    for i in range(n):
        if i > 1 and days[i] - days[i - 1] == days[i - 1] - days[i - 2]:
            for k in range(NODES):
                for m in range(NODES):
                    out[i, k, m] = out[i - 1, k, m]
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


@kernel(fastmath=FUSED, inner=True)
def add_process_log_likelihood(level, n_curves, y, kind, steps, size, table, total):
    """Add log P(y | level) of each curve, with the autocorrelated part summed out on nodes
    (forward algorithm), to ``total``.

    Parameters
    ----------
    level : (n, C) curves, of which the first ``n_curves`` count
    y, kind : (n,) rating and `likelihood.rating_kind`
    steps : (n, K, K) from `process_steps`;  size : sd of the autocorrelated part
    table : (4, n_table) likelihood given the curve and the autocorrelated part
    total : (C,)
    """
    # as a constant it would have the loops written out, and compiled, node by node
    every, n_nodes = np.uint64(n_curves), steps.shape[1]
    state, following = np.empty((n_nodes, n_curves)), np.empty((n_nodes, n_curves))
    scale, product = np.empty(n_curves), np.ones(n_curves)
    state[:] = 1.0 / n_nodes
    for i in range(level.shape[0]):
        following[:] = 0.0
        for k in range(n_nodes):
            for m in range(n_nodes):
                step = steps[i, k, m]
                for c in range(every):
                    following[m, c] += step * state[k, c]
        scale[:] = 0.0
        own, rating = kind[i], y[i]
        for m in range(n_nodes):
            shift = size * (-WIDEST + m * SPACING) - rating
            for c in range(every):
                state[m, c] = following[m, c] * look_up(table, own, level[i, c] + shift)
                scale[c] += state[m, c]
        for c in range(every):
            product[c] *= scale[c]
            scale[c] = 1.0 / scale[c]
        if i % AT_A_TIME == AT_A_TIME - 1 or i == level.shape[0] - 1:
            for c in range(every):
                total[c] += np.log(product[c])
                product[c] = 1.0
        for m in range(n_nodes):
            for c in range(every):
                state[m, c] *= scale[c]


@kernel
def process_log_likelihood(level, y, kind, steps, size, table):
    """`add_process_log_likelihood` of one curve (n,)."""
    total = np.zeros(1)
    add_process_log_likelihood(
        np.ascontiguousarray(level).reshape((level.shape[0], 1)), 1, y, kind, steps, size, table,
        total,
    )  # fmt: skip
    return total[0]
