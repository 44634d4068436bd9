"""Posterior of the amplitudes of one shape, given its sites: what all shapes of a family share, and
the rest for each; and how proposals from it are widened."""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import FUSED, kernel
from paintrend.core.transcendental import exponentials, logarithms

__all__ = [
    "EVERY",
    "LOG_WIDE",
    "STRETCH",
    "WIDE",
    "common_part",
    "from_posterior",
    "mix_widths",
    "shape_part",
]

WIDE = (2.0, 3.5)
"""One proposal in `EVERY` is this much wider than the sites say: at the ends of the scale the exact
likelihood is flat and they are too narrow. The second number is for the wide start, of which the
sites leave least."""
EVERY = (4, 2)
"""Powers of two."""
LOG_WIDE = tuple(float(np.log(width)) for width in WIDE)
"""Logs of these widths."""
STRETCH = tuple(0.5 * (1.0 - width**-2.0) for width in WIDE)
"""How much a square of a usual proposal's normals adds to the log density of wide ones over it."""


@kernel(fastmath=FUSED, inline=True, counted=False)
def common_part(common, common_y, at, precision, linear, wide, family, factor, lead):
    """What all shapes of a family share: the first rows of the Cholesky factor of the posterior
    precision, their diagonal inverted, and as much of the mean as follows from them."""
    q = common_y.shape[1]
    for j in range(q):
        for p in range(j + 1):
            x = precision[wide, family, j, p] + common[at, j, p]
            for k in range(p):
                x -= factor[j, k] * factor[p, k]
            factor[j, p] = x * factor[p, p] if p < j else 1.0 / np.sqrt(x)
        x = common_y[at, j] + linear[wide, family, j]
        for k in range(j):
            x -= factor[j, k] * lead[k]
        lead[j] = x * factor[j, j]


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def _entry(x, factor, row, p):
    """Entry p of a row of the factor, which is filled in, from that of the precision."""
    for k in range(p):
        x -= factor[row, k] * factor[p, k]
    factor[row, p] = x * factor[p, p]
    return factor[row, p]


@kernel(fastmath=FUSED, inline=True, counted=False)
def shape_part(
    cross, own, pull, between, at, precision, linear, wide, family, s, h, n_slow, pair_row, factor,
    lead, centre,
):  # fmt: skip
    """The rows of one shape below those of `common_part`, and the mean of its amplitudes,
    ``centre``; their number is returned. ``lead`` is what the equations above leave of the mean."""
    q = cross.shape[1]
    slots = q
    for side in range(2):
        if (s if side == 0 else h) < 0:
            continue
        column = s if side == 0 else n_slow + h
        slot = q + side
        square = precision[wide, family, slot, slot] + own[at, column]
        x = pull[at, column] + linear[wide, family, slot]
        for p in range(q):
            y = _entry(precision[wide, family, slot, p] + cross[at, p, column], factor, slots, p)
            square -= y * y
            x -= y * lead[p]
        if slots > q:
            both = precision[wide, family, slot, q] + between[at, pair_row[s], h]
            y = _entry(both, factor, slots, q)
            square -= y * y
            x -= y * lead[q]
        unit = 1.0 / np.sqrt(square)
        factor[slots, slots] = unit
        lead[slots] = x * unit
        slots += 1
    for i in range(slots - 1, -1, -1):
        x = lead[i]
        for k in range(i + 1, slots):
            x -= factor[k, i] * centre[k]
        centre[i] = x * factor[i, i]
    return slots


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def from_posterior(factor, centre, slots, beta):
    """Turn standard normals in ``beta`` into amplitudes: solve with the factor, add the mean."""
    for p in range(slots - 1, -1, -1):
        x = beta[p]
        for r in range(p + 1, slots):
            x -= factor[r, p] * beta[r]
        beta[p] = x * factor[p, p]
    for p in range(slots):
        beta[p] += centre[p]


@kernel(inline=True, counted=False, inner=True)
def mix_widths(mixture, every, bits):
    """Replace the log density of the wide proposals over the usual ones, ``mixture``, by that of
    the mixture in which one in ``every`` is wide."""
    exponentials(mixture, bits[0])
    for k in range(mixture.shape[0]):
        mixture[k] = 1.0 + (mixture[k] - 1.0) / every
    logarithms(mixture, bits)
