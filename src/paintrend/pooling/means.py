"""Means of a quantity by group, and their differences, as an analysis of one plausible table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.pooling.judged import COURSE_SHARES
from paintrend.pooling.links import read_variable

__all__ = ["group_order", "means_by"]


def group_order(
    caller: str, table: pd.DataFrame, by: str | None, reference: str | None = None
) -> list[str]:
    """Groups by name, the reference first.

    Raises
    ------
    InputError
        If the column is a number, or has no such group.
    """
    if by is not None and not read_variable(by, table[by]).levels:
        raise InputError(
            f"{caller}: by={by!r} is a number with {table[by].nunique()} values; groups need a "
            "column of text or with two values: cut it into groups, or use regress."
        )
    groups = ["all"] if by is None else sorted(map(str, table[by].dropna().unique()))
    if reference is not None and reference not in groups:
        raise InputError(f"{caller}: no group {reference!r}; there are {', '.join(groups)}.")
    first = reference or groups[0]
    return [first, *(g for g in groups if g != first)]


def means_by(
    name: str, by: str | None, groups: list[str]
) -> Callable[[pd.DataFrame], dict[str, tuple[float, float]]]:
    """An analysis that gives the mean of each group, then each group less the first."""

    def analysis(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
        text = None if by is None else table[by].astype(str)
        found: dict[str, tuple[float, float]] = {}
        for group in groups:
            rows = (
                table if text is None or by is None else table[table[by].notna() & text.eq(group)]
            )
            found[group] = _mean(name, rows[name].to_numpy(dtype=float))
        first = found[groups[0]]
        for group in groups[1:]:
            own = found[group]
            found[f"{group} - {groups[0]}"] = (own[0] - first[0], float(np.hypot(own[1], first[1])))
        return found

    return analysis


def _mean(name: str, x: np.ndarray) -> tuple[float, float]:
    n = len(x)
    if name not in COURSE_SHARES:
        return float(x.mean()), float(x.std(ddof=1) / np.sqrt(n))
    # half a patient more of each kind: a share of 0 or 1 is not known without error
    share = (x.sum() + 0.5) / (n + 1.0)
    return float(x.mean()), float(np.sqrt(share * (1.0 - share) / n))
