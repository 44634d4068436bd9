"""A sample of the cells of one patient, from which curves are proposed."""

from __future__ import annotations

import numpy as np

from paintrend.core.cell_weights import log_sum
from paintrend.core.compile import FUSED, kernel
from paintrend.core.transcendental import logarithms

__all__ = ["BLOCK", "DEFENSIVE", "cell_shares", "pick_cells"]

DEFENSIVE = 0.15
"""Share of proposals from a flattened posterior over cells, so that no cell the sites undervalue
is lost."""
BLOCK = 8
"""Cells that are passed by together."""


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def _masses(cells, n_rows):
    """Log evidence of the best row, evidence of all cells over it and its flattened sum.

    ``cells.factor`` is filled with that of each row's best cell, ``cells.root`` with roots of
    weights.
    """
    weight, root, factors = cells.weight, cells.root, cells.factor
    top = cells.total[0]
    for r in range(n_rows):
        top = max(top, cells.total[r])
    total, flat = 0.0, 0.0
    for r in range(n_rows):
        # rows far below hold nothing that could be drawn
        factors[r] = np.exp(max(cells.top[r] - top, -600.0))
        total += np.exp(max(cells.total[r] - top, -600.0))
        for k in range(weight.shape[1]):
            root[r, k] = np.sqrt(weight[r, k])
        flat += np.exp(log_sum(root[r])) * np.sqrt(factors[r])
    return top, total, flat


@kernel(counted=False, inner=True)
def cell_shares(cells, n_rows, share):
    """Fill ``share`` (rows * (S + W),) with the probability that `pick_cells` picks each cell."""
    width, factors = cells.weight.shape[1], cells.factor
    _, total, flat = _masses(cells, n_rows)
    for r in range(n_rows):
        a = (1.0 - DEFENSIVE) / total * factors[r]
        b = DEFENSIVE / flat * np.sqrt(factors[r])
        for k in range(width):
            share[r * width + k] = a * cells.weight[r, k] + b * cells.root[r, k]


@kernel(fastmath=FUSED, counted=False)
def pick_cells(cells, n_rows, n_draws, uniform, index, log_ratio, bits):
    """Systematic sample of cells.

    Parameters
    ----------
    index : (n_draws,) filled with row * (S + W) + cell, ascending;  log_ratio : (n_draws,) filled
        with log of evidence over proposal;  bits : (2, n_draws) work space
    """
    width = cells.weight.shape[1]
    weight, root, factors, own = cells.weight, cells.root, cells.factor, cells.own
    top, total, flat = _masses(cells, n_rows)
    step = 1.0 / n_draws
    d = 0
    cumulative = 0.0
    following = uniform * step
    for k in range(width, own.shape[0]):
        own[k] = 0.0
    for r in range(n_rows):
        a = (1.0 - DEFENSIVE) / total * factors[r]
        b = DEFENSIVE / flat * np.sqrt(factors[r])
        for k in range(width):
            own[k] = a * weight[r, k] + b * root[r, k]
        # most cells are not picked: some at a time are passed by
        for k in range(0, own.shape[0], BLOCK):
            together = (
                (own[k] + own[k + 1]) + (own[k + 2] + own[k + 3])
            ) + ((own[k + 4] + own[k + 5]) + (own[k + 6] + own[k + 7]))  # fmt: skip
            cumulative += together
            if following >= cumulative:
                continue
            within = cumulative - together
            for c in range(k, min(k + BLOCK, width)):
                within += own[c]
                if following < within:
                    ratio = factors[r] * weight[r, c] / own[c]
                    while following < within and d < n_draws:
                        index[d] = r * width + c
                        log_ratio[d] = ratio
                        d += 1
                        following = (d + uniform) * step
    while d < n_draws:
        # what rounding left of the last step
        index[d], log_ratio[d] = index[d - 1], log_ratio[d - 1]
        d += 1
    logarithms(log_ratio, bits)
    for d in range(n_draws):
        log_ratio[d] += top
