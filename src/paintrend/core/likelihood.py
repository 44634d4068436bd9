"""Exact likelihood of rounded, bounded ratings, tabled once per noise setting.

``P(y = k | m) = Phi((k + s/2 - m) / sd) - Phi((k - s/2 - m) / sd)``, open at both ends of the
scale, s the step. A share `OUTLIER` of ratings is taken as uniform over the scale, so that one
wild value cannot pull a curve. The probability depends on y and m through m - y only, once for the
inside and once for each end of the scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from paintrend.core.compile import kernel

__all__ = [
    "CEILING",
    "FLOOR",
    "INSIDE",
    "OUTLIER",
    "RANGE",
    "log_likelihood_table",
    "look_up",
    "rating_kind",
]

Array = NDArray[np.float64]
RANGE = 10.0
"""Ratings are held on 0 to 10, worse is higher, whatever the scale."""
OUTLIER = 0.005
INSIDE, FLOOR, CEILING = 0, 1, 2
SPACING = 0.01
REACH = 25.0


def log_likelihood_table(sd: Array, step: float, outlier: float = OUTLIER) -> Array:
    """Log-probability by kind of rating and distance m - y.

    Parameters
    ----------
    sd : (J,) standard deviations on the 0-10 unit
    step : rounding step on the same unit
    outlier : share of ratings taken as uniform

    Returns
    -------
    (J, 3, 5001) log P on distances -25 to 25, rows inside, floor, ceiling
    """
    d = np.arange(-REACH, REACH + SPACING / 2, SPACING)[None, :]
    s = np.asarray(sd, dtype=float)[:, None]
    half = step / 2.0
    inside = ndtr((half - np.abs(d)) / s) - ndtr((-half - np.abs(d)) / s)
    table = np.stack(
        [inside, np.exp(log_ndtr((half - d) / s)), np.exp(log_ndtr((half + d) / s))], axis=1
    )
    n_categories = RANGE / step + 1.0
    return np.asarray(np.log(np.maximum((1.0 - outlier) * table + outlier / n_categories, 1e-300)))


def rating_kind(y: Array, step: float) -> NDArray[np.int64]:
    """`FLOOR`, `CEILING` or `INSIDE` for each rating (0-10 unit)."""
    kind = np.where(y >= RANGE - step / 4.0, CEILING, INSIDE)
    return np.where(y <= step / 4.0, FLOOR, kind).astype(np.int64)


@kernel
def look_up(table, kind, distance):
    """Linear interpolation in one setting's table (3, n) at distance m - y."""
    x = (distance + REACH) / SPACING
    if x <= 0.0:
        return table[kind, 0]
    last = table.shape[1] - 1
    if x >= last:
        return table[kind, last]
    i = int(x)
    w = x - i
    return table[kind, i] * (1.0 - w) + table[kind, i + 1] * w
