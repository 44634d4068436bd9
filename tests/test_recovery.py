"""Known truth comes back: shares of courses, bands of curves and features, also at the floor."""

from typing import NamedTuple

import numpy as np
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.core.curves import draw_curves
from paintrend.core.default import default_prior
from paintrend.core.design import build_design
from paintrend.core.em import learn_prior
from paintrend.core.grid import grid_columns
from paintrend.core.noise import noise_grid
from paintrend.core.posterior import sample_posterior
from paintrend.core.prior import build_model
from paintrend.shapes import shape_table
from paintrend.simulate import simulate_cohort

from .cohorts import draw_ratings

TABLE = shape_table(84.0, 7.0, 7.0)
NOISE = noise_grid(1.0, 7.0)
DEFAULT = default_prior("rehabilitation", TABLE, 1.0, (2.0, 2.0))
WEEKLY = np.arange(-14.0, 85.0, 7.0)
EVERY_OTHER_DAY = np.arange(-10.0, 85.0, 2.0)


class Judged(NamedTuple):
    """Per patient: share of draws in each course, true course, where the true curve is inside."""

    p: np.ndarray
    true: np.ndarray
    inside: np.ndarray
    structure: np.ndarray


def judge(drawn, prior, n_draws=200):
    """Fit patients under a prior and compare their curves with the true ones."""
    ratings, n = drawn.ratings, len(drawn.ratings.patients)
    model = build_model(prior, TABLE, NOISE, 1.0)
    design = build_design(ratings.day, ratings.y, ratings.offset, TABLE, prior, 1.0)
    post = sample_posterior(model, design, ratings.patients, seed=0, n_draws=n_draws)
    grid, curves = grid_columns(TABLE), np.empty((n * n_draws, 169))
    draw_curves(
        post.setting.ravel(), post.amplitude.reshape(n * n_draws, -1), post.wave,
        post.wave_row.ravel(), model, grid.common, grid.slow, grid.hump, grid.wax, 1.0, 0.0, curves,
    )  # fmt: skip
    rules = (84.0, 2.0, 2.0, 7.0, 21.0)
    codes = classify_curves(curves, *rules).reshape(n, n_draws)
    p = np.stack([(codes == c).mean(axis=1) for c in range(len(COURSES))], axis=1)
    low, high = np.quantile(curves.reshape(n, n_draws, 169), [0.05, 0.95], axis=1)
    inside = (drawn.curves >= low - 1e-9) & (drawn.curves <= high + 1e-9)
    structure = np.stack(
        [(NOISE.structure[post.noise] == k).mean(axis=1) for k in range(3)], axis=1
    )
    return Judged(p, classify_curves(drawn.curves, *rules), inside, structure)


def excess(p, happened):
    """How far the mean probability lies from the share that happened, in standard errors."""
    return (p - happened).sum(axis=0) / np.sqrt((p * (1 - p)).sum(axis=0) + 1e-3)


def moved(start):
    mean = DEFAULT.mean.copy()
    mean[:, 0] += start
    return DEFAULT._replace(mean=mean)


@pytest.mark.parametrize("start", [0.0, -4.0])
def test_under_the_true_population_probabilities_and_bands_are_calibrated(start):
    prior = moved(start)
    drawn = draw_ratings(np.random.default_rng(1), TABLE, NOISE, prior, 300, WEEKLY)
    got = judge(drawn, prior)
    assert np.abs(excess(got.p, np.eye(len(COURSES))[got.true])).max() < 3.5
    assert 0.87 < got.inside.mean() < 0.94
    hit = got.p[np.arange(300), got.true]
    # as often as it says: the mean probability of what happened is the mean of its own square sum
    assert hit.mean() == pytest.approx((got.p**2).sum(axis=1).mean(), abs=0.05)
    assert (got.p.max(axis=1) > 0.8).mean() > 0.25


@pytest.mark.slow
def test_with_dense_ratings_probabilities_bands_and_noise_are_calibrated():
    drawn = draw_ratings(np.random.default_rng(3), TABLE, NOISE, DEFAULT, 500, EVERY_OTHER_DAY)
    got = judge(drawn, DEFAULT)
    assert np.abs(excess(got.p, np.eye(len(COURSES))[got.true])).max() < 3.5
    assert 0.87 < got.inside.mean() < 0.94
    happened = np.eye(3)[NOISE.structure[drawn.noise]]
    assert np.abs(excess(got.structure, happened)).max() < 3.5


@pytest.mark.slow
def test_a_cohort_at_the_floor_teaches_its_own_course_shares():
    """Nearly 40% of ratings are zeros; the default starts four points too high."""
    n = 1000
    drawn = draw_ratings(np.random.default_rng(0), TABLE, NOISE, moved(-4.0), n, WEEKLY)
    assert 0.33 < (drawn.ratings.y == 0).mean() < 0.43
    learned = learn_prior(drawn.ratings, TABLE, NOISE, 1.0, DEFAULT, seed=0).prior
    got = judge(drawn, learned, n_draws=100)
    happened = np.bincount(got.true, minlength=len(COURSES)) / n
    np.testing.assert_allclose(got.p.mean(axis=0), happened, atol=0.03)
    assumed = judge(drawn, DEFAULT, n_draws=100).p.mean(axis=0)
    assert np.abs(assumed - happened).max() > 2 * np.abs(got.p.mean(axis=0) - happened).max()


@pytest.fixture(scope="module")
def cohort():
    simulated = simulate_cohort(200, seed=1)
    fit = pt.fit_curves(pt.read_diary(simulated.ratings, scale="nrs"), horizon=84, draws=200)
    return simulated.truth.set_index("patient_id"), pt.classify(fit).table().set_index("patient_id")


@pytest.mark.slow
def test_shares_of_a_simulated_cohort_come_back(cohort):
    """Curves of the simulation are drawn course by course, not from the model's population."""
    truth, table = cohort
    for course in COURSES:
        share = (truth["course"] == course).mean()
        assert table[f"p_{course}"].mean() == pytest.approx(share, abs=0.13), course
    dip = truth["course"].isin(["worse_before_better", "transient_worsening"]).mean()
    worse = truth["course"].isin(["sustained_deterioration", "recent_worsening"]).mean()
    assert table["p_dip"].mean() == pytest.approx(dip, abs=0.06)
    assert table["p_deterioration"].mean() == pytest.approx(worse, abs=0.04)


@pytest.mark.slow
@pytest.mark.parametrize("feature", ["baseline", "rise", "end_change", "burden", "worse_days"])
def test_bands_of_features_hold_the_truth(cohort, feature):
    truth, table = cohort
    value = truth.loc[table.index, feature]
    low, high = table[f"{feature}_low"] - 1e-9, table[f"{feature}_high"] + 1e-9
    assert 0.8 < value.between(low, high).mean() < 0.985


@pytest.mark.slow
def test_named_courses_are_mostly_true(cohort):
    truth, table = cohort
    named = table["course"] != "cannot_tell"
    clear = table["confidence"] == "clear"
    right = table["course"] == truth.loc[table.index, "course"]
    assert right[clear].mean() > 0.8
    assert right[named].mean() > 0.65
    assert named.mean() > 0.5
