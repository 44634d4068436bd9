"""Posterior draws of one patient: draw amplitudes of the picked cells, weight by the exact
likelihood.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.amplitudes import (
    EVERY,
    LOG_WIDE,
    STRETCH,
    WIDE,
    common_part,
    from_posterior,
    mix_widths,
    shape_part,
)
from paintrend.core.compile import FUSED, kernel
from paintrend.core.curves import BETWEEN, LINEAR
from paintrend.core.jumps import jump_place, log_jump_density
from paintrend.core.likelihood import RANGE
from paintrend.core.poor_weights import fill_places
from paintrend.core.sequence import DIMENSIONS, normal_at, uniform_at
from paintrend.core.weights import (
    CHUNK,
    log_weights,
    path_steps,
    pick_structure,
    prepare_row,
)

__all__ = ["Drawn", "ShapeWork", "new_shape_work", "propose_shapes"]

Array = NDArray[np.float64]

SLOW_PLACE, HUMP_PLACE, STRUCTURE, FIRST = 0, 1, 2, 3
"""Which coordinates of a point of the sequence are which: amplitudes come last."""
U = np.uint64
"""As in `evidence`: places that are sums are counted without a sign."""


class Drawn(NamedTuple):
    """Proposals of one patient.

    Attributes
    ----------
    noise : (D,) noise setting;  amplitude : (D, q + 4);  wave : (D, m + 1), of those that wax
    levels : (D, n) at the ratings, clipped to the scale;  log_weight : (D,)
    """

    noise: NDArray[np.int64]
    amplitude: Array
    wave: Array
    levels: Array
    log_weight: Array


@kernel(inline=True, fastmath=FUSED, counted=False, inner=True)
def _fill_chunk(
    grams, model, j, wide, row_begin, common, columns, jumps, index, log_ratio, pick, at_first,
    quantile, origin, at, share, chance, factor, lead, centre, beta, chunk, out,
):  # fmt: skip
    """Draw amplitudes for the picks from ``pick`` on that are shapes of one row of cells, as many
    as there is room for.

    Parameters
    ----------
    grams, j, wide : inner products, the row's noise setting and start
    row_begin : number of the row's first cell;  at_first : row of ``out`` of pick 0
    jumps : of `model.OnePatient`;  log_ratio : (D,), less the density of a jump's place
    quantile, origin : of `streams.Streams`, and where the sequence of proposals starts
    at : place in the random numbers, of which each path of the noise takes n
    factor, lead, centre, beta : work space
    chunk : `weights.Chunk`, filled but for its weights

    Returns
    -------
    pick, at : the first pick that is left, and the place in the random numbers
    """
    q, n = common.shape
    n_shapes, last = model.slow.shape[0], index.shape[0]
    n_slow, n_columns = model.slow_near.shape[0], columns.shape[0] - 1
    amplitude, levels, noise = out.amplitude, out.levels, out.noise
    judged, exact, begin, mixture = chunk.judged, chunk.exact, chunk.begin, chunk.mixture
    jump, jump_gap, slow_near, hump_near, start = (
        model.jump, model.jump_gap, model.slow_near, model.hump_near, model.start,
    )  # fmt: skip
    slow_of, hump_of, pair_row, precision, linear = (
        model.slow, model.hump, model.pair_row, model.precision, model.linear,
    )  # fmt: skip
    gram_common, gram_y, gram_cross, gram_own, gram_pull, gram_between = (
        grams.common, grams.common_y, grams.cross, grams.own, grams.pull, grams.between,
    )  # fmt: skip
    plain = j - model.structure[j]
    width, every = WIDE[wide], EVERY[wide]
    log_width, stretch = LOG_WIDE[wide], STRETCH[wide]
    before, shared, family, slots = -1, -1, 0, 0
    s = h = -1
    c = U(0)
    while pick < last and c < U(CHUNK):
        shape = index[pick] - row_begin
        if shape >= n_shapes:
            break
        d = at_first + pick
        if shape != before:
            s, h = slow_of[shape], hump_of[shape]
            while start[family + 1] <= shape:
                family += 1
            if family != shared:
                common_part(gram_common, gram_y, j, precision, linear, wide, family, factor, lead)
                shared = family
            slots = shape_part(
                gram_cross, gram_own, gram_pull, gram_between, j, precision, linear, wide, family,
                s, h, n_slow, pair_row, factor, lead, centre,
            )  # fmt: skip
            before = shape
        wider = width if pick & (every - 1) == every - 1 else 1.0
        squares = 0.0
        for p in range(slots):
            beta[p] = wider * normal_at(origin, quantile, FIRST + p, d)
            squares += beta[p] * beta[p]
        from_posterior(factor, centre, slots, beta)
        for p in range(q + 2 + BETWEEN):
            amplitude[d, p] = beta[p] if p < q else 0.0
        # the place between neighbours, of which the sites know nothing
        slow = hump = slow_place = hump_place = 0.0
        slow_row = hump_row = slow_other = hump_other = 0
        if s >= 0:
            slow, at_random, slow_row = beta[q], uniform_at(origin, SLOW_PLACE, d), s
            place = at_random - 0.5
            if jump[s] >= 0.0:
                slow_other, slow_place = n_columns, slow
                place = jump_place(jumps, s, at_random)
                log_ratio[pick] -= log_jump_density(jumps, s, place)
                moved = jump[s] + place * jump_gap
                for i in range(n):
                    columns[n_columns, i] = 1.0 if columns[LINEAR, i] >= moved else 0.0
            else:
                slow_other, slow_place = slow_near[s, 1 if place > 0.0 else 0], slow * abs(place)
            amplitude[d, q], amplitude[d, q + 2] = slow, place
        if h >= 0:
            hump, place = beta[slots - 1], uniform_at(origin, HUMP_PLACE, d) - 0.5
            amplitude[d, q + 1], amplitude[d, q + 3] = hump, place
            hump_row, hump_place = n_slow + h, hump * abs(place)
            hump_other = n_slow + hump_near[h, 1 if place > 0.0 else 0]
        start_level, trend = beta[0], beta[1]
        # one row is written at a time, from end to end: that becomes vector instructions
        for i in range(n):
            level = slow * columns[slow_row, i] + hump * columns[hump_row, i]
            # start and trend are always there, more only with sessions
            level += start_level * common[0, i]
            levels[d, i] = level + trend * common[1, i]
        for p in range(2, q):
            for i in range(n):
                levels[d, i] += beta[p] * common[p, i]
        for i in range(n):
            judged[i, c] = levels[d, i]
        for i in range(n):
            level = levels[d, i] + slow_place * (columns[slow_other, i] - columns[slow_row, i])
            level += hump_place * (columns[hump_other, i] - columns[hump_row, i])
            levels[d, i] = min(max(level, 0.0), RANGE)
        for i in range(n):
            exact[i, c] = levels[d, i]
        noise[d] = plain + pick_structure(chance, uniform_at(origin, STRUCTURE, d))
        mixture[c] = min(stretch * squares, 600.0) - slots * log_width
        begin[c] = at
        at += n if share > 0.0 else 0
        pick += 1
        c += U(1)
    mix_widths(mixture[:c], every, chunk.bits)
    return pick, at


class ShapeWork(NamedTuple):
    """Work space: factor (q + 2, q + 2), lead, centre and beta (q + 2,); and where the sequence of
    a patient's proposals starts, (`sequence.DIMENSIONS`,)."""

    factor: Array
    lead: Array
    centre: Array
    beta: Array
    start: NDArray[np.int64]


