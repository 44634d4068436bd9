"""Who needs a look first: the order, its groups, and the sentence that says why."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.events import read_events
from paintrend.results.criteria import Criteria
from paintrend.review import GROUPS, NO_IMPROVEMENT_BELOW, review_order, share_raised
from paintrend.scales import Scale, get_scale
from paintrend.symptoms import read_symptoms

from .fakes import KINDS, make_fake_fit

COLUMNS = [
    "patient_id", "rank", "group", "reason", "latest", "latest_day", "p_deterioration", "p_raised",
    "course", "confidence", "p_end_better", "signs", "sign_sources", "events",
]  # fmt: skip
NO_SEVERE = replace(get_scale("nrs"), severe=None)


def reviewed(fit, **options):
    return review_order(fit, classify(fit), **options)


def groups_of(fit):
    return reviewed(fit).set_index("patient_id")["group"]


def with_latest(fit, patient_id, pain, day):
    row = {"patient_id": patient_id, "day": day, "pain": pain, "inclusion": False}
    ratings = pd.concat([fit.diary.ratings, pd.DataFrame([row])], ignore_index=True)
    return replace(fit, diary=replace(fit.diary, ratings=ratings))


def test_headings_of_the_list_describe_and_advise_nothing():
    # the plan is the clinician's: these words were asked for, and name no treatment
    assert GROUPS["no_improvement"] == "no improvement likely: reconsider the plan"
    said = " ".join(text for name, text in GROUPS.items() if name != "no_improvement")
    told = r"\b(should|must|reconsider|recommend|consult|stop|continue|fine|safe|normal|good)\b"
    assert re.findall(told, said) == []


def test_everyone_is_listed_once_with_a_reason():
    fit = make_fake_fit(20)
    table = reviewed(fit)
    assert list(table.columns) == COLUMNS
    assert sorted(table["patient_id"]) == sorted(fit.patient_ids)
    assert list(table["rank"]) == list(range(1, 21))
    assert table["reason"].str.endswith(".").all()
    assert list(table["group"].map(list(GROUPS).index)) == sorted(
        table["group"].map(list(GROUPS).index)
    )


def test_groups_without_a_severe_level():
    fit = make_fake_fit(len(KINDS), scale=NO_SEVERE)
    # Before the review day the lack of improvement is no reason.
    found = reviewed(fit, review_day=85).set_index("patient_id")["group"]
    kinds = dict(zip(KINDS, fit.patient_ids, strict=True))
    assert found[kinds["sustained_deterioration"]] == "deterioration"
    assert found[kinds["forecast"]] == "deterioration"
    assert found[kinds["no_room"]] == "no_room"
    assert found[kinds["no_baseline"]] == "no_course"
    assert found[kinds["not_fitted"]] == "no_course"
    assert found[kinds["improving"]] == "rest"


@pytest.mark.parametrize(("pain", "group"), [(7.0, "severe"), (6.0, "rest")])
def test_a_severe_latest_rating_comes_first_whatever_the_curve(pain, group):
    fit = with_latest(make_fake_fit(1), "P001", pain, 84.0)
    row = reviewed(fit).iloc[0]
    assert row["group"] == group
    if group == "severe":
        assert "Latest rating 7 on day 84, at or above the severe level of 7." in row["reason"]


def test_a_severe_rating_puts_even_an_unfitted_patient_first():
    fit = with_latest(make_fake_fit(len(KINDS), scale="nrs"), "P008", 9.0, 100.0)
    table = reviewed(fit).set_index("patient_id")
    assert table.loc["P008", "group"] == "severe"
    assert "Not fitted: no rating up to the horizon" in table.loc["P008", "reason"]


def test_that_there_is_no_rating_is_said_once():
    fit = make_fake_fit(len(KINDS), scale=NO_SEVERE)
    name = dict(zip(KINDS, fit.patient_ids, strict=True))["not_fitted"]
    ratings = fit.diary.ratings
    diary = replace(fit.diary, ratings=ratings[ratings["patient_id"] != name])
    info = fit.info.assign(reason=fit.info["reason"].replace(r".+", "no usable rating", regex=True))
    table = reviewed(replace(fit, diary=diary, info=info)).set_index("patient_id")
    assert table.loc[name, "reason"] == "Not fitted: no usable rating."


def test_severe_runs_downwards_where_higher_is_better():
    relief = Scale("relief", 0, 100, better=20, worse=20, severe=30, higher_is_worse=False)
    fit = make_fake_fit(1, scale=relief)
    assert groups_of(with_latest(fit, "P001", 30.0, 84.0))["P001"] == "severe"
    assert groups_of(with_latest(fit, "P001", 31.0, 84.0))["P001"] == "rest"
    assert "at or below the severe level of 30" in reviewed(
        with_latest(fit, "P001", 20.0, 84.0)
    ).loc[0, "reason"]  # fmt: skip


def test_an_early_answer_does_not_see_later_ratings():
    fit = with_latest(make_fake_fit(1), "P001", 9.0, 84.0)
    early = replace(fit, as_of_day=0.0)
    table = reviewed(early)
    assert table.loc[0, "latest_day"] == 0.0
    assert reviewed(fit).loc[0, "latest"] == 9.0


def test_a_rating_after_the_horizon_counts_as_the_latest():
    late = pd.DataFrame({"patient_id": ["P001"], "day": [90.0], "pain": [8.0]})
    table = reviewed(replace(make_fake_fit(1), set_aside=late))
    assert (table.loc[0, "latest"], table.loc[0, "latest_day"]) == (8.0, 90.0)


def test_largest_share_first_and_ties_by_id():
    fit = make_fake_fit(60, scale=NO_SEVERE, seed=2)
    table = reviewed(fit)
    for group in ("deterioration", "rest"):
        inside = table[table["group"] == group]
        keys = list(zip(-inside["p_deterioration"], inside["patient_id"], strict=True))
        assert keys == sorted(keys)
    shuffled = replace(
        fit,
        patient_ids=fit.patient_ids[::-1],
        curves=fit.curves[::-1],
        pre_trend=fit.pre_trend[::-1],
        info=fit.info[::-1],
    )
    assert list(reviewed(shuffled)["patient_id"]) == list(table["patient_id"])


def test_raised_at_the_last_rating_but_no_course_to_name():
    fit = make_fake_fit(1, scale=NO_SEVERE)
    rising = np.zeros_like(fit.curves)
    # All are raised on day 21; 40% end better, 45% near the start, 15% worse.
    rising[:, :, 30:60] = 3.0
    rising[:, :80, 90:] = -2.5
    rising[:, 170:, 60:] = 3.0
    info = fit.info.assign(last_day=21.0)
    table = reviewed(replace(fit, curves=5.0 + rising, info=info))
    row = table.iloc[0]
    assert row["course"] == "cannot_tell"
    assert row["p_raised"] == 1.0
    assert row["group"] == "raised"
    assert row["reason"].startswith(">99% of the curves are raised on day 21, the last rating")
    # what is written upwards for the model has fallen where higher is better
    better = replace(NO_SEVERE, name="relief", higher_is_worse=False)
    turned = replace(make_fake_fit(1, scale=better), curves=5.0 + rising, info=info)
    turned = reviewed(turned).iloc[0]
    assert turned["group"] == "raised"
    assert turned["reason"].startswith(">99% of the curves are worse on day 21, the last rating")


def test_share_raised_against_curves_made_by_hand():
    fit = make_fake_fit(1, n_draws=10)
    curves = np.full_like(fit.curves, 4.0)
    curves[0, :3, 84:] = 6.0
    info = fit.info.assign(last_day=42.0)
    changed = replace(fit, curves=curves, info=info)
    assert share_raised(changed, 2.0)[0] == pytest.approx(0.3)
    assert share_raised(changed, 2.1)[0] == 0.0
    assert share_raised(replace(changed, info=info.assign(last_day=41.0)), 2.0)[0] == 0.0


# Warning signs


def told(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "day", "symptom"])


def happened(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "day", "event"])


def test_signs_come_first_whatever_the_curve_and_also_without_one():
    fit = make_fake_fit(len(KINDS), scale="nrs")
    kinds = dict(zip(KINDS, fit.patient_ids, strict=True))
    table = told(
        (kinds["improving"], 20, "pain at rest"),
        (kinds["not_fitted"], 30, "fever"),
        (kinds["unchanged"], 40, "saddle numbness"),
        (kinds["unchanged"], 50, "pain at rest"),
        (kinds["no_room"], 40, "none"),
    )
    plain, review = reviewed(fit), reviewed(fit, symptoms=read_symptoms(table, fit.diary))
    first = review.head(3)
    assert first["patient_id"].tolist() == [
        kinds["unchanged"], kinds["not_fitted"], kinds["improving"]
    ]  # fmt: skip
    assert first["group"].tolist() == ["same_day", "same_day", "prompt"]
    rest = [name for name in plain["patient_id"] if name not in set(first["patient_id"])]
    assert review["patient_id"].tolist()[3:] == rest
    assert review["rank"].tolist() == list(range(1, len(KINDS) + 1))
    said = first.set_index("patient_id")["reason"]
    assert said[kinds["unchanged"]].startswith(
        "Warning signs: saddle numbness (same day) on day 40; pain at rest (prompt) on day 50. "
        "Latest rating "
    )
    assert "Not fitted: no rating up to the horizon." in said[kinds["not_fitted"]]
    assert "AHCPR 1994" in first.set_index("patient_id")["sign_sources"][kinds["not_fitted"]]


def test_a_sign_and_a_severe_rating_are_both_told():
    fit = with_latest(make_fake_fit(1), "P001", 9.0, 84.0)
    table = told(*[("P001", day, "fever") for day in (3, 7, 9)])
    row = reviewed(fit, symptoms=read_symptoms(table)).iloc[0]
    assert row["group"] == "same_day"
    assert "fever (same day) on day 3, 7 and 9." in row["reason"]
    assert "Latest rating 9 on day 84, at or above the severe level of 7." in row["reason"]
    more = told(*[("P001", day, "fever") for day in range(10)])
    assert "on day 0 to 9 (10 times)" in reviewed(fit, symptoms=read_symptoms(more))["signs"][0]


def test_the_grade_is_that_of_the_table_of_signs():
    fit, table = make_fake_fit(1), told(("P001", 3, "fever"))
    for grade in ("same_day", "prompt"):
        symptoms = read_symptoms(table, signs={"fever": grade})
        assert reviewed(fit, symptoms=symptoms)["group"].tolist() == [grade]


def test_the_latest_sign_first_and_ties_by_id():
    fit = make_fake_fit(4)
    days = {"P001": 10, "P002": 50, "P003": 10, "P004": 5}
    table = told(
        *[(name, day, "fever") for name, day in days.items()], ("P004", 60, "pain at rest")
    )
    review = reviewed(fit, symptoms=read_symptoms(table))
    assert review["patient_id"].tolist() == ["P002", "P001", "P003", "P004"]


def test_nothing_later_than_the_day_of_an_early_answer_is_used():
    fit = replace(make_fake_fit(2), as_of_day=21.0)
    early = told(("P001", 21, "none"), ("P002", 20, "pain at rest"))
    late = told(("P001", 22, "fever"), ("P002", 50, "saddle numbness"))
    events, later = happened(("P001", 21, "injury")), happened(("P001", 21.5, "surgery"))
    first = reviewed(fit, symptoms=read_symptoms(early), events=read_events(events))
    both = reviewed(
        fit,
        symptoms=read_symptoms(pd.concat([early, late])),
        events=read_events(pd.concat([events, later])),
    )
    pd.testing.assert_frame_equal(first, both)
    assert first["group"].tolist() == ["prompt", "rest"]
    assert "surgery" not in " ".join(both["reason"])


def test_symptoms_of_others_are_refused_and_not_lost():
    fit = make_fake_fit(2)
    for symptoms in (told(("P1", 3, "fever")), told(("P1", 3, "none"))):
        with pytest.raises(InputError, match=r"who are not among the patients fitted: 'P1'"):
            reviewed(fit, symptoms=read_symptoms(symptoms))
    with pytest.raises(InputError, match="events of 1"):
        reviewed(fit, events=read_events(happened(("P1", 3, "injury"))))
    chosen = read_symptoms(told(("P1", 3, "fever"))).select(fit.patient_ids)
    assert "same_day" not in set(reviewed(fit, symptoms=chosen)["group"])
    with pytest.raises(InputError, match=r"symptoms= takes what read_symptoms returns"):
        reviewed(fit, symptoms=told(("P001", 3, "fever")))


def test_events_are_told_and_change_nothing_else():
    fit = make_fake_fit(4)
    table = happened(*[("P002", day, f"change {day}") for day in (1, 2, 3, 4, 5)])
    plain, review = reviewed(fit), reviewed(fit, events=read_events(table))
    own = review.set_index("patient_id").loc["P002"]
    assert own["events"] == "2 earlier; change 3 on day 3; change 4 on day 4; change 5 on day 5"
    assert own["reason"].endswith(f" Events (not modelled): {own['events']}.")
    pd.testing.assert_frame_equal(
        plain.drop(columns=["reason", "events"]), review.drop(columns=["reason", "events"])
    )


# No improvement


def without_improvement(share, last_day=84.0):
    """One patient of whom `share` of the curves end better, and the others near the start."""
    fit = make_fake_fit(1, scale=NO_SEVERE)
    curves = np.full_like(fit.curves, 5.0)
    n = round(share * curves.shape[1])
    curves[:, :n, 60:] = 1.0
    return replace(fit, curves=curves, info=fit.info.assign(last_day=last_day))


@pytest.mark.parametrize(
    ("share", "options", "group"),
    [
        (0.1, {}, "no_improvement"),
        (0.19, {}, "no_improvement"),
        (0.2, {}, "rest"),
        (0.3, {"no_improvement_below": 0.4}, "no_improvement"),
        (0.1, {"review_day": 84}, "no_improvement"),
        (0.1, {"review_day": 84.5}, "rest"),
    ],
)
def test_no_improvement_likely_once_the_review_day_is_past(share, options, group):
    assert NO_IMPROVEMENT_BELOW == 0.2
    table = reviewed(without_improvement(share), **options)
    assert table["group"].tolist() == [group]
    assert table["p_end_better"][0] == pytest.approx(share)


@pytest.mark.parametrize(
    ("horizon", "options", "group"),
    [
        (2.0, {}, "rest"),
        (13.9, {}, "rest"),
        (14.0, {}, "no_improvement"),
        (2.0, {"review_day": 1}, "no_improvement"),
    ],
)
def test_a_horizon_under_two_weeks_has_no_review_day_of_its_own(horizon, options, group):
    fit = make_fake_fit(1, scale=NO_SEVERE, horizon=horizon)
    fit = replace(fit, curves=np.full_like(fit.curves, 5.0))
    assert reviewed(fit, **options)["group"].tolist() == [group]


def test_the_review_is_at_half_of_the_horizon_by_the_last_rating_or_the_day_of_the_answer():
    fit = without_improvement(0.1)

    def group_at(day, as_of=None):
        ratings = fit.diary.ratings[fit.diary.ratings["day"] <= day]
        early = replace(fit, diary=replace(fit.diary, ratings=ratings), as_of_day=as_of)
        return reviewed(early)["group"][0]

    assert group_at(41) == "rest"
    assert group_at(42) == "no_improvement"
    assert group_at(14, as_of=42.0) == "no_improvement"
    assert group_at(42, as_of=41.0) == "rest"


def test_the_reason_says_share_threshold_and_day():
    reason = reviewed(without_improvement(0.1))["reason"][0]
    assert reason.startswith(
        "10% of the curves end better (by at least 2 points), fewer than 20%, and the review on "
        "day 42 is past. Unchanged, clear (90%). Latest rating "
    )


def test_who_began_too_well_to_improve_is_not_listed_for_it():
    fit = without_improvement(0.0)
    low = replace(fit, curves=np.full_like(fit.curves, 1.0))
    assert reviewed(low)["group"].tolist() == ["rest"]


def test_the_least_likely_to_improve_comes_first():
    fit = make_fake_fit(3, scale=NO_SEVERE)
    curves = np.full_like(fit.curves, 5.0)
    for i, n in enumerate((30, 10, 20)):
        curves[i, :n, 60:] = 1.0
    table = reviewed(replace(fit, curves=curves, info=fit.info.assign(last_day=84.0)))
    assert set(table["group"]) == {"no_improvement"}
    assert table["patient_id"].tolist() == ["P002", "P003", "P001"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"review_day": "42"}, "review_day must be a finite number of days, got '42'"),
        ({"review_day": float("nan")}, "review_day must be"),
        ({"no_improvement_below": 20}, "a share from 0 to 1, got 20"),
        ({"no_improvement_below": True}, "a share from 0 to 1"),
    ],
)
def test_options_that_cannot_be_used(options, said):
    with pytest.raises(InputError, match=said):
        reviewed(make_fake_fit(1), **options)


def test_reasons_speak_of_hours_where_the_horizon_is_in_hours():
    fit = make_fake_fit(len(KINDS), scale=NO_SEVERE, horizon=2.0)
    table = review_order(fit, classify(fit, Criteria(worsening=1, improvement=1)))
    said = " ".join(table["reason"])
    assert "at hour 48" in said
    assert "(by at least 1 point)" in said
    assert not re.search(r"\bdays?\b|on hour|1 points", said)
