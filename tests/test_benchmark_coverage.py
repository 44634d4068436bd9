"""The benchmark of coverage counts cohorts: what one teaches is off for all its patients."""

import numpy as np
import pytest


@pytest.fixture
def bench(root, monkeypatch):
    """Import the benchmark as the scripts do."""
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import feature_coverage

    return feature_coverage


def test_places_are_counted_by_feature(bench, monkeypatch):
    places = np.full((4, len(bench.DRAW_FEATURES)), 0.5)
    places[:, bench.DRAW_FEATURES.index("rise")] = [0.01, 0.5, 0.99, 0.5]
    places[:, bench.DRAW_FEATURES.index("peak_day")] = [np.nan, np.nan, 0.97, 0.5]
    asked = []

    class Answer:
        def __init__(self, cohort):
            asked.append(len(cohort.ratings["patient_id"].unique()))
            self.places = places

    monkeypatch.setattr(bench, "fit_own", Answer)
    found = bench.cohort_coverage(bench.WORLDS["weekly"], 12, 3)
    assert asked == [12]
    assert (found["baseline"], found["rise"], found["peak_day"]) == (1.0, 0.5, 0.5)


def test_the_error_is_that_over_cohorts(bench, monkeypatch, capsys):
    by_seed = {5: 0.8, 6: 0.9, 7: 1.0}
    monkeypatch.setattr(bench, "cohort_coverage", lambda world, n, seed: {"rise": by_seed[seed]})
    options = ["--worlds", "weekly", "--patients", "9", "--repeats", "3", "--seed", "5"]
    assert bench.main(options) == 0
    said = capsys.readouterr().out
    assert "3 cohorts of 9: " in said
    assert "| weekly | rise | 0.900 ± 0.058 | 0.800 | 1.000 |" in said


@pytest.mark.slow
def test_a_real_cohort(bench):
    found = bench.cohort_coverage(bench.WORLDS["weekly"], 40, 1)
    assert 0.7 < found["baseline"] <= 1.0
    assert 0.7 < found["end_change"] <= 1.0
