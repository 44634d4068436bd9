"""`paintrend convert` and `write_diary`: what is written is read back as the same diary."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from paintrend.cli import main
from paintrend.diary import read_diary
from paintrend.errors import InputError, MissingExtraError
from paintrend.storage import workbooks, write_table
from paintrend.storage.diary_files import write_diary
from paintrend.systems import read_cdisc

from .fhir_samples import MIXED, write
from .test_cdisc import ADAM, QS
from .test_redcap import DIARY, LABELS, VISITS

openpyxl = pytest.importorskip("openpyxl")
FORMATS = ("csv", "parquet", "xlsx")


def same(one, other):
    columns = ["patient_id", "day", "pain", "inclusion"]
    left, right = one.ratings[columns], other.ratings[columns]
    pd.testing.assert_frame_equal(left, right)
    assert one.patient_ids == other.patient_ids
    gaps = ["patient_id", "day"]
    pd.testing.assert_frame_equal(one.missing[gaps], other.missing[gaps])
    assert set(one.patients.columns) == set(other.patients.columns)


@pytest.mark.parametrize("end", FORMATS)
def test_a_diary_is_read_back_as_it_was(tmp_path, end):
    raw = pd.DataFrame(
        {
            "patient_id": ["007", "007", "12", "12", "9", "=1+1"],
            "day": [1 / 3, -7, 0, 7, 5, 2],
            "pain": [4.1, 6, None, 3, None, 5],
            "inclusion": [0, 1, 0, 0, 0, 0],
            "sex": ["f", "f", "m", "m", "m", "f"],
            "dose": [1.5, 2.5, 3.5, 4.5, 5.5, 6.5],
        }
    )
    diary = read_diary(raw, "odi")
    files = write_diary(diary, tmp_path / f"d.{end}")
    assert [file.name for file in files] == [f"d.{end}", "d_provenance.json"]
    again = read_diary(files[0], "odi")
    if end == "csv":
        # A spreadsheet would run the id: it is quoted in CSV, and read back without the quote.
        assert "'=1+1" in files[0].read_text(encoding="utf-8")
    assert again.patient_ids[-1] == "=1+1"
    same(diary, again)
    assert again.ratings["dose"].tolist() == diary.ratings["dose"].tolist()
    assert again.n_missing == 2


@pytest.mark.parametrize("end", ["CSV", "Parquet", "XLSX"])
def test_capitals_in_the_end_of_the_name_give_the_same_kind_of_file(tmp_path, end):
    diary = read_diary(
        pd.DataFrame({"patient_id": ["1", "1"], "day": [0, 7], "pain": [5, 4]}), "nrs"
    )
    file, *_ = write_diary(diary, tmp_path / f"D.{end}")
    kind = {"CSV": b"pati", "Parquet": b"PAR1", "XLSX": b"PK\3\4"}[end]
    assert file.read_bytes()[:4] == kind
    same(diary, read_diary(file, "nrs"))


def test_the_provenance_lies_beside_it(tmp_path):
    diary = read_cdisc(ADAM, "nrs", parameter="NRSNOW")
    files = write_diary(diary, tmp_path / "d.csv")
    assert [file.name for file in files] == ["d.csv", "d_provenance.json", "d_set_aside.csv"]
    facts = json.loads(files[1].read_text())
    assert facts["provenance"]["counts"]["left_out"] == 1
    assert facts["provenance"]["left_out"][0]["reason"] == "imputed or derived (DTYPE LOCF)"
    assert facts["n_ratings"] == 4
    listed = pd.read_csv(files[2])
    assert listed["problem"].tolist() == ["imputed or derived (DTYPE LOCF)"]
    # A later run without anything to list does not leave the old list behind.
    files = write_diary(read_cdisc(ADAM, "nrs", parameter="NRSWORST"), tmp_path / "d.csv")
    assert len(pd.read_csv(files[2])) == 0
    with pytest.raises(InputError, match=r"written as \.csv, \.parquet, \.xlsx"):
        write_diary(diary, tmp_path / "d.txt")


def test_what_a_workbook_holds_is_text_or_a_number(tmp_path):
    table = pd.DataFrame(
        {
            "=cmd": ["=1+1", "+1", "-1", "@x", "a\tb", "bad\x07", "x" * 40_000],
            "x": [0.1, np.nan, np.inf, 1e300, -0.5, 2.0, 3.0],
            "n": [10**16, 1, 2, 3, 4, 5, 6],
            "when": [pd.Timestamp("2024-03-14 10:30")] * 6 + [pd.NaT],
            "zone": [pd.Timestamp("2024-03-14", tz="UTC")] * 7,
            "yes": [True, False] * 3 + [True],
        }
    )
    path = write_table(table, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert sheet["A1"].value == "=cmd"
    assert (sheet["A2"].value, sheet["A2"].quotePrefix) == ("=1+1", True)
    assert sheet["A7"].value == "bad?"
    assert sheet["B3"].value is None
    assert sheet["B4"].value == "inf"
    assert sheet["C2"].value == str(10**16)
    assert [sheet.cell(row, 2).value for row in (2, 5)] == [0.1, 1e300]
    assert len(sheet["A8"].value) == 32_767


def test_every_figure_of_a_number_is_in_the_workbook(tmp_path):
    numbers = np.random.default_rng(0).normal(size=500) * 10.0 ** np.arange(-250, 250)
    path = write_table(pd.DataFrame({"x": numbers}), tmp_path / "t.xlsx")
    again = pd.read_excel(path, engine="openpyxl")["x"].to_numpy()
    assert (again == numbers).all()


def test_limits_of_a_workbook(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    with pytest.raises(InputError, match="does not fit on a sheet"):
        write_table(pd.DataFrame({"a": [1, 2, 3]}), tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(workbooks, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"paintrend\[excel\]"):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / "t.xlsx")


CASES = {
    "redcap": (
        "export.csv", VISITS,
        ["--pain", "nrs_rest", "--date", "visit_date", "--start", "surgery_date"],
        [("001", -2.0, 6.0), ("001", 43.0, 3.0), ("002", 0.0, 5.0), ("002", 42.0, 4.0)],
    ),
    "repeats": (
        "export.csv", DIARY,
        ["--pain", "nrs_now", "--date", "diary_date", "--starts", "starts.csv"],
        [("7", 0.0, 6.0), ("7", 1.0, 7.0)],
    ),
    "labels": (
        "export.csv", LABELS,
        ["--pain", "Pain at rest (1)", "--event-days", "Baseline=0,Week 6=42",
         "--answers", "0 = none=0,10 = worst=10"],
        [("1", 0.0, 0.0), ("1", 42.0, 10.0)],
    ),
    "fhir": (
        "bundle.json", json.dumps(MIXED),
        ["--start", "2024-03-14", "--statuses", "final", "--code", "72514-3"],
        [("p1", 0.0, 6.0), ("p1", 1 + 1 / 3, 5.0), ("p1", 7.0, 2.0)],
    ),
    "sdtm": (
        "qs.csv", QS.to_csv(index=False), ["--parameter", "BPI5"],
        [("S1-001", 0.0, 7.0), ("S1-001", 14.0, 5.0)],
    ),
    "adam": (
        "adnrs.csv", ADAM.to_csv(index=False),
        ["--parameter", "NRSNOW", "--visit-days", "Screening=-7,Baseline=0,Week 8=56,Week 16=1",
         "--select", "TRTP=Active"],
        [("01-701-1015", -7.0, 6.0), ("01-701-1015", 0.0, 7.0), ("01-701-1015", 56.0, 4.0)],
    ),
    "table": (
        "plain.csv", "ID,day,pain\n007,0,6\n007,7,4\n", ["--columns", "patient_id=ID"],
        [("007", 0.0, 6.0), ("007", 7.0, 4.0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_system_is_recognised_and_converted(tmp_path, monkeypatch, capsys, name):
    file, text, options, wanted = CASES[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text(text, encoding="utf-8")
    (tmp_path / "starts.csv").write_text("patient_id,start\n7,2024-03-13\n8,2024-03-13\n")
    code = main(["convert", file, "-o", "out/diary.parquet", "--scale", "nrs", *options])
    said = capsys.readouterr()
    assert code == 0, said.err
    assert said.out.splitlines()[:2] == ["out/diary.parquet", "out/diary_provenance.json"]
    diary = read_diary("out/diary.parquet", "nrs")
    found = [(one.patient_id, one.day, one.pain) for one in diary.ratings.itertuples()]
    assert found == [(a, pytest.approx(b), c) for a, b, c in wanted]


def test_a_converted_diary_passes_the_check(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "b.json", MIXED)
    for end in FORMATS:
        assert main(["convert", "b.json", "-o", f"d.{end}", "--scale", "nrs", "--start",
                     "2024-03-14", "--quiet"]) == 0  # fmt: skip
        capsys.readouterr()
        assert main(["check", f"d.{end}", "--scale", "nrs", "--quiet"]) == 0
        assert "4 ratings" in capsys.readouterr().out


def test_a_start_that_can_be_two_days_is_said_of_its_own_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "b.json", MIXED)
    (tmp_path / "st.csv").write_text("patient_id,start\na,03/04/2024\nb,25/04/2024\n")
    assert main(["convert", "b.json", "-o", "d.csv", "--scale", "nrs", "--starts", "st.csv"]) == 1
    said = capsys.readouterr().err
    assert "st.csv" in said
    assert "03/04/2024" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "d.txt", "--scale", "nrs"], 2, "-o ends in .csv, .parquet, .xlsx"),
        (["-o", "d.csv"], 2, "needs --scale"),
        (["-o", "d.csv", "--scale", "nrs", "--parameter", "X"], 2, "--parameter does not go with"),
        (["-o", "d.csv", "--scale", "nrs", "--start", "x", "--starts", "s.csv"], 2, "contradict"),
        (["-o", "d.csv", "--scale", "nrs", "--starts", "bad.csv"], 2, "columns patient_id and"),
        (["-o", "d.csv", "--scale", "nrs", "--answers", "a=b"], 2, "expected a number"),
        (["-o", "d.csv", "--scale", "nrs"], 1, "do not say when treatment began. Give --start"),
        (["-o", "d.csv", "--scale", "nrs", "--code", "1-1"], 1, '--code "72514-3"'),
        (["-o", "d.csv", "--scale", "nrs", "--from", "redcap"], 1, "JSON, not a table"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_options(tmp_path, monkeypatch, capsys, words, code, said):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "b.json", MIXED)
    (tmp_path / "bad.csv").write_text("id,start\n1,2024-01-01\n")
    assert main(["convert", "b.json", *words]) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "d.csv").exists()


def test_all_problems_are_written_beside_the_output(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    entries = ADAM.assign(ADY=0, PARAMCD="NRS", DTYPE="")
    many = pd.concat([entries.assign(USUBJID=f"P{n}-" + entries["USUBJID"]) for n in range(10)])
    many.to_csv("adam.csv", index=False)
    assert main(["convert", "adam.csv", "-o", "d.csv", "--scale", "nrs"]) == 1
    said = capsys.readouterr().err
    assert "d_problems.csv has them all" in said
    listed = pd.read_csv("d_problems.csv")
    assert (listed["column"] == "ADY").sum() == 80


def test_a_single_problem_is_written_too_and_gone_when_it_is_mended(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    good = "patient_id,day,pain\nA,0,5\nA,7,4\n"
    (tmp_path / "a.csv").write_text(good + "A,14,11\n")
    words = ["convert", "a.csv", "-o", "d.csv", "--scale", "nrs"]
    assert main(words) == 1
    assert pd.read_csv("d_problems.csv")["value"].tolist() == [11]
    (tmp_path / "a.csv").write_text(good)
    assert main(words) == 0
    assert pd.read_csv("d_problems.csv").empty
    assert "d_problems.csv" in capsys.readouterr().out


def test_a_table_that_is_json_is_sent_to_convert(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "b.json", MIXED)
    assert main(["check", "b.json", "--scale", "nrs"]) == 1
    assert "paintrend convert" in capsys.readouterr().out


def test_pages_are_given_together(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "1.json", MIXED)
    write(tmp_path / "2.json", MIXED)
    words = ["-o", "d.csv", "--scale", "nrs", "--start", "2024-03-14"]
    assert main(["convert", "1.json", "2.json", *words]) == 0
    assert len(read_diary("d.csv", "nrs").ratings) == 4
    (tmp_path / "plain.csv").write_text("patient_id,day,pain\n1,0,5\n")
    assert main(["convert", "plain.csv", "plain.csv", *words]) == 2
    assert "several files are for FHIR" in capsys.readouterr().err
