"""The tabled likelihood of a rating: exact probabilities, open ends, error of looking up."""

import numpy as np
import pytest

from paintrend.core.likelihood import (
    CEILING,
    FLOOR,
    INSIDE,
    OUTLIER,
    RANGE,
    log_likelihood_table,
    look_up,
    rating_kind,
)

from .reference import rating_probability

STEPS = [0.01, 0.1, 1.0, 2.5]
SDS = [0.18, 0.35, 1.0, 2.8]


def log_probability(y, level, sd, step, table=None):
    table = log_likelihood_table(np.array([sd]), step)[0] if table is None else table
    kind = rating_kind(np.array([y]), step)[0]
    return look_up(table, kind, level - y)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("sd", SDS)
def test_look_ups_match_normal_probabilities(step, sd):
    rng = np.random.default_rng(1)
    table = log_likelihood_table(np.array([sd]), step)[0]
    categories = np.round(np.arange(0.0, RANGE + step / 2, step), 10)
    y = rng.choice(categories, 300)
    y[:20], y[20:40] = 0.0, RANGE
    # curves stay on the scale; the autocorrelated part may carry the level beyond
    level = rng.uniform(-6.0, 16.0, 300)
    got = [log_probability(a, b, sd, step, table) for a, b in zip(y, level, strict=True)]
    expected = np.log(rating_probability(y, level, sd, step))
    # linear interpolation errs by an eighth of spacing squared times the second derivative, which
    # is at most some 1/sd**2, more where a rating turns from noise into a wild one
    np.testing.assert_allclose(got, expected, atol=5 * 0.01**2 / 8 / sd**2)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("level", [-3.0, 0.0, 0.37, 5.0, 9.9, 12.5])
def test_probabilities_of_all_categories_sum_to_one(step, level):
    table = log_likelihood_table(np.array([0.8]), step)[0]
    categories = np.round(np.arange(0.0, RANGE + step / 2, step), 10)
    total = sum(np.exp(log_probability(y, level, 0.8, step, table)) for y in categories)
    assert total == pytest.approx(1.0, abs=5e-4)


def test_the_ends_are_open_and_the_inside_is_not():
    for y in (0.0, RANGE):
        beyond = y - 9.0 if y == 0.0 else y + 9.0
        assert np.exp(log_probability(y, beyond, 0.5, 1.0)) == pytest.approx(1.0, abs=OUTLIER)
    assert np.exp(log_probability(5.0, 14.0, 0.5, 1.0)) < OUTLIER


def test_the_two_ends_mirror_each_other():
    table = log_likelihood_table(np.array([0.5, 2.0]), 1.0)
    np.testing.assert_allclose(table[:, FLOOR], table[:, CEILING, ::-1], rtol=1e-9)
    np.testing.assert_allclose(table[:, INSIDE], table[:, INSIDE, ::-1], rtol=1e-9)


def test_a_wild_rating_costs_a_bounded_amount():
    flat = np.log(OUTLIER / 11.0)
    assert log_probability(9.0, 0.0, 0.35, 1.0) == pytest.approx(flat, abs=1e-6)
    table = log_likelihood_table(np.array([0.35]), 1.0)[0]
    for kind in (INSIDE, FLOOR, CEILING):
        assert look_up(table, kind, 1e6) >= flat - 1e-9
        assert look_up(table, kind, -1e6) >= flat - 1e-9
        assert np.isfinite(table[kind]).all()


def test_without_outliers_far_tails_stay_finite_and_fall():
    table = log_likelihood_table(np.array([0.35]), 0.1, 0.0)[0]
    at = np.array([look_up(table, INSIDE, d) for d in (0.0, 2.0, 5.0, 10.0, 25.0, 99.0)])
    assert np.isfinite(at).all()
    assert (np.diff(at) <= 0).all()
    # five noise sd away: log density of a normal times the step
    density = np.log(0.1) - 0.5 * np.log(2 * np.pi * 0.35**2) - 0.5 * (2.0 / 0.35) ** 2
    assert at[1] == pytest.approx(density, rel=0.01)


@pytest.mark.parametrize("step", STEPS)
def test_only_the_end_categories_are_ends(step):
    y = np.array([0.0, step, 5.0, RANGE - step, RANGE])
    assert rating_kind(y, step).tolist() == [FLOOR, INSIDE, INSIDE, INSIDE, CEILING]
