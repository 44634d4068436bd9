"""Shapes: where they start and peak, which covariances are possible, and what the table holds."""

import inspect

import numpy as np
import pytest

from paintrend.core.default import default_prior
from paintrend.core.grid import grid_columns, waxing_bases
from paintrend.defaults import DEFAULTS
from paintrend.shapes import FAMILIES, FORMS, WAXING, Waxing, evaluate, shape_table

WORSE = [f.name for f in FAMILIES].index("worse")
SETTINGS = [(84.0, 7.0, 7.0), (365.0, 30.0, 30.4), (56.0, 1.0, 56 / 12), (1.0, 0.02, 1 / 12)]


@pytest.fixture(params=SETTINGS, ids=lambda s: f"H={s[0]:g},gap={s[1]:g}")
def table(request):
    return shape_table(*request.param)


def in_cycles(table):
    """Slow changes and humps that belong to a cycle."""
    pairs = [s for s in table.shapes if FAMILIES[s.family].cyclic]
    assert pairs
    return [table.slow[s.slow] for s in pairs], [table.hump[s.hump] for s in pairs]


def test_slow_changes_go_from_zero_to_one(table):
    plain = [c for c in table.slow if c not in in_cycles(table)[0]]
    assert len(plain) > 10
    for component in plain:
        ends = evaluate(component, np.array([-table.horizon, 0.0, table.horizon]), table.horizon)
        np.testing.assert_allclose(ends, [0.0, 0.0, 1.0], atol=1e-12, err_msg=component.name)
        path = evaluate(component, np.linspace(0.0, table.horizon, 500), table.horizon)
        assert (np.diff(path) >= -1e-12).all(), component.name


def test_humps_start_at_zero_and_peak_at_one_on_their_peak_day(table):
    day = np.linspace(-0.1 * table.horizon, table.horizon, 4001)
    plain = [c for c in table.hump if c not in in_cycles(table)[1]]
    assert len(plain) > 10
    for component in plain:
        peak = component.parameters[0]
        value = evaluate(component, day, table.horizon)
        assert (value[day <= 0] == 0).all()
        assert value.max() <= 1.0
        assert abs(day[value.argmax()] - peak) <= day[1] - day[0], component.name
        assert evaluate(component, np.array([peak]), table.horizon)[0] == pytest.approx(1.0)


def test_a_cycle_is_a_sine_and_the_cosine_of_the_same_period(table):
    day = np.linspace(-0.2 * table.horizon, table.horizon, 400)
    after = np.maximum(day, 0.0)
    periods = []
    for sine, cosine in zip(*in_cycles(table), strict=True):
        assert sine.parameters == cosine.parameters
        (period,) = sine.parameters
        periods.append(period)
        angle = 2.0 * np.pi * after / period
        np.testing.assert_allclose(
            evaluate(sine, day, table.horizon), np.sin(angle), atol=1e-9, err_msg=sine.name
        )
        # 1 - cos is twice the squared sine of half the angle
        np.testing.assert_allclose(
            evaluate(cosine, day, table.horizon), 2.0 * np.sin(angle / 2.0) ** 2, atol=1e-9
        )
    # slower than what is noise, and no slower than a horizon that holds three quarters of a cycle
    assert len(set(periods)) == len(periods)
    assert max(periods) == pytest.approx(table.horizon / 0.75)
    assert min(periods) > 3.0 * table.lasting_days
    assert min(periods) < 0.5 * table.horizon


def test_no_other_family_uses_the_parts_of_a_cycle(table):
    sines, cosines = in_cycles(table)
    others = [s for s in table.shapes if not FAMILIES[s.family].cyclic]
    assert not {table.slow[s.slow] for s in others if s.slow >= 0} & set(sines)
    assert not {table.hump[s.hump] for s in others if s.hump >= 0} & set(cosines)
    assert {c.form for c in sines} == {"sine"}
    assert {c.form for c in cosines} == {"cosine"}


def test_a_cycle_may_start_either_way():
    """Its amplitudes have mean 0 in every default: no phase is more common."""
    table = shape_table(84.0, 7.0, 7.0)
    (cycle,) = (f for f, family in enumerate(FAMILIES) if family.cyclic)
    for name in DEFAULTS:
        prior = default_prior(name, table, 1.0, (2.0, 2.0))
        assert (prior.mean[cycle, 1:] == 0.0).all()
        covariance = prior.covariance[cycle]
        assert covariance[2, 2] == covariance[3, 3] > 0.5
        assert covariance[2, 3] == 0.0
        assert prior.mean[WORSE, 2] > 1.0


