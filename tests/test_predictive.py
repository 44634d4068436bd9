"""The check of fit: calm on ratings the model could have made, alarmed by those it could not."""

import numba
import numpy as np
import pytest

from paintrend.core.default import default_prior
from paintrend.core.design import build_design
from paintrend.core.noise import HEAPS, noise_grid
from paintrend.core.posterior import sample_posterior
from paintrend.core.predictive import predictive_p, spread_places
from paintrend.core.prior import build_model
from paintrend.shapes import shape_table

from .cohorts import draw_ratings

TABLE = shape_table(84.0, 7.0, 7.0)
NOISE = noise_grid(1.0, 7.0)
PRIOR = default_prior("rehabilitation", TABLE, 1.0, (2.0, 2.0))
MODEL = build_model(PRIOR, TABLE, NOISE, 1.0)
DAYS = np.arange(-14.0, 85.0, 7.0)


@numba.njit
def _p_of(model, noise, levels, day, y, normals):
    place, made = spread_places(levels.shape[0]), np.empty(levels.shape)
    return predictive_p(model, noise, levels, day, y.reshape((1, -1)), normals, place, made)


def p_of(noise, levels, day, y, normals):
    """`predictive_p`, which kernels call with work space of theirs."""
    return _p_of(MODEL, noise, levels, day, y, normals)


def fit_p(day, y, offset, ids):
    design = build_design(day, y, offset, TABLE, PRIOR, 1.0)
    return sample_posterior(MODEL, design, ids, seed=0, n_draws=200).fit_p


def one(day, y):
    y = np.asarray(y, dtype=float)
    return fit_p(np.asarray(day, dtype=float), y, np.array([0, y.size]), ["a"])[0]


@pytest.fixture(scope="module")
def own():
    """Check of patients whom the model itself made."""
    rng = np.random.default_rng(4)
    ratings = draw_ratings(rng, TABLE, NOISE, PRIOR, 150, DAYS).ratings
    return fit_p(*ratings)


def test_ratings_from_the_model_pass(own):
    # replicates come from the posterior of the same ratings, so p is uniform or larger
    for level in (0.02, 0.05, 0.1, 0.25, 0.5):
        assert np.mean(own <= level) <= level + 2.5 * np.sqrt(level * (1 - level) / own.size)
    assert own.max() <= 1.0
    assert own.min() > 0.0


def test_an_alternation_that_no_noise_makes_is_seen():
    """Three ratings up, three down: too rapid for a curve, too regular for noise."""
    day = np.arange(0.0, 84.0, 1.0)
    square = np.where((np.arange(84) // 3) % 2 == 0, 9.0, 1.0)
    assert one(day, square) < 0.03


@pytest.mark.parametrize("gap", [0.5, 1.0, 7.0])
@pytest.mark.parametrize("level", range(1, 10))
def test_who_gives_the_same_rating_every_day_is_no_misfit(level, gap):
    day = np.arange(0.0, 84.0, gap)
    assert one(day, np.full(day.size, float(level))) > 0.1


@pytest.mark.parametrize("gap", [0.5, 1.0, 7.0])
def test_a_smooth_course_rated_without_noise_is_no_misfit(gap):
    day = np.arange(0.0, 84.0, gap)
    for level in (8.0 - 5.0 * day / 84.0, 2.0 + 6.0 * np.exp(-day / 20.0)):
        assert one(day, np.round(level)) > 0.1


@pytest.mark.parametrize("y", [[5.0], [0.0, 0, 0, 0], [10.0, 10, 10, 10], [0.0, 10.0]])
def test_few_ratings_cannot_fail_badly(y):
    assert 0.02 < one(np.arange(len(y)) * 7.0, y) <= 1.0


def test_p_is_the_share_of_replicates_that_are_worse():
    """With replicates at the curve itself, any scatter of the ratings is worse than all of them."""
    n, n_draws = 12, 199
    levels = np.full((n_draws, n), 5.0)
    calm = int(np.flatnonzero((NOISE.level == 0) & (NOISE.share == 0))[0])
    assert NOISE.heap[calm] == 0.0
    noise, silent = np.full(n_draws, calm), np.zeros((n_draws, 3 * n))
    day = np.arange(n) * 7.0
    scattered = p_of(noise, levels, day, np.tile([3.0, 7.0], 6), silent)
    level = p_of(noise, levels, day, np.full(n, 5.0), silent)
    assert scattered == pytest.approx(2 * 0.5 / (n_draws + 1))
    assert level == 1.0


def test_replicates_of_a_person_who_heaps_are_heaped():
    """At a level of 3.6 with hardly any noise, heaped ratings are 5 and all others 4."""
    n, n_draws = 12, 199
    quiet = (NOISE.sd == NOISE.sd.min()) & (NOISE.share == 0)
    levels, day = np.full((n_draws, n), 3.6), np.arange(n) * 7.0
    normals = np.random.default_rng(0).standard_normal((n_draws, 3 * n))
    normals[:, : 2 * n] *= 0.1
    found = {}
    for heap in HEAPS:
        noise = np.full(n_draws, int(np.flatnonzero(quiet & (NOISE.heap == heap))[0]))
        for y in (4.0, 5.0):
            found[heap, y] = p_of(noise, levels, day, np.full(n, y), normals)
    # without heaping fives are far off, with nearly all heaped they are what replicates say
    assert found[0.0, 5.0] == pytest.approx(2 * 0.5 / (n_draws + 1))
    assert found[0.0, 4.0] == 1.0
    assert found[HEAPS[-1], 5.0] > 0.5
    assert found[HEAPS[-1], 4.0] < 0.05
    assert found[HEAPS[1], 5.0] < 0.1
