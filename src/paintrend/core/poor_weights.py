"""More proposals for a patient whose weights are poor: in bins of place, and elsewhere."""

from __future__ import annotations

import numpy as np

from paintrend.core.algebra import backward
from paintrend.core.bins import divide_cells, enter_row, new_place_work, place_evidence, set_columns
from paintrend.core.cell_weights import log_sum
from paintrend.core.compile import FUSED, kernel
from paintrend.core.curves import BETWEEN
from paintrend.core.draws import EVERY, WIDE, propose_shapes
from paintrend.core.likelihood import RANGE
from paintrend.core.picks import pick_cells
from paintrend.core.streams import MASK
from paintrend.core.waves import propose_waves
from paintrend.core.weights import (
    CHUNK,
    effective_size,
    log_weights,
    path_steps,
    pick_structure,
    prepare_row,
)

__all__ = ["top_up"]

NOTHING = -1e300
"""Log evidence of a row of which no cell is left."""


@kernel
def _weigh(chunk, c, model, j, one, row_work, steps, ready, normal, out, first):
    """Add the exact likelihood over that of the sites to the weights of the c curves in a chunk."""
    n_steps = path_steps(model, j, one.day, one.kind, steps, ready)
    share = model.share[j]
    log_weights(
        chunk, c, one.y, one.kind, row_work.site, row_work.gains, row_work.back, share,
        model.sd[j] * np.sqrt(share), model.table[j], steps[model.structure[j], :n_steps],
        model.chance[j], normal,
    )  # fmt: skip
    for k in range(c):
        out.log_weight[first + k] += chunk.total[k]


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
    for d in range(n_draws):
        while b < bins.share.size - 1 and reached <= (d + place) / n_draws:
            b += 1
            reached += bins.share[b]
        row, shape = bins.cell[b] // n_cells, bins.cell[b] % n_cells
        if c > 0 and (row != row_before or c == CHUNK):
            _weigh(
                chunk, c, model, j, one, row_work, steps, ready, normal, out,
                first + d - c,
            )  # fmt: skip
            c = 0
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
    _weigh(
        chunk, c, model, j, one, row_work, steps, ready, normal, out,
        first + n_draws - c,
    )  # fmt: skip
    return at


@kernel
def _leave_out(cells, n_rows, inside):
    """Take the cells that are divided out of those that can be picked."""
    width = cells.weight.shape[1]
    for r in range(n_rows):
        for k in range(width):
            if inside[r * width + k]:
                cells.weight[r, k] = 0.0
        cells.total[r] = max(cells.top[r] + log_sum(cells.weight[r]), NOTHING)


@kernel
def top_up(
    cells, n_rows, model, one, steps, ready, picked, log_ratio, least, streams, at, size, index,
    weight, bits, out, row_work, shape_work, wave_work,
):  # fmt: skip
    """Propose anew until ``least`` are effective or there is no more room.

    Cells that matter are divided and left to proposals in their bins; all other cells are left to
    the usual ones, and are picked from apart. After one round of each, a round goes where the
    squares of the weights are larger. What was proposed before only says which cells matter: to
    go on with it as well would give cells that it missed no second chance.

    Parameters
    ----------
    one : `bins.OnePatient`;  steps, ready : as in `weights.path_steps`
    picked, log_ratio : (D,) work space of one round
    size : number of proposals so far;  index, weight, bits : (room,) their cells and weights, and
        work space
    out : `draws.Drawn`, filled anew such that the mean of all weights is the evidence

    Returns
    -------
    at, size, effective, top : the place in the random numbers, the number of proposals, of
        effective ones, and the largest log weight
    """
    n_round, room = picked.shape[0], index.shape[0]
    bins = divide_cells(cells, n_rows, model, one, index[:size], weight[:size])
    _leave_out(cells, n_rows, bins.inside)
    own, inside = np.empty(room), np.zeros(room, dtype=np.bool_)
    size, n_inside = np.int64(0), np.int64(0)
    divided = False
    effective, top = 0.0, 0.0
    while True:
        if divided:
            at = propose_refined(
                bins, cells, model, one, steps, ready, n_round, size, streams, at, index, out,
                row_work,
            )  # fmt: skip
            n_inside += n_round
        else:
            pick_cells(cells, n_rows, n_round, streams.uniform[at & MASK], picked, log_ratio)
            at = propose_shapes(
                cells, model, one.day, one.y, one.kind, one.common_t, one.columns_t, one.value,
                one.variance, one.log_scale, steps, ready, picked, log_ratio, size, streams, at + 1,
                out, row_work, shape_work,
            )  # fmt: skip
            at = propose_waves(
                cells, model, one.day, one.y, one.kind, one.common, one.wax, one.wax_t,
                one.covariance, one.value, one.variance, one.log_scale, steps, ready, picked,
                log_ratio, size, streams, at, out, row_work, wave_work,
            )  # fmt: skip
            for d in range(n_round):
                index[size + d] = picked[d]
        for d in range(size, size + n_round):
            own[d], inside[d] = out.log_weight[d], divided
        size += n_round
        if bins.share.size > 0 and n_inside == 0:
            divided = True
            continue
        # each of the two parts of the evidence is the mean of its own weights
        of_inside = np.log(size / max(n_inside, 1))
        of_outside = np.log(size / (size - n_inside))
        for d in range(size):
            out.log_weight[d] = own[d] + (of_inside if inside[d] else of_outside)
        effective, top = effective_size(out.log_weight[:size], weight[:size], bits)
        if effective >= least or size + n_round > room:
            break
        squares = 0.0
        for d in range(size):
            squares += weight[d] * weight[d] * (1.0 if inside[d] else -1.0)
        divided = bins.share.size > 0 and squares >= 0.0
    return at, size, effective, top
