"""Posterior draws of the family that waxes and wanes.

With few ratings a draw from the prior is corrected by what it misses of the ratings (Matheron's
rule; Wilson et al. 2021, JMLR 22(105)), which needs the factor of an n x n matrix only; with many
the posterior of the coefficients is factorised.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.algebra import backward, cholesky, forward
from paintrend.core.compile import FUSED, kernel
from paintrend.core.likelihood import RANGE
from paintrend.core.noise import noise_correlation, whiten
from paintrend.core.streams import MASK
from paintrend.core.waxing import wax_columns
from paintrend.core.weights import (
    CHUNK,
    log_weights,
    path_steps,
    pick_structure,
    prepare_row,
)

__all__ = ["WaveWork", "new_wave_work", "propose_waves"]

Array = NDArray[np.float64]


class WaveWork(NamedTuple):
    """Work space: factor (the smaller of n and k, squared), mode and beta (k,), level, missed,
    scale and centre (n,), root (q, q); k = q + m + 1 coefficients."""

    factor: Array
    mode: Array
    beta: Array
    level: Array
    missed: Array
    scale: Array
    centre: Array
    root: Array


@kernel
def new_wave_work(n, q, k):
    """Work space for a patient with n ratings."""
    width = min(n, k)
    return WaveWork(
        np.empty((width, width)),
        np.empty(k),
        np.empty(k),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.zeros((q, q)),
    )


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
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


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
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


@kernel(fastmath=FUSED, inner=True)
def _coefficient_factor(
    common, wax, m, basis, size, trend, value, precision, mean, scale, gains, share, factor, centre
):
    """Cholesky factor of the posterior precision of the coefficients, and their mean."""
    columns = wax_columns(common, wax, m, basis, size, trend)
    n, k = columns.shape
    q = common.shape[1]
    white, white_y, state = np.empty((n, k)), np.empty((n, 1)), np.empty(k)
    whiten(columns, scale, gains, share, state, white)
    whiten(value, scale, gains, share, state, white_y)
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


@kernel(inline=True, fastmath=FUSED, counted=False, inner=True)
def propose_waves(
    cells, model, one, steps, ready, index, log_ratio, begin, streams, at, out, row_work, work
):
    """Draw coefficients for the picked cells that wax and weight them by the exact likelihood.

    Parameters
    ----------
    one : `model.OnePatient`
    steps, ready : as in `path_steps`
    index, log_ratio : (D,) from `pick_cells`;  shapes are left alone
    streams, at : random numbers and the place in them
    out : `Drawn`, filled from row ``begin`` on
    row_work, work : `weights.RowWork`, `WaveWork`
    """
    n, q = one.common.shape
    day, y, kind, common, wax, wax_t, covariance, value, variance, log_scale = (
        one.day, one.y, one.kind, one.common, one.wax, one.wax_t, one.covariance, one.value,
        one.variance, one.log_scale,
    )  # fmt: skip
    n_shapes = model.slow.shape[0]
    n_cells = cells.weight.shape[1]
    normal, uniform = streams.normal, streams.uniform
    wax_basis, wax_size, wax_trend, wax_start = (
        model.wax_basis, model.wax_size, model.wax_trend, model.wax_start,
    )  # fmt: skip
    amplitude, waves, levels, noise = out.amplitude, out.wave, out.levels, out.noise
    m = out.wave.shape[1] - 1
    k = q + m + 1
    by_rating = n <= k
    family = model.mean.shape[0] - 1
    mean = model.mean[family]
    factor, mode, beta, level = work.factor, work.mode, work.beta, work.level
    missed, scale, centre, root = work.missed, work.scale, work.centre, work.root
    site, back, gains, chance = row_work.site, row_work.back, row_work.gains, row_work.chance
    chunk = row_work.chunk
    judged, exact = chunk.judged, chunk.exact
    j = wide = first = row = pick = begin_row = 0
    share = height = 0.0
    own_steps = steps[0, :0]
    row_before, cell_before, n_picks = -1, -1, index.shape[0]
    while pick < n_picks:
        while index[pick] >= begin_row + n_cells:
            row += 1
            begin_row += n_cells
        if index[pick] < begin_row + n_shapes:
            pick += 1
            continue
        if row != row_before:
            j, wide = cells.noise[row], cells.wide[row]
            at_level, share = model.level[j], model.share[j]
            height = prepare_row(
                model, j, cells.weak, day, value[at_level], variance[at_level],
                log_scale[at_level], gains, back, site, chance,
            )  # fmt: skip
            for i in range(n):
                centre[i], scale[i] = site[i, 0], site[i, 1]
            for p in range(q):
                for r in range(p + 1):
                    root[p, r] = wax_start[wide, p, r]
            cholesky(root)
            n_steps = path_steps(model, j, day, kind, steps, ready)
            own_steps = steps[model.structure[j], :n_steps]
            row_before = row
        from_pick, c = pick, 0
        while pick < n_picks and c < CHUNK and index[pick] < begin_row + n_cells:
            d, w = begin + pick, index[pick] - begin_row - n_shapes
            size, trend = wax_size[w], wax_trend[w]
            if index[pick] != cell_before:
                first = wax_basis[w] * m
                if by_rating:
                    _rating_factor(covariance[wide], w, scale, gains, share, factor)
                else:
                    _coefficient_factor(
                        common, wax, m, wax_basis[w], size, trend, value[model.level[j]],
                        model.precision[wide, family], mean, scale, gains, share, factor, mode,
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
                judged[i, c] = level[i]
                exact[i, c] = levels[d, i] = min(max(level[i], 0.0), RANGE)
            noise[d] = j - model.structure[j] + pick_structure(chance, uniform[at & MASK])
            chunk.begin[c] = at
            at += n
            pick += 1
            c += 1
        log_weights(
            chunk, c, y, kind, site, height, gains, back, share, model.sd[j] * np.sqrt(share),
            model.table[j], own_steps, model.chance[j], normal,
        )  # fmt: skip
        for c in range(pick - from_pick):
            out.log_weight[begin + from_pick + c] = log_ratio[from_pick + c] + chunk.total[c]
    return at
