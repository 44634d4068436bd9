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

from paintrend.core.algebra import cholesky, forward
from paintrend.core.compile import FUSED, kernel
from paintrend.core.curves import LINEAR
from paintrend.core.noise import site_gains
from paintrend.core.picks import DEFENSIVE, cell_shares
from paintrend.core.sites import LOG_2PI
from paintrend.core.walk import log_share

__all__ = [
    "Bins",
    "OnePatient",
    "divide_cells",
    "enter_row",
    "new_place_work",
    "place_evidence",
    "set_columns",
]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
MATTERS = 1.0 / 512.0
"""Cells that hold at least this share of what is proposed, or of the weights, are divided."""
ONE_WAY, TWO_WAY = 8, 4
"""Bins of place where a shape has one column, and along each of two."""


class Bins(NamedTuple):
    """Bins of the cells that are divided, in the order of rows, shapes and places.

    Attributes
    ----------
    cell : (B,) row * (S + W) + shape
    slow, hump : (B,) middle of the bin's places;  slow_width, hump_width : (B,) and their width
    share : (B,) of the proposals
    inside : (rows * (S + W),) whether a cell is divided
    """

    cell: Index
    slow: Array
    hump: Array
    slow_width: Array
    hump_width: Array
    share: Array
    inside: NDArray[np.bool_]


class OnePatient(NamedTuple):
    """What the kernels take of one patient: log shares of shapes, days, ratings and their kinds,
    columns at the days and their transposes, and the sites, as `cells.visit_cells` has them."""

    log_shape: Array
    day: Array
    y: Array
    kind: Index
    common: Array
    common_t: Array
    columns_t: Array
    wax: Array
    wax_t: Array
    covariance: NDArray[np.float32]
    value: Array
    variance: Array
    log_scale: Array


class PlaceWork(NamedTuple):
    """Work space: x and white (n, q + 2), y (n,) whitened, gains (n, 6), a (q + 2, q + 2), lead
    (q + 2,), base (1,) log evidence of a row but for what its shapes differ in."""

    x: Array
    white: Array
    y: Array
    gains: Array
    a: Array
    lead: Array
    base: Array


@kernel
def new_place_work(n, q):
    """Work space for n ratings and q common columns."""
    return PlaceWork(
        np.empty((n, q + 2)), np.empty((n, q + 2)), np.empty(n), np.empty((n, 6)),
        np.empty((q + 2, q + 2)), np.empty(q + 2), np.empty(1),
    )  # fmt: skip


@kernel(fastmath=FUSED)
def _whiten(x, k, variance, gains, share, out):
    """`noise.whiten` of the first k columns, from the variances of the sites."""
    for c in range(k):
        state = 0.0
        for i in range(x.shape[0]):
            own = x[i, c] / np.sqrt(variance[i])
            if share > 0.0:
                predicted = gains[i, 0] * state
                surprise = own - gains[i, 5] * predicted
                state = predicted + gains[i, 3] * surprise
                own = surprise / np.sqrt(gains[i, 2])
            out[i, c] = own


@kernel
def enter_row(model, weak, j, wide, one, work):
    """Whiten the sites of one noise setting, and sum up what all shapes share."""
    day, level = one.day, model.level[j]
    value, variance, log_scale = one.value[level], one.variance[level], one.log_scale[level]
    share = model.share[j]
    base = log_share(model, j, weak) + model.log_wide[wide]
    if share > 0.0:
        site_gains(model, j, day, variance, work.gains)
    _whiten(value, 1, variance, work.gains, share, work.y.reshape((-1, 1)))
    for i in range(day.shape[0]):
        base += log_scale[i] - 0.5 * (LOG_2PI + np.log(variance[i]) + work.y[i] * work.y[i])
        if share > 0.0:
            base -= 0.5 * np.log(work.gains[i, 2])
    work.base[0] = base


@kernel(fastmath=FUSED)
def set_columns(model, shape, slow_place, hump_place, one, x):
    """Fill x (n, q + 2) with the columns of a shape at a place; their number is returned."""
    common, columns = one.common_t, one.columns_t
    q, n = common.shape
    n_slow = model.slow_near.shape[0]
    s, h = model.slow[shape], model.hump[shape]
    for p in range(q):
        for i in range(n):
            x[i, p] = common[p, i]
    slots = q
    if s >= 0:
        if model.jump[s] >= 0.0:
            moved = model.jump[s] + slow_place * model.jump_gap
            for i in range(n):
                x[i, slots] = 1.0 if columns[LINEAR, i] >= moved else 0.0
        else:
            other = model.slow_near[s, 1 if slow_place > 0.0 else 0]
            for i in range(n):
                own = columns[s, i]
                x[i, slots] = own + abs(slow_place) * (columns[other, i] - own)
        slots += 1
    if h >= 0:
        other = n_slow + model.hump_near[h, 1 if hump_place > 0.0 else 0]
        for i in range(n):
            own = columns[n_slow + h, i]
            x[i, slots] = own + abs(hump_place) * (columns[other, i] - own)
        slots += 1
    return slots


