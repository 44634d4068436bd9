"""Sparse and extreme patients: few or many ratings, the ends of the scale, wild values, odd days.

Each gets finite probabilities that sum to 1 and an answer as wide as its ratings are few.
"""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.core.prior import active, family_of
from paintrend.shapes import FAMILIES
from paintrend.simulate import simulate_cohort

P_COURSES = [f"p_{name}" for name in COURSES]
WEEKS = np.arange(-14.0, 85.0, 7.0)
RNG = np.random.default_rng(4)
MANY = np.linspace(-14.0, 84.0, 400)
TRUE_MANY = 7.0 - 4.0 * (1.0 - np.exp(-np.maximum(MANY, 0.0) / 15.0))
BETTER = np.array([6.0, 7, 6, 6, 5, 5, 4, 4, 3, 3, 3, 2, 3, 2, 2])


def wild(at, value):
    y = BETTER.copy()
    y[at] = value
    return y


PATIENTS = {
    "one": ([0], [6]),
    "two": ([0, 84], [6, 3]),
    "three": ([-7, 0, 40], [5, 5, 5]),
    "floor": (WEEKS, [0] * 15),
    "ceiling": (WEEKS, [10] * 15),
    "plain": (WEEKS, BETTER),
    "wild_up": (WEEKS, wild(9, 10.0)),
    "wild_down": (WEEKS, wild(4, 0.0)),
    "wild_end": (WEEKS, wild(14, 10.0)),
    "many": (MANY, np.clip(np.round(TRUE_MANY + RNG.normal(0.0, 1.0, 400)), 0, 10)),
    "minutes": (np.arange(60) / 1440.0, np.tile([5, 6, 5, 4], 15)),
    "before_only": ([-7], [6]),
    "after_only": ([28], [6]),
    "leap": ([-14, -7, 0, 7], [1, 1, 1, 10]),
    "fall": ([-14, -7, 0, 7], [9, 9, 9, 0]),
}


@pytest.fixture(scope="module")
def population():
    cohort = simulate_cohort(40, seed=2).ratings[["patient_id", "day", "pain"]]
    return pt.fit_curves(pt.read_diary(cohort, scale="nrs"), horizon=84, draws=20).population


@pytest.fixture(scope="module")
def fitted(population):
    parts = [
        pd.DataFrame({"patient_id": name, "day": np.asarray(day, dtype=float), "pain": pain})
        for name, (day, pain) in PATIENTS.items()
    ]
    diary = pt.read_diary(pd.concat(parts, ignore_index=True), scale="nrs")
    return pt.fit_curves(diary, population=population, draws=400)


@pytest.fixture(scope="module")
def table(fitted):
    return pt.classify(fitted).table().set_index("patient_id")


def width(fitted, name):
    return np.subtract(*fitted[name].band(0.9)[::-1])


def median(fitted, name):
    return fitted[name].curve["median"].to_numpy()


@pytest.fixture(scope="module")
def prior_shares(population):
    """Shares of courses among the population's own curves, by a patient rated long before."""
    diary = pt.read_diary(
        pd.DataFrame({"patient_id": "x", "day": [-4000.0], "pain": [6]}), scale="nrs"
    )
    fit = pt.fit_curves(diary, population=population, draws=2000)
    return pt.classify(fit).table().loc[0, P_COURSES].to_numpy(dtype=float)


@pytest.mark.parametrize("name", PATIENTS)
def test_probabilities_are_probabilities_and_curves_stay_on_the_scale(fitted, table, name):
    p = table.loc[name, P_COURSES].to_numpy(dtype=float)
    assert np.isfinite(p).all()
    assert ((p >= 0.0) & (p <= 1.0)).all()
    assert p.sum() == pytest.approx(1.0, abs=1e-9)
    draws = fitted.draws(name)
    assert np.isfinite(draws).all()
    assert draws.min() >= 0.0
    assert draws.max() <= 10.0
    assert table.loc[name, "status"]
    assert table.loc[name, "status_text"].endswith(".")
    assert fitted.info.loc[name, "ess"] > 20.0


@pytest.mark.parametrize("name", ["one", "before_only", "after_only"])
def test_one_rating_leaves_the_courses_of_the_population(fitted, table, prior_shares, name):
    p = table.loc[name, P_COURSES].to_numpy(dtype=float)
    assert np.abs(p - prior_shares).max() < 0.12
    assert table.loc[name, "course"] == "cannot_tell"
    assert width(fitted, name)[-1] > 8.0
    assert "forecast" in table.loc[name, "status"]


