"""Shares where nothing is uncertain: the numbers of statsmodels, whose calls stand beside."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.hypotheses.responders import _share
from paintrend.hypotheses.shares import share_courses
from paintrend.results.plausible import PlausibleValues

N, M = 120, 16


def sure(table):
    """Plausible values in which every draw is the same."""
    scale = pt.get_scale("nrs")
    return PlausibleValues(
        (table,) * M, ("course",), ("arm",), pd.DataFrame(columns=["patient_id", "reason"]), scale,
        84.0, pt.Criteria().resolve(scale, 84.0), 3, False, np.ones((M, N)), 100,
    )  # fmt: skip


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(6)
    age = rng.normal(50.0, 10.0, N)
    arm = np.where(rng.random(N) < 1.0 / (1.0 + np.exp(-(age - 50.0) / 10.0)), "b", "a")
    better = rng.random(N) < 1.0 / (1.0 + np.exp(-(age - 55.0) / 10.0))
    course = np.where(better, "improving", rng.choice(["unchanged", "transient_worsening"], N))
    return pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(N)],
            "course": pd.Categorical(course, categories=list(COURSES)),
            "end_better": better.astype(float), "room_to_worsen": 1.0, "room_to_improve": 1.0,
            "arm": arm, "age": age,
        }
    )  # fmt: skip


def test_shares_have_the_intervals_of_statsmodels(table):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    shares = share_courses(sure(table), "arm", (), None, 0.9).shares
    own = shares.query("among == 'all' and course == 'end_better'").set_index("group")
    for arm, part in table.groupby("arm"):
        n, hits = len(part), int(part["end_better"].sum())
        low, high = proportion.proportion_confint(hits, n, alpha=0.1, method="jeffreys")
        # of 3,200 draws
        assert own.loc[arm, "low"] == pytest.approx(low, abs=0.01)
        assert own.loc[arm, "high"] == pytest.approx(high, abs=0.01)
        assert own.loc[arm, "n"] == n


def test_differences_have_the_interval_of_statsmodels(table):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    contrasts = share_courses(sure(table), "arm", (), None, 0.9).contrasts
    own = contrasts.query("among == 'all' and course == 'end_better'").iloc[0]
    hits = table.groupby("arm")["end_better"].agg(["sum", "size"]).loc[["b", "a"]].to_numpy()
    low, high = proportion.confint_proportions_2indep(
        hits[0, 0], hits[0, 1], hits[1, 0], hits[1, 1], method="agresti-caffo", alpha=0.1
    )
    assert own["difference_low"] == pytest.approx(low, abs=0.02)
    assert own["difference_high"] == pytest.approx(high, abs=0.02)


def test_adjusted_shares_are_those_of_a_logistic_model(table):
    smf = pytest.importorskip("statsmodels.formula.api")
    shares = share_courses(sure(table), "arm", ("age",), None, 0.9).shares
    own = shares.query("among == 'all' and course == 'end_better'").set_index("group")["share"]
    model = smf.logit("end_better ~ arm + age", table).fit(disp=0)
    raw = table.groupby("arm")["end_better"].mean()
    for arm in ("a", "b"):
        everyone = float(model.predict(table.assign(arm=arm)).mean())
        assert own[arm] == pytest.approx(everyone, abs=0.015)
    # age goes with the arm and with the end: adjusting takes most of the difference away
    assert own["b"] - own["a"] < 0.6 * (raw["b"] - raw["a"])


def test_adjusting_for_what_says_nothing_changes_little(table):
    rng = np.random.default_rng(1)
    table = table.assign(course=table["course"].where(np.arange(N) != 5, "fluctuating"))
    table["other"] = rng.normal(size=N)
    plain, adjusted = (
        share_courses(sure(table), "arm", adjust, None, 0.9)
        .shares.query("among == 'all'")
        .set_index(["group", "course"])
        for adjust in ((), ("other",))
    )
    assert (plain["share"] - adjusted["share"]).abs().max() < 0.02
    # courses that one or nobody has, too
    assert (plain["high"] - adjusted["high"]).abs().max() < 0.03
    assert (adjusted["share"] > 0.0).all()


def test_a_course_that_only_some_data_sets_have_gets_no_absurd_interval(table):
    values = sure(table)
    one = table.assign(course=table["course"].where(~np.isin(np.arange(N), (5, 6)), "fluctuating"))
    values = dataclasses.replace(values, tables=(table,) * (M // 2) + (one,) * (M // 2))
    shares = share_courses(values, "arm", ("age",), None, 0.9).shares
    assert (shares.query("course == 'fluctuating'")["high"] < 0.2).all()


def test_a_covariate_that_is_the_group_is_refused(table):
    table = table.assign(dose=np.where(table["arm"] == "a", "low", "high"))
    with pytest.raises(pt.InputError, match="prevalence: 'dose' and the groups of 'arm' are comb"):
        share_courses(sure(table), "arm", ("dose",), None, 0.9)


def test_responders_have_the_intervals_of_statsmodels():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    hits = [np.arange(60) < 21] * M
    mean, low, high = _share(hits, 1.0, 0.9, np.random.default_rng(0))
    theirs = proportion.proportion_confint(21, 60, alpha=0.1, method="jeffreys")
    assert mean == 0.35
    assert (low, high) == pytest.approx(theirs, abs=0.01)
