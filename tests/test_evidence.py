"""Evidence in closed form equals dense normal densities, and numerical integration."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import multivariate_normal, norm

from paintrend.core.cells import FEWEST, MOST, NEVER, UNUSUAL, cell_evidence
from paintrend.core.design import build_design
from paintrend.core.evidence import shape_evidence
from paintrend.core.noise import noise_grid
from paintrend.core.prior import WIDE_SD, WIDE_SHARE, build_model
from paintrend.core.waxing import waxing_evidence

from . import reference as ref

TABLE = ref.small_table()
NOISE = noise_grid(1.0, TABLE.lasting_days)
N_SHAPES = len(TABLE.shapes)
LOG_2PI = np.log(2 * np.pi)


def patient(n, seed=0, unit=1.0, first=None):
    """Ratings of one patient on days of the grid, where waxing needs no interpolation; with
    ``first`` those up to day 0, one at least, are this."""
    rng = np.random.default_rng(100 * n + seed)
    prior = ref.random_prior(rng, TABLE, NOISE.sd.size)
    day = np.sort(rng.integers(-20, 169, n)) * 0.5
    y = np.clip(np.round(rng.normal(5.0, 2.5, n) / unit) * unit, 0.0, 10.0)
    if first is not None:
        y[: max(1, int((day <= 0.0).sum()))] = first
    design = build_design(day, y, np.array([0, n]), TABLE, prior, 1.0)
    return prior, build_model(prior, TABLE, NOISE, 1.0), design


def as_independent_values(model, design, sd, wide=0):
    """Evidence of all settings for values with independent noise of one sd, without rounding."""
    out = np.empty(N_SHAPES + len(TABLE.waxing))
    y = design.y[:, None] / sd
    common, wax = design.common / sd, design.wax / sd
    m = (wax.shape[1] - 1) // (model.wax_basis.max() + 1)
    base = -design.y.size * (0.5 * LOG_2PI + np.log(sd))
    slow, hump, shares = design.slow / sd, design.hump / sd, model.log_shape[0]
    shape_evidence(common, slow, hump, y, model, wide, shares, base, out)
    waxing_evidence(common, wax, m, y, model, wide, shares, base, out)
    return out - model.log_shape[0]


@pytest.mark.parametrize("n", [1, 2, 5, 12, 22, 23, 24, 25, 40])
@pytest.mark.parametrize("sd", [0.35, 2.0])
@pytest.mark.parametrize("wide", [0, 1])
def test_evidence_of_every_setting_equals_the_dense_density(n, sd, wide):
    prior, model, design = patient(n)
    got = as_independent_values(model, design, sd, wide)
    for k in range(got.size):
        if k >= N_SHAPES and sd < 1.0:
            # the basis leaves out a sliver of the process, which shows under ratings that scatter
            # seven times as much as the noise allows
            continue
        mean, covariance = ref.level_moments(TABLE, prior, k, design.day, bool(wide))
        expected = ref.log_evidence(mean, covariance, design.y, np.full(n, sd**2), np.eye(n))
        tolerance = 1e-8 if k < N_SHAPES else 0.02 * n**0.5
        assert got[k] == pytest.approx(expected, abs=tolerance), TABLE.name(k)


@pytest.mark.parametrize("n", [3, 30])
@pytest.mark.parametrize("wide", [0, 1])
def test_waxing_evidence_is_exact_for_its_basis(n, wide):
    """Both branches, by rating and by coefficient, against the covariance that the basis spans."""
    prior, model, design = patient(n, seed=1)
    got = as_independent_values(model, design, 0.8, wide)[N_SHAPES:]
    m = (design.wax.shape[1] - 1) // (model.wax_basis.max() + 1)
    x, family = design.common, len(prior.mean) - 1
    shared = ref.start_covariance(prior.covariance[family][:2, :2], bool(wide))
    shared = x @ shared @ x.T + 0.8**2 * np.eye(n)
    for w, setting in enumerate(TABLE.waxing):
        basis = design.wax[:, model.wax_basis[w] * m :][:, :m] * setting.size
        slow = design.wax[:, -1:] * setting.trend
        covariance = shared + basis @ basis.T + slow @ slow.T
        expected = multivariate_normal(x @ prior.mean[family][:2], covariance).logpdf(design.y)
        assert got[w] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("n", [1, 4, 11, 30])
@pytest.mark.parametrize("heaped", [False, True])
@pytest.mark.parametrize("first", [5.0, 10.0])
def test_cells_are_sites_under_correlated_noise(n, heaped, first):
    """Every cell: shares of shape, noise and start, site scales and the dense density of the sites;
    those with a wide start for who starts unusually only."""
    prior, model, design = patient(n, seed=2, unit=5.0 if heaped else 1.0, first=first)
    cells, value, variance, log_scale, gains = cell_evidence(
        model, model.log_shape[0], design.day, design.y, design.kind, design.common, design.slow,
        design.hump, design.wax, design.overall, design.overall_mean,
    )  # fmt: skip
    n_noise = NOISE.sd.size
    assert cells.shape == (2 * n_noise, prior.shape.size)
    on_heaps = np.isin(design.y, [0.0, 5.0, 10.0]).mean()
    unusual = first == 10.0
    assert unusual == (cells[n_noise:] > NEVER).any()
    for j in range(n_noise):
        if (cells[j] == NEVER).all():
            assert NOISE.heap[j] > 0.0
            assert on_heaps < (FEWEST if NOISE.heap[j] < MOST else MOST)
            assert not heaped
            assert (cells[n_noise + j] == NEVER).all()
            continue
        level = NOISE.level[j]
        sites = value[level, :, 0], variance[level]
        correlation = ref.noise_correlation(design.day, gains[j, :, 5] ** 2, NOISE.tau[j])
        for wide in (False, True)[: 1 + unusual]:
            got = cells[wide * n_noise + j]
            share = prior.noise[j] * (WIDE_SHARE if wide else 1.0 - WIDE_SHARE)
            for k in range(got.size):
                mean, covariance = ref.level_moments(TABLE, prior, k, design.day, wide)
                dense = ref.log_evidence(mean, covariance, *sites, correlation)
                expected = dense + log_scale[level].sum() + np.log(share * prior.shape[k])
                if k < N_SHAPES:
                    assert got[k] == pytest.approx(expected, abs=1e-6), (j, TABLE.name(k))
                elif NOISE.sd[j] > 1.0:
                    # see above: the basis leaves out a sliver
                    assert got[k] == pytest.approx(expected, abs=0.05 * n**0.5), TABLE.name(k)


@pytest.mark.parametrize(
    ("distance", "days", "unusual"),
    [
        # in sd of the start given the trend; each patient's first ratings, mean of those to day 0
        ([0.95], [0.0], False),
        ([1.05], [0.0], True),
        ([-1.05], [9.0], True),
        ([0.5, 1.6], [-7.0, 0.0], True),
        ([0.2, 1.6], [-7.0, 0.0], False),
        ([0.2, 3.0], [0.0, 1.0], False),
        ([1.2, -3.0], [3.0, 4.0], True),
    ],
)
def test_the_wide_start_is_looked_at_where_first_ratings_are_unusual(distance, days, unusual):
    prior, model, _ = patient(1)
    start = np.linalg.inv(prior.covariance[0, :2, :2])[0, 0] ** -0.5
    y = prior.mean[0, 0] + UNUSUAL * start * np.array(distance)
    day = np.array(days)
    design = build_design(day, y, np.array([0, day.size]), TABLE, prior, 0.0)
    cells = cell_evidence(
        model, model.log_shape[0], day, y, design.kind, design.common, design.slow, design.hump,
        design.wax, design.overall, design.overall_mean,
    )[0]  # fmt: skip
    assert (cells[NOISE.sd.size :] > NEVER).any() == unusual


@pytest.mark.parametrize("wide", [0, 1])
def test_a_flat_shape_agrees_with_integration_over_its_start(wide):
    prior, model, design = patient(6, seed=3)
    design = design._replace(common=design.common * [1.0, 0.0])
    got = as_independent_values(model, design, 1.2, wide)[0]
    mean, sd = prior.mean[0, 0], np.sqrt(prior.covariance[0, 0, 0])
    sd = max(sd, WIDE_SD) if wide else sd

    def density(b):
        return norm.pdf(design.y, b, 1.2).prod() * norm.pdf(b, mean, sd)

    total = quad(density, mean - 12 * sd, mean + 12 * sd, epsabs=0, points=[design.y.mean()])[0]
    assert got == pytest.approx(np.log(total), abs=1e-8)


def test_a_slow_change_agrees_with_integration_over_start_and_change():
    prior, model, design = patient(5, seed=4)
    design = design._replace(common=design.common * [1.0, 0.0])
    k = next(k for k, s in enumerate(TABLE.shapes) if s.family == 1)
    got = as_independent_values(model, design, 1.5)[k]
    amplitude = multivariate_normal(
        prior.mean[1][[0, 2]], prior.covariance[1][np.ix_([0, 2], [0, 2])]
    )
    slow = ref.columns(TABLE, k, design.day)[:, 2]

    def density(c, b):
        return norm.pdf(design.y, b + c * slow, 1.5).prod() * amplitude.pdf([b, c]) * 1e8

    total = dblquad(density, -5.0, 15.0, -15.0, 12.0, epsabs=0, epsrel=1e-7)[0] / 1e8
    assert got == pytest.approx(np.log(total), abs=1e-5)
