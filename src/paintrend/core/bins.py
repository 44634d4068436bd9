"""Cells divided into bins of place, for a patient whose weights are poor (`poor_weights`).

Evidence of a cell is that of a column of the dictionary. Where ratings are many or noise is small,
a curve between two columns can explain them far better than either: few of the usual proposals come
near it, and one of them has all the weight. So the cells that matter are divided into bins of
place, each with evidence of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.amplitudes import common_part, shape_part
from paintrend.core.compile import FUSED, kernel
from paintrend.core.curves import LINEAR
from paintrend.core.evidence import Gram, gram
from paintrend.core.jumps import jump_pieces
from paintrend.core.noise import site_gains, whiten
from paintrend.core.picks import DEFENSIVE, cell_shares
from paintrend.core.sites import log_height
from paintrend.core.transcendental import log_product
from paintrend.core.walk import log_share

__all__ = [
    "Bins",
    "divide_cells",
    "enter_row",
    "new_place_work",
    "no_bins",
    "place_evidence",
    "set_columns",
]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
MATTERS = 1.0 / 512.0
"""Cells that hold at least this share of what is proposed, or of the weights, are divided."""
FOUND = 0.5
"""Share of the proposals in bins that goes by the weights found in their cells."""
ONE_WAY, TWO_WAY = 8, 4
"""Bins of place where a shape has one column, and along each of two; a jump has its own."""


class PlaceWork(NamedTuple):
    """Work space for the columns of one shape at a place.

    Attributes
    ----------
    columns (n, 2), white : slow change and hump, and as whitened;  common (n, q), y (n, 1) whitened
    scale (n,), gains (n, 6), state : as `noise.whiten` takes them;  base : (1,) log evidence of a
        row but for what its shapes differ in
    gram : inner products, of one setting;  pairs (1, 3), pair_row (1,) : its one slow change and
        one hump, as in `model.Model`
    factor (q + 2, q + 2), lead, centre (q + 2,) : as in `amplitudes`
    """

    columns: Array
    white: Array
    common: Array
    y: Array
    scale: Array
    gains: Array
    state: Array
    base: Array
    gram: Gram
    pairs: Index
    pair_row: Index
    factor: Array
    lead: Array
    centre: Array


class Bins(NamedTuple):
    """Bins of the cells that are divided, in the order of rows, shapes and places.

    Attributes
    ----------
    cell : (B,) row * (S + W) + shape
    slow, hump : (B,) middle of the bin's places;  slow_width, hump_width : (B,) and their width
    share : (B,) of the proposals
    inside : (rows * (S + W),) whether a cell is divided
    work : `PlaceWork` for the patient's ratings
    """

    cell: Index
    slow: Array
    hump: Array
    slow_width: Array
    hump_width: Array
    share: Array
    inside: NDArray[np.bool_]
    work: PlaceWork


@kernel(inner=True)
def new_place_work(n, q):
    """Work space for n ratings and q common columns."""
    gram_of_two = Gram(
        np.empty((1, q, q)), np.empty((1, q)), np.empty((1, 1)), np.empty((1, q, 2)),
        np.empty((1, 2)), np.empty((1, 2)), np.empty((1, 1, 1)),
    )  # fmt: skip
    return PlaceWork(
        np.zeros((n, 2)), np.empty((n, 2)), np.empty((n, q)), np.empty((n, 1)), np.empty(n),
        np.empty((n, 6)), np.empty(q + 2), np.empty(1), gram_of_two, np.array([[0, 0, 1]]),
        np.array([0]), np.empty((q + 2, q + 2)), np.empty(q + 2), np.empty(q + 2),
    )  # fmt: skip


@kernel(counted=False, inner=True)
def enter_row(model, weak, j, wide, one, work):
    """Whiten the sites and common columns of one noise setting, and sum up what all shapes
    share."""
    day, level, share = one.day, model.level[j], model.share[j]
    variance, log_scale = one.variance[level], one.log_scale[level]
    base = log_share(model, j, weak) + model.log_wide[wide] + log_height(variance, log_scale)
    if share > 0.0:
        site_gains(model, j, day, variance, work.gains)
        base -= 0.5 * log_product(work.gains[:, 2])
    for i in range(day.shape[0]):
        work.scale[i] = 1.0 / np.sqrt(variance[i])
    work.base[0] = base
    whiten(one.common, work.scale, work.gains, share, work.state, work.common)
    whiten(one.value[level], work.scale, work.gains, share, work.state, work.y)


@kernel(fastmath=FUSED, counted=False, inner=True)
def set_columns(model, shape, slow_place, hump_place, one, out):
    """Fill ``out`` (n, 2) with the slow change and the hump of a shape at a place; a column that
    the shape has not is left as it is."""
    columns = one.columns_t
    n, n_slow = out.shape[0], model.slow_near.shape[0]
    s, h = model.slow[shape], model.hump[shape]
    if s >= 0 and model.jump[s] >= 0.0:
        moved = model.jump[s] + slow_place * model.jump_gap
        for i in range(n):
            out[i, 0] = 1.0 if columns[LINEAR, i] >= moved else 0.0
    elif s >= 0:
        other = model.slow_near[s, 1 if slow_place > 0.0 else 0]
        for i in range(n):
            out[i, 0] = columns[s, i] + abs(slow_place) * (columns[other, i] - columns[s, i])
    if h >= 0:
        own, other = n_slow + h, n_slow + model.hump_near[h, 1 if hump_place > 0.0 else 0]
        for i in range(n):
            out[i, 1] = columns[own, i] + abs(hump_place) * (columns[other, i] - columns[own, i])


@kernel(fastmath=FUSED, counted=False, inner=True)
def place_evidence(model, one, shape, wide, j, work):
    """Log of prior share times evidence of the columns in ``work.columns``, and the number of
    amplitudes; ``work.factor`` and ``work.centre`` are left with their posterior."""
    slow, hump = min(model.slow[shape], 0), min(model.hump[shape], 0)
    family = 0
    while model.start[family + 1] <= shape:
        family += 1
    whiten(work.columns, work.scale, work.gains, model.share[j], work.state, work.white)
    # plain numbers are types of their own, and would be compiled for
    first, n_slow = np.int64(0), np.int64(1)
    gram(first, work.common, work.white, work.y, work.pairs, n_slow, work.gram)
    of = work.gram
    common_part(
        of.common, of.common_y, first, model.precision, model.linear, wide, family, work.factor,
        work.lead,
    )  # fmt: skip
    slots = shape_part(
        of.cross, of.own, of.pull, of.between, first, model.precision, model.linear, wide, family,
        slow, hump, n_slow, work.pair_row, work.factor, work.lead, work.centre,
    )  # fmt: skip
    log_evidence = work.base[0] + one.log_shape[shape] + model.constant[wide, family]
    log_evidence -= 0.5 * of.y[0, 0]
    for p in range(slots):
        # the factor's diagonal is inverted
        log_evidence += np.log(work.factor[p, p]) + 0.5 * work.lead[p] * work.lead[p]
    return log_evidence, slots


@kernel(counted=False, inner=True)
def _bin_edges(model, shape, time, slow_edges, hump_edges):
    """Fill in where the bins of place of a shape's slow change and of its hump begin, and the last
    one ends; return their numbers. A jump has one for each pair of ratings that it can lie between:
    within one all its places are alike."""
    slow, hump = model.slow[shape], model.hump[shape]
    each = TWO_WAY if slow >= 0 and hump >= 0 else ONE_WAY
    slow_bins, hump_bins = (each if slow >= 0 else 1), (each if hump >= 0 else 1)
    for k in range(slow_bins + 1):
        slow_edges[k] = k / slow_bins - 0.5
    for k in range(hump_bins + 1):
        hump_edges[k] = k / hump_bins - 0.5
    pieces = jump_pieces(model, slow, time, slow_edges) if slow >= 0 else 0
    return (pieces if pieces > 0 else slow_bins), hump_bins


@kernel
def no_bins():
    """What stands for bins where no cell is divided."""
    # plain numbers are types of their own, and would be compiled for
    nothing, nobody = np.empty(0), np.int64(0)
    return Bins(
        np.empty(0, dtype=np.int64), nothing, nothing, nothing, nothing, nothing,
        np.empty(0, dtype=np.bool_), new_place_work(nobody, nobody),
    )  # fmt: skip


@kernel(inner=True)
def divide_cells(cells, n_rows, model, one, before, index, weight):
    """Choose the cells that matter and work out the evidence of their bins.

    Parameters
    ----------
    one : `model.OnePatient`
    before : `Bins` of cells that were divided already, and are again
    index, weight : (D,) cells of the proposals so far, and their weights
    """
    n_cells, n_shapes = cells.weight.shape[1], model.slow.shape[0]
    score = np.empty(n_rows * n_cells)
    cell_shares(cells, n_rows, score)
    found = np.zeros(score.size)
    total = 0.0
    for d in range(index.shape[0]):
        found[index[d]] += weight[d]
        total += weight[d]
    inside = np.zeros(score.size, dtype=np.bool_)
    time = one.columns_t[LINEAR]
    slow_edges, hump_edges = np.empty(max(time.size + 2, ONE_WAY + 1)), np.empty(ONE_WAY + 1)
    n_bins = 0
    for k in range(score.size):
        shape = k % n_cells
        again = before.inside.size > 0 and before.inside[k]
        if shape < n_shapes and (again or 0.5 * (score[k] + found[k] / total) >= MATTERS):
            inside[k] = True
            slow_bins, hump_bins = _bin_edges(model, shape, time, slow_edges, hump_edges)
            n_bins += slow_bins * hump_bins
    work = new_place_work(one.day.shape[0], one.common.shape[1])
    out = Bins(
        np.empty(n_bins, dtype=np.int64), np.empty(n_bins), np.empty(n_bins), np.empty(n_bins),
        np.empty(n_bins), np.empty(n_bins), inside, work,
    )  # fmt: skip
    b, row_before, best = 0, -1, -1e300
    for k in range(score.size):
        if not inside[k]:
            continue
        row, shape = k // n_cells, k % n_cells
        j, wide = cells.noise[row], cells.wide[row]
        if row != row_before:
            enter_row(model, cells.weak, j, wide, one, work)
            row_before = row
        slow_bins, hump_bins = _bin_edges(model, shape, time, slow_edges, hump_edges)
        for s in range(slow_bins):
            for h in range(hump_bins):
                out.cell[b] = k
                out.slow_width[b] = slow_edges[s + 1] - slow_edges[s]
                out.hump_width[b] = hump_edges[h + 1] - hump_edges[h]
                out.slow[b] = 0.5 * (slow_edges[s] + slow_edges[s + 1])
                out.hump[b] = 0.5 * (hump_edges[h] + hump_edges[h + 1])
                set_columns(model, shape, out.slow[b], out.hump[b], one, work.columns)
                log_evidence, _ = place_evidence(model, one, shape, wide, j, work)
                # that of the cell is spread over its bins
                out.share[b] = log_evidence + np.log(out.slow_width[b] * out.hump_width[b])
                best = max(best, out.share[b])
                b += 1
    of_cell = np.zeros(score.size)
    total = flat = 0.0
    for b in range(n_bins):
        out.share[b] = np.exp(max(out.share[b] - best, -600.0))
        total += out.share[b]
        flat += np.sqrt(out.share[b])
        of_cell[out.cell[b]] += out.share[b]
    weighed = 0.0
    for k in range(score.size):
        weighed += found[k] if inside[k] else 0.0
    by_found = FOUND if weighed > 0.0 else 0.0
    for b in range(n_bins):
        x, k = out.share[b], out.cell[b]
        by_sites = (1.0 - DEFENSIVE) * x / total + DEFENSIVE * np.sqrt(x) / flat
        # sites undervalue some cells by much: what was found in them counts as well
        seen = found[k] / max(weighed, 1e-300) * x / of_cell[k]
        out.share[b] = (1.0 - by_found) * by_sites + by_found * seen
    return out
