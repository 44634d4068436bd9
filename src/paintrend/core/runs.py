"""Runs of points on which a condition holds: up to 192 points as bits of three words.

A comparison of all points is a few vector instructions, and runs are found edge by edge: a curve
has one or two of them, so almost no point is looked at by itself. Words are handed over as
numbers: an array costs more to hand over than a curve to compare.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel

__all__ = [
    "N_BITS",
    "above_sum",
    "at_least",
    "at_most",
    "below",
    "count_from",
    "end_mean",
    "extremes",
    "find_runs",
    "first_run",
    "peak_and_return",
]

WORD = 64
N_BITS = 3 * WORD
"""Length of the buffers that the comparisons read: the points, then zeros."""

ONE, NONE, ALL, TOP = np.uint64(1), np.uint64(0), np.uint64(2**64 - 1), np.uint64(WORD - 1)
PAIRS, FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
EIGHTS, BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
TWO, FOUR, LAST_BYTE = np.uint64(2), np.uint64(4), np.uint64(56)
SIGN = np.uint64(2**63)


@kernel(inner=True)
def _count(word):
    """Number of bits set; the compiler knows this pattern and makes one instruction of it."""
    word = word - ((word >> ONE) & PAIRS)
    word = (word & FOURS) + ((word >> TWO) & FOURS)
    word = (word + (word >> FOUR)) & EIGHTS
    return np.int64((word * BYTES) >> LAST_BYTE)


@kernel(counted=False, inner=True)
def _at_least(x, threshold, begin):
    word = NONE
    for i in range(WORD):
        word |= np.uint64(x[begin + i] >= threshold) << np.uint64(i)
    return word


@kernel(counted=False)
def at_least(x, threshold):
    """Bits of the points with x >= threshold, of all (192,) points of the buffer."""
    return _at_least(x, threshold, 0), _at_least(x, threshold, 64), _at_least(x, threshold, 128)


@kernel(counted=False, inner=True)
def _at_most(x, threshold, begin):
    word = NONE
    for i in range(WORD):
        word |= np.uint64(x[begin + i] <= threshold) << np.uint64(i)
    return word


@kernel(counted=False)
def at_most(x, threshold):
    """Bits of the points with x <= threshold."""
    return _at_most(x, threshold, 0), _at_most(x, threshold, 64), _at_most(x, threshold, 128)


@kernel(counted=False)
def below(x, threshold, n_points):
    """Bits of the points with x < threshold, of the first ``n_points``, more than 128."""
    a, b, c = at_least(x, threshold)
    kept = (ONE << np.uint64(n_points - 2 * WORD)) - ONE
    return a ^ ALL, b ^ ALL, (c ^ ALL) & kept


@kernel(inner=True)
def _count_from(word, first):
    if first >= WORD:
        return 0
    return _count(word if first <= 0 else word >> np.uint64(first))


@kernel
def count_from(words, first):
    """Number of bits set from ``first`` on."""
    a, b, c = words
    return _count_from(a, first) + _count_from(b, first - WORD) + _count_from(c, first - 2 * WORD)


@kernel
def find_runs(words, n_lasting, n_points):
    """Longest run; start of the first one of ``n_lasting`` points or more; start of the one that
    holds the last point. -1 where there is none."""
    longest, first, last, start, before = 0, -1, -1, -1, NONE
    for k in range(3):
        word = words[k]
        edges = word ^ ((word << ONE) | before)
        before = word >> TOP
        while edges != NONE:
            # the bits below the lowest one set say where it is
            at = WORD * k + _count(~edges & (edges - ONE))
            edges &= edges - ONE
            if start < 0:
                start = at
                continue
            longest = max(longest, at - start)
            if first < 0 and at - start >= n_lasting:
                first = start
            if at == n_points:
                last = start
            start = -1
    return longest, first, last


@kernel
def first_run(words, n_lasting, begin):
    """Start of the first run of ``n_lasting`` points or more that starts at ``begin`` or later, or
    -1."""
    start, before = -1, NONE
    for k in range(3):
        word = words[k]
        edges = word ^ ((word << ONE) | before)
        before = word >> TOP
        while edges != NONE:
            at = WORD * k + _count(~edges & (edges - ONE))
            edges &= edges - ONE
            if start < 0:
                start = at
                continue
            if start >= begin and at - start >= n_lasting:
                return start
            start = -1
    return -1


@kernel(counted=False)
def peak_and_return(x, highest, threshold, n_points, n_lasting):
    """First point of the highest value, and the first after it from which x < threshold lasts
    (-1: none)."""
    peak = 0
    while x[peak] != highest:
        peak += 1
    # What settled before the peak was not the return from it.
    return peak, first_run(below(x, threshold, n_points), n_lasting, peak)


@kernel(counted=False)
def end_mean(x, n_points, n_lasting):
    """Mean over the last points."""
    # Measured from the last value, so that a flat end has exactly that value as its mean.
    last = x[n_points - 1]
    drift = 0.0
    for i in range(n_points - n_lasting, n_points):
        drift += x[i] - last
    return last + drift / n_lasting


@kernel(counted=False)
def extremes(signed, unsigned):
    """Bits of the largest value or 0, and of the smallest value or -0, of numbers seen as whole
    numbers with and without sign.

    The bits of numbers of one sign are ordered as the numbers are, infinite and NaN last, and
    unlike numbers, whole numbers are compared several at a time.
    """
    high, low = np.int64(0), SIGN
    for i in range(N_BITS):
        high = max(high, signed[i])
        low = max(low, unsigned[i])
    return high, low


@kernel(fastmath=frozenset({"reassoc"}), counted=False)
def above_sum(x):
    """Sum of the values above 0, added up in any order."""
    total = 0.0
    for i in range(N_BITS):
        total += x[i] if x[i] > 0.0 else 0.0
    return total
