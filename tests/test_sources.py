"""What a command reads is never written over: it may be the only copy."""

import shutil
from pathlib import Path

import pytest

from paintrend.aside import reading_only, written_aside
from paintrend.cli import main

ROWS = "patient_id,day,pain\nP1,0,5\nP1,7,7/10\nP1,14,4\nP2,0,6\n"


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["check", "diary.csv", "--scale", "nrs", "-o", "diary.csv"],
        ["check", "diary.csv", "--scale", "nrs", "-o", "linked.csv"],
        ["convert", "diary.csv", "--scale", "nrs", "--lenient", "-o", "../here/diary.csv"],
    ],
)
def test_a_file_that_is_read_stays(tmp_path, monkeypatch, command, capsys):
    there = tmp_path / "here"
    there.mkdir()
    monkeypatch.chdir(there)
    Path("diary.csv").write_text(ROWS)
    Path("linked.csv").symlink_to("diary.csv")
    assert main(command) == 3
    assert Path("diary.csv").read_text() == ROWS
    told = capsys.readouterr().err
    assert f"cannot write {command[-1]}: it would take the place of a file that is read" in told
    assert sorted(path.name for path in there.iterdir()) == ["diary.csv", "linked.csv"]


def test_results_do_not_take_the_place_of_the_ratings(there, capsys):
    text = ROWS.replace("7/10", "7")
    Path("courses.csv").write_text(text)
    given = ["courses.csv", "--scale", "nrs", "--horizon", "14", "--draws", "20", "-o", "."]
    assert main(["fit", *given]) == 3
    assert Path("courses.csv").read_text() == text
    assert "cannot write courses.csv: it would take the place of" in capsys.readouterr().err


def test_a_population_may_be_written_where_it_came_from(there):
    Path("diary.csv").write_text(ROWS.replace("7/10", "7"))
    given = ["fit", "diary.csv", "--draws", "20", "--quiet", "-o", "out"]
    assert main([*given, "--scale", "nrs", "--horizon", "14"]) == 0
    assert main([*given, "--population", "out/population.json"]) == 0


def test_simulated_ratings_replace_simulated_ratings_only(there, capsys):
    simulate = ["simulate", "-o", ".", "--patients", "2"]
    assert main(simulate) == 0
    assert main(simulate) == 0
    Path("truth.csv").unlink()
    Path("cohort.csv").write_text(ROWS)
    assert main(simulate) == 3
    assert Path("cohort.csv").read_text() == ROWS
    assert "may hold data: give another folder." in capsys.readouterr().err


def test_the_readme_of_a_project_stays(there, capsys):
    Path("README.txt").write_text("About this study\n")
    assert main(["simulate", "-o", ".", "--patients", "2"]) == 3
    assert Path("README.txt").read_text() == "About this study\n"
    assert "README.txt is not of an earlier run" in capsys.readouterr().err
    assert [path.name for path in there.iterdir()] == ["README.txt"]


def test_only_while_it_is_read(there):
    Path("a.csv").write_text("old")
    with reading_only(["a.csv"]):
        with pytest.raises(FileExistsError), written_aside(there / "a.csv"):
            pass
        with written_aside("b.csv") as aside:
            shutil.copy("a.csv", aside)
    with written_aside("a.csv") as aside:
        aside.write_text("new")
    assert (Path("a.csv").read_text(), Path("b.csv").read_text()) == ("new", "old")
