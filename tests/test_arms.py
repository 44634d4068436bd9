"""Arms compared: statsmodels' numbers, a known effect, and a start that is known with error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.hypotheses.arms import _compared
from paintrend.pooling.least_squares import robust_regression
from paintrend.results.plausible import PlausibleValues
from paintrend.simulate import Noise, Visits

M = 6


@pytest.fixture(scope="module")
def cohort():
    arms = {"a": {"improving": 0.2, "unchanged": 0.8}, "b": {"improving": 0.8, "unchanged": 0.2}}
    return pt.simulate_cohort(80, arms=arms, seed=8)


@pytest.fixture(scope="module")
def fit(cohort):
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)


def test_regression_agrees_with_statsmodels():
    models = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    y = x @ [1.0, 2.0, -1.0] + rng.normal(size=40) * (1.0 + np.abs(x[:, 1]))
    beta, cover = robust_regression(x, y)
    theirs = models.OLS(y, x).fit(cov_type="HC3")
    assert beta == pytest.approx(theirs.params)
    assert cover == pytest.approx(theirs.cov_params())


@pytest.mark.parametrize("baseline", ["latent", "rated"])
def test_every_draw_is_an_analysis_of_covariance(fit, baseline):
    smf = pytest.importorskip("statsmodels.formula.api")
    found = pt.compare_arms(fit, by="arm", baseline=baseline, adjust=("age",), m=M)
    start = "baseline" if baseline == "latent" else "rated_baseline"
    each = [
        smf.ols(f"end_level ~ arm + {start} + age", table).fit(cov_type="HC3", use_t=True)
        for table in found.values
    ]
    row = found.table().iloc[0]
    assert row["estimate"] == pytest.approx(np.mean([f.params["arm[T.b]"] for f in each]))
    within = np.mean([f.bse["arm[T.b]"] ** 2 for f in each])
    between = np.var([f.params["arm[T.b]"] for f in each], ddof=1)
    assert row["std_error"] == pytest.approx(
        np.sqrt(within + found.values.widening * (1 + 1 / M) * between)
    )
    gap = found.means.set_index("group")["estimate"]
    assert gap["b"] - gap["a"] == pytest.approx(row["estimate"])
    assert found.n == 80
    assert 0.0 < row["missing_information"] < 1.0


def test_a_known_effect_is_held(cohort, fit):
    truth = cohort.truth
    x = np.column_stack([np.ones(80), truth["arm"] == "b", truth["baseline"]]).astype(float)
    real = robust_regression(x, (truth["baseline"] + truth["end_change"]).to_numpy())[0][1]
    row = pt.compare_arms(fit, by="arm", m=M).table().iloc[0]
    assert row["low"] < real < row["high"] < 0.0
    turned = pt.compare_arms(fit, by="arm", reference="b", m=M).table().iloc[0]
    assert turned["estimate"] == pytest.approx(-row["estimate"])


def test_a_start_with_error_adjusts_too_little_where_groups_differ():
    # who is worse at the start is more often in group b, and that is all that differs
    cohort = pt.simulate_cohort(
        100, covariates={}, seed=3, visits=Visits(days=[*range(0, 85, 7)]), noise=Noise(sd=2.0)
    )
    start = cohort.truth["baseline"].to_numpy()
    far = (start - start.mean()) / start.std() + np.random.default_rng(2).normal(0, 0.5, 100)
    group = pd.DataFrame(
        {"patient_id": cohort.truth["patient_id"], "group": np.where(far > 0, "b", "a")}
    )
    fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)
    latent, rated = (
        pt.compare_arms(fit, by="group", baseline=kind, outside=group, m=M)
        for kind in ("latent", "rated")
    )
    end = cohort.truth["baseline"] + cohort.truth["end_change"]
    x = np.column_stack([np.ones(100), group["group"] == "b", start]).astype(float)
    real = robust_regression(x, end.to_numpy())[0][1]
    row, short = latent.table().iloc[0], rated.table().iloc[0]
    assert row["low"] < real < row["high"]
    assert short["estimate"] > real + 0.5
    assert abs(row["estimate"] - real) < abs(short["estimate"] - real)
    assert 0.5 < latent.baseline_known < 0.9


def test_shares_can_be_compared_and_the_start_is_shown(fit):
    found = pt.compare_arms(fit, "end_better", by="arm", m=3)
    assert 0.0 < found.table()["estimate"].item() < 1.0
    assert found.starts["group"].tolist() == ["a", "b", "b - a"]
    assert "end_better by arm" in found.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "course"}, "prevalence"),
        ({"baseline": "observed"}, "baseline must be one of latent, rated"),
        ({"by": "age"}, "is a number"),
        ({"reference": "c"}, "no group 'c'"),
        ({"outcome": "peak_day", "m": 2}, "have no peak_day"),
    ],
)
def test_what_cannot_be_compared_is_refused(fit, options, message):
    given = {"outcome": "end_level", "by": "arm", "m": 2, **options}
    with pytest.raises(InputError, match=message):
        pt.compare_arms(fit, given.pop("outcome"), **given)


def test_nobody_rated_before_treatment_needs_a_predicted_start(cohort):
    late = cohort.ratings[cohort.ratings["day"] > 0]
    diary = pt.read_diary(late, scale="nrs")
    fit = pt.fit_curves(diary.select(diary.patient_ids[:20]), horizon=84)
    with pytest.raises(InputError, match="baseline='latent' predicts it"):
        pt.compare_arms(fit, by="arm", baseline="rated", m=2)
    assert np.isfinite(pt.compare_arms(fit, by="arm", m=2).table()["estimate"].item())


def _sure_arms(better):
    """Plausible values of 30 patients, the same in every draw; ``better`` by arm."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "patient_id": [f"P{i:02d}" for i in range(30)], "arm": ["a"] * 15 + ["b"] * 15,
            "baseline": rng.normal(6.0, 1.0, 30), "end_better": np.repeat(better, 15).astype(float),
        }
    )  # fmt: skip
    scale = pt.get_scale("nrs")
    return PlausibleValues(
        (table,) * M, ("end_better", "baseline"), ("arm",),
        pd.DataFrame(columns=["patient_id", "reason"]), scale, 84.0,
        pt.Criteria().resolve(scale, 84.0), 3, False, np.ones((M, 30)), 100,
    )  # fmt: skip


