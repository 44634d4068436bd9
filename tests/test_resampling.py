"""From weighted proposals to draws: what is kept of each course."""

from __future__ import annotations

import numpy as np
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES, GRID_POINTS, classify_curves
from paintrend.core.curves import draw_on_grid
from paintrend.core.grid import grid_rows, sketch_rows
from paintrend.core.noise import noise_grid
from paintrend.core.prior import build_model
from paintrend.core.resampling import (
    N_KEYS,
    SKETCH_POINTS,
    course_order,
    glance,
    resample,
    rough_courses,
    shuffled,
)
from paintrend.results.population import usual_thresholds

from .reference import random_prior, small_table, table_with_neighbours
from .test_judgement import curves_of_all_kinds, random_posterior

ORDER = (
    "improving",
    "worse_before_better",
    "fluctuating",
    "improvement_lost",
    "unchanged",
    "transient_worsening",
    "recent_worsening",
    "sustained_deterioration",
)
POINTS = np.linspace(0, GRID_POINTS - 1, SKETCH_POINTS - 1).round().astype(int)


def keys_of(sketch, worsening=2.0, improvement=2.0):
    key = np.empty(len(sketch), dtype=np.int64)
    rough_courses(np.ascontiguousarray(sketch), worsening, improvement, key)
    return key


