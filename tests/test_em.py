"""Learning a population: towards the truth from a wrong start, and not at all from nothing."""

import numpy as np
import pytest

from paintrend.core import em
from paintrend.core.em import Ratings, learn_prior
from paintrend.core.noise import noise_grid
from paintrend.core.prior import Prior
from paintrend.shapes import FAMILIES, WAXING

from . import reference as ref
from .cohorts import draw_ratings

TABLE = ref.small_table()
NOISE = noise_grid(1.0, TABLE.lasting_days)
DAYS = np.array([-14.0, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84])
FAMILY = np.array([s.family for s in TABLE.shapes] + [WAXING] * len(TABLE.waxing))
NAMES = [f.name for f in FAMILIES]
SIZE = np.searchsorted(np.unique(NOISE.sd), NOISE.sd)
TRUE_SHARES = {"flat": 0.25, "better": 0.45, "hump": 0.2, "worse": 0.1}


def spread_over_shapes(shares):
    by_family = np.array([shares.get(name, 0.0) for name in NAMES])
    return by_family[FAMILY] / np.bincount(FAMILY)[FAMILY]


def typical(start=5.5, change=2.5):
    """Equal shares, sizes of a plain prior, noise around one."""
    mean, covariance = np.zeros((len(NAMES), 4)), np.zeros((len(NAMES), 4, 4))
    for f, family in enumerate(FAMILIES):
        size = 0.0 if family.cyclic else change
        mean[f] = [start, 0.0, size * family.slow, size * family.hump]
        dims = ref.amplitudes(f)
        covariance[f][dims, dims] = np.array([2.0, 0.03, 1.3, 1.3])[dims] ** 2
    noise = np.exp(-0.5 * ((np.log(NOISE.sd)) / 0.5) ** 2)
    equal = dict.fromkeys(NAMES, 1 / len(NAMES))
    return Prior(spread_over_shapes(equal), mean, covariance, noise / noise.sum())


DEFAULT = typical()


def truth():
    prior = typical(start=6.5, change=4.0)
    covariance = prior.covariance.copy()
    covariance[:, 0, 0] = 1.2**2
    quiet = np.where((SIZE == 2) & (NOISE.share == 0) & (NOISE.heap == 0), 1.0, 0.0)
    return Prior(spread_over_shapes(TRUE_SHARES), prior.mean, covariance, quiet)


def family_shares(prior):
    return dict(zip(NAMES, np.bincount(FAMILY, prior.shape), strict=True))


@pytest.fixture(scope="module")
def cohort():
    return draw_ratings(np.random.default_rng(8), TABLE, NOISE, truth(), 400, DAYS)


@pytest.fixture(scope="module")
def learned(cohort):
    return learn_prior(cohort.ratings, TABLE, NOISE, 1.0, DEFAULT, seed=0)


def test_shares_and_sizes_move_to_the_truth(cohort, learned):
    settings, start = cohort.setting, cohort.start
    drawn = np.bincount(FAMILY[settings], minlength=len(NAMES)) / settings.size
    n, assumed = settings.size, em.PRIOR_PATIENTS
    got = family_shares(learned.prior)
    for f, name in enumerate(NAMES):
        # the default goes on counting as so many patients, more where families look alike
        target = (n * drawn[f] + assumed / len(NAMES)) / (n + assumed)
        assert got[name] == pytest.approx(target, abs=0.09), name
    for name in ("flat", "better", "hump"):
        f = NAMES.index(name)
        assert learned.prior.mean[f, 0] == pytest.approx(start.mean(), abs=0.35)
        assert 0.9 < np.sqrt(learned.prior.covariance[f, 0, 0]) < 1.7
    assert learned.prior.mean[1, 2] == pytest.approx(-4.0, abs=0.5)
    assert learned.prior.mean[3, 3] == pytest.approx(4.0, abs=0.6)


def test_the_noise_of_the_cohort_is_found(learned):
    shares = np.bincount(SIZE, learned.prior.noise)
    assert shares.argmax() == 2
    assert shares[2] > 2 * np.bincount(SIZE, DEFAULT.noise)[2]
    # nobody heaps here, though two thirds do in this default
    heaped = NOISE.heap > 0
    assert learned.prior.noise[heaped].sum() < 0.2 * DEFAULT.noise[heaped].sum()


def test_evidence_rises_and_levels_off(learned):
    trace = np.array(learned.trace)
    assert trace[-1] > trace[0] + 0.1
    # the last step may fall by what the draws scatter
    assert np.diff(trace).min() > -0.05
    assert np.diff(trace)[0] == np.diff(trace).max()


def test_a_learned_prior_is_a_prior(learned):
    prior = learned.prior
    assert prior.shape.sum() == pytest.approx(1.0)
    assert prior.noise.sum() == pytest.approx(1.0)
    assert (prior.shape > 0).all()
    assert (prior.noise > 0).all()
    for f in range(len(NAMES)):
        dims = ref.amplitudes(f)
        assert np.linalg.eigvalsh(prior.covariance[f][np.ix_(dims, dims)]).min() > 0
        others = [d for d in range(4) if d not in dims]
        assert (prior.mean[f][others] == 0).all()
        assert (prior.covariance[f][others] == 0).all()


def first(ratings, n):
    end = ratings.offset[n]
    return Ratings(
        ratings.day[:end], ratings.y[:end], ratings.offset[: n + 1], ratings.patients[:n]
    )


