"""Workbooks with several sheets: one for each group, one for each visit, one to choose."""

from __future__ import annotations

import pandas as pd
import pytest

from paintrend.cli.headings import headings_of
from paintrend.diary import read_diary
from paintrend.errors import DiaryError, InputError
from paintrend.events import read_events
from paintrend.sessions import read_sessions
from paintrend.symptoms import read_symptoms

pytest.importorskip("openpyxl")

NORTH = pd.DataFrame({"patient_id": ["1", "1"], "day": [0, 7], "pain": [6, 4], "age": [50, 50]})
SOUTH = pd.DataFrame({"patient_id": ["2"], "Day": [0], "pain": ["five"]})
BASE = pd.DataFrame({"patient_id": ["1", "2"], "pain": [6, 5]})
LATER = pd.DataFrame({"patient_id": ["2", "1"], "pain": [3, None]})


def book(path, **sheets):
    with pd.ExcelWriter(path) as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name.replace("_", " "), index=False)
    return path


def test_groups_below_each_other(tmp_path):
    path = book(
        tmp_path / "a.xlsx", Ward_A=NORTH, Ward_B=SOUTH.assign(pain=5), notes=pd.DataFrame()
    )
    for asked in ("*", ["Ward A", "Ward B"]):
        diary = read_diary(path, "nrs", sheet=asked)
        assert diary.ratings[["patient_id", "day", "pain"]].values.tolist() == [
            ["1", 0.0, 6.0], ["1", 7.0, 4.0], ["2", 0.0, 5.0],
        ]  # fmt: skip
        assert diary.patients["sheet"].tolist() == ["Ward A", "Ward B"]
        assert diary.provenance.part == "sheets Ward A, Ward B"
        assert any("sheet Ward B has no column age" in notice for notice in diary.notices)


def test_a_problem_names_sheet_and_row(tmp_path):
    path = book(tmp_path / "a.xlsx", Ward_A=NORTH, Ward_B=SOUTH)
    with pytest.raises(DiaryError) as caught:
        read_diary(path, "nrs", sheet="*")
    assert caught.value.problems["row"].tolist() == ["Ward B!2"]


def test_a_sheet_for_each_visit(tmp_path):
    path = book(tmp_path / "a.xlsx", Baseline=BASE, Week_6=LATER)
    diary = read_diary(path, "nrs", sheet={"Baseline": 0, "Week 6": 42})
    assert diary.ratings[["patient_id", "day", "pain"]].values.tolist() == [
        ["1", 0.0, 6.0], ["2", 0.0, 5.0], ["2", 42.0, 3.0],
    ]  # fmt: skip
    assert diary.missing[["row", "patient_id", "day"]].values.tolist() == [["Week 6!3", "1", 42.0]]
    assert any("Baseline = day 0, Week 6 = day 42" in notice for notice in diary.notices)


def test_one_sheet_is_named_in_the_provenance(tmp_path):
    path = book(tmp_path / "a.xlsx", Ward_A=NORTH, Ward_B=SOUTH)
    diary = read_diary(path, "nrs", sheet="Ward A")
    assert (diary.provenance.system, diary.provenance.part) == ("Excel", "sheet Ward A")


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        (None, DiaryError, "has several sheets: 'Ward A', 'Ward B'"),
        ("Ward C", DiaryError, "no sheet 'Ward C'; it has: 'Ward A', 'Ward B'"),
        (["Ward A", "Ward C"], DiaryError, "no sheet 'Ward C'; it has: 'Ward A', 'Ward B'"),
        ([], DiaryError, "none was named"),
        ({"Ward A": "first"}, InputError, "a number"),
        ({"Ward A": 0, "Ward B": 7}, DiaryError, "have a column day, and sheet= gives days"),
    ],
)
def test_what_cannot_be_chosen(tmp_path, asked, error, said):
    path = book(tmp_path / "a.xlsx", Ward_A=NORTH, Ward_B=SOUTH)
    with pytest.raises(error) as caught:
        read_diary(path, "nrs", sheet=asked)
    assert said in str(caught.value)


def test_headings_that_differ_are_named(tmp_path):
    other = SOUTH.rename(columns={"pain": "nrs today"})
    path = book(tmp_path / "a.xlsx", Ward_A=NORTH, Ward_B=other)
    with pytest.raises(DiaryError, match="pain is not in Ward B"):
        read_diary(path, "nrs", sheet="*")


SIGNS = pd.DataFrame({"patient_id": ["1"], "day": [3], "symptom": ["fever"]})
FALLS = pd.DataFrame({"patient_id": ["1"], "day": [2], "event": ["fall"]})
VISITS = pd.DataFrame({"patient_id": ["1"], "day": [1], "status": ["attended"]})


def test_tables_beside_the_ratings_are_found_in_one_workbook(tmp_path):
    path = book(tmp_path / "a.xlsx", Ratings=NORTH, Symptoms=SIGNS, log=FALLS, therapy=VISITS)
    diary = read_diary(path, "nrs", sheet="Ratings")
    symptoms = read_symptoms(path, diary)
    assert symptoms.notices[0] == "read from sheet Symptoms"
    assert len(symptoms.table) == 1
    assert read_events(path, diary).table["event"].tolist() == ["fall"]
    assert read_sessions(path, diary).table["status"].tolist() == ["attended"]
    assert headings_of(str(path), about="event") == {"patient_id", "day", "event"}


def test_an_empty_sheet_of_the_name_is_the_one_that_is_meant(tmp_path):
    path = book(tmp_path / "a.xlsx", diary=NORTH.assign(event="x"), Events=FALLS.iloc[:0, :0])
    with pytest.raises(DiaryError, match="sheet Events"):
        read_events(path)


def test_two_sheets_that_could_be_the_table_are_named(tmp_path):
    path = book(tmp_path / "a.xlsx", North=FALLS, South=FALLS, diary=NORTH)
    said = r"'North', 'South', 'diary'\. Which one holds the events .* a file of its own"
    with pytest.raises(DiaryError, match=said) as caught:
        read_events(path)
    assert "sheet=" not in str(caught.value)
    assert len(read_events(path, sheet="South").table) == 1
