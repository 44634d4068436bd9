"""Evidence of every (start, noise setting, shape) that matters for one patient.

Noise sizes are visited from a likely one outwards, for each structure and share of heaped ratings
(`walk.next_size`), until what would follow holds less than ``exp(-CUT)`` of the best; structures
that the gaps between a patient's ratings cannot tell from independent noise share its rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.cell_weights import log_sum, relative_weights
from paintrend.core.compile import kernel
from paintrend.core.evidence import (
    EvidenceWork,
    Gram,
    gram,
    new_evidence_work,
    new_gram,
    shape_evidence,
)
from paintrend.core.likelihood import INSIDE
from paintrend.core.model import Model
from paintrend.core.noise import site_gains, whiten
from paintrend.core.picks import BLOCK
from paintrend.core.sites import SiteWork, expectation_sites, log_height, new_site_work
from paintrend.core.transcendental import log_product
from paintrend.core.walk import (
    find_origin,
    find_weak,
    guess_sites,
    log_share,
    next_size,
    starts_unusually,
    wide_is_worth_it,
)
from paintrend.core.waxing import (
    LANES,
    WaxWork,
    level_covariance,
    new_wax_work,
    wax_by_coefficient,
    wax_by_rating,
)

__all__ = [
    "Cells",
    "VisitWork",
    "new_cells",
    "new_covariance",
    "new_visit_work",
    "visit_cells",
]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
FEWEST = 0.5
"""Heaping is looked at where at least this share of ratings, and for nearly complete heaping
`MOST`, lie on the ends or the middle of the scale: below, it explains nothing."""
MOST = 0.7


class Cells(NamedTuple):
    """What was worked out for one patient: rows are (start, noise setting) pairs in the order of
    their visits, ``2 J`` at most.

    Attributes
    ----------
    grams : by noise setting
    weight, root : (2 J, S + W) evidence of each cell over ``exp(top)`` of its row, and its root, in
        single precision: they are most of the memory that a patient goes through
    top : (2 J,);  total : (2 J,) log evidence of the row
    noise, wide : (2 J,) which setting and which start a row is
    done : (levels,) whether the sites of a level are there
    weak : (structures,) whether rows of independent noise stand for this structure too
    value, rest : (S + W,) work space;  work : for the evidence of shapes
    factor : (2 J,), own : (S + W or a little more,) work space of `picks`
    """

    grams: Gram
    weight: NDArray[np.float32]
    root: NDArray[np.float32]
    top: Array
    total: Array
    noise: Index
    wide: Index
    done: NDArray[np.bool_]
    weak: NDArray[np.bool_]
    value: Array
    rest: Array
    work: EvidenceWork
    factor: Array
    own: Array


def new_cells(model: Model, q: int) -> Cells:
    """Work space, to be used for one patient after the other."""
    n_noise, n_levels = model.sd.size, model.level_table.shape[0]
    n_cells = model.slow.size + model.wax_basis.size
    return Cells(
        new_gram(
            n_noise, q, model.slow_near.shape[0], model.hump_near.shape[0], model.pairs.shape[0]
        ),
        np.empty((2 * n_noise, n_cells), dtype=np.float32),
        np.empty((2 * n_noise, n_cells), dtype=np.float32), np.empty(2 * n_noise),
        np.empty(2 * n_noise), np.empty(2 * n_noise, dtype=np.int64),
        np.empty(2 * n_noise, dtype=np.int64), np.empty(n_levels, dtype=np.bool_),
        np.empty(n_noise // n_levels, dtype=np.bool_), np.empty(n_cells), np.empty(n_cells),
        new_evidence_work(q, model.slow_near.shape[0], model.hump_near.shape[0]),
        np.empty(2 * n_noise), np.empty(-(-n_cells // BLOCK) * BLOCK),
    )  # fmt: skip


@kernel(counted=False, inner=True)
def _n_coefficients(model, wax):
    """Coefficients of a waxing curve, of wax (n, n_bases * m + 1)."""
    last = np.int64(0)
    for basis in model.wax_basis:
        last = max(last, basis)
    return (wax.shape[1] - 1) // (1 + last)


@kernel
def new_covariance(model, common, wax):
    """Room for `level_covariance` of both starts, empty where evidence is not taken by rating."""
    n, q = common.shape
    by_rating = n <= q + _n_coefficients(model, wax) + 1
    width = -(-model.wax_basis.shape[0] // LANES) * LANES
    return np.empty((2, n * (n + 1) // 2 if by_rating else 0, width), dtype=np.float32)


class VisitWork(NamedTuple):
    """Work space: whitened common (n, q), columns (n, n_slow + n_hump), wax (n, n_bases * m + 1)
    and y (n, 1); scale (n,), gains (n, 6), state (k,); known and found (sizes,); that of
    `expectation_sites` and of `wax_by_rating`."""

    common: Array
    columns: Array
    wax: Array
    y: Array
    scale: Array
    gains: Array
    state: Array
    known: Array
    found: Array
    sites: SiteWork
    waxing: WaxWork


@kernel
def new_visit_work(n, q, n_columns, n_wax, n_sizes, n_overall, covariance):
    """Work space for a patient with n ratings; ``covariance`` from `new_covariance`."""
    n_here = n if covariance.shape[1] > 0 else 0
    return VisitWork(
        np.empty((n, q)),
        np.empty((n, n_columns)),
        np.empty((n - n_here, n_wax)),
        np.empty((n, 1)),
        np.empty(n),
        np.empty((n, 6)),
        np.empty(max(q, n_columns, n_wax, 1)),
        np.empty(n_sizes),
        np.empty(n_sizes),
        new_site_work(n, n_overall),
        new_wax_work(n_here, covariance.shape[2]),
    )


@kernel(inline=True, counted=False)
def visit_cells(
    cells, model, log_shape, day, y, kind, common, columns, wax, wax_t, covariance, filled,
    overall, overall_mean, value, variance, log_scale, work,
):  # fmt: skip
    """Work out the evidence of the cells that matter.

    Parameters
    ----------
    cells : `Cells`, filled
    common (n, q), columns (n, n_slow + n_hump), wax (n, n_bases * m + 1) : at the patient's days;
        wax_t : its transpose
    covariance, filled : from `new_covariance`, and (2,) whether that of a start is there; filled
        where needed
    value (levels, n, 1), variance, log_scale (levels, n) : sites, filled where visited
    work : `VisitWork`

    Returns
    -------
    number of rows of ``cells`` in use
    """
    n = common.shape[0]
    n_structures = cells.weak.shape[0]
    n_sizes = model.n_sizes
    n_heaps = model.level_table.shape[0] // n_sizes
    n_slow = model.slow_near.shape[0]
    m = _n_coefficients(model, wax)
    by_rating = covariance.shape[1] > 0
    w_common, w_columns, w_wax, w_y = work.common, work.columns, work.wax, work.y
    scale, gains, state = work.scale, work.gains, work.state
    known, found = work.known, work.found
    n_starts = 2 if starts_unusually(model, day, y) else 1
    for wide in range(n_starts if by_rating else 0):
        if not filled[wide]:
            level_covariance(common, wax_t, m, model, wide, covariance[wide])
            filled[wide] = True
    find_weak(model, day, cells.weak)
    cells.done[:] = False
    cells.rest[model.slow.shape[0] :] = 1.0
    ratio = model.sd[n_structures] / model.sd[0]
    on_heaps = 0
    for i in range(n):
        on_heaps += kind[i] != INSIDE
    best, gain = -1e300, 1e300
    known[:] = -1e300
    n_rows = 0
    for heaped in range(n_heaps):
        first_level = heaped * n_sizes
        heap = model.heap[first_level * n_structures]
        if heap > 0.0 and on_heaps < n * (FEWEST if heap < MOST else MOST):
            continue
        for structure in range(n_structures):
            if cells.weak[structure]:
                continue
            origin = find_origin(known, model.log_noise, first_level, structure, n_structures)
            if structure == 0:
                # what was known of those who heap less says where to begin, and no more
                known[:] = -1e300
            found[:] = -1e300
            while True:
                size = next_size(
                    found, known, model.log_noise, first_level, origin, structure, n_structures,
                    best,
                )  # fmt: skip
                if size < 0:
                    break
                level = first_level + size
                j = level * n_structures + structure
                if not cells.done[level]:
                    warm = guess_sites(
                        level, size > 0 and cells.done[level - 1],
                        size < n_sizes - 1 and cells.done[level + 1], ratio, value, variance,
                    )  # fmt: skip
                    expectation_sites(
                        y, kind, overall, overall_mean, model.sd[j], model.step, heap,
                        model.site_table[level], value[level], variance[level],
                        log_scale[level], warm, work.sites,
                    )  # fmt: skip
                    cells.done[level] = True
                share = model.share[j]
                plain = log_share(model, j, cells.weak)
                plain += log_height(variance[level], log_scale[level])
                for i in range(n):
                    scale[i] = 1.0 / np.sqrt(variance[level, i])
                base = plain
                if share > 0.0:
                    site_gains(model, j, day, variance[level], gains)
                    base -= 0.5 * log_product(gains[:, 2])
                whiten(common, scale, gains, share, state, w_common)
                whiten(columns, scale, gains, share, state, w_columns)
                whiten(value[level], scale, gains, share, state, w_y)
                if not by_rating:
                    whiten(wax, scale, gains, share, state, w_wax)
                gram(j, w_common, w_columns, w_y, model.pairs, n_slow, cells.grams)
                here = -1e300
                for wide in range(n_starts):
                    if wide == 1 and not wide_is_worth_it(here, gain, best):
                        continue
                    of_start = model.log_wide[wide]
                    shape_evidence(
                        cells.grams, j, model, wide, log_shape, base + of_start,
                        cells.value, cells.rest, cells.work,
                    )  # fmt: skip
                    if by_rating:
                        wax_by_rating(
                            common, value[level, :, 0], scale, gains, share,
                            covariance[wide], model, log_shape, plain + of_start, cells.value,
                            work.waxing,
                        )  # fmt: skip
                    else:
                        wax_by_coefficient(
                            w_common, w_wax, m, w_y, model, wide, log_shape, base + of_start,
                            cells.value,
                        )  # fmt: skip
                    cells.noise[n_rows], cells.wide[n_rows] = j, wide
                    top = relative_weights(cells.value, cells.rest, cells.weight[n_rows])
                    cells.top[n_rows] = top
                    cells.total[n_rows] = top + log_sum(cells.weight[n_rows])
                    gain = cells.total[n_rows] - here if wide == 1 else gain
                    here = max(here, cells.total[n_rows])
                    best = max(best, here)
                    n_rows += 1
                found[size] = here - model.log_noise[j]
                if structure == 0:
                    known[size] = found[size]
    return n_rows
