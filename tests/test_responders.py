"""Responders and many questions at once: known truth, statsmodels' numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import InputError

P = {"a": 0.001, "b": 0.04, "c": 0.03, "d": 0.2, "e": 0.0105}


@pytest.fixture(scope="module")
def cohort():
    arms = {"a": {"improving": 0.2, "unchanged": 0.8}, "b": {"improving": 0.8, "unchanged": 0.2}}
    return pt.simulate_cohort(70, arms=arms, covariates={}, seed=8)


@pytest.fixture(scope="module")
def fit(cohort):
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)


def test_responders_hold_the_truth(cohort, fit):
    found = pt.count_responders(fit, by="arm", m=8, level=0.95)
    end = -cohort.truth["end_change"]
    start = cohort.truth["baseline"]
    truth = {"30%": end >= 0.3 * start, "50%": end >= 0.5 * start, "points": end >= 2.0}
    shares = found.table().query("among == 'all'").set_index(["group", "responder"])
    for arm in ("a", "b"):
        for name, responds in truth.items():
            row = shares.loc[(arm, name)]
            real = (responds & (end > 0))[cohort.truth["arm"] == arm].mean()
            assert row["low"] < real < row["high"]


def test_the_cumulative_curve_falls_from_all_who_are_not_worse(fit):
    found = pt.count_responders(fit, by="arm", m=4)
    for arm, part in found.cumulative.groupby("group"):
        not_worse = [(t.loc[t["arm"] == arm, "end_change"] <= 0.0).mean() for t in found.values]
        assert part["share"].iloc[0] == pytest.approx(np.mean(not_worse))
        assert part["share"].iloc[0] < 1.0
        assert (part["share"].diff().dropna() <= 1e-12).all()
    points = pt.count_responders(fit, m=4)
    one = points.cumulative.query("better_by == 2.0")["share"].item()
    two = points.table().query("responder == 'points' and among == 'all'")["share"].item()
    assert one == pytest.approx(two)


def test_intervals_hold_their_share(fit):
    found = pt.count_responders(fit, by="arm", m=4)
    assert (found.cumulative["share"] == 0.0).any()
    for table in (found.shares, found.cumulative):
        assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


@pytest.mark.parametrize(("method", "theirs"), [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")])
def test_corrections_agree_with_statsmodels(method, theirs):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    own = pt.correct_p_values(P, method=method)["corrected"].to_numpy()
    assert own == pytest.approx(multitest.multipletests(list(P.values()), method=theirs)[1])


def test_flagged_patients_are_wrong_as_often_as_expected(cohort, fit):
    found = pt.flag_patients(pt.classify(fit), "improving", false_share=0.15)
    flagged = found[found["flagged"]]
    assert 0 < len(flagged) < len(found)
    assert flagged["false_share"].iloc[-1] <= 0.15
    real = cohort.truth.set_index("patient_id")["course"].loc[flagged["patient_id"]]
    # binomial with the expected share: 2.5 standard deviations
    wrong = (real != "improving").mean()
    expected = flagged["false_share"].iloc[-1]
    assert abs(wrong - expected) < 2.5 * np.sqrt(0.15 * 0.85 / len(flagged))


def test_wrong_questions_are_refused(fit):
    with pytest.raises(InputError, match="between 0 and 1"):
        pt.correct_p_values({"a": 1.2})
    with pytest.raises(InputError, match=r"expected names and p-values, .* got list\."):
        pt.correct_p_values([0.01])
    with pytest.raises(InputError, match="method must be one of"):
        pt.correct_p_values(P, method="none")
    with pytest.raises(InputError, match="do not say how probable"):
        pt.flag_patients(pt.classify(fit).table())
    with pytest.raises(InputError, match="course must be one of"):
        pt.flag_patients(pt.classify(fit), "flare")


def test_p_values_come_from_a_table_too():
    column = pd.Series([0.01, 0.2], index=["dips", "ends"])
    found = pt.correct_p_values(column)
    assert found["corrected"].tolist() == [0.02, 0.2]
    with pytest.raises(InputError, match="named twice"):
        pt.correct_p_values(pd.Series([0.01, 0.2], index=["dips", "dips"]))
    with pytest.raises(InputError, match=r"expected names and p-values.*got list"):
        pt.correct_p_values([0.01, 0.2])
    with pytest.raises(InputError, match="'b': 'x'"):
        pt.correct_p_values({"a": 0.5, "b": "x"})
