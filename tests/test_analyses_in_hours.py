"""Analyses of a cohort in hours speak of hours, where days would be decimals."""

from __future__ import annotations

import re

import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.plots.spaghetti_numbers import spaghetti_info
from paintrend.report.files import setting_lines
from paintrend.simulate import Visits

HOURS = [-6.0, 0.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0]


@pytest.fixture(scope="module")
def fit():
    visits = Visits(days=[hour / 24.0 for hour in HOURS])
    ratings = pt.simulate_cohort(20, seed=3, horizon=2.0, visits=visits).ratings
    timed = ratings.assign(time=ratings["day"] * 24.0).drop(columns="day")
    diary = pt.read_diary(timed, scale="nrs", time_unit="hours")
    return pt.fit_curves(diary, horizon=2.0, draws=40)


def test_responders_and_alarms(fit):
    assert "(last 4 hours of the curve)" in pt.count_responders(fit, m=2).text
    days = [hour / 24.0 for hour in HOURS]
    policy = pt.alarm_policy(fit.population, schedule=days, n=60, draws=40)
    assert "no deterioration at hour 48" in repr(policy)
    assert not re.search(r"\bday \d", repr(policy).partition("From ")[0].replace("day 0", ""))


def test_times_to_events(fit):
    pytest.importorskip("lifelines")
    found = pt.time_to(fit, m=2)
    assert "starts 12 hours better" in found.text
    assert "up to hour 36" in repr(found)


def test_nobody_who_left(fit):
    with pytest.raises(InputError, match=r"before the last 12 hours\."):
        pt.dropout_sensitivity(
            pt.fit_curves(
                fit.diary.select(fit.info.index[fit.info["last_day"] == 2.0]),
                population=fit.population,
            ),
            m=2,
        )


@pytest.fixture(scope="module")
def one_day():
    visits = Visits(days=[hour / 24.0 for hour in (-2, 0, 2, 4, 8, 12, 16, 20, 24)])
    ratings = pt.simulate_cohort(12, seed=3, horizon=1.0, visits=visits).ratings
    return pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=1.0, draws=40)


def test_courses_of_a_day_speak_of_hours(one_day):
    courses = pt.classify(one_day)
    assert "judged at hour 24\n" in repr(courses)
    assert "lasting 2 hours, sustained 6 hours; clear from" in repr(courses)
    name = one_day.patient_ids[0]
    assert "better at hour 24 " in repr(courses[name])
    assert repr(one_day[name]).endswith("to hour 24")
    early = pt.classify(one_day.as_of(0.5))
    assert "ratings up to hour 12 only" in repr(early)


def test_texts_about_a_day_speak_of_hours(one_day):
    courses = pt.classify(one_day)
    text = pt.methods_text(one_day, courses)
    for said in (
        "up to hour 24 after the start of treatment (hour 0)",
        "What lasts 2 hours or longer",
        "judged at hour 24",
        "holds for 2 hours",
        "the last 6 hours are worse",
        "no rating in the last 6 hours",
    ):
        assert said in text
    assert not re.search(r"\d days?\b|\bday \d", text)
    caption = " ".join(spaghetti_info(one_day, courses).caption)
    assert "fitted patients at each hour, with" in caption
    settings = setting_lines(
        "", "", one_day.scale, 1.0, courses.criteria, 40, 0, one_day.population
    )
    assert [settings[k] for k in ("horizon", "lasting", "sustained")] == [
        "hour 24", "2 hours", "6 hours",
    ]  # fmt: skip
