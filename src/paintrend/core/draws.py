"""Posterior draws of one patient: draw amplitudes of the picked cells, weight by the exact
likelihood."""

from __future__ import annotations

import math

import numpy as np

from paintrend.core.algebra import backward, cholesky, forward
from paintrend.core.compile import kernel
from paintrend.core.curves import BETWEEN, hump_value, slow_value
from paintrend.core.likelihood import RANGE, look_up
from paintrend.core.noise import process_log_likelihood, whiten
from paintrend.core.sites import LOG_2PI
from paintrend.core.waxing import wax_columns

__all__ = ["propose", "resample"]

WIDE = 2.0
"""One proposal in `EVERY` is this much wider than the sites say: at the ends of the scale the exact
likelihood is flat and they are too narrow."""
EVERY = 4
ROOT_HALF = math.sqrt(0.5)


@kernel
def _columns(model, setting, common, slow, hump, wax, m):
    """Columns (n, k) of one shape or waxing setting."""
    n, q = common.shape
    n_shapes = model.slow.shape[0]
    if setting >= n_shapes:
        w = setting - n_shapes
        return wax_columns(
            common, wax, m, model.wax_basis[w], model.wax_size[w], model.wax_trend[w]
        )
    s, h = model.slow[setting], model.hump[setting]
    k = q + (1 if s >= 0 else 0) + (1 if h >= 0 else 0)
    x = np.empty((n, k))
    for i in range(n):
        for p in range(q):
            x[i, p] = common[i, p]
        if s >= 0:
            x[i, q] = slow[i, s]
        if h >= 0:
            x[i, k - 1] = hump[i, h]
    return x


@kernel
def _posterior(model, wide, setting, q, x, y, factor, centre):
    """Cholesky factor of the posterior precision, and posterior mean, given whitened columns x (n,
    k) and y (n, 1)."""
    n, k = x.shape
    family = model.mean.shape[0] - 1
    waxing = setting >= model.slow.shape[0]
    second = q
    if not waxing:
        family = 0
        while model.start[family + 1] <= setting:
            family += 1
        if model.slow[setting] < 0:
            second = q + 1
    for p in range(k):
        centre[p] = 0.0
        for r in range(k):
            own = 0.0
            if waxing and (p >= q or r >= q):
                own = 1.0 if p == r else 0.0
            else:
                a = second if p == q else p
                b = second if r == q else r
                own = model.precision[wide, family, a, b]
                centre[p] += own * model.mean[family, b]
            if r <= p:
                factor[p, r] = own
    for i in range(n):
        for p in range(k):
            centre[p] += x[i, p] * y[i, 0]
            for r in range(p + 1):
                factor[p, r] += x[i, p] * x[i, r]
    cholesky(factor)
    forward(factor, centre)
    backward(factor, centre)
    return second


