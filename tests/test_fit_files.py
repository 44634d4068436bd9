"""Fits in files: all of it comes back bit for bit, whatever is wrong is refused, a kill harms
nothing."""

import datetime as dt
import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import fields

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import paintrend as pt
from paintrend.core.posterior import Posterior
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import Inference
from paintrend.storage import fits
from paintrend.storage.cells import frame_bytes, frame_of, table_bytes, table_of
from paintrend.storage.checks import digest_of
from paintrend.storage.pieces import DESCRIPTION

DAYS = [-7, 0, 14, 28, 42, 56, 70, 84, 91]


def cohort() -> Diary:
    """Dates, covariates, a rating used for selection, missed visits, a row set aside, one patient
    whom nobody rated."""
    pain = {
        "Zoë": [7, 7, 6, 5, 3, 2, 2, 1, 1],
        "=1+1": [3, 3, 4, 6, 6, 7, 7, 7, 7],
        "P3": [5, 5, 5, None, 5, 6, 5, 5, 4],
        "unrated": [None] * 9,
        "wrong": [99, 2, 3, 2, 2, 3, 2, 3, 2],
    }
    day0 = pd.Timestamp("2026-01-05")
    rows = [
        {
            "patient_id": name,
            "date": day0 + pd.Timedelta(days=day),
            "start": day0,
            "pain": value,
            "inclusion": int(day < 0),
            "arm": "a" if name < "Q" else "<b>",
            "age": 40.5 if name != "P3" else None,
            "mood": f"m{day}",
        }
        for name, values in pain.items()
        for day, value in zip(DAYS, values, strict=True)
    ]
    return pt.read_diary(pd.DataFrame(rows), "nrs", lenient=True)


@pytest.fixture(scope="module")
def fit() -> Fit:
    return pt.fit_curves(cohort(), horizon=84, draws=40, seed=3, workers=1)


@pytest.fixture(params=["folder", "fit.zip"])
def path(request, fit, tmp_path):
    return pt.write_fit(fit, tmp_path / request.param)