@kernel(fastmath=FUSED)
def place_evidence(model, one, shape, wide, j, slots, work):
    """Log of prior share times evidence of the columns in ``work.x``; ``work.a`` and ``work.lead``
    are left with the factor of the posterior precision and the half-solved mean."""
    n = work.y.shape[0]
    family = 0
    while model.start[family + 1] <= shape:
        family += 1
    q = slots - (model.slow[shape] >= 0) - (model.hump[shape] >= 0)
    variance = one.variance[model.level[j]]
    _whiten(work.x, slots, variance, work.gains, model.share[j], work.white)
    a, lead = work.a[:slots, :slots], work.lead[:slots]
    for p in range(slots):
        # a hump without a slow change has the last slot
        own = p if p < q or model.slow[shape] >= 0 else p + 1
        total = model.linear[wide, family, own]
        for i in range(n):
            total += work.white[i, p] * work.y[i]
        lead[p] = total
        for r in range(p + 1):
            other = r if r < q or model.slow[shape] >= 0 else r + 1
            total = model.precision[wide, family, own, other]
            for i in range(n):
                total += work.white[i, p] * work.white[i, r]
            a[p, r] = total
    log_evidence = work.base[0] + one.log_shape[shape] + model.constant[wide, family]
    log_evidence -= 0.5 * cholesky(a)
    forward(a, lead)
    for p in range(slots):
        log_evidence += 0.5 * lead[p] * lead[p]
    return log_evidence


@kernel(inline=True, counted=False)
def _n_bins(model, shape):
    """Bins of place of a shape: of its slow change, and of its hump."""
    slow, hump = model.slow[shape] >= 0, model.hump[shape] >= 0
    each = TWO_WAY if slow and hump else ONE_WAY
    return (each if slow else 1), (each if hump else 1)


@kernel
def no_bins():
    """What stands for bins where no cell is divided."""
    nothing = np.empty(0)
    return Bins(
        np.empty(0, dtype=np.int64), nothing, nothing, nothing, nothing, nothing,
        np.empty(0, dtype=np.bool_),
    )  # fmt: skip


@kernel
def divide_cells(cells, n_rows, model, one, index, weight):
    """Choose the cells that matter and work out the evidence of their bins.

    Parameters
    ----------
    one : `OnePatient`
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
    n_bins = 0
    for k in range(score.size):
        shape = k % n_cells
        if shape < n_shapes and 0.5 * (score[k] + found[k] / total) >= MATTERS:
            inside[k] = True
            slow_bins, hump_bins = _n_bins(model, shape)
            n_bins += slow_bins * hump_bins
    out = Bins(
        np.empty(n_bins, dtype=np.int64), np.empty(n_bins), np.empty(n_bins), np.empty(n_bins),
        np.empty(n_bins), np.empty(n_bins), inside,
    )  # fmt: skip
    work = new_place_work(one.day.shape[0], one.common.shape[1])
    b, row_before, best = 0, -1, -1e300
    for k in range(score.size):
        if not inside[k]:
            continue
        row, shape = k // n_cells, k % n_cells
        j, wide = cells.noise[row], cells.wide[row]
        if row != row_before:
            enter_row(model, cells.weak, j, wide, one, work)
            row_before = row
        slow_bins, hump_bins = _n_bins(model, shape)
        for s in range(slow_bins):
            for h in range(hump_bins):
                out.cell[b] = k
                out.slow_width[b], out.hump_width[b] = 1.0 / slow_bins, 1.0 / hump_bins
                out.slow[b] = (s + 0.5) / slow_bins - 0.5
                out.hump[b] = (h + 0.5) / hump_bins - 0.5
                slots = set_columns(model, shape, out.slow[b], out.hump[b], one, work.x)
                log_evidence = place_evidence(model, one, shape, wide, j, slots, work)
                # that of the cell is spread over its bins
                out.share[b] = log_evidence - np.log(float(slow_bins * hump_bins))
                best = max(best, out.share[b])
                b += 1
    total = flat = 0.0
    for b in range(n_bins):
        out.share[b] = np.exp(max(out.share[b] - best, -600.0))
        total += out.share[b]
        flat += np.sqrt(out.share[b])
    for b in range(n_bins):
        x = out.share[b]
        out.share[b] = (1.0 - DEFENSIVE) * x / total + DEFENSIVE * np.sqrt(x) / flat
    return out
