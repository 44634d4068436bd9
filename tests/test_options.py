"""Options that analyses share, and what analyses do with odd columns: refused with a way out, or
right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paintrend as pt
from paintrend.errors import InputError
from paintrend.hypotheses.shares import share_courses
from paintrend.pooling.means import group_labels
from paintrend.pooling.terms import read_terms

N = 26


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_cohort(N, arms={"a": None, "b": None}, covariates={}, seed=6)


@pytest.fixture(scope="module")
def fit(cohort):
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)


@pytest.fixture(scope="module")
def outside(fit):
    """Columns that studies have: codes with gaps, truth values, names that are taken elsewhere."""
    rng = np.random.default_rng(2)
    arm = fit.diary.patients["arm"].to_numpy()
    own = pd.DataFrame(
        {
            "patient_id": list(fit.patient_ids),
            "code": np.where(np.arange(N) < 4, np.nan, 1.0 + (arm == "b")),
            "works": rng.random(N) < 0.5,
            "sex": np.where(rng.random(N) < 0.5, "f", "m"),
            "rise": rng.normal(size=N),
            "time": rng.normal(size=N),
            "seen": rng.integers(0, 2, N),
            "twice": np.where(arm == "b", "second", "first"),
            "endless": np.r_[np.inf, np.zeros(N - 1)],
            "age": rng.normal(50, 10, N),
        }
    )
    return own.astype({"works": bool})


COMPARISONS = (
    pt.prevalence, pt.count_responders, pt.tipping_point, pt.compare_arms, pt.time_to,
    pt.dropout_sensitivity,
)  # fmt: skip


@pytest.mark.parametrize("verb", COMPARISONS, ids=lambda verb: verb.__name__)
def test_all_wrong_options_come_in_one_message(fit, verb):
    with pytest.raises(InputError) as caught:
        verb(fit, by=["arm"], m=1, level=90, seed=-1, criteria={"worsening": 2}, outside=[1])
    said = str(caught.value)
    assert said.startswith(verb.__name__)
    for part in (
        "m must be a whole number from 2, got 1",
        "level must be between 0 and 1, such as 0.9, got 90",
        "seed must be a whole number from 0, got -1",
        "criteria must be Criteria(worsening=..., ...) or None, got dict",
        "outside must be a table by patient_id, got list",
        "by must be the name of one column, got ['arm']",
    ):
        assert part in said


@pytest.mark.parametrize("verb", [pt.prevalence, pt.compare_arms, pt.time_to])
def test_groups_are_not_adjusted_for_themselves(fit, verb):
    with pytest.raises(InputError, match="'arm', which is the groups themselves"):
        verb(fit, by="arm", adjust="arm", m=2)


def test_a_covariate_that_says_what_the_arm_says_is_refused(fit, outside):
    # least squares would divide the effect between the two, with a standard error far too small
    with pytest.raises(InputError, match="'twice' and the groups of 'arm' are combinations"):
        pt.compare_arms(fit, by="arm", adjust="twice", outside=outside, m=2)
    with pytest.raises(InputError, match="combinations of each other"):
        pt.regress(fit, "end_change ~ arm + twice", outside=outside, m=2)
    found = pt.time_to(fit, by="arm", adjust="twice", outside=outside, m=2)
    assert found.hazards.empty
    assert "combinations of each other" in found.text


def test_codes_with_gaps_stay_whole_numbers_and_the_gaps_are_told(fit, outside):
    found = pt.prevalence(fit, by="code", adjust="age", outside=outside, m=2)
    assert sorted(set(found.table()["group"])) == ["1", "2"]
    assert f"{N - 4} of {N} patients (4 without code)" in found.text
    everybody = found.table().query("among == 'all'").groupby("group")["n"].first()
    assert everybody.sum() == N - 4
    for result in (
        pt.count_responders(fit, by="code", outside=outside, m=2),
        pt.time_to(fit, by="code", outside=outside, m=2),
    ):
        assert f"{N - 4} of {N} patients (4 without code)" in result.text


def test_an_estimand_counts_those_with_a_group(fit, outside):
    rows = pd.DataFrame({"patient_id": ["P001"], "day": [30], "event": "surgery"})
    found = pt.handle_events(
        fit, "end_level", by="code", events=pt.read_events(rows, fit.diary), outside=outside,
        strategies={"surgery": "treatment_policy"}, m=2,
    )  # fmt: skip
    assert f"mean end_level by code: {N - 4} of {N} patients" in found.text


def test_labels_of_groups():
    assert group_labels(pd.Series([2.0, np.nan, 1.0])).tolist() == ["2", None, "1"]
    assert group_labels(pd.Series([2.5, 1.0])).tolist() == ["2.5", "1.0"]
    assert group_labels(pd.Series([True, False])).tolist() == ["True", "False"]
    assert group_labels(pd.Series(["x", None])).tolist() == ["x", None]


def test_names_that_are_taken_are_refused_where_they_meet(fit, outside):
    with pytest.raises(InputError, match="'rise' is a column and what the tables call"):
        pt.draw_plausible(fit, quantities="rise", variables="rise", outside=outside, m=2)
    # and not where they do not
    assert "rise" in pt.draw_plausible(
        fit, quantities="dip", variables="rise", outside=outside, m=2
    ).tables[0]  # fmt: skip
    found = pt.time_to(fit, by="arm", adjust=("time", "seen"), outside=outside, m=2)
    assert found.hazards.index.tolist() == ["arm[b]", "time", "seen[1]"]


def test_values_without_end_are_refused(fit, outside):
    with pytest.raises(InputError, match="'endless' has values that are not finite"):
        pt.draw_plausible(fit, variables=("endless", "age"), outside=outside, m=2)


def test_a_difference_is_that_of_the_shares_and_its_p_value_of_no_level(fit):
    values = pt.prevalence(fit, by="arm", m=3).values
    p, rows = [], []
    for level in (0.5, 0.9, 0.99):
        found = share_courses(values, "arm", (), None, level)
        shares = found.shares.set_index(["group", "among", "course"])["share"]
        rows = found.contrasts.set_index(["among", "course"])
        assert rows["difference"].to_numpy() == pytest.approx(
            (shares["b"] - shares["a"])[rows.index].to_numpy()
        )
        p.append(rows["p_value"].to_numpy())
    assert np.array_equal(p[0], p[1])
    assert np.array_equal(p[1], p[2])
    # the interval of the level 1 - p just holds 0; a small p is further off, as one draw on either
    # side is counted in
    at = (rows["p_value"] - 0.2).abs().idxmin()
    some = rows.loc[at, "p_value"]
    assert 0.05 < some < 0.6
    for factor, holds in ((0.9, True), (1.1, False)):
        row = share_courses(values, "arm", (), None, 1.0 - factor * some).contrasts
        row = row.set_index(["among", "course"]).loc[at]
        assert (row["difference_low"] < 0.0 < row["difference_high"]) == holds


def test_another_reference_turns_differences_round(fit):
    rows = pd.DataFrame({"patient_id": ["P001"], "day": [30], "event": "surgery"})
    options = {
        "events": pt.read_events(rows, fit.diary), "strategies": {"surgery": "treatment_policy"},
    }  # fmt: skip
    for ask in (
        lambda **own: pt.time_to(fit, by="arm", m=2, **own).means.set_index("group"),
        lambda **own: pt.handle_events(fit, "end_level", by="arm", m=2, **options, **own).table(),
    ):
        one, other = ask()["estimate"], ask(reference="b")["estimate"]
        assert other["a - b"] == pytest.approx(-one["b - a"])
    hazards = [pt.time_to(fit, by="arm", m=2, reference=r).hazards["estimate"] for r in "ab"]
    assert hazards[1]["arm[a]"] == pytest.approx(-hazards[0]["arm[b]"], rel=1e-4)
    with pytest.raises(InputError, match="no group 'c'; there are a, b"):
        pt.time_to(fit, by="arm", m=2, reference="c")


def test_without_an_event_shares_and_means_are_there_and_the_model_says_why_not(fit):
    found = pt.time_to(fit, by="arm", criteria=pt.Criteria(improvement=9.9), m=2)
    assert (found.table()["share"] == 0.0).all()
    assert (found.means.set_index("group").loc[["a", "b"], "estimate"] == found.until).all()
    row = found.means.set_index("group").loc["b - a"]
    assert row["p_value"] == 1.0
    assert row["missing_information"] == 0.0
    assert found.hazards.empty
    assert "No event in a, b" in found.text
    assert "no finite estimate" in found.text


def test_tests_and_triples_are_no_estimates(fit):
    def student(table):
        return stats.ttest_1samp(table["rise"], 0.0)

    with pytest.raises(InputError, match="a p-value cannot be pooled"):
        pt.pool_draws(fit, student, m=2, quantities="rise")
    with pytest.raises(InputError, match="or one such pair; got tuple"):
        pt.pool_draws(fit, lambda table: (1.0, 2.0, 3.0), m=2)
    with pytest.raises(InputError, match="df must be a number above 0"):
        pt.pool_draws(fit, lambda table: (1.0, 2.0), df=-3, m=2)


@pytest.mark.parametrize(
    ("formula", "names", "products"),
    [
        ("rise ~ arm", ["arm", "rise"], False),
        ("rise ~ log(age) + np.sqrt(bmi)", ["age", "bmi", "rise"], False),
        ("rise ~ C(arm, Treatment(reference='b'))", ["arm", "rise"], False),
        ("np.log(days + 1) ~ bs(age, df=3) + I(age / 10)", ["age", "days"], False),
        ("rise ~ arm:Q('time of day')", ["arm", "time of day", "rise"], True),
        ("rise ~ (arm + age)**2 - 1", ["arm", "age", "rise"], True),
    ],
)
def test_formulas_name_columns_and_nothing_else(formula, names, products):
    found = read_terms(formula)
    assert found.names == names
    assert found.products == products


def test_formulas_take_functions_codings_and_truth_values(fit, outside):
    models = pytest.importorskip("statsmodels.formula.api")
    coded = pt.regress(
        fit, "end_change ~ log(age) + C(arm, Treatment(reference='b'))", outside=outside, m=2
    )
    last = coded.values.tables[-1]
    theirs = models.ols(
        "end_change ~ np.log(age) + C(arm, Treatment(reference='b'))", last
    ).fit(cov_type="HC3", use_t=True)  # fmt: skip
    ours = coded.each.query("draw == 2")["estimate"].to_numpy()
    assert ours == pytest.approx(theirs.params.to_numpy())

    found = pt.regress(fit, "works ~ end_change", outside=outside, m=2)
    table = found.values.tables[0].assign(works=lambda t: t["works"].astype(float))
    logit = models.logit("works ~ end_change", table).fit(disp=0)
    assert found.each.query("draw == 1")["estimate"].to_numpy() == pytest.approx(
        logit.params.to_numpy()
    )


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("rise ~ ", "cannot read ''"),
        ("sex ~ end_change", r"is text \(f, m\): give it as 0 and 1"),
        ("end_change ~ foo(age)", r"cannot have .foo\(\)"),
        ("end_change ~ age + I(2 * age)", "combinations of each other"),
        ("end_change ~ 0", "neither a predictor nor a constant"),
        ("end_change ~ arm + I(end_change)", "'end_change' is on both sides"),
        ("end_change ~ arm + __import__('os').getpid()", r"cannot have .*getpid\(\)"),
        ("end_change ~ age % 2", "cannot have 'Mod'"),
        ("end_change ~ age | arm", "cannot have 'BitOr'"),
        ("end_change ~ age.mean()", r"cannot have 'age.mean\(\)'"),
        ("end_change ~ np.load('x')", r"cannot have 'np.load\(\)'"),
        ("end_change ~ I([x for x in age])", "cannot have .*for x in age"),
        ("end_change ~ {open('x')}", "cannot have .*open"),
        ("end_change ~ (lambda: 1)()", "cannot read"),
        ("open('x') ~ arm", r"cannot have 'open\(\)'"),
    ],
)
def test_formulas_that_cannot_be_run_say_what_to_change(fit, outside, formula, message):
    pytest.importorskip("statsmodels")
    own = outside.drop(columns="rise")
    with pytest.raises(InputError, match=message):
        pt.regress(fit, formula, outside=own, m=2)


def test_two_sides_of_the_same_curve_are_said_to_hang_together(fit, outside):
    pytest.importorskip("statsmodels")
    found = pt.regress(fit, "end_change ~ arm + deterioration", outside=outside, m=2)
    note = "end_change and deterioration are read off the same curve"
    for shown in (found.text, repr(found), found._repr_html_()):
        assert note in shown
        assert "landmark_test" in shown
    assert "same curve" not in pt.regress(fit, "end_change ~ arm", outside=outside, m=2).text
    assert "same curve" not in pt.regress(fit, "age ~ end_change", outside=outside, m=2).text


def test_an_analysis_without_estimates_is_refused(fit):
    with pytest.raises(InputError, match="got an empty mapping"):
        pt.pool_draws(fit, lambda table: {}, m=2)


def test_the_course_that_others_are_compared_with_is_named(fit, outside):
    pytest.importorskip("statsmodels")
    found = pt.regress(fit, "age ~ course", outside=outside, m=2)
    first = found.name.partition("(courses against ")[2].rstrip(")")
    assert first
    assert f"course[T.{first}]" not in found.table().index


def test_ratings_of_patients_without_a_group_are_counted(fit, outside):
    more = fit.diary.ratings.iloc[[0]].assign(day=3.5)
    both = pd.concat([fit.diary.ratings, more])[["patient_id", "day", "pain"]]
    ward = dict(zip(outside["patient_id"], ["x"] * 12 + ["y"] * 12 + [None] * 2, strict=True))
    diary = pt.read_diary(both.assign(ward=both["patient_id"].map(ward)), scale="nrs")
    off = pt.flag_unscheduled(
        pt.fit_curves(diary, population=fit.population), by="ward", schedule=range(-14, 85, 7)
    )
    assert list(dict.fromkeys(off.counts["group"])) == ["x", "y", "(no group)"]
    fitted = off.counts["ratings"].sum()
    assert fitted == pytest.approx(len(off.ratings))


def test_one_number_stands_for_a_list_and_words_for_none(fit):
    assert pt.tipping_point(fit, by="arm", deltas=2, m=2)["delta"].tolist() == [2.0]
    with pytest.raises(InputError, match="deltas must be numbers, got 'x'"):
        pt.tipping_point(fit, by="arm", deltas="x", m=2)
    with pytest.raises(InputError, match="odds_ratios must be numbers above 0, got 0"):
        pt.dropout_sensitivity(fit, odds_ratios=0, m=2)
    with pytest.raises(InputError, match=r"m must be a whole number from 2, got 1; shares must be"):
        pt.power(0.1, m=1)


def test_restricted_means_lie_within_their_days(fit):
    found = pt.time_to(fit, by="arm", m=2)
    groups = found.means.set_index("group").loc[["a", "b"]]
    assert (groups["low"] >= 0.0).all()
    assert (groups["high"] <= found.until).all()