def course_of(key):
    return np.array(ORDER)[key * len(ORDER) // N_KEYS]


def order_of(key):
    order = np.empty(key.size, dtype=np.int64)
    course_order(key, order)
    return order


@pytest.mark.parametrize("make", [small_table, table_with_neighbours])
def test_a_sketch_is_the_curve_at_some_of_its_points(make):
    rng = np.random.default_rng(3)
    table = make()
    noise = noise_grid(1.0, table.lasting_days)
    model = build_model(random_prior(rng, table, noise.sd.size), table, noise, 1.0)
    post = random_posterior(rng, table, 4, 130)
    given = post.setting.ravel(), np.concatenate(post.amplitude), post.wave, post.wave_row.ravel()
    curves = np.empty((post.setting.size, GRID_POINTS))
    draw_on_grid(*given, model, grid_rows(table), 1.0, 0.0, curves)
    sketch = np.empty((post.setting.size, SKETCH_POINTS))
    draw_on_grid(*given, model, model.sketch, 1.0, 0.0, sketch)
    lasting = table.lasting_days / table.horizon * (GRID_POINTS - 1)
    key = np.empty(len(sketch), dtype=np.int64)
    # some at a time
    glance(model, given[0], given[1], *given[2:], np.empty((64, SKETCH_POINTS)), key)
    np.testing.assert_array_equal(key, keys_of(sketch))
    at = np.append(POINTS, round(GRID_POINTS - 1 - lasting / 2))
    np.testing.assert_allclose(sketch, curves[:, at], rtol=0, atol=1e-12)
    assert sketch_rows(table).slow.shape[1] == SKETCH_POINTS


@pytest.mark.parametrize(("worsening", "improvement"), [(2.0, 2.0), (1.0, 1.5), (0.75, 3.0)])
def test_a_glance_at_smooth_curves_takes_most_for_the_course_that_they_are(worsening, improvement):
    rng = np.random.default_rng(8)
    t = np.linspace(0, 1, GRID_POINTS)
    start, change, height = rng.uniform(2, 8, (3000, 1)), *rng.normal(0, 3, (2, 3000, 1))
    peak = rng.uniform(0.1, 0.6, (3000, 1))
    shape = (t / peak * np.exp(1 - t / peak)) ** 4
    waves = rng.normal(0, 1, (3000, 1)) * np.sin(
        2 * np.pi * (1.5 * t + rng.uniform(size=(3000, 1)))
    )
    curves = np.clip(start + change * (1 - np.exp(-3 * t)) + height * shape + waves, 0, 10)
    codes = classify_curves(curves, 84.0, worsening, improvement, 7.0, 21.0)
    true = np.array(COURSES)[codes]
    rough = course_of(keys_of(curves[:, np.append(POINTS, 161)], worsening, improvement))
    assert set(true) == set(COURSES)
    assert (rough == true).mean() > 0.9
    for course in COURSES:
        assert (rough == course)[true == course].mean() > 0.75, course


def test_every_curve_has_a_place_in_the_order_even_one_without_numbers():
    curves = curves_of_all_kinds(np.random.default_rng(5), 60)
    key = keys_of(curves[:, np.append(POINTS, 161)] * 3.0 - 8.0)
    assert key.min() >= 0
    assert key.max() < N_KEYS
    assert set(course_of(key)) == set(ORDER)


def test_rows_with_the_same_place_keep_their_order():
    key = np.random.default_rng(1).integers(0, N_KEYS, 5000)
    np.testing.assert_array_equal(order_of(key), np.argsort(key, kind="stable"))
    np.testing.assert_array_equal(order_of(key[:1]), [0])


@pytest.mark.parametrize("seed", range(5))
def test_of_every_stretch_of_the_order_as_many_are_kept_as_it_weighs(seed):
    rng = np.random.default_rng(seed)
    key, weight = rng.integers(0, N_KEYS, 800), rng.gamma(0.3, size=800)
    order, n_keep = order_of(key), 400
    kept, log_mean = resample(weight, order, n_keep, rng.uniform())
    assert log_mean == pytest.approx(np.log(weight.mean()))
    share = weight / weight.sum()
    assert (np.abs(np.bincount(kept, minlength=800) - n_keep * share) < 1 + 1e-9).all()
    # in each course, and up to any place in the order
    for up_to in range(0, N_KEYS, 16):
        expected = n_keep * share[key <= up_to].sum()
        assert abs((key[kept] <= up_to).sum() - expected) < 1 + 1e-9


def test_what_is_kept_is_right_on_average():
    rng = np.random.default_rng(4)
    weight, order = rng.gamma(0.5, size=30), rng.permutation(30)
    counts = np.zeros(30)
    for uniform in (np.arange(2000) + 0.5) / 2000:
        counts += np.bincount(resample(weight, order, 10, uniform)[0], minlength=30)
    np.testing.assert_allclose(counts / 20_000, weight / weight.sum(), atol=2e-4)


def test_kept_rows_are_put_in_random_order():
    kept = np.repeat(np.arange(50), 4)
    found = shuffled(kept, np.random.default_rng(2).uniform(size=2**20), 17)
    np.testing.assert_array_equal(np.sort(found), kept)
    assert abs(np.corrcoef(found, np.arange(200))[0, 1]) < 0.25


def test_thresholds_are_those_of_the_scale():
    ratings = pt.simulate_cohort(12, seed=3).ratings
    ratings["pain"] *= 10
    fit = pt.fit_curves(pt.read_diary(ratings, scale="odi"), horizon=84, draws=20)
    np.testing.assert_allclose(fit.population.model.thresholds, [1.0, 1.0])
    plain = pt.Scale("any", 0, 5)
    assert usual_thresholds(plain) == (2.0, 2.0)


def test_shares_of_courses_vary_less_than_those_of_as_many_independent_draws():
    diary = pt.read_diary(pt.simulate_cohort(40, seed=6).ratings, scale="nrs")
    population = pt.fit_curves(diary, horizon=84, draws=20).population
    names = [f"p_{course}" for course in COURSES]
    fits = (pt.fit_curves(diary, population=population, draws=200, seed=s) for s in range(25))
    shares = np.stack([pt.classify(fit).table()[names].to_numpy(float) for fit in fits])
    p = shares.mean(axis=0)
    independent = (p * (1.0 - p)).sum() / 200
    assert shares.var(axis=0, ddof=1).sum() / independent < 0.92
