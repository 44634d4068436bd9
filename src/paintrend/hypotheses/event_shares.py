"""Shares with an event by each day, and mean days without it, of plausible data sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

__all__ = ["greenwood", "known_times", "pooled_shares", "variance_of_mean"]

Array = NDArray[np.float64]


def greenwood(curve: Any, day: Array) -> Array:
    """Sum d / (n (n - d)) up to each day."""
    events = curve.event_table
    n, d = events["at_risk"].to_numpy(float), events["observed"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(n > d, d / (n * (n - d)), 0.0)
    at = np.searchsorted(events.index.to_numpy(float), day, side="right") - 1
    return np.asarray(np.cumsum(part)[np.maximum(at, 0)])


def known_times(curve: Any, until: float) -> float:
    """Count the patients whose time up to `until` is known: all but those lost before it, and at
    least 2, as fewer have no variance."""
    events = curve.event_table
    lost = events["censored"].to_numpy(float)[events.index.to_numpy(float) < until]
    return max(float(events["at_risk"].iloc[0] - lost.sum()), 2.0)


def variance_of_mean(curve: Any, until: float) -> float:
    """Give the variance of the restricted mean: Greenwood's sum with the area that is left after
    each day (lifelines gives that of one patient's time, the same only without censoring), times
    k / (k - 1), k the times that are known: without censoring the variance of a mean of so many
    (Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452, count events alone)."""
    known = known_times(curve, until)
    events = curve.event_table
    day = events.index.to_numpy(float)
    n, d = events["at_risk"].to_numpy(float), events["observed"].to_numpy(float)
    alive = curve.survival_function_at_times(day).to_numpy()
    width = np.diff(np.append(np.minimum(day, until), until))
    left = np.cumsum((alive * width)[::-1])[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where((n > d) & (day < until), left**2 * d / (n * (n - d)), 0.0)
    return float(part.sum() * known / (known - 1.0))


def pooled_shares(
    group: str, day: Array, left: Array, spread: Array, n: int, level: float, widening: float
) -> pd.DataFrame:
    """Pool shares with the event: mean over draws; Wilson's interval of as many patients as have
    the variance within and between draws, at most those there are (Korn & Graubard 1998)."""
    m = len(left)
    mean = left.mean(axis=0)
    between = widening * (1.0 + 1.0 / m) * left.var(axis=0, ddof=1)
    total = spread.mean(axis=0) + between
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(total > 0.0, np.minimum(mean * (1.0 - mean) / total, n), n)
        df = np.where(between > 0.0, (m - 1) * (total / between) ** 2, np.inf)
    z2 = t.ppf(0.5 + level / 2.0, np.maximum(df, 1.0)) ** 2 / size
    centre = (mean + z2 / 2.0) / (1.0 + z2)
    half = np.sqrt(z2 * (mean * (1.0 - mean) + z2 / 4.0)) / (1.0 + z2)
    low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return pd.DataFrame(
        {"group": group, "day": day, "share": 1.0 - mean, "low": 1.0 - high, "high": 1.0 - low}
    )
