"""From draws to levels at any days, clipped to the scale."""

from __future__ import annotations

from paintrend.core.compile import kernel
from paintrend.core.course_rules import GRID_POINTS
from paintrend.core.likelihood import RANGE

__all__ = ["BETWEEN", "GRID_POINTS", "draw_curves", "hump_value", "slow_value"]

BETWEEN = 2
"""Amplitudes are followed by where the slow change and the hump lie between their neighbours in
the dictionary, -0.5 to 0.5: a peak or a step may fall on any day, not only on those of the
dictionary."""
LINEAR = 0
"""The column of the slow changes that holds time as a share of the horizon."""


@kernel
def slow_value(model, slow, row, column, place):
    """Value of a slow change between its neighbours: a step is moved, others are mixed."""
    day = model.jump[column]
    if day >= 0.0:
        return 1.0 if slow[row, LINEAR] >= day + place * model.jump_gap else 0.0
    other = model.slow_near[column, 1 if place > 0.0 else 0]
    return slow[row, column] + abs(place) * (slow[row, other] - slow[row, column])


@kernel
def hump_value(model, hump, row, column, place):
    """Value of a hump mixed with its neighbour."""
    other = model.hump_near[column, 1 if place > 0.0 else 0]
    return hump[row, column] + abs(place) * (hump[row, other] - hump[row, column])


@kernel
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
