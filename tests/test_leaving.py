"""Drop-out that depends on the curve: a known mechanism, and none at an odds ratio of 1."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import paintrend as pt
from paintrend.errors import InputError
from paintrend.hypotheses.leaving import _Risk

RATIO = 6.0


@pytest.fixture(scope="module")
def cohort():
    mix = {"improving": 0.4, "unchanged": 0.3, "sustained_deterioration": 0.3}
    return pt.simulate_cohort(90, course_mix=mix, covariates={}, seed=3)


@pytest.fixture(scope="module")
def fit(cohort):
    """Patients leave by the level of the visit that they then miss."""
    rng = np.random.default_rng(0)
    curves = dict(zip(cohort.truth["patient_id"], cohort.curves, strict=True))
    kept = []
    for name, own in cohort.ratings.groupby("patient_id"):
        days = own["day"].to_numpy(dtype=float)
        level = np.interp(days, cohort.grid, curves[name]) - curves[name][0]
        chance = np.where(days > 0, expit(-3.2 + np.log(RATIO) * level / 2.0), 0.0)
        gone = np.flatnonzero(rng.random(days.size) < chance)
        kept += own.index[: gone[0] if gone.size else days.size].tolist()
    return pt.fit_curves(pt.read_diary(cohort.ratings.loc[kept], scale="nrs"), horizon=84, seed=1)


def test_the_truth_lies_where_the_mechanism_is(cohort, fit):
    found = pt.dropout_sensitivity(fit, "end_level", odds_ratios=(1.0, RATIO), m=6)
    found = found.set_index("odds_ratio")
    real = (cohort.truth["baseline"] + cohort.truth["end_change"]).mean()
    assert found.loc[1.0, "estimate"] < real
    assert abs(found.loc[RATIO, "estimate"] - real) < abs(found.loc[1.0, "estimate"] - real)
    assert found.loc[RATIO, "low"] < real < found.loc[RATIO, "high"]
    assert found.loc[RATIO, "left"] == found.loc[1.0, "left"] > 15
    # what is assumed makes some curves much more probable than others
    assert found.loc[RATIO, "curves"] < found.loc[1.0, "curves"]


def test_an_odds_ratio_of_1_changes_nothing(fit):
    own = pt.dropout_sensitivity(fit, "end_level", odds_ratios=(1.0,), m=4).iloc[0]
    plain = pt.pool_draws(
        fit, lambda t: (t["end_level"].mean(), t["end_level"].std() / np.sqrt(len(t))),
        m=4, quantities=("end_level",),
    ).table().iloc[0]  # fmt: skip
    assert own["estimate"] == pytest.approx(plain["estimate"])
    assert own["std_error"] == pytest.approx(plain["std_error"])


def test_a_small_group_has_its_own_degrees_of_freedom(cohort, fit):
    ids = cohort.truth["patient_id"]
    outside = pd.DataFrame({"patient_id": ids, "small": ["s1"] * 2 + ["rest"] * 88})
    found = pt.dropout_sensitivity(
        fit, "end_level", by="small", outside=outside, odds_ratios=(1.0,), m=4
    ).set_index("term")
    assert found.loc["s1", "df"] == 1.0
    assert 1.0 <= found.loc["s1 - rest", "df"] < 1.5
    assert found.loc["rest", "df"] > 5.0


def test_as_many_are_expected_to_leave_as_did():
    rng = np.random.default_rng(1)
    patient = np.repeat(np.arange(30), 4)
    leaves = np.tile([False, False, False, True], 30)
    leaves[::8] = False
    distance = rng.normal(size=(120, 50))
    risk = _Risk(distance, patient, leaves, 30)
    weight = risk.log_weight(1.0)
    share = np.exp(weight - weight.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    # with the constant that was found, expected leavings add up; found again by bisection
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2.0
        chance = expit(middle + distance)
        each = np.where(leaves[:, None], np.log(chance), np.log1p(-chance))
        own = np.zeros((30, 50))
        np.add.at(own, patient, each)
        part = np.exp(own - own.max(axis=1, keepdims=True))
        part /= part.sum(axis=1, keepdims=True)
        if (part[patient] * chance).sum() > leaves.sum():
            high = middle
        else:
            low = middle
    assert share == pytest.approx(part, abs=1e-4)
    assert risk.log_weight(0.0) == pytest.approx(risk.log_weight(0.0)[:, :1] * np.ones((1, 50)))


def test_what_leaving_depends_on_matters(fit):
    level, rise = (
        pt.dropout_sensitivity(fit, "end_level", odds_ratios=(RATIO,), depends_on=kind, m=3)
        for kind in ("level", "rise")
    )
    # the same random numbers: without an effect they would be the same
    assert level["estimate"].item() != pytest.approx(rise["estimate"].item(), abs=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"odds_ratios": (0.0, 1.0)}, "numbers above 0"),
        ({"odds_ratios": ()}, "numbers above 0"),
        ({"depends_on": "age"}, "depends_on must be one of level, rise"),
        ({"quantity": "course"}, "a course has no mean"),
        ({"criteria": pt.Criteria(sustained_days=84)}, "no patient left"),
    ],
)
def test_what_cannot_be_asked_is_refused(fit, options, message):
    given = {"quantity": "end_level", "m": 2, **options}
    with pytest.raises(InputError, match=message):
        pt.dropout_sensitivity(fit, given.pop("quantity"), **given)
