"""Analyses of a cohort in hours speak of hours, where days would be decimals."""

from __future__ import annotations

import re

import pytest

import paintrend as pt
from paintrend.errors import InputError
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
