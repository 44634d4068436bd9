"""Kinds of pain, body sites and recall periods: chosen or refused, never mixed."""

from __future__ import annotations

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError, InputError

TABLE = pd.DataFrame(
    {
        "patient_id": ["1", "1", "1", "1", "2", "2"],
        "day": [0, 0, 7, 7, 0, 0],
        "pain": [6, 8, 4, 7, 5, None],
        "recall": ["now", "worst in 24 h", "now", "worst in 24 h", "now", "worst in 24 h"],
        "clinic": ["A", "A", "A", "A", "B", "B"],
    }
)


def test_mixed_kinds_are_refused_with_counts():
    with pytest.raises(DiaryError) as caught:
        read_diary(TABLE, "nrs")
    assert "recall holds several kinds: now (3), worst in 24 h (2)" in str(caught.value)
    found = caught.value.problems
    mixed = found[found["column"] == "recall"]
    assert mixed[["row", "patient_id", "value"]].values.tolist() == [
        [0, "1", "now (2), worst in 24 h (2)"]
    ]
    assert "select={'recall': 'now'}" in mixed["fix"].iloc[0]


def test_one_kind_is_chosen():
    diary = read_diary(TABLE, "nrs", select={"Recall": "NOW"})
    assert diary.ratings[["patient_id", "day", "pain"]].values.tolist() == [
        ["1", 0.0, 6.0], ["1", 7.0, 4.0], ["2", 0.0, 5.0],
    ]  # fmt: skip
    assert diary.provenance.selection == {"recall": "NOW"}
    assert diary.provenance.counts == {
        "read": 6, "not_selected": 3, "left_out": 0, "set_aside": 0, "missing": 0, "used": 3,
    }  # fmt: skip
    assert any("recall = NOW; 3 rows not chosen" in notice for notice in diary.notices)


def test_kinds_that_differ_between_patients_only_are_noted():
    one_each = TABLE.iloc[[0, 2, 5]].assign(pain=[6, 4, 5])
    diary = read_diary(one_each, "nrs")
    assert any("recall differs between patients" in notice for notice in diary.notices)
    # A visit that was missed says nothing of the kind.
    missed = TABLE.iloc[[0, 2, 3]].assign(pain=[6, 4, None], day=[0, 7, 14])
    assert read_diary(missed, "nrs").n_ratings == 2


def test_lenient_sets_the_mixed_patients_aside_and_keeps_the_others():
    diary = read_diary(TABLE, "nrs", lenient=True)
    assert diary.ratings["patient_id"].tolist() == ["2"]
    assert diary.n_patients == 2
    assert "of several kinds (recall)" in " ".join(diary.problems["problem"])


def test_several_values_and_columns_together():
    diary = read_diary(TABLE, "nrs", select={"recall": ["now"], "clinic": "A"})
    assert diary.ratings["day"].tolist() == [0.0, 7.0]
    with pytest.raises(DiaryError, match="of several kinds"):
        read_diary(TABLE, "nrs", select={"recall": ["now", "worst in 24 h"]})


@pytest.mark.parametrize(
    ("select", "error", "said"),
    [
        ({"site": "back"}, DiaryError, "names the column 'site'"),
        ({"recall": "last week"}, DiaryError, r"it is now (3), worst in 24 h (3)"),
        ({"recall": "now", "clinic": "C"}, DiaryError, "clinic is nowhere 'C'; it is A (4), B (2)"),
        ({}, InputError, "select= maps"),
        ("now", InputError, "select= maps"),
    ],
)
def test_what_cannot_be_chosen(select, error, said):
    with pytest.raises(error) as caught:
        read_diary(TABLE, "nrs", select=select)
    assert said in str(caught.value)


def test_choices_that_never_occur_together():
    with pytest.raises(DiaryError, match="no row has recall = worst in 24 h, clinic = B together"):
        read_diary(TABLE.iloc[:5], "nrs", select={"recall": "worst in 24 h", "clinic": "B"})
