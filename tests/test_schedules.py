"""Visit schedules and ratings off them: known days, known extra ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.hypotheses.schedules import find_schedule, match_visits

WEEKS = [*range(-14, 85, 7)]


def rated(rng, days, jitter, miss, n=30):
    own = []
    for _ in range(n):
        kept = np.array(days, dtype=float)[rng.random(len(days)) > miss]
        own.append(np.sort(kept + rng.integers(-jitter, jitter + 1, kept.size)))
    return own


@pytest.mark.parametrize(("days", "jitter"), [(WEEKS, 1), ([0, 14, 42, 84, 168], 2), (WEEKS, 0)])
def test_a_schedule_is_seen_in_ratings(days, jitter):
    found = find_schedule(rated(np.random.default_rng(1), days, jitter, 0.15))
    assert found.inferred
    assert len(found.days) == len(days)
    assert np.abs(found.days - np.array(days)).max() <= jitter
    assert "read off the ratings" in found.text


def test_daily_ratings_are_a_schedule_too():
    found = find_schedule(rated(np.random.default_rng(2), range(57), 0, 0.2))
    assert found.days.tolist() == list(range(57))


def test_several_ratings_at_every_visit_are_planned():
    days = [np.array([0.0, 0.1, 7.0, 7.1, 14.0, 14.1, 14.2])] * 10
    found = find_schedule(days, schedule=[0, 7, 14], tolerance=1)
    assert found.ratings.tolist() == [2, 2, 3]
    assert (match_visits(days[0], found) >= 0).all()


def test_a_rating_belongs_to_the_nearest_visit_or_to_none():
    plan = find_schedule([np.array([0.0, 7.0])], schedule=[0, 7], tolerance=2)
    assert match_visits(np.array([-1.0, 0.0, 3.5, 6.0, 9.5]), plan).tolist() == [-1, 0, -1, 1, -1]


def test_no_schedule_is_made_up():
    rng = np.random.default_rng(3)
    with pytest.raises(InputError, match=r"no schedule can be seen.*schedule="):
        find_schedule([np.sort(rng.uniform(0, 84, 9)) for _ in range(40)])
    for options, message in (
        ({"tolerance": -1}, "tolerance must be 0"),
        ({"schedule": []}, "must hold the planned days"),
    ):
        with pytest.raises(InputError, match=message):
            find_schedule([np.array([0.0, 7.0])], **options)
    with pytest.raises(InputError, match="there is no rating"):
        find_schedule([])


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_cohort(50, arms={"a": None, "b": None}, covariates={}, seed=4)


@pytest.fixture(scope="module")
def extra(cohort):
    """Ratings between visits, when pain is well above the curve."""
    rng = np.random.default_rng(5)
    rows = []
    for name, arm, curve in zip(
        cohort.truth["patient_id"], cohort.truth["arm"], cohort.curves, strict=True
    ):
        for day in rng.choice(np.arange(3.2, 80, 7), 3, replace=False):
            pain = np.rint(np.interp(day, cohort.grid, curve) + rng.uniform(1.5, 4.0))
            rows.append((name, float(day), min(pain, 10.0), arm))
    return pd.DataFrame(rows, columns=["patient_id", "day", "pain", "arm"])


@pytest.fixture(scope="module")
def fit(cohort, extra):
    both = pd.concat([cohort.ratings, extra])
    return pt.fit_curves(pt.read_diary(both, scale="nrs"), horizon=84, seed=1)


def test_extra_ratings_are_found_and_counted(fit, extra):
    found = pt.flag_unscheduled(fit, by="arm")
    own = found.table()
    assert len(own.merge(extra, on=["patient_id", "day"])) == len(extra) == found.n
    assert set(found.counts["group"]) == {"a", "b"}
    assert found.counts["unscheduled"].sum() == pytest.approx(len(extra))
    assert found.counts["ratings"].sum() == pytest.approx(len(found.ratings))
    # they were made to lie above the curve
    assert found.excess.set_index("ratings").loc["difference", "low"] > 0.5
    given = pt.flag_unscheduled(fit, schedule=WEEKS, tolerance=1)
    assert given.n == found.n
    assert "as given" in given.text


def test_without_them_the_result_goes_back(cohort, fit):
    def level(fit, criteria):
        return pt.pool_draws(fit, _end, m=4, quantities=("end_level",), criteria=criteria)

    def _end(table):
        return table["end_level"].mean(), table["end_level"].sem()

    found = pt.drop_unscheduled(fit, level).set_index("ratings")
    # as if these ratings, which lie above the curves, had never been made
    never = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)
    assert found.loc["scheduled", "estimate"] == level(never, None).table()["estimate"].item()
    assert found.loc["all", "estimate"] > found.loc["scheduled", "estimate"] + 0.2
    assert found.loc["all", "n_ratings"] - found.loc["scheduled", "n_ratings"] == 150
    assert "planned days read off the ratings" in found.attrs["schedule"]


def test_nothing_to_leave_out_is_said(cohort):
    fit = pt.fit_curves(
        pt.read_diary(cohort.ratings[cohort.ratings["patient_id"] <= "P012"], scale="nrs"),
        horizon=84,
    )
    with pytest.raises(InputError, match="no rating is off schedule"):
        pt.drop_unscheduled(fit, lambda fit, criteria: None)
    with pytest.raises(InputError, match="not known for sure"):
        pt.flag_unscheduled(pt.classify(fit))