def same(one, other) -> None:
    """Compare to the last bit."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert one.tobytes() == np.ascontiguousarray(other).tobytes()
    else:
        assert one == other
        assert type(one) is type(other)


def test_every_field_comes_back(fit, path):
    again = pt.read_fit(path)
    for kind, get in (
        (Diary, lambda f: f.diary),
        (Inference, lambda f: f.inference),
        (Fit, lambda f: f),
        (type(fit.population), lambda f: f.population),
    ):
        for field in fields(kind):
            ours, theirs = getattr(get(fit), field.name), getattr(get(again), field.name)
            if field.name in ("posterior", "prior"):
                for name in ours._fields:
                    same(getattr(ours, name), getattr(theirs, name))
            elif field.name == "provenance":
                assert ours.to_dict() == theirs.to_dict()
            elif field.name not in ("diary", "population", "inference"):
                same(ours, theirs)
    assert len(again.diary.problems) == 1
    assert again.diary.starts["Zoë"] == dt.date(2026, 1, 5)
    assert len(again.diary.missing) == 10
    assert Posterior._fields == type(again.inference.posterior)._fields


def test_what_is_computed_from_it_is_the_same(fit, path):
    again = pt.read_fit(path, scale="nrs", horizon=84)
    ours, theirs = pt.classify(fit), pt.classify(again)
    same(ours.table(), theirs.table())
    same(ours.features, theirs.features)
    same(fit.as_of(30).draws("P3"), again.as_of(30).draws("P3"))
    same(fit.info, again.info)
    same(fit.set_aside, again.set_aside)
    figures = [
        pt.plot_patient(f["Zoë"], c["Zoë"]).to_json() for f, c in ((fit, ours), (again, theirs))
    ]
    assert figures[0] == figures[1]
    assert repr(fit) == repr(again)
    new = pt.read_diary(pd.DataFrame({"patient_id": "N", "day": DAYS[:4], "pain": 4}), "nrs")
    looks = [
        pt.monitor(new, population=f.population, every=40.0, draws=20, workers=1).table()
        for f in (fit, again)
    ]
    same(looks[0], looks[1])


def test_an_early_look_and_an_empty_posterior_come_back(fit, tmp_path):
    early = fit.as_of(14)
    again = pt.read_fit(pt.write_fit(early, tmp_path / "early"))
    assert again.as_of_day == 14
    assert again.retrospective
    none = fit.select(["unrated"])
    again = pt.read_fit(pt.write_fit(none, tmp_path / "none"))
    assert np.isnan(again.draws("unrated")).all()
    assert again.info.loc["unrated", "reason"] == "no usable rating"


def test_no_code_is_in_the_files(path):
    contents = (
        {file.name: file.read_bytes() for file in path.iterdir()}
        if path.is_dir()
        else {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    )
    assert len(contents) == 10
    for name, data in contents.items():
        assert data[:4] == (b'{\n "' if name == DESCRIPTION else b"PAR1")


def test_the_same_fit_gives_the_same_bytes(fit, tmp_path):
    one, two = (pt.write_fit(fit, tmp_path / name) for name in ("1.zip", "2.zip"))
    assert one.read_bytes() == two.read_bytes()


def test_a_fit_replaces_another_and_leaves_strangers_alone(fit, tmp_path):
    place = pt.write_fit(fit, tmp_path / "fit")
    (place / "notes.txt").write_text("mine")
    (place / "ratings-mine.parquet").write_text("mine")
    (place / ".77.part.draws-0123456789abcdef.parquet").write_text("left by a kill")
    pt.write_fit(fit.select(["P3"]), place)
    assert pt.read_fit(place).patient_ids == ("P3",)
    names = sorted(file.name for file in place.iterdir())
    assert len(names) == 10 + 2
    assert "notes.txt" in names
    assert "ratings-mine.parquet" in names


def test_another_target_is_refused(fit, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(pt.FitError, match="is a file"):
        pt.write_fit(fit, tmp_path / "file")
    with pytest.raises(pt.FitError, match="is a folder"):
        pt.write_fit(fit, tmp_path / "folder.zip")
    with pytest.raises(pt.FitError, match="takes a fit"):
        pt.write_fit(fit.population, tmp_path / "other")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"scale": "vas"}, "scale name: 'nrs' there, 'vas' asked; scale high"),
        ({"horizon": 90}, "horizon: 84 there, 90 asked"),
    ],
)
def test_a_fit_on_another_scale_or_horizon_is_refused(path, options, said):
    with pytest.raises(pt.FitError, match=said):
        pt.read_fit(path, **options)


@pytest.fixture
def describe(fit, tmp_path):
    """Change the description as one who knows the format would, and say what reading says."""
    place = pt.write_fit(fit, tmp_path / "fit")

    def change(sign=True, **changes) -> str:
        file = place / DESCRIPTION
        document = {**json.loads(file.read_text()), **changes}
        if sign:
            document["sha256"] = digest_of(document)
        file.write_text(json.dumps(document))
        with pytest.raises((pt.FitError, pt.PopulationError)) as error:
            pt.read_fit(place)
        return str(error.value)

    return change


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "other"}, "format: expected 'paintrend fit', got 'other'"),
        ({"version": 0}, "version: expected a whole number from 1, got 0"),
        ({"version": 2, "paintrend": "9.9"}, "written by paintrend '9.9'; install that or a newer"),
        ({"seed": -1, "n_draws": "x"}, "2 problems"),
        ({"external": 1}, "external: expected true or false"),
        ({"n_draws": 41}, "draws: expected 4 x 41 rows"),
        ({"n_fitted": 3}, "n_fitted"),
        ({"diary": []}, "diary: expected an object"),
        ({"tables": {}}, "tables.ratings: expected file, rows and sha256"),
        ({"population": {}}, "is not a population"),
        ({"as_of_day": "x"}, "as_of_day: expected a number"),
    ],
)
def test_a_wrong_description_is_refused(describe, changes, said):
    assert said in describe(**changes)


def test_an_older_version_is_refused_with_the_reason(describe, monkeypatch):
    monkeypatch.setitem(fits.NOT_READ, 1, "its draws are those of a model with an error")
    said = describe()
    assert "version 1" in said
    assert "a model with an error" in said


def test_a_changed_description_is_seen(describe):
    assert "was changed after it was written" in describe(sign=False, seed=4)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("draws", {"setting": -1}, "setting: expected 0 to"),
        ("draws", {"noise": 30_000}, "noise: expected 0 to"),
        ("draws", {"wave_row": 10**9}, "wave_row: expected 0 to"),
        ("draws", {"start": np.nan}, "start: expected finite numbers"),
        ("draws", {"hump_place": 3.0}, "expected -1 to 1"),
        ("ratings", {"pain": 11.0}, "pain: expected numbers from 0 to 10"),
        ("ratings", {"day": np.inf}, "day: expected finite numbers"),
        ("ratings", {"patient_id": "stranger"}, "expected the patients of the table patients"),
        ("info", {"fitted": True}, "n_fitted"),
        ("info", {"patient_id": "P3"}, "info: expected one row for each"),
        ("patients", {"patient_id": "P3"}, "one row per patient_id"),
        ("missing", None, "the table missing has no column"),
    ],
)
def test_numbers_that_no_fit_has_are_refused(fit, tmp_path, name, change, said):
    """Signed anew, as by one who means harm: what a kernel uses as a place must lie inside."""
    place = pt.write_fit(fit, tmp_path / "fit")
    document = json.loads((place / DESCRIPTION).read_text())
    entry = document["tables"][name]
    table = table_of((place / entry["file"]).read_bytes())
    if change is None:
        table = pa.table({"x": np.zeros(table.num_rows)})
    else:
        for column, value in change.items():
            i = table.column_names.index(column)
            values = pa.array([value] * table.num_rows)
            table = table.set_column(i, column, values.cast(table.column(i).type))
    data = table_bytes(table)

    entry["sha256"] = hashlib.sha256(data).hexdigest()
    (place / entry["file"]).write_bytes(data)
    document["sha256"] = digest_of(document)
    (place / DESCRIPTION).write_text(json.dumps(document))
    with pytest.raises(pt.FitError) as error:
        pt.read_fit(place)
    assert said in str(error.value)


def test_damage_and_absence_are_seen(fit, tmp_path):
    place = pt.write_fit(fit, tmp_path / "fit")
    file = next(place.glob("draws-*.parquet"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(pt.FitError, match="expected sha256"):
        pt.read_fit(place)
    file.unlink()
    with pytest.raises(pt.FitError, match="holds no draws-"):
        pt.read_fit(place)
    (place / DESCRIPTION).write_text("{")
    with pytest.raises(pt.FitError, match="is not JSON"):
        pt.read_fit(place)
    with pytest.raises(pt.FitError, match=r"holds no fit\.json"):
        pt.read_fit(tmp_path)


def test_archives_that_could_grow_are_refused(fit, tmp_path):
    place = pt.write_fit(fit, tmp_path / "fit.zip")
    packed = tmp_path / "packed.zip"
    with (
        zipfile.ZipFile(place) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(pt.FitError, match="is compressed"):
        pt.read_fit(packed)
    (tmp_path / "text.zip").write_text("no archive")
    with pytest.raises(pt.FitError, match="is no fit"):
        pt.read_fit(tmp_path / "text.zip")


def test_a_table_that_would_fill_the_memory_is_refused():
    many = pa.table({"x": np.zeros(20_000_000)})
    sink = pa.BufferOutputStream()
    pq.write_table(many, sink, compression="zstd")
    with pytest.raises(ValueError, match="MB of memory"):
        table_of(sink.getvalue().to_pybytes())


def test_cells_of_every_kind_come_back():
    cells = [
        None, "text", "", True, 3, 10**400, -0.0, 1.5, float("inf"), pd.NaT, pd.NA,
        dt.date(2026, 1, 2), dt.time(3, 4), dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC),
        pd.Timestamp("2026-01-02", tz="Europe/Berlin"), pd.Timedelta("1D"), "\ud800", "\0",
    ]  # fmt: skip
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    frame = pd.DataFrame(
        {
            "mixed": values,
            "float": np.linspace(-0.0, 1, len(cells)),
            "when": pd.date_range("2026", periods=len(cells), tz="UTC"),
            "kind": pd.Categorical(["a", "b"] * (len(cells) // 2)),
        }
    )
    again = frame_of(table_of(frame_bytes(frame)))
    assert list(again.dtypes) == list(frame.dtypes)
    for one, other in zip(frame["mixed"], again["mixed"], strict=True):
        assert type(one) is type(other)
        assert one is other or one == other
    pd.testing.assert_frame_equal(again.iloc[:, 1:], frame.iloc[:, 1:])


KILLED = '''
import os, random, signal, sys, time
from pathlib import Path
import paintrend as pt
from paintrend.storage.pieces import check_digest, read_description, read_piece
source, target, seed = sys.argv[1:]
fits = [pt.read_fit(source), pt.read_fit(source).select(["P3"])]
sizes = {len(fit) for fit in fits}

def look():
    """The whole of one fit: every hash is right."""
    found = read_description(Path(target))
    check_digest(Path(target), found)
    for name in found["tables"]:
        read_piece(Path(target), found, name)
    assert found["n_patients"] in sizes, found
    return found["n_patients"]

def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid

pt.write_fit(fits[0], target)
rng, seen, ended = random.Random(int(seed)), set(), 0
# At each call that touches the disk, one after the other ...
for stop in range(1, 200):
    count = [0]
    def hook(event, arguments):
        if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.scandir"):
            count[0] += 1
            if count[0] == stop:
                os.kill(os.getpid(), signal.SIGKILL)
    def work():
        sys.addaudithook(hook)
        pt.write_fit(fits[stop % 2], target)
    _, status = os.waitpid(child(work), 0)
    seen.add(look())
    if not os.WIFSIGNALED(status):
        ended += 1
        if ended == 2:
            break
print("stops", stop - 2)
# ... and at any moment.
def forever():
    while True:
        for fit in fits:
            pt.write_fit(fit, target)
for _ in range(25):
    pid = child(forever)
    time.sleep(rng.uniform(0.0, 0.06))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    seen.add(look())
assert seen == sizes, seen
pt.write_fit(fits[0], target)
assert pt.read_fit(target).patient_ids == fits[0].patient_ids
print("left", len(os.listdir(target)) if os.path.isdir(target) else 1)
'''


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["fit", "fit.zip"])
def test_a_kill_at_any_moment_leaves_the_old_fit_or_the_new(fit, tmp_path, name):
    source = pt.write_fit(fit, tmp_path / "source.zip")
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(source), str(tmp_path / name), "5"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    stops, left = (int(line.split()[1]) for line in run.stdout.splitlines())
    assert stops >= (15 if name == "fit" else 3)
    assert left == (10 if name == "fit" else 1)
