"""Posterior draws of one patient: pick (shape, noise) by evidence, draw amplitudes, weight by the
exact likelihood."""

from __future__ import annotations

import numpy as np

from paintrend.core.algebra import backward, cholesky, forward
from paintrend.core.compile import kernel
from paintrend.core.evidence import shape_evidence
from paintrend.core.likelihood import RANGE, look_up
from paintrend.core.noise import filter_gains, process_log_likelihood, whiten
from paintrend.core.sites import LOG_2PI, expectation_sites
from paintrend.core.waxing import wax_columns, waxing_evidence

__all__ = ["cell_evidence", "pick_cells", "propose", "resample"]

DEFENSIVE = 0.15
"""Share of proposals from a flattened posterior over cells, so that no cell the sites undervalue
is lost."""
WIDE = 2.0
"""One proposal in `EVERY` is this much wider than the sites say: at the ends of the scale the exact
likelihood is flat and they are too narrow."""
EVERY = 4


@kernel
def cell_evidence(model, log_shape, day, y, kind, common, slow, hump, wax, overall, overall_mean):
    """Log evidence of every (noise setting, shape or waxing setting) and the sites it rests on.

    Returns
    -------
    cells : (J, S + W);  value (levels, n, 1), variance, log_scale (levels, n) : sites;  gains :
        (J, n, 6)
    """
    n, q = common.shape
    n_settings = model.sd.shape[0]
    n_levels = model.level_table.shape[0]
    cells = np.empty((n_settings, model.slow.shape[0] + model.wax_basis.shape[0]))
    value = np.empty((n_levels, n, 1))
    variance = np.empty((n_levels, n))
    log_scale = np.empty((n_levels, n))
    gains = np.empty((n_settings, n, 6))
    m = (wax.shape[1] - 1) // (1 + model.wax_basis.max())
    w_common, w_slow, w_hump = np.empty((n, q)), np.empty(slow.shape), np.empty(hump.shape)
    w_wax, w_y = np.empty(wax.shape), np.empty((n, 1))
    scale, roots = np.empty(n), np.empty(n)
    for j in range(n_settings):
        level, structure = model.level[j], model.structure[j]
        if structure == 0:
            expectation_sites(
                y, kind, overall, overall_mean, model.sd[j], model.step, model.site_table[level],
                value[level], variance[level], log_scale[level],
            )  # fmt: skip
        for i in range(n):
            # the autocorrelated part keeps its own size where the site is wider than the noise
            own = model.share[j] * model.sd[j] ** 2 / variance[level, i]
            roots[i] = np.sqrt(min(own, 0.95))
        filter_gains(day, roots, model.tau[j], gains[j])
        base = model.log_noise[j]
        for i in range(n):
            scale[i] = 1.0 / np.sqrt(variance[level, i])
            base += log_scale[level, i] - 0.5 * (
                LOG_2PI + np.log(variance[level, i] * gains[j, i, 2])
            )
        gain, share = gains[j], model.share[j]
        whiten(common, scale, gain, share, w_common)
        whiten(slow, scale, gain, share, w_slow)
        whiten(hump, scale, gain, share, w_hump)
        whiten(wax, scale, gain, share, w_wax)
        whiten(value[level], scale, gain, share, w_y)
        shape_evidence(w_common, w_slow, w_hump, w_y, model, log_shape, base, cells[j])
        waxing_evidence(w_common, w_wax, m, w_y, model, log_shape, base, cells[j])
    return cells, value, variance, log_scale, gains


@kernel
def pick_cells(cells, n_draws, uniform):
    """Systematic sample of cells.

    Returns
    -------
    index : (n_draws,) flat cell indices, ascending;  log_ratio : (n_draws,) evidence over
        proposal, log
    """
    flat = cells.ravel()
    top = flat[0]
    for i in range(flat.shape[0]):
        top = max(top, flat[i])
    proposal = np.empty(flat.shape[0])
    total = 0.0
    total_flat = 0.0
    for i in range(flat.shape[0]):
        root = np.exp(0.5 * max(flat[i] - top, -60.0))
        proposal[i] = root
        total += root * root
        total_flat += root
    for i in range(flat.shape[0]):
        root = proposal[i]
        proposal[i] = (1.0 - DEFENSIVE) * root * root / total + DEFENSIVE * root / total_flat
    index = np.empty(n_draws, dtype=np.int64)
    log_ratio = np.empty(n_draws)
    cumulative = proposal[0]
    i = 0
    for d in range(n_draws):
        at = (d + uniform) / n_draws
        while cumulative < at and i < flat.shape[0] - 1:
            i += 1
            cumulative += proposal[i]
        index[d] = i
        log_ratio[d] = flat[i] - np.log(proposal[i])
    return index, log_ratio


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
def _posterior(model, setting, q, x, y, factor, centre):
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
                own = model.precision[family, a, b]
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
    normals : (D, at least q + m + 1) standard normals
    amplitude : (D, q + 2), wave : (D, m + 1) filled here; wave is zero outside the waxing family

    Returns
    -------
    log_weight : (D,) log of target over proposal
    """
    n, q = common.shape
    n_shapes = model.slow.shape[0]
    n_cells = n_shapes + model.wax_basis.shape[0]
    m = wave.shape[1] - 1
    log_weight = np.empty(index.shape[0])
    scale, level_mean = np.empty(n), np.empty(n)
    white_y = np.empty((n, 1))
    beta, centre = np.empty(q + m + 3), np.empty(q + m + 3)
    x, white, factor = np.empty((1, 1)), np.empty((1, 1)), np.empty((1, 1))
    second = q
    constant = 0.0
    for d in range(index.shape[0]):
        j, setting = index[d] // n_cells, index[d] % n_cells
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
            second = _posterior(model, setting, q, white, white_y, factor, centre)
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
        stand_in = constant
        for i in range(n):
            level_mean[i] = 0.0
            rest = white_y[i, 0]
            for p in range(k):
                level_mean[i] += x[i, p] * beta[p]
                rest -= white[i, p] * beta[p]
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
