"""Figures of alarm rules: small cohorts counted by hand, and closed forms."""

import numpy as np
import pytest

from paintrend.alarms.measures import MONTH, Outcome, by_day, measure, weighted_median
from paintrend.alarms.thresholds import FirstAlarms

NEVER = np.inf


def outcome(worse, end, onset=None, horizon=84.0):
    worse = np.asarray(worse, dtype=float)
    onset = np.full(worse.size, np.nan) if onset is None else np.asarray(onset, dtype=float)
    return Outcome(worse, np.asarray(end, dtype=float), onset, horizon)


def alarms(*days):
    return FirstAlarms(np.array([days], dtype=float), np.ones(1))


def figures(*given):
    of, found = given
    return measure(of, found, np.ones((1, of.p_worse.size)))


# Four who get worse: found on days 14 and 42, missed, and lost on day 28 without an alarm. Four
# who are fine: a false alarm on day 28, none, lost on day 21, lost on day 56 after one on day 49.
BY_HAND = outcome(
    [1, 1, 1, 1, 0, 0, 0, 0],
    [84, 84, 84, 28, 84, 84, 21, 56],
    [7, 35, 70, 21, *4 * [np.nan]],
)
FOUND = alarms(14, 42, NEVER, NEVER, 28, NEVER, NEVER, 49)


def test_shares_counted_by_hand():
    got = figures(BY_HAND, FOUND)
    assert got["sensitivity"] == 0.5
    assert got["false_alarm_share"] == 0.5
    assert got["positive_predictive_value"] == 0.5
    # binomial: sqrt(0.5 * 0.5 / 4)
    assert got["sensitivity_se"] == pytest.approx(0.25)
    assert got["false_alarm_share_se"] == pytest.approx(0.25)
    assert got["positive_predictive_value_se"] == pytest.approx(0.25)


def test_the_risk_set_of_false_alarms_ends_at_the_alarm_and_at_drop_out():
    days = 28 + 84 + 21 + 49
    got = figures(BY_HAND, FOUND)["false_alarms_per_100_months"]
    assert got == pytest.approx(100 * 2 / (days / MONTH))


def test_delays_count_the_missed_and_those_lost_without_an_alarm():
    got = figures(BY_HAND, FOUND)
    # half of the four are found by day 42
    assert got["median_delay"] == 42.0
    assert got["restricted_mean_delay"] == (14 + 42 + 84 + 84) / 4
    assert got["median_from_onset"] == 7.0
    assert got["restricted_mean_from_onset"] == (7 + 7 + 14 + 63) / 4


def test_a_median_is_infinite_where_fewer_than_half_are_found():
    few = alarms(14, NEVER, NEVER, NEVER, *4 * [NEVER])
    got = figures(BY_HAND, few)
    assert got["median_delay"] == np.inf
    assert got["sensitivity"] == 0.25


def test_an_alarm_before_the_onset_has_a_negative_delay():
    got = figures(outcome([1], [84], [30]), alarms(21))
    assert got["median_from_onset"] == got["restricted_mean_from_onset"] == -9.0


def test_figures_by_visit():
    rows = by_day(BY_HAND, FOUND, [14, 28, 42, 84])
    assert [row["sensitivity"] for row in rows] == [0.25, 0.25, 0.5, 0.5]
    assert [row["sensitivity_here"] for row in rows] == [0.25, 0.0, 0.25, 0.0]
    assert [row["false_alarm_share"] for row in rows] == [0.0, 0.25, 0.25, 0.5]
    values = [row["positive_predictive_value_here"] for row in rows]
    assert values == [1.0, 0.0, 1.0, 0.0]


def test_patients_count_by_their_probability():
    """Two patients at 0.8 and 0.3: an alarm on the first only."""
    got = figures(outcome([0.8, 0.3], [84, 42]), alarms(28, NEVER))
    assert got["sensitivity"] == pytest.approx(0.8 / 1.1)
    assert got["false_alarm_share"] == pytest.approx(0.2 / 0.9)
    assert got["positive_predictive_value"] == pytest.approx(0.8)
    assert got["restricted_mean_delay"] == pytest.approx((0.8 * 28 + 0.3 * 84) / 1.1)
    months = (0.2 * 28 + 0.7 * 42) / MONTH
    assert got["false_alarms_per_100_months"] == pytest.approx(100 * 0.2 / months)


