"""Simulation-based calibration of the response to sessions, fitted together with the curve.

As `test_rank_statistics`: patients are drawn from the prior of curves, noise, time courses and
heights and fitted under it. True values then rank uniformly among the draws: a course is not taken
for soreness, nor soreness for a course.
"""

import numpy as np
import pytest

from paintrend.core.course_rules import judge_curves
from paintrend.core.curves import draw_curves
from paintrend.core.default import default_prior
from paintrend.core.grid import grid_columns
from paintrend.core.noise import noise_grid
from paintrend.core.prior import build_model
from paintrend.responses import RESPONSES
from paintrend.session_columns import columns_at, weights_of
from paintrend.session_rules import sizes
from paintrend.shapes import shape_table
from paintrend.soreness.extended import ResponsePrior
from paintrend.soreness.learning import default_response
from paintrend.soreness.posterior import draw_jointly
from paintrend.soreness.problem import Problem

from .prior_draws import draw_patients
from .test_rank_statistics import uniform_p

TABLE, NOISE = shape_table(42.0, 1.0, 3.5), noise_grid(1.0, 3.5)
PRIOR = default_prior("rehabilitation", TABLE, 1.0, (2.0, 2.0))
RESPONSE = default_response()
DAYS = np.arange(-5.0, 42.5, 1.0) + 0.8
DAYS = DAYS[DAYS <= 42.0]
N_PATIENTS, N_DRAWS = 90, 100
QUANTITIES = (
    "rise", "first rise", "time course", "level on day 21", "end change", "highest rise", "course",
)  # fmt: skip
LEVEL = 1e-3 / len(QUANTITIES)


@pytest.fixture(scope="module")
def truth():
    rng = np.random.default_rng(8)
    course = rng.choice(RESPONSE.share.size, N_PATIENTS, p=RESPONSE.share)
    height = rng.multivariate_normal(RESPONSE.mean, RESPONSE.covariance, N_PATIENTS)
    height[course == 0] = 0.0
    sessions = []
    for _ in range(N_PATIENTS):
        start = np.cumsum(np.r_[0.4, rng.choice([2.0, 3.0, 4.0, 7.0], 12)])
        sessions.append(start[start < 41.0])
    weights = [weights_of(s.size) for s in sessions]
    added = np.array([
        columns_at(DAYS, s, w, RESPONSES[m - 1].at) @ h if m else np.zeros(DAYS.size)
        for s, w, m, h in zip(sessions, weights, course, height, strict=True)
    ])  # fmt: skip
    drawn = draw_patients(rng, TABLE, NOISE, PRIOR, N_PATIENTS, DAYS, added=added)
    return drawn, sessions, weights, course, height


def ranks(truth, response):
    """Share of draws below the true value (P,) by quantity, ties split at random."""
    drawn, sessions, weights, course, height = truth
    problem = Problem(drawn.ratings, sessions, weights, RESPONSES, drawn.ratings.day)
    model = build_model(PRIOR, TABLE, NOISE, 1.0)
    post = draw_jointly(problem, TABLE, model, PRIOR, response, seed=0, n_draws=N_DRAWS, workers=2)
    n, columns = N_PATIENTS, grid_columns(TABLE)
    curves = np.empty((n * N_DRAWS, 169))
    draw_curves(
        post.curve.setting.ravel(), post.curve.amplitude.reshape(n * N_DRAWS, -1), post.curve.wave,
        post.curve.wave_row.ravel(), model, columns.common,
        columns.slow, columns.hump, columns.wax, 1.0, 0.0, curves,
    )  # fmt: skip
    among = values(sessions, post.course, post.amplitude, curves.reshape(n, N_DRAWS, 169))
    true = values(sessions, course[:, None], height[:, None], drawn.curves[:, None])
    rng = np.random.default_rng(7)
    found = {}
    for name, value in true.items():
        gap = among[name] - value
        below, tied = (gap < -1e-9).sum(axis=1), (np.abs(gap) <= 1e-9).sum(axis=1)
        found[name] = (below + rng.random(n) * (tied + 1)) / (N_DRAWS + 1)
    return found


def values(sessions, course, height, curves):
    """`QUANTITIES` (P, D) of draws or of the truth."""
    codes, features = judge_curves(curves.reshape(-1, 169), 42.0, 2.0, 2.0, 3.5, 10.5)
    features = features.reshape(*curves.shape[:2], -1)
    rise = [
        sizes(h[:, 0], h[:, 1], s.size).mean(axis=1) for h, s in zip(height, sessions, strict=True)
    ]
    rows = [
        np.array(rise), height[..., 0], course, curves[..., 84], features[..., 2],
        features[..., 1], codes.reshape(course.shape),
    ]  # fmt: skip
    return dict(zip(QUANTITIES, rows, strict=True))


@pytest.fixture(scope="module")
def right(truth):
    return ranks(truth, RESPONSE)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_true_values_rank_uniformly_among_the_draws(right, quantity):
    assert uniform_p(right[quantity]) > LEVEL


def test_a_wrong_population_of_responses_is_seen(truth):
    wrong = ResponsePrior(RESPONSE.share, RESPONSE.mean + 1.5, RESPONSE.covariance / 16.0)
    assert uniform_p(ranks(truth, wrong)["rise"]) < LEVEL
