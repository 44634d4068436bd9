"""Evidence on the log scale as weights of cells, and sums of logarithms."""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import FUSED, kernel

__all__ = ["log_sum", "relative_weights"]

LEAST = -60.0
"""Log evidence below the largest of a setting under which a cell is as good as impossible."""
HALVINGS = 256.0


@kernel(fastmath=FUSED, counted=False)
def relative_weights(value, rest, out):
    """Fill ``out`` with ``exp(value - top) * sqrt(rest)``; return top, the largest value.

    The exponential is that of 1/256 of its argument, by its series, squared eight times: right to
    2e-8, and it needs no table, so that the processor works on several cells at once.
    """
    n = value.shape[0]
    a = b = c = d = value[0]
    for k in range(0, n - n % 4, 4):
        a = value[k] if value[k] > a else a
        b = value[k + 1] if value[k + 1] > b else b
        c = value[k + 2] if value[k + 2] > c else c
        d = value[k + 3] if value[k + 3] > d else d
    for k in range(n - n % 4, n):
        a = value[k] if value[k] > a else a
    top = max(max(a, b), max(c, d))
    for k in range(value.shape[0]):
        x = value[k] - top
        x = x if x > LEAST else LEAST
        r = x * (1.0 / HALVINGS)
        e = 1.0 + r * (
            1.0
            + r
            * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040))))))
        )
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        out[k] = e * np.sqrt(rest[k])
    return top


@kernel(counted=False)
def log_sum(x):
    """Log of the sum, added up in eight strands so that additions need not wait for each other."""
    n = x.shape[0]
    whole = n - n % 8
    a = b = c = d = e = f = g = h = 0.0
    for i in range(0, whole, 8):
        a += x[i]
        b += x[i + 1]
        c += x[i + 2]
        d += x[i + 3]
        e += x[i + 4]
        f += x[i + 5]
        g += x[i + 6]
        h += x[i + 7]
    for i in range(whole, n):
        a += x[i]
    return np.log(((a + b) + (c + d)) + ((e + f) + (g + h)))
