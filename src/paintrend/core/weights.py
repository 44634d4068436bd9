"""Weights of proposed curves: exact likelihood over that of the sites.

Where noise hangs together from day to day, its path is drawn along with the curve, from its
Gaussian posterior given the sites: the exact likelihood is then a product over ratings, and the
weights correct for the draw. With ratings at an end of the scale, or heaped, sites are a poor guide
to the path, and it is summed out instead.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import FUSED, kernel
from paintrend.core.likelihood import CEILING, FLOOR, INSIDE, look_up
from paintrend.core.noise import site_gains, smoother_gains
from paintrend.core.process import add_process_log_likelihood, process_steps
from paintrend.core.sites import log_height
from paintrend.core.streams import MASK
from paintrend.core.transcendental import exponentials

__all__ = [
    "CHUNK",
    "Chunk",
    "RowWork",
    "effective_size",
    "log_weights",
    "new_chunk",
    "new_row_work",
    "path_steps",
    "pick_structure",
    "prepare_row",
]

A_FEW = 0.34
"""Share of ratings at an end of the scale, or heaped, above which the path is summed out."""
CHUNK = 64
"""Curves weighted at a time: loops run over them, so that no step waits for the one before."""
U = np.uint64
"""As in `evidence`: places that are sums are counted without a sign."""


class Chunk(NamedTuple):
    """Proposed curves of one row of cells, and work space; C is `CHUNK`.

    Attributes
    ----------
    judged, exact : (n, C) level that the sites judge, and the level clipped to the scale
    state, noise : (n, C), before : (C,) work space
    total : (C,) log weights
    begin : (C,) place in the table of normals where those of a curve's path begin
    mixture, bits : (C,), (2, C) work space of those who propose
    """

    judged: NDArray[np.float64]
    exact: NDArray[np.float64]
    state: NDArray[np.float64]
    noise: NDArray[np.float64]
    before: NDArray[np.float64]
    total: NDArray[np.float64]
    begin: NDArray[np.int64]
    mixture: NDArray[np.float64]
    bits: NDArray[np.int64]


@kernel(inline=True, counted=False, inner=True)
def prepare_row(model, j, weak, day, value, variance, log_scale, gains, back, site, chance):
    """What the weights of the draws of one row of cells need.

    Parameters
    ----------
    j : noise setting of the row;  weak : (structures,) those that independent noise stands for
    value (n, 1), variance, log_scale (n,) : sites
    gains (n, 6), back (n, 2) : filled, see `noise`
    site : (n, 3) filled with centre of each site, inverse of its sd, and its variance without what
        hangs together
    chance : (structures,) filled with the cumulative share of each structure

    Returns
    -------
    log of the height of all sites together
    """
    own, share = model.structure[j], model.share[j]
    if share > 0.0:
        site_gains(model, j, day, variance, gains)
        smoother_gains(gains, back)
    for i in range(variance.shape[0]):
        site[i, 0] = value[i, 0]
        site[i, 1] = 1.0 / np.sqrt(variance[i])
        rest = 1.0 if share == 0.0 else 1.0 - gains[i, 5] * gains[i, 5]
        site[i, 2] = variance[i] * rest
    total = 0.0
    for s in range(weak.shape[0]):
        if s == own or (own == 0 and weak[s]):
            total += np.exp(model.log_noise[j - own + s])
        chance[s] = total
    for s in range(weak.shape[0]):
        chance[s] /= total
    return log_height(site[:, 2], log_scale)


@kernel(inline=True, counted=False, inner=True)
def pick_structure(chance, uniform):
    """The structure of one draw."""
    s = 0
    while uniform >= chance[s] and s < chance.shape[0] - 1:
        s += 1
    return s


@kernel(inline=True, counted=False, inner=True)
def _needs_sum(model, j, kind):
    """Whether the path of the noise is to be summed out: sites of ratings at an end of the scale,
    and of heaped ones, are a poor guide to it, and more than a few make the weights uneven."""
    if model.share[j] == 0.0:
        return False
    n_poor = 0
    for k in kind:
        n_poor += k in (FLOOR, CEILING) or (k != INSIDE and model.heap[j] > 0.0)
    return n_poor > A_FEW * kind.shape[0]


@kernel(inline=True, counted=False, inner=True)
def path_steps(model, j, day, kind, steps, ready):
    """How many steps of the path of the noise are to be summed out: all n, or none.

    Parameters
    ----------
    steps, ready : (structures, n, K, K), and (structures,) whether they are there for these days;
        filled where needed
    """
    own = model.structure[j]
    if not _needs_sum(model, j, kind):
        return 0
    if not ready[own]:
        process_steps(day, model.tau[j], steps[own])
        ready[own] = True
    return day.shape[0]


class RowWork(NamedTuple):
    """Work space for one row of cells: what `prepare_row` fills, and a `Chunk` of its curves."""

    site: NDArray[np.float64]
    back: NDArray[np.float64]
    gains: NDArray[np.float64]
    chance: NDArray[np.float64]
    chunk: Chunk


@kernel
def new_row_work(n, n_structures):
    """Work space for rows of a patient with n ratings."""
    return RowWork(
        np.empty((n, 3)), np.empty((n, 2)), np.empty((n, 6)), np.empty(n_structures), new_chunk(n)
    )


@kernel
def new_chunk(n):
    """Work space for the weights of up to `CHUNK` curves at n ratings."""
    return Chunk(
        np.empty((n, CHUNK)),
        np.empty((n, CHUNK)),
        np.empty((n, CHUNK)),
        np.empty((n, CHUNK)),
        np.empty(CHUNK),
        np.empty(CHUNK),
        np.empty(CHUNK, dtype=np.int64),
        np.empty(CHUNK),
        np.empty((2, CHUNK), dtype=np.int64),
    )


@kernel(fastmath=FUSED, counted=False)
def log_weights(
    chunk, n_curves, y, kind, site, height, gains, back, share, size, table, steps, chance, normal
):  # fmt: skip
    """Fill ``chunk.total`` with the log of the exact likelihood over that of the sites.

    Parameters
    ----------
    chunk : `Chunk` of which ``judged``, ``exact`` and, with a share, ``begin`` are filled
    n_curves : number of curves in it
    site, height, gains, back : from `prepare_row`
    share, size : of the autocorrelated part, its share (0 if there is none) and sd
    table, chance : (4, n_table) log-likelihood, and likelihood, given the autocorrelated part
    steps : (n, K, K) of `process_steps`; empty where the path is drawn
    normal : table of normals, of which n from ``begin`` on are used to draw the path of a curve
    """
    n, every = y.shape[0], U(n_curves)
    judged, exact, state, noise, before, total, begin = (
        chunk.judged, chunk.exact, chunk.state, chunk.noise, chunk.before, chunk.total, chunk.begin,
    )  # fmt: skip
    for c in range(every):
        total[c] = -height
        before[c] = 0.0
    if share == 0.0:
        for i in range(n):
            centre, scale = site[i, 0], site[i, 1]
            for c in range(every):
                off = (centre - judged[i, c]) * scale
                total[c] += 0.5 * off * off
            own, rating = kind[i], y[i]
            for c in range(every):
                total[c] += look_up(table, own, exact[i, c] - rating)
        return
    summed = steps.shape[0] > 0
    for i in range(n):
        rho, innovation, gain, root = gains[i, 0], gains[i, 2], gains[i, 3], gains[i, 5]
        centre, scale = site[i, 0], site[i, 1]
        for c in range(every):
            predicted = rho * before[c]
            off = (centre - judged[i, c]) * scale
            surprise = off - root * predicted
            before[c] = predicted + gain * surprise
            state[i, c] = before[c]
            noise[i, c] = surprise
        if summed:
            known, unit = 0.5 * np.log(innovation / (1.0 - root * root)), 0.5 / innovation
            for c in range(every):
                total[c] += unit * noise[i, c] * noise[i, c] + known
    if summed:
        add_process_log_likelihood(exact, n_curves, y, kind, steps, size, chance, total)
        return
    for c in range(every):
        for i in range(n):
            noise[i, c] = normal[(begin[c] + i) & MASK]
    path = before
    for i in range(n - 1, -1, -1):
        root, spread = gains[i, 5], back[i, 1]
        pull = back[i, 0] if i < n - 1 else 0.0
        rho = gains[i + 1, 0] if i < n - 1 else 0.0
        centre, scale = site[i, 0], site[i, 1]
        left = 0.5 / (1.0 - root * root)
        for c in range(every):
            mean = state[i, c] + pull * (path[c] - rho * state[i, c])
            path[c] = mean + spread * noise[i, c]
            off = (centre - judged[i, c]) * scale - root * path[c]
            total[c] += left * off * off
        own, rating = kind[i], y[i]
        for c in range(every):
            total[c] += look_up(table, own, exact[i, c] + size * path[c] - rating)


@kernel(fastmath=frozenset({"contract", "reassoc"}), counted=False, inner=True)
def effective_size(log_weight, weight, bits):
    """Effective number of draws with these log weights (D,), and the largest of them; ``weight``
    (D,) is filled with the weights over the largest, ``bits`` (D or more,) is work space."""
    top = log_weight[0]
    for x in log_weight:
        top = max(top, x)
    for d in range(log_weight.shape[0]):
        weight[d] = log_weight[d] - top
    exponentials(weight, bits)
    total, squares = 0.0, 0.0
    for x in weight:
        total += x
        squares += x * x
    return total * total / squares, top
