"""Means of a quantity by group, and their differences, as an analysis of one plausible table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.pooling.judged import COURSE_SHARES
from paintrend.pooling.links import read_variable
from paintrend.results.plausible import PlausibleValues

__all__ = [
    "group_df",
    "group_labels",
    "group_order",
    "known_in",
    "mean_df",
    "means_by",
    "refuse_combinations",
    "refuse_gaps",
    "share_error",
    "welch_df",
]


def group_labels(values: pd.Series) -> NDArray[np.object_]:
    """Group of each patient as text, None where it is missing; codes stay whole numbers.

    Examples
    --------
    >>> group_labels(pd.Series([1, 2, np.nan])).tolist()
    ['1', '2', None]
    """
    out = np.full(len(values), None, dtype=object)
    known = values.notna().to_numpy()
    # a gap makes floats of whole codes
    whole = pd.api.types.is_float_dtype(values) and (values[known] % 1 == 0).all()
    out[known] = values[known].astype(int).astype(str) if whole else values[known].astype(str)
    return out


def group_order(
    caller: str, table: pd.DataFrame, by: str | None, reference: str | None = None
) -> list[str]:
    """Groups by name, the reference first.

    Raises
    ------
    InputError
        If the column is a number, or has no such group.
    """
    if by is None:
        if reference is not None:
            raise InputError(f"{caller}: reference= compares groups: name them with by=.")
        return ["all"]
    if not read_variable(by, table[by]).levels:
        raise InputError(
            f"{caller}: by={by!r} is a number with {table[by].nunique()} values; groups need a "
            "column of text or with two values. Give codes as words (such as 'arm 1') with "
            "outside=, cut a number into groups, or use regress."
        )
    groups = sorted({label for label in group_labels(table[by]) if label is not None})
    if reference is not None and reference not in groups:
        raise InputError(f"{caller}: no group {reference!r}; there are {', '.join(groups)}.")
    first = reference or groups[0]
    return [first, *(g for g in groups if g != first)]


def means_by(
    name: str, by: str | None, groups: list[str]
) -> Callable[[pd.DataFrame], dict[str, tuple[float, float]]]:
    """An analysis that gives the mean of each group, then each group less the first."""

    def analysis(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
        own_group = None if by is None else group_labels(table[by])
        found: dict[str, tuple[float, float]] = {}
        for group in groups:
            rows = table if own_group is None else table[own_group == group]
            found[group] = _mean(name, rows[name].to_numpy(dtype=float))
        first = found[groups[0]]
        for group in groups[1:]:
            own = found[group]
            found[f"{group} - {groups[0]}"] = (own[0] - first[0], float(np.hypot(own[1], first[1])))
        return found

    return analysis


def mean_df(
    tables: Sequence[pd.DataFrame], name: str, by: str | None, groups: list[str]
) -> list[float]:
    """Degrees of freedom of what `means_by` gives: patients of the group less one; of a difference
    Welch's, as the smaller group may be what it rests on."""
    every = [means_by(name, by, groups)(table) for table in tables]
    variance = [float(np.mean([found[g][1] ** 2 for found in every])) for g in groups]
    label = None if by is None else group_labels(tables[0][by])
    size = [len(tables[0]) if label is None else int((label == g).sum()) for g in groups]
    own, apart = group_df(variance, size)
    return [*own, *apart]


def group_df(variance: Sequence[float], size: Sequence[float]) -> tuple[list[float], list[float]]:
    """Degrees of freedom of groups of these sizes whose means have these squared standard errors:
    of each mean, and by Welch of each one's difference to the first."""
    own = [n - 1.0 for n in size]
    pairs = zip(variance[1:], own[1:], strict=True)
    return own, [welch_df(v, df, variance[0], own[0]) for v, df in pairs]


def welch_df(variance: float, df: float, other: float, other_df: float) -> float:
    """Degrees of freedom of the difference of two means with these squared standard errors: Welch
    1947, doi:10.2307/2332510.

    Examples
    --------
    >>> round(welch_df(1.0, 1.0, 0.01, 57.0), 2), welch_df(1.0, 9.0, 1.0, 9.0)
    (1.02, 18.0)
    """
    total = variance + other
    if not total > 0.0:
        return min(df, other_df)
    parts = (v * v / max(d, 1e-9) for v, d in ((variance, df), (other, other_df)))
    return float(total * total / sum(parts))


def known_in(values: PlausibleValues, by: str | None) -> int:
    """Patients whose group is known."""
    return values.n_patients if by is None else int(values.tables[0][by].notna().sum())


def refuse_gaps(caller: str, values: PlausibleValues, names: Sequence[str]) -> None:
    """Refuse quantities that some curves do not have: their mean would be that of other patients
    in every draw.

    Raises
    ------
    InputError
    """
    for name in names:
        gone = max(int(table[name].isna().sum()) for table in values)
        if gone:
            raise InputError(
                f"{caller}: up to {gone} of {values.n_patients} curves of a draw have no {name}: "
                "dropping those patients would compare different people from draw to draw. Use a "
                "quantity that every curve has, or time_to for days."
            )


def refuse_combinations(
    caller: str,
    by: str,
    adjust: Sequence[str],
    members: NDArray[np.float64],
    covariates: Sequence[NDArray[np.float64]],
) -> None:
    """Refuse covariates that are the groups under another name, or combinations of each other.

    Parameters
    ----------
    members : (n, groups) who belongs to which group
    covariates : (n, k) columns of each covariate

    Raises
    ------
    InputError
    """
    fixed = np.column_stack([members, *covariates])
    if np.linalg.matrix_rank(fixed) < fixed.shape[1]:
        raise InputError(
            f"{caller}: {', '.join(map(repr, adjust))} and the groups of {by!r} are combinations "
            "of each other (a value that only one group has, or two columns that say the same): an "
            "effect of the group cannot be told from theirs. Leave one of them out."
        )


def _mean(name: str, x: np.ndarray) -> tuple[float, float]:
    n = len(x)
    if name not in COURSE_SHARES:
        return float(x.mean()), float(x.std(ddof=1) / np.sqrt(n))
    return float(x.mean()), share_error(x)


def share_error(x: np.ndarray) -> float:
    """Standard error of a share of patients with 1 among 1 and 0: as with half a patient more of
    each kind, since a share of 0 or 1 is not known without error."""
    n = len(x)
    share = (x.sum() + 0.5) / (n + 1.0)
    return float(np.sqrt(share * (1.0 - share) / n))
