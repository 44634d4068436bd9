"""Intercurrent events: known estimands in simulated cohorts, and ratings that must not be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.errors import InputError
from paintrend.estimands.until import judge_until
from paintrend.pooling.judged import JudgedCurves, event_days

H = 84.0
POLICY = {"surgery": "treatment_policy", "treatment stopped": "treatment_policy"}
M = 6


@pytest.fixture(scope="module")
def cohort():
    mix = {"improving": 0.5, "worse_before_better": 0.2, "unchanged": 0.2, "recent_worsening": 0.1}
    return pt.simulate_cohort(70, arms={"a": mix, "b": mix}, covariates={}, seed=11)


@pytest.fixture(scope="module")
def diary(cohort):
    return pt.read_diary(cohort.ratings, scale="nrs")


@pytest.fixture(scope="module")
def fit(diary):
    return pt.fit_curves(diary, horizon=H, seed=1)


@pytest.fixture(scope="module")
def events(cohort, diary):
    # every third patient is operated on; some stop treatment, before or after
    ids = cohort.truth["patient_id"].tolist()
    operated = [(i, 12.0 + k, "surgery") for k, i in enumerate(ids[::3])]
    stopped = [(i, 20.0, "treatment stopped") for i in ids[:40]]
    rows = pd.DataFrame(operated + stopped, columns=["patient_id", "day", "event"])
    return pt.read_events(rows, diary)


def judged(curves):
    """One curve per patient, judged whole."""
    scale, criteria = pt.get_scale("nrs"), pt.Criteria().resolve(pt.get_scale("nrs"), H)
    p = len(curves)
    codes = np.zeros((p, 1), dtype=np.int8)
    features = np.zeros((p, 1, 10))
    own = JudgedCurves(codes, features, scale, criteria, event_days(curves, H, criteria))
    none = np.zeros(p, dtype=bool)
    return judge_until(own, curves, np.full(p, H - 1e-9), H, {}, none), own, none


def test_a_curve_is_judged_by_the_same_rules_on_the_time_that_is_left(cohort):
    day = np.linspace(0.0, H, 169)
    hump = np.interp(day, [0, 20, 25, 50, 60, 84], [5, 5, 8, 8, 2, 2])
    curves = np.stack([hump, hump, np.full(169, 5.0)])[:, None, :]
    _, own, none = judged(curves)
    until = np.array([50.0, 10.0, 50.0])
    found = judge_until(own, curves, until, H, {}, none)
    course = [COURSES[c] for c in found.codes[:, 0]]
    # up to day 50 it rose and stayed up (21 days of 50); by day 10 nothing had happened
    assert course == ["sustained_deterioration", "unchanged", "unchanged"]
    assert found.quantity("end_level")[:, 0] == pytest.approx([8.0, 5.0, 5.0])
    whole, _, _ = judged(curves)
    assert COURSES[whole.codes[0, 0]] == "worse_before_better"


def test_without_an_event_nothing_changes_and_the_end_is_continuous(cohort):
    curves = cohort.curves[:, None, :]
    whole, _, _ = judged(curves)
    truth = classify_curves(cohort.curves, H, 2.0, 2.0, 7.0, 21.0)
    assert (whole.codes[:, 0] == truth).all()
    kept = judge_until(whole, curves, np.full(70, np.inf), H, {}, np.zeros(70, dtype=bool))
    assert (kept.codes == whole.codes).all()
    assert kept.features is not whole.features
    near = judge_until(whole, curves, np.full(70, H - 0.05), H, {}, np.zeros(70, dtype=bool))
    off = near.quantity("end_change") - whole.quantity("end_change")
    assert np.abs(off).max() < 0.1


def test_what_lasts_must_have_had_the_time_to(cohort):
    day = np.linspace(0.0, H, 169)
    curves = np.interp(day, [0, 1, 84], [5.0, 9.0, 9.0])[None, None, :]
    _, own, none = judged(curves)
    found = judge_until(own, curves, np.array([5.0]), H, {}, none)
    # 4 days up of 7 that last: the mean is up, but no course that needs a lasting rise
    assert COURSES[found.codes[0, 0]] in ("recent_worsening", "sustained_deterioration")
    assert np.isnan(found.quantity("first_worse")).all()
    assert np.isnan(found.quantity("peak_day")).all()


def test_treatment_policy_is_the_analysis_without_events(fit, events):
    found = pt.handle_events(fit, "end_better ~ arm", events=events, strategies=POLICY, m=M).table()
    plain = pt.regress(fit, "end_better ~ arm", m=M).table()
    pd.testing.assert_frame_equal(found, plain)


def test_composite_counts_every_event_in_every_draw(cohort, fit, events):
    found = pt.handle_events(
        fit, "end_better", by="arm", events=events, m=M,
        strategies={**POLICY, "surgery": "composite"}, unfavourable={"end_better": 0},
    )  # fmt: skip
    operated = cohort.truth["patient_id"].iloc[::3]
    for table in found.pooled.values:
        assert (table.set_index("patient_id").loc[operated, "end_better"] == 0.0).all()
    # the estimand in the cohort's true curves
    truth = cohort.truth.assign(
        good=(cohort.truth["end_change"] <= -2.0) & ~cohort.truth["patient_id"].isin(operated)
    )
    real = truth.groupby("arm")["good"].mean()
    table = found.table()
    for arm in ("a", "b"):
        assert table.loc[arm, "low"] < real[arm] < table.loc[arm, "high"]
    assert found.counts().query("event == 'surgery'")["patients"].item() == len(operated)
    assert "surgery: composite" in found.text
    assert "counts as end_better = 0" in found.text


def test_a_composite_course_is_that_course(fit, events):
    found = pt.handle_events(
        fit, lambda t: ((t["course"] == "recent_worsening").mean(), 0.1), events=events, m=3,
        quantities=("course",), strategies={**POLICY, "surgery": "composite"},
        unfavourable={"course": "recent_worsening"},
    )  # fmt: skip
    assert found.table()["estimate"].item() >= 24 / 70


def test_while_on_treatment_has_the_level_at_the_event(cohort, fit, events):
    found = pt.handle_events(
        fit, "end_change", events=events, m=M,
        strategies={**POLICY, "surgery": "while_on_treatment"},
    )  # fmt: skip
    until = np.full(70, H)
    until[::3] = [12.0 + k for k in range(24)]
    _, own, none = judged(cohort.curves[:, None, :])
    truth = judge_until(own, cohort.curves[:, None, :], np.minimum(until, H - 1e-9), H, {}, none)
    real = truth.quantity("end_change").mean()
    row = found.table().loc["all"]
    assert row["low"] < real < row["high"]
    # of the same draws, to the end whatever happened: the difference is most of the true one
    ended = pt.handle_events(fit, "end_change", events=events, m=M, strategies=POLICY)
    moved = row["estimate"] - ended.table().loc["all", "estimate"]
    assert moved > 0.5 * (real - cohort.truth["end_change"].mean())
    assert found.ratings_not_used > 50


def test_ratings_after_the_event_are_not_used(diary, events):
    strategies = {**POLICY, "surgery": "while_on_treatment"}
    days = events.table.query("event == 'surgery'").set_index("patient_id")["day"]
    ratings = diary.ratings.copy()
    after = ratings["day"].to_numpy() > ratings["patient_id"].map(days).fillna(np.inf).to_numpy()
    ratings.loc[after, "pain"] = 10.0 - ratings.loc[after, "pain"]
    other = pt.read_diary(
        ratings[["patient_id", "day", "pain"]].merge(diary.patients.reset_index(), on="patient_id"),
        scale="nrs",
    )
    one, two = (
        pt.handle_events(
            pt.fit_curves(d, horizon=H, seed=1), "end_level ~ arm + baseline",
            events=events, strategies=strategies, m=3,
        ).table()
        for d in (diary, other)
    )  # fmt: skip
    pd.testing.assert_frame_equal(one, two)


def test_what_happened_after_the_time_on_treatment_does_not_count(fit, events):
    found = pt.handle_events(
        fit, "end_better", events=events, m=2, unfavourable={"end_better": 0},
        strategies={"treatment stopped": "while_on_treatment", "surgery": "composite"},
    )  # fmt: skip
    rows = found.handled.set_index(["patient_id", "event"])["counts"]
    assert rows[fit.patient_ids[0], "surgery"] == "unfavourable outcome"
    stopped = set(found.handled["patient_id"][found.handled["event"] == "treatment stopped"])
    late = found.handled.query("event == 'surgery' and day > 20")
    inside = late["patient_id"].isin(stopped)
    assert 0 < inside.sum() < len(late)
    assert (late.loc[inside, "counts"] == "after the time on treatment").all()
    assert (late.loc[~inside, "counts"] == "unfavourable outcome").all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategies": {}}, r"events of the table: treatment stopped \(40\), surgery \(24\)"),
        ({"strategies": {**POLICY, "surgery": "ignore"}}, "no strategy; there are treatment_pol"),
        ({"strategies": {**POLICY, "operation": "composite"}}, "no event 'operation' in the table"),
        ({"strategies": {"surgery": "treatment_policy"}}, "no strategy for 'treatment stopped'"),
        ({"strategies": {**POLICY, "surgery": "composite"}}, "unfavourable=.'end_better'"),
        ({"unfavourable": {"end_better": 0}}, "no event is composite"),
        ({"events": "events.csv"}, "must come from read_events"),
        ({"analysis": "course"}, "a course has no mean"),
        ({"analysis": 3}, "must be a quantity, a formula or a function"),
        ({"analysis": "rise ~ arm", "by": "arm"}, "put 'arm' into the formula"),
        ({"analysis": "burden", "strategies": {**POLICY, "surgery": "while_on_treatment"}},
         "burden counts days, which an event cuts short"),
    ],
)  # fmt: skip
def test_what_cannot_be_handled_is_refused(fit, events, options, message):
    given = {"analysis": "end_better", "events": events, "strategies": POLICY, **options}
    with pytest.raises(InputError, match=message):
        pt.handle_events(fit, given.pop("analysis"), **given)


def test_events_of_strangers_and_from_before_treatment_are_listed(fit, events):
    rows = pd.DataFrame(
        {"patient_id": ["P001", "X9", "P002"], "day": [-3, 5, 0], "event": "surgery"}
    )
    wrong = pt.read_events(rows)
    with pytest.raises(InputError, match=r"no patient 'X9'.*P001 \(day -3\), P002 \(day 0\)"):
        pt.handle_events(
            fit, events=wrong, strategies={"surgery": "composite"}, unfavourable={"end_better": 0}
        )
    with pytest.raises(InputError, match="not known for sure"):
        pt.handle_events(pt.classify(fit), events=events, strategies=POLICY)
    for unfavourable, message in (
        ({"end_better": 0.5}, "must be 0 or 1"),
        ({"end_better": 0, "rise": 3}, "'rise' has no use"),
    ):
        with pytest.raises(InputError, match=message):
            pt.handle_events(
                fit, events=events, strategies={**POLICY, "surgery": "composite"},
                unfavourable=unfavourable,
            )  # fmt: skip
