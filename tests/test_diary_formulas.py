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


def with_errors(path, errors):
    """A workbook whose cells hold errors, as a spreadsheet program writes them."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [("patient_id", "day", "pain"), ("A", 0, 5), ("A", 7, 6), ("B", 0, 3)]:
        sheet.append(row)
    for place, text in errors.items():
        sheet[place].value, sheet[place].data_type = text, "e"
    book.save(path)
    return path


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
def test_an_error_in_a_cell_is_a_problem_with_its_text(tmp_path, monkeypatch, engine):
    monkeypatch.setattr("paintrend.readers.excel._engine", lambda: engine)
    path = with_errors(tmp_path / "a.xlsx", {"C2": "#DIV/0!", "B3": "#NUM!", "A4": "#REF!"})
    with pytest.raises(DiaryError) as e:
        read_diary(path, "nrs")
    found = e.value.problems[["row", "column", "value", "problem"]].to_numpy().tolist()
    said = "is an error of a spreadsheet"
    assert found == [
        [2, "pain", "#DIV/0!", said],
        [3, "day", "#NUM!", said],
        [4, "patient_id", "#REF!", said],
    ]
    table = tmp_path / "a.csv"
    table.write_text("patient_id,day,pain\nA,0,#DIV/0!\nA,#NUM!,6\n#REF!,0,3\n")
    with pytest.raises(DiaryError) as as_text:
        read_diary(table, "nrs")
    assert as_text.value.problems.equals(e.value.problems)


def test_an_error_in_the_last_row_and_on_one_of_several_sheets_is_found(tmp_path):
    path = with_errors(tmp_path / "a.xlsx", {"B5": "#VALUE!", "C6": "#NAME?"})
    with pytest.raises(DiaryError) as e:
        read_diary(path, "nrs", sheet="*")
    assert {"#VALUE!", "#NAME?"} <= set(e.value.problems["value"])


def test_an_error_among_numbers_of_another_column_is_an_empty_cell(tmp_path):
    errors = {"D3": "#DIV/0!"}
    path = with_errors(tmp_path / "a.xlsx", errors)
    book = openpyxl.load_workbook(path)
    for place, value in {"D1": "bmi", "D2": 21.5, "D4": 23.5}.items():
        book.active[place] = value
    book.save(path)
    diary = read_diary(path, "nrs")
    assert diary.patients["bmi"].tolist() == [21.5, 23.5]
    said = "column 'bmi': 1 cell with an error of a spreadsheet read as empty"
    assert said in diary.notices


def test_not_available_is_missing_as_in_text(tmp_path):
    diary = read_diary(with_errors(tmp_path / "a.xlsx", {"C3": "#N/A"}), "nrs")
    assert diary.missing["row"].tolist() == [3]
