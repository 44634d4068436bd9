"""Runs of bits against a walk over the points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paintrend.core.runs import (
    N_BITS,
    above_sum,
    at_least,
    at_most,
    below,
    count_from,
    end_mean,
    extremes,
    find_runs,
    first_run,
    peak_and_return,
)

from .reference_courses import runs

N = 169


def buffer(values):
    x = np.zeros(N_BITS)
    x[: len(values)] = values
    return x


def bits(words):
    return [bool(int(word) >> i & 1) for word in words for i in range(64)]


pieces = st.lists(st.integers(1, 70), min_size=1, max_size=40)


@settings(max_examples=300, deadline=None)
@given(
    lengths=pieces, starts_up=st.booleans(), n_lasting=st.integers(1, N), begin=st.integers(0, N)
)
def test_runs_of_any_lengths(lengths, starts_up, n_lasting, begin):
    holds = [(i % 2 == 0) == starts_up for i, n in enumerate(lengths) for _ in range(n)][:N]
    holds += [False] * (N - len(holds))
    words = at_least(buffer([float(held) for held in holds]), 1.0)
    assert bits(words)[:N] == holds
    words = tuple(np.uint64(word) for word in words)  # outside of kernels they are Python's
    found = runs(holds)
    lasting = [start for start, length in found if length >= n_lasting]
    last = [start for start, length in found if start + length == N]
    longest = max([length for _, length in found], default=0)
    assert find_runs(words, n_lasting, N) == (
        longest,
        lasting[0] if lasting else -1,
        last[0] if last else -1,
    )
    later = [start for start in lasting if start >= begin]
    assert first_run(words, n_lasting, begin) == (later[0] if later else -1)
    assert count_from(words, begin) == sum(holds[begin:])


def test_counting_begins_at_any_point_of_any_word():
    """In machine code a shift by 64 places is none: it must not be asked for."""
    holds = np.random.default_rng(1).random(N) < 0.5
    words = tuple(np.uint64(word) for word in at_least(buffer(holds.astype(float)), 1.0))
    for begin in (0, 1, 63, 64, 65, 127, 128, 129, N - 1, N):
        assert count_from(words, begin) == holds[begin:].sum()


def test_comparisons_take_the_threshold_with_them_or_not():
    x = np.random.default_rng(0).choice([-2.0, -1.0, 0.0, 1.0, 1.5, 2.0], N)
    assert bits(at_least(buffer(x), 1.5))[:N] == (x >= 1.5).tolist()
    assert bits(at_most(buffer(x), -1.0))[:N] == (x <= -1.0).tolist()
    assert bits(below(buffer(x), 1.5, N)) == [*(x < 1.5).tolist(), *[False] * (N_BITS - N)]
    assert not any(bits(at_least(buffer(x), 0.5))[N:])
    assert not any(bits(at_most(buffer(x), -0.5))[N:])


def ends_of(x):
    found = np.zeros(2)
    signed, unsigned = found.view(np.int64), found.view(np.uint64)
    signed[0], unsigned[1] = extremes(x.view(np.int64), x.view(np.uint64))
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=N))
def test_extremes_are_those_of_the_numbers(values):
    high, low = ends_of(buffer(values))
    assert (high, low) == (max(0.0, *values, 0.0), min(0.0, *values, 0.0))


@pytest.mark.parametrize("bad", [np.nan, -np.nan, np.inf, -np.inf])
def test_extremes_are_not_finite_where_a_value_is_not(bad):
    for place in (0, 63, 64, 168):
        x = buffer(np.random.default_rng(place).normal(size=N))
        assert np.isfinite(ends_of(x)).all()
        x[place] = bad
        assert not np.isfinite(ends_of(x)).all()


def test_sum_of_what_lies_above_and_mean_of_the_end():
    x = np.random.default_rng(2).normal(size=N)
    assert above_sum(buffer(x)) == pytest.approx(x[x > 0].sum(), rel=1e-13)
    assert end_mean(buffer(x), N, 14) == pytest.approx(x[-14:].mean(), rel=1e-12)
    x[-14:] = 0.1
    assert end_mean(buffer(x), N, 14) == 0.1
    for seed in range(20):  # the mean of one point is that point, to the last digit
        x = np.random.default_rng(seed).normal(size=N)
        assert end_mean(buffer(x), N, 1) == x[-1]


def test_the_return_comes_after_the_first_highest_point():
    x = np.zeros(N)
    x[[20, 60]] = 3.0
    assert peak_and_return(buffer(x), 3.0, 1.0, N, 14) == (20, 21)
    x[21:30] = 1.0
    assert peak_and_return(buffer(x), 3.0, 1.0, N, 14) == (20, 30)
    assert peak_and_return(buffer(x), 3.0, 1.0, N, 100) == (20, 61)
    assert peak_and_return(buffer(x), 3.0, 1.0, N, 109) == (20, -1)
    x[0] = 3.0
    assert peak_and_return(buffer(x), 3.0, 1.0, N, 14) == (0, 1)
