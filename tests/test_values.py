"""Whole columns as text: each distinct number is written once, every row gets its own."""

import numpy as np
import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError
from paintrend.readers.values import to_text
from paintrend.scales import Scale


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


def test_a_complex_number_is_no_rating():
    table = pd.DataFrame({"patient_id": "a", "day": [0, 7], "pain": np.array([5 + 1j, 4])})
    with pytest.raises(DiaryError) as caught:
        read_diary(table, "nrs")
    assert caught.value.problems["value"].tolist() == ["(5+1j)", "(4+0j)"]


@pytest.mark.parametrize("high", [1.0, 0.3])
def test_what_arithmetic_adds_at_an_end_of_the_scale_is_the_end(high):
    scale = Scale("part", 0, high, step=0, better=high / 5, worse=high / 5)
    pain = np.array([0.1 + 0.2, -1e-17, 0.1]) / 0.3 * high
    assert pain[0] > high > pain[2]
    table = pd.DataFrame({"patient_id": "a", "day": [0, 7, 14], "pain": pain})
    assert read_diary(table, scale).ratings["pain"].tolist() == [high, 0.0, pain[2]]
    single = table.assign(pain=np.float32(high))
    assert read_diary(single, scale).ratings["pain"].tolist() == [high] * 3
    with pytest.raises(DiaryError):
        read_diary(table.assign(pain=high * (1 + 1e-6)), scale)


def test_none_is_a_value_of_a_covariate_among_words_and_missing_among_numbers():
    table = pd.DataFrame(
        {
            "patient_id": ["P1", "P1", "P2", "P3", "P4"],
            "day": [0, 7, 0, 0, 0],
            "pain": ["4", "none", "5", "6", "3"],
            "medication": ["none", "none", "reduced", "NA", "none"],
            "age": ["63", "63", "none", "41", "50"],
        }
    )
    diary = read_diary(table, scale="nrs")
    assert diary.patients["medication"].fillna("").tolist() == ["none", "reduced", "", "none"]
    assert diary.patients["age"].isna().tolist() == [False, True, False, False]
    assert diary.n_missing == 1
