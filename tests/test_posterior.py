"""Posterior draws against brute-force integration of the exact rounded, bounded likelihood."""

import numpy as np
import pytest
from scipy.stats import norm

from paintrend.core import posterior
from paintrend.core.design import build_design
from paintrend.core.noise import HEAPS, noise_grid
from paintrend.core.posterior import sample_posterior, sample_proposals
from paintrend.core.prior import WIDE_SD, WIDE_SHARE, build_model
from paintrend.core.streams import SIZE, patient_generator, stream_starts, stream_tables

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


def independent(rank, heap=0.0):
    """The noise setting without autocorrelation with the smallest sd but ``rank``."""
    sd = np.unique(NOISE.sd)[rank]
    return int(np.flatnonzero((NOISE.sd == sd) & (NOISE.share == 0) & (NOISE.heap == heap))[0])


# ratings, share of heaped ones, whether the first is unusual
RATINGS = {
    "to the floor": ([6, 5, 3, 1, 0, 0, 0, 0], 0.0, False),
    "inside": ([6, 6, 5, 5, 4, 5, 4, 4], 0.0, False),
    "from the ceiling": ([10, 9, 8, 8, 7, 6, 7, 6], 0.0, True),
    "all at the ceiling": ([10, 10, 10, 10, 10, 10, 10, 10], 0.0, True),
    "all at the floor": ([0, 0, 0, 0, 0, 0, 0, 0], 0.0, True),
    "half heaped": ([6, 5, 5, 5, 4, 5, 3, 0], HEAPS[1], False),
    "heaped": ([5, 5, 5, 5, 5, 0, 0, 0], HEAPS[2], False),
    "heaped but once": ([10, 10, 5, 5, 7, 5, 5, 5], HEAPS[2], True),
    "heaped at the floor": ([0, 0, 0, 0, 0, 0, 0, 0], HEAPS[2], True),
}
DAYS = np.array([0.0, 7, 14, 28, 42, 56, 70, 84])


@pytest.mark.parametrize("name", RATINGS)
@pytest.mark.parametrize("rank", [1, 3])
def test_draws_and_evidence_agree_with_brute_force(name, rank):
    ratings, heap, unusual = RATINGS[name]
    y, shape, setting = np.array(ratings, dtype=float), BETTER[0], independent(rank, heap)
    prior, model, design = problem(y, DAYS, shape, setting)
    sd = NOISE.sd[setting]
    exact = ref.brute_force(TABLE, prior, shape, sd, DAYS, y, heap=heap, unusual=unusual)
    n = 4000
    got = sample_posterior(model, design, ["a"], seed=3, n_draws=n, workers=1)
    drawn = got.amplitude[0][:, [0, 2]]
    # far beyond an end, where no curve goes, a wide start has a tail that is seldom drawn
    seldom = np.array([0.2, 0.0]) if name.startswith("all at") else np.zeros(2)
    error = (5 / np.sqrt(min(n, got.effective[0])) + seldom) * exact.sd[:2]
    assert got.effective[0] > 0.2 * n
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - exact.mean[:2]), error)
    ratio = drawn.std(axis=0) / exact.sd[:2]
    np.testing.assert_array_less(np.abs(ratio - 1.0), 0.12 + seldom)
    last = np.clip(drawn.sum(axis=1), 0.0, 10.0)
    assert last.mean() == pytest.approx(exact.mean[3], abs=0.1)
    assert np.mean(last < 0.5) == pytest.approx(exact.at_floor, abs=0.05)
    proposals = sample_proposals(model, design, ["a"], seed=3, n_draws=n)
    weight = np.exp(proposals.log_weight[0] - exact.evidence)
    assert weight.mean() == pytest.approx(1.0, abs=4 * weight.std() / np.sqrt(n) + 0.005)
    wide = weight @ proposals.wide[0] / weight.sum()
    assert wide == pytest.approx(exact.wide, abs=0.04)
    # nobody else is asked
    assert (wide > 0.02) == unusual


