"""The parser of SPSS, Stata and SAS files runs apart: what ends it is an error, not our end."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError
from paintrend.readers import labelled_process

pyreadstat = pytest.importorskip("pyreadstat")

FRAME = pd.DataFrame({"patient_id": ["007", "12"], "day": [0.0, 7.0], "nrs": [6.0, 4.0]})


@pytest.fixture
def sav(tmp_path):
    path = tmp_path / "ratings.sav"
    pyreadstat.write_sav(FRAME, path, column_labels=["label"] * 3)
    return path


def ends_itself(how):
    """A program that comes to this end instead of answering."""
    return f"import os, signal, sys\nprint('half an answer', flush=True)\n{how}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGSEGV)", "sys.exit(3)"])
def test_a_parser_that_ends_its_process_is_an_error(sav, tmp_path, monkeypatch, how):
    program = tmp_path / "program.py"
    program.write_text(ends_itself(how))
    monkeypatch.setattr(labelled_process, "__file__", str(program))
    with pytest.raises(DiaryError, match=r"ended the program that reads such files.*damaged"):
        read_diary(sav, "nrs")


def test_a_file_on_which_the_parser_crashes_does_not_end_this_process(sav):
    # found by benchmarks/fuzz.py: a number that is said to be a text of 255 letters
    data = bytearray(sav.read_bytes())
    at = data.index(b"DAY     ") - 20
    assert data[at : at + 4] == bytes(4)
    data[at] = 255
    sav.write_bytes(data)
    with pytest.raises(DiaryError, match=r"ratings\.sav"):
        read_diary(sav, "nrs")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems set no limit")
def test_a_file_that_asks_for_all_memory_is_refused(tmp_path):
    path = tmp_path / "many.dta"
    pyreadstat.write_dta(FRAME, path, version=12)
    data = bytearray(path.read_bytes())
    data[6:10] = (2**31 - 1).to_bytes(4, "little")  # rows
    path.write_bytes(data)
    with pytest.raises(DiaryError, match=r"asks for more than 1,0.. MB of memory"):
        read_diary(path, "nrs")


def test_a_module_beside_the_file_is_not_run(sav, tmp_path, monkeypatch):
    (tmp_path / "pyreadstat.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert len(read_diary(sav.name, "nrs").ratings) == 2


def test_where_no_program_can_be_started_the_file_is_read_all_the_same(sav, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    assert len(read_diary(sav, "nrs").ratings) == 2
