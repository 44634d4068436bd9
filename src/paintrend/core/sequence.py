"""Points that fill a space evenly, for proposals: a Kronecker sequence from a random start.

In each dimension point d is ``start + d * step`` modulo 1. Steps are the fractional parts of the
roots of the primes (Richtmyer 1951); the start is drawn for each patient (Cranley and Patterson
1976, doi:10.1137/0713071). So each point alone is uniform, and many together leave smaller holes
than independent ones. Numbers are counted in 2**-32, so that sums wrap around exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.streams import MASK, QUANTILE_BITS

__all__ = ["DIMENSIONS", "begin_sequence", "normal_at", "uniform_at"]

DIMENSIONS = 32
"""More than any proposal has coordinates: a place, another, a structure and at most some ten
amplitudes."""
WHOLE = 2**32


def _steps(n: int) -> NDArray[np.int64]:
    """Fractional parts of the roots of the first n primes, in 2**-32."""
    primes: list[int] = []
    number = 2
    while len(primes) < n:
        if all(number % p for p in primes):
            primes.append(number)
        number += 1
    return np.array([int(p**0.5 % 1.0 * WHOLE) for p in primes], dtype=np.int64)


STEPS = _steps(DIMENSIONS)


@kernel(counted=False)
def begin_sequence(uniform, at, start):
    """Fill ``start`` (`DIMENSIONS`,) from the table of uniforms, from place ``at`` on."""
    for k in range(start.shape[0]):
        start[k] = np.int64(uniform[(at + k) & MASK] * WHOLE)


@kernel(inline=True, counted=False)
def uniform_at(start, k, d):
    """Coordinate k of point d, uniform on [0, 1)."""
    return ((start[k] + d * STEPS[k]) & (WHOLE - 1)) * (1.0 / WHOLE)


@kernel(inline=True, counted=False)
def normal_at(start, quantile, k, d):
    """Coordinate k of point d as a standard normal; ``quantile`` of `streams.Streams`."""
    return quantile[
        np.uint64((start[k] + d * STEPS[k]) & (WHOLE - 1)) >> np.uint64(32 - QUANTILE_BITS)
    ]