@pytest.mark.parametrize(
    ("ratings", "heap", "unusual"),
    [
        ([6, 7, 7], 0.0, False),
        ([10, 9, 9], 0.0, True),
        ([5, 5, 6], HEAPS[1], False),
        ([5, 5, 5], HEAPS[2], False),
    ],
)
def test_autocorrelated_noise_is_weighted_exactly(ratings, heap, unusual):
    """A start and three ratings a day apart: integrate over the start and the lasting noise."""
    day, y = np.array([1.0, 2.0, 3.0]), np.array(ratings, dtype=float)
    one = (NOISE.sd == NOISE.sd[independent(1)]) & (NOISE.share > 0.7) & (NOISE.heap == heap)
    setting = int(np.flatnonzero(one)[0])
    prior, model, design = problem(y, day, FLAT, setting)
    sd, share, tau = NOISE.sd[setting], NOISE.share[setting], NOISE.tau[setting]
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    weights = weights / weights.sum()
    root = np.linalg.cholesky(ref.noise_correlation(day, 1.0, tau))
    lasting = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1) @ root.T
    w = np.einsum("i,j,k->ijk", weights, weights, weights)
    mean, spread = prior.mean[0, 0], np.sqrt(prior.covariance[0, 0, 0])
    starts = np.linspace(mean - 6 * WIDE_SD, mean + 6 * WIDE_SD, 401)
    density = (1.0 - WIDE_SHARE) * norm.pdf(starts, mean, spread)
    if unusual:
        density += WIDE_SHARE * norm.pdf(starts, mean, WIDE_SD)
    chance = np.empty(starts.size)
    for i, b in enumerate(starts):
        level = np.clip(b, 0.0, 10.0) + sd * np.sqrt(share) * lasting
        own = sd * np.sqrt(1.0 - share)
        p = ref.rating_probability(y, level, own, 1.0, heap=heap).prod(axis=-1)
        chance[i] = (w * p).sum() * density[i]
    exact = chance.sum() * (starts[1] - starts[0])
    centre = chance @ starts / chance.sum()
    proposals = sample_proposals(model, design, ["a"], seed=1, n_draws=20_000)
    assert proposals.wide.any() == unusual
    weight = np.exp(proposals.log_weight[0]) / exact
    # far beyond an end, where no curve goes, a wide start has a tail that is seldom drawn
    seldom = 0.04 if unusual else 0.0
    error = 4 * weight.std() / 20_000**0.5 + 0.002 + seldom
    assert weight.mean() == pytest.approx(1.0, abs=error)
    assert weight.std() < 3.0
    mean_start = weight @ proposals.amplitude[0, :, 0] / weight.sum()
    assert mean_start == pytest.approx(centre, abs=0.05 + 5 * seldom)


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
    starts = [stream_starts(seed, [name], purpose)[0] for seed, name, purpose in keys]
    assert len(set(starts)) == len(keys)
    assert stream_starts(0, ["b", "a"], "learn")[1] == starts[0]
    assert all(0 <= start < SIZE for start in starts)


def test_the_tables_of_random_numbers_are_what_they_say():
    normal, uniform, _ = stream_tables(5)
    assert not np.array_equal(normal, stream_tables(6).normal)
    for table, cdf in ((normal, norm.cdf), (uniform, lambda x: x)):
        assert table.shape == (SIZE,)
        counts = np.bincount((cdf(table) * 100).astype(int), minlength=100)
        chi2 = ((counts - SIZE / 100) ** 2 / (SIZE / 100)).sum()
        assert 50 < chi2 < 165  # 99 degrees of freedom
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0.0


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


def test_the_order_of_draws_of_one_patient_says_nothing_of_those_of_another():
    (_, model, design), ids = several(24)
    drawn = sample_posterior(model, design, ids, seed=0, n_draws=400)
    # the mean over patients of draw d varies as means of independent numbers do
    for values in (NOISE.sd[drawn.noise], (drawn.setting == FLAT).astype(float)):
        expected = values.var(axis=1).sum() / len(ids) ** 2
        assert 0.7 < values.mean(axis=0).var() / expected < 1.35


def test_progress_counts_every_patient():
    (_, model, design), ids = several()
    done = []
    sample_posterior(model, design, ids, seed=0, n_draws=20, workers=2, progress=done.append)
    assert sum(done) == len(ids)
