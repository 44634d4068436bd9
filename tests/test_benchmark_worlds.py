"""The worlds that accuracy is measured in are what they say."""

import sys

import numpy as np
import pytest

from paintrend.core.course_rules import COURSES, classify_curves


@pytest.fixture(scope="module", autouse=True)
def benchmarks(root):
    """Put the benchmark scripts on the path, as running them does."""
    sys.path.insert(0, str(root / "benchmarks"))
    yield
    sys.path.remove(str(root / "benchmarks"))


@pytest.fixture(scope="module")
def cohorts(benchmarks):
    from worlds import WORLDS, sample_cohort

    return {name: sample_cohort(world, 2000, seed=7) for name, world in WORLDS.items()}


def share_at(cohort, value):
    return (cohort.ratings["pain"] == value).mean()


@pytest.mark.parametrize(
    ("name", "n_days", "last", "step"),
    [("weekly", 15, 84.0, 1.0), ("year", 8, 365.0, 0.1), ("daily", 62, 56.0, 1.0)],
)
def test_schedules(cohorts, name, n_days, last, step):
    ratings = cohorts[name].ratings
    days = np.unique(ratings["day"])
    assert days.size == n_days
    assert days.max() == last
    assert ratings["pain"].between(0.0, 10.0).all()
    in_steps = ratings["pain"].to_numpy() / step
    np.testing.assert_allclose(in_steps, np.round(in_steps), atol=1e-9)
    assert not ratings.duplicated(["patient_id", "day"]).any()


def test_a_quarter_of_daily_ratings_after_the_start_is_missing(cohorts):
    days = cohorts["daily"].ratings["day"]
    assert (days <= 0).sum() == 6 * 2000
    # 56 planned days for each of 2000 patients: standard error 0.0013
    assert (days > 0).sum() / (56 * 2000) == pytest.approx(0.75, abs=0.006)


def test_many_ratings_at_the_floor_and_at_the_ceiling(cohorts):
    assert share_at(cohorts["floor"], 0.0) == pytest.approx(0.40, abs=0.04)
    assert share_at(cohorts["ceiling"], 10.0) == pytest.approx(0.40, abs=0.04)
    assert share_at(cohorts["weekly"], 0.0) < 0.1
    assert share_at(cohorts["weekly"], 10.0) < 0.1


def test_nobody_rises_where_it_is_said(cohorts):
    for name, cohort in cohorts.items():
        level = cohort.truth.level
        rises = (level > level[:, :1] + 1e-9).any()
        assert rises != cohort.world.nobody_rises, name
        if cohort.world.nobody_rises:
            codes = classify_curves(level, *cohort.world.rules)
            assert {COURSES[code] for code in codes} == {"improving", "unchanged"}


def test_every_course_happens_in_the_mixed_clinic(cohorts):
    level = np.concatenate([cohorts[name].truth.level for name in ("weekly", "rough")])
    codes = classify_curves(level, *cohorts["weekly"].world.rules)
    assert set(codes) == set(range(len(COURSES)))


def test_pain_climbs_or_falls_before_treatment(cohorts):
    def change(name):
        cohort = cohorts[name]
        mean = cohort.ratings.groupby("day")["pain"].mean()
        return mean[0.0] - mean[-14.0]

    assert change("climbing") > 0.8
    assert change("falling") < -0.8
    assert abs(change("steady")) < 0.15


def test_noise_is_autocorrelated_only_where_it_is_said(cohorts):
    from worlds import levels_at

    def lag_one(name):
        cohort = cohorts[name]
        days = np.array(cohort.world.planned)
        wide = cohort.ratings.pivot(index="patient_id", columns="day", values="pain")
        level = levels_at(cohort.world, cohort.truth, days)
        inside = (level > 3.0) & (level < 7.0)
        residual = np.where(inside, wide.to_numpy() - level, np.nan)
        a, b = residual[:, :-1].ravel(), residual[:, 1:].ravel()
        both = np.isfinite(a) & np.isfinite(b)
        return np.corrcoef(a[both], b[both])[0, 1]

    assert abs(lag_one("steady")) < 0.03
    # 0.6 exp(-7 / 10) = 0.30, a little less for the rounding
    assert lag_one("steady-ar") == pytest.approx(0.28, abs=0.05)


def test_heapers_give_multiples_of_five_and_those_in_pain_stop(cohorts):
    rough = cohorts["rough"].ratings
    five = rough.groupby("patient_id")["pain"].apply(lambda y: (y % 5 == 0).all() and len(y) > 8)
    assert five.mean() == pytest.approx(0.10, abs=0.04)
    count = rough.groupby("patient_id")["day"].max()
    mean = rough.groupby("patient_id")["pain"].mean()
    stopped = count < 77.0
    assert 0.1 < stopped.mean() < 0.5
    assert mean[stopped].mean() > mean[~stopped].mean() + 0.5


def test_waves_begin_at_any_phase_and_at_the_start(benchmarks):
    from clinics import POINTS, wave

    path = wave(np.random.default_rng(0), 4000, np.linspace(0.0, 1.0, POINTS))
    assert np.abs(path[:, 0]).max() == 0.0
    rising = (path[:, 3] > 0).mean()
    assert rising == pytest.approx(0.5, abs=0.04)
    # from phase 0 a wave first climbs or falls for at least a twelfth of the horizon
    turns_early = (np.diff(np.sign(np.diff(path[:, :15], axis=1)), axis=1) != 0).any(axis=1)
    assert turns_early.mean() > 0.15


def test_same_seed_same_cohort(benchmarks):
    from worlds import WORLDS, sample_cohort

    a, b, c = (sample_cohort(WORLDS["rough"], 20, seed) for seed in (3, 3, 4))
    assert a.ratings.equals(b.ratings)
    assert not a.ratings.equals(c.ratings)