def test_weight_two_counts_as_the_same_patient_twice(cohort):
    """The same id has the same stream of random numbers, so even the draws agree."""
    few = first(cohort.ratings, 30)
    offset = np.arange(61) * DAYS.size
    doubled = Ratings(np.tile(few.day, 2), np.tile(few.y, 2), offset, [*few.patients] * 2)
    once = learn_prior(few, TABLE, NOISE, 1.0, DEFAULT, seed=0)
    heavy = learn_prior(few, TABLE, NOISE, 1.0, DEFAULT, seed=0, weight=np.full(30, 2.0))
    twice = learn_prior(doubled, TABLE, NOISE, 1.0, DEFAULT, seed=0)
    for name in Prior._fields:
        got, expected = getattr(heavy.prior, name), getattr(twice.prior, name)
        np.testing.assert_allclose(got, expected, atol=1e-9)
    assert np.abs(heavy.prior.shape - once.prior.shape).sum() > 0.02


def test_patients_without_weight_teach_nothing(cohort):
    ratings = first(cohort.ratings, 20)
    got = learn_prior(ratings, TABLE, NOISE, 1.0, DEFAULT, seed=0, weight=np.full(20, 1e-9)).prior
    for name in Prior._fields:
        np.testing.assert_allclose(getattr(got, name), getattr(DEFAULT, name), atol=1e-6)


def test_a_patient_without_weight_changes_nothing_for_the_others(cohort):
    ratings = first(cohort.ratings, 30)
    weight = np.ones(30)
    weight[20:] = 0.0
    with_zeros = learn_prior(ratings, TABLE, NOISE, 1.0, DEFAULT, seed=0, weight=weight)
    without = learn_prior(first(ratings, 20), TABLE, NOISE, 1.0, DEFAULT, seed=0)
    np.testing.assert_allclose(with_zeros.prior.shape, without.prior.shape, atol=1e-9)
    np.testing.assert_allclose(with_zeros.trace, without.trace, atol=1e-9)


def test_one_patient_moves_the_default_by_little():
    y = np.array([6.0, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3])
    one = Ratings(DAYS, y, np.array([0, DAYS.size]), ["a"])
    got = learn_prior(one, TABLE, NOISE, 1.0, DEFAULT, seed=0).prior
    assert np.abs(got.shape - DEFAULT.shape).sum() < 2.5 / em.PRIOR_PATIENTS
    assert family_shares(got)["better"] > family_shares(DEFAULT)["better"]


CLIMB = 0.08


@pytest.fixture(scope="module")
def climbing():
    """All climb before treatment; those who get better all do so late, in a sigmoid."""
    prior = truth()
    mean, covariance = prior.mean.copy(), prior.covariance.copy()
    mean[:, 0], mean[:, 1], covariance[:, 1, 1] = 6.0, CLIMB, 0.02**2
    better = np.flatnonzero(np.equal(FAMILY, NAMES.index("better")))
    shape = prior.shape.copy()
    shape[better] = [0.0, prior.shape[better].sum()]
    prior = Prior(shape, mean, covariance, prior.noise)
    days = np.array([-28.0, -21, -14, -7, 0, 7, 21, 35, 49, 63, 77, 84])
    drawn = draw_ratings(np.random.default_rng(5), TABLE, NOISE, prior, 120, days)
    return drawn, better, learn_prior(drawn.ratings, TABLE, NOISE, 1.0, DEFAULT, seed=0).prior


def test_a_climb_before_treatment_that_all_share_is_learned(climbing):
    drawn, _, prior = climbing
    n = drawn.setting.size
    assert np.ptp(prior.mean[:, 1]) == 0.0
    # shrunk towards none by the weight of the default
    shrunk = CLIMB * n / (n + em.SIZE_PATIENTS)
    assert prior.mean[0, 1] == pytest.approx(shrunk, abs=0.01)
    # and what was mean is not spread: the default's own sd is 0.03
    assert 0.02 < np.sqrt(prior.covariance[0, 1, 1]) < 0.045


def test_within_a_family_the_common_shape_is_found(climbing):
    drawn, better, prior = climbing
    late = prior.shape[better[1]] / prior.shape[better].sum()
    n = np.isin(drawn.setting, better).sum()
    most = (n + em.WITHIN_PATIENTS / 2) / (n + em.WITHIN_PATIENTS)
    assert 0.8 < late < most + 0.01


def test_those_rated_after_day_0_only_teach_nothing_of_the_time_before(climbing):
    drawn, _, _ = climbing
    ratings = first(drawn.ratings, 20)
    after = ratings.day > 0
    offset = np.concatenate([[0], np.cumsum(np.add.reduceat(after, ratings.offset[:-1]))])
    later = Ratings(ratings.day[after], ratings.y[after], offset, ratings.patients)
    prior = learn_prior(later, TABLE, NOISE, 1.0, DEFAULT, seed=0).prior
    assert prior.mean[0, 1] == 0.0
    assert prior.covariance[0, 1, 1] == pytest.approx(DEFAULT.covariance[0, 1, 1])
    assert np.abs(prior.shape - DEFAULT.shape).sum() > 0.05


def test_a_family_that_the_default_has_nothing_of_keeps_shares():
    family = np.array([0, 0, 1, 1])
    shares = em._shape_shares(np.array([1.0, 0, 0, 0]), family, np.array([0.7, 0.3, 0, 0]))
    assert np.isfinite(shares).all()
    assert shares.sum() == pytest.approx(1.0)
    assert shares[2:].tolist() == [0, 0]
