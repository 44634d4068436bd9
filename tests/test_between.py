"""Shapes between those of the dictionary: draws against brute force, their curves by formula."""

import numpy as np
import pytest
from scipy.stats import kstest

from paintrend.core.curves import draw_curves
from paintrend.core.design import build_design
from paintrend.core.grid import grid_columns
from paintrend.core.noise import noise_grid
from paintrend.core.posterior import sample_posterior, sample_proposals
from paintrend.core.prior import build_model
from paintrend.shapes import FAMILIES

from . import reference as ref

TABLE = ref.table_with_neighbours()
NOISE = noise_grid(1.0, TABLE.lasting_days)
SD = np.unique(NOISE.sd)[3]
QUIET = int(np.flatnonzero((NOISE.sd == SD) & (NOISE.share == 0) & (NOISE.heap == 0))[0])
DAYS = np.array([0.0, 5, 10, 17, 24, 30, 40, 47, 60, 84])
PLACES = (np.arange(40) + 0.5) / 40 - 0.5


def shape_of(family, slow=-1, hump=-1):
    """The shape of this family with these components, by their place in the table."""
    names = [f.name for f in FAMILIES]
    wanted = (slow, hump, names.index(family))
    return next(k for k, s in enumerate(TABLE.shapes) if (s.slow, s.hump, s.family) == wanted)


def problem(day, y, n_patients=1, shape=None):
    """Model and design; with ``shape`` all weight is on it and on one noise setting."""
    prior = ref.random_prior(np.random.default_rng(2), TABLE, NOISE.sd.size)
    if shape is not None:
        noise = np.eye(NOISE.sd.size)[QUIET]
        prior = prior._replace(shape=np.eye(prior.shape.size)[shape], noise=noise)
    offset = np.arange(n_patients + 1) * day.size
    design = build_design(np.tile(day, n_patients), y.ravel(), offset, TABLE, prior, 1.0)
    return prior, build_model(prior, TABLE, NOISE, 1.0), design


CASES = {
    "exponential, slower": (shape_of("better", slow=2), [7, 6, 6, 5, 4, 4, 3, 2, 2, 1], False),
    "exponential, first": (shape_of("better", slow=1), [6, 4, 3, 2, 1, 2, 2, 1, 2, 1], False),
    "linear has none": (shape_of("worse", slow=0), [4, 4, 5, 5, 5, 6, 6, 7, 8, 9], False),
    "step, earlier": (shape_of("better", slow=5), [6, 6, 6, 5, 6, 2, 2, 3, 2, 2], False),
    "step, ceiling": (shape_of("better", slow=4), [10, 10, 10, 10, 5, 6, 6, 5, 6, 6], True),
    "hump, later": (shape_of("hump", hump=1), [3, 3, 4, 5, 7, 8, 7, 6, 4, 3], False),
    "hump, last": (shape_of("hump", hump=2), [3, 3, 3, 4, 4, 5, 7, 6, 5, 4], False),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_places_agree_with_brute_force(name):
    shape, ratings, unusual = CASES[name]
    y = np.array(ratings, dtype=float)
    prior, model, design = problem(DAYS, y, shape=shape)
    options = {"unusual": unusual, "points": 161}
    exact = ref.brute_force(TABLE, prior, shape, SD, DAYS, y, places=PLACES, **options)
    n = 8000
    proposals = sample_proposals(model, design, ["a"], seed=0, n_draws=n)
    weight = np.exp(proposals.log_weight[0] - exact.evidence)
    assert weight.mean() == pytest.approx(1.0, abs=4 * weight.std() / np.sqrt(n) + 0.01)
    side = 0 if TABLE.shapes[shape].slow >= 0 else 1
    got = sample_posterior(model, design, ["a"], seed=0, n_draws=n)
    drawn = got.amplitude[0][:, [0, 2 + side, 4 + side]]
    assert got.effective[0] > 0.05 * n
    error = 5 * exact.sd[:3] / np.sqrt(min(n, got.effective[0]))
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - exact.mean[:3]), error)
    np.testing.assert_allclose(drawn.std(axis=0), exact.sd[:3], rtol=0.1)
    # what the ratings say of the place is more than sampling error, save where there is none
    moved = max(abs(exact.mean[2]), abs(exact.sd[2] - 12**-0.5))
    assert (moved < 1e-3) if name == "linear has none" else (moved > 0.02)


def test_nothing_in_the_ratings_leaves_places_uniform():
    shape = shape_of("hump_better", slow=2, hump=1)
    _, model, design = problem(np.array([0.0]), np.array([5.0]), shape=shape)
    drawn = sample_posterior(model, design, ["a"], seed=0, n_draws=1000).amplitude[0]
    for side in (4, 5):
        assert kstest(drawn[:, side] + 0.5, "uniform").pvalue > 1e-3


def test_curves_of_draws_are_mixed_with_a_neighbour_or_moved():
    rng = np.random.default_rng(0)
    y = np.clip(np.round(rng.normal(5.0, 2.5, (6, DAYS.size))), 0.0, 10.0)
    _, model, design = problem(DAYS, y, 6)
    post = sample_posterior(model, design, list("abcdef"), seed=0, n_draws=300)
    grid = grid_columns(TABLE)
    setting, amplitude = post.setting.ravel(), post.amplitude.reshape(-1, 6)
    curves = np.empty((setting.size, grid.day.size))
    draw_curves(
        setting, amplitude, post.wave, post.wave_row.ravel(), model, grid.common, grid.slow,
        grid.hump, grid.wax, 1.0, 0.0, curves,
    )  # fmt: skip
    seen = set()
    for k, x, curve in zip(setting, amplitude, curves, strict=True):
        if k >= len(TABLE.shapes):
            continue
        own, level = TABLE.shapes[k], np.full(grid.day.size, x[0])
        for role, index, size, place in (
            ("slow", own.slow, *x[[2, 4]]),
            ("hump", own.hump, *x[[3, 5]]),
        ):
            if index >= 0:
                assert -0.5 <= place <= 0.5
                level = level + size * ref.between(TABLE, role, index, place, grid.day)
                seen.add((role, index, bool(place > 0.0)))
        np.testing.assert_allclose(curve, np.clip(level, 0.0, 10.0), atol=1e-9)
    # every one, towards either side, but for the sines and cosines of the cycles
    wanted = [("slow", i) for i in range(len(TABLE.slow) - 2)]
    wanted += [("hump", i) for i in range(len(TABLE.hump) - 2)]
    assert {(*one, side) for one in wanted for side in (False, True)} <= seen
