"""Posterior draws of the family that waxes and wanes.

With few ratings a draw from the prior is corrected by what it misses of the ratings (Matheron's
rule; Wilson et al. 2021, JMLR 22(105)), which needs the factor of an n x n matrix only; with many
the posterior of the coefficients is factorised.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.algebra import backward, cholesky, forward
from paintrend.core.compile import kernel
from paintrend.core.likelihood import RANGE
from paintrend.core.noise import noise_correlation, whiten
from paintrend.core.process import NODES
from paintrend.core.streams import MASK
from paintrend.core.waxing import wax_columns
from paintrend.core.weights import log_weight, path_steps, pick_structure, prepare_row

__all__ = ["propose_waves"]


@kernel
def _rating_factor(covariance, w, scale, gains, share, a):
    """Cholesky factor of the covariance of the sites' centres over their own sd, (n, n)."""
    n = scale.shape[0]
    noise_correlation(gains, share, a)
    row = 0
    for i in range(n):
        row += i
        for r in range(i + 1):
            a[i, r] += covariance[row + r, w] * scale[i] * scale[r]
    cholesky(a)


@kernel
def _corrected(
    common, wax, wax_t, first, m, size, trend, prior, root, mean, centre, scale, gains, share,
    factor, normal, at, beta, missed,
):  # fmt: skip
    """One draw of the coefficients (q + m + 1,) by Matheron's rule.

    Parameters
    ----------
    common (n, q), wax (n, n_bases * m + 1), wax_t : columns, ``first`` the one where the basis
        begins, ``size`` and ``trend`` their sd
    prior, root, mean : covariance of the common amplitudes, its factor, and their mean
    centre, scale : (n,) of the sites, inverse sd;  factor : from `_rating_factor`
    """
    n, q = common.shape
    k = q + m + 1
    last = wax.shape[1] - 1
    for p in range(q):
        beta[p] = mean[p]
        for r in range(p + 1):
            beta[p] += root[p, r] * normal[(at + r) & MASK]
    for p in range(q, k):
        beta[p] = normal[(at + p) & MASK]
    at += k
    for i in range(n):
        missed[i] = centre[i] - trend * beta[k - 1] * wax_t[last, i]
    for p in range(q):
        for i in range(n):
            missed[i] -= beta[p] * common[i, p]
    for p in range(m):
        x = size * beta[q + p]
        for i in range(n):
            missed[i] -= x * wax_t[first + p, i]
    state = 0.0
    for i in range(n):
        noise = normal[(at + i) & MASK]
        if share > 0.0:
            rho, own = gains[i, 0], gains[i, 5]
            state = rho * state + np.sqrt(1.0 - rho * rho) * normal[(at + n + i) & MASK]
            noise = own * state + np.sqrt(1.0 - own * own) * noise
        missed[i] = missed[i] * scale[i] - noise
    forward(factor, missed)
    backward(factor, missed)
    slow = 0.0
    for i in range(n):
        missed[i] *= scale[i]
        slow += missed[i] * wax_t[last, i]
    for p in range(q):
        pull = 0.0
        for i in range(n):
            pull += missed[i] * common[i, p]
        for r in range(q):
            beta[r] += prior[r, p] * pull
    for i in range(n):
        x = size * missed[i]
        for p in range(m):
            beta[q + p] += x * wax[i, first + p]
    beta[k - 1] += trend * slow


@kernel
def _coefficient_factor(columns, value, precision, mean, q, scale, gains, share, factor, centre):
    """Cholesky factor of the posterior precision of the coefficients, and their mean."""
    n, k = columns.shape
    white, white_y = np.empty((n, k)), np.empty((n, 1))
    whiten(columns, scale, gains, share, white)
    whiten(value, scale, gains, share, white_y)
    for p in range(k):
        centre[p] = 0.0
        for r in range(p + 1):
            factor[p, r] = 1.0 if p == r else 0.0
        if p < q:
            for r in range(q):
                centre[p] += precision[p, r] * mean[r]
                if r <= p:
                    factor[p, r] = precision[p, r]
    for i in range(n):
        for p in range(k):
            x = white[i, p]
            centre[p] += x * white_y[i, 0]
            for r in range(p + 1):
                factor[p, r] += x * white[i, r]
    cholesky(factor)
    forward(factor, centre)
    backward(factor, centre)


