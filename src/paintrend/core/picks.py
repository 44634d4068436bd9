"""A sample of the cells of one patient, from which curves are proposed."""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.evidence import log_sum

__all__ = ["pick_cells"]

DEFENSIVE = 0.15
"""Share of proposals from a flattened posterior over cells, so that no cell the sites undervalue
is lost."""


@kernel
def pick_cells(cells, n_rows, n_draws, uniform, index, log_ratio):
    """Systematic sample of cells.

    Parameters
    ----------
    index : (n_draws,) filled with row * (S + W) + cell, ascending;  log_ratio : (n_draws,) filled
        with log of evidence over proposal
    """
    width = cells.weight.shape[1]
    weight, root = cells.weight, cells.root
    top = cells.total[0]
    for r in range(n_rows):
        top = max(top, cells.total[r])
    total, flat = 0.0, 0.0
    factors = np.empty(n_rows)
    for r in range(n_rows):
        # rows far below hold nothing that could be drawn
        factors[r] = np.exp(max(cells.top[r] - top, -600.0))
        total += np.exp(max(cells.total[r] - top, -600.0))
        for k in range(width):
            root[r, k] = np.sqrt(weight[r, k])
        flat += np.exp(log_sum(root[r])) * np.sqrt(factors[r])
    step = 1.0 / n_draws
    d = 0
    cumulative = 0.0
    following = uniform * step
    for r in range(n_rows):
        a = (1.0 - DEFENSIVE) / total * factors[r]
        b = DEFENSIVE / flat * np.sqrt(factors[r])
        for k in range(width):
            own = a * weight[r, k] + b * root[r, k]
            cumulative += own
            if following < cumulative:
                ratio = top + np.log(factors[r] * weight[r, k] / own)
                while following < cumulative and d < n_draws:
                    index[d] = r * width + k
                    log_ratio[d] = ratio
                    d += 1
                    following = (d + uniform) * step
    while d < n_draws:
        # what rounding left of the last step
        index[d], log_ratio[d] = index[d - 1], log_ratio[d - 1]
        d += 1
