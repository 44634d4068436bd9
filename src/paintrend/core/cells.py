"""Log evidence of every (start, noise setting, shape) of one patient, and a sample of these
cells."""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.evidence import shape_evidence
from paintrend.core.likelihood import INSIDE
from paintrend.core.noise import filter_gains, whiten
from paintrend.core.sites import LOG_2PI, expectation_sites
from paintrend.core.waxing import waxing_evidence

__all__ = ["cell_evidence", "pick_cells"]

DEFENSIVE = 0.15
"""Share of proposals from a flattened posterior over cells, so that no cell the sites undervalue
is lost."""
FEWEST = 0.5
"""Heaping is looked at where at least this share of ratings, and for nearly complete heaping
`MOST`, lie on the ends or the middle of the scale: below, it explains nothing."""
MOST = 0.7
NEVER = -1e30
UNUSUAL = 1.75
"""The wide start is looked at where first ratings lie this many sd of the start away."""


@kernel
def _starts_unusually(model, day, y):
    """Whether a patient's first ratings lie so far from the population's start that the wide start
    could matter."""
    total = 0.0
    n = 0
    for i in range(day.shape[0]):
        if day[i] <= 0.0 or i == 0:
            total += y[i]
            n += 1
    return abs(total / n - model.mean[0, 0]) > UNUSUAL / np.sqrt(model.precision[0, 0, 0, 0])


@kernel
def cell_evidence(model, log_shape, day, y, kind, common, slow, hump, wax, overall, overall_mean):
    """Log evidence of every (noise setting, shape or waxing setting) and the sites it rests on.

    Returns
    -------
    cells : (2 J, S + W), the second half with a wide start
    value (levels, n, 1), variance, log_scale (levels, n) : sites
    gains : (J, n, 6)
    """
    n, q = common.shape
    n_settings = model.sd.shape[0]
    n_levels = model.level_table.shape[0]
    cells = np.empty((2 * n_settings, model.slow.shape[0] + model.wax_basis.shape[0]))
    cells[n_settings:] = NEVER
    value = np.empty((n_levels, n, 1))
    variance = np.empty((n_levels, n))
    log_scale = np.empty((n_levels, n))
    gains = np.empty((n_settings, n, 6))
    m = (wax.shape[1] - 1) // (1 + model.wax_basis.max())
    w_common, w_slow, w_hump = np.empty((n, q)), np.empty(slow.shape), np.empty(hump.shape)
    w_wax, w_y = np.empty(wax.shape), np.empty((n, 1))
    scale, roots = np.empty(n), np.empty(n)
    unusual = _starts_unusually(model, day, y)
    on_heaps = 0
    for i in range(n):
        on_heaps += kind[i] != INSIDE
    for j in range(n_settings):
        level, structure, heap = model.level[j], model.structure[j], model.heap[j]
        if heap > 0.0 and on_heaps < n * (FEWEST if heap < MOST else MOST):
            cells[j] = NEVER
            continue
        if structure == 0:
            expectation_sites(
                y, kind, overall, overall_mean, model.sd[j], model.step, heap,
                model.site_table[level], value[level], variance[level], log_scale[level],
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
        for wide in range(2 if unusual else 1):
            own_base = base + model.log_wide[wide]
            row = cells[wide * n_settings + j]
            shape_evidence(w_common, w_slow, w_hump, w_y, model, wide, log_shape, own_base, row)
            waxing_evidence(w_common, w_wax, m, w_y, model, wide, log_shape, own_base, row)
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
        root = 0.0 if flat[i] == NEVER else np.exp(0.5 * max(flat[i] - top, -60.0))
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
    last = flat.shape[0] - 1
    while proposal[last] == 0.0:
        last -= 1
    for d in range(n_draws):
        at = (d + uniform) / n_draws
        while cumulative < at and i < last:
            i += 1
            cumulative += proposal[i]
        index[d] = i
        log_ratio[d] = flat[i] - np.log(proposal[i])
    return index, log_ratio
