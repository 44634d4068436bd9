"""Weights of proposed curves: exact likelihood over that of the sites.

Where noise hangs together from day to day, its path is drawn along with the curve, from its
Gaussian posterior given the sites: the exact likelihood is then a product over ratings, and the
weights correct for the draw. With ratings at an end of the scale, or heaped, sites are a poor guide
to the path, and it is summed out instead.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.likelihood import CEILING, FLOOR, INSIDE, look_up
from paintrend.core.noise import site_gains, smoother_gains
from paintrend.core.process import NODES, process_log_likelihood, process_steps
from paintrend.core.sites import LOG_2PI
from paintrend.core.streams import MASK

__all__ = [
    "effective_size",
    "log_weight",
    "path_steps",
    "pick_structure",
    "prepare_row",
    "resample",
]

A_FEW = 0.34
"""Share of ratings at an end of the scale, or heaped, above which the path is summed out."""


@kernel
def prepare_row(model, j, weak, day, value, variance, log_scale, gains, back, site, chance):
    """What the weights of the draws of one row of cells need.

    Parameters
    ----------
    j : noise setting of the row;  weak : (structures,) those that independent noise stands for
    value (n, 1), variance, log_scale (n,) : sites
    gains (n, 6), back (n, 2) : filled, see `noise`
    site : (n, 3) filled with centre of each site, inverse of its sd, log of its height
    chance : (structures,) filled with the cumulative share of each structure
    """
    own, share = model.structure[j], model.share[j]
    if share > 0.0:
        site_gains(model, j, day, variance, gains)
        smoother_gains(gains, back)
    for i in range(variance.shape[0]):
        site[i, 0] = value[i, 0]
        site[i, 1] = 1.0 / np.sqrt(variance[i])
        rest = 1.0 if share == 0.0 else 1.0 - gains[i, 5] * gains[i, 5]
        site[i, 2] = log_scale[i] - 0.5 * (LOG_2PI + np.log(variance[i] * rest))
    total = 0.0
    for s in range(weak.shape[0]):
        if s == own or (own == 0 and weak[s]):
            total += np.exp(model.log_noise[j - own + s])
        chance[s] = total
    for s in range(weak.shape[0]):
        chance[s] /= total


@kernel
def pick_structure(chance, uniform):
    """The structure of one draw."""
    s = 0
    while uniform >= chance[s] and s < chance.shape[0] - 1:
        s += 1
    return s


@kernel
def _needs_sum(model, j, kind):
    """Whether the path of the noise is to be summed out: sites of ratings at an end of the scale,
    and of heaped ones, are a poor guide to it, and more than a few make the weights uneven."""
    if model.share[j] == 0.0:
        return False
    n_poor = 0
    for k in kind:
        n_poor += k in (FLOOR, CEILING) or (k != INSIDE and model.heap[j] > 0.0)
    return n_poor > A_FEW * kind.shape[0]


@kernel
def path_steps(model, j, day, kind):
    """Steps of the path of the noise where it is to be summed out, else an empty array."""
    steps = np.empty((day.shape[0] if _needs_sum(model, j, kind) else 0, NODES, NODES))
    if steps.shape[0]:
        process_steps(day, model.tau[j], steps)
    return steps


@kernel
def log_weight(
    judged, exact, y, kind, site, gains, back, share, size, table, steps, chance, normal, at, state
):
    """Log of the exact likelihood over that of the sites, for one proposed curve.

    Parameters
    ----------
    judged, exact : (n,) level that the sites judge, and the level clipped to the scale
    site, gains, back : from `prepare_row`
    share, size : of the autocorrelated part, its share (0 if there is none) and sd
    table, chance : (4, n_table) log-likelihood, and likelihood, given the autocorrelated part
    steps : from `path_steps`
    normal, at : table of normals and the place in it, of which n are used to draw a path
    state : (n,) work space
    """
    n = y.shape[0]
    total = 0.0
    if share == 0.0:
        for i in range(n):
            off = (site[i, 0] - judged[i]) * site[i, 1]
            total += look_up(table, kind[i], exact[i] - y[i]) - site[i, 2] + 0.5 * off * off
        return total
    before = 0.0
    for i in range(n):
        predicted = gains[i, 0] * before
        off = (site[i, 0] - judged[i]) * site[i, 1]
        surprise = off - gains[i, 5] * predicted
        before = predicted + gains[i, 3] * surprise
        state[i] = before
        if steps.shape[0]:
            rest = 1.0 - gains[i, 5] * gains[i, 5]
            total += 0.5 * (surprise * surprise / gains[i, 2] + np.log(gains[i, 2] / rest))
            total -= site[i, 2]
    if steps.shape[0]:
        return total + process_log_likelihood(exact, y, kind, steps, size, chance)
    path = 0.0
    for i in range(n - 1, -1, -1):
        mean = state[i]
        if i < n - 1:
            mean += back[i, 0] * (path - gains[i + 1, 0] * state[i])
        path = mean + back[i, 1] * normal[(at + i) & MASK]
        root = gains[i, 5]
        off = (site[i, 0] - judged[i]) * site[i, 1] - root * path
        total += look_up(table, kind[i], exact[i] + size * path - y[i])
        total += 0.5 * off * off / (1.0 - root * root) - site[i, 2]
    return total


@kernel
def effective_size(log_weight):
    """Effective number of draws with these weights."""
    top = log_weight.max()
    total, squares = 0.0, 0.0
    for x in log_weight:
        weight = np.exp(x - top)
        total += weight
        squares += weight * weight
    return total * total / squares


@kernel
def resample(log_weight, n_keep, uniform):
    """Systematic resampling to equal weights.

    Returns
    -------
    kept : (n_keep,) indices;  log_mean : log mean weight
    """
    top = log_weight.max()
    weight = np.exp(log_weight - top)
    total = weight.sum()
    kept = np.empty(n_keep, dtype=np.int64)
    cumulative = weight[0] / total
    i = 0
    for d in range(n_keep):
        at = (d + uniform) / n_keep
        while cumulative < at and i < weight.shape[0] - 1:
            i += 1
            cumulative += weight[i] / total
        kept[d] = i
    return kept, top + np.log(total / weight.shape[0])
