"""The response to sessions from diary to verdict, against cohorts whose truth is known."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.courses import classify
from paintrend.simulate import SessionPlan, Soreness, Visits
from paintrend.soreness.learning import default_response, update_response
from paintrend.soreness.timing import Coverage
from paintrend.soreness.verdicts import Facts, give_verdict
from paintrend.wording import number

DAYS = [float(day) for day in range(-4, 29)]
STEADY = {"unchanged": 0.6, "improving": 0.4}


def simulated(n, *, none, seed, visits=None, **plan):
    return pt.simulate_sessions(
        n, horizon=28, course_mix=STEADY, soreness=Soreness(none=none, first=2.4, spread=0.5),
        plan=SessionPlan(**plan), visits=visits or Visits(days=DAYS, dropout=0.0), seed=seed,
    )  # fmt: skip


def fitted(cohort, **options):
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    sessions = pt.read_sessions(cohort.sessions, diary)
    fit = pt.fit_curves(diary, horizon=28, draws=100, workers=2)
    return pt.session_response(fit, sessions, **options)


@pytest.fixture(scope="module")
def cohort():
    return simulated(20, none=0.25, seed=3)


@pytest.fixture(scope="module")
def response(cohort):
    return fitted(cohort)


def test_the_mean_rise_is_recovered(cohort, response):
    true = cohort.truth["rise"].mean()
    rise = response.pooled.set_index("quantity").loc["rise"]
    assert rise["low"] <= true <= rise["high"]
    assert abs(rise["median"] / true - 1.0) < 0.25


@pytest.mark.parametrize(
    "verb",
    [
        lambda fit: pt.prevalence(fit),
        lambda fit: pt.landmark_test(fit, landmark=14),
        lambda fit: pt.check_cohort(fit),
        lambda fit: pt.check_calibration(fit),
        lambda fit: pt.drop_unscheduled(
            fit, lambda fit, criteria: None, schedule=[0.0, 28.0], tolerance=1
        ),
    ],
    ids=["draws", "landmark", "replicates", "twins", "refit"],
)
def test_nothing_draws_curves_again_without_the_sessions(response, verb):
    # they would be drawn as if nobody had had a session, from a population that has
    with pytest.raises(pt.InputError, match="has its sessions taken into account"):
        verb(response.fit)


def test_a_methods_paragraph_tells_of_sessions(response):
    fit = response.fit
    told = "sessions do to pain was fitted together with the curves"
    assert told in pt.methods_text(fit, classify(fit))
    assert pt.session_info(fit).set_index("what")["value"]["sessions"] == "fitted together"


def test_heights_of_patients_are_told_apart(cohort, response):
    true = cohort.truth.set_index("patient_id")["rise"]
    table = response.table().set_index("patient_id")
    assert np.corrcoef(table["rise"], true.loc[table.index])[0, 1] > 0.75
    inside = (true >= table["rise_low"] - 1e-9) & (true <= table["rise_high"] + 1e-9)
    assert inside.mean() > 0.7


def test_verdicts_named_are_mostly_right_and_nobody_without_a_response_is_alarmed(cohort, response):
    truth = cohort.truth.set_index("patient_id")
    table = response.table().set_index("patient_id")
    named = table[table["verdict"] != "cannot_tell"]
    assert len(named) > 8
    assert (named["verdict"] == truth.loc[named.index, "verdict"]).mean() > 0.6
    calm = table[~truth["responds"].astype(bool)]
    assert not calm["verdict"].isin(["builds_up", "does_not_settle"]).any()


def test_shares_of_verdicts_sum_to_one(response):
    shares = response.table()[[f"p_{v}" for v in response_verdicts()]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(shares)))


def response_verdicts():
    return ("settles", "does_not_settle", "builds_up", "no_response")


def test_the_table_is_that_of_the_draws(response):
    table = response.table().set_index("patient_id")
    row = list(response.patient_ids).index("P003")
    assert table.loc["P003", "rise"] == pytest.approx(np.median(response.draws["rise"][row]))
    assert (response.codes[row] == 0).mean() == pytest.approx(table.loc["P003", "p_settles"])


def test_why_shows_every_check(response):
    why = response["P003"].why()
    assert why["threshold"].tolist() == [3, 1.0, 0.25, 2.0]
    assert why["share"].between(0, 1).all()
    with pytest.raises(pt.UnknownPatientError, match="P999"):
        response["P999"]


def test_curves_are_judged_as_classify_judges_them(response):
    # the courses of the fit come from its draws, those of patients picked from it too
    table = response.courses.table().set_index("patient_id")
    few = classify(response.fit.select(["P003", "P001"])).table().set_index("patient_id")
    assert few.index.tolist() == ["P001", "P003"]
    pd.testing.assert_frame_equal(few, table.loc[few.index])
    with pytest.raises(pt.InputError, match="sessions"):
        response.fit.as_of(7.0)


def test_what_is_carried_is_in_the_curve_and_what_is_gone_is_not(response):
    fit = response.fit
    row = next(i for i, own in enumerate(fit.time_course) if (own > 0).mean() > 0.9)
    name = next(n for n, i in fit.inference.position.items() if i == row)
    some = np.flatnonzero(fit.time_course[row] > 0)
    with_carry = fit.draws(name)[some]
    plain = pt.Fit.draws(
        pt.Fit(fit.diary, fit.population, fit.inference, fit.seed), name
    )[some]  # fmt: skip
    added = np.array([
        fit.carried[row][int(m)] @ fit.response[row, d]
        for d, m in zip(some, fit.time_course[row, some], strict=True)
    ])  # fmt: skip
    inside = (plain > 0) & (plain < 10) & (with_carry > 0) & (with_carry < 10)
    assert with_carry[inside] == pytest.approx((plain + added)[inside], abs=1e-9)


def test_the_answer_does_not_depend_on_order_or_threads(cohort, response):
    again = fitted_shuffled(cohort, response.population)
    known = pt.session_response(
        pt.fit_curves(
            pt.read_diary(cohort.ratings, scale="nrs"), horizon=28, draws=100, workers=2
        ),
        response.sessions, population=response.population,
    ).table().set_index("patient_id")  # fmt: skip
    found = again.table().set_index("patient_id").loc[known.index]
    for name in ("rise", "left", "climb", "p_settles", "p_deterioration"):
        assert found[name].to_numpy() == pytest.approx(
            known[name].to_numpy(), abs=1e-9, nan_ok=True
        )


def fitted_shuffled(cohort, learned):
    ratings = cohort.ratings.sample(frac=1.0, random_state=1)
    diary = pt.read_diary(ratings, scale="nrs")
    sessions = pt.read_sessions(cohort.sessions.iloc[::-1], diary)
    fit = pt.fit_curves(diary, horizon=28, draws=100, workers=1)
    return pt.session_response(fit, sessions, population=learned, workers=1)


def test_weekly_ratings_lead_to_cannot_tell(response):
    weekly = Visits(days=[-7.0, 0, 7, 14, 21, 28], dropout=0.0)
    cohort = simulated(6, none=0.0, seed=4, visits=weekly, rated=False)
    weekly_response = fitted(cohort, population=response.population)
    found = weekly_response.table()
    assert (found["verdict"] == "cannot_tell").all()
    assert found["reason"].str.contains("24 to 72 h after").all()
    # nor is a mean told that others' ratings and assumptions make
    assert weekly_response.pooled["n_rated"].eq(0).all()
    assert "mean rise after a session cannot be told: 0 of 6 patients" in repr(weekly_response)


def test_a_mean_rise_is_told_where_ratings_can_judge_sessions(response):
    rise = response.pooled.set_index("quantity").loc["rise"]
    assert rise["n_rated"] > 0.9 * rise["n_patients"]
    assert f"mean rise after a session {number(rise['median'], 2)} points" in repr(response)


def test_patients_without_sessions_stay_in_the_table(cohort, response):
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    only = cohort.sessions[cohort.sessions["patient_id"].isin(["P001", "P002"])]
    fit = pt.fit_curves(diary.select(["P001", "P002", "P003"]), horizon=28, draws=50)
    found = pt.session_response(fit, pt.read_sessions(only), population=response.population)
    row = found.table().set_index("patient_id").loc["P003"]
    assert row["verdict"] == "cannot_tell"
    assert row["reason"] == "No session attended."
    assert np.isnan(row["rise"])
    assert np.isfinite(row["p_deterioration"])


def test_sessions_that_cannot_be_judged_are_not_denied(cohort, response):
    ratings = cohort.ratings[cohort.ratings["patient_id"].isin(["P001", "P002", "P003"])]
    late = ratings["patient_id"] == "P002"
    ratings = ratings.assign(day=ratings["day"] + 100.0 * late)
    diary = pt.read_diary(ratings, scale="nrs")
    attended = [("P001", 30.0), ("P001", 33.0), ("P002", 3.0), ("P003", 3.0), ("P003", 40.0)]
    sessions = pt.read_sessions(pd.DataFrame(attended, columns=["patient_id", "day"]), diary)
    fit = pt.fit_curves(diary, population=response.population.population, draws=50)
    found = pt.session_response(fit, sessions, population=response.population)
    reason = found.table().set_index("patient_id")["reason"]
    assert reason["P001"] == "2 sessions attended, none up to the horizon (day 28)."
    assert reason["P002"] == (
        "1 session attended, but no rating up to the horizon (day 28) was fitted."
    )
    assert reason["P003"] == "1 session attended up to the horizon; needed: at least 3."


def test_a_single_session_is_not_said_to_settle():
    one = pt.SessionCriteria(rise=1.0, climb=2.0, sessions=1)
    alone = {"n_sessions": 1, "left": np.nan, "climb": np.nan, "coverage": Coverage(1, 1, 1)}
    verdict = give_verdict(facts(**alone), one)
    assert verdict.name == "cannot_tell"
    assert verdict.reason == (
        "Rise after the session 2 points, but whether it was gone before the next cannot be told "
        "from one session. Needed: at least 2 sessions attended."
    )
    share = {"no_response": 0.9, "settles": 0.1}
    verdict = give_verdict(facts(share=share, rise=0.3, **alone), one)
    assert verdict.name == "no_response"
    assert "not known" not in verdict.reason


def test_sessions_of_nobody_are_refused(cohort):
    diary = pt.read_diary(cohort.ratings[cohort.ratings["patient_id"] == "P001"], scale="nrs")
    other = pt.read_sessions(pd.DataFrame({"patient_id": ["X"], "day": [1]}))
    fit = pt.fit_curves(diary, horizon=28, draws=50)
    with pytest.raises(pt.InputError, match="none of 1 patient"):
        pt.session_response(fit, other)
    with pytest.raises(pt.InputError, match="same_day"):
        pt.session_response(fit, other, same_day="noon")


def facts(**changes):
    shares = dict.fromkeys(response_verdicts(), 0.0) | changes.pop("share", {"settles": 1.0})
    values = {
        "rise": 2.0, "left": 0.1, "climb": 0.0, "n_sessions": 12,
        "coverage": Coverage(10, 11, 12), "regular": True, "unit": "points",
    }  # fmt: skip
    return Facts(share=shares, **(values | changes))


def test_a_rise_just_below_what_counts_is_not_rounded_to_it():
    share = {"no_response": 0.9, "settles": 0.1}
    verdict = give_verdict(facts(share=share, rise=0.97), CRITERIA)
    assert verdict.name == "no_response"
    assert verdict.reason.startswith("Rise after sessions 0.97 ")


CRITERIA = pt.SessionCriteria(rise=1.0, climb=2.0)


def test_a_verdict_that_would_calm_is_not_named_over_a_doubt():
    share = {"settles": 0.75, "does_not_settle": 0.25}
    assert give_verdict(facts(share=share), CRITERIA).name == "cannot_tell"
    share = {"settles": 0.85, "does_not_settle": 0.15}
    assert give_verdict(facts(share=share), CRITERIA)[:2] == ("settles", "clear")


def test_an_alarm_is_not_named_over_the_doubt_that_there_is_no_response():
    share = {"does_not_settle": 0.75, "no_response": 0.25}
    assert give_verdict(facts(share=share), CRITERIA).name == "cannot_tell"
    share = {"does_not_settle": 0.75, "no_response": 0.1, "settles": 0.15}
    assert give_verdict(facts(share=share), CRITERIA)[:2] == ("does_not_settle", "probable")


def test_building_up_by_regular_sessions_is_said_to_look_like_a_deterioration():
    share = {"builds_up": 0.9, "settles": 0.1}
    told = give_verdict(facts(share=share, climb=3.0), CRITERIA)
    assert told.name == "builds_up"
    assert "look the same" in told.reason
    told = give_verdict(facts(share=share, climb=3.0, regular=False), CRITERIA)
    assert "not shown" in told.reason


def test_a_climb_without_a_response_by_regular_sessions_looks_the_same_too():
    share = {"no_response": 1.0}
    told = give_verdict(facts(share=share, climb=3.0), CRITERIA).reason
    assert "see the course" in told
    assert "look the same" in told
    assert "look the same" not in give_verdict(facts(share=share), CRITERIA).reason
    uneven = give_verdict(facts(share=share, climb=3.0, regular=False), CRITERIA).reason
    assert "look the same" not in uneven


def test_a_level_that_gets_better_is_said_to():
    told = give_verdict(facts(climb=-2.1), CRITERIA).reason
    assert "the level before sessions gets better by 2.1 points" in told
    assert "gets worse by 2.1 points" in give_verdict(facts(climb=2.1), CRITERIA).reason


def test_what_is_assumed_of_responders_does_not_stand_against_a_cohort_without_any():
    assumed = default_response()
    course = np.arange(assumed.share.size)
    weight = np.zeros((16, course.size))
    weight[:, 0] = 1.0
    height = np.ones((16, course.size, 2))
    learned = update_response(weight, height, course, assumed)
    # 16 patients without a response and what is assumed of 4
    assert learned.share[0] == pytest.approx((16.0 + 4.0 * assumed.share[0]) / 20.0)
    # nothing was learned of the time courses
    assert learned.share[1:] / (1.0 - learned.share[0]) == pytest.approx(
        assumed.share[1:] / (1.0 - assumed.share[0])
    )
    assert learned.mean == pytest.approx(assumed.mean)
    weight[:, 0], weight[:, 3] = 0.0, 1.0
    learned = update_response(weight, height, course, assumed)
    assert learned.share[0] < 0.07


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({"n_sessions": 2}, "at least 3"),
        ({"coverage": Coverage(0, 0, 9)}, "24 to 72 h after a session"),
        ({"coverage": Coverage(0, 9, 0)}, "shortly before"),
        ({"coverage": Coverage(1, 5, 5)}, "the same session"),
    ],
)
def test_what_would_be_needed_is_named(changes, needed):
    told = give_verdict(facts(**changes), CRITERIA)
    assert told.name == "cannot_tell"
    assert needed in told.reason


def test_sessions_after_the_horizon_teach_nothing():
    cohort = pt.simulate_sessions(4, horizon=28, seed=1)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=28, draws=20)
    late = pd.DataFrame({"patient_id": fit.patient_ids, "day": 30.0})
    with pytest.raises(pt.InputError, match=r"session up to the horizon \(day 28\)"):
        pt.session_response(fit, pt.read_sessions(late, diary))
