"""A Dask DataFrame: the courses of the local run, on a cluster that loses a worker."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend import adapters
from paintrend.errors import DiaryError, HorizonError, InputError, MissingExtraError
from paintrend.scaleout import cluster, frames
from paintrend.scaleout.scaled_fit import packed_settings
from paintrend.simulate import simulate_cohort

dask = pytest.importorskip("dask", reason="the extra scale is not installed: no dask")
frames_of_dask = pytest.importorskip("dask.dataframe", reason="no dask.dataframe: extra scale")

DRAWS = 30
OPTIONS = {"scale": "nrs", "horizon": 84, "draws": DRAWS}


@pytest.fixture(scope="module")
def ratings():
    """Ratings of 20 patients in no order, one of them without any that counts."""
    table = simulate_cohort(20, seed=5).ratings[["patient_id", "day", "pain"]]
    late = pd.DataFrame({"patient_id": ["late"], "day": [99.0], "pain": [3.0]})
    return pd.concat([table, late]).sample(frac=1, random_state=2).reset_index(drop=True)


@pytest.fixture(scope="module")
def local(ratings):
    fit = pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=DRAWS)
    return fit, by_id(pt.classify(fit).table())


@pytest.fixture(autouse=True)
def one_thread():
    with dask.config.set(scheduler="synchronous"):
        yield


def by_id(table):
    return table.set_index("patient_id").sort_index()


def same(table, expected):
    pd.testing.assert_frame_equal(by_id(table), expected, rtol=0, atol=1e-9)


def test_patients_split_over_partitions_are_put_together(ratings, local):
    fit = pt.fit_curves(frames_of_dask.from_pandas(ratings, npartitions=4), **OPTIONS)
    courses = pt.classify(fit)
    table = courses.table()
    assert isinstance(table, frames_of_dask.DataFrame)
    found = courses.compute()
    same(found, local[1])
    assert list(table.columns) == list(found.columns) == ["patient_id", *local[1].columns]
    assert dict(table.dtypes) == dict(found.dtypes)
    assert fit.population.trace == local[0].population.trace
    assert (len(fit), fit.n_ratings) == (21, len(ratings))
    assert "21 patients" in repr(fit)
    assert "21 patients" in fit._repr_html_()
    assert ".compute() fetches it" in repr(courses)


def test_whole_patients_are_not_moved(ratings, local, monkeypatch):
    ordered = ratings.sort_values(["patient_id", "day"]).set_index("patient_id")
    table = frames_of_dask.from_pandas(ordered, npartitions=3)
    monkeypatch.setattr(cluster, "with_bucket", None)
    fit = pt.fit_curves(table, **OPTIONS)
    assert len(fit.parts) == 3
    same(pt.classify(fit).compute(), local[1])


def test_other_thresholds_and_a_population_from_others(ratings, local):
    strict = pt.Criteria(worsening=3, improvement=3, certainty=0.9)
    table = frames_of_dask.from_pandas(ratings, npartitions=2)
    fit = pt.fit_curves(table, population=local[0].population, draws=DRAWS)
    assert fit.external
    same(pt.classify(fit, strict).compute(), by_id(pt.classify(local[0], strict).table()))


def test_the_sample_of_a_large_cohort_is_the_same(ratings, monkeypatch):
    monkeypatch.setattr("paintrend.learning.LEARN_FROM", 8)
    monkeypatch.setattr(cluster, "FAN_IN", 2)
    fit = pt.fit_curves(frames_of_dask.from_pandas(ratings, npartitions=5), **OPTIONS)
    here = pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=DRAWS)
    assert (fit.population.n_patients, fit.population.n_cohort) == (8, 20)
    for one, other in zip(fit.population.prior, here.population.prior, strict=True):
        np.testing.assert_array_equal(one, other)


def test_blocks_of_another_size_change_nothing(ratings, local, monkeypatch):
    monkeypatch.setattr(frames, "BLOCK", 3)
    fit = pt.fit_curves(frames_of_dask.from_pandas(ratings, npartitions=2), **OPTIONS)
    same(pt.classify(fit).compute(), local[1])


def test_what_is_sent_to_workers_is_small_and_does_not_grow(ratings):
    fit = pt.fit_curves(frames_of_dask.from_pandas(ratings, npartitions=2), **OPTIONS)
    courses = pt.classify(fit)
    sent = packed_settings(fit, courses.criteria)
    assert len(sent) < 100_000
    courses.compute()
    assert packed_settings(fit, courses.criteria) == sent


def test_problems_of_all_partitions_come_at_once(ratings):
    table = ratings.copy()
    table.loc[[3, len(table) - 1], "pain"] = 12
    bad = frames_of_dask.from_pandas(table, npartitions=2)
    with pytest.raises(DiaryError, match=r"2 problems; 2 of \d+ rows cannot be used") as error:
        pt.fit_curves(bad, **OPTIONS)
    half = len(table) - len(bad.partitions[0]) - 1
    rows = error.value.problems["row"].tolist()
    assert rows == ["3 of partition 0", f"{half} of partition 1"]
    lenient = pt.fit_curves(bad, lenient=True, **OPTIONS)
    diary = pt.read_diary(table, "nrs", lenient=True)
    expected = pt.classify(pt.fit_curves(diary, horizon=84, draws=DRAWS)).table()
    same(pt.classify(lenient).compute(), by_id(expected))
    assert lenient.problems["problem"].tolist() == diary.problems["problem"].tolist()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"scale": None}, InputError, "needs scale="),
        ({"horizon": None}, HorizonError, "horizon is required"),
        ({"columns": {"pain": "nrs"}}, DiaryError, "there is no column 'nrs'"),
        ({"start": {"P1": "2024-01-01"}}, InputError, "one date for all"),
        ({"draws": 2}, InputError, "draws must be a whole number from 20"),
        ({"horizon": 1e-3}, HorizonError, "no rating up to the horizon"),
    ],
)
def test_what_cannot_be_used_is_named(options, error, text, ratings):
    table = frames_of_dask.from_pandas(ratings[ratings["day"] > 0], npartitions=2)
    with pytest.raises(error, match=text):
        pt.fit_curves(table, **OPTIONS | options)


def test_reading_options_are_not_for_a_diary(ratings):
    diary = pt.read_diary(ratings, "nrs")
    with pytest.raises(InputError, match="scale, lenient is for a Dask DataFrame"):
        pt.fit_curves(diary, horizon=84, scale="nrs", lenient=True)
    with pytest.raises(InputError, match=r"from read_diary.* or a Dask DataFrame, got DataFrame"):
        pt.fit_curves(ratings, horizon=84)


def test_without_the_extra_it_is_named(ratings, monkeypatch):
    table = frames_of_dask.from_pandas(ratings, npartitions=1)
    monkeypatch.setitem(sys.modules, "dask.dataframe", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'paintrend\[scale\]'"):
        pt.fit_curves(table, **OPTIONS)


def test_adapters_are_modules_of_the_last_layer_and_dask_is_imported_by_its_users_only():
    assert all(name.startswith("paintrend.scaleout.") for name in adapters.ADAPTERS.values())
    code = "import sys, paintrend.fitting, paintrend.scaleout.cluster; print('dask' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert said.stdout == "False\n"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_in_the_middle_gives_the_same(
    ratings, local, tmp_path, monkeypatch
):
    distributed = pytest.importorskip("distributed", reason="no distributed: extra scale")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 10, "scheduler": None}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as machines,
        distributed.Client(machines) as client,
    ):
        before = set(client.run(os.getpid).values())
        fit = pt.fit_curves(frames_of_dask.from_pandas(ratings, npartitions=4), **OPTIONS)
        table = pt.classify(fit).table()
        # One worker ends while partitions are fitted; what it held is computed again.
        victim = min(before)
        future = client.compute(table)
        assert not future.done()
        os.kill(victim, 9)
        found = future.result(timeout=300)
        after = set(client.run(os.getpid).values())
    assert victim not in after
    same(found, local[1])
