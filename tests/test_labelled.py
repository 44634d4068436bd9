"""SPSS and Stata files: value labels, user-missing values, dates, damage."""

from __future__ import annotations

import datetime as dt
import importlib.util

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError, MissingExtraError
from paintrend.readers import labelled, labelled_process
from paintrend.readers.labels import label_number
from paintrend.symptoms import read_symptoms

pyreadstat = pytest.importorskip("pyreadstat")

FRAME = pd.DataFrame(
    {
        "patient_id": ["007", "007", "12", "12"],
        "start": [dt.date(2024, 3, 14)] * 4,
        "date": [dt.date(2024, 3, 14), dt.date(2024, 3, 21), dt.date(2024, 3, 10), None],
        "nrs": [6.0, 99.0, 5.0, 4.0],
        "sex": [1.0, 1.0, 2.0, 2.0],
        "clinic": [3.0, 3.0, 9.0, 9.0],
    }
)
LABELS = {
    "nrs": {0: "0 no pain", 10: "10 worst pain", 99: "refused"},
    "sex": {1: "male", 2: "female"},
}


@pytest.fixture(autouse=True)
def parsed_here(monkeypatch):
    """Not in a process of its own, which is what test_labelled_process.py is about."""
    monkeypatch.setattr(labelled_process, "_ask", labelled_process.answer_of)


@pytest.fixture
def sav(tmp_path):
    path = tmp_path / "ratings.sav"
    pyreadstat.write_sav(
        FRAME.iloc[:3], path, variable_value_labels=LABELS,
        missing_ranges={"nrs": [{"lo": 98, "hi": 99}], "clinic": [9]},
    )  # fmt: skip
    return path


def test_an_spss_file_becomes_the_table_written_by_hand(sav):
    diary = read_diary(sav, "nrs")
    assert diary.ratings[["patient_id", "day", "pain"]].values.tolist() == [
        ["007", 0.0, 6.0], ["12", -4.0, 5.0],
    ]  # fmt: skip
    assert diary.missing[["row", "patient_id", "day"]].values.tolist() == [[2, "007", 7.0]]
    assert diary.patients["sex"].to_dict() == {"007": "male", "12": "female"}
    assert diary.patients["clinic"].isna().tolist() == [False, True]
    notices = "\n".join(diary.notices)
    assert "nrs: values declared as missing are taken as empty (99 (refused): 1)" in notices
    assert "clinic: values declared as missing are taken as empty (9: 1)" in notices
    assert diary.provenance.system == "SPSS"
    assert diary.provenance.files == ("ratings.sav",)
    assert diary.provenance.counts["used"] == 2


@pytest.mark.parametrize("version", [8, 10, 12, 13, 15])
def test_stata_files_of_every_release(tmp_path, version):
    path = tmp_path / "ratings.dta"
    pyreadstat.write_dta(FRAME.iloc[[0, 2]], path, version=version,
                         variable_value_labels={"sex": LABELS["sex"]})  # fmt: skip
    diary = read_diary(path, "nrs")
    assert diary.ratings["pain"].tolist() == [6.0, 5.0]
    assert diary.patients["sex"].tolist() == ["male", "female"]
    assert diary.provenance.system == "Stata"


def test_letters_that_stata_declares_as_missing(tmp_path):
    path = tmp_path / "ratings.dta"
    frame = FRAME.iloc[:3].assign(nrs=[6.0, "a", 5.0])
    pyreadstat.write_dta(frame, path, version=15, missing_user_values={"nrs": ["a"]},
                         variable_value_labels={"nrs": {"a": "refused"}})  # fmt: skip
    diary = read_diary(path, "nrs")
    assert diary.ratings["pain"].tolist() == [6.0, 5.0]
    assert diary.n_missing == 1
    assert any("a (refused): 1" in notice for notice in diary.notices)


def test_codes_that_are_not_the_numbers_of_their_labels(tmp_path):
    path = tmp_path / "shifted.sav"
    shifted = FRAME.iloc[[0, 2]].assign(nrs=[1.0, 8.0])
    labels = {"nrs": {code: f"{code - 1}" for code in range(1, 12)}}
    pyreadstat.write_sav(shifted, path, variable_value_labels=labels)
    with pytest.raises(DiaryError, match="1 is labelled '0', 2 is labelled '1'"):
        read_diary(path, "nrs")
    assert read_diary(path, "nrs", labels=True).ratings["pain"].tolist() == [0.0, 7.0]
    assert read_diary(path, "nrs", labels=False).ratings["pain"].tolist() == [1.0, 8.0]


def test_kinds_are_chosen_by_the_words_of_the_labels(tmp_path):
    path = tmp_path / "sites.sav"
    frame = FRAME.iloc[[0, 2, 2]].assign(
        patient_id="1", body_site=[1.0, 2.0, 1.0],
        date=[dt.date(2024, 3, day) for day in (14, 15, 16)],
    )  # fmt: skip
    pyreadstat.write_sav(frame, path, variable_value_labels={"body_site": {1: "back", 2: "leg"}})
    with pytest.raises(DiaryError, match=r"body_site holds several kinds: back \(2\), leg \(1\)"):
        read_diary(path, "nrs")
    assert read_diary(path, "nrs", select={"body_site": "leg"}).ratings["day"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("label", "number"),
    [("0", 0), ("10 = worst", 10), ("7 (severe)", 7), ("0,5", 0.5), ("-1 lost", -1),
     ("no pain", None), ("2-3 days", None), ("7/10", None), ("", None)],
)  # fmt: skip
def test_the_number_of_a_label(label, number):
    assert label_number(label) == number


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.sav", b"$FL2@(#) SPSS DATA FILE"), ("a.dta", b"<stata_dta><header>"),
     ("a.dta", bytes([114, 2, 1, 0]) + b"x" * 50),
     ("a.xpt", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"x" * 50)],
)  # fmt: skip
def test_damaged_files(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DiaryError, match=r"cannot be read as a file of|no rows"):
        read_diary(path, "nrs")


def test_a_name_that_promises_another_content(tmp_path):
    path = tmp_path / "a.sav"
    path.write_text("patient_id,day,pain\n1,0,5\n")
    with pytest.raises(DiaryError, match=r"the name ends in \.sav, but the content"):
        read_diary(path, "nrs")


def test_the_missing_extra_is_named(sav, monkeypatch):
    monkeypatch.setattr(labelled, "find_spec", lambda name: None)
    assert importlib.util.find_spec("pyreadstat") is not None
    with pytest.raises(MissingExtraError, match=r"paintrend\[spss\]"):
        read_diary(sav, "nrs")


def test_symptoms_in_a_labelled_file_are_read_by_their_words(tmp_path):
    path = tmp_path / "signs.sav"
    frame = pd.DataFrame({"patient_id": ["1", "2"], "day": [3.0, 4.0], "symptom": [1.0, 9.0]})
    pyreadstat.write_sav(
        frame, path, variable_value_labels={"symptom": {1: "Saddle numbness", 9: "none"}}
    )
    symptoms = read_symptoms(path)
    assert symptoms.table["sign"].tolist() == ["saddle_numbness"]
    assert symptoms.n_patients_checked == 2


def test_a_time_of_day_declared_as_missing_is_compared_as_it_is():
    values = pd.Series([dt.time(8), 3.0, None], dtype=object)
    found = labelled._within(values, dt.time(8), dt.time(9))
    assert found.tolist() == [True, False, False]
