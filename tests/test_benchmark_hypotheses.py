"""The benchmark of hypotheses: its cohorts have nothing to find, and its short version holds."""

import argparse
import sys
from types import SimpleNamespace

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
    import hypotheses_cohorts
    import hypotheses_coverage
    import hypotheses_null
    import hypotheses_own

    # patients to take cohorts from: enough for small ones
    hypotheses_cohorts.BANK = 400
    yield SimpleNamespace(
        run=hypotheses,
        cohorts=hypotheses_cohorts,
        coverage=hypotheses_coverage,
        null=hypotheses_null,
        own=hypotheses_own,
    )
    sys.path.remove(str(root / "benchmarks"))


def test_no_cohort_of_the_null_has_what_it_must_not(scripts):
    bench = scripts.cohorts
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


def test_a_shuffled_course_agrees_up_to_the_landmark(scripts):
    curves = np.linspace(6.0, 2.0, 169)[None, :] + np.linspace(-1.0, 1.0, 12)[:, None]
    made = scripts.cohorts.without_link(curves, np.random.default_rng(0))
    assert made[:, :57] == pytest.approx(curves[:, :57])
    assert not np.allclose(made[:, 60:], curves[:, 60:])
    # what follows begins where the curve is
    assert np.abs(made[:, 57] - made[:, 56]).max() < 1.0


def test_tables_count(scripts):
    rows = pd.DataFrame(
        {"what": "x", "truth": 1.0, "estimate": [1, 2], "low": [0, 1.5], "high": [2, 3],
         "usual": 0.0, "usual_low": -1.0, "usual_high": [0.5, 1.5]}
    )  # fmt: skip
    found = scripts.coverage.coverage_table(rows).iloc[0]
    assert found["90% intervals that hold it"] == 0.5
    assert found["usual way: hold it"] == 0.5
    assert found["standard error"] == pytest.approx(0.125**0.5)
    p = pd.DataFrame({"cohort": range(5), "null": "n", "t": [0.01, 0.2, np.nan, 0.5, 0.04]})
    world, every = scripts.null.null_table(p).to_dict("records")
    assert world["cohorts"] == 4
    assert world["p < 5%"] == every["p < 5%"] == 0.5
    assert world["chance of so many at 5%"] == pytest.approx(stats.binom.sf(1, 4, 0.05))
    assert every["corrected"] == world["chance of so many at 5%"]
    assert world["low"] < 0.5 < world["high"]


def test_parts_of_the_landmark_test_count_where_they_have_to_hold(scripts):
    rows = pd.DataFrame(
        {
            "cohort": range(4), "null": ["no_link", "no_dips", "no_link", "drop_out"],
            "landmark, both worlds": [0.2, 0.01, 0.3, 0.4],
            "landmark, world no_link": [0.2, 0.01, 0.3, 0.01],
            "landmark, world no_dips": [0.01, 0.2, 0.01, 0.4],
        }
    )  # fmt: skip
    found = scripts.null.null_table(rows).query("world == 'all'").set_index("test")
    assert found["cohorts"].tolist() == [4, 2, 2]
    assert found["p < 5%"].tolist() == [0.25, 0.0, 0.0]
    assert len(scripts.null.null_table(rows[:1]).query("world == 'all'")) == 2


def test_a_run_goes_on_where_it_stopped(scripts, tmp_path, monkeypatch):
    bench = scripts.run
    measured = []

    def measure(k, options):
        measured.append(k)
        return [{"cohort": k, "null": "n", "t": k / 10.0}]

    monkeypatch.setattr(bench, "_measure", measure)
    options = argparse.Namespace(keep=str(tmp_path / "rows.csv"), first=0, cohorts=2, minutes=None)
    first = bench.run_cohorts(options)
    options.cohorts = 4
    both = bench.run_cohorts(options)
    assert measured == [0, 1, 2, 3]
    assert first["t"].tolist() == [0.0, 0.1]
    assert both["t"].tolist() == pd.read_csv(options.keep)["t"].tolist() == [0.0, 0.1, 0.2, 0.3]
    options.minutes = 0.0
    options.cohorts = 9
    assert len(bench.run_cohorts(options)) == 4


def test_the_usual_way_finds_what_is_not_there(scripts):
    names = scripts.cohorts.NULLS[:4]
    p = pd.DataFrame([scripts.null.usual_rows(names[k % 4], k, 60) for k in range(16)])
    # a test that held its level would find it in 5 of 16 with a chance below 1 in 1,000
    assert (p["usual: early rise, then better at the last rating"] < 0.05).sum() >= 5
    assert (p["usual: highest early rise and change, correlation"] < 0.05).sum() >= 5


@pytest.mark.slow
def test_the_level_is_held_where_the_usual_way_does_not_hold_it(scripts):
    own = scripts.own
    rows = pd.DataFrame(
        [
            {**own.null_rows(name, 700 + k, 40, 6), **own.landmark_rows(name, 700 + k, 40, 40)}
            for k, name in enumerate(scripts.cohorts.NULLS[:4])
        ]
    )
    p = rows[[test for test in rows if "world " not in test]].to_numpy()
    assert p.shape == (4, 8)
    # corrected over tests and cohorts: none may be left
    assert (p * p.size).min() > 0.05
    assert stats.binom.sf((p < 0.05).sum() - 1, p.size, 0.05) > 0.01


@pytest.mark.slow
def test_arms_given_out_at_random_do_not_differ(scripts):
    p = pd.Series(scripts.own.arms_rows(scripts.cohorts.NULLS[2], 702, 30, 5))
    assert len(p) == 6
    assert p.between(0.0, 1.0).all()
    assert p.min() * len(p) > 0.01


@pytest.mark.slow
def test_a_landmark_test_that_stops_early_decides_the_same(scripts):
    fit = scripts.cohorts.fit_cohort("no_dips", 5, 30)
    least = scripts.own.landmark_p_values(fit, 40)
    whole = pt.landmark_test(fit, landmark=28.0, worlds=40)
    for world in whole.worlds:
        own = least[f"landmark, world {world.name}"]
        assert own <= world.p_value + 1e-12
        assert (own < 0.05) == (world.p_value < 0.05)
    assert (least["landmark, both worlds"] < 0.05) == (whole.p_value < 0.05)
