"""Files as people's programs write them: encodings, separators, workbooks, damage."""

import codecs
import importlib.util

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError, MissingExtraError
from paintrend.readers import excel
from paintrend.scales import Scale

PLAIN = "patient_id,day,pain\nJosé,0.5,5\nJosé,7,4\n"
SEMICOLONS = PLAIN.replace(",", ";").replace("0.5", "0,5")


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        SEMICOLONS.encode(),
        ("sep=;\n" + SEMICOLONS).encode(),
        PLAIN.replace("0.5", '"0,5"').encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        ("\n\n" + PLAIN + "\n\n").encode(),
        ("Clinic North\n\n" + PLAIN).encode(),
        ("Clinic North\n" + SEMICOLONS).encode(),
        PLAIN.replace("José", '"José"').encode(),
        PLAIN.rstrip("\n").encode(),
    ],
    ids=lambda data: repr(data[:14]),
)
def test_the_same_table_in_many_dresses(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    ratings = read_diary(path, "nrs").ratings
    assert ratings[["patient_id", "day", "pain"]].to_numpy().tolist() == [
        ["José", 0.5, 5.0],
        ["José", 7.0, 4.0],
    ]


def test_another_encoding_is_read_with_a_notice(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(PLAIN.encode("cp1252"))
    diary = read_diary(path, "nrs")
    assert diary.patient_ids == ("José",)
    assert "read as Windows-1252" in diary.notices[0]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('patient_id,day,pain,note\n1,0,5,"two\nlines"\n\n1,7,bad,\n')
    with pytest.raises(DiaryError) as caught:
        read_diary(path, "nrs")
    assert caught.value.problems["row"].tolist() == [4]
    kept = read_diary(path, "nrs", lenient=True)
    assert "1 empty row skipped" in kept.notices


def test_a_title_above_the_headings_is_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Clinic North,,\n\npatient_id,day,pain\n1,0,5\n1,7,bad\n")
    with pytest.raises(DiaryError, match=r"\(headings in row 3\)") as caught:
        read_diary(path, "nrs")
    assert caught.value.problems["row"].tolist() == [5]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "a.csv: the file is empty"),
        (b" \n\n", "a.csv: the file is empty"),
        (b",,,\n,,,\n", "a.csv: the file is empty"),
        (b"<html><body>log in</body></html>\n", "but no rows below them"),
        (codecs.BOM_UTF8, "a.csv: the file is empty"),
        (b"patient_id,day,pain\n", "headings (patient_id, day, pain) but no rows below them"),
        (b"patient_id,day,pain\n,,\n,,\n", "headings (patient_id, day, pain) but no rows below"),
        (b"patient_id,day,pain\n1,0\0,5\n", "row 2 holds NUL bytes"),
        (b"patient_id,day,pain,pain\n1,0,5,6\n", "same heading: 'pain' in columns 3 and 4"),
        (b'patient_id,day,pain\n1,0,5\n"1,1,5\n', 'the quotation mark (") opened in row 3'),
        (b"patient_id,day,pain\n1,\x81\x8d,5\n", "not text in UTF-8, UTF-16 or Windows-1252"),
        (b"PK\x03\x04 no workbook", "cannot be read as a workbook"),
        (b"PAR1 no parquet", "cannot be read as Parquet"),
    ],
)
def test_files_that_are_no_diary(tmp_path, data, said):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(DiaryError) as caught:
        read_diary(path, "nrs")
    assert said in str(caught.value)


@pytest.mark.parametrize("extra", ["4", "4,4,4"])
def test_a_decimal_comma_between_commas_is_a_problem_of_its_row(tmp_path, extra):
    path = tmp_path / "a.csv"
    path.write_text(f"patient_id,day,pain\n1,0,5\n1,3,5,{extra}\n1,7,5\n")
    with pytest.raises(DiaryError) as caught:
        read_diary(path, "nrs")
    problems = caught.value.problems
    assert problems[["row", "patient_id"]].to_numpy().tolist() == [[3, "1"]]
    assert problems["problem"].iloc[0] == "the row has more values than there are headings"
    assert read_diary(path, "nrs", lenient=True).ratings["day"].tolist() == [0, 7]


def test_a_comma_before_three_figures_is_not_guessed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('patient_id,day,vas\n1,0,"1,500"\n1,1,"15,5"\n')
    with pytest.raises(DiaryError) as caught:
        read_diary(path, "vas")
    assert caught.value.problems["problem"].tolist() == [
        "can be read as a decimal or with thousands",
        "is between the steps of the scale (vas: whole numbers)",
    ]