@kernel
def new_shape_work(q):
    """Work space for amplitudes with q common columns."""
    return ShapeWork(
        np.empty((q + 2, q + 2)), np.empty(q + 2), np.empty(q + 2), np.empty(q + 2),
        np.empty(DIMENSIONS, dtype=np.int64),
    )  # fmt: skip


@kernel(inline=True, counted=False, inner=True)
def propose_shapes(
    cells, model, one, bins, of_bin, divided, steps, ready, index, log_ratio, first, streams, at,
    out, row_work, work,
):  # fmt: skip
    """Draw amplitudes for the picked cells that are shapes and weight them by the exact
    likelihood.

    Parameters
    ----------
    one : `model.OnePatient`, of which the last row of ``columns_t`` is work space
    bins, of_bin, divided : `bins.Bins`, (D,) that of each pick, and whether they were picked
    steps, ready : as in `path_steps`
    index, log_ratio : (D,) from `pick_cells` or `pick_bins`;  others than shapes are left alone
    streams, at : random numbers and the place in them
    out : `Drawn`, filled from row ``first`` on
    row_work, work : `weights.RowWork`, `ShapeWork`

    Returns
    -------
    at : the place in the random numbers after the last one used
    """
    n_shapes, n_cells = model.slow.shape[0], cells.weight.shape[1]
    day, y, kind, value, variance, log_scale = (
        one.day, one.y, one.kind, one.value, one.variance, one.log_scale,
    )  # fmt: skip
    normal, weights, grams = streams.normal, out.log_weight, cells.grams
    site, back, gains, chance = row_work.site, row_work.back, row_work.gains, row_work.chance
    chunk = row_work.chunk
    pick = np.int64(0)
    while pick < index.shape[0]:
        row = index[pick] // n_cells
        if index[pick] - row * n_cells < n_shapes:
            j, wide = cells.noise[row], cells.wide[row]
            at_level, share = model.level[j], model.share[j]
            height = prepare_row(
                model, j, cells.weak, day, value[at_level], variance[at_level],
                log_scale[at_level], gains, back, site, chance,
            )  # fmt: skip
            n_steps = path_steps(model, j, day, kind, steps, ready)
            own_steps = steps[model.structure[j], :n_steps]
            begin = pick
            while True:
                if divided:
                    pick, at = fill_places(
                        bins, of_bin, model, one, cells.weak, j, wide, row * n_cells, index, pick,
                        first, streams, at, chance, work.beta, chunk, out,
                    )  # fmt: skip
                else:
                    pick, at = _fill_chunk(
                        grams, model, j, wide, row * n_cells, one.common_t, one.columns_t,
                        one.jumps, index, log_ratio, pick, first, streams.quantile, work.start,
                        at, share, chance, work.factor, work.lead, work.centre, work.beta, chunk,
                        out,
                    )  # fmt: skip
                if pick == begin:
                    break
                log_weights(
                    chunk, pick - begin, y, kind, site, height, gains, back, share,
                    model.sd[j] * np.sqrt(share), model.table[j], own_steps, model.chance[j],
                    normal,
                )  # fmt: skip
                for c in range(pick - begin):
                    d = begin + c
                    weights[first + d] = log_ratio[d] - chunk.mixture[c] + chunk.total[c]
                begin = pick
        while pick < index.shape[0] and index[pick] < (row + 1) * n_cells:
            pick += 1
    return at
