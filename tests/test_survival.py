"""Time to an event: closed forms, scipy's and lifelines' numbers, and known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paintrend as pt
from paintrend.errors import InputError, MissingExtraError
from paintrend.hypotheses import event_shares, survival
from paintrend.pooling import extras
from paintrend.pooling.judged import event_days

lifelines = pytest.importorskip("lifelines")


@pytest.fixture(scope="module")
def cohort():
    slow = {"improving": 0.2, "unchanged": 0.8}
    fast = {"improving": 0.8, "unchanged": 0.2}
    return pt.simulate_cohort(70, arms={"a": slow, "b": fast}, covariates={}, seed=3)


@pytest.fixture(scope="module")
def fit(cohort):
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)


def test_event_days_are_found_on_curves():
    rules = pt.Criteria().resolve(pt.get_scale("nrs"), 84.0)
    flat, fall = np.full(169, 6.0), np.full(169, 6.0)
    fall[60:] = 3.5
    short = flat.copy()
    short[60:101] = 3.5  # 20.5 of the 21 days
    late = flat.copy()
    late[140:] = 9.0
    days = event_days(np.stack([flat, fall, short, late]), 84.0, rules)
    assert np.isnan(days[[0, 2]]).all()
    assert days[1, 0] == 30.0
    assert np.isnan(days[3]).all()  # 14 days are left


def curve_of(time, seen):
    return lifelines.KaplanMeierFitter().fit(time, seen)


def test_variance_of_the_restricted_mean():
    rng = np.random.default_rng(1)
    time = np.minimum(rng.exponential(30, 200), 63.0)
    everyone = event_shares.variance_of_mean(curve_of(time, time < 63), 63.0)
    # of a mean of 200 numbers; those who reach the last day are known too
    assert everyone == pytest.approx(time.var(ddof=1) / 200, rel=1e-9)
    assert event_shares.known_times(curve_of(time, time < 63), 63.0) == 200
    # with censoring: against a bootstrap
    gone = rng.uniform(0, 120, 200)
    seen, time = time <= gone, np.minimum(time, gone)
    again = []
    for _ in range(150):
        rows = rng.integers(0, 200, 200)
        again.append(
            lifelines.utils.restricted_mean_survival_time(curve_of(time[rows], seen[rows]), t=60)
        )
    own = event_shares.variance_of_mean(curve_of(time, seen), 60.0)
    lost = (~seen & (time < 60)).sum()
    assert event_shares.known_times(curve_of(time, seen), 60.0) == 200 - lost
    assert own == pytest.approx(np.var(again), rel=0.3)


def test_few_patients_are_compared_as_by_welchs_t_test():
    """Where no time is uncertain; with a normal distribution 30 per arm had p below 5% in 6%."""
    rng = np.random.default_rng(3)
    day = np.minimum(rng.exponential(40, 20), 63.0)
    arm = np.repeat(["a", "b"], 10)
    table = pd.DataFrame({"arm": arm, survival.TIME: day, survival.SEEN: day < 63.0})
    _, means = survival._by_group(
        lifelines, [table, table], "arm", ["a", "b"], 63.0, level=0.9, widening=1.0
    )
    own = means.set_index("group")
    welch = stats.ttest_ind(day[arm == "b"], day[arm == "a"], equal_var=False)
    theirs = {
        "b - a": (welch, welch.df),
        "a": (stats.ttest_1samp(day[arm == "a"], 0.0), 9),
    }
    for group, (test, df) in theirs.items():
        middle, half = (np.array([0.5, 0.5]), np.array([-0.5, 0.5])) @ np.array(
            test.confidence_interval(0.9)
        )
        # Barnard and Rubin take some degrees of freedom off even where nothing is missing
        half *= stats.t.ppf(0.95, df * (df + 1) / (df + 3)) / stats.t.ppf(0.95, df)
        found = own.loc[group, ["estimate", "low", "high"]].tolist()
        assert found == pytest.approx([middle, middle - half, middle + half], rel=1e-6)
    assert own.loc["b - a", "p_value"] == pytest.approx(theirs["b - a"][0].pvalue, rel=0.01)


def test_shares_have_greenwoods_spread_and_scipys_curve():
    rng = np.random.default_rng(2)
    time, gone = rng.exponential(30, 120), rng.uniform(0, 80, 120)
    curve = curve_of(np.minimum(time, gone), time <= gone)
    data = stats.CensoredData(uncensored=time[time <= gone], right=gone[time > gone])
    theirs = stats.ecdf(data).sf
    day = np.array([5.0, 20.0, 40.0])
    alive = curve.survival_function_at_times(day).to_numpy()
    assert alive == pytest.approx(theirs.evaluate(day))
    low = theirs.confidence_interval(0.9, method="linear").low.evaluate(day)
    spread = alive * np.sqrt(event_shares.greenwood(curve, day))
    assert alive - stats.norm.ppf(0.95) * spread == pytest.approx(low, abs=1e-6)


def test_intervals_of_shares_agree_with_statsmodels_where_nothing_is_uncertain():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    n, events = 40, np.array([0, 1, 3, 20, 39, 40])
    left = np.tile(1.0 - events / n, (3, 1))
    spread = left * (1.0 - left) / n
    day = np.arange(events.size, dtype=float)
    own = event_shares.pooled_shares("all", day, left, spread, n, 0.9, 1.0)
    low, high = proportion.proportion_confint(events, n, alpha=0.1, method="wilson")
    assert own["low"].to_numpy() == pytest.approx(low, abs=1e-9)
    assert own["high"].to_numpy() == pytest.approx(high, abs=1e-9)


def test_an_event_in_one_draw_only_does_not_blow_an_interval_up():
    left = np.ones((50, 2))
    left[0, 1] = 35 / 36
    spread = left * (1.0 - left) / 36
    own = event_shares.pooled_shares("all", np.array([0.0, 1.0]), left, spread, 36, 0.9, 1.0)
    # as on the day before, when there was none in any draw, and a little wider
    assert own["high"].iloc[0] < own["high"].iloc[1] < 2.0 * own["high"].iloc[0]


@pytest.mark.parametrize("mode", ["curves", "observed"])
def test_faster_improvement_is_found(cohort, fit, mode):
    found = pt.time_to(fit, "better_day", by="arm", mode=mode, m=6)
    assert found.hazards.loc["arm[b]", "low"] > 0.0
    off = found.means.set_index("group").loc["b - a"]
    truth = event_days(cohort.curves, 84.0, found.values.criteria)[:, 0]
    free = pd.Series(np.where(np.isfinite(truth), truth, 63.0)).groupby(
        cohort.truth["arm"].to_numpy()
    )
    real = free.mean()["b"] - free.mean()["a"]
    assert off["low"] < real < off["high"]
    assert off["high"] < 0.0
    for _, part in found.table().groupby("group"):
        assert (part["share"].diff().dropna() > -1e-12).all()
        assert (part["low"] <= part["share"] + 1e-12).all()
        assert (part["share"] <= part["high"] + 1e-12).all()


def test_one_group_of_hazards_agrees_with_lifelines(fit):
    found = pt.time_to(fit, "better_day", by="arm", m=2)
    estimates = []
    for table in found.values:
        day = table["first_better"]
        own = pd.DataFrame(
            {
                "x": (table["arm"] == "b").astype(float),
                "t": day.fillna(63.0).clip(upper=63.0, lower=1e-6),
                "e": day <= 63.0,
            }
        )
        estimates.append(lifelines.CoxPHFitter().fit(own, "t", "e").params_["x"])
    assert found.hazards.loc["arm[b]", "estimate"] == pytest.approx(np.mean(estimates), abs=1e-6)


def test_observed_follow_up_looks_at_nothing_after_the_last_rating(cohort):
    short = cohort.ratings[cohort.ratings["day"] <= 42]
    fit = pt.fit_curves(pt.read_diary(short, scale="nrs"), horizon=84, seed=1)
    found = pt.time_to(fit, "better_day", mode="observed", m=3)
    shares = found.table()
    last = shares[shares["day"] <= 21]["share"].iloc[-1]
    assert shares[shares["day"] > 22]["share"].to_numpy() == pytest.approx(last, abs=0.02)
    onwards = pt.time_to(fit, "better_day", m=3).table()
    assert onwards["share"].iloc[-1] > last + 0.05
    assert "observed follow-up" in found.text


def test_what_cannot_be_asked_is_refused(fit, monkeypatch):
    with pytest.raises(InputError, match="mode must be one of curves, observed"):
        pt.time_to(fit, mode="both")
    with pytest.raises(InputError, match="event must be one of"):
        pt.time_to(fit, "peak_day")
    with pytest.raises(InputError, match="more than 84 days"):
        pt.time_to(fit, mode="observed", criteria=pt.Criteria(sustained_days=84), m=2)

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"paintrend\[hypotheses\]"):
        pt.time_to(fit)
