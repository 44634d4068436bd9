"""Whole columns as text: each distinct number is written once, every row gets its own."""

import numpy as np
import pandas as pd
import pytest

from paintrend.readers.values import to_text


@pytest.mark.parametrize("dtype", ["float64", "Float64"])
def test_numbers_as_a_person_writes_them(dtype):
    values = [7.0, 2.5, np.nan, -0.0, 7.0, 0.1, 1e20, 0.0, np.nan, 2.5, -3.0]
    if dtype == "float64":
        values += [np.inf, -np.inf]
    column = pd.Series(values, index=range(100, 100 + len(values)), dtype=dtype)
    expected = ["7", "2.5", "", "0", "7", "0.1", "1e+20", "0", "", "2.5", "-3", "inf", "-inf"]
    text = to_text(column)
    assert text.tolist() == expected[: len(values)]
    assert text.index.equals(column.index)
    assert text.dtype == "str"


@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_columns_without_numbers(values):
    text = to_text(pd.Series(values, dtype="float64"))
    assert text.tolist() == [""] * len(values)