def test_a_point_before_three_figures_is_not_guessed_beside_decimal_commas(tmp_path):
    path = tmp_path / "a.csv"
    scale = Scale("count", 0, 2000, step=0)
    path.write_text("patient_id;day;count\n1;0;1.500\n1;1;15,5\n1;2;0.125\n1;3;1.5\n")
    with pytest.raises(DiaryError) as caught:
        read_diary(path, scale)
    assert caught.value.problems[["value", "problem"]].values.tolist() == [
        ["1.500", "can be read as a decimal or with thousands"]
    ]
    path.write_text("patient_id;day;count\n1;0,5;5\n1;1.000;6\n")
    with pytest.raises(DiaryError) as caught:
        read_diary(path, scale)
    assert caught.value.problems[["column", "problem"]].values.tolist() == [
        ["day", "can be read as a decimal or with thousands"]
    ]
    path.write_text("patient_id;day;count\n1;0;1.500\n1;1;15.5\n")
    assert read_diary(path, scale).ratings["pain"].tolist() == [1.5, 15.5]


def test_paths_that_lead_nowhere(tmp_path):
    (tmp_path / "cohort.csv").write_text(PLAIN)
    with pytest.raises(DiaryError, match=r"there is no file .*cohrt\.csv\. There: cohort\.csv"):
        read_diary(tmp_path / "cohrt.csv", "nrs")
    with pytest.raises(DiaryError, match="is a folder"):
        read_diary(tmp_path, "nrs")
    (tmp_path / "text.xlsx").write_text(PLAIN)
    with pytest.raises(DiaryError, match=r"the name ends in \.xlsx, but the content is something"):
        read_diary(tmp_path / "text.xlsx", "nrs")


@pytest.fixture
def workbook(tmp_path):
    """Two filled sheets; in one dates as dates, a whole-number id and an id with zeros."""
    frame = pd.DataFrame(
        {
            "patient_id": ["007", 12, 12],
            "start": [pd.Timestamp("2024-03-01")] * 3,
            "date": pd.to_datetime(["2024-03-08", "2024-03-01", "2024-02-27"]),
            "pain": [5, 6, None],
        }
    )
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as writer:
        frame.to_excel(writer, sheet_name="Ward A", index=False, startrow=2)
        frame.head(1).to_excel(writer, sheet_name="Ward B", index=False)
        pd.DataFrame().to_excel(writer, sheet_name="empty", index=False)
    return path


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
def test_workbooks(workbook, monkeypatch, engine):
    monkeypatch.setattr(excel, "_engine", lambda: engine)
    diary = read_diary(workbook, "nrs", sheet="Ward A")
    assert diary.ratings[["patient_id", "day", "pain"]].to_numpy().tolist() == [
        ["007", 7.0, 5.0],
        ["12", 0.0, 6.0],
    ]
    assert diary.missing.to_numpy().tolist() == [[6, "12", -3.0]]
    assert diary.source == "book.xlsx, sheet Ward A"
    assert "headings found in row 3" in diary.notices
    assert read_diary(workbook, "nrs", sheet=1).n_ratings == 1
    several = r"several sheets: 'Ward A', 'Ward B', 'empty'\. Say which .* sheet='Ward A'"
    with pytest.raises(DiaryError, match=several):
        read_diary(workbook, "nrs")
    with pytest.raises(DiaryError, match="has no sheet 'Ward C'; it has: 'Ward A'"):
        read_diary(workbook, "nrs", sheet="Ward C")
    with pytest.raises(DiaryError, match="sheet empty: the sheet is empty"):
        read_diary(workbook, "nrs", sheet="empty")


def test_without_an_excel_reader_the_extra_is_named(workbook, monkeypatch):
    monkeypatch.setattr(excel, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"paintrend\[excel\]"):
        read_diary(workbook, "nrs")
    assert importlib.util.find_spec("openpyxl") is not None


def test_frames_with_repeated_names_or_no_rows():
    frame = pd.DataFrame([[1, 0, 5, 6]], columns=["patient_id", "day", "pain", "pain"])
    with pytest.raises(DiaryError, match="two columns have the same name: pain"):
        read_diary(frame, "nrs")
    with pytest.raises(DiaryError, match=r"columns \(patient_id, day, pain\) but no rows"):
        read_diary(frame.iloc[:0, :3], "nrs")


def test_a_file_of_nothing_but_its_separator_is_refused(tmp_path):
    file = tmp_path / "only.csv"
    file.write_text("sep=,")
    with pytest.raises(DiaryError, match=r"only\.csv"):
        read_diary(file, "nrs")


def test_text_that_parquet_kept_as_bytes_is_text(tmp_path):
    table = pd.DataFrame(
        {"patient_id": [b"P1", b"P\xc3\xa9", None], "day": [0, 0, 0], "pain": [b"5", b"7/10", b"4"]}
    )
    table.to_parquet(tmp_path / "a.parquet")
    for source in (table, tmp_path / "a.parquet"):
        diary = read_diary(source, "nrs", lenient=True)
        assert diary.patient_ids == ("P1", "P\u00e9")
        assert diary.ratings["pain"].tolist() == [5.0]
        assert sorted(diary.problems["value"]) == ["", "7/10"]