def test_who_was_never_rated_before_treatment_is_told_so(table):
    assert "no_baseline" in table.loc["after_only", "status"]
    assert "no_baseline" not in table.loc["before_only", "status"]


def test_each_further_rating_narrows_the_band_where_it_is(fitted):
    for name in ("one", "two", "three", "plain", "many"):
        assert width(fitted, name)[0] < 4.0, name
    # day 84 is rated in "two" and not in "one", day 40 in "three" and not in "two"
    assert width(fitted, "two")[-1] < 0.5 * width(fitted, "one")[-1]
    assert width(fitted, "three")[80] < 0.8 * width(fitted, "two")[80]
    sizes = [width(fitted, name).mean() for name in ("one", "two", "plain", "many")]
    assert (np.diff(sizes) < 0.0).all()


def test_400_ratings_give_a_narrow_and_right_curve(fitted, table):
    truth = np.interp(fitted.grid, MANY, TRUE_MANY)
    assert width(fitted, "many").mean() < 0.5
    assert np.abs(median(fitted, "many") - truth).mean() < 0.2
    assert table.loc["many", "p_improving"] > 0.99


def test_an_hour_of_ratings_says_where_the_start_is_and_no_more(fitted, table, prior_shares):
    # noise that hangs together from day to day is the same in all of them: no average removes it
    assert width(fitted, "minutes")[0] < 3.0
    assert median(fitted, "minutes")[0] == pytest.approx(5.0, abs=0.4)
    assert width(fitted, "minutes")[-1] > 7.0
    p = table.loc["minutes", P_COURSES].to_numpy(dtype=float)
    assert np.abs(p - prior_shares).max() < 0.15


@pytest.mark.parametrize(("name", "end", "opposite"), [("floor", 0.0, 1), ("ceiling", 10.0, -1)])
def test_an_end_of_the_scale_is_where_the_curve_stays(fitted, table, name, end, opposite):
    curve = median(fitted, name)
    assert np.abs(curve[24:] - end).max() < 2.0
    assert curve[-1] == pytest.approx(end, abs=0.8)
    wrong = "p_deterioration" if opposite > 0 else "p_end_better"
    assert table.loc[name, wrong] < 0.02
    assert table.loc[name, "p_fluctuating"] < 0.02


@pytest.mark.parametrize(("name", "end", "least"), [("floor", 0.0, 0.8), ("ceiling", 10.0, 0.75)])
def test_an_end_throughout_is_where_the_patient_began(fitted, table, population, name, end, least):
    """Among people near 6, without being drawn towards them from where all ratings are."""
    others = population.prior.mean[0, 0]
    assert 5.0 < others < 7.0
    assert table.loc[name, "p_unchanged"] > least
    start = fitted.draws(name)[:, 0]
    # the exact median lies half a point from the end at most, what 400 draws scatter included
    assert np.median(start) == pytest.approx(end, abs=0.8)
    assert start.mean() == pytest.approx(end, abs=0.9)


@pytest.mark.parametrize("name", ["wild_up", "wild_down", "wild_end"])
def test_one_wild_rating_moves_the_curve_little(fitted, table, name):
    moved = np.abs(median(fitted, name) - median(fitted, "plain"))
    # ratings of this patient were moved by 5 to 8 points
    assert moved.max() < 0.6
    p = [table.loc[x, P_COURSES].to_numpy(dtype=float) for x in (name, "plain")]
    assert np.abs(p[0] - p[1]).max() < 0.05


def test_what_rests_on_one_rating_stays_within_reach_of_the_population(fitted, population):
    """A single rating 9 points above or below: the sizes of change are those that people have."""
    post, family = fitted.inference.posterior, family_of(population.table)
    prior, compared = population.prior, 0
    for name in ("leap", "fall"):
        row = fitted.inference.position[name]
        for f in range(len(FAMILIES) - 1):
            own = post.amplitude[row][family[post.setting[row]] == f]
            if len(own) < 20:
                continue
            for d in active(f)[2:]:
                sd = np.sqrt(prior.covariance[f, d, d])
                assert abs(own[:, d].mean() - prior.mean[f, d]) < 2.5 * sd, (name, f, d)
                compared += 1
    assert compared >= 4


@pytest.mark.parametrize(("name", "sign"), [("leap", 1.0), ("fall", -1.0)])
def test_what_rests_on_one_rating_is_smaller_than_it_looks_and_uncertain(fitted, name, sign):
    change = sign * (fitted.draws(name)[:, 14] - fitted.draws(name)[:, 0])
    assert 1.0 < change.mean() < 7.0
    assert width(fitted, name)[-1] > 7.0
