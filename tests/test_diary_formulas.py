"""Workbooks with formulas: calculated ones are read, others are not taken for missed visits."""

import zipfile

import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError

openpyxl = pytest.importorskip("openpyxl")


def write_book(path, formula="=2+2", other=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ratings"
    for row in [("patient_id", "day", "pain"), ("A", 0, 5), ("A", 7, formula), ("B", 0, 3)]:
        sheet.append(row)
    if other is not None:
        book.create_sheet("Sums")["B2"] = other
    book.save(path)
    return path


def with_value(path, value, kind=""):
    """The same workbook as a spreadsheet program saves it."""
    out = path.with_name(f"saved_{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                assert b"<v />" in data or b"<v></v>" in data or b"<v/>" in data
                for empty in (b"<v />", b"<v></v>", b"<v/>"):
                    data = data.replace(empty, b"<v>" + value + b"</v>")
                if kind:
                    data = data.replace(b'<c r="C3"', b'<c r="C3" t="' + kind.encode() + b'"')
            new.writestr(name, data)
    return out


def test_a_formula_that_was_never_calculated_is_no_missed_visit(tmp_path):
    with pytest.raises(
        DiaryError, match=r"sheet Ratings has a formula without a value \(C3\)"
    ) as e:
        read_diary(write_book(tmp_path / "a.xlsx"), "nrs")
    row = e.value.problems.iloc[0]
    assert row[["row", "column", "value"]].tolist() == [3, "C", "=2+2"]
    assert "save it there" in row["fix"]


def test_what_a_spreadsheet_calculated_is_read(tmp_path):
    path = with_value(write_book(tmp_path / "a.xlsx"), b"4")
    assert read_diary(path, "nrs").ratings["pain"].tolist() == [5.0, 4.0, 3.0]


def test_a_formula_may_give_an_empty_text(tmp_path):
    path = with_value(write_book(tmp_path / "a.xlsx", '=IF(1,"","")'), b"", "str")
    assert read_diary(path, "nrs").ratings["pain"].tolist() == [5.0, 3.0]


def test_formulas_of_sheets_that_are_not_read_do_not_matter(tmp_path):
    path = write_book(tmp_path / "a.xlsx", 4, "=SUM(A1:A9)")
    assert len(read_diary(path, "nrs", sheet="Ratings").ratings) == 3
    with pytest.raises(DiaryError, match=r"sheet Sums has a formula without a value \(B2\)"):
        read_diary(path, "nrs", sheet=["Ratings", "Sums"])
