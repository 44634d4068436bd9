"""Drop-out, choices and planning: closed forms and known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paintrend as pt
from paintrend.errors import InputError


@pytest.fixture(scope="module")
def fit():
    cohort = pt.simulate_cohort(60, arms={"a": None, "b": None}, covariates={}, seed=6)
    ratings = cohort.ratings
    # a third of arm b leaves after day 30
    leavers = sorted(ratings.loc[ratings["arm"] == "b", "patient_id"].unique())[::3]
    gone = ratings["patient_id"].isin(leavers) & (ratings["day"] > 30)
    return pt.fit_curves(pt.read_diary(ratings[~gone], scale="nrs"), horizon=84, seed=1)


def test_delta_moves_the_difference_by_the_share_that_left(fit):
    found = pt.tipping_point(fit, by="arm", deltas=(0.0, 1.0, 3.0), m=6)
    step = found["difference"].diff().dropna().to_numpy()
    assert step[1] == pytest.approx(2.0 * step[0])
    n_b = (fit.diary.patients["arm"] == "b").sum()
    # adjusting for the start moves it a little
    assert step[0] == pytest.approx(found["lost"].iloc[0] / n_b, abs=0.08)
    assert (found["lost"] == found["lost"].iloc[0]).all()


def test_leavers_were_rated_last_before_the_days_that_have_to_hold():
    cohort = pt.simulate_cohort(16, arms={"a": None, "b": None}, covariates={}, seed=2)
    stayed = cohort.ratings.groupby("patient_id")["day"].transform("max") >= 77
    ratings = cohort.ratings[stayed]
    last = {}
    for arm, days in (("a", [28]), ("b", [63, 56])):
        names = sorted(ratings.loc[ratings["arm"] == arm, "patient_id"].unique())
        last |= dict(zip(names, days, strict=False))
    kept = ratings["day"] <= ratings["patient_id"].map(last).fillna(84)
    fit = pt.fit_curves(pt.read_diary(ratings[kept], scale="nrs"), horizon=84, draws=40, workers=1)
    found = pt.tipping_point(fit, by="arm", deltas=0, m=2).iloc[0]
    # 84 less 21 days: who was rated on day 63 stayed; a leaver of the reference is not moved
    assert (found["left_before"], found["lost"]) == (63.0, 1)


def test_without_delta_it_is_the_regression(fit):
    pytest.importorskip("statsmodels")
    own = pt.tipping_point(fit, by="arm", deltas=(0.0,), m=6).iloc[0]
    theirs = pt.pool_draws(
        fit, _adjusted, m=6, quantities=("baseline", "end_change"), variables=("arm",)
    ).table()
    row = theirs.loc["arm[T.b]"]
    for name in ("low", "high", "p_value"):
        assert own[name] == pytest.approx(row[name], rel=1e-6)


def _adjusted(table):
    import statsmodels.formula.api as smf

    return smf.ols("end_change ~ arm + baseline", table).fit(cov_type="HC3", use_t=True)


def test_retention_falls_and_counts_everybody(fit):
    found = pt.retention_by_course(fit, m=4)
    for _, part in found.groupby("course"):
        assert (part["retained"].diff().dropna() <= 1e-12).all()
    first = found[found["day"] == 0]
    assert first["n"].sum() == pytest.approx(60)
    whole = np.average(
        found[found["day"] == 42]["retained"], weights=found[found["day"] == 42]["n"]
    )
    assert whole == pytest.approx((fit.info["last_day"] >= 42).mean())
    gone = found[(found["day"] > 21) & (found["day"] <= 42)]
    assert gone["last_of_leavers"].notna().any()
    assert gone["last_of_leavers"].dropna().between(0, 10).all()


def test_the_last_rating_of_leavers_is_the_last_one():
    days = {"S": range(-3, 85), "L": range(-3, 35)}
    rows = [
        (f"{kind}{i}", day, 5 if kind == "S" else 9 if day == 34 else 3)
        for kind, count in (("S", 6), ("L", 3))
        for i in range(count)
        for day in days[kind]
    ]
    diary = pt.read_diary(pd.DataFrame(rows, columns=["patient_id", "day", "pain"]), scale="nrs")
    found = pt.retention_by_course(pt.fit_curves(diary, horizon=84, draws=20), m=2)
    assert found["last_of_leavers"].dropna().tolist() == [9.0] * found["last_of_leavers"].count()
    assert set(found.loc[found["last_of_leavers"].notna(), "day"]) == {35.0}


def test_tables_tell_how_many_patients_and_ratings_they_rest_on(fit):
    rated = int(fit.info["n_ratings"].sum())
    told = {"n_ratings": rated, "n_missing": fit.diary.n_missing}
    tipping = pt.tipping_point(fit, by="arm", deltas=(0.0,), m=2).iloc[0]
    assert tipping["left_before"] == 63
    assert (tipping["group"], tipping["reference"]) == ("b", "a")
    found = pt.multiverse(
        fit, lambda fit, criteria: dict.fromkeys(("estimate", "low", "high", "p_value"), 0.5),
        worsening=(1, 2),
    ).iloc[0]  # fmt: skip
    for row in (tipping, found):
        assert {name: row[name] for name in told} == told
        assert row["n_patients"] == 60
    stays = pt.retention_by_course(fit, m=2).iloc[0]
    assert {name: stays[name] for name in told} == told


def test_every_combination_is_tried_once(fit):
    def analysis(fit, criteria, landmark):
        worse = criteria.worsening
        return {"estimate": worse * 100 + landmark, "low": 0, "high": 1, "p_value": 0.5}

    found = pt.multiverse(fit, analysis, worsening=(3, 1), landmark=(21, 28))
    assert found["estimate"].tolist() == [121.0, 128.0, 321.0, 328.0]
    assert found[["worsening", "landmark"]].drop_duplicates().shape == (4, 2)


def test_choices_change_what_is_counted(fit):
    def worse(fit, criteria):
        return pt.pool_draws(fit, _mean, m=4, quantities=("worse_days",), criteria=criteria)

    def _mean(table):
        return table["worse_days"].mean(), table["worse_days"].sem()

    found = pt.multiverse(fit, worse, worsening=(1.0, 2.0, 4.0)).set_index("worsening")
    assert found.loc[1.0, "estimate"] > found.loc[2.0, "estimate"] > found.loc[4.0, "estimate"]


def test_a_large_difference_is_found_and_none_is_not():
    far = pt.power((0.05, 0.7), patients=(60,), baseline_ratings=(3,), cohorts=8, m=5)
    same = pt.power((0.2, 0.2), patients=(60,), baseline_ratings=(3,), cohorts=8, m=5)
    assert far["power"].item() > same["power"].item()
    for found in (far, same):
        hits = stats.binomtest(round(8 * found["power"].item()), 8)
        assert found[["low", "high"]].to_numpy()[0] == pytest.approx(list(hits.proportion_ci(0.95)))
    assert far["difference"].item() > abs(same["difference"].item()) + 0.15


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda fit: pt.multiverse(fit, _adjusted), "give choices"),
        (lambda fit: pt.multiverse(fit, lambda fit, criteria: 3, worsening=(1,)), "must give"),
        (lambda fit: pt.tipping_point(fit, by="arm", reference="c", m=2), "no group 'c'"),
        (lambda fit: pt.multiverse(fit, 5, worsening=2), "must be a function called as"),
        (lambda fit: pt.multiverse(fit, _adjusted, worsening="x"), "worsening must be numbers"),
        (
            lambda fit: pt.multiverse(
                fit, lambda fit, criteria: pt.prevalence(fit, m=2, criteria=criteria), worsening=2
            ),
            "no single difference",
        ),
        (lambda fit: pt.power((0.1, 1.2), patients=(2,)), "patients must be .*|shares must be"),
    ],
)
def test_what_cannot_be_done_is_refused(fit, call, message):
    with pytest.raises(InputError, match=message):
        call(fit)


def test_groups_must_be_two(fit):
    ward = pd.DataFrame({"ward": np.resize(["x", "y", "z"], 60)}, index=list(fit.patient_ids))
    with pytest.raises(InputError, match="must have two groups"):
        pt.tipping_point(fit, by="ward", outside=ward, m=2)


def test_thresholds_that_are_not_varied_are_those_given(fit):
    seen = []

    def remember(fit, criteria):
        seen.append((criteria.worsening, criteria.sustained_days))
        return {"estimate": 0.0, "low": 0.0, "high": 0.0, "p_value": 1.0}

    base = pt.Criteria(worsening=3, sustained_days=14)
    pt.multiverse(fit, remember, criteria=base, worsening=1)
    assert seen == [(1.0, 14)]


def test_results_are_read_as_they_are(fit):
    shares = pt.prevalence(fit, by="arm", m=2)
    found = pt.multiverse(fit, lambda fit, criteria: shares, term="dip", worsening=2).iloc[0]
    row = shares.contrasts.query("among == 'all' and course == 'dip'").iloc[0]
    assert found[["estimate", "low", "high", "p_value"]].tolist() == pytest.approx(
        row[["difference", "difference_low", "difference_high", "p_value"]].tolist()
    )
    arms = pt.compare_arms(fit, by="arm", m=2)
    found = pt.multiverse(fit, lambda fit, criteria: arms, worsening=2).iloc[0]
    assert found["estimate"] == arms.table()["estimate"].item()
