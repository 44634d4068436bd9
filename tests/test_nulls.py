"""Null worlds and the landmark test: they make what they say, and look at nothing they may not."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import GRID_POINTS
from paintrend.errors import InputError
from paintrend.monitoring.folds import CrossFit
from paintrend.nulls import testing
from paintrend.nulls.worlds import (
    Visits,
    curves_without_dip,
    later_curves,
    made_ratings,
    nearest_curves,
)
from paintrend.plots.null_world import draw_null_world, null_world_info
from paintrend.pooling.curves import population_levels
from paintrend.results.landmark import NullWorld

H = 84.0


@pytest.fixture(scope="module")
def fit():
    cohort = pt.simulate_cohort(60, covariates={}, seed=5)
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=H, seed=1)


@pytest.fixture(scope="module")
def found(fit):
    return pt.landmark_test(fit, landmark=28, worlds=20)


@pytest.fixture(scope="module")
def pool(fit):
    return population_levels(fit.population, 0)


def test_nearest_curves_are_near_and_not_always_the_same():
    rng = np.random.default_rng(0)
    donors = rng.uniform(0, 10, (4000, 2))
    wanted = rng.uniform(2, 8, (200, 2))
    one, two = (donors[nearest_curves(donors, wanted, rng, 10.0)] for _ in range(2))
    assert np.abs(one - wanted).max() < 0.8
    assert (one != two).any(axis=1).mean() > 0.7


def test_later_curves_pass_through_the_level_on_the_landmark(pool):
    rng = np.random.default_rng(1)
    levels = np.array([[6.0, 7.0], [5.0, 2.0], [0.0, 0.0], [9.5, 10.0]])
    made = later_curves(pool, 28.0, H, levels, rng, 0.0, 10.0)
    assert made[:, 56] == pytest.approx(levels[:, 1])
    assert made.min() >= 0.0
    assert made.max() <= 10.0


def test_later_levels_have_the_means_of_the_population_given_two_levels(pool):
    # against a regression on those that are near, of the level at the end
    rng = np.random.default_rng(2)
    level = np.array([6.0, 5.0])
    wanted = level + rng.uniform(-0.6, 0.6, (3000, 2))
    made = later_curves(pool, 28.0, H, wanted, rng, 0.0, 10.0)[:, -1]
    off = pool[:, [0, 56]] - level
    near = (np.abs(off) < 0.6).all(axis=1)
    x = np.column_stack([np.ones(near.sum()), off[near]])
    mean = np.linalg.lstsq(x, pool[near, -1], rcond=None)[0][0]
    assert made.mean() == pytest.approx(mean, abs=0.3)


def test_curves_that_rise_are_replaced_and_others_kept(pool):
    rng = np.random.default_rng(3)
    own = pool[rng.choice(len(pool), 400, replace=False)]
    made = curves_without_dip(own, pool, 2.0, rng, 0.0, 10.0, 14)
    rise, risen = [(c - c[:, :1]).max(axis=1) for c in (made, own)]
    assert (made[risen < 2.0] == own[risen < 2.0]).all()
    assert (rise < 2.0 + 1e-9).all()
    assert made[:, 0] == pytest.approx(own[:, 0])
    # ends can agree only where a curve without a rise can end there
    fine = (risen >= 2.0) & (own[:, -14:].mean(axis=1) - own[:, 0] < 1.0)
    off = made[fine, -14:].mean(axis=1) - own[fine, -14:].mean(axis=1)
    assert np.median(np.abs(off)) < 0.4


def test_made_ratings_scatter_about_the_curve_as_the_noise_says(fit):
    rng = np.random.default_rng(4)
    day = np.linspace(-14.0, 84.0, 15)
    n = 300
    visits = Visits(np.tile(day, n), np.arange(n + 1) * day.size)
    curves = np.full((n, GRID_POINTS), 5.0)
    noise = fit.population.noise
    j = int(np.flatnonzero((noise.structure == 0) & (noise.heap == 0) & (noise.sd > 1.0))[0])
    y = made_ratings(fit.population, curves, np.full(n, j), visits, rng)
    assert y.mean() == pytest.approx(5.0, abs=0.1)
    assert set(np.unique(y)) <= set(range(11))
    assert y.std() == pytest.approx(np.hypot(noise.sd[j], 12**-0.5), rel=0.04)


def test_p_value_counts_the_worlds_further_out():
    world = NullWorld("no_link", "", np.arange(99.0), 98.5)
    assert world.p_value == pytest.approx(0.02)
    assert NullWorld("no_link", "", np.arange(99.0), 49.0).p_value == 1.0


def test_the_predictor_looks_at_nothing_after_the_landmark(fit, found):
    later = fit.diary.ratings.copy()
    later.loc[later["day"] > 28, "pain"] = 10.0
    from dataclasses import replace

    from paintrend.nulls.early import look_early

    others = testing._populations(fit, testing._ordered(fit), fit.seed)
    rules = pt.Criteria().resolve(fit.scale, H)
    ids = found.patients["patient_id"].tolist()
    early = look_early(
        replace(fit.diary, ratings=later), ids, others, 28.0, "dip_so_far", rules, seed=fit.seed,
        workers=1,
    )  # fmt: skip
    assert early.predictor == pytest.approx(found.patients["predictor"].to_numpy(), nan_ok=True)


def test_the_estimate_is_that_of_least_squares(found):
    smf = pytest.importorskip("statsmodels.formula.api")
    used = found.patients[found.patients["analysed"]]
    theirs = smf.ols("outcome ~ predictor + start + now", used).fit(cov_type="HC3")
    assert found.estimate == pytest.approx(theirs.params["predictor"])
    assert found.std_error == pytest.approx(theirs.bse["predictor"])


def test_everyone_is_accounted_for(fit, found):
    assert len(found.patients) == len(fit)
    out = found.patients[~found.patients["analysed"]]
    assert (out["reason"] != "").all()
    assert found.n + len(out) == 60
    assert all(len(world.estimates) == 20 for world in found.worlds)
    assert found.p_value == max(world.p_value for world in found.worlds)
    assert "worse is positive" in found.text


def test_the_figure_shows_what_was_counted(found):
    info = null_world_info(found)
    assert all(counts.sum() == 20 for counts in info.counts.values())
    assert info.observed == found.estimate
    figure = draw_null_world(info)
    assert [list(bar.y) for bar in figure.data] == [list(c) for c in info.counts.values()]
    assert f"n = {found.n} of 60" in info.caption[0]
    assert re.search(r"; \d+ ratings fitted, \d+ missing\. Worse: 2 points", info.caption[0])
    assert figure.layout.xaxis.title.text.startswith("estimate, scale units")
    # an estimate about responders is not in units of the scale
    share = null_world_info(replace(found, outcome="responder_after"))
    assert "share who are better" in draw_null_world(share).layout.xaxis.title.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"predictor": "rise"}, "measured after the landmark"),
        ({"outcome": "end_change"}, "noise of the baseline"),
        ({"outcome": "responder"}, "noise of the baseline"),
        ({"landmark": 90}, "between day 0 and 84"),
        ({"landmark": "28"}, "between day 0 and 84, got '28'"),
        ({"entry": "5"}, "entry must lie on the scale, 0 to 10, got '5'"),
        ({"worlds": 3}, "worlds must be a whole number from 20"),
    ],
)
def test_what_would_mislead_is_refused(fit, options, message):
    with pytest.raises(InputError, match=message):
        pt.landmark_test(fit, **options)


def test_an_empty_landmark_set_is_refused(fit):
    early = fit.diary.ratings[fit.diary.ratings["day"] <= 28]
    short = pt.fit_curves(
        pt.read_diary(early[["patient_id", "day", "pain"]], scale="nrs"), horizon=H
    )
    with pytest.raises(InputError, match="lost before the landmark"):
        pt.landmark_test(short, landmark=28)


def test_courses_are_refused(fit):
    with pytest.raises(InputError, match="look beyond any landmark"):
        pt.landmark_test(pd.DataFrame())


def test_what_so_few_worlds_cannot_show_is_said(found):
    assert found.smallest_p == pytest.approx(2 / 21)
    assert "no p-value can be below 0.095" in found.text
    assert min(world.p_value for world in found.worlds) >= found.smallest_p


def test_a_sign_that_nobody_has_is_refused(fit):
    never = pt.Criteria(worsening=9.9)
    with pytest.raises(InputError, match="is 0 for every patient by day 28"):
        pt.landmark_test(fit, landmark=28, criteria=never, worlds=20)


def test_an_entry_that_patients_did_not_meet_is_refused(fit):
    with pytest.raises(
        InputError, match=r"entry=9.5 is worse than the mean rating .* of \d+ of 60"
    ):
        pt.landmark_test(fit, entry=9.5, worlds=20)


def test_a_fit_that_already_looks_back_is_refused(fit):
    with pytest.raises(InputError, match="as of day 21"):
        pt.landmark_test(fit.as_of(day=21))


def test_populations_of_others_are_checked_at_the_door(fit):
    with pytest.raises(InputError, match=r"others takes populations .* got int; leave it out"):
        pt.landmark_test(fit, worlds=20, others=5)
    with pytest.raises(InputError, match=r"got Population; .*fit_curves\(diary, population="):
        pt.landmark_test(fit, worlds=20, others=fit.population)
    nobody = CrossFit((fit.population,), {})
    with pytest.raises(InputError, match="others has no fold for 60 patients of the fit"):
        pt.landmark_test(fit, worlds=20, others=nobody)
