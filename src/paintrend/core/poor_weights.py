"""Proposals for a patient whose weights are poor: in bins of place, and elsewhere.

Cells that matter are divided and left to proposals in their bins; all other cells are left to the
usual ones, and are picked from apart. What was proposed before only says which cells matter: to go
on with it as well would give cells that it missed no second chance.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.amplitudes import EVERY, LOG_WIDE, STRETCH, WIDE, from_posterior, mix_widths
from paintrend.core.bins import enter_row, place_evidence, set_columns
from paintrend.core.cell_weights import log_sum
from paintrend.core.compile import FUSED, kernel
from paintrend.core.curves import BETWEEN
from paintrend.core.likelihood import RANGE
from paintrend.core.streams import MASK
from paintrend.core.weights import CHUNK, pick_structure

__all__ = ["fill_places", "inside_is_poorer", "join_parts", "leave_out", "pick_bins"]

NOTHING = -1e300
"""Log evidence of a row of which no cell is left."""


@kernel(counted=False, inner=True)
def pick_bins(bins, n_draws, uniform, index, of_bin, log_ratio):
    """Systematic sample of bins, as `picks.pick_cells` picks cells.

    Parameters
    ----------
    index : (n_draws,) filled with the cell, ascending;  of_bin : (n_draws,) and its bin
    log_ratio : (n_draws,) filled with log of one over the density of the place within the cell
    """
    b, reached = 0, bins.share[0]
    for d in range(n_draws):
        while b < bins.share.size - 1 and reached <= (d + uniform) / n_draws:
            b += 1
            reached += bins.share[b]
        index[d], of_bin[d] = bins.cell[b], b
        log_ratio[d] = -np.log(bins.share[b] / (bins.slow_width[b] * bins.hump_width[b]))


@kernel(fastmath=FUSED, counted=False, inner=True)
def fill_places(
    bins, of_bin, model, one, weak, j, wide, row_begin, index, pick, at_first, streams, at, chance,
    beta, chunk, out,
):  # fmt: skip
    """Draw places and amplitudes for the picks from ``pick`` on that are bins of one row of cells,
    as many as there is room for.

    Parameters
    ----------
    bins, of_bin, one : `bins.Bins`, (D,) from `pick_bins`, `model.OnePatient`
    weak : (structures,) as in `weights.prepare_row`;  j, wide : the row's noise setting and start
    row_begin : number of the row's first cell;  at_first : row of ``out`` of pick 0
    chunk : `weights.Chunk`, filled but for its weights, evidence of the place in ``mixture``

    Returns
    -------
    pick, at : the first pick that is left, and the place in the random numbers
    """
    n, q = one.common.shape
    normal, uniform = streams.normal, streams.uniform
    last, share = index.shape[0], model.share[j]
    row_end = row_begin + model.log_shape.shape[1]
    width, every = WIDE[wide], EVERY[wide]
    # weights come last: until then there is room for evidence
    work, log_evidence = bins.work, chunk.total
    enter_row(model, weak, j, wide, one, work)
    c = 0
    while pick < last and c < CHUNK and index[pick] < row_end:
        b, d, shape = of_bin[pick], at_first + pick, index[pick] - row_begin
        slow_place = bins.slow[b] + bins.slow_width[b] * (uniform[at & MASK] - 0.5)
        hump_place = bins.hump[b] + bins.hump_width[b] * (uniform[(at + 1) & MASK] - 0.5)
        set_columns(model, shape, slow_place, hump_place, one, work.columns)
        log_evidence[c], slots = place_evidence(model, one, shape, wide, j, work)
        wider = width if pick & (every - 1) == every - 1 else 1.0
        squares = 0.0
        for p in range(slots):
            beta[p] = wider * normal[(at + p) & MASK]
            squares += beta[p] * beta[p]
        from_posterior(work.factor, work.centre, slots, beta)
        for p in range(q + 2 + BETWEEN):
            out.amplitude[d, p] = beta[p] if p < q else 0.0
        slow = hump = 0.0
        if model.slow[shape] >= 0:
            slow = out.amplitude[d, q] = beta[q]
            out.amplitude[d, q + 2] = slow_place
        if model.hump[shape] >= 0:
            hump = out.amplitude[d, q + 1] = beta[slots - 1]
            out.amplitude[d, q + 3] = hump_place
        for i in range(n):
            own = slow * work.columns[i, 0] + hump * work.columns[i, 1]
            for p in range(q):
                own += beta[p] * one.common_t[p, i]
            chunk.judged[i, c] = own
            chunk.exact[i, c] = out.levels[d, i] = min(max(own, 0.0), RANGE)
        out.noise[d] = j - model.structure[j] + pick_structure(chance, uniform[(at + 2) & MASK])
        chunk.mixture[c] = min(STRETCH[wide] * squares, 600.0) - slots * LOG_WIDE[wide]
        chunk.begin[c] = at + slots
        at += slots + 1 + (n if share > 0.0 else 0)
        pick += 1
        c += 1
    mix_widths(chunk.mixture[:c], every, chunk.bits)
    for k in range(c):
        chunk.mixture[k] -= log_evidence[k]
    return pick, at


@kernel(counted=False, inner=True)
def leave_out(cells, n_rows, inside):
    """Take the cells that are divided out of those that can be picked."""
    width = cells.weight.shape[1]
    for r in range(n_rows):
        for k in range(width):
            if inside[r * width + k]:
                cells.weight[r, k] = 0.0
        cells.total[r] = max(cells.top[r] + log_sum(cells.weight[r]), NOTHING)


@kernel(counted=False, inner=True)
def join_parts(own, inside, size, n_inside, log_weight):
    """Fill ``log_weight`` with the weights of proposals within the bins and elsewhere, such that
    each part of the evidence is the mean of its own weights.

    Parameters
    ----------
    own : (room,) log weights within each part;  inside : (room,) which part
    size, n_inside : number of proposals, and of those in bins
    """
    of_inside, of_outside = np.log(size / max(n_inside, 1)), np.log(size / (size - n_inside))
    for d in range(size):
        log_weight[d] = own[d] + (of_inside if inside[d] else of_outside)


@kernel(counted=False, inner=True)
def inside_is_poorer(weight, inside, size):
    """Whether weights within the bins have the larger sum of squares."""
    squares = 0.0
    for d in range(size):
        squares += weight[d] * weight[d] * (1.0 if inside[d] else -1.0)
    return squares >= 0.0
