"""Points of the Kronecker sequence: each uniform, together more even than independent ones."""

import numpy as np
import pytest
from scipy.stats import norm, qmc

from paintrend.core.sequence import DIMENSIONS, begin_sequence, normal_at, uniform_at
from paintrend.core.streams import MASK, stream_tables

N = 600


def start_at(place, seed=3):
    """Where the sequence of a patient starts whose random numbers begin at this place."""
    start = np.empty(DIMENSIONS, dtype=np.int64)
    begin_sequence(stream_tables(seed).uniform, np.int64(place), start)
    return start


def points(start, n=N, dimensions=DIMENSIONS):
    """The first n points, (n, dimensions)."""
    return np.array([[uniform_at(start, k, d) for k in range(dimensions)] for d in range(n)])


def test_a_point_is_the_start_and_so_many_steps_modulo_one():
    start, x = start_at(5), points(start_at(5), 3)
    primes = [p for p in range(2, 132) if all(p % k for k in range(2, p))]
    assert len(primes) == DIMENSIONS
    expected = (start / 2.0**32 + np.arange(3)[:, None] * np.sqrt(primes)) % 1.0
    distance = np.abs(x - expected)
    assert np.minimum(distance, 1.0 - distance).max() < 1e-8


def test_each_point_is_uniform_over_patients():
    starts = [start_at(place) for place in range(0, 100_000, DIMENSIONS)]
    for k, d in ((0, 0), (3, 7), (DIMENSIONS - 1, 4799)):
        values = np.array([uniform_at(start, k, d) for start in starts])
        assert ((values >= 0.0) & (values < 1.0)).all()
        counts = np.bincount((values * 20).astype(int), minlength=20)
        expected = len(starts) / 20
        assert ((counts - expected) ** 2 / expected).sum() < 45  # 19 degrees of freedom


@pytest.mark.parametrize("dimensions", [1, 2, 4, 7])
def test_points_fill_space_more_evenly_than_independent_ones(dimensions):
    own = [qmc.discrepancy(points(start_at(p), N, dimensions)) for p in (0, 999, 31_415)]
    rng = np.random.default_rng(0)
    independent = [qmc.discrepancy(rng.uniform(size=(N, dimensions))) for _ in range(3)]
    assert max(own) < 0.6 * min(independent)


def test_normals_are_the_quantiles_of_the_uniforms():
    quantile, start = stream_tables(0).quantile, start_at(77)
    assert quantile.mean() == pytest.approx(0.0, abs=1e-12)
    assert quantile.std() == pytest.approx(1.0, abs=1e-12)
    for k, d in ((3, 0), (5, 599), (8, 4799)):
        z = normal_at(start, quantile, k, d)
        # within the cell of the table
        assert norm.cdf(z) == pytest.approx(uniform_at(start, k, d), abs=2.0 / quantile.size)


def test_a_sequence_starts_from_its_own_stretch_of_the_table():
    assert not np.array_equal(start_at(0), start_at(DIMENSIONS))
    np.testing.assert_array_equal(start_at(MASK + 1), start_at(0))
    table = stream_tables(3).uniform
    np.testing.assert_array_equal(start_at(9), (table[9 : 9 + DIMENSIONS] * 2**32).astype(int))
