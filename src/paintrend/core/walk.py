"""Which noise settings of a patient are looked at, and where the walk over their sizes begins and
ends."""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel

__all__ = [
    "CUT",
    "UNUSUAL",
    "WEAK",
    "find_origin",
    "find_weak",
    "guess_sites",
    "log_share",
    "next_size",
    "starts_unusually",
    "wide_is_worth_it",
]

UNUSUAL = 1.75
"""The wide start is looked at where first ratings lie this many sd of the start away."""

CUT = 4.0
"""A walk over noise sizes ends where log evidence, with the largest share of the sizes that would
follow, is this far below the best."""
FORGONE = 50.0
"""A size whose log share in the population is this far below the largest is nobody's."""
WEAK = 0.1
"""Noise whose neighbouring ratings correlate by less than this is taken as independent."""


@kernel(inline=True, counted=False, inner=True)
def starts_unusually(model, day, y):
    """Whether a patient's first ratings lie so far from the population's start that the wide start
    could matter."""
    total = 0.0
    n = 0
    for i in range(day.shape[0]):
        if day[i] <= 0.0 or i == 0:
            total += y[i]
            n += 1
    return abs(total / n - model.mean[0, 0]) > UNUSUAL / np.sqrt(model.precision[0, 0, 0, 0])


@kernel(inline=True, counted=False, inner=True)
def wide_is_worth_it(usual, gain, best):
    """Whether the wide start is looked at under a noise setting: what it gains over the usual one,
    in log evidence, is much the same from setting to setting."""
    return usual + gain >= best - CUT - 1.0


@kernel(inline=True, counted=False, inner=True)
def find_weak(model, day, weak):
    """Fill ``weak`` (structures,)."""
    n = day.shape[0]
    closest = 1e300
    for i in range(1, n):
        closest = min(closest, day[i] - day[i - 1])
    for structure in range(weak.shape[0]):
        correlation = model.share[structure] * np.exp(-closest / model.tau[structure])
        weak[structure] = structure > 0 and correlation < WEAK


@kernel(inline=True, counted=False)
def log_share(model, j, weak):
    """Log share of a noise setting in the population, with those that it stands for."""
    share = model.log_noise[j]
    if model.structure[j] > 0:
        return share
    together = 1.0
    for other in range(1, weak.shape[0]):
        if weak[other]:
            together += np.exp(model.log_noise[j + other] - share)
    return share + np.log(together)


@kernel(counted=False, inner=True)
def guess_sites(level, from_below, from_above, ratio, value, variance):
    """First guess of the sites of a level from those of a neighbour; whether there is one."""
    if not from_below and not from_above:
        return False
    other = level - 1 if from_below else level + 1
    factor = ratio * ratio if from_below else 1.0 / (ratio * ratio)
    for i in range(variance.shape[1]):
        value[level, i, 0] = value[other, i, 0]
        variance[level, i] = factor * variance[other, i]
    return True


@kernel(inline=True, counted=False)
def find_origin(known, log_noise, first_level, structure, n_structures):
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


@kernel(inline=True, counted=False, inner=True)
def _share_ahead(log_noise, first_level, size, step, structure, n_structures, n_sizes):
    """Largest log share in the population of the sizes that a walk has not come to."""
    largest = -1e300
    size += step
    while 0 <= size < n_sizes:
        largest = max(largest, log_noise[(first_level + size) * n_structures + structure])
        size += step
    return largest


@kernel(inline=True, counted=False, inner=True)
def _promise(found, log_noise, first_level, edge, step, structure, n_structures):
    """The most that can lie beyond the last size visited on one side: evidence falls at least as
    fast as it did there, and the largest share that lies ahead may be that of the next size. A size
    that few have must not end the walk to sizes that many have."""
    n_sizes, inner = found.shape[0], edge - step
    if not 0 <= edge + step < n_sizes:
        return -1e300
    further = _share_ahead(log_noise, first_level, edge, step, structure, n_structures, n_sizes)
    if 0 <= inner < n_sizes and found[inner] > -1e300:
        return found[edge] + max(found[edge] - found[inner], 0.0) + further
    # nothing is known of the slope
    return 1e300 if step > 0 or edge == n_sizes - 1 else found[edge] + further


@kernel(inline=True, counted=False)
def next_size(found, known, log_noise, first_level, origin, structure, n_structures, best):
    """The size to visit next, -1 for none: outwards from ``origin``, the side of more promise
    first, then what independent noise gives reason to look at.

    Parameters
    ----------
    found : (sizes,) log evidence less log share, -1e300 where not visited
    known : (sizes,) the same for independent noise
    best : log evidence of the best row so far
    """
    if found[origin] == -1e300:
        return origin
    low = high = origin
    while low > 0 and found[low - 1] > -1e300:
        low -= 1
    while high < found.shape[0] - 1 and found[high + 1] > -1e300:
        high += 1
    down = _promise(found, log_noise, first_level, low, -1, structure, n_structures)
    up = _promise(found, log_noise, first_level, high, 1, structure, n_structures)
    if max(down, up) >= best - CUT:
        return high + 1 if up >= down else low - 1
    for size in range(found.shape[0]):
        j = (first_level + size) * n_structures + structure
        if found[size] == -1e300 and known[size] + log_noise[j] >= best - CUT:
            return size
    return -1
