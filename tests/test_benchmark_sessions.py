"""What the response to sessions is compared with: against independent computations."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from paintrend.session_columns import columns_at, weights_of
from paintrend.simulate import Soreness, simulate_sessions
from paintrend.soreness.extended import ResponsePrior


@pytest.fixture(scope="module")
def bench(root):
    """Import the benchmark modules as the scripts do."""
    sys.path.insert(0, str(root / "benchmarks"))
    import session_best
    import session_learned
    import session_others
    import sessions

    yield SimpleNamespace(
        best=session_best, learned=session_learned, others=session_others, run=sessions
    )
    sys.path.remove(str(root / "benchmarks"))


def test_a_rating_at_the_end_of_the_scale_means_that_much_or_more(bench):
    day, pain, sd = np.array([0.0, 1.0]), np.array([8.0, 10.0]), 1.2
    level = np.array([[7.0, 8.0, 9.0], [8.0, 9.5, 12.0]])
    found = bench.others._weights(pain, day, level, sd, 0.0, 10.0, np.random.default_rng(0))
    # the first rating with its rounding; the second from 9.5 on, given the first
    one, both = sd**2 + 1.0 / 12.0, 0.3 * sd**2
    off = pain[0] - level[0]
    mean, left = level[1] + both / one * off, sd**2 - both**2 / one
    exact = norm.pdf(off, 0.0, np.sqrt(one)) * norm.sf(9.5, mean, np.sqrt(left))
    assert found == pytest.approx(exact / exact.sum(), abs=0.03)
    # taking 10 as 10 says something else
    plain = multivariate_normal.pdf((pain[:, None] - level).T, cov=[[one, both], [both, one]])
    assert abs(found - plain / plain.sum()).max() > 0.04


def test_who_knows_all_but_the_heights_finds_them(bench):
    soreness = Soreness(none=0.0, first=2.5)
    cohort = simulate_sessions(8, soreness=soreness, seed=4)
    found = bench.others.knowing(cohort, soreness)
    true = cohort.truth["rise"].to_numpy()
    assert np.corrcoef(found.rise, true)[0, 1] > 0.8
    assert abs(found.rise.mean() - true.mean()) < 0.2
    assert found.verdict.sum(axis=1) == pytest.approx(np.ones(8))
    assert found.course.sum(axis=1) == pytest.approx(np.ones(8))
    assert ((found.place >= 0.0) & (found.place <= 1.0)).all()


def test_rows_of_the_best_make_the_level(bench):
    cohort = simulate_sessions(1, soreness=Soreness(none=0.0), seed=2)
    curve, grid, days = cohort.curves[0], cohort.grid, np.array([-3.0, 0.0, 10.3, 56.0])
    x = columns_at(days, np.array([2.0, 9.0]), weights_of(2), lambda t: np.maximum(t, 0.0) / 50.0)
    known = np.r_[curve[0], curve - curve[0], 2.0, 1.0]
    level = np.interp(days, grid, curve) + x @ [2.0, 1.0]
    assert bench.best._rows(days, grid, x) @ known == pytest.approx(level)


def test_a_response_is_weighed_against_none(bench):
    rng = np.random.default_rng(3)
    x, v = rng.normal(size=(5, 2)), np.diag([1.0, 2.0, 1.5, 0.5, 1.0])
    off = rng.normal(size=5)
    weighed = x.T @ np.linalg.inv(v)
    seen = bench.learned.Seen((weighed @ x)[None, None], (weighed @ off)[None, None], [0], [])
    prior = ResponsePrior(
        np.array([0.4, 0.6]), np.array([1.0, 0.5]), np.array([[1, 0.3], [0.3, 1]])
    )
    _, _, share = bench.learned._posterior(seen, prior)
    none = 0.4 * multivariate_normal.pdf(off, cov=v)
    some = 0.6 * multivariate_normal.pdf(off, x @ prior.mean, v + x @ prior.covariance @ x.T)
    assert share[0] == pytest.approx([none / (none + some), some / (none + some)])


def test_scores_that_are_kept_are_not_measured_again(bench, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(bench.run, "run_world", lambda *given: asked.append(given))
    monkeypatch.setattr(bench.run, "score", lambda run: {"patients": 7.0})
    first = bench.run.measure("nobody worse", 5, 3, tmp_path)
    assert bench.run.measure("nobody worse", 5, 3, tmp_path) == first == {"patients": 7.0}
    assert asked == [("nobody worse", 5, 3)]