@kernel
def propose(
    model, y, kind, common, slow, hump, wax, value, variance, log_scale, gains, steps,
    index, log_ratio, normals, amplitude, wave,
):  # fmt: skip
    """Draw amplitudes for the picked cells and weight them by the exact likelihood.

    Parameters
    ----------
    index, log_ratio : (D,) from `pick_cells`
    steps : (structures, n, K, K) from `noise.process_steps`
    normals : (D, at least q + m + 3) standard normals
    amplitude : (D, q + 4), wave : (D, m + 1) filled here; wave is zero outside the waxing family

    Returns
    -------
    log_weight : (D,) log of target over proposal
    """
    n, q = common.shape
    n_shapes = model.slow.shape[0]
    n_cells = n_shapes + model.wax_basis.shape[0]
    n_settings = model.sd.shape[0]
    m = wave.shape[1] - 1
    log_weight = np.empty(index.shape[0])
    scale, level_mean = np.empty(n), np.empty(n)
    white_y = np.empty((n, 1))
    beta, centre = np.empty(q + m + 3), np.empty(q + m + 3)
    x, white, factor = np.empty((1, 1)), np.empty((1, 1)), np.empty((1, 1))
    second = q
    constant = 0.0
    for d in range(index.shape[0]):
        row, setting = index[d] // n_cells, index[d] % n_cells
        j, wide = row % n_settings, row // n_settings
        level, share = model.level[j], model.share[j]
        if d == 0 or index[d] != index[d - 1]:
            x = _columns(model, setting, common, slow, hump, wax, m)
            constant = 0.0
            for i in range(n):
                scale[i] = 1.0 / np.sqrt(variance[level, i])
                constant += log_scale[level, i] - 0.5 * LOG_2PI
                constant -= 0.5 * np.log(variance[level, i] * gains[j, i, 2])
            white = np.empty(x.shape)
            whiten(x, scale, gains[j], share, white)
            whiten(value[level], scale, gains[j], share, white_y)
            factor = np.empty((x.shape[1], x.shape[1]))
            second = _posterior(model, wide, setting, q, white, white_y, factor, centre)
        k = x.shape[1]
        size = WIDE if d % EVERY == EVERY - 1 and setting < n_shapes else 1.0
        squares = 0.0
        for p in range(k):
            beta[p] = size * normals[d, p]
            squares += beta[p] * beta[p]
        backward(factor, beta)
        amplitude[d, :] = 0.0
        wave[d, :] = 0.0
        for p in range(k):
            beta[p] += centre[p]
            if setting >= n_shapes and p >= q:
                wave[d, p - q] = beta[p]
            else:
                amplitude[d, second if p == q else p] = beta[p]
        s, h = -1, -1
        slow_place = hump_place = 0.0
        if setting < n_shapes:
            s, h = model.slow[setting], model.hump[setting]
            last = normals.shape[1]
            for side in range(BETWEEN):
                place = 0.5 * math.erf(normals[d, last - BETWEEN + side] * ROOT_HALF)
                amplitude[d, q + 2 + side] = place
            slow_place, hump_place = amplitude[d, q + 2], amplitude[d, q + 3]
        stand_in = constant
        for i in range(n):
            level_mean[i] = 0.0
            rest = white_y[i, 0]
            for p in range(k):
                level_mean[i] += x[i, p] * beta[p]
                rest -= white[i, p] * beta[p]
            if s >= 0:
                own = slow_value(model, slow, i, s, slow_place)
                level_mean[i] += amplitude[d, q] * (own - slow[i, s])
            if h >= 0:
                own = hump_value(model, hump, i, h, hump_place)
                level_mean[i] += amplitude[d, q + 1] * (own - hump[i, h])
            level_mean[i] = min(max(level_mean[i], 0.0), RANGE)
            stand_in -= 0.5 * rest * rest
        exact = 0.0
        if share > 0.0:
            own = model.sd[j] * np.sqrt(share)
            exact = process_log_likelihood(
                level_mean, y, kind, steps[model.structure[j]], own, model.table[j]
            )
        else:
            for i in range(n):
                exact += look_up(model.table[j], kind[i], level_mean[i] - y[i])
        log_weight[d] = log_ratio[d] + exact - stand_in
        if setting < n_shapes:
            # proposals of one cell are a mixture of two widths
            narrower = WIDE ** (-k) * np.exp(min(0.5 * squares * (1.0 - WIDE**-2.0), 600.0))
            log_weight[d] -= np.log(1.0 + (narrower - 1.0) / EVERY)
    return log_weight


@kernel
def resample(log_weight, n_keep, uniform):
    """Systematic resampling to equal weights.

    Returns
    -------
    kept : (n_keep,) indices;  effective : effective number of draws;  log_mean : log mean weight
    """
    top = log_weight.max()
    weight = np.exp(log_weight - top)
    total = weight.sum()
    effective = total * total / (weight * weight).sum()
    kept = np.empty(n_keep, dtype=np.int64)
    cumulative = weight[0] / total
    i = 0
    for d in range(n_keep):
        at = (d + uniform) / n_keep
        while cumulative < at and i < weight.shape[0] - 1:
            i += 1
            cumulative += weight[i] / total
        kept[d] = i
    return kept, effective, top + np.log(total / weight.shape[0])
