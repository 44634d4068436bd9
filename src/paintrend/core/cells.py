"""Evidence of every (start, noise setting, shape) that matters for one patient.

Noise settings are visited from a middling size outwards, for each structure and share of heaped
ratings, until a setting holds less than ``exp(-CUT)`` of the best; structures that the gaps between
a patient's ratings cannot tell from independent noise share its rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.evidence import (
    Gram,
    gram,
    log_sum,
    new_gram,
    relative_weights,
    shape_evidence,
)
from paintrend.core.likelihood import INSIDE
from paintrend.core.model import Model
from paintrend.core.noise import site_gains, whiten
from paintrend.core.sites import LOG_2PI, expectation_sites
from paintrend.core.waxing import level_covariance, wax_by_coefficient, wax_by_rating

__all__ = ["Cells", "new_cells", "visit_cells"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
FEWEST = 0.5
"""Heaping is looked at where at least this share of ratings, and for nearly complete heaping
`MOST`, lie on the ends or the middle of the scale: below, it explains nothing."""
MOST = 0.7
UNUSUAL = 1.75
"""The wide start is looked at where first ratings lie this many sd of the start away."""
CUT = 6.0
"""A walk over noise sizes ends where log evidence, with the largest share of the sizes that would
follow, is this far below the best."""
FORGONE = 50.0
"""A size whose log share in the population is this far below the largest is nobody's."""
WEAK = 0.1
"""Noise whose neighbouring ratings correlate by less than this is taken as independent."""


class Cells(NamedTuple):
    """What was worked out for one patient: rows are (start, noise setting) pairs in the order of
    their visits, ``2 J`` at most.

    Attributes
    ----------
    grams : by noise setting
    weight, root : (2 J, S + W) evidence of each cell over ``exp(top)`` of its row, and its root
    top : (2 J,);  total : (2 J,) log evidence of the row
    noise, wide : (2 J,) which setting and which start a row is
    done : (levels,) whether the sites of a level are there
    weak : (structures,) whether rows of independent noise stand for this structure too
    value, det : (S + W,) work space
    """

    grams: Gram
    weight: Array
    root: Array
    top: Array
    total: Array
    noise: Index
    wide: Index
    done: NDArray[np.bool_]
    weak: NDArray[np.bool_]
    value: Array
    det: Array


