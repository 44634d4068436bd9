"""Kernels that count no references to arrays must not keep one: memory would never come back."""

import numba
import numpy as np
import pandas as pd
import pytest
from numba.core.runtime import _nrt_python as runtime
from numba.core.runtime import rtsys

import paintrend as pt
from paintrend.core.compile import kernel


@pytest.fixture
def counted():
    """Number of pieces of memory made by compiled code and not given back."""
    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled here")
    before = runtime.memsys_stats_enabled()
    runtime.memsys_enable_stats()

    def left() -> int:
        stats = rtsys.get_allocation_stats()
        return int(stats.alloc - stats.free)

    yield left
    if not before:
        runtime.memsys_disable_stats()


def _cohort(n_ratings: int, spread: float) -> pt.Fit:
    """A fit of patients with so many ratings each, some of whom are rated on other days."""
    rng = np.random.default_rng(n_ratings)
    days = np.linspace(-7.0, 84.0, n_ratings)
    rows = [
        (f"P{i}", day + (i % 3 == 0), float(np.clip(round(rng.normal(6, spread)), 0, 10)))
        for i in range(12)
        for day in days
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "day", "pain"])
    return pt.fit_curves(pt.read_diary(table, "nrs"), horizon=84, draws=40, seed=1, workers=1)


@pytest.mark.parametrize("n_ratings", [5, 60], ids=["in the space of ratings", "of coefficients"])
def test_a_fit_gives_back_what_it_took(counted, n_ratings):
    pt.classify(_cohort(n_ratings, 2.0))  # what is loaded or kept once is there now
    before = counted()
    for spread in (1.0, 3.0, 5.0):
        pt.classify(_cohort(n_ratings, spread))

    assert counted() == before


@kernel
def made(n):
    return np.empty(n)


@kernel(counted=False)
def kept(n):
    return made(n).shape[0]


def test_what_is_not_given_back_is_noticed(counted):
    made(3)
    before = counted()

    assert kept(3) == 3
    assert counted() == before + 1
