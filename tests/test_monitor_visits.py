"""The coming visits: what is simulated agrees with fits of the simulated ratings."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.likelihood import OUTLIER
from paintrend.core.predictive import replicate_ratings, spread_places
from paintrend.core.streams import patient_generator
from paintrend.monitoring.coming import _levels, draw_ends, rated_days, simulate_visits
from paintrend.monitoring.looks import fit_looks
from paintrend.monitoring.planning import coming_days, next_visits, plan_visits, spread_visits
from paintrend.simulate import Visits

PATIENTS, FUTURES = 4, 30
VISITS = np.array([35.0, 56.0, 77.0])


@pytest.fixture(scope="module")
def setting():
    others = pt.read_diary(pt.simulate_cohort(60, seed=2).ratings, scale="nrs")
    population = pt.fit_curves(others, horizon=84, draws=20).population
    diary = pt.read_diary(pt.simulate_cohort(PATIENTS, seed=5).ratings, scale="nrs")
    criteria = pt.Criteria().resolve(diary.scale, 84)
    looks = pd.DataFrame({"patient_id": diary.patient_ids, "day": 28.0})
    return diary, population, criteria, looks


def refitted(setting):
    """Mean certainty after each visit (P, V) from fits with simulated ratings."""
    diary, population, _, looks = setting
    fit = fit_looks(diary, population, looks, draws=200)
    found = []
    for i, name in enumerate(looks["patient_id"]):
        row = fit.inference.position[str(i)]
        noise, levels = fit.inference.posterior.noise[row], _levels(fit, row, VISITS)
        rng = patient_generator(0, name, "test")
        source = rng.permutation(200)[:FUTURES]
        normals = rng.standard_normal((FUTURES, 3 * VISITS.size))
        made = replicate_ratings(
            population.model,
            noise[source],
            levels[source],
            VISITS,
            normals,
            OUTLIER,
            spread_places(FUTURES),
        )
        own = diary.ratings[(diary.ratings["patient_id"] == name) & (diary.ratings["day"] <= 28)]
        frames = [
            pd.DataFrame(
                {
                    "patient_id": f"{k}_{v}",
                    "day": np.append(own["day"], VISITS[: v + 1]),
                    "pain": np.append(own["pain"], made[k, : v + 1]),
                }
            )
            for k in range(FUTURES)
            for v in range(VISITS.size)
        ]
        again = pt.read_diary(pd.concat(frames), scale="nrs")
        table = pt.classify(pt.fit_curves(again, population=population, draws=200)).table()
        better, worse = table["p_end_better"].to_numpy(), table["p_deterioration"].to_numpy()
        top = np.max([better, worse, 1 - better - worse], axis=0)
        found.append(top.reshape(FUTURES, VISITS.size).mean(axis=0))
    return np.array(found)


def test_simulated_visits_agree_with_fits_of_simulated_ratings(setting):
    diary, population, criteria, looks = setting
    fit = fit_looks(diary, population, looks, draws=400)
    quick = np.array(
        [
            simulate_visits(fit, str(i), name, VISITS, draw_ends(fit, str(i), criteria), 0.8)
            .certainty
            for i, name in enumerate(looks["patient_id"])
        ]
    )  # fmt: skip
    full = refitted(setting)
    assert np.abs(quick - full).max() < 0.12
    assert np.abs((quick - full).mean(axis=0)).max() < 0.05
    # the figures differ from visit to visit by more than what is allowed above
    assert full.mean(axis=0)[-1] - full.mean(axis=0)[0] > 0.08


def test_more_ratings_tell_more(setting):
    diary, population, criteria, looks = setting
    fit = fit_looks(diary, population, looks, draws=400)
    gain = []
    for i, name in enumerate(looks["patient_id"]):
        ends = draw_ends(fit, str(i), criteria)
        one, three = (
            simulate_visits(fit, str(i), name, VISITS, ends, 0.8, ratings=n) for n in (1, 3)
        )
        assert (one.settled <= one.named + 1e-12).all()
        gain.append(three.certainty - one.certainty)
    assert np.mean(gain) > 0.01


def test_a_curve_ends_in_one_of_three_ways(setting):
    diary, population, criteria, looks = setting
    fit = fit_looks(diary, population, looks, draws=100)
    table = pt.classify(fit).table()
    for i in range(PATIENTS):
        ends = draw_ends(fit, str(i), criteria)
        assert (ends.sum(axis=1) == 1).all()
        assert ends[:, 0].mean() == table["p_end_better"][i]
        assert ends[:, 1].mean() == table["p_deterioration"][i]


def test_visits_come_at_the_patients_own_pace_or_as_planned():
    rated = np.array([-7.0, 0.0, 14.0, 28.0])
    np.testing.assert_array_equal(
        coming_days(28.0, rated, 84.0, 7.0, None), [42.0, 56.0, 70.0, 84.0]
    )
    # the look is later than the last rating: a visit was missed
    np.testing.assert_array_equal(coming_days(45.0, rated, 84.0, 7.0, None), [56.0, 70.0, 84.0])
    np.testing.assert_array_equal(coming_days(0.0, rated[:2], 21.0, 7.0, None), [7.0, 14.0, 21.0])
    np.testing.assert_array_equal(coming_days(28.0, rated, 84.0, 7.0, [0, 28, 60, 90]), [60.0])
    assert coming_days(84.0, rated, 84.0, 7.0, None).size == 0
    # the pace is the usual gap: one long pause does not make visits rarer
    paused = np.array([0.0, 7.0, 14.0, 42.0])
    np.testing.assert_array_equal(coming_days(42.0, paused, 63.0, 7.0, None), [49.0, 56.0, 63.0])


def test_the_next_informative_visit_is_the_first_with_even_odds():
    looks = pd.DataFrame(
        {
            "patient_id": list("ABCD"),
            "day": 28.0,
            "outlook": ["cannot_tell", "better", "better", "cannot_tell"],
            "p_outlook": [np.nan, 0.7, 0.85, np.nan],
        }
    )
    visits = pd.DataFrame(
        {
            "patient_id": np.repeat(list("ABCD"), 2),
            "day": 28.0,
            "visit": [35.0, 42.0] * 4,
            "p_named": [0.4, 0.5, 0.9, 0.9, 0.9, 0.9, 0.4, 0.49],
            "p_settled": [0.0, 0.1, 0.5, 0.6, 0.9, 0.9, 0.0, 0.1],
        }
    )
    found = next_visits(looks, visits, 0.8)
    assert found["plan"].tolist() == ["visit", "visit", "", "none"]
    np.testing.assert_array_equal(found["next_visit"], [42.0, 35.0, np.nan, np.nan])


def test_daily_visits_are_looked_at_up_to_the_horizon(setting):
    _, population, criteria, _ = setting
    visits = Visits(days=[float(day) for day in range(-3, 85)])
    daily = pt.read_diary(pt.simulate_cohort(3, seed=7, visits=visits).ratings, scale="nrs")
    looks = pd.DataFrame({"patient_id": daily.patient_ids, "day": 10.0, "outlook": "cannot_tell"})
    fit = fit_looks(daily, population, looks, draws=100)
    coming = plan_visits(fit, looks, criteria, None)
    for _, own in coming.groupby("patient_id"):
        assert own["visit"].tolist()[:6] == [11.0, 12.0, 13.0, 14.0, 15.0, 16.0]
        assert own["visit"].max() == 84.0
        assert len(own) == 12
    # the visits between are rated: looking at fewer of them leaves what the others show
    ends = draw_ends(fit, "0", criteria)
    days = np.arange(11.0, 85.0)
    every = simulate_visits(fit, "0", "A", days, ends, 0.8)
    few = simulate_visits(fit, "0", "A", days, ends, 0.8, at=np.array([5, 73]))
    np.testing.assert_array_equal(few.certainty, every.certainty[[5, 73]])
    np.testing.assert_array_equal(few.day, [16.0, 84.0])


def test_more_visits_than_are_looked_at_are_thinned_evenly():
    for n in (13, 40, 500):
        kept = spread_visits(n, 12)
        assert kept.tolist()[:6] == [0, 1, 2, 3, 4, 5]
        assert kept[-1] == n - 1
        assert kept.size == np.unique(kept).size == 12
        assert np.ptp(np.diff(kept[5:])) <= 1


def test_ratings_of_a_visit_are_a_day_apart_and_not_after_the_horizon():
    weekly = rated_days(np.arange(35.0, 85.0, 7.0), 3, 28.0, 84.0)
    np.testing.assert_allclose(np.diff(weekly, axis=1), 1.0)
    np.testing.assert_array_equal(weekly[0], [35.0, 36.0, 37.0])
    np.testing.assert_array_equal(weekly[-1], [82.0, 83.0, 84.0])
    # room for all three before the horizon
    np.testing.assert_array_equal(rated_days(np.array([77.0]), 3, 70.0, 84.0), [[77, 78, 79]])
    np.testing.assert_array_equal(rated_days(np.array([84.0]), 1, 77.0, 84.0), [[84.0]])
    # little room: closer, in order, after the look and the visit before, up to the horizon
    for days, after in ((np.arange(11.0, 85.0), 10.0), (np.array([84.0]), 83.5)):
        near = rated_days(days, 3, after, 84.0).ravel()
        assert (np.diff(near) > 0.1).all()
        assert near[0] > after
        assert near[-1] == 84.0
