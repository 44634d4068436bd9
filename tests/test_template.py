"""The form: it can be filled in and read back, and examples left in it are noticed."""

import csv
import datetime as dt

import openpyxl
import pytest

from paintrend.diary import read_diary, write_template
from paintrend.errors import DiaryError, InputError, MissingExtraError
from paintrend.readers import template
from paintrend.scales import Scale


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_examples_left_in_the_form_are_problems(tmp_path, suffix):
    path = write_template(tmp_path / f"diary.{suffix}")
    with pytest.raises(DiaryError) as caught:
        read_diary(path, "nrs")
    problems = caught.value.problems
    assert problems["row"].tolist() == [2, 3, 4]
    assert set(problems["problem"]) == {"this is an example row of the form"}
    assert set(problems["fix"]) == {"Delete the row."}


@pytest.mark.parametrize("scale", ["nrs", "odi", "promis_pi", Scale("own scale", 0, 4)])
def test_a_filled_form_is_read_back(tmp_path, scale):
    path = write_template(tmp_path / "diary.xlsx", scale)
    book = openpyxl.load_workbook(path)
    form = book["diary"]
    form.delete_rows(2, 3)
    day0 = dt.date(2024, 3, 1)
    middle = 40 if scale == "promis_pi" else 4
    form.append(["007", day0, day0 - dt.timedelta(days=2), middle, 1])
    form.append(["007", None, day0 + dt.timedelta(days=7), middle, None])
    book.save(path)
    diary = read_diary(path, scale)
    assert diary.ratings[["patient_id", "day", "pain", "inclusion"]].to_numpy().tolist() == [
        ["007", -2.0, float(middle), True],
        ["007", 7.0, float(middle), False],
    ]


def test_the_form_explains_every_column_and_checks_the_score(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "diary.xlsx", "promis_pi"))
    form, guide = book["diary"], book["how to fill in"]
    headings = [cell.value for cell in form[1]]
    assert headings == ["patient_id", "start", "date", "promis_pi", "inclusion"]
    explained = {row[0].value: row[1].value for row in guide.iter_rows(min_row=2)}
    assert set(headings) <= set(explained)
    assert "20 to 80" in explained["promis_pi"]
    assert "higher = worse" in explained["promis_pi"]
    (check,) = form.data_validations.dataValidation
    assert (check.type, check.formula1, check.formula2) == ("decimal", "20", "80")
    assert "D2" in check.sqref
    assert form["A5"].number_format == "@"


def test_the_csv_form_opens_in_a_spreadsheet(tmp_path):
    path = write_template(tmp_path / "diary.csv", "nrs")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["patient_id", "start", "date", "pain", "inclusion"]
    assert all(row[0].startswith("EXAMPLE") for row in rows[1:])
    assert all(0 <= float(row[3]) <= 10 for row in rows[1:])


def test_nothing_is_overwritten_and_other_formats_are_refused(tmp_path):
    path = write_template(tmp_path / "diary.csv")
    with pytest.raises(InputError, match="exists and may hold data"):
        write_template(path)
    with pytest.raises(InputError, match=r"\.xlsx or a \.csv"):
        write_template(tmp_path / "diary.docx")
    with pytest.raises(InputError, match="there is no folder"):
        write_template(tmp_path / "none" / "diary.csv")


def test_without_openpyxl_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(template, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"paintrend\[excel\].*diary\.csv"):
        write_template(tmp_path / "diary.xlsx")
    assert not (tmp_path / "diary.xlsx").exists()
