"""Walks over noise sizes, on evidence that is given."""

from __future__ import annotations

import numpy as np
import pytest

from paintrend.core.walk import CUT, find_origin, next_size

NOTHING = -1e300


def walk(evidence, share=None, known=None):
    """Sizes visited, in order, where the log evidence of each is given."""
    evidence = np.asarray(evidence, dtype=float)
    n = evidence.size
    # other structures and lower levels lie between, and are nobody's
    log_noise = np.full((n + 2, 3), NOTHING)
    log_noise[2:, 1] = np.zeros(n) if share is None else share
    log_noise = log_noise.ravel()
    known = np.full(n, NOTHING) if known is None else np.asarray(known, dtype=float)
    found, order, best = np.full(n, NOTHING), [], NOTHING
    origin = find_origin(known, log_noise, 2, 1, 3)
    while True:
        size = next_size(found, known, log_noise, 2, origin, 1, 3, best)
        if size < 0:
            return order
        assert found[size] == NOTHING
        found[size] = evidence[size]
        best = max(best, evidence[size] + log_noise[(2 + size) * 3 + 1])
        order.append(int(size))


@pytest.mark.parametrize("seed", range(20))
def test_what_a_walk_leaves_out_of_a_concave_evidence_is_little(seed):
    rng = np.random.default_rng(seed)
    size = np.arange(12.0)
    evidence = -0.5 * rng.uniform(0.02, 3.0) * (size - rng.uniform(-3.0, 14.0)) ** 2
    share = np.log(rng.dirichlet(np.full(12, rng.uniform(0.3, 5.0))))
    visited = walk(evidence, share)
    total = np.logaddexp.reduce(evidence + share)
    assert np.logaddexp.reduce((evidence + share)[visited]) - total > np.log1p(-12 * np.exp(-CUT))


def test_a_valley_is_crossed_and_a_rise_followed():
    """Outliers under small noise are none under large noise: evidence falls and rises again."""
    evidence = [-3.0, 0.0, -2.0, -2.5, -1.0, 3.0, 4.0, -9.0, -30.0, -60.0]
    share = np.log([0.05, 0.4, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.02])
    visited = walk(evidence, share)
    assert visited[0] == 1
    assert {4, 5, 6} <= set(visited)
    assert 9 not in visited


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_walk_up_a_slope_turns_its_back_on_what_lies_below(mirrored):
    evidence = np.array([-40.0, -30.0, -20.0, -12.0, -6.0, -2.0, 0.0])
    share = np.log([0.05, 0.1, 0.4, 0.2, 0.1, 0.1, 0.05])
    visited = walk(evidence[::-1], share[::-1]) if mirrored else walk(evidence, share)
    visited = [6 - size for size in visited] if mirrored else visited
    assert visited[0] == 2
    assert {5, 6} <= set(visited)
    assert 0 not in visited


def test_a_walk_begins_where_independent_noise_found_most():
    known = [-20.0, -9.0, 0.0, -1.0, NOTHING, NOTHING]
    share = np.log([0.01, 0.01, 0.05, 0.03, 0.2, 0.7])
    assert walk(np.array(known).clip(-30.0), share, known)[0] == 2
    # nothing is known: the size that most have
    assert walk(np.array(known).clip(-30.0), share)[0] == 5


def test_sizes_that_independent_noise_gives_reason_to_look_at_are_looked_at():
    evidence = [0.0, -20.0, -25.0, -20.0, -1.0, -20.0]
    assert 4 not in walk(evidence, np.log([0.9, 0.02, 0.02, 0.02, 0.02, 0.02]))
    known = [0.0, -20.0, NOTHING, NOTHING, 0.5, NOTHING]
    assert 4 in walk(evidence, np.log([0.9, 0.02, 0.02, 0.02, 0.02, 0.02]), known)
