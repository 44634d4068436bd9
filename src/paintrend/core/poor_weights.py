"""Proposals for a patient whose weights are poor: in bins of place, and elsewhere.

Cells that matter are divided and left to proposals in their bins; all other cells are left to the
usual ones, and are picked from apart. What was proposed before only says which cells matter: to go
on with it as well would give cells that it missed no second chance.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.algebra import backward
from paintrend.core.bins import enter_row, new_place_work, place_evidence, set_columns
from paintrend.core.cell_weights import log_sum
from paintrend.core.compile import FUSED, kernel
from paintrend.core.curves import BETWEEN
from paintrend.core.draws import EVERY, WIDE
from paintrend.core.likelihood import RANGE
from paintrend.core.streams import MASK
from paintrend.core.weights import (
    CHUNK,
    log_weights,
    path_steps,
    pick_structure,
    prepare_row,
)

__all__ = ["inside_is_poorer", "join_parts", "leave_out", "propose_refined"]

NOTHING = -1e300
"""Log evidence of a row of which no cell is left."""


@kernel(fastmath=FUSED)
def propose_refined(
    bins, cells, model, one, steps, ready, n_draws, first, streams, at, index, out, row_work
):
    """Draw places and amplitudes in the bins and weight them by the exact likelihood.

    Parameters
    ----------
    bins, one : `bins.Bins` and `bins.OnePatient`
    steps, ready : as in `weights.path_steps`;  streams, at : random numbers and the place in them
    index, out : cells of the proposals, and `draws.Drawn`, filled from row ``first`` on

    Returns
    -------
    at : the place in the random numbers after the last one used
    """
    n, q = one.common.shape
    n_cells = cells.weight.shape[1]
    normal, uniform = streams.normal, streams.uniform
    chunk, chance = row_work.chunk, row_work.chance
    work, beta = new_place_work(n, q), np.empty(q + 2)
    place = uniform[at & MASK]
    at += 1
    b, reached, row_before, c = 0, bins.share[0], -1, 0
    j = wide = np.int64(0)
    for d in range(n_draws + 1):
        while b < bins.share.size - 1 and reached <= (d + place) / n_draws:
            b += 1
            reached += bins.share[b]
        row, shape = bins.cell[b] // n_cells, bins.cell[b] % n_cells
        if c > 0 and (row != row_before or c == CHUNK or d == n_draws):
            n_steps, share = path_steps(model, j, one.day, one.kind, steps, ready), model.share[j]
            log_weights(
                chunk, c, one.y, one.kind, row_work.site, row_work.gains, row_work.back, share,
                model.sd[j] * np.sqrt(share), model.table[j], steps[model.structure[j], :n_steps],
                model.chance[j], normal,
            )  # fmt: skip
            for k in range(c):
                out.log_weight[first + d - c + k] += chunk.total[k]
            c = 0
        if d == n_draws:
            break
        if row != row_before:
            j, wide = cells.noise[row], cells.wide[row]
            level = model.level[j]
            prepare_row(
                model, j, cells.weak, one.day, one.value[level], one.variance[level],
                one.log_scale[level], row_work.gains, row_work.back, row_work.site, chance,
            )  # fmt: skip
            enter_row(model, cells.weak, j, wide, one, work)
            row_before = row
        s, h = model.slow[shape], model.hump[shape]
        slow_place = bins.slow[b] + bins.slow_width[b] * (uniform[at & MASK] - 0.5)
        hump_place = bins.hump[b] + bins.hump_width[b] * (uniform[(at + 1) & MASK] - 0.5)
        slots = set_columns(model, shape, slow_place, hump_place, one, work.x)
        log_evidence = place_evidence(model, one, shape, wide, j, slots, work)
        wider = WIDE[wide] if d & (EVERY[wide] - 1) == EVERY[wide] - 1 else 1.0
        squares = 0.0
        for p in range(slots):
            z = wider * normal[(at + p) & MASK]
            squares += z * z
            beta[p] = work.lead[p] + z
        backward(work.a[:slots, :slots], beta[:slots])
        k = first + d
        index[k] = bins.cell[b]
        for p in range(q + 2 + BETWEEN):
            out.amplitude[k, p] = beta[p] if p < q else 0.0
        if s >= 0:
            out.amplitude[k, q], out.amplitude[k, q + 2] = beta[q], slow_place
        if h >= 0:
            out.amplitude[k, q + 1], out.amplitude[k, q + 3] = beta[slots - 1], hump_place
        for i in range(n):
            own = 0.0
            for p in range(slots):
                own += beta[p] * work.x[i, p]
            chunk.judged[i, c] = own
            chunk.exact[i, c] = out.levels[k, i] = min(max(own, 0.0), RANGE)
        out.noise[k] = j - model.structure[j] + pick_structure(chance, uniform[(at + 2) & MASK])
        stretch = 0.5 * (1.0 - WIDE[wide] ** -2.0)
        mixed = np.exp(min(stretch * squares, 600.0) - slots * np.log(WIDE[wide]))
        # density of the place within its bin
        density = bins.share[b] / (bins.slow_width[b] * bins.hump_width[b])
        mixture = np.log(1.0 + (mixed - 1.0) / EVERY[wide])
        out.log_weight[k] = log_evidence - np.log(density) - mixture
        chunk.begin[c] = at + slots
        at += slots + 1 + (n if model.share[j] > 0.0 else 0)
        c += 1
    return at


@kernel
def leave_out(cells, n_rows, inside):
    """Take the cells that are divided out of those that can be picked."""
    width = cells.weight.shape[1]
    for r in range(n_rows):
        for k in range(width):
            if inside[r * width + k]:
                cells.weight[r, k] = 0.0
        cells.total[r] = max(cells.top[r] + log_sum(cells.weight[r]), NOTHING)


@kernel
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


@kernel
def inside_is_poorer(weight, inside, size):
    """Whether weights within the bins have the larger sum of squares."""
    squares = 0.0
    for d in range(size):
        squares += weight[d] * weight[d] * (1.0 if inside[d] else -1.0)
    return squares >= 0.0
