"""Ids that a reader cannot tell apart do not split a patient without a word."""

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError
from paintrend.readers.alike import FOREIGN, LATIN, alike_key
from paintrend.scaleout.routing import route_keys
from paintrend.symptoms import read_symptoms


def frame(*ids):
    return pd.DataFrame({"patient_id": ids, "day": range(len(ids)), "pain": 5})


@pytest.mark.parametrize(
    ("one", "other"),
    [("P-1", "P–1"), ("P-1", "P\u20111"), ("A 1", "A\u00a01"), ("A 1", "A  1"), ("P1", "Р1")],
)
def test_characters_that_look_the_same_are_a_problem(one, other):
    with pytest.raises(DiaryError) as error:
        read_diary(frame(one, other, other), "nrs")
    problem = error.value.problems.iloc[0]
    assert problem["value"] == ascii(other)
    assert "only by characters that look the same (2 rows)" in problem["problem"]


def test_ids_that_look_different_are_left_alone():
    diary = read_diary(frame("P-1", "P_1", "P1", "P²", "P2", "Zoe", "Zoé"), "nrs")
    assert diary.n_patients == 7
    assert not diary.notices


def test_a_point_zero_is_asked_about():
    diary = read_diary(frame("12", "12.0", "12.5"), "nrs")
    assert diary.notices == (
        "ids that differ only in .0 are taken as different patients: 12, 12.0",
    )


def test_those_that_are_alike_meet_in_one_bucket():
    for group in (["P-1", "p–1", "Р-1"], ["12", "12.0", " 12"], ["A 1", "a\u00a01", "A  1"]):
        assert len(set(route_keys(pd.Series(group)))) == 1
        assert len({alike_key(name) for name in group}) == 1
    assert len(set(route_keys(pd.Series(["12", "12.5", "120", "1"])))) == 4


@pytest.mark.parametrize("written", ["7", "7.0"])
def test_who_is_meant_in_a_table_beside_the_ratings(written):
    diary = read_diary(frame("007", "011"), "nrs")
    table = pd.DataFrame({"patient_id": [written, "011"], "day": 1, "symptom": "none"})
    with pytest.raises(DiaryError) as error:
        read_symptoms(table, diary)
    assert "Did you mean '007'?" in error.value.problems["fix"].iloc[0]


def test_a_text_written_as_a_formula_is_the_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('patient_id,day,pain\n="007",0,5\n"=""007""",7,4\n007,14,4\n')
    diary = read_diary(path, "nrs")
    assert diary.patient_ids == ("007",)
    assert 'a text written as a formula (="007") was read as the text in 2 cells' in diary.notices


def test_letters_that_look_the_same_are_checked_together_in_capitals_and_small():
    for foreign, latin in zip(FOREIGN, LATIN, strict=True):
        for own in (f"{foreign}-1", f"{foreign}-1".lower(), f"{foreign}-1".upper()):
            keys = route_keys(pd.Series([own, f"{latin}-1"], dtype="str"))
            assert keys[0] == keys[1], (own, latin)
