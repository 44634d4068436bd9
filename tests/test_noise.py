"""Noise: whitening whitens, and summing out the autocorrelated part gives exact likelihoods."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from paintrend.core.likelihood import log_likelihood_table, rating_kind
from paintrend.core.noise import HEAPS, filter_gains, noise_grid, smoother_gains, whiten
from paintrend.core.process import NODES, process_log_likelihood, process_steps
from paintrend.core.weights import CHUNK, log_weights, new_chunk

from .reference import noise_correlation

CASES = [(1, 0.6, 3.5), (2, 0.75, 10.0), (9, 0.6, 3.5), (30, 0.75, 0.5), (30, 0.0, 1.0)]


def likelihood_table(*arguments, **options):
    return np.exp(log_likelihood_table(*arguments, **options))


def ratings(n, share, tau, every=True):
    """Days (two the same) and gains; unless ``every``, a third of the ratings stand alone."""
    rng = np.random.default_rng(n)
    day = np.sort(rng.uniform(-14.0, 84.0, n))
    if n > 4:
        day[3] = day[2]
    shares = share * ((np.arange(n) % 3 != 1) | every)
    gains = np.empty((n, 6))
    filter_gains(day, np.sqrt(shares), tau, gains)
    return rng, day, gains, shares


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize(("n", "share", "tau"), CASES)
def test_whitening_gives_dense_quadratic_forms_and_determinant(n, share, tau, every):
    rng, day, gains, shares = ratings(n, share, tau, every)
    x, scale, out = rng.standard_normal((n, 3)), rng.uniform(0.3, 3.0, n), np.empty((n, 3))
    whiten(x, scale, gains, share, np.empty(3), out)
    correlation = noise_correlation(day, shares, tau)
    scaled = x * scale[:, None]
    expected = scaled.T @ np.linalg.solve(correlation, scaled)
    np.testing.assert_allclose(out.T @ out, expected, rtol=1e-9, atol=1e-9)
    log_det = np.linalg.slogdet(correlation)[1]
    assert np.log(gains[:, 2]).sum() == pytest.approx(log_det, abs=1e-9)


def test_whitened_noise_is_white():
    n, share, tau = 6, 0.75, 10.0
    rng, day, gains, _ = ratings(n, share, tau)
    root = np.linalg.cholesky(noise_correlation(day, share, tau))
    noise = np.ascontiguousarray(root @ rng.standard_normal((n, 40_000)))
    out = np.empty_like(noise)
    whiten(noise, np.ones(n), gains, share, np.empty(noise.shape[1]), out)
    np.testing.assert_allclose(np.cov(out), np.eye(n), atol=0.03)


@pytest.mark.parametrize(("share", "tau"), [(0.6, 3.5), (0.75, 10.5)])
@pytest.mark.parametrize("gap", [1.0, 7.0])
def test_likelihood_of_fine_ratings_is_the_gaussian_density(share, tau, gap):
    # far from the ends and with a fine step, P(y | curve) is the density times the step
    rng = np.random.default_rng(4)
    n, sd, step = 12, 0.8, 0.01
    day = np.cumsum(np.full(n, gap)) + np.where(np.arange(n) > 7, 3.0, 0.0)
    level = 5.0 + np.sin(day / 9.0)
    covariance = sd**2 * noise_correlation(day, share, tau)
    steps = np.empty((n, NODES, NODES))
    process_steps(day, tau, steps)
    table = likelihood_table(np.array([sd * np.sqrt(1.0 - share)]), step, outlier=0.0)[0]
    for _ in range(20):
        y = np.round((level + rng.multivariate_normal(np.zeros(n), covariance)) / step) * step
        found = process_log_likelihood(
            level, y, rating_kind(y, step), steps, sd * np.sqrt(share), table
        )
        expected = multivariate_normal(level, covariance).logpdf(y) + n * np.log(step)
        assert found == pytest.approx(expected, abs=0.03)


def test_probabilities_of_all_ratings_sum_to_one():
    n, step, share = 3, 2.5, 0.7
    day = np.array([0.0, 2.0, 9.0])
    steps = np.empty((n, NODES, NODES))
    process_steps(day, 6.0, steps)
    table = likelihood_table(np.array([1.2 * np.sqrt(1.0 - share)]), step, outlier=0.0)[0]
    level = np.array([1.0, 4.0, 9.5])
    values = np.arange(0.0, 10.1, step)
    total = 0.0
    for y in np.stack(np.meshgrid(values, values, values), axis=-1).reshape(-1, 3):
        kind = rating_kind(y, step)
        total += np.exp(process_log_likelihood(level, y, kind, steps, 1.2 * np.sqrt(share), table))
    assert total == pytest.approx(1.0, abs=1e-4)


def test_a_person_who_heaps_all_is_seen_at_the_ends_and_the_middle_only():
    """Autocorrelated noise with heaping: what cannot be said costs the share not heaped."""
    n, day = 4, np.array([0.0, 2.0, 9.0, 10.0])
    steps = np.empty((n, NODES, NODES))
    process_steps(day, 6.0, steps)
    level = np.array([4.0, 6.0, 5.5, 4.5])
    sd, share = 0.7, 0.6
    found = {}
    for heap in (0.0, 0.5, 0.95):
        table = likelihood_table(np.array([sd * np.sqrt(1.0 - share)]), 1.0, heap)[0]
        for y in ((5.0, 5.0, 5.0, 5.0), (4.0, 6.0, 6.0, 4.0)):
            rating = np.array(y)
            found[heap, y[0]] = process_log_likelihood(
                level, rating, rating_kind(rating, 1.0), steps, sd * np.sqrt(share), table
            )
    # 2.5 noise sd around the level nothing but 5 can be said when heaped
    assert found[0.95, 5.0] == pytest.approx(0.0, abs=0.25)
    for heap in (0.5, 0.95):
        expected = found[0.0, 4.0] + n * np.log(1.0 - heap)
        # the uniform share of wild ratings is not heaped
        assert found[heap, 4.0] == pytest.approx(expected, abs=0.12)


@pytest.mark.parametrize(
    ("step", "heaps"),
    [(0.01, [0.0]), (0.1, HEAPS), (1.0, HEAPS), (2.5, [0.0]), (10 / 3, [0.0])],
)
def test_the_grid_crosses_every_sd_heap_and_structure(step, heaps):
    """Continuous scales and those of few categories have one share of heaped ratings: none."""
    grid = noise_grid(step, 7.0)
    pairs = set(zip(grid.level.tolist(), grid.structure.tolist(), strict=True))
    n_levels, n_structures = grid.level.max() + 1, grid.structure.max() + 1
    assert len(pairs) == grid.sd.size == n_levels * n_structures
    rows = [grid.level == level for level in range(n_levels)]
    of_level = [set(zip(grid.sd[r], grid.heap[r], strict=True)) for r in rows]
    assert all(len(s) == 1 for s in of_level)
    assert len(set.union(*of_level)) == n_levels
    assert sorted(set(grid.heap)) == sorted(heaps)
    sds = [np.unique(grid.sd[grid.heap == heap]) for heap in heaps]
    assert all(np.array_equal(s, sds[0]) for s in sds)
    assert n_levels == len(heaps) * sds[0].size
    assert sds[0][0] >= 0.4 * step
    # structure 0 is noise that forgets at once, and what lasts longer than lasting_days is curve
    assert (grid.share[grid.structure == 0] == 0).all()
    assert (grid.share < 1).all()
    assert (grid.tau <= 2 * 7.0).all()


@pytest.mark.parametrize(("share", "tau"), [(0.6, 3.5), (0.75, 10.5)])
@pytest.mark.parametrize("y", [[5, 6, 5, 3, 4, 5], [2, 1, 0, 0, 0, 1], [10, 10, 10, 9, 10, 10]])
def test_weights_with_a_drawn_path_average_to_the_likelihood_with_it_summed_out(share, tau, y):
    """Importance sampling over the path, from sites that are only roughly right."""
    y, sd, step = np.array(y, dtype=float), 0.9, 1.0
    n = y.size
    day = np.cumsum([0.0, 2, 2, 5, 1, 3])
    judged = np.clip(y, 1.0, 9.0) + np.array([0.4, -0.6, 0.3, 0.5, -0.3, 0.2])
    exact = np.clip(judged, 0.0, 10.0)
    variance = np.where((y > 0) & (y < 10), 1.1, 3.0) * (sd**2 + 1 / 12)
    site, gains, back = np.empty((n, 3)), np.empty((n, 6)), np.empty((n, 2))
    filter_gains(day, np.sqrt(share * sd**2 / variance), tau, gains)
    smoother_gains(gains, back)
    rest = 1.0 - gains[:, 5] ** 2
    site[:, 0], site[:, 1] = y + np.where(y == 0, -0.4, np.where(y == 10, 0.4, 0.0)), variance**-0.5
    height = -0.5 * np.log(2 * np.pi * variance * rest).sum()
    tables = log_likelihood_table(np.array([sd * np.sqrt(1.0 - share)]), step)
    normal = np.random.default_rng(3).standard_normal(2**20)
    size, kind = sd * np.sqrt(share), rating_kind(y, step)
    table, chance = tables[0].astype(np.float32), np.exp(tables[0]).astype(np.float32)

    def weigh(begin, steps):
        """Log weights of this curve, its path drawn from each of these places on."""
        chunk, count = new_chunk(n), len(begin)
        chunk.judged[:, :count], chunk.exact[:, :count] = judged[:, None], exact[:, None]
        chunk.begin[:count] = begin
        log_weights(
            chunk, count, y, kind, site, height, gains, back, share, size, table, steps, chance,
            normal,
        )  # fmt: skip
        return chunk.total[:count].copy()

    none = np.empty((0, NODES, NODES))
    places = np.arange(20_000) * n
    found = np.concatenate([weigh(places[i : i + CHUNK], none) for i in range(0, 20_000, CHUNK)])
    # a curve's weight does not depend on those beside it
    np.testing.assert_array_equal(weigh(places[7:8], none), found[7:8])
    correlation = noise_correlation(day, gains[:, 5] ** 2, tau)
    covariance = correlation * np.sqrt(np.outer(variance, variance))
    stand_in = multivariate_normal(judged, covariance).logpdf(site[:, 0])
    steps = np.empty((n, NODES, NODES))
    process_steps(day, tau, steps)
    expected = process_log_likelihood(exact, y, kind, steps, size, np.exp(tables[0])) - stand_in
    weight = np.exp(found - expected)
    assert weight.mean() == pytest.approx(1.0, abs=4 * weight.std() / np.sqrt(weight.size) + 0.01)
    np.testing.assert_allclose(weigh(places[:3], steps), expected, atol=1e-4)
