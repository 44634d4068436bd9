"""Posterior-predictive check of one patient: could this model have made ratings like these?

Two discrepancies are compared between the ratings and replicates from each posterior curve: the
deviance ``-sum log P(y | f)`` and the lag-1 autocorrelation of ``y - f`` (Gelman, Meng & Stern
1996). The p-value returned is twice the smaller of the two upper tail shares, at most 1.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.likelihood import CEILING, FLOOR, INSIDE, RANGE, look_up

__all__ = ["predictive_p"]


@kernel
def _discrepancies(y, step, level, table):
    """Deviance and lag-1 autocorrelation of ratings y about a curve."""
    deviance = 0.0
    squares = 1e-12
    products = 0.0
    before = 0.0
    for i in range(y.shape[0]):
        kind = INSIDE
        if y[i] <= step / 4.0:
            kind = FLOOR
        elif y[i] >= RANGE - step / 4.0:
            kind = CEILING
        deviance -= look_up(table, kind, level[i] - y[i])
        residual = y[i] - level[i]
        squares += residual * residual
        if i > 0:
            products += residual * before
        before = residual
    return deviance, products / squares


@kernel
def predictive_p(model, noise, levels, day, y, normals):
    """Upper-tail p-value of the worse of the two checks.

    Parameters
    ----------
    noise : (D,) noise setting of each draw;  levels : (D, n) its curve at the rating days, 0-10
    normals : (D, 2 n) standard normals for the replicates
    """
    n = y.shape[0]
    n_draws = levels.shape[0]
    replicate = np.empty(n)
    worse_deviance = 0
    worse_correlation = 0
    for d in range(n_draws):
        j = noise[d]
        table = model.level_table[model.level[j]]
        share, tau, sd = model.share[j], model.tau[j], model.sd[j]
        state = 0.0
        for i in range(n):
            rho = 0.0 if i == 0 else np.exp(-(day[i] - day[i - 1]) / tau)
            state = rho * state + np.sqrt(1.0 - rho * rho) * normals[d, i]
            noisy = levels[d, i] + sd * (
                np.sqrt(share) * state + np.sqrt(1.0 - share) * normals[d, n + i]
            )
            noisy = np.floor(noisy / model.step + 0.5) * model.step
            replicate[i] = min(max(noisy, 0.0), RANGE)
        seen = _discrepancies(y, model.step, levels[d], table)
        made = _discrepancies(replicate, model.step, levels[d], table)
        worse_deviance += made[0] >= seen[0]
        worse_correlation += made[1] >= seen[1]
    fewer = min(worse_deviance, worse_correlation)
    return min(1.0, 2.0 * (fewer + 0.5) / (n_draws + 1.0))
