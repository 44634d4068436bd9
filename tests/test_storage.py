"""Populations and tables in files: exact round trips, and everything wrong said at once."""

import copy
import json
import os
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from paintrend.aside import written_aside
from paintrend.diary import read_diary
from paintrend.errors import PopulationError
from paintrend.fitting import fit_curves
from paintrend.results.population import Population
from paintrend.scales import Scale
from paintrend.storage import read_population, write_population, write_table

DAYS = [-7, 0, 14, 28, 42, 56, 70, 84]
RELIEF = Scale(
    "relief", 0, 10, better=2, worse=np.float64(2.5), higher_is_worse=np.bool_(False), label="Ça va"
)


def diary(scale="nrs"):
    """Three patients, of whom one improves, one rises and one stays."""
    pain = {"Zoe-1": [7, 7, 6, 5, 3, 2, 2, 1], "P2": [3, 3, 4, 6, 6, 7, 7, 7], "P3": [5] * 8}
    frames = [pd.DataFrame({"patient_id": k, "day": DAYS, "pain": v}) for k, v in pain.items()]
    return read_diary(pd.concat(frames), scale)


@pytest.fixture(scope="module")
def population() -> Population:
    return fit_curves(diary(), horizon=84, draws=20, lasting_days=6.3).population


@pytest.fixture
def file(population, tmp_path):
    return write_population(population, tmp_path / "population.json")


@pytest.fixture
def damage(file):
    """Change the document in the file and return what reading it says."""

    def change(**changes):
        document = json.loads(file.read_text())
        for path, value in changes.items():
            *inner, last = path.split("__")
            place = document
            for key in inner:
                place = place[key]
            if value is KeyError:
                del place[last]
            else:
                place[last] = value(place[last]) if callable(value) else value
        file.write_text(json.dumps(document))
        with pytest.raises(PopulationError) as error:
            read_population(file)
        return str(error.value)

    return change


def test_reading_gives_back_the_same_population(population, file):
    again = read_population(file)
    for field in fields(Population):
        if field.name != "prior":
            assert getattr(again, field.name) == getattr(population, field.name), field.name
    assert population.members
    for name, values in population.prior._asdict().items():
        came = getattr(again.prior, name)
        np.testing.assert_array_equal(came, values)
        assert came.dtype == values.dtype


def test_a_population_from_a_file_fits_as_the_one_in_memory(population, file):
    of_memory = fit_curves(diary(), population=population, draws=20)
    of_file = fit_curves(diary(), population=read_population(file), draws=20)
    np.testing.assert_array_equal(of_file.draws("P2"), of_memory.draws("P2"))


def test_a_users_own_scale_survives(tmp_path):
    learned = fit_curves(diary(RELIEF), horizon=84, draws=20).population
    again = read_population(write_population(learned, tmp_path / "own.json"))
    assert again.scale == RELIEF


def test_the_file_holds_no_patient(file):
    text = file.read_text()
    assert "Zoe" not in text
    assert "P2" not in text


def test_a_file_from_an_editor_with_a_byte_order_mark_is_read(file):
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_population(file).n_patients == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "expected a JSON file"),
        (b"patient_id,day\n1,2\n", "expected a JSON file"),
        (b"\xff\xfe\x00", "expected a JSON file"),
        (b"[" * 100_000, "got something else (it is nested too deeply)"),
        (b'{"n_patients": ' + b"9" * 5000 + b"}", "(a number has too many digits)"),
        (b"[1, 2]", "format: expected 'paintrend population', got a list of 2"),
        (b'{"format": "other"}', "got 'other'"),
        (
            b'{"format": "paintrend population"}',
            "version: expected a whole number from 1, got None",
        ),
    ],
)
def test_another_file_is_refused(tmp_path, content, said):
    file = tmp_path / "wrong.json"
    file.write_bytes(content)
    with pytest.raises(PopulationError) as error:
        read_population(file)
    assert said in str(error.value)
    assert "wrong.json" in str(error.value)


def test_a_file_that_no_population_is_as_large_as_is_not_read(tmp_path):
    file = tmp_path / "huge.json"
    with file.open("wb") as stream:
        stream.truncate(2**31 + 1)  # takes no room on the disk
    with pytest.raises(PopulationError, match=r"2,048 MB; a population may have 2,048 MB at the"):
        read_population(file)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(PopulationError, match="there is no file"):
        read_population(tmp_path / "none.json")
    with pytest.raises(PopulationError, match="cannot be read"):
        read_population(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2, "paintrend": "9.1"}, "expected 1 or older, got 2. It was written by "
         "paintrend '9.1'"),
        ({"horizon": KeyError}, "horizon: expected a number from 1e-06 to 1e+06, it is missing"),
        ({"horizon": "84"}, "got '84'"),
        ({"horizon": float("nan")}, "horizon: expected a number from 1e-06 to 1e+06, got nan"),
        ({"gap": 10**400}, "gap: expected"),
        ({"lasting_days": True}, "lasting_days: expected"),
        ({"n_patients": 2.5}, "n_patients: expected a whole number from 0, got 2.5"),
        ({"default": "none"}, "default: expected one of rehabilitation, cautious, got 'none'"),
        ({"trace": [1, None]}, "trace[1]: expected a finite number, got None"),
        ({"scale": KeyError}, "scale: expected an object, it is missing"),
        ({"scale__unit": KeyError}, "scale.unit: expected a value, it is missing"),
        ({"scale": lambda v: {**v, "colour": 1}}, "got 'colour'"),
        ({"scale__high": -1}, "low must be below high"),
        ({"scale__label": 3}, "scale.label: expected a text, got 3"),
        ({"prior": KeyError}, "prior: expected an object, it is missing"),
        ({"prior__noise": KeyError}, "prior.noise: expected 72 numbers in lists, it is missing"),
        ({"prior__shape": lambda v: v[:-1]}, "numbers in lists, got "),
        ({"prior__mean": [[1.0], [1.0, 2.0]]}, "prior.mean: expected 11 x 4 numbers in lists, "
         "got a list of 2"),
        ({"prior__noise": lambda v: [-1.0, *v[1:]]}, "prior.noise[0]: expected a share, 0 or more"),
        ({"prior__noise": lambda v: [float("inf"), *v[1:]]}, "prior.noise[0]: expected a finite"),
        ({"prior__noise": lambda v: ["0.1", *v[1:]]}, "prior.noise[0]: expected a finite number, "
         "got '0.1'"),
        ({"prior__shape": lambda v: [x * 1.1 for x in v]}, "sum to 1, got a sum of 1.1"),
        ({"dictionary__digest": "0"}, "dictionary.digest: expected"),
        ({"dictionary__shapes": 900}, ", got 900: this paintrend has other shapes"),
        ({"dictionary": None}, "dictionary: expected an object"),
        # The same sizes, but time constants of another horizon.
        ({"horizon": 80.0}, "this paintrend has other shapes"),
    ],
)  # fmt: skip
def test_a_damaged_file_says_what_is_wrong(damage, changes, said):
    assert said in damage(**changes)


