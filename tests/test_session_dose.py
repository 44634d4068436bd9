"""Dose and rest: effects within and between patients against simulated truth."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.simulate import SessionPlan, Soreness, Visits
from paintrend.soreness.dose import _unknown
from paintrend.soreness.dose_learning import _density, _Draws, _extended, _maximise, _State


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


def seen_through_noise(n, noise, seed=3):
    """Draws of heights and an effect (P, D, 3) of patients seen through much noise, under a state;
    what was seen of them (P, 3), z (P, 1)."""
    rng = np.random.default_rng(seed)
    covariance = np.diag([1.0, 1.0, 0.04])
    under = _State(np.array([1.0, 1.0, 0.0]), covariance, np.zeros(1))
    z = rng.standard_normal((n, 1))
    true = rng.multivariate_normal([1.5, 1.5, 0.3], covariance, n)
    true[:, :2] += 0.4 * z
    error = noise * covariance
    seen = true + rng.multivariate_normal(np.zeros(3), error, n)
    keep = noise / (1.0 + noise)
    middle = under.mean + (seen - under.mean) * (1.0 - keep)
    draws = middle[:, None] + rng.multivariate_normal(np.zeros(3), keep * covariance, (n, 4000))
    return under, draws, seen, z


@pytest.mark.parametrize("weighted", [False, True])
def test_effects_reach_the_best_where_ratings_say_little_of_a_patient(weighted):
    noise, n = 1.5, 60
    under, draws, seen, z = seen_through_noise(n, noise)
    weight = np.random.default_rng(1).dirichlet(np.ones(n)) * n if weighted else np.ones(n)
    extended, there = _extended(draws), np.ones(draws.shape[1], dtype=bool)
    made = _Draws(np.zeros(draws.shape[:2]), extended, there, _density(under, extended, z))
    found = _maximise(made, z, under, weight, under, 8)
    # weighted least squares with the learned spread, and what is assumed of the means
    inverse = np.linalg.inv(found.covariance + noise * under.covariance)
    x = np.concatenate([np.tile(np.eye(3), (n, 1, 1)), np.array([1.0, 1, 0])[:, None] * z[:, None]],
                       axis=2)  # fmt: skip
    left = np.einsum("p,pik,ij,pjl->kl", weight, x, inverse, x)
    right = np.einsum("p,pik,ij,pj->k", weight, x, inverse, seen)
    known = 0.5 * np.linalg.inv(under.covariance)
    left[:3, :3] += known
    left[3:, 3:] += known[:2, :2].sum() * (z.T @ z) / n
    right[:3] += known @ under.mean
    best = np.linalg.solve(left, right)
    assert np.abs(np.r_[found.mean, found.between] - best).max() < 0.05
    assert np.abs(found.mean - under.mean).max() > 0.2


@pytest.mark.parametrize("seed", [5, 11])
def test_few_patients_give_no_effect_beyond_the_scale(seed):
    """A step beyond what the draws tell of went on to hundreds of points per unit of dose."""
    cohort = pt.simulate_sessions(12, horizon=28, seed=seed)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=28, draws=50)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    found = pt.session_dose(response).table()
    assert (found["effect"].abs() < 10.0).all()
    assert ((found["low"] < found["effect"]) & (found["effect"] < found["high"])).all()


def test_few_patients_are_refused():
    cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=14, draws=50)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    with pytest.raises(pt.InputError, match="at least 10"):
        pt.session_dose(response)


def test_what_does_not_differ_is_not_known():
    cohort = pt.simulate_sessions(10, horizon=21, seed=1)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=21, draws=50)
    # twice a week, each patient with a dose of their own: only doses between patients differ
    rows = [
        (name, 0.45 + 3.5 * k, "attended", 2.0 + i % 4)
        for i, name in enumerate(diary.patient_ids)
        for k in range(5)
    ]
    sessions = pd.DataFrame(rows, columns=["patient_id", "day", "status", "dose"])
    found = pt.session_dose(pt.session_response(fit, pt.read_sessions(sessions, diary)))
    table = found.table().set_index(["quantity", "comparison"])[["effect", "low", "high"]]
    assert table.loc[("dose", "between")].notna().all()
    assert table.drop(("dose", "between")).isna().all(axis=None)
    assert found.notices == (
        "dose, within patients: not known, as dose does not differ from session to session",
        "rest, within patients: not known, as rest does not differ from session to session",
        "rest, between patients: not known, as rest does not differ from patient to patient",
    )
    for shown in (repr(found), found._repr_html_()):
        assert "as rest does not differ from session to session" in shown


def test_dose_and_rest_that_differ_together_are_not_told_apart():
    rng = np.random.default_rng(0)
    rest, dose = rng.normal(3.0, 1.0, (2, 40))
    least = np.array([0.05, 0.04])
    together = _unknown(np.column_stack([2.0 * rest, rest]), least, ["dose", "rest"], "within")
    assert set(together) == {"dose", "rest"}
    assert "along with each other" in together["dose"]
    assert not _unknown(np.column_stack([dose, rest]), least, ["dose", "rest"], "within")
    flat = np.full(40, 0.01)
    assert set(_unknown(np.column_stack([flat, rest]), least, ["dose", "rest"], "within")) == {
        "dose"
    }
