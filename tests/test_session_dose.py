"""Dose and rest: effects within and between patients against simulated truth."""

import numpy as np
import pytest

import paintrend as pt
from paintrend.simulate import SessionPlan, Soreness, Visits


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_sessions(
        16, horizon=28, course_mix={"unchanged": 1.0}, seed=5,
        plan=SessionPlan(dose_spread=1.5, moved=0.5, pause=0.0),
        soreness=Soreness(none=0.0, first=2.5, spread=0.3, settled=1.0, per_dose=0.25),
        visits=Visits(days=[float(day) for day in range(-3, 29)], dropout=0.0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(cohort):
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=28, draws=50)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    return pt.session_dose(response)


def test_harder_sessions_of_a_patient_are_seen_to_do_more(cohort, found):
    row = found.table().set_index(["quantity", "comparison"]).loc[("dose", "within")]
    assert row["low"] > 0.0
    assert row["low"] - 0.15 <= 0.25 * cohort.truth["rise"].mean() <= row["high"] + 0.15


def test_rest_without_an_effect_is_given_none(found):
    table = found.table().set_index(["quantity", "comparison"])
    assert table.loc[("rest", "within"), "low"] < 0.1
    assert table.loc[("rest", "within"), "high"] > -0.1
    assert np.isfinite(table["effect"]).all()


def test_what_was_not_seen_and_cannot_be_shown_is_said(cohort, found):
    assert found.n_cancelled == (cohort.sessions["status"] == "cancelled").sum()
    assert f"{found.n_cancelled} sessions cancelled" in found.limits
    assert "None of these numbers shows what would happen" in repr(found)


def test_few_patients_are_refused():
    cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=14, draws=50)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    with pytest.raises(pt.InputError, match="at least 10"):
        pt.session_dose(response)
