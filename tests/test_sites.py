"""Gaussian stand-ins for ratings: exact where they can be, matched to exact moments where not."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from paintrend.core.likelihood import log_likelihood_table, rating_kind
from paintrend.core.sites import expectation_sites, new_site_work, tilted_moments

from .reference import rating_probability

CASES = [
    # y, mean, sd of the cavity; sd of the noise, step
    (5.0, 5.5, 1.5, 1.0, 1.0),
    (0.0, 3.0, 2.0, 1.0, 1.0),
    (0.0, -4.0, 2.0, 0.5, 1.0),
    (10.0, 6.0, 3.0, 1.4, 1.0),
    (1.0, 1.0, 3.5, 0.5, 1.0),
    (9.7, 8.0, 2.5, 0.8, 0.1),
    (0.0, 1.0, 0.3, 2.8, 1.0),
    (2.5, 4.0, 1.0, 1.2, 2.5),
    (6.0, 2.0, 4.0, 0.4, 1.0),
    # and a share of heaped ratings
    (5.0, 3.0, 2.0, 0.4, 1.0, 0.95),
    (5.0, 6.0, 1.0, 0.9, 0.1, 0.5),
    (0.0, 3.0, 2.0, 0.5, 1.0, 0.95),
    (10.0, 7.0, 1.5, 1.4, 1.0, 0.5),
    (7.0, 6.0, 2.0, 0.6, 1.0, 0.5),
]


def exact_tilt(y, mean, spread, sd, step, heap=0.0):
    """Log normaliser, mean and sd of N(u; mean, spread**2) P(y | clip(u)), by quadrature."""

    def density(u):
        level = np.clip(u, 0.0, 10.0)
        chance = rating_probability(y, level, sd, step, outlier=0.0, heap=heap)
        return norm.pdf(u, mean, spread) * chance

    low, high = mean - 9 * spread, mean + 9 * spread
    points = {0.0, 2.5, y - sd, y, y + sd, 7.5, 10.0, mean}
    points = sorted(x for x in points if low < x < high)
    kwargs = {"points": points, "epsabs": 0, "epsrel": 1e-9, "limit": 400}
    z = quad(density, low, high, **kwargs)[0]
    centre = quad(lambda u: density(u) * (u - mean), low, high, **kwargs)[0] / z + mean
    second = quad(lambda u: density(u) * (u - centre) ** 2, low, high, **kwargs)[0] / z
    return np.log(z), centre, np.sqrt(second)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_moments_agree_with_adaptive_quadrature(case):
    y, mean, spread, sd, step, heap = (*case, 0.0)[:6]
    table = np.exp(log_likelihood_table(np.array([sd]), step, heap, outlier=0.0)[0])
    kind = rating_kind(np.array([y]), step)[0]
    normaliser, centre, variance = tilted_moments(y, kind, mean, spread**2, sd, step, table)
    exact = exact_tilt(*case)
    # only proposals rest on these; the weights of the draws are exact
    assert np.log(normaliser) == pytest.approx(exact[0], abs=0.02)
    assert centre == pytest.approx(exact[1], abs=0.1 * exact[2])
    assert np.sqrt(variance) == pytest.approx(exact[2], rel=0.15)


def sites(y, sd, *, step=1.0, mean=5.0, spread=3.0, wander=0.0, heap=0.0, guess=None):
    """Sites of one patient whose level is constant, or wanders with a standard deviation."""
    y = np.asarray(y, dtype=float)
    basis = np.column_stack([np.full(y.size, spread), wander * np.eye(y.size)])
    value, variance, log_scale = np.empty((y.size, 1)), np.empty(y.size), np.empty(y.size)
    if guess is not None:
        value[:, 0], variance[:] = guess
    table = np.exp(log_likelihood_table(np.array([sd]), step, heap, outlier=0.0)[0])
    work = new_site_work(*basis.shape)
    expectation_sites(
        y, rating_kind(y, step), basis, np.full(y.size, mean), sd, step, heap, table,
        value, variance, log_scale, guess is not None, work,
    )  # fmt: skip
    return value[:, 0], variance, log_scale


def site_log_density(site, i, u):
    value, variance, log_scale = site
    return log_scale[i] + norm.logpdf(u, value[i], np.sqrt(variance[i]))


@pytest.mark.parametrize("step", [0.1, 1.0])
def test_sites_well_inside_the_scale_are_the_likelihood(step):
    y, sd = np.array([4.0, 5.0, 5.0, 6.0]), 0.8
    site = sites(y, sd, step=step)
    np.testing.assert_allclose(site[0], y, atol=1e-9)
    for u in (4.2, 5.0, 5.7):
        exact = np.log(rating_probability(5.0, u, sd, step))
        assert site_log_density(site, 1, u) == pytest.approx(exact, abs=0.03 * step + 0.008)


PLACED = [
    ([0, 0, 0, 0], 0.0),
    ([0, 1, 0, 2, 0], 0.0),
    ([10, 9, 10, 10], 0.0),
    ([1, 0, 3, 2], 0.0),
    ([5, 5, 0, 5, 5], 0.5),
    ([5, 5, 0, 5, 5], 0.95),
    ([5, 5, 5, 5], 0.95),
    ([10, 10, 5, 10, 8], 0.5),
    ([0, 0, 0, 0], 0.95),
]


@pytest.mark.parametrize(("y", "heap"), PLACED)
@pytest.mark.parametrize("sd", [0.6, 1.5])
def test_sites_place_the_exact_posterior_of_a_constant_level(y, heap, sd):
    """With a level that is one number the exact answer is one integral.

    At an end the exact posterior is skewed, its tail as wide as the prior: stand-ins are narrower.
    Heaped ratings say "within these 5 points" and no more: stand-ins, which slope, are wider.
    """
    y = np.array(y, dtype=float)
    mean, spread = 5.0, 3.0
    u = np.linspace(mean - 8 * spread, mean + 8 * spread, 20_001)
    exact = norm.pdf(u, mean, spread)
    stand_in = norm.pdf(u, mean, spread)
    site = sites(y, sd, mean=mean, spread=spread, heap=heap)
    level = np.clip(u, 0.0, 10.0)
    for i, rating in enumerate(y):
        exact = exact * rating_probability(rating, level, sd, 1.0, outlier=0.0, heap=heap)
        stand_in = stand_in * np.exp(site_log_density(site, i, u))
    assert np.log(stand_in.sum()) == pytest.approx(np.log(exact.sum()), abs=0.35)
    moments = [(w @ u / w.sum(), w) for w in (exact, stand_in)]
    sds = [np.sqrt(w @ (u - m) ** 2 / w.sum()) for m, w in moments]
    assert moments[1][0] == pytest.approx(moments[0][0], abs=0.5 * sds[0])
    assert 0.3 < sds[1] / sds[0] < (1.5 if heap else 1.15)


def test_ratings_at_the_floor_say_below_and_not_at():
    value, variance, _ = sites([0, 0, 0, 0, 0], 1.0, mean=5.0)
    inside = sites([5, 5, 5, 5, 5], 1.0)
    assert (value < 0.3).all()
    assert (variance > inside[1]).all()


def test_one_wild_rating_is_left_out_and_costs_a_constant():
    y = np.array([5.0, 5, 5, 5, 10, 5, 5, 5])
    others = np.delete(np.arange(8), 4)
    value, variance, log_scale = sites(y, 0.5)
    assert variance[4] > 1e4 * variance[others].max()
    near = [site_log_density((value, variance, log_scale), 4, u) for u in (1.0, 5.0, 10.0)]
    assert np.ptp(near) < 1e-3
    assert near[0] == pytest.approx(np.log(rating_probability(10.0, 2.0, 0.5, 1.0)), abs=0.01)


def test_many_far_ratings_are_a_wrong_sd_and_stay_in():
    _, variance, _ = sites([0.0, 10, 0, 10, 5, 0, 10, 5, 0, 10], 0.5)
    assert (variance < 1e3).all()


@pytest.mark.parametrize("y", [[0.0] * 30, [10.0] * 30, [0, 10] * 15, [5.0], [0.0], [3.0] * 400])
@pytest.mark.parametrize("sd", [0.35, 2.8])
@pytest.mark.parametrize("heap", [0.0, 0.5, 0.95])
def test_sites_are_finite_whatever_the_ratings(y, sd, heap):
    value, variance, log_scale = sites(y, sd, wander=0.2, heap=heap)
    assert np.isfinite(value).all()
    assert np.isfinite(log_scale).all()
    assert (variance > 0).all()


@pytest.mark.parametrize("y", [[0, 0, 1, 0, 2, 0], [1, 3, 4, 2, 6, 5], [10, 9, 10, 10, 8, 10]])
@pytest.mark.parametrize("sd", [0.6, 1.5])
def test_a_guess_from_another_noise_leads_to_the_same_sites(y, sd):
    plain = sites(y, sd)
    value, variance, _ = sites(y, 1.35 * sd)
    guessed = sites(y, sd, guess=(value, variance / 1.35**2))
    far = sites(y, sd, guess=(np.full(len(y), 5.0), np.full(len(y), 1e7)))
    u = np.linspace(-15.0, 25.0, 4001)
    said = []
    for site in (plain, guessed, far):
        log_density = norm.logpdf(u, 5.0, 3.0)
        log_density += sum(site_log_density(site, i, u) for i in range(len(y)))
        weight = np.exp(log_density)
        mean = weight @ u / weight.sum()
        said.append((np.log(weight.sum()), mean, np.sqrt(weight @ (u - mean) ** 2 / weight.sum())))
    for got in said[1:]:
        # sweeps end when sites hardly move
        assert got[0] == pytest.approx(said[0][0], abs=0.03)
        assert got[1] == pytest.approx(said[0][1], abs=0.1 * said[0][2])
        assert got[2] == pytest.approx(said[0][2], rel=0.1)


def sites_of(y, sd=0.4):
    """Variances of the sites of daily ratings, placed by a population that is smooth."""
    day = np.arange(y.size) / y.size
    basis = 2.5 * np.stack([np.cos(np.pi * k * day) / (1.0 + k) for k in range(7)], axis=1)
    kind = rating_kind(y, 0.1)
    table = np.exp(log_likelihood_table(np.array([sd]), 0.1, 0.0, outlier=0.0)[0])
    value, spread, scale = np.empty((y.size, 1)), np.empty(y.size), np.empty(y.size)
    expectation_sites(
        y, kind, basis, np.full(y.size, 5.0), sd, 0.1, 0.0, table, value, spread, scale, False,
        new_site_work(y.size, 7),
    )  # fmt: skip
    return spread


@pytest.mark.parametrize("at", [22, 40])
@pytest.mark.parametrize("size", [4.0, -4.0])
def test_ratings_beside_a_jump_are_no_outliers(at, size):
    rng = np.random.default_rng(at)
    y = np.round(5.0 - size / 2 + size * (np.arange(62) >= at) + 0.4 * rng.standard_normal(62), 1)
    assert sites_of(y).max() < 1.0
    # but one that lies alone is, and so are two that lie together
    for n in (1, 2):
        flat = np.round(4.0 + 0.4 * rng.standard_normal(62), 1)
        flat[at : at + n] += size
        far = sites_of(flat) > 1e3
        np.testing.assert_array_equal(np.flatnonzero(far), np.arange(at, at + n))
