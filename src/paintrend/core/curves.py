"""From draws to levels at any days, clipped to the scale."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.course_rules import GRID_POINTS
from paintrend.core.likelihood import RANGE

__all__ = [
    "BETWEEN",
    "GRID_POINTS",
    "ROW_LENGTH",
    "GridRows",
    "draw_curves",
    "draw_on_grid",
    "hump_value",
    "slow_value",
]

BETWEEN = 2
"""Amplitudes are followed by where the slow change and the hump lie between their neighbours in
the dictionary, -0.5 to 0.5: a peak or a step may fall on any day, not only on those of the
dictionary."""
ROW_LENGTH = 176
"""Points of the grid in memory: a multiple of 16, so that no loop has a slow remainder."""
LINEAR = 0
"""The column of the slow changes that holds time as a share of the horizon."""


class GridRows(NamedTuple):
    """The columns on the grid as rows of `ROW_LENGTH`, zeros after the last point.

    Attributes
    ----------
    common : (q,) the same from day 0 to the horizon
    slow : (n_slow + 1, 176), hump : (n_hump + 1, 176) with a last row of zeros that stands for none
    wax : (n_bases * m + 1, 176)
    """

    common: NDArray[np.float64]
    slow: NDArray[np.float64]
    hump: NDArray[np.float64]
    wax: NDArray[np.float64]


@kernel(counted=False, inner=True)
def slow_value(model, slow, row, column, place):
    """Value of a slow change between its neighbours: a step is moved, others are mixed."""
    day = model.jump[column]
    if day >= 0.0:
        return 1.0 if slow[row, LINEAR] >= day + place * model.jump_gap else 0.0
    other = model.slow_near[column, 1 if place > 0.0 else 0]
    return slow[row, column] + abs(place) * (slow[row, other] - slow[row, column])


@kernel(counted=False, inner=True)
def hump_value(model, hump, row, column, place):
    """Value of a hump mixed with its neighbour."""
    other = model.hump_near[column, 1 if place > 0.0 else 0]
    return hump[row, column] + abs(place) * (hump[row, other] - hump[row, column])


@kernel(counted=False)
def draw_curves(
    setting, amplitude, wave, wave_row, model, common, slow, hump, wax, scale, shift, out
):
    """Fill ``out`` (D, n) with ``shift + scale * clip(level)`` at the n days of the columns.

    Parameters
    ----------
    setting : (D,) shape, or waxing setting counted on after the last shape
    amplitude : (D, q + 4) common amplitudes, slow change, hump, and the two places `BETWEEN`
        neighbours
    wave : (any, m + 1) waxing coefficients;  wave_row : (D,) the row of each draw
    common (n, q), slow (n, n_slow), hump (n, n_hump), wax (n, n_bases * m + 1) : columns
    """
    n = out.shape[1]
    n_shapes = model.slow.shape[0]
    q = common.shape[1]
    m = wave.shape[1] - 1
    for d in range(setting.shape[0]):
        for g in range(n):
            x = 0.0
            for p in range(q):
                x += amplitude[d, p] * common[g, p]
            out[d, g] = x
        if setting[d] < n_shapes:
            s, h = model.slow[setting[d]], model.hump[setting[d]]
            if s >= 0:
                c = amplitude[d, q]
                place = amplitude[d, q + 2]
                for g in range(n):
                    out[d, g] += c * slow_value(model, slow, g, s, place)
            if h >= 0:
                c = amplitude[d, q + 1]
                place = amplitude[d, q + 3]
                for g in range(n):
                    out[d, g] += c * hump_value(model, hump, g, h, place)
        else:
            w = setting[d] - n_shapes
            basis, size = model.wax_basis[w], model.wax_size[w]
            row = wave_row[d]
            last = model.wax_trend[w] * wave[row, m]
            for g in range(n):
                x = 0.0
                for p in range(m):
                    x += wax[g, basis * m + p] * wave[row, p]
                out[d, g] += size * x + last * wax[g, wax.shape[1] - 1]
        for g in range(n):
            out[d, g] = shift + scale * min(max(out[d, g], 0.0), RANGE)


@kernel(counted=False, inner=True)
def _shown(level, scale, shift):
    return shift + scale * min(max(level, 0.0), RANGE)


@kernel(inline=True, counted=False)
def draw_on_grid(setting, amplitude, wave, wave_row, model, rows, scale, shift, out):
    """Fill ``out`` (D, 169 or 176) with what `draw_curves` gives on the grid, bit for bit.

    ``rows`` are `GridRows`: each is read from end to end in one loop per curve, which becomes
    vector instructions; what it writes after the 169 points means nothing. The other parameters
    are those of `draw_curves`.
    """
    n = out.shape[1]
    slow, hump, wax = rows.slow, rows.hump, rows.wax
    n_shapes = model.slow.shape[0]
    m = wave.shape[1] - 1
    q = amplitude.shape[1] - 2 - BETWEEN
    for d in range(setting.shape[0]):
        start = 0.0
        for p in range(q):
            start += amplitude[d, p] * rows.common[p]
        if setting[d] >= n_shapes:
            w = setting[d] - n_shapes
            row, first = wave_row[d], model.wax_basis[w] * m
            size, last = model.wax_size[w], model.wax_trend[w] * wave[wave_row[d], m]
            for g in range(n):
                out[d, g] = 0.0
            for p in range(0, m - m % 4, 4):
                # four at a time: the sums stay in registers, and their order stays
                x0, x1, x2, x3 = wave[row, p], wave[row, p + 1], wave[row, p + 2], wave[row, p + 3]
                i = first + p
                for g in range(n):
                    x = out[d, g] + wax[i, g] * x0
                    x = x + wax[i + 1, g] * x1
                    x = x + wax[i + 2, g] * x2
                    out[d, g] = x + wax[i + 3, g] * x3
            for p in range(m - m % 4, m):
                x0 = wave[row, p]
                for g in range(n):
                    out[d, g] += wax[first + p, g] * x0
            i = wax.shape[0] - 1
            for g in range(n):
                x = start + (size * out[d, g] + last * wax[i, g])
                out[d, g] = _shown(x, scale, shift)
            continue
        s, h = model.slow[setting[d]], model.hump[setting[d]]
        change, change_mix, other = 0.0, 0.0, s
        if s >= 0:
            change, place = amplitude[d, q], amplitude[d, q + 2]
            other, change_mix = model.slow_near[s, 1 if place > 0.0 else 0], abs(place)
        height, height_mix, next_to = 0.0, 0.0, h
        if h >= 0:
            height, place = amplitude[d, q + 1], amplitude[d, q + 3]
            next_to, height_mix = model.hump_near[h, 1 if place > 0.0 else 0], abs(place)
        if s >= 0 and model.jump[s] >= 0.0:
            day = model.jump[s] + amplitude[d, q + 2] * model.jump_gap
            for g in range(n):
                x = start + change * (1.0 if slow[LINEAR, g] >= day else 0.0)
                x = x + height * (hump[h, g] + height_mix * (hump[next_to, g] - hump[h, g]))
                out[d, g] = _shown(x, scale, shift)
        elif h < 0:
            for g in range(n):
                x = start + change * (slow[s, g] + change_mix * (slow[other, g] - slow[s, g]))
                out[d, g] = _shown(x, scale, shift)
        else:
            for g in range(n):
                x = start + change * (slow[s, g] + change_mix * (slow[other, g] - slow[s, g]))
                x = x + height * (hump[h, g] + height_mix * (hump[next_to, g] - hump[h, g]))
                out[d, g] = _shown(x, scale, shift)