def test_a_mixture_of_thresholds_interpolates_means():
    of = outcome([1, 0, 1, 0], 4 * [84])
    days = np.array([[14, NEVER, NEVER, NEVER], [7, 21, 42, NEVER]])
    one, other = (figures(of, FirstAlarms(d[None], np.ones(1))) for d in days)
    mixed = figures(of, FirstAlarms(days, np.array([0.75, 0.25])))
    for name in ("sensitivity", "false_alarm_share", "restricted_mean_delay"):
        assert mixed[name] == pytest.approx(0.75 * one[name] + 0.25 * other[name])
    # days 7 and 14 of the first patient weigh 1/4 and 3/4 of one half
    assert mixed["median_delay"] == 14.0


def test_nobody_to_count_is_not_a_number():
    got = figures(outcome([0, 0], [84, 84]), alarms(NEVER, NEVER))
    assert np.isnan([got["sensitivity"], got["median_delay"], got["restricted_mean_delay"]]).all()
    assert np.isnan(got["positive_predictive_value"])
    assert got["false_alarm_share"] == 0.0


def test_alarms_at_a_constant_rate():
    """An alarm with probability q at each of K weekly visits, whatever came before: the rate is q
    per week, the share that is ever alarmed 1 - (1 - q)^K."""
    q, n, k = 0.08, 20_000, 12
    rng = np.random.default_rng(0)
    first = rng.geometric(q, n)
    of = outcome(np.arange(n) % 2, np.full(n, 7.0 * k))
    found = FirstAlarms(np.where(first <= k, 7.0 * first, np.inf)[None], np.ones(1))
    got = measure(of, found, rng.standard_exponential((50, n)))
    ever = 1 - (1 - q) ** k
    wanted = {
        "false_alarms_per_100_months": 100 * q * MONTH / 7.0,
        "false_alarm_share": ever,
        "sensitivity": ever,
        "positive_predictive_value": 0.5,
        # sum over visits of the chance of no alarm before
        "restricted_mean_delay": 7.0 * (1 - (1 - q) ** k) / q,
    }
    for name, value in wanted.items():
        error = got[f"{name}_se"]
        assert 0 < error < 0.03 * value
        assert abs(got[name] - value) < 4 * error
    assert got["sensitivity_se"] == pytest.approx(np.sqrt(ever * (1 - ever) / (n / 2)), rel=0.01)
    # (1 - q)^k falls below one half at the ninth visit
    assert got["median_delay"] == 63.0
    assert got["median_delay_low"] <= 63.0 <= got["median_delay_high"]
    rows = by_day(of, found, [7.0 * visit for visit in range(1, k + 1)])
    for visit, row in enumerate(rows, start=1):
        assert abs(row["sensitivity"] - (1 - (1 - q) ** visit)) < 4 * row["sensitivity_se"]


def test_standard_errors_of_ratios_are_those_of_repeated_cohorts():
    """Spread of the rate over cohorts with drop-out, where numerator and denominator vary."""
    rng = np.random.default_rng(1)
    rates, errors = [], []
    for _ in range(300):
        end = 7.0 * rng.integers(1, 13, 200)
        first = 7.0 * rng.geometric(0.1, 200)
        got = figures(outcome(np.zeros(200), end), alarms(*np.where(first <= end, first, np.inf)))
        rates.append(got["false_alarms_per_100_months"])
        errors.append(got["false_alarms_per_100_months_se"])
    assert np.mean(errors) == pytest.approx(np.std(rates), rel=0.15)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_weighted_median_is_the_lower_median(n):
    values = np.random.default_rng(n).permutation(n).astype(float)
    assert weighted_median(values, np.ones((1, n)))[0] == (n - 1) // 2
    assert np.isnan(weighted_median(values, np.zeros((1, n)))[0])
