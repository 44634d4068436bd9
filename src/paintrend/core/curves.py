"""From draws to levels at any days, clipped to the scale."""

from __future__ import annotations

from paintrend.core.compile import kernel
from paintrend.core.course_rules import GRID_POINTS
from paintrend.core.likelihood import RANGE

__all__ = ["GRID_POINTS", "draw_curves"]


@kernel
def draw_curves(
    setting, amplitude, wave, wave_row, model, common, slow, hump, wax, scale, shift, out
):
    """Fill ``out`` (D, n) with ``shift + scale * clip(level)`` at the n days of the columns.

    Parameters
    ----------
    setting : (D,) shape, or waxing setting counted on after the last shape
    amplitude : (D, q + 2) common amplitudes, slow change, hump
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
                for g in range(n):
                    out[d, g] += c * slow[g, s]
            if h >= 0:
                c = amplitude[d, q + 1]
                for g in range(n):
                    out[d, g] += c * hump[g, h]
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