def test_shares_of_none_and_of_all_are_not_known_for_sure():
    none = _compared(_sure_arms([0, 0]), "end_better", "arm", "latent", (), None, 0.9)
    row = none.table().iloc[0]
    assert row["estimate"] == 0.0
    assert row["low"] < -0.03
    assert row["high"] > 0.03
    apart = _compared(_sure_arms([0, 1]), "end_better", "arm", "latent", (), None, 0.9)
    row = apart.table().iloc[0]
    assert row["low"] < 1.0 - 0.03
    # half a patient of 15 more of each kind
    share = 0.5 / 16.0
    least = np.sqrt(share * (1.0 - share) / 15.0)
    assert apart.means["std_error"].to_numpy() == pytest.approx([least, least])


@pytest.mark.parametrize("outcome", ["room_to_worsen", "room_to_improve", "baseline"])
def test_what_is_read_off_the_start_is_no_outcome(fit, outcome):
    with pytest.raises(InputError, match=f"{outcome!r} is no outcome"):
        pt.compare_arms(fit, outcome, by="arm", m=2)


def test_starts_of_a_small_arm_have_its_degrees_of_freedom(fit, cohort):
    ids = cohort.truth["patient_id"]
    outside = pd.DataFrame({"patient_id": ids, "small": ["s1"] * 3 + ["rest"] * 77})
    found = pt.compare_arms(fit, by="small", reference="rest", outside=outside, m=M)
    df = found.starts.set_index("group")["df"]
    assert df["s1"] <= 2.0
    assert df["s1 - rest"] < 3.0
    assert df["rest"] > 20.0


def test_a_small_arm_has_the_degrees_of_freedom_of_its_patients(fit):
    few = {name: "b" if i < 3 else "a" for i, name in enumerate(fit.patient_ids)}
    outside = pd.DataFrame({"group": few})
    found = pt.compare_arms(fit, by="group", outside=outside, reference="a", m=M)
    assert found.table()["df"].iloc[0] < 4.0
