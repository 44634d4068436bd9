"""The best possible answer is Bayes with the true generator: likelihoods against independent
computations, probabilities against how often things happen."""

import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, norm

from paintrend.core.course_rules import classify_curves

pytestmark = pytest.mark.slow

DAYS, Y = (-14.0, 0.0, 7.0, 21.0), (5.0, 7.0, 10.0, 6.0)


@pytest.fixture(scope="module")
def bench(root):
    """Import the benchmark modules as the scripts do."""
    sys.path.insert(0, str(root / "benchmarks"))
    import emissions
    import ideal
    import likelihoods
    import pool
    import worlds

    yield SimpleNamespace(
        emissions=emissions, ideal=ideal, likelihoods=likelihoods, pool=pool, worlds=worlds
    )
    sys.path.remove(str(root / "benchmarks"))


def kept_for(bench, name, y, n_curves=3000):
    """Give the pool of a world and what is kept of it for one patient."""
    world = bench.worlds.WORLDS[name]
    drawn = bench.pool.Pool(world, 5)
    drawn.grow(np.round(world.clinic.shares * n_curves).astype(np.int64))
    ratings = pd.DataFrame({"patient_id": "a", "day": DAYS, "pain": y})
    tables = bench.emissions.NodeTables(world)
    likelihood = bench.likelihoods.Likelihood(world, tables, ratings, 0)
    likelihood.extend(drawn, np.array([True]), len(drawn))
    return world, drawn, likelihood.kept[0]


def levels_of(bench, world, drawn, number):
    columns = [world.planned.index(day) for day in DAYS]
    return drawn.cells[number, columns] * (10.0 / bench.emissions.BINS)


def rectangle(level, y, sd, correlation, heaps):
    """P(ratings | level): a box of a multivariate normal."""
    edges = {0.0: (-50.0, 2.5), 5.0: (2.5, 7.5), 10.0: (7.5, 60.0)}
    box = [
        edges[v] if heaps else (v - 0.5 if v > 0 else -50.0, v + 0.5 if v < 10 else 60.0) for v in y
    ]
    low, high = np.array(box).T
    normal = multivariate_normal(level, sd**2 * correlation, maxpts=200_000)
    return normal.cdf(high, lower_limit=low)


def by_quadrature(level, y, correlation, heap):
    """Log-likelihood with the noise sd integrated on a grid of its own."""
    z = np.linspace(-3.5, 3.5, 29)
    weight = norm.pdf(z) / norm.pdf(z).sum()
    total = 0.0
    for w, sd in zip(weight, np.exp(0.3 * z), strict=True):
        total += w * (1 - heap) * rectangle(level, y, sd, correlation, False)
        if heap and set(y) <= {0.0, 5.0, 10.0}:
            total += w * heap * rectangle(level, y, sd, correlation, True)
    return np.log(total)


@pytest.mark.parametrize(
    ("name", "y"),
    [("weekly", Y), ("steady-ar", (6, 7, 5, 3)), ("rough", Y), ("rough", (5, 10, 5, 5))],
)
def test_likelihoods_against_the_multivariate_normal(bench, name, y):
    y = tuple(map(float, y))
    world, drawn, kept = kept_for(bench, name, y)
    gap = np.abs(np.subtract.outer(DAYS, DAYS))
    correlation = world.share * np.exp(-gap / world.tau) + (1 - world.share) * np.eye(4)
    best = kept.value.max()
    # The best curves carry the answer; those looked at by chance are weighted up elsewhere.
    for at in np.argsort(-kept.value)[:6]:
        level = levels_of(bench, world, drawn, kept.index[at])
        expected = by_quadrature(level, y, correlation, world.heap)
        assert kept.value[at] == pytest.approx(expected, abs=0.02)
    assert best == pytest.approx(kept.best, abs=1e-6)


def test_kinds_drawn_more_often_weigh_less(bench):
    world = bench.worlds.WORLDS["steady"]
    ratings = pd.DataFrame({"patient_id": "a", "day": DAYS, "pain": (6.0, 6.0, 5.0, 4.0)})
    tables = bench.emissions.NodeTables(world)
    found = []
    for counts in ((10_000, 10_000), (16_000, 4_000)):
        drawn = bench.pool.Pool(world, 6)
        drawn.grow(np.array(counts))
        likelihood = bench.likelihoods.Likelihood(world, tables, ratings, 0)
        likelihood.extend(drawn, np.array([True]), len(drawn))
        weight = bench.ideal._weights(likelihood.kept[0], drawn)
        found.append(weight[drawn.kinds[likelihood.kept[0].index] == 0].sum())
    assert found[0] == pytest.approx(found[1], abs=0.03)


@pytest.mark.parametrize(("name", "n"), [("weekly", 150), ("rough", 80)])
def test_the_best_possible_is_calibrated(bench, name, n):
    cohort = bench.worlds.sample_cohort(bench.worlds.WORLDS[name], n, seed=3)
    found = bench.ideal.best_possible(cohort, pool=50_000, limit=50_000)
    happened = classify_curves(cohort.truth.level, *cohort.world.rules)
    p = found.p
    z = (p - np.eye(8)[happened]).sum(axis=0) / np.sqrt((p * (1 - p)).sum(axis=0) + 0.5)
    assert np.abs(z).max() < 3.5
    places = found.pit[np.isfinite(found.pit)]
    assert ((places > 0.05) & (places < 0.95)).mean() == pytest.approx(0.9, abs=0.03)
