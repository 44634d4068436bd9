"""The tabled likelihood of a rating: exact probabilities, open ends, error of looking up."""

import numpy as np
import pytest

from paintrend.core.likelihood import (
    CEILING,
    FLOOR,
    INSIDE,
    MIDDLE,
    OUTLIER,
    RANGE,
    can_heap,
    log_likelihood_table,
    look_up,
    rating_kind,
)

from .reference import rating_probability

STEPS = [0.01, 0.1, 1.0, 2.5]
SDS = [0.18, 0.35, 1.0, 2.8]


def log_probability(y, level, sd, step, table=None, heap=0.0):
    table = log_likelihood_table(np.array([sd]), step, heap)[0] if table is None else table
    kind = rating_kind(np.array([y]), step)[0]
    return look_up(table, kind, level - y)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("sd", SDS)
@pytest.mark.parametrize("heap", [0.0, 0.5, 0.95])
def test_look_ups_match_normal_probabilities(step, sd, heap):
    rng = np.random.default_rng(1)
    table = log_likelihood_table(np.array([sd]), step, np.array([heap]))[0]
    categories = np.round(np.arange(0.0, RANGE + step / 2, step), 10)
    y = rng.choice(categories, 300)
    y[:20], y[20:40], y[40:60] = 0.0, RANGE, 5.0
    # curves stay on the scale; the autocorrelated part may carry the level beyond
    level = rng.uniform(-6.0, 16.0, 300)
    got = [log_probability(a, b, sd, step, table) for a, b in zip(y, level, strict=True)]
    expected = np.log(rating_probability(y, level, sd, step, heap=heap))
    # linear interpolation errs by an eighth of spacing squared times the second derivative, which
    # is at most some 1/sd**2, more where a rating turns from noise into a wild one
    np.testing.assert_allclose(got, expected, atol=5 * 0.01**2 / 8 / sd**2)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("level", [-3.0, 0.0, 0.37, 5.0, 9.9, 12.5])
@pytest.mark.parametrize("heap", [0.0, 0.5])
def test_probabilities_of_all_categories_sum_to_one(step, level, heap):
    table = log_likelihood_table(np.array([0.8]), step, heap)[0]
    categories = np.round(np.arange(0.0, RANGE + step / 2, step), 10)
    total = sum(np.exp(log_probability(y, level, 0.8, step, table)) for y in categories)
    assert total == pytest.approx(1.0, abs=5e-4)


def test_the_ends_are_open_and_the_inside_is_not():
    for y in (0.0, RANGE):
        beyond = y - 9.0 if y == 0.0 else y + 9.0
        assert np.exp(log_probability(y, beyond, 0.5, 1.0)) == pytest.approx(1.0, abs=OUTLIER)
    assert np.exp(log_probability(5.0, 14.0, 0.5, 1.0)) < OUTLIER


def test_the_two_ends_mirror_each_other():
    table = log_likelihood_table(np.array([0.5, 2.0]), 1.0, np.array([0.0, 0.5]))
    np.testing.assert_allclose(table[:, FLOOR], table[:, CEILING, ::-1], rtol=1e-9)
    for kind in (INSIDE, MIDDLE):
        np.testing.assert_allclose(table[:, kind], table[:, kind, ::-1], rtol=1e-9)


def test_a_wild_rating_costs_a_bounded_amount():
    flat = np.log(0.005 / 11.0)  # the share that docs/method.md states
    assert log_probability(9.0, 0.0, 0.35, 1.0) == pytest.approx(flat, abs=1e-6)
    table = log_likelihood_table(np.array([0.35]), 1.0)[0]
    for kind in (INSIDE, FLOOR, CEILING, MIDDLE):
        assert look_up(table, kind, 1e6) >= flat - 1e-9
        assert look_up(table, kind, -1e6) >= flat - 1e-9
        assert np.isfinite(table[kind]).all()


