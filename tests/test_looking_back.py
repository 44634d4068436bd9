"""Judging as of an earlier day: later ratings must not help, or the result says that they did."""

import numpy as np
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.simulate import simulate_cohort

DRAWS = 60


@pytest.fixture(scope="module")
def frames():
    others = simulate_cohort(15, seed=2).ratings[["patient_id", "day", "pain"]]
    own = simulate_cohort(8, seed=3).ratings[["patient_id", "day", "pain"]]
    return others, own


@pytest.fixture(scope="module")
def population(frames):
    diary = pt.read_diary(frames[0], scale="nrs")
    return pt.fit_curves(diary, horizon=84, draws=DRAWS).population


def new_fit(frame, **options):
    return pt.fit_curves(pt.read_diary(frame, scale="nrs"), draws=DRAWS, **options)


def test_later_ratings_do_not_matter_under_a_population_of_others(frames, population):
    own = frames[1]
    changed = own.assign(pain=own["pain"].where(own["day"] <= 21, 10 - own["pain"]))
    known = own[own["day"] <= 21]
    fits = [new_fit(x, population=population) for x in (own, changed, known)]
    now, then, short = [f.as_of(day=21) for f in fits]
    for pid in now.patient_ids:
        np.testing.assert_array_equal(now.draws(pid), then.draws(pid))
        np.testing.assert_array_equal(now.draws(pid), short.draws(pid))
        # the short diary was fitted with all it has
        np.testing.assert_array_equal(fits[2].draws(pid), short.draws(pid))
    assert not np.array_equal(fits[0].draws("P001"), now.draws("P001"))
    assert now.info["last_day"].max() <= 21
    assert now["P001"].ratings["day"].max() <= 21


def test_looking_back_is_retrospective_unless_the_population_came_from_others(frames, population):
    external = new_fit(frames[1], population=population)
    own = new_fit(frames[0], horizon=84)
    assert not external.retrospective
    assert not own.retrospective
    assert not external.as_of(21).retrospective
    assert own.as_of(21).retrospective
    assert own.as_of(21)["P001"].retrospective
    assert own.as_of(21)["P001"].as_of_day == 21
    assert "retrospective" in repr(own.as_of(21))
    assert "retrospective" not in repr(external.as_of(21))


def test_a_day_after_the_last_rating_looks_back_on_nothing(frames, tmp_path):
    own = new_fit(frames[0], horizon=84)
    read = pt.read_fit(pt.write_fit(own, tmp_path / "fit.zip"))
    for fit in (own, read, own.select(["P001", "P002"])):
        after = fit.as_of(500)
        assert not after.retrospective
        assert "retrospective" not in repr(after) + repr(pt.classify(after))
        assert after.as_of(21).retrospective
        assert fit.as_of(83).retrospective
    # how long those were followed who taught a population from elsewhere is not known
    assert new_fit(frames[0], population=own.population).as_of(500).retrospective


def test_patients_who_taught_the_population_make_it_retrospective(frames):
    learned = new_fit(frames[0], horizon=84).population
    again = new_fit(frames[0], population=learned)
    assert again.as_of(21).retrospective
    # other patients may have the same ids
    assert not new_fit(frames[1], population=learned).as_of(21).retrospective


def test_a_later_look_back_cannot_see_more_than_an_earlier_one(frames, population):
    early = new_fit(frames[1], population=population).as_of(21)
    again = early.as_of(60)
    np.testing.assert_array_equal(again.draws("P001"), early.draws("P001"))
    assert again.as_of_day == 21


def test_a_day_before_every_rating_leaves_patients_without_a_curve(frames, population):
    empty = new_fit(frames[1], population=population).as_of(-100)
    assert not empty.info["fitted"].any()
    assert (empty.info["reason"] != "").all()
    assert empty.n_draws == DRAWS
    assert np.isnan(empty.draws("P001")).all()
    assert (pt.classify(empty).table()["status"].str.contains("not_fitted")).all()


@pytest.mark.parametrize("day", [np.nan, np.inf, "21", None])
def test_a_day_is_a_finite_number(frames, population, day):
    with pytest.raises(InputError, match="finite number of days"):
        new_fit(frames[1], population=population).as_of(day)


def test_the_longer_the_look_the_narrower_the_end(frames, population):
    fit = new_fit(frames[1], population=population)
    widths = []
    for day in (0, 28, 84):
        looked = fit.as_of(day)
        ends = np.array([np.ptp(np.quantile(looked.draws(p)[:, -1], [0.05, 0.95])) for p in fit])
        widths.append(ends.mean())
    assert widths[0] > widths[1] > widths[2]
