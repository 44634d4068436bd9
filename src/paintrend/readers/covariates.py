"""All other columns: one value per patient, or one per rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import DiaryError
from paintrend.readers.headings import near_name
from paintrend.readers.near_numbers import is_error_cell
from paintrend.readers.raw import RawTable
from paintrend.readers.values import to_text, without_value
from paintrend.wording import plural

__all__ = ["named_columns", "split_covariates", "tell_of_covariates"]

IndexArray = NDArray[np.integer[Any]]
RESERVED = frozenset(["patient_id", "day", "pain", "inclusion"])
FEW = 0.1
"""A column that differs within no more than this share of patients was meant to be constant."""
FEW_LEVELS = 64
"""Columns with so many distinct values at most share what was worked out for others."""


def split_covariates(
    frame: pd.DataFrame, codes: np.ndarray, n_patients: int
) -> tuple[dict[str, pd.Series], dict[str, pd.Series]]:
    """Split columns into those constant within every patient and the others.

    Parameters
    ----------
    frame : DataFrame
        The columns that have no standard meaning.
    codes : array of int
        Patient of each row, -1 for none.
    n_patients : int
        Number of patients.

    Returns
    -------
    of_patients : dict of Series
        One value per patient; empty cells are filled from the patient's other rows.
    of_ratings : dict of Series
        One value per row.
    """
    of_patients, of_ratings = {}, {}
    for name in frame.columns:
        values = _typed(frame[name])
        name = f"{name} (file)" if name in RESERVED else str(name)
        _, first, unlike = _compare_rows(values, codes, n_patients)
        if not len(unlike):
            taken = values.take(np.maximum(first, 0)).reset_index(drop=True)
            of_patients[name] = taken.where(first >= 0)
        else:
            of_ratings[name] = values
    return of_patients, of_ratings


class _Compared(NamedTuple):
    """Rows with a value and a patient; the first of each patient (-1: none); those that differ from
    it."""

    there: IndexArray
    first: IndexArray
    unlike: IndexArray


def _compare_rows(values: pd.Series, codes: np.ndarray, n_patients: int) -> _Compared:
    """Compare each row with the first one of its patient that holds a value."""
    level, _ = pd.factorize(values)
    there = np.flatnonzero((level >= 0) & (codes >= 0))
    first = np.full(n_patients, -1, dtype=np.int64)
    first[codes[there[::-1]]] = there[::-1]  # written from the end: the first row wins
    unlike = there[level[there] != level[first[codes[there]]]]
    return _Compared(there, first, unlike)


def tell_of_covariates(
    frame: pd.DataFrame,
    of_ratings: Mapping[str, pd.Series],
    codes: np.ndarray,
    ids: Sequence[str],
    rows: np.ndarray,
) -> list[str]:
    """Name columns with errors of a spreadsheet, which are read as empty cells, and columns that
    differ within a few patients only: one slip makes a column of groups one of ratings.

    Parameters
    ----------
    frame : DataFrame
        The columns as they were read.
    of_ratings : dict of Series
        From `split_covariates`.
    codes, ids, rows
        Patient of each row (-1 for none), their ids, and the rows as the file numbers them.
    """
    said = _error_cells(frame)
    for name, values in of_ratings.items():
        there, first, unlike = _compare_rows(values, codes, len(ids))
        n_several = int((np.bincount(codes[there], minlength=len(ids)) > 1).sum())
        patients = np.unique(codes[unlike])
        if not len(patients) or len(patients) > FEW * n_several:
            continue
        at = unlike[0]
        before = first[codes[at]]
        one, other = str(values.iloc[at]), str(values.iloc[before])
        said.append(
            f"column {name!r} is not constant within {len(patients)} of {n_several} "
            f"patients (the first is {ids[codes[at]]}: {one!r} in row {rows[at]}, {other!r} in "
            f"row {rows[before]}), so it belongs to ratings, and patients cannot be grouped by it. "
            "If it should be constant, mend these rows"
        )
    return said


def _error_cells(frame: pd.DataFrame) -> list[str]:
    said = []
    for name in frame.columns:
        text = to_text(frame[name]) if frame[name].dtype.kind not in "biufmM" else None
        if text is None or not text.str.contains("#", regex=False).any():
            continue
        n = int(text.map(is_error_cell).sum())
        if n:
            cells = plural(n, "cell")
            said.append(f"column {name!r}: {cells} with an error of a spreadsheet read as empty")
    return said


def _simple_levels(values: pd.Series) -> pd.Series:
    """Write intervals, such as ages in bands, as text, and take Arrow's dictionaries as their
    values: no file keeps the one, and no formula reads the other."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype) and isinstance(
        dtype.categories.dtype, pd.IntervalDtype
    ):
        return values.cat.rename_categories(list(map(str, dtype.categories)))
    dictionary = isinstance(dtype, pd.ArrowDtype) and str(dtype).startswith("dictionary<")
    if dictionary or isinstance(dtype, pd.IntervalDtype):
        return values.astype(object)
    return values


def _typed(values: pd.Series) -> pd.Series:
    """Turn text columns into numbers if all of it is; codes such as 007 stay text."""
    values = _simple_levels(values)
    if not (values.dtype == object or isinstance(values.dtype, pd.StringDtype)):
        return values
    text = to_text(values)
    codes, distinct = pd.factorize(text.str.strip())
    if not len(distinct):
        return text
    if len(distinct) > FEW_LEVELS:
        levels = _typed_levels(tuple(distinct))
    else:
        levels = _few_typed_levels(tuple(distinct))
    return levels.take(codes).set_axis(values.index)


def _typed_levels(distinct: tuple[str, ...]) -> pd.Series:
    """Turn the distinct values of a column into numbers if all of them are."""
    levels = pd.Series(distinct, dtype="str")
    empty = without_value(levels)
    if empty.all():
        return pd.Series(np.full(len(levels), np.nan))
    numbers = np.array(pd.to_numeric(levels, errors="coerce"), dtype=float)
    coded = levels[~empty].str.match(r"[+-]?0\d").any()
    if coded or np.isnan(numbers[~empty]).any():
        return levels.where(~empty)
    numbers[empty] = np.nan
    whole = not empty.any() and bool((np.abs(numbers) < 2**53).all())
    if whole and (numbers == np.round(numbers)).all():
        return pd.Series(numbers.astype(np.int64))
    return pd.Series(numbers)


# tables of thousands of columns have the same few values in most of them
_few_typed_levels = lru_cache(maxsize=512)(_typed_levels)


def named_columns(
    table: RawTable,
    covariates: Sequence[str],
    *,
    whole: str = "file",
    parts: str = "columns",
    most: int = 30,
) -> list[str]:
    """Return the columns that the caller wants to keep.

    Parameters
    ----------
    table : RawTable
        Where they are looked for.
    covariates : sequence of str
        As the caller names them.
    whole, parts : str
        What the system calls a table and its columns.
    most : int
        Columns that a message lists.

    Raises
    ------
    DiaryError
        With all that are missing at once.
    """
    names = [str(name) for name in table.frame.columns]
    found = {asked: near_name(asked, names) for asked in covariates}
    absent = [asked for asked, name in found.items() if name is None]
    if absent:
        raise DiaryError(
            f"{table.source}: covariates= names {', '.join(map(repr, absent))}, which the {whole} "
            f"does not have. It has the {parts}: {', '.join(names[:most])}."
        )
    return [name for name in found.values() if name is not None]
