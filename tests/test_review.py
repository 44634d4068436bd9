"""Who needs a look first: the order, its groups, and the sentence that says why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from paintrend.courses import classify
from paintrend.review import GROUPS, review_order, share_raised
from paintrend.scales import Scale, get_scale

from .fakes import KINDS, make_fake_fit

COLUMNS = [
    "patient_id", "rank", "group", "reason", "latest", "latest_day", "p_deterioration", "p_raised",
    "course", "confidence",
]  # fmt: skip
NO_SEVERE = replace(get_scale("nrs"), severe=None)


def reviewed(fit):
    return review_order(fit, classify(fit))


def groups_of(fit):
    return reviewed(fit).set_index("patient_id")["group"]


def with_latest(fit, patient_id, pain, day):
    row = {"patient_id": patient_id, "day": day, "pain": pain, "inclusion": False}
    ratings = pd.concat([fit.diary.ratings, pd.DataFrame([row])], ignore_index=True)
    return replace(fit, diary=replace(fit.diary, ratings=ratings))


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
    found = groups_of(fit)
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


def test_share_raised_against_curves_made_by_hand():
    fit = make_fake_fit(1, n_draws=10)
    curves = np.full_like(fit.curves, 4.0)
    curves[0, :3, 84:] = 6.0
    info = fit.info.assign(last_day=42.0)
    changed = replace(fit, curves=curves, info=info)
    assert share_raised(changed, 2.0)[0] == pytest.approx(0.3)
    assert share_raised(changed, 2.1)[0] == 0.0
    assert share_raised(replace(changed, info=info.assign(last_day=41.0)), 2.0)[0] == 0.0
