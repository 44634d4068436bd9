"""Rubin's rules: one estimate from the estimates of m plausible data sets."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

__all__ = ["POOLED_COLUMNS", "combine_estimates", "p_of_difference", "stretch_shares"]

Array = NDArray[np.float64]
HALVINGS = 14
"""Steps to a p-value: to within a part in a thousand."""
POOLED_COLUMNS = ("estimate", "std_error", "low", "high", "p_value", "df", "missing_information")


def combine_estimates(
    names: list[str],
    estimate: Array,
    std_error: Array,
    df: Array,
    level: float = 0.9,
    widening: float = 1.0,
) -> pd.DataFrame:
    """Pool estimates of m data sets.

    With W the mean of the squared standard errors, B the variance of the estimates and
    ``r = (1 + 1/m) B / W``: the variance is ``W + (1 + 1/m) B``, the degrees of freedom are those
    of Barnard and Rubin, and the share of missing information is ``(r + 2 / (df + 3)) / (1 + r)``
    with df as from infinitely many patients.

    Parameters
    ----------
    names : list of str
        k of them.
    estimate, std_error : array, shape (m, k)
    df : array, shape (k,)
        Degrees of freedom that the analysis would have without anything missing; may be infinite.
    level : float
        Of the intervals.
    widening : float
        What B is multiplied by: that of `PlausibleValues`.

    Returns
    -------
    DataFrame
        Index `names`; columns `POOLED_COLUMNS`. The p-value is for an effect of 0.

    References
    ----------
    Barnard & Rubin 1999, Biometrika 86:948, doi:10.1093/biomet/86.4.948.

    Examples
    --------
    >>> import numpy as np
    >>> two = np.array([[1.0], [2.0]])
    >>> pooled = combine_estimates(["x"], two, np.full((2, 1), 0.5), np.array([np.inf]))
    >>> float(pooled["estimate"].iloc[0]), float(pooled["std_error"].iloc[0])
    (1.5, 1.0)
    """
    m = len(estimate)
    mean = estimate.mean(axis=0)
    within = (std_error**2).mean(axis=0)
    between = widening * (1.0 + 1.0 / m) * estimate.var(axis=0, ddof=1)
    total = within + between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0.0, between / total, 0.0)
        old = (m - 1) / share**2
        seen = np.where(np.isinf(df), np.inf, (df + 1.0) / (df + 3.0) * df * (1.0 - share))
        pooled_df = np.where(share > 0.0, 1.0 / (1.0 / old + 1.0 / seen), seen)
        ratio = between / within
        missing = np.where(within > 0.0, (ratio + 2.0 / (old + 3.0)) / (1.0 + ratio), 1.0)
        missing = np.where(total > 0.0, missing, 0.0)
    pooled_df = np.maximum(pooled_df, 1.0)
    error = np.sqrt(total)
    half = stats.t.ppf(0.5 + level / 2.0, pooled_df) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2.0 * stats.t.sf(np.abs(mean / error), pooled_df)
    # nothing that could differ, in no draw: known for sure
    p_value = np.where((total == 0.0) & (mean == 0.0), 1.0, p_value)
    columns = (mean, error, mean - half, mean + half, p_value, pooled_df, np.minimum(missing, 1.0))
    return pd.DataFrame(
        dict(zip(POOLED_COLUMNS, columns, strict=True)), index=pd.Index(names, name="term")
    )


def stretch_shares(
    drawn: Array, level: float = 0.9, widening: float = 1.0, *, of_means: bool = False
) -> Array:
    """Move shares drawn from m data sets apart, for how few data sets there are.

    Quantiles over draws from all data sets hold the variance within and between them, but not that
    m of them do not tell the variance between: on the logit scale the centre of each data set is
    moved away from their mean by ``sqrt(1 + 1/m)`` and the ratio of the quantiles of Student's t
    with m - 1 degrees of freedom and of the normal distribution; and by the root of ``widening``
    (see `PlausibleValues`).

    Parameters
    ----------
    drawn : array, shape (m, ..., S)
        S draws of a share from each data set.
    of_means : bool
        Take the log odds of its mean share for the centre of a data set, not the mean of its log
        odds: that of an adjusted share which a data set hardly has runs off to minus infinity, and
        would push the data sets that have it as far the other way.

    Returns
    -------
    array, same shape

    Examples
    --------
    >>> import numpy as np
    >>> stretch_shares(np.array([[0.4, 0.4], [0.6, 0.6]])).round(2).tolist()
    [[0.13, 0.13], [0.87, 0.87]]
    """
    logit, off = _centred(drawn, of_means)
    moved = logit + (_spread_factor(len(drawn), level, widening) - 1.0) * off
    return np.asarray(1.0 / (1.0 + np.exp(-moved)))


def p_of_difference(
    first: Array, second: Array, widening: float = 1.0, *, of_means: bool = False
) -> Array:
    """Two-sided p-value of no difference between shares drawn from m data sets, (...).

    How far `stretch_shares` moves draws apart depends on the level of the interval. The p-value is
    the level of significance at which the interval of the difference just holds 0: the same,
    whatever level of intervals is asked for.

    Parameters
    ----------
    first, second : array, shape (m, ..., S)
        S draws of a share from each data set, of two groups.
    widening, of_means
        As in `stretch_shares`.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> low, high = rng.beta(20, 80, (50, 200)), rng.beta(50, 50, (50, 200))
    >>> bool(p_of_difference(low, high) < 0.001), bool(p_of_difference(low, low[::-1]) > 0.5)
    (True, True)
    """
    m, n = len(first), first.shape[0] * first.shape[-1]
    base, base_off = _centred(first, of_means)
    own, own_off = _centred(second, of_means)
    difference, off = own - base, own_off - base_off
    low = np.full(difference.shape[1:-1], np.log(1.0 / (n + 2.0)))
    high = np.zeros_like(low)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        more = _spread_factor(m, 1.0 - np.exp(middle), widening)[..., None] - 1.0
        moved = difference + more * off
        # draws that are alike are half on either side
        above = (moved > 0.0).sum(axis=(0, -1)) + 0.5 * (moved == 0.0).sum(axis=(0, -1))
        share = (1.0 + above) / (n + 2.0)
        larger = 2.0 * np.minimum(share, 1.0 - share) > np.exp(middle)
        low, high = np.where(larger, middle, low), np.where(larger, high, middle)
    return np.asarray(np.exp(high))


def _centred(drawn: Array, of_means: bool) -> tuple[Array, Array]:
    """Log odds of shares (m, ..., S), and how far each data set's centre is from their mean."""
    own = np.clip(drawn, 1e-12, 1.0 - 1e-12)
    logit = np.log(own / (1.0 - own))
    centre = logit.mean(axis=-1, keepdims=True)
    if of_means:
        mean = own.mean(axis=-1, keepdims=True)
        centre = np.log(mean / (1.0 - mean))
    return logit, centre - centre.mean(axis=0)


def _spread_factor(m: int, level: float | Array, widening: float) -> Array:
    """By what centres of m data sets are moved apart for intervals of this level."""
    tail = 0.5 + np.asarray(level) / 2.0
    between = np.sqrt(widening) * np.sqrt(1.0 + 1.0 / m)
    return np.asarray(between * stats.t.ppf(tail, m - 1) / stats.norm.ppf(tail))
