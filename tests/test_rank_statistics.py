"""Simulation-based calibration: true values rank uniformly among draws under their own prior.

Patients are drawn from the prior and fitted under it; the rank of every true value among its
posterior draws, ties split at random, is then uniform (Talts 2018, arXiv:1804.06788). Whether it
is, is judged by the simultaneous bands of the empirical distribution (Sailynoja 2022,
10.1007/s11222-022-10090-6). Fits by deliberately wrong algebra must fall outside these bands.
"""

from functools import lru_cache

import numpy as np
import pytest
from scipy.stats import binom

from paintrend.core.course_rules import judge_curves
from paintrend.core.curves import draw_curves
from paintrend.core.default import default_prior
from paintrend.core.design import build_design
from paintrend.core.grid import grid_columns
from paintrend.core.likelihood import CEILING, FLOOR, INSIDE
from paintrend.core.noise import noise_grid
from paintrend.core.posterior import sample_posterior
from paintrend.core.prior import build_model, family_of
from paintrend.shapes import shape_table

from .prior_draws import draw_patients

TABLE = shape_table(84.0, 7.0, 7.0)
NOISE = noise_grid(1.0, 7.0)
MIDDLE = default_prior("rehabilitation", TABLE, 1.0, (2.0, 2.0))
LOW = MIDDLE._replace(mean=MIDDLE.mean - np.array([4.0, 0.0, 0.0, 0.0]))
WEEKLY = np.arange(-14.0, 85.0, 7.0)
RULES = (84.0, 2.0, 2.0, 7.0, 21.0)
N_PATIENTS, N_WRONG, N_DRAWS = 200, 120, 100
POINTS = np.arange(1, 40) / 40
REGIMES = {"mid-scale": MIDDLE, "at the floor": LOW}
QUANTITIES = (
    "start", "trend", "day 7", "day 28", "day 56", "day 84", "end change", "rise", "burden",
    "log noise sd", "noise structure", "heaping", "family", "course",
)  # fmt: skip
# every test of uniformity in this file passes together 999 times in 1,000
LEVEL = 1e-3 / (len(REGIMES) * len(QUANTITIES))


def quantities(setting, noise, amplitude, curves, grid):
    """Values of `QUANTITIES` of true or drawn patients."""
    codes, features = judge_curves(curves.reshape(-1, 169), *RULES)
    features = features.reshape(*curves.shape[:-1], -1)
    values = [amplitude[..., 0], amplitude[..., 1]]
    values += [curves[..., 2 * day] for day in (7, 28, 56, 84)]
    values += [features[..., 2], features[..., 1], features[..., 3], np.log(grid.sd[noise])]
    values += [grid.structure[noise], grid.heap[noise], family_of(TABLE)[setting]]
    return dict(zip(QUANTITIES, [*values, codes.reshape(setting.shape)], strict=True))


def ranks(truth, prior, noise=NOISE, open_ends=True):
    """Share of draws below the true value (P,) by quantity, ties and the gap split at random."""
    ratings, n = truth.ratings, len(truth.ratings.patients)
    model = build_model(prior, TABLE, noise, 1.0)
    design = build_design(ratings.day, ratings.y, ratings.offset, TABLE, prior, 1.0)
    if not open_ends:
        at_end = np.isin(design.kind, (FLOOR, CEILING))
        design = design._replace(kind=np.where(at_end, INSIDE, design.kind))
    post = sample_posterior(model, design, ratings.patients, seed=0, n_draws=N_DRAWS)
    columns, curves = grid_columns(TABLE), np.empty((n * N_DRAWS, 169))
    draw_curves(
        post.setting.ravel(), post.amplitude.reshape(n * N_DRAWS, -1), post.wave,
        post.wave_row.ravel(), model, columns.common, columns.slow, columns.hump, columns.wax,
        1.0, 0.0, curves,
    )  # fmt: skip
    curves = curves.reshape(n, N_DRAWS, 169)
    among = quantities(post.setting, post.noise, post.amplitude, curves, noise)
    true = quantities(truth.setting, truth.noise, truth.amplitude, truth.curves, NOISE)
    rng = np.random.default_rng(7)
    found = {}
    for name, value in true.items():
        # equal up to rounding errors: a level clipped to the end of the scale, a change of nothing
        gap = among[name] - value[:, None]
        below, tied = (gap < -1e-9).sum(axis=1), (np.abs(gap) <= 1e-9).sum(axis=1)
        found[name] = (below + rng.random(n) * (tied + 1)) / (N_DRAWS + 1)
    return found


