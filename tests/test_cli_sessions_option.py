"""`--sessions` of fit, report and monitor: tables, section, marks, and what cannot be used."""

from pathlib import Path

import pandas as pd
import pytest

from paintrend.cli import main

from .test_report import Page

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


@pytest.fixture
def files(tmp_path):
    """Four patients of the sample up to day 21, headings of their own in the sessions."""
    ratings = pd.read_csv(SAMPLE / "session_ratings.csv")
    sessions = pd.read_csv(SAMPLE / "sessions.csv").rename(columns={"dose": "Load"})
    ids = ["P001", "P009", "P020", "P040"]
    paths = tmp_path / "ratings.csv", tmp_path / "visits.csv"
    for path, table in zip(paths, (ratings, sessions), strict=True):
        table[table["patient_id"].isin(ids) & (table["day"] <= 21)].to_csv(path, index=False)
    return paths


def command(name, files, out, *more):
    ratings, sessions = map(str, files)
    options = ["--scale", "nrs", "--horizon", "21", "--draws", "30", "-o", str(out)]
    return [name, ratings, "--sessions", sessions, "--columns", "dose=Load", *options, *more]


def test_fit_writes_the_tables_that_the_command_sessions_writes(files, tmp_path, capsys):
    out, other = tmp_path / "fit", tmp_path / "sessions"
    assert main(command("fit", files, out, "--curves", "none", "--quiet")) == 0
    said = capsys.readouterr().out
    assert main(command("sessions", files, other, "--quiet")) == 0
    for name in ("response", "levels", "cohort", "time_courses"):
        file = f"session_{name}.csv"
        assert str(out / file) in said
        assert (out / file).read_bytes() == (other / file).read_bytes()
    response = pd.read_csv(out / "session_response.csv").set_index("patient_id")
    courses = pd.read_csv(out / "courses.csv").set_index("patient_id")
    # what `fit` names is judged as if no session was known
    assert (response["course_ignoring"] == courses["course"]).all()
    reasons = pd.read_csv(out / "review.csv")["reason"]
    assert reasons.str.contains("after a session|of a session").any()
    readme = " ".join((out / "README.txt").read_text(encoding="utf-8").split())
    assert "session_response.csv: One row per patient" in readme
    assert "after a session: rise 1 point; not settled from 25% left; climb 2 points" in readme


def test_without_the_option_nothing_of_it_is_written(files, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = command("fit", files, out, "--curves", "none", "--quiet")
    at = arguments.index("--sessions")
    # neither the table nor the heading of its dose, which would be wrong usage alone
    without = [*arguments[:at], *arguments[at + 4 :]]
    assert main([*arguments[:at], *arguments[at + 2 :]]) == 2
    assert "--sessions" in capsys.readouterr().err
    assert main(without) == 0
    assert {file.name for file in out.iterdir()} == {"courses.csv", "population.json", "README.txt"}
    assert main([*without, "--response-population", "learned.json"]) == 2
    assert "goes with the table of --sessions" in capsys.readouterr().err
    assert main([*without, "--same-day", "after"]) == 2
    assert "in the table of --sessions" in capsys.readouterr().err
    assert "session" not in (out / "README.txt").read_text(encoding="utf-8").replace(
        "session_ratings", ""
    )


def test_report_has_the_section_and_the_terminal_its_sentence(files, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(command("report", files, out, "--quiet")) == 0
    said = " ".join(capsys.readouterr().out.split())
    counts = pd.read_csv(out / "session_response.csv")["verdict"].value_counts()
    assert f"After sessions, of 4 patients: settles {counts.get('settles', 0)}" in said
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    assert "After sessions, of 4 patients" in page.said
    assert '"name":"session"' in page.json["figure-1-data"]


def test_problems_of_sessions_are_listed_all_or_set_aside(files, tmp_path, capsys):
    out = tmp_path / "out"
    table = pd.read_csv(files[1])
    table["status"] = table["status"].astype(str)
    table.loc[:2, "status"] = "perhaps"
    table.loc[4, "patient_id"] = "P777"
    table.to_csv(files[1], index=False)
    for name in ("fit", "report", "sessions"):
        assert main(command(name, files, out)) == 1
        said = capsys.readouterr().err
        assert "visits.csv: 4 problems" in said
        assert said.count("-> ") == 4
    assert not out.exists()
    assert main(command("fit", files, out, "--lenient", "--quiet", "--curves", "none")) == 0
    assert len(pd.read_csv(out / "problems_sessions.csv")) == 4


def test_sessions_that_nobody_attended_are_shown_and_it_is_said(files, tmp_path, capsys):
    table = pd.read_csv(files[1]).assign(status="planned")
    table.to_csv(files[1], index=False)
    out = tmp_path / "out"
    assert main(command("fit", files, out, "--curves", "none")) == 0
    assert "no session was attended" in capsys.readouterr().err
    assert not (out / "session_response.csv").exists()


def test_monitor_shows_sessions_and_parquet_input_refuses_them(files, tmp_path, capsys):
    ratings = pd.read_csv(files[0])
    new, others = tmp_path / "new.csv", tmp_path / "others.csv"
    ratings[ratings["patient_id"] == "P009"].to_csv(new, index=False)
    ratings[ratings["patient_id"] != "P009"].to_csv(others, index=False)
    learned, out = tmp_path / "learned", tmp_path / "followed"
    options = ["--scale", "nrs", "--horizon", "21", "--draws", "20", "--curves", "none"]
    assert main(["fit", str(others), *options, "-o", str(learned), "--quiet"]) == 0
    table = pd.read_csv(files[1])
    table[table["patient_id"] == "P009"].to_csv(files[1], index=False)
    population = str(learned / "population.json")
    arguments = ["monitor", str(new), "--population", population, "--draws", "20", "--quiet"]
    assert main([*arguments, "--sessions", str(files[1]), "-o", str(out)]) == 0
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    assert '"name":"session"' in page.json["figure-1-data"]
    looks = pd.read_csv(out / "looks.csv")
    assert main([*arguments, "-o", str(out)]) == 0
    pd.testing.assert_frame_equal(looks, pd.read_csv(out / "looks.csv"))
    parquet = tmp_path / "ratings.parquet"
    ratings.to_parquet(parquet)
    capsys.readouterr()
    assert main(command("fit", (parquet, files[1]), tmp_path / "large")) == 2
    assert "not written for Parquet input" in capsys.readouterr().err
