"""Course rules against hand-built curves, closed forms and a slow reading of the table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paintrend.core.course_rules import (
    CHECKS,
    COURSES,
    FEATURES,
    GRID_POINTS,
    WORK_LENGTH,
    check_curves,
    classify_curves,
    curve_features,
    judge_curves,
    judge_rows,
    points_in,
)

H = 84.0  # a step of half a day: 14 points last, 42 points are the last s days
RULES = (H, 2.0, 3.0, 7.0, 21.0)  # worsening 2, improvement 3: never mixed up unseen
START = 5.0


def curve(*pieces):
    """Build a curve from (points, change) pieces; what is left keeps the last change."""
    change = np.zeros(GRID_POINTS)
    at = 1
    for points, value in pieces:
        change[at : at + points] = value
        at += points
    assert at <= GRID_POINTS
    change[at:] = pieces[-1][1] if pieces else 0.0
    return START + change


def course_of(f, rules=RULES):
    return COURSES[classify_curves(f[np.newaxis], *rules)[0]]


def features_of(f, rules=RULES):
    return dict(zip(FEATURES, curve_features(f[np.newaxis], *rules)[0], strict=True))


def longest_run_start(holds, n):
    """First index from which `holds` is true on n consecutive points, or None."""
    for i in range(len(holds) - n + 1):
        if all(holds[i : i + n]):
            return i
    return None


def read_table(f, horizon, dw, di, lasting, sustained):
    """Read the definition row by row: every matching course, and the features."""
    step = horizon / 168
    n, m = max(1, round(lasting / step)), max(1, round(sustained / step))
    d = [float(x) - float(f[0]) for x in f]
    up = longest_run_start([x >= dw for x in d], n)
    down = longest_run_start([x <= -di for x in d], n)
    end = math.fsum(d[-n:]) / n
    late = [x >= dw for x in d[-m:]]
    enough = sum(late) * 10 >= 8 * m
    ends_better, ends_worse = end <= -di, end >= dw
    between = not ends_better and not ends_worse
    is_up, is_down = up is not None, down is not None
    worse_first = is_up and (not is_down or up < down)
    rows = [
        (ends_better and is_up and worse_first, "worse_before_better"),
        (ends_better and is_up and not worse_first, "fluctuating"),
        (ends_better and not is_up, "improving"),
        (ends_worse and enough, "sustained_deterioration"),
        (ends_worse and not enough, "recent_worsening"),
        (between and is_up and not is_down, "transient_worsening"),
        (between and is_down and not is_up, "improvement_lost"),
        (between and is_up and is_down, "fluctuating"),
        (between and not is_up and not is_down, "unchanged"),
    ]
    peak = d.index(max(d))
    settled = longest_run_start([x < dw / 2 for x in d[peak + 1 :]], n)
    better = next((i for i in range(169) if all(x <= -di for x in d[i:])), None)
    nan = math.nan
    features = {
        "baseline": float(f[0]),
        "rise": max(d),
        "end_change": end,
        "burden": float(np.trapezoid(np.maximum(d, 0), dx=step)),
        "worse_days": float(np.trapezoid([float(x >= dw) for x in d], dx=step)),
        "peak_day": peak * step if is_up else nan,
        "return_day": (peak + 1 + settled) * step if is_up and settled is not None else nan,
        "better_day": nan if better is None else better * step,
        "up": float(is_up),
    }
    return [course for met, course in rows if met], features


def random_curves(rng, n):
    """Random walks, humps, constants and steps of whole points, in equal parts."""
    t = np.linspace(0, 1, GRID_POINTS)
    walks = 5 + np.cumsum(rng.normal(0, 0.35, (n, GRID_POINTS)), axis=1)
    height, peak = rng.normal(0, 4, (n, 1)), rng.uniform(0.05, 0.9, (n, 1))
    humps = 5 + rng.normal(0, 4, (n, 1)) * t + height * (t / peak * np.exp(1 - t / peak)) ** 5
    constants = np.repeat(rng.uniform(0, 10, (n, 1)), GRID_POINTS, axis=1)
    steps = np.repeat(rng.integers(0, 11, (n, 13)), 13, axis=1).astype(float)
    return np.vstack([walks, humps, constants, steps])


@pytest.mark.parametrize(
    ("course", "f"),
    [
        ("worse_before_better", curve((30, 2), (20, 0), (1, -3))),
        ("fluctuating", curve((30, -3), (30, 2), (1, -3))),  # ends better, but better first
        ("improving", curve((60, -1), (1, -3))),
        ("sustained_deterioration", curve((60, 0), (1, 2))),
        ("recent_worsening", curve((148, 0), (1, 2))),
        ("transient_worsening", curve((30, 2), (1, 0))),
        ("improvement_lost", curve((30, -3), (1, 0))),
        ("fluctuating", curve((30, -3), (30, 2), (1, 0))),  # ends near the start
        ("unchanged", curve()),
        # A rise after which the end is better on average without a lasting improvement.
        ("worse_before_better", curve((30, 2), (124, 0), (5, 0), (1, -5))),
        # A deterioration after an improvement, and a rise that never left: the end decides.
        ("sustained_deterioration", curve((60, -3), (1, 2))),
        ("sustained_deterioration", curve((1, 2))),
    ],
)
def test_each_row_of_the_table(course, f):
    assert course_of(f) == course


@pytest.mark.parametrize(
    ("course", "f"),
    [
        ("transient_worsening", curve((14, 2), (1, 0))),
        ("unchanged", curve((13, 2), (1, 0))),
        ("unchanged", curve((14, 2 - 1e-12), (1, 0))),
        ("unchanged", curve((13, 2), (1, 1.9), (13, 2), (1, 0))),
        ("improvement_lost", curve((14, -3), (1, 0))),
        ("unchanged", curve((13, -3), (1, 0))),
        ("unchanged", curve((14, -3 + 1e-12), (1, 0))),
        # The end is a mean over the last 14 points, at the threshold included.
        ("improving", curve((154, 0), (14, -3))),
        ("improving", curve((154, 0), (7, -2), (7, -4))),
        ("unchanged", curve((154, 0), (7, -2), (7, -3.999))),
        ("recent_worsening", curve((154, 0), (7, 1), (7, 3))),
        ("unchanged", curve((154, 0), (7, 1), (7, 2.999))),
        # 80% of the last 42 points are 33.6: 34 are enough, 33 are not.
        ("sustained_deterioration", curve((134, 0), (34, 2))),
        ("recent_worsening", curve((135, 0), (33, 2))),
        # They need not be consecutive.
        ("sustained_deterioration", curve((130, 0), (20, 2), (4, 0), (14, 2))),
        # Which came first is a matter of lasting runs only.
        ("worse_before_better", curve((13, -3), (14, 2), (1, -3))),
        ("fluctuating", curve((14, -3), (14, 2), (1, -3))),
        ("improving", curve((13, 2), (1, -3))),
    ],
)
def test_boundaries(course, f):
    assert course_of(f) == course


def test_exactly_80_percent_is_enough():
    rules = (H, 2.0, 3.0, 7.0, 20.0)  # 40 points, of which 32 are exactly 80%
    assert course_of(curve((136, 0), (32, 2)), rules) == "sustained_deterioration"
    assert course_of(curve((137, 0), (31, 2)), rules) == "recent_worsening"


def test_a_flat_end_at_a_threshold_with_no_exact_binary_value_counts():
    f = np.zeros(GRID_POINTS)
    f[50:] = 0.1
    for n_days in np.arange(1, 21):
        assert course_of(f, (H, 0.1, 0.1, n_days, 21.0)) == "sustained_deterioration"


@pytest.mark.parametrize(("span", "points"), [(7, 14), (0.01, 1), (0.7, 1), (0.8, 2), (84, 168)])
def test_points_in_a_span(span, points):
    assert points_in(span, 84) == points


def test_one_point_is_enough_where_lasting_is_short():
    rules = (H, 2.0, 3.0, 0.1, 21.0)
    assert course_of(curve((50, 0), (1, 2), (1, 0)), rules) == "transient_worsening"
    assert course_of(curve((50, 0), (1, -3), (1, 2), (1, 0)), rules) == "fluctuating"


@pytest.mark.parametrize(
    "rules",
    [RULES, (84.0, 1.0, 0.5, 0.5, 84.0), (365.0, 3.0, 2.0, 30.0, 91.0), (1.0, 2.0, 2.0, 0.1, 0.3)],
)
def test_a_slow_reading_of_the_table_agrees(rules):
    curves = random_curves(np.random.default_rng(7), 300)
    codes, features = judge_curves(curves, *rules)
    for row, f in enumerate(curves):
        courses, expected = read_table(f, *rules)
        assert courses == [COURSES[codes[row]]]
        np.testing.assert_allclose(features[row], list(expected.values()), rtol=0, atol=1e-9)
        assert list(expected) == list(FEATURES)


def test_random_curves_reach_every_course():
    codes = classify_curves(random_curves(np.random.default_rng(7), 300), *RULES)
    assert set(codes) == set(range(len(COURSES)))


pieces = st.lists(
    st.tuples(st.integers(1, 60), st.one_of(st.integers(0, 10), st.floats(0, 10))), min_size=1
)


@settings(max_examples=300, deadline=None)
@given(
    pieces=pieces,
    worsening=st.floats(0.05, 10),
    improvement=st.floats(0.05, 10),
    lasting=st.floats(0.01, 84),
    sustained=st.floats(0.01, 84),
)
def test_exactly_one_row_holds_for_any_curve(pieces, worsening, improvement, lasting, sustained):
    values = np.concatenate([np.full(n, float(value)) for n, value in pieces])
    f = np.resize(values, GRID_POINTS)
    rules = (84.0, worsening, improvement, lasting, sustained)
    courses, _ = read_table(f, *rules)
    assert len(courses) == 1
    code = classify_curves(f[np.newaxis], *rules)[0]
    assert 0 <= code < len(COURSES)
    end = features_of(f, rules)["end_change"]
    # A mean that differs from a threshold by rounding only may fall on either side of it.
    if min(abs(end + improvement), abs(end - worsening)) > 1e-9:
        assert COURSES[code] == courses[0]


def test_triangular_hump_has_closed_form_features():
    days = np.linspace(0, H, GRID_POINTS)
    f = START + np.interp(days, [0, 20, 40, 84], [0, 4, 0, 0])
    seen = features_of(f)
    assert seen["baseline"] == START
    assert seen["rise"] == pytest.approx(4)
    assert seen["burden"] == pytest.approx(4 * 40 / 2)
    assert seen["worse_days"] == pytest.approx(20, abs=0.5)  # from day 10 to day 30, on a grid
    assert seen["peak_day"] == 20
    assert seen["return_day"] == 35.5  # below half the threshold, 1, after day 35
    assert seen["end_change"] == pytest.approx(0)
    assert math.isnan(seen["better_day"])


def test_burden_counts_what_is_above_the_start_only():
    f = curve((168, -2))
    assert features_of(f)["burden"] == 0
    f[-1] = START + 3
    assert features_of(f)["burden"] == pytest.approx(3 * 0.5 / 2)


def test_days_that_exist_only_in_some_curves():
    up = features_of(curve((20, 2), (20, 3), (1, 0)))
    assert up["up"] == 1
    assert up["peak_day"] == 10.5  # of equal maxima the first
    assert up["return_day"] == 20.5
    low = features_of(curve((20, 1.9), (1, 0)))
    assert low["up"] == 0
    assert low["rise"] == pytest.approx(1.9)
    assert math.isnan(low["peak_day"])
    assert math.isnan(low["return_day"])


def test_return_is_from_the_highest_peak_and_has_to_last():
    two_peaks = features_of(curve((20, 2), (30, 0), (20, 3), (1, 0)))
    assert two_peaks["peak_day"] == 25.5
    assert two_peaks["return_day"] == 35.5
    assert math.isnan(features_of(curve((155, 2), (13, 0)))["return_day"])
    assert features_of(curve((154, 2), (14, 0)))["return_day"] == 77.5
    # Half the threshold itself is not yet back; a short visit below it does not count.
    assert math.isnan(features_of(curve((30, 2), (1, 1)))["return_day"])
    assert features_of(curve((20, 2), (13, 0), (7, 2), (1, 0)))["return_day"] == 20.5


def test_better_day_is_the_last_crossing():
    assert features_of(curve((20, -3), (20, 0), (1, -3)))["better_day"] == 20.5
    assert math.isnan(features_of(curve((160, -3), (1, -2.9)))["better_day"])
    assert features_of(curve((167, 0), (1, -3)))["better_day"] == H


def test_checks_count_grid_points():
    f = curve((10, 2), (1, 0), (20, 2), (5, 0), (40, -3), (62, 0), (1, 2))
    seen = dict(zip(CHECKS, check_curves(f[np.newaxis], *RULES)[2][0], strict=True))
    assert seen == {
        "longest_up": 30,
        "first_up": 12,
        "longest_down": 40,
        "first_down": 37,
        "late_up": 30,
    }


@pytest.mark.parametrize("height", [0.0, 1.9, -2.9])
def test_checks_of_a_curve_that_never_reaches_a_threshold(height):
    seen = check_curves(curve((168, height))[np.newaxis], *RULES)[2][0]
    assert seen.tolist() == [0, -1, 0, -1, 0]


def test_several_pairs_of_thresholds_at_once_are_each_as_if_alone():
    curves = random_curves(np.random.default_rng(11), 60)
    pairs = [(2.0, 3.0), (1.0, 1.0), (4.0, 0.5), (0.5, 4.0), (2.0, 2.0), (1.5, 3.0)]
    codes = np.empty((len(pairs), len(curves)), dtype=np.int8)
    # a part of something longer, as everywhere: another type would be compiled again
    features = np.empty((len(FEATURES), len(curves) + 1))[:, :-1]
    checks = np.empty((len(curves), len(CHECKS)), dtype=np.int16)
    worsening, improvement = np.array(pairs).T.copy()
    work = np.empty(WORK_LENGTH)
    judge_rows(curves, 0.5, worsening, improvement, 14, 42, work, codes, features, checks)
    for found, (up, down) in zip(codes, pairs, strict=True):
        assert found.tolist() == classify_curves(curves, H, up, down, 7.0, 21.0).tolist()
    # features and counts are those of the first pair
    alone = check_curves(curves, H, *pairs[0], 7.0, 21.0)
    np.testing.assert_array_equal(features.T, alone[1])
    np.testing.assert_array_equal(checks, alone[2])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_curve_with_a_value_that_is_not_finite_is_not_judged(bad):
    curves = np.full((3, GRID_POINTS), START)
    curves[1, 100] = bad
    codes, features, checks = check_curves(curves, *RULES)
    assert list(codes) == [2, -1, 2]
    assert np.isnan(features[1]).all()
    assert (checks[1] == -1).all()


def test_level_of_the_start_does_not_matter():
    curves = random_curves(np.random.default_rng(3), 100)
    curves = np.round(curves * 8) / 8  # so that adding 16 is exact
    assert (classify_curves(curves, *RULES) == classify_curves(curves + 16, *RULES)).all()


def test_wrong_grid_is_refused():
    with pytest.raises(ValueError, match=r"\(N, 169\)"):
        classify_curves(np.zeros((2, 100)), *RULES)
