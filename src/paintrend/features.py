"""Features: median and 90% band, per patient, of numbers read off the posterior curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import FEATURES
from paintrend.scales import Scale

__all__ = [
    "ALWAYS",
    "DRAW_FEATURES",
    "FEATURE_COLUMNS",
    "SOMETIMES",
    "posterior_band",
    "summarise_features",
]

FloatArray = NDArray[np.float64]

ALWAYS = ("baseline", "pre_trend", "rise", "end_change", "burden", "worse_days")
"""Features that every curve has, in the order of the table."""

SOMETIMES = ("peak_day", "return_day", "better_day")
"""Features that exist only in some curves; the table adds the share in which they do."""

DRAW_FEATURES: tuple[str, ...] = (*FEATURES, "pre_trend")
"""Features kept per draw: those of the curve, and the trend before day 0."""

FEATURE_COLUMNS: tuple[str, ...] = (
    *(name + end for name in ALWAYS for end in ("", "_low", "_high")),
    *(name + end for name in SOMETIMES for end in ("", "_low", "_high", "_share")),
)
"""Columns of the courses table that come from features."""

LEVELS = (0.5, 0.05, 0.95)


def posterior_band(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give median and 90% band over the draws in which a number exists.

    Parameters
    ----------
    draws : array, shape (P, D)
        NaN where the number does not exist.

    Returns
    -------
    band : array, shape (P, 3)
        Median, 5% and 95% quantile with linear interpolation; NaN where no draw has the number.
    share : array, shape (P,)
        Share of draws that have it.

    Examples
    --------
    >>> band, share = posterior_band(np.array([[3.0, 1.0, 2.0, np.nan]]))
    >>> [float(x) for x in band[0]], float(share[0])
    ([2.0, 1.1, 2.9], 0.75)
    """
    # Sorting puts NaN last, so one gather serves rows with different counts: np.nanquantile
    # takes one Python call per patient.
    ordered = np.sort(draws, axis=1)
    band = np.empty((len(draws), len(LEVELS)))
    if np.isfinite(ordered[:, [0, -1]]).all():
        # All draws have the number: every row is read at the same places.
        for column, level in enumerate(LEVELS):
            below, above, weight = _between(level, np.array(draws.shape[1]))
            band[:, column] = (1 - weight) * ordered[:, below] + weight * ordered[:, above]
        return band, np.ones(len(draws))
    count = np.isfinite(draws).sum(axis=1)
    rows = np.arange(len(draws))
    for column, level in enumerate(LEVELS):
        below, above, weight = _between(level, count)
        band[:, column] = (1 - weight) * ordered[rows, below] + weight * ordered[rows, above]
    band[count == 0] = np.nan
    return band, count / draws.shape[1]


def _between(
    level: float, count: NDArray[np.integer]
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]:
    """Places of the two sorted values around a quantile, and the weight of the second."""
    position = level * np.maximum(count - 1, 0)
    below = np.floor(position).astype(np.intp)
    return below, np.minimum(below + 1, np.maximum(count - 1, 0)), position - below


def summarise_features(features: FloatArray, scale: Scale) -> dict[str, FloatArray]:
    """Give the feature columns of the courses table.

    Parameters
    ----------
    features : array, shape (P, D, 10)
        Oriented draws, last axis as `DRAW_FEATURES`; all NaN for a patient who was not fitted.
    scale : Scale
        Turns the baseline back into the scale's own values.

    Returns
    -------
    dict of arrays, shape (P,)
        Keys `FEATURE_COLUMNS`. Changes are positive when worse; shares are NaN for a patient who
        was not fitted.
    """
    judged = np.isfinite(features[:, :, DRAW_FEATURES.index("baseline")]).all(axis=1)
    columns: dict[str, FloatArray] = {}
    for name in ALWAYS + SOMETIMES:
        draws = features[:, :, DRAW_FEATURES.index(name)]
        if name == "baseline":
            draws = np.asarray(scale.orient(draws), dtype=np.float64)
        band, share = posterior_band(draws)
        columns[name], columns[name + "_low"], columns[name + "_high"] = band.T
        if name in SOMETIMES:
            columns[name + "_share"] = np.where(judged, share, np.nan)
    return {name: columns[name] for name in FEATURE_COLUMNS}
