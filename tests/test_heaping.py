"""People who say only 0, 5 and 10: told from others and believed less closely, at no cost."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from paintrend.core.cells import FEWEST, MOST
from paintrend.core.curves import draw_curves
from paintrend.core.default import default_prior
from paintrend.core.design import build_design
from paintrend.core.em import Ratings, learn_prior
from paintrend.core.grid import grid_columns
from paintrend.core.noise import HEAPS, noise_grid
from paintrend.core.posterior import sample_posterior
from paintrend.core.prior import build_model
from paintrend.shapes import shape_table

from . import reference as ref
from .cohorts import draw_ratings

TABLE = shape_table(84.0, 7.0, 7.0)
NOISE = noise_grid(1.0, 7.0)
DEFAULT = default_prior("rehabilitation", TABLE, 1.0, (2.0, 2.0))
WEEKLY = np.arange(-14.0, 85.0, 7.0)
HALF, NEARLY_ALL = HEAPS[1:]
PLAIN, HEAPED = 24, 16
ALL = PLAIN + HEAPED


def with_heaps(prior, heap):
    """The same population in which every person heaps this share of ratings."""
    noise = np.where(NOISE.heap == heap, prior.noise, 0.0)
    return prior._replace(noise=noise / noise.sum())


def bands(prior, ratings, n_draws=150):
    """Share of draws that are heaped, and 90% band of the curve, per patient."""
    model = build_model(prior, TABLE, NOISE, 1.0)
    design = build_design(ratings.day, ratings.y, ratings.offset, TABLE, prior, 1.0)
    post = sample_posterior(model, design, ratings.patients, seed=0, n_draws=n_draws)
    n, grid = len(ratings.patients), grid_columns(TABLE)
    curves = np.empty((n * n_draws, grid.day.size))
    draw_curves(
        post.setting.ravel(), post.amplitude.reshape(n * n_draws, -1), post.wave,
        post.wave_row.ravel(), model, grid.common, grid.slow, grid.hump, grid.wax, 1.0, 0.0, curves,
    )  # fmt: skip
    low, high = np.quantile(curves.reshape(n, n_draws, -1), [0.05, 0.95], axis=1)
    return (NOISE.heap[post.noise] > 0.0).mean(axis=1), low, high


@pytest.fixture(scope="module")
def mixed():
    """Some who use all numbers, then some who heap nearly always; and what is learned of them."""
    rng = np.random.default_rng(11)
    plain = draw_ratings(rng, TABLE, NOISE, with_heaps(DEFAULT, 0.0), PLAIN, WEEKLY)
    heaped = draw_ratings(rng, TABLE, NOISE, with_heaps(DEFAULT, NEARLY_ALL), HEAPED, WEEKLY)
    y = np.concatenate([plain.ratings.y, heaped.ratings.y])
    ids = [f"p{i:02d}" for i in range(ALL)]
    ratings = Ratings(np.tile(WEEKLY, ALL), y, np.arange(ALL + 1) * WEEKLY.size, ids)
    learned = learn_prior(ratings, TABLE, NOISE, 1.0, DEFAULT, seed=0).prior
    return ratings, learned


@pytest.fixture(scope="module")
def found(mixed):
    return bands(mixed[1], mixed[0])


def test_those_who_say_0_5_and_10_only_are_told_from_the_others(mixed, found):
    y, share = mixed[0].y.reshape(ALL, -1), found[0]
    only = np.isin(y, [0.0, 5.0, 10.0]).all(axis=1)
    # who stays at an end of the scale says 0 or 10 whether heaped or not
    inside = (y == 5.0).any(axis=1)
    assert (only & inside)[PLAIN:].sum() >= 5
    assert share[only & inside].min() > 0.9
    assert np.quantile(share[:PLAIN], 0.9) < 0.1
    assert share[:PLAIN].mean() < 0.05


def test_the_share_of_heapers_in_the_cohort_is_learned(mixed):
    prior = mixed[1]
    heaped = prior.noise[NOISE.heap > 0.0].sum()
    assumed = DEFAULT.noise[NOISE.heap > 0.0].sum()
    assert heaped > assumed + 0.3 * (HEAPED / ALL - assumed)
    assert heaped < HEAPED / ALL + 0.05


def test_heaped_ratings_are_believed_less_closely(mixed, found):
    """A person who says 5 throughout may be anywhere from 3 to 7; others lose nothing."""
    ratings, learned = mixed
    n = WEEKLY.size
    y = np.concatenate([np.full(n, 5.0), np.tile([4.0, 6.0], n)[:n], np.full(n, 4.0)])
    made = Ratings(np.tile(WEEKLY, 3), y, np.arange(4) * n, ["fives", "about", "fours"])
    without = with_heaps(learned, 0.0)
    ratio = {}
    for name, cohort in (("made", made), ("all", ratings)):
        _, low, high = found if name == "all" else bands(learned, cohort)
        _, low0, high0 = bands(without, cohort)
        ratio[name] = (high - low).mean(axis=1) / (high0 - low0).mean(axis=1)
    assert ratio["made"][0] > 1.5
    np.testing.assert_allclose(ratio["made"][1:], 1.0, atol=0.1)
    assert np.median(ratio["all"][:PLAIN]) == pytest.approx(1.0, abs=0.05)


def test_bands_of_those_who_heap_hold_their_curves():
    drawn = draw_ratings(
        np.random.default_rng(1), TABLE, NOISE, with_heaps(DEFAULT, NEARLY_ALL), 40, WEEKLY
    )
    inside = []
    for prior in (DEFAULT, with_heaps(DEFAULT, 0.0)):
        _, low, high = bands(prior, drawn.ratings)
        inside.append(((drawn.curves >= low - 1e-9) & (drawn.curves <= high + 1e-9)).mean())
    assert 0.82 < inside[0] < 0.95
    assert inside[1] < inside[0] - 0.1


def exact_shares(y, prior, small, shape):
    """Posterior share of each share of heaped ratings, by integration over start and change."""
    family = small.shapes[shape].family
    mean, covariance = prior.mean[family][[0, 2]], prior.covariance[family][np.ix_([0, 2], [0, 2])]
    spread = 5 * np.sqrt(np.diag(covariance))
    grids = [np.linspace(m - s, m + s, 41) for m, s in zip(mean, spread, strict=True)]
    points = np.stack(np.meshgrid(*grids, indexing="ij"), axis=-1)
    slow = ref.columns(small, shape, DAYS)[:, 2]
    level = np.clip(points[..., 0, None] + points[..., 1, None] * slow, 0.0, 10.0)
    weight = multivariate_normal(mean, covariance).pdf(points)
    out = np.zeros(len(HEAPS))
    for j in np.flatnonzero(NOISE.share == 0.0):
        chance = ref.rating_probability(y, level, NOISE.sd[j], 1.0, heap=NOISE.heap[j])
        evidence = (chance.prod(axis=-1) * weight).sum()
        out[HEAPS.index(NOISE.heap[j])] += evidence * DEFAULT.noise[j]
    return out / out.sum()


DAYS = np.arange(0.0, 85.0, 7.0)


@pytest.mark.parametrize(("heap", "fewest"), [(HALF, FEWEST), (NEARLY_ALL, MOST)])
def test_where_heaping_is_not_looked_at_it_would_have_explained_little(heap, fewest):
    """People with just too few multiples of 5: the exact posterior share of what is left out."""
    small = ref.small_table()
    prior = ref.random_prior(np.random.default_rng(0), small, NOISE.sd.size)
    shape = next(k for k, s in enumerate(small.shapes) if s.family == 1)
    alone = with_heaps(DEFAULT, 0.0)._replace(
        shape=np.eye(prior.shape.size)[shape], mean=prior.mean, covariance=prior.covariance
    )
    drawn = draw_ratings(np.random.default_rng(2), small, NOISE, alone, 600, DAYS)
    y = drawn.ratings.y.reshape(600, -1)
    share = np.isin(y, [0.0, 5.0, 10.0]).mean(axis=1)
    below = y[(share < fewest) & (share >= fewest - 0.16)][:6]
    assert len(below) == 6
    left_out = [exact_shares(rating, prior, small, shape)[HEAPS.index(heap)] for rating in below]
    assert np.mean(left_out) < 0.06
    assert max(left_out) < 0.15


def test_where_heaping_is_looked_at_it_explains_much():
    small = ref.small_table()
    prior = ref.random_prior(np.random.default_rng(0), small, NOISE.sd.size)
    shape = next(k for k, s in enumerate(small.shapes) if s.family == 1)
    y = np.array([5.0, 5, 10, 5, 5, 5, 0, 5, 5, 0, 5, 0, 0])
    found = exact_shares(y, prior, small, shape)
    assert found[HEAPS.index(NEARLY_ALL)] > 0.9
