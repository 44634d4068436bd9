"""Drawing and judging in one go, against curves drawn and read one by one."""

import numpy as np
import pytest

from paintrend.core.course_rules import COURSES, FEATURES, GRID_POINTS, check_curves
from paintrend.core.curves import BETWEEN, ROW_LENGTH, draw_curves, draw_on_grid
from paintrend.core.grid import N_COEFFICIENTS, grid_columns, grid_rows
from paintrend.core.judgement import empty_judgement, judge_draws, judge_given, make_rules
from paintrend.core.noise import noise_grid
from paintrend.core.posterior import Posterior
from paintrend.core.prior import build_model

from .reference import random_prior, small_table, table_with_neighbours
from .reference_courses import read_curve

PAIRS = [(2.0, 3.0), (1.5, 2.25), (2.5, 3.75)]
SPANS = [(84.0, 7.0, 21.0), (84.0, 0.5, 84.0), (365.0, 30.0, 91.0), (1.0, 0.1, 0.3), (84.0, 84, 1)]


def curves_of_all_kinds(rng, n):
    """Smooth ones, walks, constants, steps and walks on exactly the thresholds, saturated ones."""
    t = np.linspace(0, 1, GRID_POINTS)
    height, peak = rng.normal(0, 5, (n, 1)), rng.uniform(0.05, 0.9, (n, 1))
    humps = 5 + rng.normal(0, 4, (n, 1)) * t + height * (t / peak * np.exp(1 - t / peak)) ** 5
    walks = 5 + np.cumsum(rng.normal(0, 0.4, (n, GRID_POINTS)), axis=1)
    flat = np.repeat(rng.uniform(0, 10, (n, 1)), GRID_POINTS, axis=1)
    steps = np.repeat(rng.integers(0, 21, (n, 13)) / 2, 13, axis=1)
    ties = 5 + np.cumsum(rng.integers(-1, 2, (n, GRID_POINTS)) / 4, axis=1)
    jumps = 5 + rng.choice([-3.75, -3.0, -2.25, 0.0, 1.0, 1.5, 2.0, 2.5], (n, GRID_POINTS))
    late = np.where(t > rng.uniform(0.3, 1, (n, 1)), rng.choice([2.0, -3.0, 1.9], (n, 1)), 0.0)
    broken = humps.copy()
    broken[np.arange(n), rng.integers(0, GRID_POINTS, n)] = rng.choice(
        [np.nan, -np.nan, np.inf, -np.inf], n
    )
    every = [humps, walks, np.clip(humps, 0, 10), np.clip(walks, 0, 10)]
    return np.concatenate([*every, flat, steps, ties, jumps, 5 + late, broken])


@pytest.mark.parametrize(("horizon", "lasting", "sustained"), SPANS)
def test_judging_equals_reading_point_by_point(horizon, lasting, sustained):
    curves = curves_of_all_kinds(np.random.default_rng(5), 60)
    rules = make_rules(horizon, PAIRS, lasting, sustained)
    into = empty_judgement(len(curves), 1, rules)
    judge_given(0, curves[:, np.newaxis], np.zeros((len(curves), 1)), rules, into)
    readings = [
        [read_curve(f, rules.step, *pair, rules.n_lasting, rules.n_sustained) for f in curves]
        for pair in PAIRS
    ]
    for counts, read in zip(into.counts, readings, strict=True):
        codes = np.array([one.code for one in read])
        np.testing.assert_array_equal(counts.sum(axis=1), codes >= 0)
        judged = codes >= 0
        np.testing.assert_array_equal(counts[judged].argmax(axis=1), codes[judged])
    np.testing.assert_array_equal(into.codes[:, 0], [one.code for one in readings[0]])
    np.testing.assert_array_equal(into.checks[:, 0], [one.checks for one in readings[0]])
    expected = np.array([one.features for one in readings[0]]).T
    burden = FEATURES.index("burden")
    np.testing.assert_allclose(into.features[burden, :, 0], expected[burden], rtol=1e-12, atol=0)
    np.testing.assert_array_equal(
        np.delete(into.features[: len(FEATURES), :, 0], burden, axis=0),
        np.delete(expected, burden, axis=0),
    )
    # The public function judges the same curves at one pair of thresholds.
    codes, features, checks = check_curves(curves, horizon, *PAIRS[0], lasting, sustained)
    np.testing.assert_array_equal(codes, into.codes[:, 0])
    np.testing.assert_array_equal(checks, into.checks[:, 0])
    np.testing.assert_array_equal(features, into.features[: len(FEATURES), :, 0].T)