@kernel
def propose_waves(
    cells, model, day, y, kind, common, wax, wax_t, covariance, value, variance, log_scale,
    index, log_ratio, begin, streams, at, out,
):  # fmt: skip
    """Draw coefficients for the picked cells that wax and weight them by the exact likelihood.

    Parameters
    ----------
    common (n, q), wax (n, n_bases * m + 1) : at the patient's days;  wax_t : its transpose
    covariance : (2, n (n + 1) / 2, W) from `waxing.level_covariance`
    index, log_ratio : (D,) from `pick_cells`;  shapes are left alone
    streams, at : random numbers and the place in them
    out : `Drawn`, filled from row ``begin`` on
    """
    n, q = common.shape
    n_shapes = model.slow.shape[0]
    n_cells = cells.weight.shape[1]
    # taken out of their tuples once: to do so counts a reference each time
    normal, uniform = streams.normal, streams.uniform
    wax_basis, wax_size, wax_trend, wax_start, structures = (
        model.wax_basis, model.wax_size, model.wax_trend, model.wax_start, model.structure,
    )  # fmt: skip
    amplitude, waves, levels, noise, log_weights = (
        out.amplitude, out.wave, out.levels, out.noise, out.log_weight,
    )  # fmt: skip
    noise_of, wide_of, weak = cells.noise, cells.wide, cells.weak
    m = out.wave.shape[1] - 1
    k = q + m + 1
    by_rating = n <= k
    family = model.mean.shape[0] - 1
    mean = model.mean[family]
    width = n if by_rating else k
    factor, mode, beta = np.empty((width, width)), np.empty(k), np.empty(k)
    level, exact, state, missed = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    site, back, gains = np.empty((n, 3)), np.empty((n, 2)), np.empty((n, 6))
    chance, table, likelihood = np.empty(cells.weak.shape[0]), model.table[0], model.chance[0]
    steps = np.empty((0, NODES, NODES))
    root, scale, centre = np.zeros((q, q)), np.empty(n), np.empty(n)
    row_before, cell_before = -1, -1
    j = wide = first = 0
    share = noise_size = 0.0
    for pick in range(index.shape[0]):
        d = begin + pick
        row, w = index[pick] // n_cells, index[pick] % n_cells - n_shapes
        if w < 0:
            continue
        size, trend = wax_size[w], wax_trend[w]
        if row != row_before:
            j, wide = noise_of[row], wide_of[row]
            at_level, share, table = model.level[j], model.share[j], model.table[j]
            noise_size = model.sd[j] * np.sqrt(share)
            prepare_row(
                model, j, weak, day, value[at_level], variance[at_level],
                log_scale[at_level], gains, back, site, chance,
            )  # fmt: skip
            for i in range(n):
                centre[i], scale[i] = site[i, 0], site[i, 1]
            for p in range(q):
                for r in range(p + 1):
                    root[p, r] = wax_start[wide, p, r]
            cholesky(root)
            likelihood = model.chance[j]
            steps = path_steps(model, j, day, kind)
            row_before = row
        if index[pick] != cell_before:
            first = wax_basis[w] * m
            if by_rating:
                _rating_factor(covariance[wide], w, scale, gains, share, factor)
            else:
                _coefficient_factor(
                    wax_columns(common, wax, m, wax_basis[w], size, trend),
                    value[model.level[j]], model.precision[wide, family], mean, q, scale,
                    gains, share, factor, mode,
                )  # fmt: skip
            cell_before = index[pick]
        if by_rating:
            _corrected(
                common, wax, wax_t, first, m, size, trend, wax_start[wide], root, mean,
                centre, scale, gains, share, factor, normal, at, beta, missed,
            )  # fmt: skip
        else:
            for p in range(k):
                beta[p] = normal[(at + p) & MASK]
            backward(factor, beta)
            for p in range(k):
                beta[p] += mode[p]
        at += k + 2 * n
        for p in range(amplitude.shape[1]):
            amplitude[d, p] = beta[p] if p < q else 0.0
        for p in range(q, k):
            waves[d, p - q] = beta[p]
        for i in range(n):
            level[i] = trend * beta[k - 1] * wax_t[wax_t.shape[0] - 1, i]
        for p in range(q):
            for i in range(n):
                level[i] += beta[p] * common[i, p]
        for p in range(m):
            x = size * beta[q + p]
            for i in range(n):
                level[i] += x * wax_t[first + p, i]
        for i in range(n):
            exact[i] = min(max(level[i], 0.0), RANGE)
            levels[d, i] = exact[i]
        noise[d] = j - structures[j] + pick_structure(chance, uniform[at & MASK])
        log_weights[d] = log_ratio[pick] + log_weight(
            level, exact, y, kind, site, gains, back, share, noise_size, table, steps, likelihood,
            normal, at, state,
        )  # fmt: skip
        at += n
    return at
