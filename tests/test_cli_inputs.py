"""Options of reading that do not suit the file, and what is said of rows, headings and tables."""

import json

import pandas as pd
import pytest

from paintrend.cli import main
from paintrend.diary import read_diary
from paintrend.errors import DiaryError


@pytest.fixture
def ratings(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,day,pain\n1,0,5\n1,7,4\n")
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sheet", "Nope"], "--sheet and --sheets are for workbooks"),
        (["--sheets", "A,B"], "--sheet and --sheets are for workbooks"),
        (["--labels", "yes"], "--labels is for SPSS, Stata and SAS"),
    ],
)
def test_options_that_do_not_suit_are_wrong_usage(ratings, capsys, options, said):
    assert main(["check", str(ratings), "--scale", "nrs"]) == 0
    assert main(["check", str(ratings), "--scale", "nrs", *options]) == 2
    assert said in capsys.readouterr().err


def test_days_that_are_a_code_of_missing_data(tmp_path):
    table = pd.DataFrame({"patient_id": "1", "day": [0, 7, 999, -99], "pain": [5, 4, 3, 2]})
    with pytest.raises(DiaryError) as error:
        read_diary(table, "nrs", missing_codes=[999, -99])
    found = error.value.problems
    assert found[["row", "column", "value"]].values.tolist() == [
        [2, "day", "999"], [3, "day", "-99"],
    ]  # fmt: skip
    assert set(found["problem"]) == {
        "is a code of missing data, far from all other days of the patient"
    }
    daily = pd.DataFrame({"patient_id": "1", "day": range(110), "pain": 5})
    assert read_diary(daily, "nrs", missing_codes=[99]).n_ratings == 110
    # other patients say nothing of it: a file is read alike in parts
    apart = pd.DataFrame({"patient_id": list("xxxxyy"), "day": [0, 14, 28, 99, 0, 95], "pain": 5})
    assert read_diary(apart[:4], "nrs", missing_codes=[99]).n_ratings == 4
    assert read_diary(apart, "nrs", missing_codes=[99]).n_ratings == 6


def test_visits_are_counted_as_visits():
    table = pd.DataFrame({"patient_id": list("abcd"), "day 0": 50, "week 1": "x", "week 2": 5})
    with pytest.raises(DiaryError, match=r"8 problems; 8 of 12 visits cannot be used"):
        read_diary(table, "nrs", wide=True)


def test_rows_within_a_quotation_are_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('ID,day,note,pain\n1,0,"x,5\n1,7,y,4\n1,8,"z",4\n1,9,,3\n')
    notices = read_diary(path, "nrs", columns={"patient_id": "ID"}, lenient=True).notices
    assert any("cells of several lines: row 2, note (3 lines)" in notice for notice in notices)
    path.write_text('patient_id,day,pain,note\n1,0,5,"one line"\n')
    assert not read_diary(path, "nrs").notices


def test_problems_of_ids_name_the_heading_of_the_file():
    table = pd.DataFrame({"ID": ["1", "", "1 "], "day": [0, 7, 8], "pain": 5})
    with pytest.raises(DiaryError) as error:
        read_diary(table, "nrs", columns={"patient_id": "ID"})
    assert set(error.value.problems["column"]) == {"ID"}


def test_a_bad_date_of_a_start_is_a_row_of_that_table(tmp_path, capsys):
    resource = {
        "resourceType": "Observation", "id": "o1", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]},
        "subject": {"reference": "Patient/1"}, "effectiveDateTime": "2024-03-14",
        "valueInteger": 5,
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(resource))
    starts = tmp_path / "starts.csv"
    starts.write_text("patient_id,start\n2,2024-03-14\n1,14/13/2024\n")
    command = ["convert", str(tmp_path / "a.json"), "--scale", "nrs"]
    command += ["--starts", str(starts), "-o", str(tmp_path / "out.csv")]
    assert main(command) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "starts.csv: 1 problem; 1 of 2 rows" in said
    assert "3 1 start 14/13/2024" in said
    assert "--lenient" not in said


@pytest.mark.parametrize(("role", "table"), [("symptom", "symptoms"), ("dose", "sessions")])
def test_columns_of_a_table_that_is_not_given_are_wrong_usage(
    role, table, ratings, tmp_path, capsys
):
    options = ["--scale", "nrs", "--columns", f"{role}=x"]
    assert main(["fit", str(ratings), *options, "--horizon", "14", "-o", str(tmp_path / "o")]) == 2
    assert f"about the table of --{table}, which is not given" in capsys.readouterr().err
    # a command that reads no such table leaves it to those who do
    assert main(["check", str(ratings), *options]) == 0
