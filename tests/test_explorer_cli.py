"""`paintrend explore`: what it refuses before any time is spent on fitting."""

import socket

import pytest

from paintrend.cli import explore, main
from paintrend.cli.console import UsageError
from paintrend.cli.serving import HOST, free_port, page_url

RATINGS = "patient_id,day,pain\nP1,0,5\nP1,7,6\n"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cohort.csv").write_text(RATINGS)
    return "cohort.csv"


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def asked(file, *more):
    return main(["explore", file, "--scale", "nrs", "--horizon", "84", "--no-browser", *more])


def test_without_the_extra_it_says_which(file, monkeypatch, capsys):
    monkeypatch.setattr(explore, "NEEDED", ("voila", "no_such_package"))
    assert asked(file) == 1
    said = capsys.readouterr().err
    assert "exploring needs no_such_package: pip install 'paintrend[explore]'" in said


def test_a_port_in_use_is_told(file, taken, capsys):
    assert asked(file, "--port", str(taken)) == 2
    assert f"port {taken} is in use: leave --port out" in capsys.readouterr().err


@pytest.mark.parametrize("port", [0, 65_536, -1])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(UsageError, match="--port must be 1 to 65535"):
        free_port(port)


def test_the_next_free_port_is_taken(monkeypatch):
    with socket.socket() as other:
        # a port of this test alone: others may start servers from the usual one on meanwhile
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr("paintrend.cli.serving.FIRST_PORT", taken)
        assert taken < free_port(None) < taken + 50


def test_the_page_is_on_this_computer():
    assert page_url(8866, "word") == "http://127.0.0.1:8866/?token=word"


def test_a_folder_of_files_is_refused(tmp_path, capsys):
    assert asked(str(tmp_path)) == 2
    assert "explore takes one file" in capsys.readouterr().err


def test_problems_of_the_file_are_told_before_a_page_opens(file, tmp_path, capsys):
    (tmp_path / file).write_text(RATINGS + "P1,14,seven\n")
    assert asked(file) == 1
    assert "seven" in capsys.readouterr().err
