"""Files and ids that mean harm: nothing runs, nothing grows without end, every limit is named."""

import contextlib
import csv
import io
import re
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import paintrend as pt
from paintrend.readers import archives, frame
from paintrend.readers.formulas import (
    FORMULA_STARTS,
    quoted_formula,
    unquoted_cells,
    unquoted_formula,
)
from paintrend.readers.text import read_text
from paintrend.storage import write_table

NASTY = [
    "=1+1", "'=1+1", "''=1+1", "+49", "-5", "@SUM(A1)", "\t=1", "a;=cmd|' /C calc'!A0", "x,=1",
    "＝1", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><b>', "{{7*7}}",
    "{% include 'x' %}", "../../etc/passwd", "..\\..\\x", "CON", "/abs", "a/b", "%{x}", "$x^2$",
    "</script>", "javascript:alert(1)", "\u202eabc", "A" * 2000, "😀", "don't", "&amp;", "'s",
]  # fmt: skip
DAYS = [-7, 0, 14, 28, 56, 84]
CODE = re.compile(r"<script>alert|<img src=x|(?:href|src)=.javascript:|onerror=alert\(1\)>", re.I)


def cohort(ids, **columns) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {"patient_id": name, "day": DAYS, "pain": [(3 * i + d) % 11 for d in range(6)]}
        )
        for i, name in enumerate(ids)
    ]
    return pd.concat(frames, ignore_index=True).assign(**columns)


# --- formulas -----------------------------------------------------------------------------------

texts = st.text(st.sampled_from([*"=+-@';,|\t\n ab1", "＝"]), max_size=12)


@given(texts)
@example("'")
@example("';='=")
def test_a_quoted_text_is_read_back_and_holds_no_formula(text):
    quoted = quoted_formula(text)
    assert unquoted_formula(quoted) == text
    assert not quoted.startswith(FORMULA_STARTS)
    for separator in ";,|\t\n":
        assert not any(cell.startswith(("=", "@", "+")) for cell in quoted.split(separator)[1:])


@given(st.lists(texts, min_size=1, max_size=8))
def test_no_two_values_of_a_column_become_one(values):
    frame = pd.DataFrame({"x": pd.Series(values, dtype="str")})
    plain, _ = unquoted_cells(frame)
    assert plain["x"].nunique() == frame["x"].nunique()
    again, _ = unquoted_cells(pd.DataFrame({"x": [quoted_formula(v) for v in values]}))
    assert again["x"].tolist() == values


def test_a_csv_we_wrote_gives_the_ids_back(tmp_path):
    table = cohort(NASTY)
    file = write_table(table, tmp_path / "cohort.csv")
    with file.open(newline="", encoding="utf-8") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert not [c for c in cells if c.startswith(FORMULA_STARTS) and not re.fullmatch(r"-\d+", c)]
    again = pt.read_diary(file, "nrs")
    assert list(again.patient_ids) == [name.strip() for name in NASTY]
    assert any("was taken away" in notice for notice in again.notices)
    assert again.ratings["day"].min() == -7


def test_a_file_with_both_spellings_keeps_both(tmp_path):
    file = tmp_path / "cohort.csv"
    cohort(["=1", "'=1"]).to_csv(file, index=False)
    assert pt.read_diary(file, "nrs").patient_ids == ("=1", "'=1")


def test_a_form_for_a_scale_with_a_formula_for_a_name_runs_nothing(tmp_path):
    scale = pt.Scale("=cmd()", 0, 10, better=2, worse=2, label="=1+1", measures="=2")
    book = openpyxl.load_workbook(pt.write_template(tmp_path / "form.xlsx", scale))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=cmd()" in [cell.value for cell in cells]
    text = pt.write_template(tmp_path / "form.csv", scale).read_text(encoding="utf-8-sig")
    assert "'=cmd()" in text.splitlines()[0]


# --- the whole path -----------------------------------------------------------------------------


