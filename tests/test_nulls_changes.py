"""Changes in a landmark test: measured from ratings that the predictor never sees."""

from __future__ import annotations

import numpy as np
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.nulls.outcomes import Outcome, reserved_ratings
from paintrend.nulls.worlds import Visits, made_ratings

H = 84.0


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_cohort(26, covariates={}, seed=5)


@pytest.fixture(scope="module")
def fit(cohort):
    other = pt.simulate_cohort(40, covariates={}, seed=6)
    population = pt.fit_curves(pt.read_diary(other.ratings, scale="nrs"), horizon=H).population
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), population=population, seed=1)


def test_a_change_is_later_ratings_less_the_reserved_ones():
    visits = Visits(np.array([-14.0, -7, 0, 35, 84, -7, 0, 84, 0, 84]), np.array([0, 5, 8, 10]))
    y = np.array([8.0, 4, 6, 3, 5, 7, 9, 6, 5, 1])
    kept = reserved_ratings(visits)
    assert kept.tolist() == [False, True] + [False] * 3 + [True] + [False] * 4
    change = Outcome("change_after", (28.0, H), kept, 2.0)
    # 4 less 4; 6 less 7; and one without a rating to spare
    assert change.read(y, visits) == pytest.approx([0.0, -1.0, np.nan], nan_ok=True)
    better = Outcome("responder_at_end", (63.0, H), kept, 1.0)
    assert better.read(y, visits) == pytest.approx([0.0, 1.0, np.nan], nan_ok=True)


def test_made_ratings_before_day_0_follow_the_trend(fit):
    n = 400
    visits = Visits(np.tile([-14.0, 0.0], n), np.arange(n + 1) * 2)
    level, quiet = np.full((n, 169), 5.0), np.zeros(n, dtype=np.int64)
    rng = np.random.default_rng(1)
    made = made_ratings(fit.population, level, quiet, visits, rng, np.full(n, 0.1)).reshape(n, 2)
    assert made[:, 0].mean() == pytest.approx(5.0 - 1.4, abs=0.15)
    assert made[:, 1].mean() == pytest.approx(5.0, abs=0.15)


def test_the_predictor_does_not_see_the_reserved_ratings(cohort, fit):
    own = cohort.ratings.copy()
    # with ratings on days -14, -7 and 0 the one of day -7 is reserved
    full = own.groupby("patient_id")["day"].transform(lambda d: {-14, -7, 0} <= set(d))
    rows = full & (own["day"] == -7)
    own.loc[rows, "pain"] = (own.loc[rows, "pain"] + 3).clip(upper=10)
    other = pt.fit_curves(pt.read_diary(own, scale="nrs"), population=fit.population, seed=1)
    one, two = (
        pt.landmark_test(f, outcome="change_after", reserve=True, worlds=20).patients
        for f in (fit, other)
    )
    moved = one["patient_id"].isin(own.loc[rows, "patient_id"]) & one["analysed"]
    assert moved.sum() > 10
    for name in ("predictor", "start", "now"):
        assert one.loc[moved, name].tolist() == two.loc[moved, name].tolist()
    assert (one.loc[moved, "outcome"] - two.loc[moved, "outcome"]).gt(0).mean() > 0.8
    left = one.loc[one["reason"] == "without two ratings up to day 0", "patient_id"]
    few = cohort.ratings[cohort.ratings["day"] <= 0].groupby("patient_id").size()
    assert set(left) == set(few.index[few < 2]) | (set(one["patient_id"]) - set(few.index))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "change_after"}, "reserve=True takes every second rating"),
        ({"outcome": "responder_at_end"}, "noise of the baseline in it"),
        ({"outcome": "level_after", "reserve": True}, "'level_after' needs no start"),
        ({"outcome": "end_change", "reserve": True}, "a change or a responder has the noise"),
        ({"predictor": "rise"}, "measured after the landmark"),
        ({"landmark": 84.0}, "landmark must lie between day 0 and 84"),
    ],
)
def test_what_shares_noise_or_looks_ahead_is_refused(fit, options, message):
    with pytest.raises(InputError, match=message):
        pt.landmark_test(fit, **options)


def test_empty_landmark_sets_and_named_courses_are_refused(cohort, fit):
    short = cohort.ratings[cohort.ratings["day"] <= 21]
    early = pt.fit_curves(pt.read_diary(short, scale="nrs"), population=fit.population)
    with pytest.raises(InputError, match=r"0 patients can be analysed.*lost before the landmark"):
        pt.landmark_test(early, landmark=28, worlds=20)
    single = cohort.ratings[cohort.ratings["day"] >= 0]
    one = pt.fit_curves(pt.read_diary(single, scale="nrs"), population=fit.population)
    with pytest.raises(InputError, match="without two ratings up to day 0"):
        pt.landmark_test(one, outcome="change_after", reserve=True, worlds=20)
    with pytest.raises(InputError, match="look beyond any landmark"):
        pt.landmark_test(pt.classify(fit), landmark=28)