def uniform_p(u):
    """Chance that n uniform values leave the narrowest simultaneous bands that hold those of u."""
    n = u.size
    count = (u[:, None] <= POINTS).sum(axis=0)
    tail = np.minimum(binom.cdf(count, n, POINTS), binom.sf(count - 1, n, POINTS)).min()
    # strictly inside these bands: paths of the empirical distribution less extreme than this one
    low = binom.ppf(tail, n, POINTS).astype(int)
    low += binom.cdf(low, n, POINTS) <= tail
    high = binom.isf(tail, n, POINTS).astype(int)
    high -= binom.sf(high - 1, n, POINTS) <= tail
    before, at, share = 0.0, np.zeros(1, dtype=int), np.ones(1)
    for z, least, most in zip(POINTS, low, high, strict=True):
        following = np.arange(least, most + 1)
        more = following[None, :] - at[:, None]
        share = share @ binom.pmf(more, n - at[:, None], (z - before) / (1.0 - before))
        before, at = z, following
    return max(0.0, 1.0 - share.sum())


@lru_cache
def drawn(name, rounding=np.round, n_patients=N_PATIENTS):
    rng = np.random.default_rng(1)
    return draw_patients(rng, TABLE, NOISE, REGIMES[name], n_patients, WEEKLY, rounding)


@pytest.fixture(scope="module", params=REGIMES)
def regime(request):
    truth = drawn(request.param)
    return request.param, truth, ranks(truth, REGIMES[request.param])


def test_the_regimes_are_what_they_are_called(regime):
    name, truth, _ = regime
    zeros = (truth.ratings.y == 0).mean()
    assert (0.35 < zeros < 0.5) if name == "at the floor" else (zeros < 0.15)
    assert np.unique(NOISE.heap[truth.noise]).size == np.unique(NOISE.heap).size


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_true_values_rank_uniformly_among_the_draws(regime, quantity):
    assert uniform_p(regime[2][quantity]) > LEVEL


def flatter(prior):
    """The same prior with a trend before day 0 whose sd is half of theirs."""
    covariance = prior.covariance.copy()
    covariance[:, 1, :] /= 2.0
    covariance[:, :, 1] /= 2.0
    return prior._replace(covariance=covariance)


WRONG = {
    "trend too small": (
        "mid-scale", np.round, "trend", lambda truth: ranks(truth, flatter(MIDDLE))
    ),
    "noise too large": (
        "mid-scale", np.round, "log noise sd",
        lambda truth: ranks(truth, MIDDLE, NOISE._replace(sd=1.5 * NOISE.sd)),
    ),
    "rounded down": ("mid-scale", np.floor, "day 28", lambda truth: ranks(truth, MIDDLE)),
    "closed ends": (
        "at the floor", np.round, "log noise sd",
        lambda truth: ranks(truth, LOW, open_ends=False),
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_algebra_is_seen(wrong):
    name, rounding, quantity, fit = WRONG[wrong]
    assert uniform_p(fit(drawn(name, rounding, N_WRONG))[quantity]) < LEVEL


def test_the_yardstick_is_exact():
    rng = np.random.default_rng(3)
    p = np.array([uniform_p(rng.random(N_PATIENTS)) for _ in range(200)])
    for level in (0.05, 0.25, 0.5):
        assert 1e-4 < binom.cdf((p <= level).sum(), 200, level) < 1.0 - 1e-4