def everything(table: pd.DataFrame, folder: Path) -> str:
    """Go from a file to fit, courses, tables, figures, reports and reprs; give all HTML."""
    file = folder / "cohort.parquet"
    table.to_parquet(file)
    diary = pt.read_diary(file, "nrs", lenient=True)
    fit = pt.fit_curves(diary, horizon=84, draws=20, workers=1)
    courses = pt.classify(fit)
    write_table(courses.table(), folder / "courses.csv")
    pages = [pt.write_report(fit, courses, folder / "report.html").read_text(encoding="utf-8")]
    for name in diary.patient_ids[:2]:
        patient, course = fit[name], courses[name]
        pages += [patient._repr_html_(), course._repr_html_()]
        figure = pt.plot_patient(patient, course)
        pages.append("".join(re.findall(r'"(?:text|hovertext)":"[^"]*', figure.to_json())))
    pages += [item._repr_html_() for item in (diary, fit, courses, fit.population)]
    assert set(pd.read_csv(folder / "courses.csv", keep_default_na=False)["patient_id"]) == {
        quoted_formula(name.replace("\r\n", "\n").replace("\r", "\n")) for name in diary.patient_ids
    }
    return "\n".join(pages)


def test_ids_labels_and_covariates_are_shown_as_text(tmp_path):
    table = cohort(NASTY[8:16], **{"<script>alert(1)</script>": "<img src=x onerror=alert(1)>"})
    table["note"] = ['javascript:alert(1)"><script>alert(2)</script>'] * (len(table) - 1) + ["x"]
    html = everything(table, tmp_path)
    assert not CODE.search(html)
    assert "&lt;script&gt;" in html
    assert "49" not in re.findall(r"\{\{7\*7\}\}|(?<=<td>)49(?=</td>)", html)
    assert {file.name for file in tmp_path.iterdir()} == {
        "cohort.parquet", "courses.csv", "report.html",
    }  # fmt: skip


ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=10) | st.sampled_from(NASTY)
values = st.one_of(
    st.integers(-2, 12), st.floats(allow_nan=True, allow_infinity=True), st.none(),
)  # fmt: skip


@settings(max_examples=4, deadline=None, derandomize=True,
          phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(
    st.lists(ids, min_size=1, max_size=4, unique=True),
    st.lists(st.tuples(st.floats(-30, 120), values), min_size=3, max_size=12),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=3),
)
def test_any_small_table_gives_a_report_or_an_error_of_ours(tmp_path_factory, ids, rows, arms):
    table = pd.DataFrame(
        {
            "patient_id": [ids[i % len(ids)] for i in range(len(rows))],
            "day": [day for day, _ in rows],
            "pain": pd.Series([value for _, value in rows], dtype=float),
            "arm": [arms[i % len(arms)] for i in range(len(rows))],
        }
    )
    html = ""
    with contextlib.suppress(pt.PaintrendError):
        html = everything(table, tmp_path_factory.mktemp("path"))
    assert not CODE.search(html)


# --- sizes --------------------------------------------------------------------------------------


def refused(path: Path, **options) -> str:
    """Read a file that must be refused without taking much memory."""
    tracemalloc.start()
    with pytest.raises(pt.DiaryError) as error:
        pt.read_diary(path, "nrs", **options)
    assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    tracemalloc.stop()
    return str(error.value)


def test_fifty_thousand_columns_are_refused_with_the_limit(tmp_path):
    names = ["patient_id", "day", "pain", *(f"c{i}" for i in range(50_000))]
    file = tmp_path / "broad.csv"
    file.write_text(",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n")
    assert "50,003 columns; at most 16,384 are read" in refused(file)
    pq.write_table(pa.table({name: [1] for name in names}), tmp_path / "broad.parquet")
    assert "at most 16,384" in refused(tmp_path / "broad.parquet")


def test_ten_thousand_columns_are_read(tmp_path):
    names = ["patient_id", "day", "pain", *(f"a_rather_long_heading_{i}" for i in range(10_000))]
    file = tmp_path / "broad.csv"
    rows = [",".join(["P1", str(day), "3", *["1"] * 10_000]) for day in (0, 7)]
    file.write_text("\n".join([",".join(names), *rows, ""]))
    assert len(pt.read_diary(file, "nrs").patients.columns) == 10_000


def test_a_very_long_cell_is_read_or_refused_with_the_limit(tmp_path):
    file = tmp_path / "long.csv"
    file.write_text(f"patient_id,day,pain,note\nP1,0,3,{'x' * 300_000}\nP1,7,3,y\n")
    assert pt.read_diary(file, "nrs").n_ratings == 2
    file.write_text(f"patient_id,day,pain\nP1,0,3,{'x' * 300_000},5,6\nP1,7,3\n")
    assert "131,072 characters" in refused(file)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e-400", "9" * 400, "0x10", "1_0", "٣"])
