"""Coerce whole columns: to text, to numbers, and tell what is missing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import is_number
from paintrend.readers.near_numbers import is_error_cell

__all__ = [
    "TWO_READINGS",
    "has_two_readings",
    "is_missing",
    "not_numbers",
    "to_number",
    "to_text",
    "without_value",
]

THOUSANDS = r"\s*[-+]?[1-9]\d{0,2}(?:\.\d{3})+\s*"
"""Text that may be a decimal, or a whole number with points between thousands."""

# What spreadsheets, R, SAS and people write into a cell that has no value.
MISSING_TEXTS = frozenset(
    ["", "na", "n/a", "#n/a", "nan", "null", "none", "<na>", "nat", ".", "-", "--", "missing"]
)


def not_numbers(given: Mapping[Any, Any]) -> str:
    """List the pairs of a mapping whose value is no number; "" if there are none.

    Examples
    --------
    >>> not_numbers({"a": 1, "b": "2", "c": None})
    "'b': '2', 'c': None"
    """
    return ", ".join(
        f"{name!r}: {value!r}" for name, value in given.items() if not is_number(value)
    )


def to_text(values: pd.Series) -> pd.Series:
    """Return a column as text: whole numbers without ".0", dates in ISO form, missing as "".

    The text is what the file shows, spaces included.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.dtype.categories.dtype)
    dtype = values.dtype
    if isinstance(dtype, pd.StringDtype):
        return values.fillna("").astype("str")
    if pd.api.types.is_bool_dtype(dtype) and not values.hasnans:
        return values.astype("str")
    if pd.api.types.is_integer_dtype(dtype):
        return values.astype("str").where(values.notna(), "")
    if pd.api.types.is_float_dtype(dtype):
        return _float_text(values)
    if isinstance(dtype, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(dtype):
        return values.astype("str").where(values.notna(), "")
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "floating":
        return _float_text(pd.to_numeric(values))
    if kind == "integer":  # as floats, long ids that differ in the last digits would become one
        return values.astype("str").where(values.notna(), "")
    cells = values.to_numpy(dtype=object)
    return pd.Series([_cell_text(cell) for cell in cells], index=values.index, dtype="str")


def is_missing(text: pd.Series) -> np.ndarray:
    """Tell which texts stand for "no value" (empty, NA, n/a, NaN, ".", "-" ...)."""
    # Values repeat: look at each distinct one once.
    codes, distinct = pd.factorize(text)
    empty = np.array([str(one).strip().lower() in MISSING_TEXTS for one in distinct], dtype=bool)
    return empty[codes] if len(distinct) else np.zeros(len(text), dtype=bool)


def without_value(levels: pd.Series) -> np.ndarray:
    """Tell which distinct texts of a covariate stand for "no value".

    The word "none" is an answer like any other, such as "no medication", unless all other values
    are numbers. An error of a spreadsheet is no value.

    Examples
    --------
    >>> without_value(pd.Series(["none", "reduced", "NA"])).tolist()
    [False, False, True]
    >>> without_value(pd.Series(["none", "63"])).tolist()
    [True, False]
    >>> without_value(pd.Series(["#DIV/0!", "63"])).tolist()
    [True, False]
    """
    empty = is_missing(levels) | np.array([is_error_cell(text) for text in levels], dtype=bool)
    others = levels[~empty]
    if len(others) and np.isfinite(to_number(others)).all():
        return empty
    return empty & (levels.str.strip().str.lower() != "none").to_numpy(dtype=bool)


TWO_READINGS = "can be read as a decimal or with thousands", "Write the column with decimal points."
"""Problem and fix for a text that `has_two_readings`."""


def has_two_readings(text: str) -> bool:
    """Tell whether `to_number` may have left a text alone because it can be read in two ways.

    Examples
    --------
    >>> [has_two_readings(text) for text in ("1,000", "1.000", "0.125", "7/10")]
    [True, True, False, False]
    """
    return re.fullmatch(rf"\s*[-+]?\d+,\d{{3}}\s*|{THOUSANDS}", text) is not None


def to_number(values: pd.Series) -> np.ndarray:
    """Return a column as float; NaN where it is no number.

    Text may have outer spaces, a decimal comma and a typographic minus. A comma before exactly
    three digits could be a thousands separator, so it is not guessed; neither is a point there if
    another value of the column has a decimal comma.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.dtype.categories.dtype)
    kind = values.dtype
    # A bool is no rating, and a complex number would lose its imaginary part.
    unusual = pd.api.types.is_bool_dtype(kind) or pd.api.types.is_complex_dtype(kind)
    if pd.api.types.is_numeric_dtype(kind) and not unusual:
        return np.array(values.to_numpy(dtype=float, na_value=np.nan))
    # Values repeat: convert each distinct one once.
    codes, distinct = pd.factorize(to_text(values))
    text = pd.Series(distinct, dtype="str")
    numbers = np.array(pd.to_numeric(text, errors="coerce"), dtype=float)
    left = np.isnan(numbers) & ~is_missing(text)
    numbers[left] = [_one_number(str(one)) for one in text[left]]
    if (text.str.contains(",", regex=False) & np.isfinite(numbers)).any():
        numbers[text.str.fullmatch(THOUSANDS).to_numpy(dtype=bool)] = np.nan
    return numbers[codes] if len(distinct) else np.zeros(len(values))


def _one_number(text: str) -> float:
    text = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "")
    whole, comma, decimals = text.partition(",")
    if comma and decimals.isdigit() and len(decimals) != 3 and "." not in whole:
        text = f"{whole}.{decimals}"
    try:
        # "1_0" is a number to Python, not to a person.
        return np.nan if "_" in text else float(text)
    except ValueError:
        return np.nan


def _float_text(values: pd.Series) -> pd.Series:
    # Values repeat: write each distinct one once.
    codes, distinct = pd.factorize(values.to_numpy(dtype=float, na_value=np.nan))
    with np.errstate(invalid="ignore"):
        whole = (
            np.isfinite(distinct) & (np.abs(distinct) < 2**53) & (distinct == np.round(distinct))
        )
    text = pd.Series(distinct).astype("str")
    if whole.any():
        as_whole = pd.Series(np.where(whole, distinct, 0).astype(np.int64)).astype("str")
        text = text.where(~whole, as_whole)
    # factorize gives no value the code -1, which takes the last one
    every = pd.concat([text, pd.Series([""], dtype="str")], ignore_index=True)
    return every.take(codes).set_axis(values.index)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):  # as some writers of Parquet leave text
        return cell.decode("utf-8", errors="backslashreplace")
    if isinstance(cell, (dt.datetime, dt.date)):
        return "" if cell is pd.NaT else cell.isoformat()
    if cell is None or cell is pd.NA:
        return ""
    if isinstance(cell, (float, np.floating)):
        if np.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else repr(float(cell))
    return str(cell)
