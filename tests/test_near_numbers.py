"""The fix for a text beside a number never turns its sign."""

import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError
from paintrend.readers.near_numbers import number_within
from paintrend.scales import Scale

OWN = Scale(
    "own", -10, 10, better=2, worse=2, label="Own", measures="x", unit="points", source="none"
)


def fix_of(tmp_path, row, scale="nrs"):
    path = tmp_path / "a.csv"
    path.write_text(f"patient_id,day,pain\n1,0,5\n{row}\n", encoding="utf-8")
    with pytest.raises(DiaryError) as e:
        read_diary(path, scale)
    return e.value.problems["fix"].iloc[0]


@pytest.mark.parametrize("day", ["–7", "- 7", "day −7", "7 days before"])
def test_a_day_before_day_0_stays_before_it(tmp_path, day):
    assert fix_of(tmp_path, f"1,{day},5") == "Write the number alone: -7."


@pytest.mark.parametrize(
    "day", ["(7)", "T-7", "day-7", "7-", "7 pre-op", "day 7 before dose", "7 (prior: none)"]
)
def test_a_sign_that_is_not_clear_is_left_to_the_reader(tmp_path, day):
    fix = fix_of(tmp_path, f"1,{day},5")
    assert "Write the number of days alone" in fix
    assert "alone: 7" not in fix


def test_ratings_keep_their_sign_where_the_scale_has_one(tmp_path):
    assert "alone: -7," in fix_of(tmp_path, "1,3,–7", OWN)
    assert "Write a whole number from -10 to 10" in fix_of(tmp_path, "1,3,(7)", OWN)
    assert "Write a whole number from 0 to 10" in fix_of(tmp_path, "1,3,–7")
    assert "alone: 7," in fix_of(tmp_path, "1,3,7 (worst)")


@pytest.mark.parametrize("text", ["6 or 7", "none", "7½", "1.2.3", "1,000", "-7 days before"])
def test_no_number_is_named_where_none_is_clear(text):
    assert number_within(text, of_time=True) == ""


def test_errors_of_spreadsheets_hold_no_number(tmp_path):
    assert "Correct the formula" in fix_of(tmp_path, "1,3,#DIV/0!")
