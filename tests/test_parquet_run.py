"""Parquet in bounded memory: the same courses as in memory, and a run that can be killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.cli import main
from paintrend.errors import DiaryError, HorizonError, InputError, RunError
from paintrend.scaleout import frames, parquet_run, source, spill, workers
from paintrend.scaleout.routing import id_text, route_keys
from paintrend.simulate import simulate_cohort

ROOT = Path(__file__).resolve().parents[1]
DRAWS = 30
OPTIONS = {"scale": "nrs", "horizon": 84, "draws": DRAWS, "workers": 1}
COMMAND = ["--scale", "nrs", "--horizon", "84", "--draws", str(DRAWS)]
# As the command line, with buckets of few rows and, where asked for, an end at the n-th rename.
SHARED = [pytest.param(0, id="processes"), pytest.param(10**9, id="threads")]
SCRIPT = """
import os, signal, sys, time
from paintrend.scaleout import parquet_run, workers
parquet_run.BUCKET_ROWS = 60
workers.WORTH_A_PROCESS = int(os.environ["WORTH_A_PROCESS"])
if __name__ == "__main__":
    from paintrend.cli import main
    sys.exit(main(sys.argv[1:]))
"""
# Found at the start of every process: a part that is there is all that there is for a while.
PAUSE = """
import os, time
at_once = os.replace
def slowly(source, target, **options):
    at_once(source, target, **options)
    if "part-" in str(target):
        time.sleep(0.5)
os.replace = slowly
"""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Several buckets, chunks and blocks for few patients."""
    monkeypatch.setattr(parquet_run, "BUCKET_ROWS", 60)
    monkeypatch.setattr(spill, "CHUNK_ROWS", 64)
    monkeypatch.setattr(source, "UNIT_ROWS", 100)
    monkeypatch.setattr(frames, "BLOCK", 7)


@pytest.fixture(scope="module")
def ratings():
    """Ratings of 24 patients in no order; one after the horizon, one patient without any."""
    table = simulate_cohort(22, seed=3).ratings[["patient_id", "day", "pain"]]
    more = pd.DataFrame({"patient_id": ["late", "late", "empty"], "day": [90.0, 95.0, 0.0]})
    more["pain"] = [3.0, 4.0, np.nan]
    return pd.concat([table, more]).sample(frac=1, random_state=1).reset_index(drop=True)


@pytest.fixture(scope="module")
def in_memory(ratings):
    """What read_diary, fit_curves and classify give."""
    fit = pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=DRAWS)
    return fit, by_id(pt.classify(fit).table())


@pytest.fixture
def parquet(ratings, tmp_path):
    return write(ratings, tmp_path / "cohort.parquet")


def write(table, path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path, **{"row_group_size": 50} | options)
    return path


def by_id(table):
    return table.set_index("patient_id").sort_index()


def same(table, expected):
    pd.testing.assert_frame_equal(by_id(table), expected, rtol=0, atol=1e-9)


