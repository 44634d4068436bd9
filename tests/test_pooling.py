"""Plausible values and pooled analyses: known truth, closed forms, statsmodels' numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paintrend as pt
from paintrend.errors import InputError
from paintrend.pooling.links import Variable, fit_choice, read_variable
from paintrend.pooling.relearning import bootstrap_weights, pick_curves
from paintrend.pooling.rules import combine_estimates

MIX = {"improving": 0.4, "worse_before_better": 0.3, "unchanged": 0.2, "recent_worsening": 0.1}
M = 8


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_cohort(
        90, arms={"a": {**MIX, "worse_before_better": 0.1, "unchanged": 0.4}, "b": MIX}, seed=4
    )


@pytest.fixture(scope="module")
def fit(cohort):
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)


@pytest.fixture(scope="module")
def outcome(cohort):
    truth = cohort.truth.set_index("patient_id")
    dip = truth["course"].isin(["worse_before_better", "transient_worsening"])
    noise = np.random.default_rng(0).normal(0.0, 0.5, len(truth))
    return pd.DataFrame({"activity": 2.0 * dip + noise}, index=truth.index)


def test_rules_give_the_numbers_of_the_formulas():
    # W = 4, B = 1 over m = 5, so T = 4 + 1.2; Barnard & Rubin with 50 degrees of freedom
    estimate = np.array([-np.sqrt(2.0), 0.0, 0.0, 0.0, np.sqrt(2.0)])[:, None] + 3.0
    pooled = combine_estimates(["x"], estimate, np.full((5, 1), 2.0), np.array([50.0])).loc["x"]
    share = 1.2 / 5.2
    old, seen = 4 / share**2, 51 / 53 * 50 * (1 - share)
    df = old * seen / (old + seen)
    assert pooled["std_error"] == pytest.approx(np.sqrt(5.2))
    assert pooled["df"] == pytest.approx(df)
    assert pooled["high"] == pytest.approx(3.0 + stats.t.ppf(0.95, df) * np.sqrt(5.2))
    assert pooled["p_value"] == pytest.approx(2 * stats.t.sf(3.0 / np.sqrt(5.2), df))
    assert pooled["missing_information"] == pytest.approx((0.3 + 2 / (old + 3)) / 1.3)


def test_rules_agree_with_those_of_statsmodels():
    mice = pytest.importorskip("statsmodels.imputation.mice")
    models = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(size=80), "y": rng.normal(size=80)})
    data.loc[::4, "x"] = np.nan
    theirs = mice.MICE("y ~ x", models.OLS, mice.MICEData(data))
    found = theirs.fit(3, 6)
    each = [(r.params, np.sqrt(np.diag(r.cov_params()))) for r in theirs.results_list]
    ours = combine_estimates(
        ["Intercept", "x"], np.array([p for p, _ in each]), np.array([s for _, s in each]),
        np.full(2, np.inf),
    )  # fmt: skip
    assert ours["estimate"].to_numpy() == pytest.approx(np.asarray(found.params))
    assert ours["std_error"].to_numpy() == pytest.approx(np.asarray(found.bse))


def test_nothing_missing_leaves_the_analysis_as_it_is():
    pooled = combine_estimates(["x"], np.full((4, 1), 1.5), np.full((4, 1), 0.3), np.array([20.0]))
    row = pooled.loc["x"]
    assert row["std_error"] == pytest.approx(0.3)
    assert row["missing_information"] == pytest.approx(0.0)
    assert row["df"] == pytest.approx(21 / 23 * 20)


def test_bootstrap_weights_are_dirichlet_and_keyed_by_patient():
    ids = [f"p{i}" for i in range(40)]
    weights = bootstrap_weights(ids, 7, 4000)
    assert weights.mean(axis=1) == pytest.approx(1.0)
    # a Dirichlet share has variance (n - 1) / (n^2 (n + 1))
    assert (weights / 40).var(axis=0).mean() == pytest.approx(39 / (40**2 * 41), rel=0.05)
    back = bootstrap_weights(ids[::-1], 7, 4000)[:, ::-1]
    assert back == pytest.approx(weights, abs=1e-12)


def test_curves_are_picked_by_their_shares():
    share = np.tile([0.2, 0.5, 0.3], (3000, 1))
    picked = pick_curves(share, np.random.default_rng(1).random(3000))
    assert np.bincount(picked) / 3000 == pytest.approx([0.2, 0.5, 0.3], abs=0.03)


def test_choice_regression_agrees_with_statsmodels():
    models = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(4000), rng.normal(size=4000)])
    chance = np.exp(np.column_stack([np.zeros(4000), x @ [0.2, 0.7], x @ [-0.5, -0.4]]))
    code = (rng.random(4000)[:, None] > np.cumsum(chance / chance.sum(1)[:, None], 1)).sum(1)
    link, covariance = fit_choice(Variable("c", (0, 1, 2), code.astype(float)), x)
    theirs = models.MNLogit(code, x).fit(disp=0)
    # the prior of ours is that of a fraction of a patient
    assert link.coefficients == pytest.approx(theirs.params, abs=2e-3)
    errors = np.sqrt(np.diag(covariance)).reshape(2, 2).T
    assert errors == pytest.approx(theirs.bse, rel=0.01)


def test_columns_are_taken_as_numbers_or_choices():
    assert read_variable("x", pd.Series([1.0, 2.0, 4.0])).levels == ()
    assert read_variable("x", pd.Series([0, 1, 1])).levels == (1, 0)
    told = read_variable("x", pd.Series(["b", None, "a", "b"]))
    assert told.levels == ("b", "a")
    assert told.columns[:, 0] == pytest.approx([0.0, 1 / 3, 1.0, 0.0])


def test_values_do_not_depend_on_the_order_of_rows_or_workers(cohort, fit):
    shuffled = cohort.ratings.sample(frac=1.0, random_state=1)
    other = pt.fit_curves(pt.read_diary(shuffled, scale="nrs"), horizon=84, seed=1, workers=1)
    one, two = (
        pt.draw_plausible(f, m=3, quantities=("course", "rise"), variables=("arm", "age"))
        for f in (fit, other)
    )
    for a, b in zip(one, two, strict=True):
        pd.testing.assert_frame_equal(
            a.sort_values("patient_id").reset_index(drop=True),
            b.sort_values("patient_id").reset_index(drop=True),
            atol=1e-9, rtol=0,
        )  # fmt: skip
    assert list(one.tables[0]["patient_id"]) == list(fit.patient_ids)


def test_an_effect_of_the_course_is_found_where_the_outcome_is_known_to_the_population(
    fit, outcome
):
    smf = pytest.importorskip("statsmodels.formula.api")
    found = pt.regress(fit, "activity ~ dip", outside=outcome, m=M)
    row = found.table().loc["dip"]
    assert abs(row["estimate"] - 2.0) < 2.5 * row["std_error"] < 1.0
    # the same without the outcome in the population
    values = pt.draw_plausible(fit, m=M, quantities=("dip",))
    without = np.mean(
        [
            smf.ols("activity ~ dip", t.join(outcome, on="patient_id")).fit().params["dip"]
            for t in values
        ]
    )
    assert without < row["estimate"] - 0.3
    assert 0.0 < row["missing_information"] < 0.9
    assert found.n == 90


def test_groups_that_differ_are_not_pulled_together(cohort, fit):
    found = pt.prevalence(fit, by="arm", m=M).contrasts.set_index(["among", "course"])
    own = found.loc[("all", "dip")]
    blind = pt.draw_plausible(fit, m=M, quantities=("dip",))
    arm = fit.diary.patients["arm"].to_numpy()
    shrunk = np.mean([np.diff(t.groupby(arm)["dip"].mean())[0] for t in blind])
    truth = cohort.truth.assign(dip=cohort.truth["course"].eq("worse_before_better"))
    real = np.diff(truth.groupby("arm")["dip"].mean())[0]
    assert abs(own["difference"] - real) < abs(shrunk - real)
    assert own["difference_low"] < real < own["difference_high"]


def test_shares_add_up_and_room_is_a_part_of_all(fit):
    found = pt.prevalence(fit, by="arm", adjust=("age",), m=M)
    shares = found.table()
    for _, part in shares.groupby(["group", "among"]):
        assert part["share"].iloc[:8].sum() == pytest.approx(1.0)
        own = part.set_index("course")["share"]
        assert own["dip"] == pytest.approx(own["worse_before_better"] + own["transient_worsening"])
    n = shares.pivot_table(index="group", columns="among", values="n")
    assert (n["room_to_worsen"] <= n["all"]).all()
    assert (shares["low"] < shares["share"]).all()
    assert (shares["share"] < shares["high"]).all()


def test_a_confounder_is_adjusted_for():
    # 400 patients whose course follows sex alone; sexes differ between the groups
    rng = np.random.default_rng(2)
    group = np.repeat(["a", "b"], 200)
    male = rng.random(400) < np.where(group == "a", 0.2, 0.8)
    dip = rng.random(400) < np.where(male, 0.6, 0.1)
    table = pd.DataFrame(
        {
            "patient_id": [f"p{i:03d}" for i in range(400)],
            "course": pd.Categorical(np.where(dip, "worse_before_better", "improving")),
            "end_better": 1.0, "room_to_worsen": 1.0, "room_to_improve": 1.0,
            "group": group, "sex": np.where(male, "m", "f"),
        }
    )  # fmt: skip
    from paintrend.hypotheses.shares import share_courses
    from paintrend.results.plausible import PlausibleValues

    values = PlausibleValues(
        (table, table), ("course",), ("group", "sex"), table[:0], pt.get_scale("nrs"), 84.0,
        pt.Criteria(), 0, False, np.ones((2, 400)), 300,
    )  # fmt: skip
    crude = share_courses(values, "group", (), None, 0.9).contrasts
    adjusted = share_courses(values, "group", ("sex",), None, 0.9).contrasts
    pick = "among == 'all' and course == 'dip'"
    assert crude.query(pick)["difference_low"].item() > 0.15
    low, high = adjusted.query(pick)[["difference_low", "difference_high"]].to_numpy()[0]
    assert low < 0.0 < high
    # one data set, no covariates: the interval is that of a share's own posterior
    counts = pd.crosstab(table["group"], dip)
    own = share_courses(values, "group", (), None, 0.9).shares.query(
        "among == 'all' and course == 'dip' and group == 'a'"
    )
    # (the two data sets are the same, so that nothing is stretched)
    exact = stats.beta.ppf([0.05, 0.95], counts.loc["a", True] + 0.5, counts.loc["a", False] + 1.5)
    assert own[["low", "high"]].to_numpy()[0] == pytest.approx(exact, abs=0.01)


def test_course_as_predictor_and_as_outcome(fit, outcome):
    pytest.importorskip("statsmodels")
    found = pt.regress(fit, "activity ~ course + arm", outside=outcome, m=M).table()
    assert "course[T.improving]" in found.index
    assert np.isfinite(found.to_numpy()).all()
    logit = pt.regress(fit, "end_better ~ arm", m=M).table()
    assert logit.loc["arm[T.b]", "df"] > 0


def test_course_as_outcome_agrees_with_statsmodels():
    smf = pytest.importorskip("statsmodels.formula.api")
    # enough patients that no rare course is one of the old alone in some draw
    many = pt.read_diary(pt.simulate_cohort(300, arms={"a": MIX}, seed=4).ratings, scale="nrs")
    fit = pt.fit_curves(many, horizon=84, seed=1)
    found = pt.regress(fit, "course ~ age", m=M)
    table = found.table()
    kept = list(dict.fromkeys(term.partition(":")[0] for term in table.index))
    assert "improving" in kept
    assert table.index.tolist() == [f"{c}: {name}" for c in kept for name in ("Intercept", "age")]
    each = []
    for values in found.values:
        course = values["course"].astype(str)
        own = course.where(course.isin([*kept, "unchanged"]), "other_course")
        codes = pd.Categorical(own, categories=["unchanged", *kept]).codes.astype(float)
        assert (codes >= 0).all()
        model = smf.mnlogit("code ~ age", values.assign(code=codes)).fit(disp=0)
        each.append(model.params.to_numpy().T.ravel())
    assert table["estimate"].to_numpy() == pytest.approx(np.mean(each, axis=0), abs=1e-6)
    assert (table["missing_information"] > 0.0).all()


def test_products_change_how_variables_go_with_the_curve(cohort, fit):
    pytest.importorskip("statsmodels")
    # a dip matters to the outcome of men only
    truth = cohort.truth.set_index("patient_id")
    dip = truth["course"].isin(["worse_before_better", "transient_worsening"])
    men = np.random.default_rng(1).random(len(truth)) < 0.5
    noise = np.random.default_rng(0).normal(0.0, 0.4, len(truth))
    own = pd.DataFrame(
        {"who": np.where(men, "m", "f"), "gain": 2.5 * (dip & men) + noise}, index=truth.index
    )
    found = pt.regress(fit, "gain ~ dip * who", outside=own, m=M)
    assert found.values.interactions
    row = found.table().loc["dip:who[T.m]"]
    assert row["low"] < 2.5 < row["high"]
    assert row["low"] > 0.0
    # without products in the population a dip is taken to do the same to both
    blind = pt.draw_plausible(
        fit, m=M, quantities=("dip",), variables=("who", "gain"), outside=own, interactions=False
    )
    assert not blind.interactions
    # so hardly a woman, whose gain is small either way, is drawn with one
    women = {
        name: np.mean([t.loc[t["who"] == "f", "dip"].mean() for t in values])
        for name, values in (("with", found.values), ("without", blind))
    }
    assert women["without"] < women["with"]
    assert abs(women["with"] - dip[~men].mean()) < abs(women["without"] - dip[~men].mean())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"formula": "rise"}, "expected a formula"),
        ({"formula": "age ~ arm"}, "names no quantity of a curve"),
        ({"formula": "activity ~ dip"}, "neither a quantity of curves"),
        ({"formula": "peak_day ~ arm"}, "have no peak_day"),
    ],
)
def test_formulas_that_cannot_be_right_are_refused(fit, change, message):
    pytest.importorskip("statsmodels")
    with pytest.raises(InputError, match=message):
        pt.regress(fit, change["formula"], m=2)


def test_an_analysis_of_what_the_population_does_not_know_is_refused(fit):
    def by_arm(table):
        return table.groupby("arm")["rise"].mean().diff().iloc[-1], 1.0

    with pytest.raises(InputError, match=r"variables=\('arm'"):
        pt.pool_draws(fit, by_arm, m=2)
    assert pt.pool_draws(fit, by_arm, m=2, variables=("arm",)).table().shape == (1, 7)

    with pytest.raises(InputError, match=r"quantities=\('burden'"):
        pt.pool_draws(fit, lambda table: (table["burden"].mean(), 1.0), m=2)


def test_named_courses_are_refused(fit):
    with pytest.raises(InputError, match="not known for sure"):
        pt.prevalence(pt.classify(fit).table())
    with pytest.raises(InputError, match="function of a table"):
        pt.pool_draws(fit, pt.classify(fit).table())


@pytest.mark.parametrize(
    "verb",
    [
        lambda named: pt.draw_plausible(named),
        lambda named: pt.regress(named, "rise ~ arm"),
        lambda named: pt.time_to(named),
        lambda named: pt.count_responders(named),
        lambda named: pt.tipping_point(named, by="arm"),
        lambda named: pt.retention_by_course(named),
        lambda named: pt.compare_arms(named, by="arm"),
        lambda named: pt.dropout_sensitivity(named),
    ],
)
def test_hard_labels_are_refused_wherever_draws_are_needed(fit, verb):
    pytest.importorskip("statsmodels")
    pytest.importorskip("lifelines")
    courses = pt.classify(fit)
    for named in (courses, courses.table()):
        with pytest.raises(InputError, match="not known for sure"):
            verb(named)


def test_an_arm_of_one_is_refused_in_every_comparison(fit):
    ids = list(fit.patient_ids)
    lone = pd.DataFrame({"patient_id": ids, "ward": ["x"] + ["y"] * 89})
    for verb in (pt.prevalence, pt.compare_arms, pt.count_responders, pt.tipping_point):
        with pytest.raises(InputError, match=r"groups of one patient \(x\).*join groups"):
            verb(fit, by="ward", outside=lone, m=2)


def test_groups_of_one_and_constants_are_refused(fit):
    ids = list(fit.patient_ids)
    outside = pd.DataFrame({"patient_id": ids, "ward": ["x"] + ["y"] * 44 + ["z"] * 45, "same": 1})
    with pytest.raises(InputError, match="groups of one patient \\(x\\)") as caught:
        pt.draw_plausible(fit, variables=("ward", "same"), outside=outside)
    assert "'same' has the same value" in str(caught.value)


@pytest.mark.parametrize(("robust", "errors"), [(True, "HC3"), (False, "nonrobust")])
def test_errors_of_a_regression_are_robust_if_asked(fit, robust, errors):
    formulas = pytest.importorskip("statsmodels.formula.api")
    own = pt.regress(fit, "rise ~ arm", m=4, robust=robust).table()
    theirs = pt.pool_draws(
        fit, lambda t: formulas.ols("rise ~ arm", t).fit(cov_type=errors, use_t=True),
        m=4, quantities=("rise",), variables=("arm",),
    ).table()  # fmt: skip
    np.testing.assert_allclose(own["std_error"], theirs["std_error"], rtol=1e-9)
