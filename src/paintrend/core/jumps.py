"""Where each jump of the dictionary is taken to be, for one patient.

A few jumps stand for those on any day: each for the days between halfway to the jump before and
halfway to the next. Evidence needs one column for it. Halfway in between, a real jump that is large
beside the noise would be missed: ratings on the wrong side of it cost more than any other curve.
So the column jumps where, within its stretch, the ratings do. Only proposals depend on it: a jump
may be on any other day of the stretch, and weights are exact.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.curves import LINEAR

__all__ = ["jump_pieces", "jump_place", "log_jump_density", "place_jumps"]

FOUND = 0.5
"""Share of proposals of a jump that are where the ratings jump, the rest anywhere in its
stretch."""
BESIDE = 2
"""Ratings on either side of the stretch that are looked at too."""


@kernel(counted=False, inner=True)
def _first_from(time, moment):
    """The first rating at or after a moment; their number if there is none."""
    i = 0
    while i < time.shape[0] and time[i] < moment:
        i += 1
    return i


@kernel(counted=False)
def place_jumps(model, y, columns, columns_t, found):
    """Move the jumps to where the ratings jump most: two means that fit those of the stretch best.

    Parameters
    ----------
    y : (n,) ratings
    columns (n, C or more), columns_t (C or more, n) : at their days; those of jumps are filled
    found : (n_slow, 2) filled, for jumps, with the first of the places that give this column, and
        how wide they are together; 1 where there is nothing to choose
    """
    n, gap = y.shape[0], model.jump_gap
    time = columns_t[LINEAR]
    for s in range(model.jump.shape[0]):
        if model.jump[s] < 0.0:
            continue
        begin, end = model.jump[s] - 0.5 * gap, model.jump[s] + 0.5 * gap
        first, last = _first_from(time, begin), _first_from(time, end)
        low, high = max(first - BESIDE, 0), min(last + BESIDE, n)
        total = 0.0
        for i in range(low, high):
            total += y[i]
        split = _first_from(time, model.jump[s])
        best, before = 1e-9, 0.0
        for i in range(low, last + 1):
            if i > low:
                before += y[i - 1]
            left, right = i - low, high - i
            if i < first or left == 0 or right == 0 or (i > 0 and time[i] <= time[i - 1]):
                continue
            apart = before / left - (total - before) / right
            gain = apart * apart * left * right
            if gain > best:
                best, split = gain, i
        for i in range(n):
            columns[i, s] = columns_t[s, i] = 1.0 if i >= split else 0.0
        earliest = max(begin, time[split - 1]) if split > 0 else begin
        latest = min(end, time[split]) if split < n else end
        found[s, 0], found[s, 1] = -0.5, 1.0
        if gap > 0.0 and 0.0 < latest - earliest < gap:
            found[s, 0] = (earliest - model.jump[s]) / gap
            found[s, 1] = (latest - earliest) / gap


@kernel(counted=False)
def jump_pieces(model, s, time, edges):
    """How many places of a jump give different columns at the ratings; 0 if this is no jump.

    Parameters
    ----------
    s : slow change;  time : (n,) of the ratings, as a share of the horizon
    edges : (n + 2,) filled with where each piece of the stretch begins, and the last one ends
    """
    if model.jump[s] < 0.0:
        return 0
    edges[0] = -0.5
    n = 1
    for moment in time:
        place = (moment - model.jump[s]) / max(model.jump_gap, 1e-12)
        if edges[n - 1] < place < 0.5:
            edges[n] = place
            n += 1
    edges[n] = 0.5
    return n


@kernel(inline=True, counted=False)
def jump_place(found, s, uniform):
    """A place in the stretch of a jump, -0.5 to 0.5, from one uniform number."""
    if found[s, 1] == 1.0:
        return uniform - 0.5
    if uniform < FOUND:
        return found[s, 0] + found[s, 1] * (uniform / FOUND)
    return (uniform - FOUND) / (1.0 - FOUND) - 0.5


@kernel(inline=True, counted=False)
def log_jump_density(found, s, place):
    """Log density of a place from `jump_place`, over that of places that are equally likely."""
    if found[s, 1] == 1.0:
        return 0.0
    inside = found[s, 0] <= place < found[s, 0] + found[s, 1]
    return np.log(1.0 - FOUND + (FOUND / found[s, 1] if inside else 0.0))