def new_cells(model: Model, q: int) -> Cells:
    """Work space, to be used for one patient after the other."""
    n_noise, n_levels = model.sd.size, model.level_table.shape[0]
    n_cells = model.slow.size + model.wax_basis.size
    return Cells(
        new_gram(
            n_noise, q, model.slow_near.shape[0], model.hump_near.shape[0], model.pair_slow.size
        ),
        np.empty((2 * n_noise, n_cells)),
        np.empty((2 * n_noise, n_cells)),
        np.empty(2 * n_noise),
        np.empty(2 * n_noise),
        np.empty(2 * n_noise, dtype=np.int64),
        np.empty(2 * n_noise, dtype=np.int64),
        np.empty(n_levels, dtype=np.bool_),
        np.empty(n_noise // n_levels, dtype=np.bool_),
        np.empty(n_cells),
        np.empty(n_cells),
    )


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
def _find_weak(model, day, weak):
    """Fill ``weak`` (structures,)."""
    n = day.shape[0]
    closest = 1e300
    for i in range(1, n):
        closest = min(closest, day[i] - day[i - 1])
    for structure in range(weak.shape[0]):
        correlation = model.share[structure] * np.exp(-closest / model.tau[structure])
        weak[structure] = structure > 0 and correlation < WEAK


@kernel
def _guess_sites(level, from_below, from_above, ratio, value, variance):
    """First guess of the sites of a level from those of a neighbour; whether there is one."""
    if not from_below and not from_above:
        return False
    other = level - 1 if from_below else level + 1
    factor = ratio * ratio if from_below else 1.0 / (ratio * ratio)
    for i in range(variance.shape[1]):
        value[level, i, 0] = value[other, i, 0]
        variance[level, i] = factor * variance[other, i]
    return True


@kernel
def _origin(known, log_noise, first_level, structure, n_structures):
    """Size at which a walk begins: the most probable by its share in the population and, where
    worked out for independent noise already, by the evidence for it."""
    likeliest = best = 0
    share, highest = -1e300, -1e300
    for size in range(known.shape[0]):
        own = log_noise[(first_level + size) * n_structures + structure]
        if own > share:
            share, likeliest = own, size
        if known[size] > -1e300 and known[size] + own > highest:
            highest, best = known[size] + own, size
    own = log_noise[(first_level + best) * n_structures + structure]
    return best if highest > -1e300 and own > share - FORGONE else likeliest


@kernel
def _share_ahead(log_noise, first_level, size, step, structure, n_structures, n_sizes):
    """Largest log share in the population of the sizes that a walk has not come to."""
    largest = -1e300
    size += step
    while 0 <= size < n_sizes:
        largest = max(largest, log_noise[(first_level + size) * n_structures + structure])
        size += step
    return largest


@kernel
def visit_cells(
    cells, model, log_shape, day, y, kind, common, columns, wax, wax_t, overall, overall_mean,
    value, variance, log_scale,
):  # fmt: skip
    """Work out the evidence of the cells that matter.

    Parameters
    ----------
    cells : `Cells`, filled
    common (n, q), columns (n, n_slow + n_hump), wax (n, n_bases * m + 1) : at the patient's days;
        wax_t : its transpose
    value (levels, n, 1), variance, log_scale (levels, n) : sites, filled where visited

    Returns
    -------
    n_rows : number of rows of ``cells`` in use
    covariance : (2, n (n + 1) / 2, W) from `level_covariance`, empty where not needed
    """
    n, q = common.shape
    n_structures = cells.weak.shape[0]
    n_sizes = model.n_sizes
    n_heaps = model.level_table.shape[0] // n_sizes
    n_slow = model.slow_near.shape[0]
    m = (wax.shape[1] - 1) // (1 + model.wax_basis.max())
    by_rating = n <= q + m + 1
    w_common, w_columns, w_y = np.empty((n, q)), np.empty(columns.shape), np.empty((n, 1))
    w_wax = np.empty((0, 0)) if by_rating else np.empty(wax.shape)
    scale, gains, known = np.empty(n), np.empty((n, 6)), np.empty(n_sizes)
    seen = np.empty(n_sizes, dtype=np.bool_)
    n_starts = 2 if _starts_unusually(model, day, y) else 1
    covariance = np.empty((2, n * (n + 1) // 2 if by_rating else 0, model.wax_basis.shape[0]))
    if by_rating:
        for wide in range(n_starts):
            covariance[wide] = level_covariance(common, wax_t, m, model, wide)
    _find_weak(model, day, cells.weak)
    cells.done[:] = False
    cells.det[model.slow.shape[0] :] = 1.0
    ratio = model.sd[n_structures] / model.sd[0]
    on_heaps = 0
    for i in range(n):
        on_heaps += kind[i] != INSIDE
    best = -1e300
    n_rows = 0
    for heaped in range(n_heaps):
        heap = model.heap[heaped * n_sizes * n_structures]
        if heap > 0.0 and on_heaps < n * (FEWEST if heap < MOST else MOST):
            continue
        known[:] = -1e300
        for structure in range(n_structures):
            if cells.weak[structure]:
                continue
            origin = _origin(known, model.log_noise, heaped * n_sizes, structure, n_structures)
            seen[:] = False
            # down from there, up from there, and what independent noise gives reason to look at
            for turn in range(3):
                step = -1 if turn == 0 else 1
                size = (origin, origin + 1, 0)[turn] - step
                while 0 <= size + step < n_sizes:
                    size += step
                    level = heaped * n_sizes + size
                    j = level * n_structures + structure
                    if turn == 2 and (seen[size] or known[size] + model.log_noise[j] < best - CUT):
                        continue
                    seen[size] = True
                    if not cells.done[level]:
                        warm = _guess_sites(
                            level, size > 0 and cells.done[level - 1],
                            size < n_sizes - 1 and cells.done[level + 1], ratio, value, variance,
                        )  # fmt: skip
                        expectation_sites(
                            y, kind, overall, overall_mean, model.sd[j], model.step, heap,
                            model.site_table[level], value[level], variance[level],
                            log_scale[level], warm,
                        )  # fmt: skip
                        cells.done[level] = True
                    share = model.share[j]
                    plain = model.log_noise[j]
                    if structure == 0:
                        together = 1.0
                        for other in range(1, n_structures):
                            if cells.weak[other]:
                                together += np.exp(model.log_noise[j + other] - plain)
                        plain += np.log(together)
                    for i in range(n):
                        scale[i] = 1.0 / np.sqrt(variance[level, i])
                        plain += log_scale[level, i] - 0.5 * (LOG_2PI + np.log(variance[level, i]))
                    base = plain
                    if share > 0.0:
                        site_gains(model, j, day, variance[level], gains)
                        for i in range(n):
                            base -= 0.5 * np.log(gains[i, 2])
                    whiten(common, scale, gains, share, w_common)
                    whiten(columns, scale, gains, share, w_columns)
                    whiten(value[level], scale, gains, share, w_y)
                    if not by_rating:
                        whiten(wax, scale, gains, share, w_wax)
                    gram(j, w_common, w_columns, w_y, model.pair_slow, n_slow, cells.grams)
                    here = -1e300
                    for wide in range(n_starts):
                        of_start = model.log_wide[wide]
                        shape_evidence(
                            cells.grams, j, model, wide, log_shape, base + of_start,
                            cells.value, cells.det,
                        )  # fmt: skip
                        if by_rating:
                            wax_by_rating(
                                common, value[level, :, 0], scale, gains, share,
                                covariance[wide], model, log_shape, plain + of_start, cells.value,
                            )  # fmt: skip
                        else:
                            wax_by_coefficient(
                                w_common, w_wax, m, w_y, model, wide, log_shape, base + of_start,
                                cells.value,
                            )  # fmt: skip
                        cells.noise[n_rows], cells.wide[n_rows] = j, wide
                        top = relative_weights(cells.value, cells.det, cells.weight[n_rows])
                        cells.top[n_rows] = top
                        cells.total[n_rows] = top + log_sum(cells.weight[n_rows])
                        here = max(here, cells.total[n_rows])
                        n_rows += 1
                    best = max(best, here)
                    if structure == 0:
                        known[size] = here - model.log_noise[j]
                    # a size that few have must not end the walk to sizes that many have
                    further = _share_ahead(
                        model.log_noise, heaped * n_sizes, size, step, structure, n_structures,
                        n_sizes,
                    )  # fmt: skip
                    if turn < 2 and here + further - model.log_noise[j] < best - CUT:
                        break
    return n_rows, covariance
