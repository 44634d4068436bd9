"""What one session does to the pain of the days after it: a function and a row per response.

A response rises from 0 at the session to 1 at its peak, may stay there, and falls to a tenth when
it counts as gone. Simulation, fitting and docs read the same rows.

The rows are spread around what is known: soreness after exercise begins within a day, peaks at 24
to 72 hours and is gone in 5 to 7 days; most reactions to manual therapy begin within 4 hours and
three quarters are gone in 24 (Carnes 2010).

Rows without a peak in time ("it hurts for three days") are there because a flat top that no row
resembles is taken for a taller hump. Each is there twice, on at once and on by the evening: a rise
between two ratings of one day that comes too early or too late in a row is taken for a taller one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["GONE", "RESPONSES", "Response", "response_at", "typical_shares"]

Array = NDArray[np.float64]
GONE = 0.1
"""A response counts as gone when this share of its peak is left."""
FLAT_SHARE = 0.2
"""Share of the responses that stay at their peak for a day or more before anything is learned
(assumed)."""


@dataclass(frozen=True)
class Response:
    """Time course after one session.

    Parameters
    ----------
    peak_days : float
        Days from the session to the peak.
    gone_days : float
        Days from the session until a tenth of the peak is left.
    flat_days : float
        Days that it stays at its peak.
    """

    peak_days: float
    gone_days: float
    flat_days: float = 0.0

    def at(self, days: Array) -> Array:
        """Share of the peak that is felt so many days after the session (`response_at`)."""
        return response_at(days, self.peak_days, self.gone_days, self.flat_days)


RESPONSES: tuple[Response, ...] = (
    Response(0.25, 1.0),
    Response(0.25, 2.5),
    Response(0.25, 5.0),
    Response(0.5, 2.0),
    Response(1.0, 2.5),
    Response(1.0, 4.0),
    Response(1.0, 7.0),
    Response(1.0, 13.0),
    Response(1.0, 21.0),
    Response(2.0, 4.0),
    Response(2.0, 7.0),
    Response(2.0, 13.0),
    Response(3.0, 7.0),
    *(
        Response(peak, end + 0.5, flat_days=end - peak)
        for end in (1.5, 2.5, 3.5, 4.5)
        for peak in (0.05, 0.35)
    ),
)
"""Time courses that fitting tells apart."""


def response_at(
    days: Array,
    peak_days: Array | float,
    gone_days: Array | float,
    flat_days: Array | float = 0.0,
) -> Array:
    """Share of the peak that is felt so many days after the session, 0 at and before it.

    ``1 - (1 - t / p)**2`` up to the peak p, then ``0.1**((t - p) / (g - p))``, g the day on which
    it is gone. With a flat top of f days: ``(t / p)**8`` up to the peak, 1 for f days, and
    the same fall from ``p + f`` on.

    Parameters
    ----------
    days : array
        Days since the session.
    peak_days, gone_days, flat_days : float or array
        As in `Response`; gone is later than the end of the peak. Arrays broadcast against `days`.

    Examples
    --------
    >>> response_at(np.array([0.0, 1.0, 2.0, 7.0]), 2.0, 7.0).round(3).tolist()
    [0.0, 0.75, 1.0, 0.1]
    >>> response_at(np.array([0.2, 0.3, 0.4, 3.4, 4.0]), 0.4, 4.0, 3.0).round(4).tolist()
    [0.0039, 0.1001, 1.0, 1.0, 0.1]
    """
    t = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
    u = np.minimum(t / peak_days, 1.0)
    before = np.where(np.asarray(flat_days) > 0.0, u**8, 1.0 - (1.0 - u) ** 2)
    end = np.asarray(peak_days) + flat_days
    after = GONE ** (np.maximum(t - end, 0.0) / (np.asarray(gone_days) - end))
    return np.asarray(before * after)


def typical_shares(rows: Sequence[Response] = RESPONSES) -> Array:
    """How common each row is taken to be before anything is learned; they sum to 1.

    Log-normal around a peak after 36 hours and 5 days until gone; those with a flat top share
    `FLAT_SHARE`, by the time until they are gone.
    """
    peak = np.array([row.peak_days for row in rows])
    gone = np.array([row.gone_days for row in rows])
    flat = np.array([row.flat_days > 0.0 for row in rows])
    off = np.where(flat, 0.0, np.log(peak / 1.5) / 0.9) ** 2 + (np.log(gone / 5.0) / 0.7) ** 2
    weight = np.exp(-0.5 * off)
    if flat.any() and not flat.all():
        weight[flat] *= FLAT_SHARE / weight[flat].sum()
        weight[~flat] *= (1.0 - FLAT_SHARE) / weight[~flat].sum()
    return np.asarray(weight / weight.sum())
