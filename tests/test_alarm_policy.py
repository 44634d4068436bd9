"""Alarm policies: simulated patients are those of the model, and the report says what happened."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.alarms.judges import judge_by_later_ratings
from paintrend.alarms.simulated import last_rise, simulate_patients
from paintrend.alarms.visits import read_visits
from paintrend.core.course_rules import COURSES, DETERIORATION, classify_curves
from paintrend.monitoring.looks import look_table
from paintrend.results.alarm_words import alarm_counts

from . import prior_draws
from .test_docs import DOCS, run

DAYS = np.array([-7.0, 0.0, 14.0, 28.0, 56.0, 84.0])
WORSE = [COURSES.index(name) for name in DETERIORATION]


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_cohort(60, seed=3)


@pytest.fixture(scope="module")
def diary(cohort):
    return pt.read_diary(cohort.ratings, scale="nrs")


@pytest.fixture(scope="module")
def population(diary):
    return pt.fit_curves(diary, horizon=84, draws=20).population


@pytest.fixture(scope="module")
def criteria(population):
    return pt.Criteria().resolve(population.scale, 84.0)


@pytest.fixture(scope="module")
def made(population, criteria):
    return simulate_patients(population, DAYS, 1500, criteria, seed=1)


@pytest.fixture(scope="module")
def simulated(population):
    return pt.alarm_policy(population, schedule=DAYS, budget=0.2, n=200, draws=60)


@pytest.fixture(scope="module")
def own(diary):
    return pt.alarm_policy(diary, horizon=84, budget=0.25, folds=3, draws=60)


def agree(ours, theirs, errors=4.5):
    """Means of two samples (n, ...) within so many standard errors, everywhere."""
    spread = np.sqrt(ours.var(axis=0) / len(ours) + theirs.var(axis=0) / len(theirs))
    assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= errors * spread + 1e-12).all()


@pytest.fixture(scope="module")
def drawn(population):
    """The same model, drawn without our kernels."""
    return prior_draws.draw_patients(
        np.random.default_rng(2), population.table, population.noise, population.prior, 1500, DAYS
    )


def test_courses_are_those_of_an_independent_draw(made, drawn):
    codes = classify_curves(drawn.curves, 84.0, 2.0, 2.0, 7.0, 21.0)
    every = np.arange(len(COURSES))
    agree((made.codes[:, None] == every).astype(float), (codes[:, None] == every).astype(float))
    at = [0, 21, 84, 126, 168]
    agree(made.curves[:, at], drawn.curves[:, at])
    agree(made.curves[:, at] ** 2, drawn.curves[:, at] ** 2)


def test_ratings_are_those_of_an_independent_draw(made, drawn):
    theirs = drawn.ratings.y.reshape(1500, DAYS.size)
    agree(made.ratings, theirs)
    every = np.arange(11.0)
    agree(
        (made.ratings[:, :, None] == every).astype(float),
        (theirs[:, :, None] == every).astype(float),
    )
    # how ratings hang together over time
    agree(made.ratings[:, 1:] * made.ratings[:, :-1], theirs[:, 1:] * theirs[:, :-1])
    assert set(np.unique(made.ratings)) <= set(every)


def test_shares_are_the_learned_ones(made, population):
    for got, prior in (
        (made.setting, population.prior.shape),
        (made.noise, population.prior.noise),
    ):
        # settings put together until each group is common enough to compare
        group = np.minimum((np.cumsum(prior) * 12).astype(int), 11)
        wanted = np.bincount(group, prior, 12)
        seen = np.bincount(group[got], minlength=12) / got.size
        error = np.sqrt(wanted * (1 - wanted) / got.size)
        assert (np.abs(seen - wanted) <= 4.5 * error + 1e-12).all()


def test_the_posterior_is_calibrated_on_simulated_patients(made, population, criteria):
    """Who are drawn from a population get worse as often as fitting with it says."""
    few = made.diary.select(made.diary.patient_ids[:400])
    for day in (14.0, 84.0):
        looks = pd.DataFrame({"patient_id": few.patient_ids, "day": day})
        p = look_table(few, population, looks, criteria=criteria, draws=100)["p_deterioration"]
        gap = np.isin(made.codes[:400], WORSE) - p.to_numpy()
        assert abs(gap.mean()) < 4 * gap.std() / 20.0
        assert p.std() > 0.02


def test_a_larger_set_begins_with_the_same_patients(made, population, criteria):
    few = simulate_patients(population, DAYS, 300, criteria, seed=1)
    np.testing.assert_array_equal(few.ratings, made.ratings[:300])
    other = simulate_patients(population, DAYS, 300, criteria, seed=1, purpose="other")
    assert (other.ratings != few.ratings).mean() > 0.3


def test_missed_visits_and_drop_out(made, population, criteria):
    few = simulate_patients(population, DAYS, 1000, criteria, seed=1, missed=0.2)
    gone = np.isnan(few.ratings)
    assert not gone[:, DAYS <= 0].any()
    assert abs(gone[:, DAYS > 0].mean() - 0.2) < 4 * np.sqrt(0.16 / 4000)
    kept = ~gone
    np.testing.assert_array_equal(few.ratings[kept], made.ratings[:1000][kept])
    left = np.isnan(simulate_patients(population, DAYS, 1000, criteria, dropout=0.2).ratings)
    assert (np.diff(left.astype(int), axis=1) >= 0).all()
    assert abs(left[:, -1].mean() - (1 - 0.8**4)) < 4 * np.sqrt(0.25 / 1000)


def test_the_onset_is_the_start_of_the_last_lasting_rise():
    day = np.linspace(0.0, 84.0, 169)
    curves = np.full((5, 169), 4.0)
    curves[1, (day >= 20) & (day < 40)] = 6.5
    curves[1, day >= 60] = 6.5
    curves[2, day >= 30] = 6.0
    curves[2, (day >= 50) & (day < 53)] = 4.0
    curves[3, day >= 80] = 9.0  # too short to last
    curves[4, (day >= 10) & (day < 30)] = 7.0
    curves[4, day >= 81] = 7.0
    found = last_rise(curves, 84.0, 2.0, 7.0)
    np.testing.assert_allclose(found, [np.nan, 60.0, 53.0, 80.0, 10.0])


def test_the_threshold_keeps_to_the_budget_on_the_simulated_patients(simulated):
    curve = simulated.curve().query("rule == 'policy'")
    at = curve[curve["threshold"] >= simulated.threshold - 1e-9]
    assert at["false_alarm_share"].max() <= 0.2
    assert curve["false_alarm_share"].max() > 0.2
    assert simulated.threshold_low <= simulated.threshold <= simulated.threshold_high
    chosen = simulated.table().iloc[0]
    assert chosen["setting"] == "chosen"
    # cross-fitted: near the budget, not exactly on it
    assert abs(chosen["false_alarm_share"] - 0.2) < 4 * chosen["false_alarm_share_se"]
    assert chosen["n_fine"] + chosen["n_worse"] == 200


def test_clinic_rules_are_compared_at_the_same_false_alarms(simulated, own):
    for policy in (simulated, own):
        for _, group in policy.table().groupby("judged"):
            target = group.loc[group["setting"] == "chosen", "false_alarm_share"].item()
            same = group[group["setting"] == "same false alarms"]
            assert len(same) == 3
            np.testing.assert_allclose(same["false_alarm_share"], target, atol=1e-9)
            used = group[group["setting"] == "as used now"].set_index("rule")["threshold"]
            assert used.to_dict() == {"plus_two": 2, "two_raised": 2, "expected_recovery": 0.9}


def test_tables_agree_with_each_other(simulated):
    last = simulated.by_visit().query("day == 84").reset_index(drop=True)
    table = simulated.table()
    for name in ("sensitivity", "false_alarm_share", "sensitivity_se", "false_alarm_share_se"):
        np.testing.assert_allclose(last[name], table[name], atol=1e-12)
    assert set(simulated.by_visit()["day"]) == {14.0, 28.0, 56.0, 84.0}
    one, two = (table.query(f"rule == '{r}'").iloc[0] for r in ("plus_two", "two_raised"))
    assert one["sensitivity"] >= two["sensitivity"]
    assert one["false_alarm_share"] > two["false_alarm_share"]
    assert one["restricted_mean_delay"] <= two["restricted_mean_delay"]


def test_curves_fall_and_hold_the_rules_as_used(simulated):
    curve = simulated.curve()
    for _, own_curve in curve.groupby("rule"):
        assert (np.diff(own_curve["false_alarm_share"]) >= 0).all()
        assert (np.diff(own_curve["restricted_mean_delay"]) <= 1e-9).all()
        assert own_curve["threshold"].iloc[0] == np.inf
        assert own_curve["sensitivity"].iloc[0] == 0.0


def test_an_own_cohort_is_judged_twice(own, diary, cohort):
    assert own.judges == ("posterior", "later_ratings")
    rows = own.table().query("setting == 'chosen'").set_index("judged")
    # expected numbers of patients: no whole numbers
    assert rows.loc["posterior", "n_patients"] == 60
    assert rows.loc["posterior", "n_worse"] % 1 > 0
    late = cohort.ratings[cohort.ratings["day"] > 63].groupby("patient_id")["pain"].mean()
    start = cohort.ratings[cohort.ratings["day"] <= 0].groupby("patient_id")["pain"].mean()
    change = (late - start).dropna()
    assert rows.loc["later_ratings", "n_patients"] == len(change)
    # some change by exactly 2, which a difference of two means need not hit
    assert rows.loc["later_ratings", "n_worse"] == (change >= 2.0 - 1e-9).sum()
    listed = own.not_evaluable.query("judged == 'later_ratings'")
    assert set(listed["patient_id"]) == set(diary.patient_ids) - set(change.index)
    assert listed["reason"].tolist() == ["no rating after day 63"] * len(listed)
    assert own.by_visit().query("judged == 'later_ratings'")["day"].max() <= 63.0


def test_later_ratings_never_look_at_what_they_judge(diary, criteria):
    visits = read_visits(diary, 84.0)
    judged = judge_by_later_ratings(diary, visits, 84.0, criteria)
    assert np.nanmax(judged.watched.day) <= 63.0
    assert judged.outcome.end.max() <= 63.0


def test_who_cannot_be_judged_is_listed(diary, criteria):
    rows = [("A", 7, 5), ("A", 80, 6), ("B", 0, 5), ("B", 80, 7), ("C", 0, 5), ("C", 21, 8)]
    rows += [("D", 14, 5)]
    frame = pd.DataFrame(rows, columns=["patient_id", "day", "pain"])
    few = pt.read_diary(frame, scale="nrs")
    judged = judge_by_later_ratings(few, read_visits(few, 84.0), 84.0, criteria)
    assert judged.watched.ids == ("B",)
    assert judged.outcome.p_worse.tolist() == [1.0]
    assert judged.reasons == [
        ("A", "no rating at or before day 0"),
        ("C", "no rating after day 63"),
        ("D", "no rating at or before day 0 and none after day 63"),
    ]


def test_a_judge_who_can_judge_nobody_is_left_out_and_said(diary):
    early = diary.up_to(50.0)
    policy = pt.alarm_policy(early, horizon=84, budget=0.25, folds=2, draws=40)
    assert policy.judges == ("posterior",)
    assert len(policy.not_evaluable) == 60
    assert "60 patients cannot be judged against later ratings" in repr(policy)


def test_without_a_visit_there_is_no_policy(diary):
    with pytest.raises(pt.InputError, match="no rating after day 0"):
        pt.alarm_policy(diary.up_to(0.0), horizon=84, folds=2, draws=40)


def test_the_order_of_rows_and_the_number_of_workers_do_not_matter(own, diary):
    shuffled = diary.ratings.drop(columns="inclusion").sample(frac=1.0, random_state=0)
    again = pt.alarm_policy(
        pt.read_diary(shuffled, scale="nrs"), horizon=84, budget=0.25, folds=3, draws=60, workers=1
    )
    assert again.threshold == pytest.approx(own.threshold, abs=1e-9)
    assert again.threshold_low == pytest.approx(own.threshold_low, abs=1e-9)
    pd.testing.assert_frame_equal(again.table(), own.table(), rtol=1e-9, atol=1e-9)


def test_unchanged_at_nine_of_ten_is_not_called_fine(simulated, own):
    figures = [pt.plot_policy(one).to_json() for one in (simulated, own)]
    for text in (repr(simulated), repr(own), own._repr_html_(), *figures):
        assert "not worse" in text
        assert " fine" not in text


def test_the_reprs_say_what_it_was_judged_against(simulated, own):
    assert "true courses of simulated patients" in repr(simulated)
    text = repr(own)
    assert "favours it" in text
    assert "last 21 days" in text
    assert "2 points" in text
    assert "cross-fitted" in text
    assert "cannot be judged against later ratings" in text
    assert "hardly known" in text
    assert "<table" in own._repr_html_()
    assert "<th>false alarm share</th>" in own._repr_html_(), "headings that can be broken"
    assert "<li>Judged against" in own._repr_html_()


def test_first_alarms_of_a_monitoring_table(simulated):
    policy = replace(simulated, threshold=0.4)
    looks = pd.DataFrame(
        [
            ("B", 21, 0.9), ("B", 7, 0.4), ("B", 14, 0.1),
            ("A", 0, 0.9), ("A", 7, 0.39), ("A", 90, 0.9), ("A", 14, None),
        ],
        columns=["patient_id", "day", "p_deterioration"],
    )  # fmt: skip
    found = policy.alarms(looks)
    assert found["patient_id"].tolist() == ["B", "A"]
    assert found["alarm"].tolist() == [True, False]
    np.testing.assert_equal(found["day"].to_numpy(), [7.0, np.nan])
    np.testing.assert_equal(found["p_deterioration"].to_numpy(), [0.4, np.nan])
    assert found["n_looks"].tolist() == [3, 1]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([1, 2], "a DataFrame"),
        (pd.DataFrame({"patient_id": ["A"], "day": [1]}), "no column p_deterioration"),
        (
            pd.DataFrame(
                {"patient_id": ["A", None], "day": [None, 7], "p_deterioration": [0.2, 1.4]}
            ),
            r"row 0: day .*row 1: p_deterioration .*1\.4.*row 1: the patient_id is missing",
        ),
    ],
)
def test_a_wrong_table_is_refused(simulated, table, said):
    with pytest.raises(pt.InputError, match=said):
        simulated.alarms(table)


def test_all_wrong_options_come_at_once(population):
    with pytest.raises(pt.InputError) as caught:
        pt.alarm_policy(
            population, schedule=[7, 7, 90], budget=1.0, n=5, missed=1.5, horizon=56, folds=1,
            default="cautious",
        )  # fmt: skip
    message = str(caught.value)
    for part in (
        "budget",
        "n must",
        "folds must",
        "missed",
        "horizon: 84",
        "names a day twice",
        "no day at or before day 0",
        "beyond the horizon",
        "default is for a diary",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "schedule is required"),
        ({"schedule": "weekly"}, "sequence of finite days, got 'weekly'"),
        ({"schedule": [0, float("nan")]}, "sequence of finite days"),
        ({"schedule": [0]}, "no day after day 0"),
        ({"schedule": [0, 84], "budget": True}, "budget"),
        ({"schedule": [0, 84], "criteria": 2}, "criteria must be"),
    ],
)
def test_a_population_needs_a_schedule(population, options, said):
    with pytest.raises(pt.InputError, match=said):
        pt.alarm_policy(population, **options)


def test_a_diary_needs_a_horizon_and_has_its_own_days(diary):
    with pytest.raises(pt.HorizonError, match="horizon is required"):
        pt.alarm_policy(diary)
    with pytest.raises(pt.InputError, match="schedule is for simulated patients"):
        pt.alarm_policy(diary, horizon=84, schedule=[0, 84])
    with pytest.raises(pt.InputError, match=r"a population .* or the diary"):
        pt.alarm_policy(diary.ratings, horizon=84)


def test_a_budget_that_no_threshold_keeps_to_is_said(simulated):
    policy = replace(simulated, threshold=np.inf)
    assert "no threshold keeps to a budget of 20%" in repr(policy).lower()
    looks = pd.DataFrame({"patient_id": ["A"], "day": [7], "p_deterioration": [1.0]})
    assert not policy.alarms(looks)["alarm"].any()


@pytest.mark.slow
def test_the_code_of_the_page_on_alarms_runs(tmp_path):
    names = run(DOCS / "alarms.md", tmp_path)
    assert names["policy"].judges == ("truth",)
    assert names["own"].judges == ("posterior", "later_ratings")
    assert names["figure"].data


def test_the_page_on_alarms_tells_every_column(own):
    told = (DOCS / "alarms.md").read_text(encoding="utf-8")
    columns = own.table().columns.difference(["judged", "rule", "setting"])
    stems = {c.removesuffix("_se").removesuffix("_low").removesuffix("_high") for c in columns}
    assert [name for name in sorted(stems) if f"`{name}`" not in told] == []


def test_counts_are_said_as_counts():
    row = {
        "n_fine": 57.0, "false_alarm_share": 0.0, "false_alarms_per_100_months": 0.0,
        "n_worse": 3.0, "sensitivity": 1.0, "median_delay": 28.0,
    }  # fmt: skip
    assert alarm_counts(row, 84.0) == (
        "0 of 57 not worse get an alarm (0 per 100 patient-months); 3 of 3 who get worse are "
        "detected, half of them by day 28"
    )
    nobody = row | {"n_worse": 0.0, "sensitivity": np.nan, "median_delay": np.nan}
    assert alarm_counts(nobody, 84.0).endswith("; nobody gets worse")
    missed = row | {"sensitivity": 1 / 3, "median_delay": np.inf}
    assert alarm_counts(missed, 84.0).endswith("; 1 (33%) of 3 who get worse are detected")
    expected = row | {"n_worse": 3.4, "sensitivity": 0.5}
    assert "50% of 3.4 who get worse (expected) are detected" in alarm_counts(expected, 84.0)
