"""Filters: which patients are chosen, by course, certainty and any covariate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

__all__ = ["NOT_KNOWN", "Choice", "Filters", "Span", "covariate_filters", "matching_ids"]

NOT_KNOWN = "not known"
"""What stands for a missing covariate among the values to choose from."""

FEW_NUMBERS, FEW_WORDS = 6, 12
"""Distinct values up to which a covariate of numbers, or of words, is chosen value by value."""


class Choice(NamedTuple):
    """A covariate that is chosen value by value: its name and its values as text."""

    name: str
    values: tuple[str, ...]


class Span(NamedTuple):
    """A covariate of numbers: its name, its least and its largest value."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Filters:
    """Which patients are chosen; None and a covariate left out stand for all.

    Parameters
    ----------
    courses : frozenset of str, optional
        Courses as named, cannot_tell among them.
    confidences : frozenset of str, optional
        Of clear, probable, none.
    values : mapping of str to frozenset of str
        Covariate -> values as text, `NOT_KNOWN` for a missing one.
    spans : mapping of str to (low, high)
        Covariate -> range, both ends included. Who has no value is not in any range.
    """

    courses: frozenset[str] | None = None
    confidences: frozenset[str] | None = None
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spans: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def covariate_filters(patients: pd.DataFrame) -> tuple[list[Choice | Span], list[str]]:
    """Say how each covariate can be chosen by.

    Parameters
    ----------
    patients : DataFrame
        One row per patient, one column per covariate.

    Returns
    -------
    filters : list of Choice or Span
        In the order of the columns.
    left_out : list of str
        Covariates with too many different words, and those that are the same for all.

    Examples
    --------
    >>> patients = pd.DataFrame({"arm": ["a", "b", None] * 4, "age": range(30, 42)})
    >>> covariate_filters(patients)[0]
    [Choice(name='arm', values=('a', 'b', 'not known')), Span(name='age', low=30.0, high=41.0)]
    """
    filters: list[Choice | Span] = []
    left_out = []
    for name in map(str, patients.columns):
        column = patients[name]
        known = column.dropna()
        distinct = known.nunique()
        numbers = is_numeric_dtype(column) and not is_bool_dtype(column)
        if numbers and distinct > FEW_NUMBERS and np.isfinite(known).all():
            filters.append(Span(name, float(known.min()), float(known.max())))
        elif 1 < distinct + (len(known) < len(column)) <= FEW_WORDS + 1:
            words = as_words(known.drop_duplicates().sort_values(key=_by_text))
            more = (NOT_KNOWN,) if len(known) < len(column) else ()
            filters.append(Choice(name, (*dict.fromkeys(words), *more)))
        else:
            left_out.append(name)
    return filters, left_out


def _by_text(values: pd.Series) -> pd.Series:
    return values if is_numeric_dtype(values) else values.astype(str)


def as_words(column: pd.Series) -> list[str]:
    """Give the values of a covariate as text: whole numbers without a point."""
    if is_numeric_dtype(column) and not is_bool_dtype(column):
        return [NOT_KNOWN if pd.isna(value) else f"{value:g}" for value in column]
    return [NOT_KNOWN if pd.isna(value) else str(value) for value in column]


def matching_ids(table: pd.DataFrame, patients: pd.DataFrame, filters: Filters) -> list[str]:
    """Give the patients that pass every filter, in the order of the table.

    Parameters
    ----------
    table : DataFrame
        Index: patient ids; columns course and confidence.
    patients : DataFrame
        Covariates, index: patient ids.
    filters : Filters

    Raises
    ------
    KeyError
        If a filter names a covariate that is not there.
    """
    kept = np.ones(len(table), dtype=bool)
    for name, wanted in (("course", filters.courses), ("confidence", filters.confidences)):
        if wanted is not None:
            kept &= table[name].isin(wanted).to_numpy()
    own = patients.loc[table.index]
    for name, values in filters.values.items():
        kept &= np.array([word in values for word in as_words(own[name])], dtype=bool)
    for name, (low, high) in filters.spans.items():
        kept &= own[name].between(low, high).to_numpy(dtype=bool)
    return [str(name) for name in table.index[kept]]
