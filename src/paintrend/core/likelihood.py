"""Exact likelihood of rounded, bounded ratings, tabled once per noise setting.

``P(y = k | m) = Phi((k + s/2 - m) / sd) - Phi((k - s/2 - m) / sd)``, open at both ends of the
scale, s the step. Some people round a share of their ratings to the ends and the middle of the
scale (heaping): such a rating stands for an interval half the scale wide. A share `OUTLIER` of
ratings is taken as uniform over the scale, so that one wild value cannot pull a curve. The
probability depends on y and m through m - y only, once for each kind of rating.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from paintrend.core.compile import kernel

__all__ = [
    "CEILING",
    "FLOOR",
    "HEAP_UNIT",
    "INSIDE",
    "MIDDLE",
    "OUTLIER",
    "RANGE",
    "can_heap",
    "kind_of",
    "log_likelihood_table",
    "look_up",
    "rating_kind",
]

Array = NDArray[np.float64]
RANGE = 10.0
"""Ratings are held on 0 to 10, worse is higher, whatever the scale."""
OUTLIER = 0.005
INSIDE, FLOOR, CEILING, MIDDLE = 0, 1, 2, 3
HEAP_UNIT = RANGE / 2.0
"""Heaped ratings are multiples of this."""
PER_UNIT = 100.0
REACH = 25.0


def can_heap(step: float) -> bool:
    """Whether ratings with this step (0-10 unit) can be told to be heaped: the middle of the scale
    is a rating, there are enough others, and few enough that it is not met by chance alone.

    Examples
    --------
    >>> can_heap(1.0), can_heap(0.1), can_heap(10 / 3), can_heap(0.001)
    (True, True, False, False)
    """
    steps = HEAP_UNIT / step
    return 0.05 <= step <= 1.25 and abs(steps - round(steps)) < 1e-6


def log_likelihood_table(
    sd: Array, step: float, heap: Array | float = 0.0, outlier: float = OUTLIER
) -> Array:
    """Log-probability by kind of rating and distance m - y.

    Parameters
    ----------
    sd : (J,) standard deviations on the 0-10 unit
    step : rounding step on the same unit
    heap : (J,) share of ratings heaped
    outlier : share of ratings taken as uniform

    Returns
    -------
    (J, 4, 5001) log P on distances -25 to 25, rows inside, floor, ceiling, middle
    """
    d = np.linspace(-REACH, REACH, int(2.0 * REACH * PER_UNIT) + 1)[None, :]
    s = np.asarray(sd, dtype=float)[:, None]
    h = np.broadcast_to(np.asarray(heap, dtype=float)[..., None], s.shape)
    inside = (1.0 - h) * _interval(d, s, step)
    middle = inside + h * _interval(d, s, HEAP_UNIT)
    table = np.stack(
        [inside, _ends(-d, s, h, step), _ends(d, s, h, step), middle],
        axis=1,
    )
    n_categories = RANGE / step + 1.0
    return np.asarray(np.log(np.maximum((1.0 - outlier) * table + outlier / n_categories, 1e-300)))


def _interval(d: Array, s: Array, width: float) -> Array:
    """P of an interval of this width whose middle lies d from the level."""
    half = width / 2.0
    return np.asarray(ndtr((half - np.abs(d)) / s) - ndtr((-half - np.abs(d)) / s))


def _ends(d: Array, s: Array, h: Array, step: float) -> Array:
    """P of what lies beyond half a step within the end of the scale, at distance -d from it."""
    own, heaped = (
        np.exp(log_ndtr((step / 2.0 + d) / s)),
        np.exp(log_ndtr((HEAP_UNIT / 2.0 + d) / s)),
    )
    return np.asarray((1.0 - h) * own + h * heaped)


@kernel
def kind_of(y, step):
    """`FLOOR`, `CEILING`, `MIDDLE` or `INSIDE` of one rating (0-10 unit)."""
    if y <= step / 4.0:
        return FLOOR
    if y >= RANGE - step / 4.0:
        return CEILING
    return MIDDLE if abs(y - HEAP_UNIT) < step / 4.0 else INSIDE


@kernel
def rating_kind(y, step):
    """`kind_of` of each rating (n,)."""
    kind = np.empty(y.shape[0], dtype=np.int64)
    for i in range(y.shape[0]):
        kind[i] = kind_of(y[i], step)
    return kind


@kernel(inline=True, counted=False)
def look_up(table, kind, distance):
    """Linear interpolation in one setting's table (4, n) at distance m - y."""
    last = table.shape[1] - 1
    x = min(max((distance + REACH) * PER_UNIT, 0.0), last - 1e-6)
    # counted without a sign, so that no check for places from the end is made
    row, i = np.uint64(kind), np.uint64(x)
    w = x - i
    return table[row, i] * (1.0 - w) + table[row, i + np.uint64(1)] * w
