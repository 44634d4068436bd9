"""Exponentials and logarithms of many numbers at once.

Those of the system's library are worked out one by one. Here every loop is the same few
operations for each number, without a branch or a table, so that the processor works on several.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel

__all__ = ["exponentials", "log_product", "logarithms"]

LOWEST, HIGHEST = -708.0, 709.0
"""Where numbers of this size end: beyond, the exponential is that of the bound."""
LOG2_E = 1.4426950408889634
LN_2_HIGH, LN_2_LOW = 0.693145751953125, 1.4286068203094172e-06
"""The logarithm of 2 in two parts: the first has so few digits that its multiples are exact."""
LN_2 = LN_2_HIGH + LN_2_LOW
BIAS, FRACTION = 1023, 52
"""A number is 2 to the power that its bits from the 52nd on say, less 1023, times the rest."""
REST = np.int64(2**FRACTION - 1)
ONE = np.int64(BIAS) << np.int64(FRACTION)
ROOT_2 = np.sqrt(2.0)
AT_A_TIME = 16
"""Numbers multiplied before a log is taken: their logs may lie between -44 and 44."""


@kernel(fastmath=frozenset({"contract"}), counted=False)
def exponentials(x, bits):
    """Replace the numbers (n,) by their exponentials, right to 14 digits; ``bits`` (n or more,)
    int64 is work space."""
    powers = bits.view(np.float64)
    n = np.uint64(x.shape[0])
    for i in range(n):
        v = x[i] if x[i] > LOWEST else LOWEST
        v = v if v < HIGHEST else HIGHEST
        whole = np.floor(v * LOG2_E + 0.5)
        r = v - whole * LN_2_HIGH - whole * LN_2_LOW
        bits[i] = (np.int64(whole) + BIAS) << FRACTION
        p = 1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800))))
        x[i] = 1.0 + r * (
            1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * p)))))
        )
    for i in range(n):
        x[i] *= powers[i]


@kernel(fastmath=frozenset({"contract"}), counted=False)
def logarithms(x, bits):
    """Replace positive numbers (n,) by their natural logarithms, right to 13 digits; ``bits`` (2,
    n or more) int64 is work space."""
    own = x.view(np.int64)
    powers, fractions = bits[0], bits[1]
    rest = fractions.view(np.float64)
    n = np.uint64(x.shape[0])
    for i in range(n):
        powers[i] = (own[i] >> FRACTION) - BIAS
    for i in range(n):
        fractions[i] = (own[i] & REST) | ONE
    for i in range(n):
        m, power = rest[i], np.float64(powers[i])
        large = m > ROOT_2
        m = 0.5 * m if large else m
        power = power + 1.0 if large else power
        # log m = 2 artanh((m - 1) / (m + 1)), and the argument is below 0.172
        s = (m - 1.0) / (m + 1.0)
        z = s * s
        p = 1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15)))
        x[i] = power * LN_2 + 2.0 * s * (1.0 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * p))))


@kernel(fastmath=frozenset({"contract"}), inline=True, counted=False)
def log_product(x):
    """Sum of the natural logarithms of positive numbers (n,), none of them extreme."""
    total, product = 0.0, 1.0
    for i in range(x.shape[0]):
        product *= x[i]
        if i % AT_A_TIME == AT_A_TIME - 1:
            total += np.log(product)
            product = 1.0
    return total + np.log(product)
