"""Twins of a cohort: made like it, and judged honestly."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.calibration.twins import draw_twins
from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.plots.calibration import _right, _true, calibration_info, draw_calibration
from paintrend.results.calibration import Calibration


@pytest.fixture(scope="module")
def fit():
    frame = pt.simulate_cohort(60, seed=4).ratings
    frame = frame[["patient_id", "day", "pain"]].astype({"pain": float})
    empty = pd.DataFrame({"patient_id": ["nobody"], "day": [0], "pain": [None]})
    diary = pt.read_diary(pd.concat([frame, empty]), scale="nrs")
    return pt.fit_curves(diary, horizon=84, draws=100, workers=1)


@pytest.fixture(scope="module")
def criteria(fit):
    return pt.Criteria().resolve(fit.scale, fit.horizon)


@pytest.fixture(scope="module")
def found(fit):
    return pt.check_calibration(fit, twins=2)


def test_twins_have_the_visits_and_the_values_of_the_cohort(fit, criteria):
    twin = draw_twins(fit, criteria, seed=1, number=1)
    real = fit.diary.ratings
    assert len(twin.codes) == 60
    for name in ("P001", "P060"):
        same = [d[d["patient_id"] == name]["day"].tolist() for d in (real, twin.diary.ratings)]
        assert same[0] == same[1]
    made = twin.diary.ratings["pain"]
    assert set(made) <= set(range(11))
    assert made.mean() == pytest.approx(real["pain"].mean(), abs=0.8)
    assert made.std() == pytest.approx(real["pain"].std(), abs=0.6)


def test_a_twin_follows_from_seed_number_and_id(fit, criteria):
    whole, part = (
        draw_twins(one, criteria, seed=1, number=2) for one in (fit, fit.select(["P007", "P003"]))
    )
    rows = whole.diary.ratings["patient_id"].isin(["P003", "P007"])
    pd.testing.assert_frame_equal(
        whole.diary.ratings[rows].reset_index(drop=True), part.diary.ratings
    )
    other = draw_twins(fit, criteria, seed=1, number=3)
    assert (other.codes != whole.codes).any()


def test_twins_of_a_known_population_are_judged_right(fit):
    # fitted with the population that made them, a probability is right up to chance
    known = replace(fit, external=True)
    judged = pt.check_calibration(known, twins=8)
    assert not judged.relearned
    rows = judged.summary().set_index("question")
    for question in ("dip", "deterioration", "top course"):
        row = rows.loc[question]
        error = np.sqrt(row["observed"] * (1 - row["observed"]) / row["n"])
        assert abs(row["observed"] - row["predicted"]) < 3.5 * error + 0.005


def test_the_table_counts_every_twin_once(found):
    table = found.table()
    assert found.n_cohorts == 2
    assert found.relearned
    assert (table.groupby("question")["n"].sum() == 120).all()
    assert (table["observed_low"] <= table["observed"]).all()
    assert (table["observed"] <= table["observed_high"]).all()
    off = np.maximum(table["low"] - table["predicted"], table["predicted"] - table["high"])
    inside = off < 1e-12
    assert inside.all()
    rows = found.predictions
    assert rows["top_is_true"].equals(rows["top_course"] == rows["true_course"])
    assert set(rows["true_course"]) <= set(COURSES)


def test_wilson_intervals_and_the_distance_from_the_line():
    rows = pd.DataFrame(
        {"cohort": 1, "confidence": "none", "p_dip": [0.25] * 20, "p_deterioration": 0.0,
         "p_top": 0.75, "is_dip": [True] * 10 + [False] * 10, "is_deterioration": False,
         "top_is_true": [True] * 15 + [False] * 5}
    )  # fmt: skip
    scale = pt.get_scale("nrs")
    made = Calibration(
        predictions=rows, scale=scale, horizon=84.0, criteria=pt.Criteria().resolve(scale, 84),
        n_patients=20, n_fitted=20, n_ratings=100, n_missing=0, relearned=True, seed=0,
    )  # fmt: skip
    dip = made.summary().set_index("question").loc["dip"]
    assert dip["off"] == pytest.approx(0.25)
    # scipy: stats.binomtest(10, 20).proportion_ci(0.9, "wilson") gives 0.3274, 0.6726
    assert (dip["observed_low"], dip["observed_high"]) == pytest.approx((0.3274, 0.6726), abs=1e-4)
    none = made.summary().set_index("question").loc["deterioration"]
    assert none["observed_low"] == 0
    assert none["observed_high"] > 0.1


def test_who_was_not_fitted_is_counted_and_said(found):
    assert (found.n_patients, found.n_fitted, found.n_missing) == (61, 60, 1)
    info = calibration_info(found)
    words = " ".join(info.caption)
    assert "1 of them not fitted and without a twin" in words
    assert "1 missing" in words
    assert "learned from itself" in words
    figure = draw_calibration(info)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [sum(bar.y) for bar in bars] == [120, 120, 120]
    lines = [t for t in figure.data if t.type == "scatter" and t.mode == "lines+markers"]
    assert len({t.marker.symbol for t in lines}) == 3


def test_counts_of_a_few_twins_are_not_told_as_shares():
    """ ">99% of 1" is no more than "1 of 1"."""
    assert _right({"observed": 1.0, "n": 1}) == "1 of 1"
    assert _right({"observed": 0.0, "n": 2}) == "0 of 2"
    assert _right({"observed": 0.75, "n": 4}) == "3 (75%) of 4"
    assert (_true(0.0), _true(1.0), _true(1 / 3)) == ("in none", "in all", "33%")


def test_what_cannot_be_asked_is_refused(fit):
    with pytest.raises(InputError, match="twins must be a whole number from 1"):
        pt.check_calibration(fit, twins=0)
    with pytest.raises(InputError, match="an earlier day"):
        pt.check_calibration(fit.as_of(28))
    with pytest.raises(InputError, match="needs a fit"):
        pt.check_calibration(fit.diary)
