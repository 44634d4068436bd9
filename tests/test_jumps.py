"""Where a jump of the dictionary is taken to be for one patient, and proposals of its place."""

from itertools import pairwise

import numpy as np
import pytest

from paintrend.core.design import build_design
from paintrend.core.jumps import jump_pieces, jump_place, log_jump_density, place_jumps
from paintrend.core.noise import noise_grid
from paintrend.core.prior import build_model
from paintrend.shapes import shape_table

from . import reference as ref

HORIZON = 84.0
TABLE = shape_table(HORIZON, 7.0, 21.0)
NOISE = noise_grid(1.0, TABLE.lasting_days)
PRIOR = ref.random_prior(np.random.default_rng(2), TABLE, NOISE.sd.size)
MODEL = build_model(PRIOR, TABLE, NOISE, 1.0)
JUMPS = np.flatnonzero(MODEL.jump >= 0.0)
DAILY = np.arange(-5.0, 85.0)
WEEKLY = np.arange(-14.0, 85.0, 7.0)
SPARSE = np.array([-7.0, 0.0, 84.0])


def placed(day, y):
    """The columns of one patient before and after, their transpose, and what was found."""
    offset = np.array([0, day.size])
    design = build_design(day, y, offset, TABLE, PRIOR, 1.0)
    before = design.slow[design.row]
    columns, columns_t = before.copy(), np.ascontiguousarray(before.T)
    found = np.full((before.shape[1], 2), np.nan)
    place_jumps(MODEL, y, columns, columns_t, found)
    return before, columns, columns_t, found


def sharp(columns):
    """The jumps of the dictionary, without what softens them there."""
    return (columns[:, :1] >= MODEL.jump[JUMPS]).astype(float)


@pytest.mark.parametrize("day", [DAILY, WEEKLY], ids=["daily", "weekly"])
@pytest.mark.parametrize("jump", [9.5, 20.5, 29.9, 41.0, 57.5, 66.0])
@pytest.mark.parametrize("size", [4.0, -4.0])
def test_a_jump_is_found_between_the_ratings_where_it_is(day, jump, size):
    rng = np.random.default_rng(int(jump))
    y = 5.0 - size / 2 + size * (day >= jump) + 0.3 * rng.standard_normal(day.size)
    before, columns, columns_t, found = placed(day, y)
    # the stretch in which it lies
    s = JUMPS[np.argmin(np.abs(MODEL.jump[JUMPS] * HORIZON - jump))]
    np.testing.assert_array_equal(columns[:, s], (day >= jump).astype(float))
    np.testing.assert_array_equal(columns_t, columns.T)
    first, width = found[s]
    for place in (first + 0.01 * width, first + 0.99 * width):
        moved = (MODEL.jump[s] + place * MODEL.jump_gap) * HORIZON
        np.testing.assert_array_equal(np.maximum(day, 0.0) >= moved, day >= jump)
    others = np.setdiff1d(np.arange(before.shape[1]), JUMPS)
    np.testing.assert_array_equal(columns[:, others], before[:, others])
    assert np.isnan(found[others]).all()


@pytest.mark.parametrize("day", [DAILY, WEEKLY, SPARSE], ids=["daily", "weekly", "sparse"])
def test_where_nothing_tells_a_jump_stays_where_the_dictionary_has_it(day):
    before, columns, _, found = placed(day, np.full(day.size, 4.0))
    np.testing.assert_array_equal(columns[:, JUMPS], sharp(before))
    if day is SPARSE:
        assert (found[JUMPS] == [-0.5, 1.0]).all()
    else:
        assert (found[JUMPS, 1] < 1.0).all()


def test_one_rating_and_ratings_before_the_start_only_are_placed():
    for day in (np.array([0.0]), np.array([-3.0, -2.0, 0.0]), np.array([84.0])):
        before, columns, _, found = placed(day, np.arange(day.size) + 1.0)
        np.testing.assert_array_equal(columns[:, JUMPS], sharp(before))
        assert (found[JUMPS, 1] > 0.0).all()
        assert (found[JUMPS].sum(axis=1) <= 0.5 + 1e-12).all()


@pytest.mark.parametrize("day", [DAILY, WEEKLY], ids=["daily", "weekly"])
def test_places_have_the_density_that_is_said(day):
    rng = np.random.default_rng(3)
    *_, found = placed(day, rng.uniform(0.0, 10.0, day.size))
    uniform = (np.arange(200_000) + 0.5) / 200_000
    for s in JUMPS:
        place = np.array([jump_place(found, s, u) for u in uniform])
        assert place.min() >= -0.5
        assert place.max() < 0.5
        density = np.exp([log_jump_density(found, s, x) for x in place])
        # the inverse of the density averages to the length of what is covered, and to its parts
        assert (1.0 / density).mean() == pytest.approx(1.0, abs=1e-3)
        for part in (place < -0.2, place > 0.3):
            length = {True: 0.3, False: 0.2}[bool(place[part][0] < 0.0)]
            assert (part / density).mean() == pytest.approx(length, abs=2e-3)


@pytest.mark.parametrize("day", [DAILY, WEEKLY, SPARSE], ids=["daily", "weekly", "sparse"])
def test_pieces_of_a_stretch_are_the_places_that_give_one_column(day):
    before, *_ = placed(day, np.full(day.size, 4.0))
    time = np.ascontiguousarray(before[:, 0])
    edges = np.empty(day.size + 2)
    for s in range(before.shape[1]):
        n = jump_pieces(MODEL, s, time, edges)
        if s not in JUMPS:
            assert n == 0
            continue
        assert edges[0] == -0.5
        assert edges[n] == 0.5
        assert (np.diff(edges[: n + 1]) > 0.0).all()
        columns = []
        for low, high in pairwise(edges[: n + 1]):
            every = {
                tuple(time >= MODEL.jump[s] + (low + x * (high - low)) * MODEL.jump_gap)
                for x in (0.001, 0.5, 0.999)
            }
            assert len(every) == 1
            columns += every
        assert len(set(columns)) == n