def test_numbers_beyond_all_bounds_are_named_or_read(tmp_path, number):
    file = tmp_path / "numbers.csv"
    file.write_text(f"patient_id,day,pain\nP1,0,3\nP1,{number},3\nP1,7,{number}\n")
    if number == "1e-400":
        said = refused(file)  # day 0 twice
        assert "P1" in said
    elif number == "٣":  # a digit, and so a number
        assert pt.read_diary(file, "nrs").ratings["day"].tolist() == [0, 3, 7]
    else:
        said = refused(file)
        assert re.search(r"^ +3 .*P1", said, re.M)
        assert re.search(r"^ +4 .*P1", said, re.M)


def test_nul_bytes_and_mixed_encodings_are_named(tmp_path):
    file = tmp_path / "bytes.csv"
    file.write_bytes(b"patient_id,day,pain\nP1,0,3\nP\0,7,3\n")
    assert "row 3 holds NUL bytes" in refused(file)
    file.write_bytes("patient_id,day,pain\nZoë,0,3\n".encode() + "Zoë,7,3\n".encode("cp1252"))
    diary = pt.read_diary(file, "nrs")
    assert any("Windows-1252" in notice for notice in diary.notices)
    cohort(["P\0"]).to_parquet(tmp_path / "nul.parquet")
    assert "NUL character" in refused(tmp_path / "nul.parquet")


# --- bombs --------------------------------------------------------------------------------------


def workbook(path: Path, **changes: bytes) -> Path:
    """Write a workbook whose files can be replaced; `sheet` is the first sheet."""
    sink = io.BytesIO()
    cohort(["P1"]).to_excel(sink, index=False)
    with zipfile.ZipFile(sink) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml") and "sheet" in changes:
                data = changes["sheet"]
            new.writestr(name, data)
    return path


def sheet(cells: str, before: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData>'
        "</worksheet>"
    ).encode()


def test_a_sheet_of_two_far_cells_is_refused_with_the_limit(tmp_path):
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        "<row r='1048576'><c s='0' r='xfd1048576'><v>1</v></c></row>"
    )
    said = refused(workbook(tmp_path / "far.xlsx", sheet=sheet(cells)))
    assert "reaches row 1,048,576 and column 16,384; at most 20,000,000 cells" in said


def test_xml_entities_are_refused(tmp_path):
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    said = refused(workbook(tmp_path / "laugh.xlsx", sheet=sheet("", before=bomb)))
    assert "XML entities" in said


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_it_holds(tmp_path, monkeypatch):
    place = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(200 * 2**20))
    monkeypatch.setattr(archives, "MOST_MEGABYTES", 100)
    assert place.stat().st_size < 2**20
    assert "unpacked it has 200 MB; at most 100 are read" in refused(place)
    data = place.read_bytes()
    size = struct.pack("<I", 200 * 2**20)
    assert size in data
    place.write_bytes(data.replace(size, struct.pack("<I", 1000)))
    assert "cannot be read as a workbook" in refused(place)


def test_an_ods_of_repeated_cells_is_refused(tmp_path):
    space = "urn:oasis:names:tc:opendocument:xmlns"
    table = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        '<office:spreadsheet><table:table><table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" office:value="1"/>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    place = tmp_path / "bomb.ods"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", table)
    assert "at most 20,000,000 cells" in refused(place)


def test_a_parquet_file_of_equal_rows_is_refused(tmp_path, monkeypatch):
    n = 2 * 10**6
    part = pa.table({"patient_id": ["P1"] * n, "day": np.zeros(n), "pain": np.zeros(n)})
    pq.write_table(part, tmp_path / "bomb.parquet", compression="zstd")
    monkeypatch.setattr(frame, "SMALL", 2**20)
    assert "2,000,000 rows" in refused(tmp_path / "bomb.parquet")


def test_an_ordinary_workbook_is_read(tmp_path):
    assert pt.read_diary(workbook(tmp_path / "good.xlsx"), "nrs").n_ratings == 6


def test_reading_text_says_where(tmp_path):
    with pytest.raises(pt.DiaryError, match="never closed"):
        read_text(b'a,b\n"x,1\n', "x.csv")


@pytest.mark.parametrize("mark", ["\n", "\r\n", '"', " ", ""])
def test_a_line_that_names_no_separator_is_no_fault(tmp_path, mark):
    file = tmp_path / "sep.csv"
    file.write_text(f"sep={mark}\npatient_id,day,pain\nP1,0,3\n", newline="")
    with contextlib.suppress(pt.DiaryError):
        assert pt.read_diary(file, "nrs").n_ratings == 1