def test_without_outliers_far_tails_stay_finite_and_fall():
    table = log_likelihood_table(np.array([0.35]), 0.1, outlier=0.0)[0]
    at = np.array([look_up(table, INSIDE, d) for d in (0.0, 2.0, 5.0, 10.0, 25.0, 99.0)])
    assert np.isfinite(at).all()
    assert (np.diff(at) <= 0).all()
    assert at[-1] == np.log(1e-300)
    # five noise sd away: log density of a normal times the step
    density = np.log(0.1) - 0.5 * np.log(2 * np.pi * 0.35**2) - 0.5 * (2.0 / 0.35) ** 2
    assert at[1] == pytest.approx(density, rel=0.01)


@pytest.mark.parametrize("step", STEPS)
def test_only_the_end_and_middle_categories_are_of_their_own_kind(step):
    y = np.array([0.0, step, 5.0 - step, 5.0, 5.0 + step, RANGE - step, RANGE])
    expected = [FLOOR, INSIDE, INSIDE, MIDDLE, INSIDE, INSIDE, CEILING]
    assert rating_kind(y, step).tolist() == expected


def test_a_value_between_the_numbers_is_of_the_kind_that_it_is_close_to():
    """A quarter of a step belongs to the ends and no longer to the middle."""
    y = np.array([0.24, 0.25, 0.26, 4.74, 4.75, 4.76, 5.24, 5.25, 5.26, 9.74, 9.75, 9.76])
    ends = [FLOOR, FLOOR, INSIDE, INSIDE, INSIDE, MIDDLE, MIDDLE, INSIDE, INSIDE, INSIDE]
    assert rating_kind(y, 1.0).tolist() == [*ends, CEILING, CEILING]


def test_the_table_reaches_25_units_either_way_and_its_ends_count_beyond():
    assert log_likelihood_table(np.array([0.5, 1.0]), 1.0).shape == (2, 4, 5001)
    table = np.random.default_rng(4).normal(size=(4, 5001))
    for kind in (INSIDE, FLOOR, CEILING, MIDDLE):
        assert look_up(table, kind, -25.0) == look_up(table, kind, -26.0) == table[kind, 0]
        for distance in (25.0, 26.0):
            assert look_up(table, kind, distance) == pytest.approx(table[kind, -1], abs=1e-4)
        assert look_up(table, kind, 24.985) == pytest.approx(table[kind, 4998:5000].mean())


@pytest.mark.parametrize(
    ("step", "expected"),
    # 0-10; 0-100 in tens, fives and ones; continuous; four, five and eleven categories; RMDQ 0-24
    [(1.0, True), (0.5, True), (0.1, True), (0.01, False), (10 / 3, False), (2.5, False),
     (10 / 24, True), (10 / 11, False), (1.25, True),
     # the finest and the next one; too fine; seven categories; a middle that is none
     (0.05, True), (0.0625, True), (0.04, False), (10 / 6, False), (5 / 5.0000012, False)],
)  # fmt: skip
def test_only_scales_with_a_middle_and_enough_numbers_can_be_heaped(step, expected):
    assert can_heap(step) is expected


def test_heaped_ratings_stand_for_half_the_scale():
    """Where all are heaped, 5 says 2.5 to 7.5; of those who heap half, half of them say it."""
    assert np.exp(log_probability(5.0, 7.0, 0.2, 1.0, heap=1.0)) == pytest.approx(0.99, abs=0.01)
    assert np.exp(log_probability(5.0, 7.0, 0.2, 1.0, heap=0.5)) == pytest.approx(0.5, abs=0.01)
    assert np.exp(log_probability(5.0, 7.0, 0.2, 1.0)) < OUTLIER
    assert np.exp(log_probability(7.0, 7.0, 0.2, 1.0, heap=0.5)) == pytest.approx(0.5, abs=0.01)
    assert np.exp(log_probability(0.0, 2.0, 0.2, 1.0, heap=1.0)) == pytest.approx(0.99, abs=0.01)
