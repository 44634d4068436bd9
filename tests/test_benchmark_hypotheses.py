"""The benchmark of hypotheses: its cohorts have nothing to find, and its short version holds."""

import argparse
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paintrend as pt


@pytest.fixture(scope="module")
def scripts(root):
    """Import the benchmarks as the script does."""
    sys.path.insert(0, str(root / "benchmarks"))
    import hypotheses
    import hypotheses_coverage
    import hypotheses_null

    # patients to take cohorts from: enough for small ones
    hypotheses_null.BANK = 400
    yield hypotheses, hypotheses_coverage, hypotheses_null
    sys.path.remove(str(root / "benchmarks"))


@pytest.fixture(scope="module")
def bench(scripts):
    return scripts[2]


def test_no_cohort_of_the_null_has_what_it_must_not(bench):
    for name in bench.NULLS:
        ratings = bench.null_cohort(name, 3, 40)
        arms = ratings[["patient_id", "arm"]].drop_duplicates()
        assert arms["patient_id"].is_unique
        assert arms["arm"].value_counts().max() <= 21
    entered = bench.null_cohort("regression_to_the_mean", 3, 40)
    before = entered[entered["day"] <= 0].groupby("patient_id")["pain"].mean()
    assert before.min() >= bench.ENTRY
    stay, leave = (bench.null_cohort(n, 3, 40) for n in ("no_dips", "drop_out"))
    assert len(leave) < len(stay)


def test_a_shuffled_course_agrees_up_to_the_landmark(bench):
    curves = np.linspace(6.0, 2.0, 169)[None, :] + np.linspace(-1.0, 1.0, 12)[:, None]
    made = bench.without_link(curves, np.random.default_rng(0))
    assert made[:, :57] == pytest.approx(curves[:, :57])
    assert not np.allclose(made[:, 60:], curves[:, 60:])
    # what follows begins where the curve is
    assert np.abs(made[:, 57] - made[:, 56]).max() < 1.0


def test_tables_count(scripts):
    _, coverage, bench = scripts
    rows = pd.DataFrame(
        {"what": "x", "truth": 1.0, "estimate": [1, 2], "low": [0, 1.5], "high": [2, 3],
         "usual": 0.0, "usual_low": -1.0, "usual_high": [0.5, 1.5]}
    )  # fmt: skip
    found = coverage.coverage_table(rows).iloc[0]
    assert found["90% intervals that hold it"] == 0.5
    assert found["usual way: hold it"] == 0.5
    assert found["standard error"] == pytest.approx(0.125**0.5)
    p = pd.DataFrame({"null": "n", "test": "t", "p": [0.01, 0.2, 0.5, 0.04]})
    world, every = bench.null_table(p).to_dict("records")
    assert world["p < 5%"] == every["p < 5%"] == 0.5
    assert world["chance of so many at 5%"] == pytest.approx(stats.binom.sf(1, 4, 0.05))
    assert every["corrected"] == world["chance of so many at 5%"]
    assert world["low"] < 0.5 < world["high"]


def test_a_run_goes_on_where_it_stopped(scripts, tmp_path, monkeypatch):
    bench = scripts[0]
    measured = []

    def measure(k, options):
        measured.append(k)
        return [{"cohort": k, "null": "n", "test": "t", "p": k / 10.0}]

    monkeypatch.setattr(bench, "_measure", measure)
    options = argparse.Namespace(keep=str(tmp_path / "rows.csv"), first=0, cohorts=2, minutes=None)
    first = bench.run_cohorts(options)
    options.cohorts = 4
    both = bench.run_cohorts(options)
    assert measured == [0, 1, 2, 3]
    assert first["p"].tolist() == [0.0, 0.1]
    assert both["p"].tolist() == pd.read_csv(options.keep)["p"].tolist() == [0.0, 0.1, 0.2, 0.3]
    options.minutes = 0.0
    options.cohorts = 9
    assert len(bench.run_cohorts(options)) == 4


def test_the_usual_way_finds_what_is_not_there(bench):
    rows = [row for k in range(16) for row in bench.usual_rows(bench.NULLS[k % 4], k, 60)]
    p = pd.DataFrame(rows).set_index("test")["p"]
    early = p.loc["usual: early rise, then better at the last rating"]
    assert len(early) == 16
    # a test that held its level would do so in 5 of 16 with a chance below 1 in 1,000
    assert (early < 0.05).sum() >= 5
    assert (p.loc["usual: highest early rise and change, correlation"] < 0.05).sum() >= 5


@pytest.mark.slow
def test_the_level_is_held_where_the_usual_way_does_not_hold_it(bench):
    rows = [
        row
        for k, name in enumerate(bench.NULLS[:4])
        for row in bench.null_rows(name, 700 + k, 40, 6, 40)
    ]
    table = pd.DataFrame(rows)
    assert table["null"].nunique() == 4
    own = table[~table["test"].str.contains("world ")]
    hits = (own["p"] < 0.05).sum()
    # corrected over tests and cohorts: none may be left
    assert (own["p"] * len(own)).min() > 0.05
    assert stats.binom.sf(hits - 1, len(own), 0.05) > 0.01


@pytest.mark.slow
def test_arms_given_out_at_random_do_not_differ(scripts):
    import hypotheses_more

    name = scripts[2].NULLS[2]
    p = pd.DataFrame(hypotheses_more.arms_rows(name, 702, 30, 5)).set_index("test")["p"]
    assert len(p) == 6
    assert p.index.is_unique
    assert p.between(0.0, 1.0).all()
    assert p.min() * len(p) > 0.01


@pytest.mark.slow
def test_a_landmark_test_that_stops_early_decides_the_same(bench):
    ratings = bench.null_cohort("no_dips", 5, 30)
    fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=84.0)
    least = bench.landmark_p_values(fit, 40)
    whole = pt.landmark_test(fit, landmark=28.0, worlds=40)
    for world in whole.worlds:
        own = least[f"landmark, world {world.name}"]
        assert own <= world.p_value + 1e-12
        assert (own < 0.05) == (world.p_value < 0.05)
    assert (least["landmark, both worlds"] < 0.05) == (whole.p_value < 0.05)
