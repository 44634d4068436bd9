"""`paintrend sessions`: the files it writes, and what it says of files that it cannot use."""

from pathlib import Path

import pandas as pd
import pytest

from paintrend.cli import main

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


@pytest.fixture
def files(tmp_path):
    """Three patients of the sample up to day 21."""
    ratings = pd.read_csv(SAMPLE / "session_ratings.csv")
    sessions = pd.read_csv(SAMPLE / "sessions.csv")
    ids = ["P001", "P009", "P040"]
    paths = tmp_path / "ratings.csv", tmp_path / "sessions.csv"
    for path, table in zip(paths, (ratings, sessions), strict=True):
        table[table["patient_id"].isin(ids) & (table["day"] <= 21)].to_csv(path, index=False)
    return paths


def command(files, *more):
    ratings, sessions = map(str, files)
    return ["sessions", ratings, "--sessions", sessions, "--scale", "nrs", "--horizon", "21", *more]


def test_tables_and_a_picture_are_written(files, tmp_path, capsys):
    folder = tmp_path / "out"
    assert main(command(files, "-o", str(folder), "--draws", "50", "--quiet")) == 0
    said = capsys.readouterr().out.split()
    assert {Path(name).name for name in said} == {
        "session_response.csv", "session_levels.csv", "session_cohort.csv",
        "session_time_courses.csv", "response_population.json", "sessions.html",
    }  # fmt: skip
    table = pd.read_csv(folder / "session_response.csv").set_index("patient_id")
    assert table.index.tolist() == ["P001", "P009", "P040"]
    # rated once a week
    assert table.loc["P040", "verdict"] == "cannot_tell"
    levels = pd.read_csv(folder / "session_levels.csv")
    assert (levels.groupby("patient_id").size() == table["n_sessions"]).all()


def test_what_was_learned_is_used_for_others(files, tmp_path, capsys):
    learned, again = tmp_path / "learned", tmp_path / "again"
    options = ["--draws", "30", "--quiet"]
    assert main(command(files, "-o", str(learned), *options)) == 0
    json = str(learned / "response_population.json")
    assert main(command(files, "-o", str(again), *options, "--response-population", json)) == 0
    for name in ("session_response.csv", "session_time_courses.csv", "response_population.json"):
        assert (learned / name).read_bytes() == (again / name).read_bytes()
    # of another horizon: said, and no file written
    other = command(files, "-o", str(tmp_path / "no"), *options, "--response-population", json)
    other[other.index("--horizon") + 1] = "20"
    capsys.readouterr()
    assert main(other) == 1
    assert "horizon: 21 there" in capsys.readouterr().err


def test_problems_of_the_sessions_are_listed(files, tmp_path, capsys):
    table = pd.read_csv(files[1]).assign(status="perhaps")
    table.to_csv(files[1], index=False)
    assert main(command(files, "-o", str(tmp_path / "out"))) == 1
    assert "no status of a session" in capsys.readouterr().err


def test_sessions_are_required(files, tmp_path, capsys):
    assert main(["sessions", str(files[0]), "-o", str(tmp_path)]) == 2
    assert "--sessions" in capsys.readouterr().err
