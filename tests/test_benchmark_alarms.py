"""The benchmark of alarm rules: every rule at the same rate, the best possible included."""

import sys

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench(root):
    """Import the script as it imports itself."""
    sys.path.insert(0, str(root / "benchmarks"))
    import alarm_rules

    yield alarm_rules
    sys.path.remove(str(root / "benchmarks"))


@pytest.fixture(scope="module")
def watched(bench):
    return bench.watch(bench.WORLDS["weekly"], 150, 60, 12, 60_000, 1)


def test_all_are_compared_at_the_same_rate(bench, watched):
    for rule in (bench.OWN, "plus_two", "two_raised", "expected_recovery"):
        found = bench.figures(watched, rule, 0.10, slice(None))
        assert found["false_alarm_share"] == pytest.approx(0.10)
        # the median on a line between visits lies in the week before the median on a visit
        gap = found["median_delay"] - found["median_between"]
        assert np.isnan(gap) or 0.0 <= gap < 7.0


def test_scores_belong_to_their_patients(bench, watched):
    """Late in follow-up both answers know who gets worse, and agree."""
    best, own = watched.scores[bench.BEST], watched.scores[bench.OWN]
    assert np.isfinite(best[:12]).all()
    assert np.isnan(best[12:]).all()
    worse = watched.outcome.p_worse[:12]
    assert np.abs(best[:12, -1] - worse).mean() < 0.25
    assert np.corrcoef(best[:12, -1], own[:12, -1])[0, 1] > 0.8
    # before most of the ratings nobody can be as certain
    assert np.abs(best[:12, 0] - worse).mean() > np.abs(best[:12, -1] - worse).mean()


def test_tables_have_the_best_possible_for_the_first_patients_only(bench, watched):
    every = bench.table(watched, (0.25,), slice(None))
    few = bench.table(watched, (0.25,), slice(12))
    assert bench.BEST not in set(every["rule"])
    assert bench.BEST in set(few["rule"])
    row = every.set_index("rule").loc[bench.CONFIRMED]
    assert row["visits earlier, mean"] == 0.0
    assert len(bench.lines(every)) == len(every) + 1
