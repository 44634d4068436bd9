"""Exponentials and logarithms of many numbers at once, against those of the library."""

import numpy as np
import pytest

from paintrend.core.transcendental import exponentials, log_product, logarithms


def test_exponentials_are_right_and_end_where_numbers_do():
    x = np.concatenate([np.random.default_rng(1).uniform(-700.0, 700.0, 999), [0.0, -0.0, 1e-300]])
    found, bits = x.copy(), np.empty(x.size, dtype=np.int64)
    exponentials(found, bits)
    np.testing.assert_allclose(found, np.exp(x), rtol=1e-14)
    ends = np.array([-1e9, -np.inf, 1e9])
    exponentials(ends, bits)
    assert (ends[:2] < 1e-300).all()
    assert 1e300 < ends[2] < np.inf


def test_logarithms_are_right():
    x = np.exp(np.random.default_rng(2).uniform(-700.0, 700.0, 999))
    x = np.concatenate([x, [1.0, 2.0, 0.5, np.sqrt(2.0), np.nextafter(1.0, 2.0)]])
    found, bits = x.copy(), np.empty((2, x.size + 3), dtype=np.int64)
    logarithms(found, bits)
    np.testing.assert_allclose(found, np.log(x), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, 400])
def test_the_log_of_a_product_is_the_sum_of_logs(n):
    x = np.exp(np.random.default_rng(n).uniform(-40.0, 40.0, n))
    assert log_product(x) == pytest.approx(np.log(x).sum(), rel=1e-12, abs=1e-12)
    # all as far to one side as they may be
    for extreme in (1e-19, 1e19):
        found = log_product(np.full(n, extreme))
        assert found == pytest.approx(n * np.log(extreme), rel=1e-12, abs=1e-12)