def test_time_constants_are_days_between_the_visit_gap_and_the_horizon(table):
    low = min(table.gap, table.lasting_days) / 6.0
    for component in (*table.slow, *table.hump):
        rows = FORMS[component.form].parameters
        assert len(rows) == len(component.parameters)
        for (_, unit, _), value in zip(rows, component.parameters, strict=True):
            assert unit in ("days", "1")
            if unit == "days":
                assert low <= value * (1 + 1e-9), component.name
                longest = table.horizon / 0.75 if rows[0][0] == "period" else table.horizon
                assert value <= longest * (1 + 1e-9), component.name


def test_scaling_time_scales_every_constant_and_leaves_the_curves(table):
    doubled = shape_table(2 * table.horizon, 2 * table.gap, 2 * table.lasting_days)
    day = np.linspace(0.0, table.horizon, 50)
    for one, two in zip((*table.slow, *table.hump), (*doubled.slow, *doubled.hump), strict=True):
        expected = evaluate(one, day, table.horizon)
        np.testing.assert_allclose(evaluate(two, 2 * day, doubled.horizon), expected, atol=1e-9)


def test_covariances_of_waxing_are_possible_and_anchored(table):
    day = np.linspace(0.0, table.horizon, 60)
    for wax in table.waxing:
        k = wax.covariance(day, table.horizon)
        np.testing.assert_allclose(k, k.T, atol=1e-12)
        assert np.linalg.eigvalsh(k).min() > -1e-9 * np.trace(k)
        np.testing.assert_allclose(k[0], 0.0, atol=1e-12)


def test_a_long_way_off_waxing_has_twice_the_variance_of_its_process():
    # w = v(t) - v(0) with v(t) and v(0) independent by then
    wax = Waxing(length=2.0, period=0.0, size=1.5, trend=0.0)
    assert wax.covariance(np.array([0.0, 84.0]), 84.0)[1, 1] == pytest.approx(2 * 1.5**2)
    moved = Waxing(length=2.0, period=0.0, size=1.5, trend=2.0)
    assert moved.covariance(np.array([84.0]), 84.0)[0, 0] == pytest.approx(2 * 1.5**2 + 2.0**2)
    # about a start that is its own level, only v(t) is left
    pinned = Waxing(length=2.0, period=0.0, size=1.5, trend=0.0, pinned=True)
    assert pinned.covariance(np.array([84.0]), 84.0)[0, 0] == pytest.approx(1.5**2)


def test_an_oscillator_swings_to_the_other_side_after_half_a_period():
    wax = Waxing(length=0.0, period=40.0, size=1.0, trend=0.0)
    at = wax.correlation(np.array([0.0, 20.0, 40.0]))
    assert at[0] == pytest.approx(1.0)
    assert at[1] < -0.7
    assert 0.6 < at[2] < 0.9


def test_the_basis_of_a_waxing_setting_gives_its_covariance(table):
    columns = grid_columns(table)
    day = columns.day
    for number, (length, period, pinned) in enumerate(waxing_bases(table)):
        m = (columns.wax.shape[1] - 1) // len(waxing_bases(table))
        basis = columns.wax[:, number * m : (number + 1) * m]
        exact = Waxing(length, period, 1.0, 0.0, pinned).covariance(day, table.horizon)
        lost = np.diag(exact - basis @ basis.T)
        assert lost.mean() < 0.01 * np.diag(exact).mean(), (length, period)
    trended = Waxing(1.0, 0.0, 0.0, 1.0).covariance(day, table.horizon)
    np.testing.assert_allclose(
        np.outer(columns.wax[:, -1], columns.wax[:, -1]), trended, atol=1e-12
    )


def test_rows_of_the_table_fit_their_family(table):
    families = [shape.family for shape in table.shapes]
    assert families == sorted(families)
    assert set(families) == set(range(WAXING))
    assert len(set(table.shapes)) == len(table.shapes)
    for shape in table.shapes:
        family = FAMILIES[shape.family]
        assert (shape.slow >= 0) == (family.slow != 0)
        assert (shape.hump >= 0) == (family.hump != 0)
        assert shape.slow < len(table.slow)
        assert shape.hump < len(table.hump)
    assert 100 < len(table.shapes) < 2000


def test_every_setting_has_a_name_of_its_own(table):
    names = [table.name(i) for i in range(len(table.shapes) + len(table.waxing))]
    assert all(name.split(":")[0] in {f.name for f in FAMILIES} for name in names)
    assert len(set(names)) > 0.98 * len(names)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_names_the_parameters_of_its_function(form):
    arguments = list(inspect.signature(form.function).parameters)
    assert arguments[:2] == ["t", "horizon"]
    assert arguments[2:] == [name for name, _, _ in form.parameters]
    assert form.role in ("slow", "hump")
    assert form.formula
    assert form.reference
