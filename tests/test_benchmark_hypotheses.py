"""The benchmark of hypotheses: its cohorts have nothing to find, and its short version holds."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats


@pytest.fixture(scope="module")
def bench(root):
    """Import the benchmark as the script does."""
    sys.path.insert(0, str(root / "benchmarks"))
    import hypotheses

    yield hypotheses
    sys.path.remove(str(root / "benchmarks"))


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
    made = bench._without_link(curves, np.random.default_rng(0), 0)
    assert made[:, :57] == pytest.approx(curves[:, :57])
    assert not np.allclose(made[:, 60:], curves[:, 60:])
    # what follows begins where the curve is
    assert np.abs(made[:, 57] - made[:, 56]).max() < 1.0


def test_tables_count(bench):
    rows = pd.DataFrame(
        {"what": "x", "truth": 1.0, "estimate": [1, 2], "low": [0, 1.5], "high": [2, 3],
         "usual": 0.0, "usual_low": -1.0, "usual_high": [0.5, 1.5]}
    )  # fmt: skip
    found = bench.coverage_table(rows).iloc[0]
    assert found["90% intervals that hold it"] == 0.5
    assert found["usual way: hold it"] == 0.5
    p = pd.DataFrame({"null": "n", "test": "t", "p": [0.01, 0.2, 0.5, 0.04]})
    row = bench.null_table(p).iloc[0]
    assert row["p < 5%"] == 0.5
    assert row["chance of so many at 5%"] == pytest.approx(stats.binom.sf(1, 4, 0.05))


@pytest.mark.slow
def test_the_level_is_held_where_the_usual_way_does_not_hold_it(bench):
    rows = [
        row
        for k, name in enumerate(bench.NULLS)
        for row in bench.null_rows(name, 700 + k, 50, 20, 40)
    ]
    table = pd.DataFrame(rows)
    own = table[~table["test"].str.startswith("usual") & ~table["test"].str.contains("world ")]
    hits = (own["p"] < 0.05).sum()
    # corrected over tests and cohorts: none may be left
    assert (own["p"] * len(own)).min() > 0.05
    assert stats.binom.sf(hits - 1, len(own), 0.05) > 0.01
