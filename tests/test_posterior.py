"""Posterior draws against brute-force integration of the exact rounded, bounded likelihood."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from paintrend.core import posterior
from paintrend.core.design import build_design
from paintrend.core.noise import noise_grid
from paintrend.core.posterior import patient_generator, sample_posterior, sample_proposals
from paintrend.core.prior import build_model

from . import reference as ref

TABLE = ref.small_table()
NOISE = noise_grid(1.0, TABLE.lasting_days)
BETTER = [k for k, s in enumerate(TABLE.shapes) if s.family == 1]
FLAT = 0


def problem(y, day, shape=None, setting=None, seed=0):
    """Model and design of patients; with ``shape`` and ``setting`` all weight is on that cell."""
    rng = np.random.default_rng(seed)
    prior = ref.random_prior(rng, TABLE, NOISE.sd.size)
    if shape is not None:
        prior = prior._replace(
            shape=np.eye(prior.shape.size)[shape], noise=np.eye(NOISE.sd.size)[setting]
        )
    y, day = np.atleast_2d(y).astype(float), np.atleast_2d(day).astype(float)
    offset = np.arange(y.shape[0] + 1) * y.shape[1]
    design = build_design(day.ravel(), y.ravel(), offset, TABLE, prior, 1.0)
    return prior, build_model(prior, TABLE, NOISE, 1.0), design


def independent(level):
    """The noise setting without autocorrelation at a level."""
    return int(np.flatnonzero((NOISE.level == level) & (NOISE.share == 0))[0])


def brute_force(prior, shape, sd, day, y):
    """Log evidence, and exact means and sds of start and slow change, on a fine grid."""
    family = TABLE.shapes[shape].family
    dims = [0, 2]
    mean, covariance = prior.mean[family][dims], prior.covariance[family][np.ix_(dims, dims)]
    spread = 7 * np.sqrt(np.diag(covariance))
    b = np.linspace(mean[0] - spread[0], mean[0] + spread[0], 401)
    c = np.linspace(mean[1] - spread[1], mean[1] + spread[1], 401)
    points = np.stack(np.meshgrid(b, c, indexing="ij"), axis=-1)
    log_p = multivariate_normal(mean, covariance).logpdf(points)
    slow = ref.columns(TABLE, shape, day)[:, 2]
    for s, rating in zip(slow, y, strict=True):
        level = np.clip(points[..., 0] + points[..., 1] * s, 0.0, 10.0)
        log_p = log_p + np.log(ref.rating_probability(rating, level, sd, 1.0))
    top = log_p.max()
    w = np.exp(log_p - top)
    evidence = top + np.log(w.sum() * (b[1] - b[0]) * (c[1] - c[0]))
    w /= w.sum()
    centre = np.einsum("ij,ijk->k", w, points)
    sd = np.sqrt(np.einsum("ij,ijk->k", w, (points - centre) ** 2))
    end = np.clip(points.sum(axis=-1), 0.0, 10.0)
    return evidence, centre, sd, (w * end).sum(), (w * (end < 0.5)).sum()


RATINGS = {
    "to the floor": [6, 5, 3, 1, 0, 0, 0, 0],
    "inside": [6, 6, 5, 5, 4, 5, 4, 4],
    "all at the ceiling": [10, 10, 10, 10, 10, 10, 10, 10],
    "all at the floor": [0, 0, 0, 0, 0, 0, 0, 0],
}
DAYS = np.array([0.0, 7, 14, 28, 42, 56, 70, 84])


@pytest.mark.parametrize("name", RATINGS)
@pytest.mark.parametrize("level", [1, 3])
def test_draws_and_evidence_agree_with_brute_force(name, level):
    y, shape, setting = np.array(RATINGS[name], dtype=float), BETTER[0], independent(level)
    prior, model, design = problem(y, DAYS, shape, setting)
    evidence, centre, sd, end, at_floor = brute_force(prior, shape, NOISE.sd[setting], DAYS, y)
    n = 4000
    got = sample_posterior(model, design, ["a"], seed=3, n_draws=n, workers=1)
    drawn = got.amplitude[0][:, [0, 2]]
    error = 5 * sd / np.sqrt(min(n, got.effective[0]))
    assert got.effective[0] > 0.2 * n
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - centre), error)
    np.testing.assert_allclose(drawn.std(axis=0), sd, rtol=0.12)
    last = np.clip(drawn.sum(axis=1), 0.0, 10.0)
    assert last.mean() == pytest.approx(end, abs=0.1)
    assert np.mean(last < 0.5) == pytest.approx(at_floor, abs=0.05)
    proposals = sample_proposals(model, design, ["a"], seed=3, n_draws=n)
    weight = np.exp(proposals.log_weight[0] - evidence)
    assert weight.mean() == pytest.approx(1.0, abs=4 * weight.std() / np.sqrt(n) + 0.005)


def test_autocorrelated_noise_is_weighted_exactly_inside_the_scale():
    """A start and three ratings a day apart: integrate over the start and the lasting noise."""
    day, y = np.array([1.0, 2.0, 3.0]), np.array([6.0, 7.0, 7.0])
    setting = int(np.flatnonzero((NOISE.level == 1) & (NOISE.share > 0.7))[0])
    prior, model, design = problem(y, day, FLAT, setting)
    sd, share, tau = NOISE.sd[setting], NOISE.share[setting], NOISE.tau[setting]
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    weights = weights / weights.sum()
    root = np.linalg.cholesky(ref.noise_correlation(day, 1.0, tau))
    lasting = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1) @ root.T
    w = np.einsum("i,j,k->ijk", weights, weights, weights)
    mean, spread = prior.mean[0, 0], np.sqrt(prior.covariance[0, 0, 0])
    starts = np.linspace(mean - 6 * spread, mean + 6 * spread, 241)
    chance = np.empty(starts.size)
    for i, b in enumerate(starts):
        level = np.clip(b, 0.0, 10.0) + sd * np.sqrt(share) * lasting
        p = ref.rating_probability(y, level, sd * np.sqrt(1.0 - share), 1.0).prod(axis=-1)
        chance[i] = (w * p).sum() * norm.pdf(b, mean, spread)
    exact = chance.sum() * (starts[1] - starts[0])
    centre = chance @ starts / chance.sum()
    proposals = sample_proposals(model, design, ["a"], seed=1, n_draws=20_000)
    weight = np.exp(proposals.log_weight[0]) / exact
    assert weight.mean() == pytest.approx(1.0, abs=4 * weight.std() / 20_000**0.5 + 0.002)
    assert weight.std() < 1.5
    mean_start = weight @ proposals.amplitude[0, :, 0] / weight.sum()
    assert mean_start == pytest.approx(centre, abs=0.05)


def several(n=7, seed=5):
    rng = np.random.default_rng(seed)
    y = np.clip(np.round(rng.normal([[3]] * n, 2.5, (n, DAYS.size))), 0, 10)
    return problem(y, np.tile(DAYS, (n, 1)), seed=1), [f"p{i}" for i in range(n)]


def test_a_patient_gets_the_same_draws_alone_in_any_order_and_with_any_workers():
    (prior, model, design), ids = several()
    together = sample_posterior(model, design, ids, seed=0, n_draws=60, workers=2)
    one_thread = sample_posterior(model, design, ids, seed=0, n_draws=60, workers=1)
    for a, b in zip(together, one_thread, strict=True):
        np.testing.assert_array_equal(a, b)
    n = DAYS.size
    turned = np.arange(len(ids))[::-1]
    rows = (turned[:, None] * n + np.arange(n)).ravel()
    mirrored = build_design(design.day[rows], design.y[rows], design.offset, TABLE, prior, 1.0)
    reverse = sample_posterior(model, mirrored, [ids[i] for i in turned], seed=0, n_draws=60)
    np.testing.assert_array_equal(reverse.amplitude[::-1], together.amplitude)
    np.testing.assert_array_equal(reverse.setting[::-1], together.setting)
    np.testing.assert_array_equal(reverse.fit_p[::-1], together.fit_p)
    own = build_design(design.day[:n], design.y[:n], np.array([0, n]), TABLE, prior, 1.0)
    alone = sample_posterior(model, own, ids[:1], seed=0, n_draws=60)
    np.testing.assert_array_equal(alone.amplitude[0], together.amplitude[0])
    waves = together.setting[0] >= len(TABLE.shapes)
    np.testing.assert_array_equal(
        alone.wave[alone.wave_row[0][waves]], together.wave[together.wave_row[0][waves]]
    )


def test_seed_id_and_purpose_each_give_another_stream():
    keys = [(0, "a", "learn"), (1, "a", "learn"), (0, "b", "learn"), (0, "a", "draw0")]
    first = [patient_generator(*key).uniform() for key in keys]
    assert len(set(first)) == len(keys)
    assert patient_generator(0, "a", "learn").uniform() == first[0]


def test_draws_are_proposed_again_in_larger_number_where_the_weights_are_poor(monkeypatch):
    (_, model, design), ids = several(3)
    n = 50
    before = sample_posterior(model, design, ids, seed=0, n_draws=n)
    proposed = int(posterior.PROPOSALS_PER_DRAW * n)
    assert (before.effective <= proposed).all()
    monkeypatch.setattr(posterior, "MINIMUM_EFFECTIVE", 1e9)
    after = sample_posterior(model, design, ids, seed=0, n_draws=n)
    # more effective draws than were proposed at first
    assert (after.effective > proposed).any()
    assert after.setting.shape == before.setting.shape
    np.testing.assert_allclose(after.log_evidence, before.log_evidence, atol=1.0)


def test_progress_counts_every_patient():
    (_, model, design), ids = several()
    done = []
    sample_posterior(model, design, ids, seed=0, n_draws=20, workers=2, progress=done.append)
    assert sum(done) == len(ids)