def set_cell(*where):
    *path, value = where

    def change(values):
        values = copy.deepcopy(values)
        place = values
        for index in path[:-1]:
            place = place[index]
        place[path[-1]] = value
        return values

    return change


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ((1, 0, 2, 0.9), "prior.covariance[1]: expected a symmetric matrix (better)"),
        ((1, 2, 2, -3.0), "prior.covariance[1]: expected a positive definite matrix (better)"),
        ((0, 0, 0, 0.0), "prior.covariance[0]: expected a positive definite matrix (flat)"),
        ((0, 3, 3, 1.0), "expected 0 for slow change and hump (flat has none)"),
    ],
)
def test_a_covariance_must_be_one(damage, cell, said):
    assert said in damage(prior__covariance=set_cell(*cell))


def test_a_size_that_a_family_does_not_have_is_refused(damage):
    assert "prior.mean[0]: expected 0 for slow change" in damage(prior__mean=set_cell(0, 2, 1.0))


def test_all_problems_are_said_at_once(damage):
    said = damage(
        horizon=-1,
        n_patients="three",
        scale__step=-1,
        prior__noise=[0.5, 0.6],
        prior__mean=KeyError,
        prior__covariance=set_cell(2, 1, 1, -1.0),
    )
    assert "7 problems:\n- sha256: expected" in said  # that it was changed at all comes first
    for key in ("horizon", "n_patients", "scale", "prior.noise", "prior.mean", "prior.covariance"):
        assert f"- {key}" in said


def test_something_else_than_a_population_is_not_written(tmp_path):
    with pytest.raises(PopulationError, match=r"takes fit\.population, got dict"):
        write_population({}, tmp_path / "p.json")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file(population, file, monkeypatch):
    before = file.read_bytes()

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_population(replace(population, n_patients=77), file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_an_error_while_writing_leaves_nothing_behind(tmp_path):
    def write():
        with written_aside(tmp_path / "x.txt") as aside:
            aside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert list(tmp_path.iterdir()) == []


# Tables


def test_numbers_come_back_exactly_and_missing_ones_stay_missing(tmp_path):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"x": rng.normal(size=500) * 10.0 ** rng.integers(-300, 300, 500)})
    table.loc[3, "x"] = np.nan
    heading, *cells = write_table(table, tmp_path / "t.csv").read_text().splitlines()
    assert heading == "x"
    assert cells[3] == '""', "pandas quotes an empty row of one column"
    assert [float(cell) for cell in cells[:3] + cells[4:]] == list(table["x"].dropna())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path, start):
    text = start + "1+cmd|' /C calc'!A0"
    table = pd.DataFrame({"patient_id": [text, "P=2"], text: [-1.5, 2.0]})
    back = pd.read_csv(write_table(table, tmp_path / "t.csv"))
    harmless = "'" + text.replace("\r", "\n")
    assert list(back["patient_id"]) == [harmless, "P=2"]
    assert list(back.columns) == ["patient_id", harmless]
    assert list(back.iloc[:, 1]) == [-1.5, 2.0], "numbers may begin with a minus"


def test_text_in_categories_and_mixed_columns_is_made_harmless_too(tmp_path):
    table = pd.DataFrame(
        {"a": pd.Categorical(["=x", "y"]), "b": pd.Series([-1, "-x"], dtype=object)}
    )
    text = write_table(table, tmp_path / "t.csv").read_text()
    assert text == "a,b\n'=x,-1\ny,'-x\n"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_parts_give_the_same_file_as_the_whole(tmp_path, suffix):
    table = pd.DataFrame({"patient_id": ["=1", "b", "ü"], "x": [0.1, np.nan, -3.0]})
    whole = write_table(table, tmp_path / f"whole.{suffix}")
    parts = write_table((table.iloc[[i]] for i in range(3)), tmp_path / f"parts.{suffix}")
    read = pd.read_parquet if suffix == "parquet" else pd.read_csv
    pd.testing.assert_frame_equal(read(parts), read(whole))
    assert read(whole)["patient_id"][0] == ("=1" if suffix == "parquet" else "'=1")


def test_parts_that_fail_leave_the_old_table(tmp_path):
    target = write_table(pd.DataFrame({"x": [1]}), tmp_path / "t.csv")

    def parts():
        yield pd.DataFrame({"x": [2]})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(parts(), target)
    assert target.read_text() == "x\n1\n"
    assert list(tmp_path.iterdir()) == [target]