def contents(folder, but=("run.json",)):
    """Bytes of every file; run.json holds the time of the input."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(f.relative_to(folder)): f.read_bytes() for f in files if f.name not in but}


# The same answer


@pytest.mark.parametrize("order", ["mixed", "sorted"])
def test_a_file_gives_what_memory_gives(order, ratings, in_memory, tmp_path):
    table = ratings if order == "mixed" else ratings.sort_values(["patient_id", "day"])
    file = write(table.reset_index(drop=True), tmp_path / "cohort.parquet")
    done = pt.fit_parquet(file, tmp_path / "out", **OPTIONS)
    fit, expected = in_memory
    assert len(done.parts) > 3
    same(done.table(), expected)
    assert (done.n_patients, done.n_fitted) == (24, 22)
    assert sum(done.courses.values()) == 24
    assert done.population.trace == fit.population.trace
    for one, other in zip(done.population.prior, fit.population.prior, strict=True):
        np.testing.assert_array_equal(one, other)
    assert list(done.table().columns) == list(pt.classify(fit).table().columns)


def test_a_folder_gives_what_memory_gives_in_the_stated_order(ratings, in_memory, tmp_path):
    folder = tmp_path / "in"
    write(ratings[:100], folder / "a.parquet")
    # Other programs write whole numbers as integers, texts as categories, and notes beside them.
    rest = ratings[100:].astype({"patient_id": "category"})
    write(rest.reset_index(drop=True), folder / "deep" / "b.parquet")
    (folder / "_SUCCESS").touch()
    write(ratings[:1], folder / "_metadata.parquet")
    done = pt.fit_parquet(folder, tmp_path / "out", **OPTIONS | {"curves": "parquet"})
    same(done.table(), in_memory[1])
    for part in done.parts:
        ids = pd.read_parquet(part)["patient_id"].tolist()
        assert ids == sorted(ids)
        curves = pd.read_parquet(part.parents[1] / "curves" / part.name)
        assert curves["patient_id"].unique().tolist() == ids
        own = curves[curves["patient_id"] == ids[0]].drop(columns="patient_id")
        np.testing.assert_allclose(own, in_memory[0][ids[0]].curve, rtol=0, atol=1e-9)


@pytest.mark.parametrize("worth", SHARED)
def test_processes_and_threads_change_nothing(worth, parquet, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", worth)
    one = pt.fit_parquet(parquet, tmp_path / "one", **OPTIONS)
    two = pt.fit_parquet(parquet, tmp_path / "two", **OPTIONS | {"workers": 2})
    assert contents(one.folder) == contents(two.folder)
    assert not (one.folder / ".work").exists()


def test_a_population_from_others_is_taken_as_it_is(parquet, in_memory, tmp_path):
    population = in_memory[0].population
    options = {name: value for name, value in OPTIONS.items() if name not in ("scale", "horizon")}
    done = pt.fit_parquet(parquet, tmp_path / "out", population=population, **options)
    same(done.table(), in_memory[1])


def test_a_large_cohort_is_learned_from_the_same_sample(parquet, ratings, tmp_path, monkeypatch):
    monkeypatch.setattr("paintrend.learning.LEARN_FROM", 10)
    done = pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS)
    fit = pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=DRAWS)
    same(done.table(), by_id(pt.classify(fit).table()))
    said = "Learned from 10 of 22 patients (a seeded sample by id)"
    assert said in repr(fit.population)
    assert said in " ".join((done.folder / "README.txt").read_text().split())
    told = json.loads((done.folder / "run.json").read_text())["learning"]
    assert (told["patients"], told["of"]) == (10, 22)
    assert told["log_evidence_per_patient"] == list(fit.population.trace)


def test_dates_are_read_as_the_whole_file_shows(tmp_path):
    # Only one patient has a date that proves the order of day and month, only one a time of day.
    rows = [("P1", "03/04/2024", "01/04/2024"), ("P1", "25/04/2024", "01/04/2024")]
    rows += [
        ("P2", "02/04/2024 18:00", "01/04/2024 06:00"),
        ("P2", "05/06/2024", "01/04/2024 06:00"),
    ]
    rows += [(f"Q{i}", f"0{i}/05/2024", "01/04/2024") for i in range(1, 9)]
    table = pd.DataFrame(rows, columns=["patient_id", "date", "start"]).assign(pain=5)
    file = write(table, tmp_path / "dates.parquet", row_group_size=3)
    parquet_run.BUCKET_ROWS = 2
    done = pt.fit_parquet(file, tmp_path / "out", **OPTIONS)
    diary = pt.read_diary(table, "nrs")
    fit = pt.fit_curves(diary, horizon=84, draws=DRAWS)
    assert len(done.parts) > 2
    same(done.table(), by_id(pt.classify(fit).table()))


def test_one_column_per_visit(tmp_path):
    table = pd.DataFrame({"patient_id": list("abcdefgh"), "day 0": 6, "week 4": 5, "week 8": 3})
    file = write(table, tmp_path / "wide.parquet", row_group_size=3)
    done = pt.fit_parquet(file, tmp_path / "out", wide=True, **OPTIONS)
    fit = pt.fit_curves(pt.read_diary(table, "nrs", wide=True), horizon=84, draws=DRAWS)
    same(done.table(), by_id(pt.classify(fit).table()))


def test_ids_meet_that_the_checks_must_see_together():
    ids = pd.Series(["P1", " P1", "p1", "P1\u200b", "P2", "7", "7", None])
    keys = route_keys(id_text(ids))
    assert len(set(keys[:4])) == 1
    assert len(set(keys)) == 4
    assert len(set(route_keys(pd.Series(["Zo\u00eb", "Zoe\u0308"])))) == 1
    import pyarrow as pa

    whole = pa.array([7, None, 2**53 + 1])
    assert id_text(whole).tolist() == ["7", "", str(2**53 + 1)]
    assert id_text(pa.array([7.0, 1.5])).tolist() == ["7", "1.5"]


# Problems


@pytest.fixture
def faulty(ratings, tmp_path):
    """Two files with a problem in each, and ids that differ only in spaces, one in each."""
    folder = tmp_path / "in"
    first, second = ratings[:150].copy(), ratings[150:].reset_index(drop=True)
    first.loc[4, "pain"] = 11
    second.loc[[0, 7], "day"] = np.inf
    first.loc[0, "patient_id"] = "extra"
    second.loc[1, "patient_id"] = "extra "
    write(first, folder / "a.parquet")
    write(second, folder / "b.parquet")
    return folder, pd.concat([first, second], ignore_index=True)


def test_all_problems_come_at_once_and_name_file_and_row(faulty, tmp_path):
    folder, _ = faulty
    with pytest.raises(DiaryError, match=r"in: 4 problems; .*Rows are counted from 0 in each file"):
        pt.fit_parquet(folder, tmp_path / "out", **OPTIONS)
    listed = pd.read_csv(tmp_path / "out" / "problems.csv")
    assert listed["row"].tolist() == ["4 of a.parquet", "0 of b.parquet", "1 of b.parquet",
                                      "7 of b.parquet"]  # fmt: skip
    assert "differs from 'extra' only by outer spaces" in listed["problem"][2]
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["problems.csv"]


def test_lenient_sets_aside_what_memory_sets_aside(faulty, tmp_path):
    folder, whole = faulty
    done = pt.fit_parquet(folder, tmp_path / "out", lenient=True, **OPTIONS)
    diary = pt.read_diary(whole, "nrs", lenient=True)
    fit = pt.fit_curves(diary, horizon=84, draws=DRAWS)
    same(done.table(), by_id(pt.classify(fit).table()))
    listed = pd.read_csv(tmp_path / "out" / "problems.csv")
    columns = ["patient_id", "column", "problem", "fix"]
    assert listed[columns].equals(diary.problems[columns].astype(listed[columns].dtypes))


def test_rows_of_one_file_have_the_numbers_that_memory_gives_them(ratings, tmp_path):
    table = ratings.copy()
    table.loc[[3, 200], "pain"] = [12, -4]
    file = write(table, tmp_path / "cohort.parquet")
    messages = []
    for call in (
        lambda: pt.read_diary(file, "nrs"),
        lambda: pt.fit_parquet(file, tmp_path / "out", **OPTIONS),
    ):
        with pytest.raises(DiaryError) as error:
            call()
        messages.append(str(error.value))
        assert error.value.problems["row"].tolist() == [3, 200]
    assert messages[0] == messages[1]


def test_after_problems_the_folder_is_free_again(ratings, tmp_path):
    file = write(ratings.replace({"pain": {5.0: 55.0}}), tmp_path / "cohort.parquet")
    with pytest.raises(DiaryError):
        pt.fit_parquet(file, tmp_path / "out", **OPTIONS)
    write(ratings, file)
    done = pt.fit_parquet(file, tmp_path / "out", **OPTIONS)
    assert not (done.folder / "problems.csv").exists()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"scale": None}, InputError, "scale is required"),
        ({"horizon": None}, HorizonError, "horizon is required"),
        ({"horizon": -100}, HorizonError, "positive number"),
        ({"curves": "csv"}, InputError, "'none' or 'parquet'"),
        ({"workers": 0}, InputError, "workers must be a whole number from 1"),
        ({"columns": {"pain": "nrs"}}, DiaryError, "there is no column 'nrs'"),
        ({"start": {"P1": "2024-01-01"}}, InputError, "one date for all"),
        ({"start": "2024-01-01"}, InputError, "goes with a column date"),
        ({"time_unit": "years"}, InputError, "time_unit is one of"),
        ({"lasting_days": 60}, InputError, "at most half the horizon"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_shows_before_anything_is_written(
    options, error, text, parquet, tmp_path
):
    with pytest.raises(error, match=text):
        pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS | options)
    assert not (tmp_path / "out").exists()


def test_a_cohort_rated_after_the_horizon_only(ratings, tmp_path):
    late = write(ratings.assign(day=ratings["day"] + 100), tmp_path / "late.parquet")
    with pytest.raises(
        HorizonError, match=r"no rating up to the horizon, day 84: all 28\d are aft"
    ):
        pt.fit_parquet(late, tmp_path / "out", **OPTIONS)


def test_files_of_different_tables_are_refused(ratings, tmp_path):
    write(ratings, tmp_path / "in" / "a.parquet")
    write(ratings.astype({"pain": str}).assign(note=1), tmp_path / "in" / "b.parquet")
    with pytest.raises(
        DiaryError, match=r"note only in b.parquet; pain is number in a.parquet, te"
    ):
        pt.fit_parquet(tmp_path / "in", tmp_path / "out", **OPTIONS)
    (tmp_path / "in" / "b.parquet").unlink()
    with pytest.raises(InputError, match="among the files that are read"):
        pt.fit_parquet(tmp_path / "in", tmp_path / "in" / "out", **OPTIONS)
    (tmp_path / "in" / "c.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DiaryError, match=r"c.parquet cannot be read as Parquet"):
        pt.fit_parquet(tmp_path / "in", tmp_path / "out", **OPTIONS)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DiaryError, match=r"without a file that ends in .parquet"):
        pt.fit_parquet(tmp_path / "nothing", tmp_path / "out", **OPTIONS)


# Stopped and continued


class Stopped(BaseException):
    """Stands for a process that ends between two files."""


def test_a_run_that_ends_between_files_goes_on_to_the_same_end(parquet, tmp_path, monkeypatch):
    whole = pt.fit_parquet(parquet, tmp_path / "whole", **OPTIONS | {"lenient": True})
    replace, out, left = os.replace, tmp_path / "out", 0

    def one_more(source, target):
        nonlocal left
        if left == 0:
            raise Stopped
        left -= 1
        # What was being written when the process ended stays behind.
        shutil.copy(source, Path(target).with_name(f".1.part.{Path(target).name}"))
        replace(source, target)

    monkeypatch.setattr(os, "replace", one_more)
    attempts, done = 0, None
    while done is None:
        # Enough for a unit or a bucket, and each time another place to end at.
        attempts, left = attempts + 1, 4 + attempts % 3
        try:
            done = pt.fit_parquet(parquet, out, **OPTIONS | {"lenient": True})
        except Stopped:
            with pytest.raises(InputError, match=r"is not done yet|has no run.json"):
                pt.ParquetFit.open(out)
    assert attempts > 5
    asides = list(out.rglob(".1.part.*"))
    assert len(asides) <= 6, "what earlier attempts left aside is gone"
    for aside in asides:
        aside.unlink()
    assert contents(done.folder) == contents(whole.folder)
    monkeypatch.setattr(os, "replace", None)
    assert pt.fit_parquet(parquet, out, **OPTIONS | {"lenient": True}).n_patients == 24


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"seed": 5}, "seed: 0 there, 5 here"),
        ({"draws": 25}, "draws: 30 there, 25 here"),
        ({"criteria": pt.Criteria(worsening=3)}, "criteria.worsening: 2.0 there, 3.0 here"),
        ({"lenient": True}, "lenient: False there, True here"),
        ("input", r"cohort.parquet has changed \(size or time\)"),
    ],
)
def test_another_run_in_the_folder_is_refused_with_what_differs(
    changed, text, parquet, ratings, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr("paintrend.scaleout.parquet_run.check_all", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS)
    if changed == "input":
        write(ratings[:-1], parquet)
    options = OPTIONS | (changed if isinstance(changed, dict) else {})
    with pytest.raises(InputError, match=f"{text}.* Choose another folder, or restart=True"):
        pt.fit_parquet(parquet, tmp_path / "out", **options)


def test_restart_throws_away_what_another_run_wrote_and_nothing_else(parquet, tmp_path):
    out = tmp_path / "out"
    pt.fit_parquet(parquet, out, **OPTIONS | {"curves": "parquet"})
    (out / "mine.txt").write_text("kept")
    done = pt.fit_parquet(parquet, out, restart=True, seed=1, **OPTIONS)
    fresh = pt.fit_parquet(parquet, tmp_path / "fresh", seed=1, **OPTIONS)
    assert contents(done.folder, ("run.json", "mine.txt")) == contents(fresh.folder)
    assert (out / "mine.txt").read_text() == "kept"


def test_a_folder_of_somebody_else_is_left_alone(parquet, tmp_path):
    (tmp_path / "out" / "courses").mkdir(parents=True)
    with pytest.raises(InputError, match=r"no run.json that says of what"):
        pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS)
    (tmp_path / "out" / "run.json").write_text("{}")
    with pytest.raises(InputError, match="not a file of paintrend"):
        pt.fit_parquet(parquet, tmp_path / "out", restart=True, **OPTIONS)


def test_two_runs_do_not_share_a_folder(parquet, tmp_path):
    pytest.importorskip("fcntl", reason="locks are another matter on this system")
    from paintrend.scaleout.lock import locked

    with (
        locked(tmp_path / "out" / ".work"),
        pytest.raises(InputError, match="another run is at work"),
    ):
        pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS)


def test_a_worker_that_dies_is_an_error_that_says_what_to_do(parquet, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(RunError, match=r"ended by itself .*The same command continues"):
        pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS | {"workers": 2})


def test_an_error_in_a_thread_ends_the_run(parquet, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setitem(workers.TASKS, "check", fail)
    with pytest.raises(OSError, match="no space left"):
        pt.fit_parquet(parquet, tmp_path / "out", **OPTIONS | {"workers": 2})


# The command line


def start(script, *arguments, worth=0, slowly=False):
    places = [str(ROOT / "src"), *([str(script.parent / "pause")] if slowly else [])]
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join(places), "WORTH_A_PROCESS": str(worth),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, str(script), *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def wait_for(folder, pattern, process, more_than=0):
    while len(list(folder.glob(pattern))) <= more_than:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


@pytest.fixture
def script(tmp_path):
    file = tmp_path / "few_rows.py"
    file.write_text(SCRIPT)
    (tmp_path / "pause").mkdir()
    (tmp_path / "pause" / "sitecustomize.py").write_text(PAUSE)
    return file


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("worth", SHARED)
def test_killed_or_stopped_the_same_command_ends_with_the_same_files(
    worth, script, parquet, tmp_path
):
    whole, out = tmp_path / "whole", tmp_path / "out"
    pt.fit_parquet(parquet, whole, **OPTIONS)
    command = ["fit", parquet, *COMMAND, "--workers", "2", "-o", out]
    # While rows are sorted, while they are checked, and in the middle of a bucket.
    moments = [
        (".work/rows/*", signal.SIGKILL),
        (".work/marker/*", signal.SIGKILL),
        ("courses/part-*", signal.SIGKILL),
        ("courses/part-*", signal.SIGINT),
    ]
    for place, end in moments:
        before = len(list(out.glob(place)))
        process = start(script, *command, worth=worth, slowly=True)
        wait_for(out, place, process, before)
        workers = children(process.pid)
        process.send_signal(end)
        _, said = process.communicate()
        assert json.loads((out / "run.json").read_text())["state"] == "running"
        if end == signal.SIGINT:
            assert process.returncode == 130
            assert said == "paintrend fit: stopped; the same command continues where it stopped\n"
        while any(Path(f"/proc/{worker}").exists() for worker in workers):
            time.sleep(0.005)  # they end with the process that started them
        # threads end the task that they are at
        most = len(list(whole.rglob("part-*"))) - (worth == 0)
        assert len(list((out / "courses").glob("part-*"))) <= most
    again = start(script, *command, worth=worth)
    said, noted = again.communicate()
    assert again.returncode == 0, noted
    assert contents(out) == contents(whole)
    assert f"{out / 'courses'}\n" in said


def test_the_command_says_what_it_wrote(parquet, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["fit", str(parquet), *COMMAND, "--workers", "1", "-o", str(out)]) == 0
    said = capsys.readouterr()
    names = ["courses", "population.json", "README.txt", "run.json"]
    assert said.out.splitlines() == [str(out / name) for name in names]
    assert "24 patients" in said.err
    assert main(["fit", str(parquet), *COMMAND, "--seed", "3", "-o", str(out)]) == 2
    assert "seed: 0 there, 3 here. Choose another folder, or --restart" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--curves", "csv"], "--curves csv does not go with Parquet input"),
        (["--sheet", "1"], "--sheet and --sheets are for Excel files"),
        (["--workers", "0"], "--workers must be a whole number from 1"),
    ],
)
def test_options_that_do_not_suit_parquet(options, text, parquet, tmp_path, capsys):
    assert main(["fit", str(parquet), *COMMAND, *options, "-o", str(tmp_path / "out")]) == 2
    assert text in capsys.readouterr().err


def test_without_scale_it_says_what_the_first_rows_suggest(ratings, tmp_path, capsys):
    write(ratings, tmp_path / "in" / "a.parquet")
    assert main(["fit", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "needs --scale and --horizon" in said
    assert "--scale nrs fits" in said


def test_problems_over_buckets_are_one_list_on_the_terminal(faulty, tmp_path, capsys):
    folder, _ = faulty
    command = ["fit", str(folder), *COMMAND, "--workers", "1", "-o", str(tmp_path / "out")]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "4 problems" in said
    assert "7 of b.parquet" in said


def test_what_is_gone_of_a_finished_run_is_made_again(parquet, tmp_path):
    out = tmp_path / "out"
    pt.fit_parquet(parquet, out, **OPTIONS)
    whole = contents(out)
    done = pt.ParquetFit.open(out)
    for part in done.parts[1:]:
        part.unlink()
    (out / "population.json").unlink()
    with pytest.raises(InputError, match=r"population.json.* went missing: fit_parquet\(.* makes"):
        pt.ParquetFit.open(out)
    assert len(pt.fit_parquet(parquet, out, **OPTIONS).table()) == 24
    assert contents(out) == whole
    done.parts[0].write_bytes(b"changed")
    with pytest.raises(InputError, match=r"part-00000.parquet changed: .* restart=True"):
        pt.ParquetFit.open(out)


def test_a_run_of_an_earlier_version_is_looked_at_too(parquet, tmp_path):
    out = tmp_path / "out"
    pt.fit_parquet(parquet, out, **OPTIONS)
    whole = contents(out)
    noted = json.loads((out / "run.json").read_text())
    del noted["files"]
    (out / "run.json").write_text(json.dumps(noted))
    assert pt.ParquetFit.open(out).n_patients == 24
    shutil.rmtree(out / "courses")
    assert len(pt.fit_parquet(parquet, out, **OPTIONS).table()) == 24
    assert contents(out) == whole


def test_files_of_another_run_are_not_taken_for_those_of_this_one(parquet, tmp_path, capsys):
    out = tmp_path / "out"
    pt.fit_parquet(parquet, out, **OPTIONS)
    path = out / "population.json"
    path.write_text(path.read_text().replace("0.1", "0.2", 1))
    command = ["fit", str(parquet), *COMMAND, "--workers", "1", "-o", str(out)]
    assert main(command) == 2
    assert "since it ended population.json has changed" in capsys.readouterr().err
    assert main([*command, "--restart"]) == 0


def test_other_input_does_not_write_into_the_folder_of_a_run(parquet, ratings, tmp_path, capsys):
    out = tmp_path / "out"
    pt.fit_parquet(parquet, out, **OPTIONS)
    whole = contents(out, ())
    table = tmp_path / "a.csv"
    ratings.to_csv(table, index=False)
    assert main(["fit", str(table), *COMMAND, "-o", str(out)]) == 3
    assert "a run over Parquet files (run.json)" in capsys.readouterr().err
    assert contents(out, ()) == whole


def test_a_population_of_another_run_is_not_taken_for_one_learned(parquet, tmp_path):
    pt.fit_parquet(parquet, tmp_path / "whole", **OPTIONS)
    out = tmp_path / "out"
    out.mkdir()
    shutil.copy(tmp_path / "whole" / "population.json", out)
    with pytest.raises(InputError, match=r"holds population.json, but no run.json"):
        pt.fit_parquet(parquet, out, **OPTIONS)