def test_the_curves_of_that_test_reach_every_course():
    curves = curves_of_all_kinds(np.random.default_rng(5), 60)
    codes = [read_curve(f, 0.5, *PAIRS[0], 14, 42).code for f in curves]
    assert set(codes) == {-1, *range(len(COURSES))}


def random_posterior(rng, table, n_patients, n_draws):
    """Amplitudes and places for every shape and waxing setting, as a fit holds them."""
    shape = (n_patients, n_draws)
    n_shapes, n_all = len(table.shapes), len(table.shapes) + len(table.waxing)
    setting = rng.permutation(np.arange(n_patients * n_draws) % n_all).reshape(shape)
    amplitude = rng.normal(0, 3, (*shape, 4 + BETWEEN))
    amplitude[:, :, 0] += 5
    amplitude[:, :, 4:] = rng.uniform(-0.5, 0.5, (*shape, BETWEEN))
    waxes = setting >= n_shapes
    wave = rng.standard_normal((max(1, waxes.sum()), N_COEFFICIENTS + 1))
    wave_row = np.where(waxes, np.cumsum(waxes).reshape(shape) - 1, 0)
    none = np.zeros(n_patients)
    return Posterior(setting, setting * 0, amplitude, wave, wave_row, none, none, none)


@pytest.fixture(scope="module", params=[small_table, table_with_neighbours])
def drawn(request):
    """Posterior, model and table, with the curves that `draw_curves` gives (P, D, 169)."""
    rng = np.random.default_rng(11)
    table = request.param()
    noise = noise_grid(1.0, table.lasting_days)
    model = build_model(random_prior(rng, table, noise.sd.size), table, noise, 1.0)
    post = random_posterior(rng, table, 5, 130)
    columns = grid_columns(table)
    curves = np.empty((post.setting.size, GRID_POINTS))
    draw_curves(
        post.setting.ravel(), np.concatenate(post.amplitude), post.wave, post.wave_row.ravel(),
        model, columns.common, columns.slow, columns.hump, columns.wax, 0.7, 20.0, curves,
    )  # fmt: skip
    return post, model, table, curves.reshape(*post.setting.shape, GRID_POINTS)


@pytest.mark.parametrize("width", [GRID_POINTS, ROW_LENGTH])
def test_curves_on_the_grid_are_the_same_to_the_last_bit(drawn, width):
    post, model, table, curves = drawn
    assert len(np.unique(post.setting)) == len(table.shapes) + len(table.waxing)
    out = np.empty((post.setting.size, width))
    draw_on_grid(
        post.setting.ravel(), np.concatenate(post.amplitude), post.wave, post.wave_row.ravel(),
        model, grid_rows(table), 0.7, 20.0, out,
    )  # fmt: skip
    np.testing.assert_array_equal(out[:, :GRID_POINTS], np.concatenate(curves))


def test_judging_draws_equals_judging_their_curves(drawn):
    post, model, table, curves = drawn
    rules = make_rules(84.0, [(1.4, 2.1), (1.0, 1.6)], 7.0, 21.0)
    trend = post.amplitude[:, :, 1] * 0.7
    expected = empty_judgement(5, 130, rules)
    judge_given(0, curves, trend, rules, expected)
    into = empty_judgement(5, 130, rules)
    # in two parts, as threads do it
    for first, where in ((0, np.array([0, 1])), (2, np.array([2, 3, 4]))):
        judge_draws(first, where, post, model, grid_rows(table), 0.7, 20.0, rules, into)
    for name, one, other in zip(into._fields, into, expected, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)
    assert into.whole.all()
    assert (into.counts.sum(axis=2) == 130).all()
    np.testing.assert_array_equal(into.features[-1], trend)


def test_nothing_is_kept_of_a_patient_without_a_full_set_of_curves(drawn):
    post, model, table, _ = drawn
    rules = make_rules(84.0, PAIRS, 7.0, 21.0)
    amplitude = post.amplitude.copy()
    amplitude[1, 77, 0] = np.nan
    into = empty_judgement(5, 130, rules)
    where = np.array([0, 1, -1, 3, 4])
    post = post._replace(amplitude=amplitude)
    judge_draws(0, where, post, model, grid_rows(table), 0.7, 20.0, rules, into)
    into.forget(np.array([4]))
    assert into.whole.tolist() == [True, False, False, True, False]
    for patient in (1, 2, 4):
        assert (into.codes[patient] == -1).all()
        assert (into.checks[patient] == -1).all()
        assert np.isnan(into.features[:, patient]).all()
        assert (into.counts[:, patient] == 0).all()
    assert (into.counts[:, [0, 3]].sum(axis=2) == 130).all()
