"""Courses of a fit: the table, what is named and what is not, and the reasons shown."""

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest

from paintrend.core.course_rules import COURSES, GRID_POINTS
from paintrend.courses import classify, course_table
from paintrend.errors import CriteriaError, UnknownPatientError
from paintrend.features import posterior_band
from paintrend.privacy import Privacy, pseudonymise
from paintrend.results.criteria import Criteria
from paintrend.results.headings import headline, tag
from paintrend.results.status import PatientsFacts, status_of, write_statuses
from paintrend.scales import Scale, get_scale

from .fakes import make_fake_fit

COLUMN_TEXT = """
patient_id course confidence p_improving p_worse_before_better p_unchanged p_transient_worsening
p_improvement_lost p_fluctuating p_sustained_deterioration p_recent_worsening p_dip p_deterioration
p_end_better baseline baseline_low baseline_high pre_trend pre_trend_low pre_trend_high rise
rise_low rise_high end_change end_change_low end_change_high burden burden_low burden_high
worse_days worse_days_low worse_days_high peak_day peak_day_low peak_day_high peak_day_share
return_day return_day_low return_day_high return_day_share better_day better_day_low
better_day_high better_day_share n_ratings n_baseline last_day p_no_room_to_worsen
p_no_room_to_improve threshold_sensitive status status_text
"""
COLUMNS = COLUMN_TEXT.split()

T = np.linspace(0, 1, GRID_POINTS)
FLAT = 5 + 0 * T
BETTER = 5 - 4 * np.minimum(3 * T, 1)
WORSE = 5 + 4 * np.minimum(3 * T, 1)
LATE = 5 + 3 * (T > 0.85)
HUMP = 5 + 4 * np.exp(-(((T - 0.3) / 0.1) ** 2))
DIP_THEN_BETTER = HUMP - 3 * np.clip((T - 0.5) * 4, 0, 1)
UP_LAST = 5 - 4 * np.exp(-(((T - 0.25) / 0.1) ** 2)) + 4 * np.exp(-(((T - 0.6) / 0.1) ** 2))
FLUCTUATING_BETTER = UP_LAST - 4 * (T > 0.85)


def fit_of(*curves, scale="nrs", horizon=84.0, **info):
    """Make a fit of one patient whose posterior curves are these (count, curve) pairs."""
    draws = np.vstack([np.tile(curve, (count, 1)) for count, curve in curves])
    fit = make_fake_fit(1, scale=scale, horizon=horizon, n_draws=len(draws))
    table = fit.info.assign(**{"fit_p": 0.5, **info})
    return replace(fit, curves=draws[np.newaxis], info=table)


def row_of(fit, criteria=None):
    return classify(fit, criteria).table().iloc[0]


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(10)


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


def test_columns_and_rows(fit, courses):
    table = courses.table()
    assert list(table.columns) == COLUMNS
    assert tuple(table["patient_id"]) == fit.patient_ids == tuple(courses)
    assert len(courses) == len(table) == 10


def test_made_up_patients_get_their_course(courses):
    named = courses.table().set_index("patient_id")["course"]
    assert named["P001"] == "improving"
    assert named["P002"] == "worse_before_better"
    assert named["P004"] == "sustained_deterioration"
    assert named["P009"] == "transient_worsening"
    assert named["P010"] == "improvement_lost"


def test_probabilities_are_shares_of_curves(courses):
    table = courses.table()
    fitted = table["status"] != "not_fitted"
    p = table.loc[fitted, ["p_" + name for name in COURSES]]
    np.testing.assert_allclose(p.sum(axis=1), 1)
    dip = p["p_worse_before_better"] + p["p_transient_worsening"]
    np.testing.assert_allclose(table.loc[fitted, "p_dip"], dip)
    row = row_of(fit_of((3, FLAT), (5, WORSE), (2, LATE), (10, HUMP)))
    assert row["p_unchanged"] == 3 / 20
    assert row["p_deterioration"] == 7 / 20
    assert row["p_transient_worsening"] == row["p_dip"] == 10 / 20


def test_ending_better_counts_whatever_the_course():
    row = row_of(
        fit_of((4, BETTER), (3, DIP_THEN_BETTER), (2, FLUCTUATING_BETTER), (1, UP_LAST), (10, FLAT))
    )
    assert row["p_improving"] == 4 / 20
    assert row["p_worse_before_better"] == 3 / 20
    assert row["p_fluctuating"] == 3 / 20
    assert row["p_end_better"] == 9 / 20


@pytest.mark.parametrize(
    ("curves", "course", "confidence"),
    [
        ([(16, FLAT), (4, BETTER)], "unchanged", "clear"),
        ([(15, FLAT), (5, BETTER)], "unchanged", "probable"),
        ([(10, FLAT), (10, BETTER)], "improving", "probable"),  # of equals the first
        ([(9, FLAT), (8, BETTER), (3, WORSE)], "cannot_tell", "none"),
        # Curves that end worse forbid a name that hides them from a share of 0.2 on.
        ([(17, FLAT), (3, WORSE)], "unchanged", "clear"),
        ([(16, FLAT), (4, WORSE)], "cannot_tell", "none"),
        ([(16, FLAT), (2, WORSE), (2, LATE)], "cannot_tell", "none"),
        ([(12, WORSE), (8, FLAT)], "sustained_deterioration", "probable"),
        ([(16, LATE), (4, FLAT)], "recent_worsening", "clear"),
    ],
)
def test_what_is_named(curves, course, confidence):
    row = row_of(fit_of(*curves))
    assert (row["course"], row["confidence"]) == (course, confidence)
    assert (course == "cannot_tell") == row["status_text"].startswith("Cannot tell: ")


def test_certainty_moves_clear_only():
    fit = fit_of((14, FLAT), (6, BETTER))
    assert row_of(fit)["confidence"] == "probable"
    assert row_of(fit, Criteria(certainty=0.7))["confidence"] == "clear"


def test_threshold_sensitivity():
    def moved(change):
        return 5 + change * np.minimum(3 * T, 1)

    assert row_of(fit_of((20, moved(2.3))))["threshold_sensitive"]  # lost at 2.5
    assert row_of(fit_of((20, moved(1.6))))["threshold_sensitive"]  # found at 1.5
    assert not row_of(fit_of((20, moved(2.6))))["threshold_sensitive"]
    assert not row_of(fit_of((20, moved(1.4))))["threshold_sensitive"]
    # The named course is what counts: here it turns into cannot_tell.
    assert row_of(fit_of((15, FLAT), (5, moved(1.6))))["threshold_sensitive"]
    assert not row_of(fit_of((17, FLAT), (3, moved(1.6))))["threshold_sensitive"]


def test_features_are_summaries_of_the_same_curves(courses):
    row = courses.table().set_index("patient_id").loc["P002"]
    draws = dict(zip(courses.feature_names, courses.features[1].T, strict=True))
    for name in ("baseline", "rise", "end_change", "burden", "worse_days", "pre_trend"):
        expected = np.quantile(draws[name], [0.05, 0.5, 0.95])
        np.testing.assert_allclose(row[[name + "_low", name, name + "_high"]].tolist(), expected)
    exists = np.isfinite(draws["peak_day"])
    assert row["peak_day_share"] == exists.mean() > 0.9
    assert row["peak_day"] == np.median(draws["peak_day"][exists])


def test_a_feature_that_no_curve_has_has_share_zero():
    row = row_of(fit_of((20, FLAT)))
    assert row["peak_day_share"] == row["return_day_share"] == row["better_day_share"] == 0
    assert math.isnan(row["peak_day"])
    row = row_of(fit_of((5, HUMP), (15, FLAT)))
    assert row["peak_day_share"] == 0.25
    assert row["peak_day"] == pytest.approx(0.3 * 84, abs=0.5)


def test_band_agrees_with_numpy_where_values_are_missing():
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(40, 31))
    draws[rng.random(draws.shape) < 0.5] = np.nan
    band, share = posterior_band(draws)
    expected = np.nanquantile(draws, [0.5, 0.05, 0.95], axis=1).T
    np.testing.assert_allclose(band, expected)
    np.testing.assert_allclose(share, np.isfinite(draws).mean(axis=1))
    assert np.isnan(posterior_band(np.full((1, 4), np.nan))[0]).all()


def test_not_fitted(courses):
    row = courses.table().set_index("patient_id").loc["P008"]
    assert (row["course"], row["confidence"], row["status"]) == (
        "cannot_tell",
        "none",
        "not_fitted",
    )
    assert row["status_text"] == "Not fitted: no rating up to the horizon."
    empty = row[[name for name in COLUMNS if name.startswith("p_") or name.endswith("_share")]]
    assert empty.isna().all()
    assert not row["threshold_sensitive"]
    assert (courses.codes[7] == -1).all()


def test_curves_that_are_not_finite_are_not_fitted_with_a_reason():
    broken = FLAT.copy()
    broken[50] = np.nan
    row = row_of(fit_of((19, FLAT), (1, broken)))
    assert row["status"] == "not_fitted"
    assert "finite" in row["status_text"]
    assert math.isnan(row["baseline"])


def test_curves_of_a_patient_who_counts_as_not_fitted_are_not_used():
    courses = classify(fit_of((20, BETTER), fitted=False, reason="made up."))
    row = courses.table().iloc[0]
    assert (row["course"], row["status_text"]) == ("cannot_tell", "Not fitted: made up.")
    assert math.isnan(row["p_improving"])
    assert (courses.codes == -1).all()
    assert np.isnan(courses.features).all()


def test_few_effective_curves_are_said_where_weights_are_poor_and_not_where_draws_are_few():
    fit = fit_of((40, BETTER))
    texts = {}
    for ess in (9.0, 10.0, np.nan):
        told = replace(fit, info=fit.info.assign(ess=ess))
        texts[ess] = classify(told).table()["status_text"].iloc[0]
    assert texts[9.0].endswith("its shares may be off by 34 percentage points.")
    # a quarter of these 40 curves
    assert "by chance alone" not in texts[10.0] + texts[np.nan]


def test_texts_written_once_are_those_of_each_patient():
    rng = np.random.default_rng(8)
    n = 3000
    share = rng.integers(0, 41, (4, n)) / 40
    fitted = rng.random(n) < 0.9
    share[:, ~fitted] = np.nan
    facts = PatientsFacts(
        fitted=fitted,
        reason=rng.choice(np.array(["no rating", "two. ", "", " "], dtype=object), n),
        course=rng.choice(np.array(["cannot_tell", "unchanged", "improving"], dtype=object), n),
        likeliest=rng.choice(np.array(COURSES, dtype=object), n),
        p_likeliest=share[0],
        p_deterioration=share[1],
        level=np.where(fitted, rng.integers(0, 81, n) / 8, np.nan),
        p_no_room_to_worsen=share[2],
        p_no_room_to_improve=share[3],
        n_baseline=rng.integers(0, 3, n),
        last_day=rng.choice([-3.0, 0.0, 21.0, 21.04, 69.96, 70.0, 70.04, 84.0, np.nan], n),
        fit_p=rng.choice([0.004, 0.005, 0.5, np.nan], n),
        effective=rng.choice([1.0, 9.0, 24.9, 25.0, np.inf], n),
    )
    for scale, horizon in ((get_scale("nrs"), 84.0), (Scale("x", 1, 7, 0.5, 1, 1), 2.0)):
        criteria = Criteria().resolve(scale, horizon)
        said = list(zip(*write_statuses(facts, scale, horizon, criteria), strict=True))
        assert said == [status_of(facts.of(i), scale, horizon, criteria) for i in range(n)]
        assert len(set(said)) > 100


def test_no_baseline_names_no_course():
    row = row_of(fit_of((20, BETTER), n_baseline=0))
    assert (row["course"], row["confidence"], row["status"]) == (
        "cannot_tell",
        "none",
        "no_baseline",
    )
    assert row["p_improving"] == 1
    assert row["status_text"] == (
        "No rating at or before day 0: the start is predicted, so no course is named."
    )


def test_unchanged_is_never_alone_where_there_is_no_room():
    row = row_of(fit_of((20, FLAT + 4.1)))
    assert row["course"] == "unchanged"
    assert row["p_no_room_to_worsen"] == 1
    assert row["p_no_room_to_improve"] == 0
    assert row["status"] == "near_scale_limit"
    assert row["status_text"] == (
        "Unchanged, at 9 of 10: too near the top of the scale to show worsening."
    )
    better = row_of(fit_of((20, BETTER + 4.1)))
    assert better["status_text"] == (
        "Too near the top of the scale to show worsening: at about 9 of 10."
    )
    low = row_of(fit_of((20, FLAT - 4)))
    assert low["status_text"] == (
        "Unchanged, at 1 of 10: too near the bottom of the scale to show improvement."
    )
    # Exactly worsening below the top there is room.
    assert row_of(fit_of((20, FLAT + 3)))["status"] == "ok"


def test_no_room_is_told_from_half_the_curves_on():
    assert row_of(fit_of((10, FLAT + 4.1), (10, FLAT)))["status"] == "near_scale_limit"
    assert row_of(fit_of((9, FLAT + 4.1), (11, FLAT)))["status"] == "ok"


def test_forecast_poor_fit_and_their_order():
    limit = 84 - 14.0
    assert row_of(fit_of((20, FLAT), last_day=limit))["status"] == "ok"
    row = row_of(fit_of((20, FLAT), last_day=21.0))
    assert row["status"] == "forecast"
    assert row["status_text"] == (
        "Forecast: last rating day 21 of 84; assumes those lost resemble those who stayed."
    )
    assert row_of(fit_of((20, FLAT), fit_p=0.004))["status"] == "poor_fit"
    assert row_of(fit_of((20, FLAT), fit_p=0.005))["status"] == "ok"
    both = row_of(fit_of((20, FLAT + 4.1), last_day=7.0, n_baseline=0, fit_p=0.0))
    assert both["status"] == "no_baseline;near_scale_limit;forecast;poor_fit"


def test_short_horizons_are_told_in_hours_and_minutes():
    row = row_of(fit_of((20, FLAT), horizon=1.0, last_day=4 / 24))
    assert "last rating hour 4 of 24" in row["status_text"]
    row = row_of(fit_of((20, FLAT), horizon=1 / 24, last_day=10 / 1440))
    assert "last rating minute 10 of 60" in row["status_text"]


def test_scales_where_higher_is_better_show_their_own_values():
    relief = Scale("relief", 20, 80, better=12, worse=12, higher_is_worse=False)
    # Oriented 73 is 27 in the scale's own values: near the end where it cannot get worse.
    row = row_of(fit_of((10, 73 + 0 * T), (10, 71 + 0 * T), scale=relief))
    assert row["baseline"] == 28
    assert (row["baseline_low"], row["baseline_high"]) == (27, 29)
    assert row["status_text"] == (
        "Unchanged, at 28 on a scale from 20 to 80: too near the bottom of the scale to show "
        "worsening."
    )
    worse = row_of(fit_of((20, 50 + 20 * np.minimum(3 * T, 1)), scale=relief))
    assert worse["course"] == "sustained_deterioration"
    assert worse["end_change"] == pytest.approx(20)
    why = classify(fit_of((20, 73 + 0 * T), scale=relief))["P001"].why()
    (room,) = (row for _, row in why.iterrows() if "to show worsening" in row["rule"])
    assert (room["value"], room["operator"], room["threshold"]) == (27, "<", 32)


def test_why_shows_each_check_with_its_share():
    courses = classify(fit_of((12, DIP_THEN_BETTER), (5, BETTER), (3, WORSE)))
    why = courses["P001"].why()
    assert list(why.columns) == ["rule", "value", "operator", "threshold", "unit", "share"]
    assert not why.isna().any().any()
    first_words = why["rule"].str.split(":").str[0].tolist()
    share = dict(zip(first_words, why["share"], strict=True))
    assert share["up"] == 15 / 20
    assert share["down"] == 17 / 20
    # A rise without any lasting improvement came before it, too.
    assert share["worse first"] == 15 / 20
    assert share["ends better"] == 17 / 20
    assert share["ends worse"] == 3 / 20
    assert share["worse for most of the last 21 days"] == 3 / 20
    assert (share["clear"], share["probable"]) == (0, 1)
    threshold = dict(zip(first_words, why["threshold"], strict=True))
    assert (threshold["up"], threshold["ends better"], threshold["ends worse"]) == (7, -2, 2)
    value = dict(zip(first_words, why["value"], strict=True))
    assert value["probable"] == 12 / 20
    assert value["ends better"] == pytest.approx(-3, abs=0.01)


def test_why_values_can_be_read_off_the_curve():
    f = 5 + 3.0 * ((T > 0.25) & (T <= 0.5)) - 3.0 * (T > 0.75)  # steps at days 21, 42 and 63
    why = classify(fit_of((20, f)))["P001"].why().set_index("rule")["value"]
    assert why.filter(like="up: ").item() == 21
    assert why.filter(like="down: ").item() == 21
    assert why.filter(like="worse first: ").item() == 42


@pytest.mark.parametrize(("fit_p", "met"), [(0.0025, 0), (0.005, 1), (0.5, 1)])
def test_why_shows_the_check_that_leaves_a_poor_fit_unnamed(fit_p, met):
    courses = classify(fit_of((20, FLAT), fit_p=fit_p))
    hidden = pseudonymise(courses, Privacy(key="sixteen letters or more"))
    for kept in (courses, courses.select(["P001"]), hidden):
        why = kept[kept.patient_ids[0]].why()
        (row,) = (row for _, row in why.iterrows() if "sets made from the curves" in row["rule"])
        assert (row["value"], row["operator"], row["threshold"]) == (fit_p, ">=", 0.005)
        assert row["share"] == met
    assert (courses["P001"].course == "unchanged") is bool(met)


def test_a_level_is_not_rounded_onto_the_limit_that_it_lies_beyond():
    fit = fit_of((20, 8.36 + 0 * T))
    courses = classify(fit)
    said = "at 8.4 of 10: too near the top of the scale to show worsening"
    assert said in courses["P001"].status_text
    assert said in headline(courses["P001"].row, fit.scale, courses.criteria)
    assert tag(courses["P001"].row, fit.scale, courses.criteria) == "unchanged (at 8.4 of 10)"
    low = classify(fit_of((20, 1.7 + 0 * T)))["P001"]
    assert "at 1.7 of 10: too near the bottom of the scale to show improvement" in low.status_text


def test_a_share_is_not_rounded_up_onto_the_certainty_that_it_misses():
    fit = fit_of((347, BETTER), (53, FLAT))
    strict = Criteria(certainty=0.87)
    for criteria, said in ((strict, "probable (86%)"), (None, "clear (87%)")):
        courses = classify(fit, criteria)
        assert said in headline(courses["P001"].row, fit.scale, courses.criteria)


def test_the_repr_counts_what_is_named_apart_from_what_is_not():
    named, open_ = "courses named: improving 1", "courses named: none; cannot tell yet: 1"
    assert named in (said := repr(classify(fit_of((20, BETTER)))))
    assert "cannot tell" not in said
    assert open_ in repr(classify(fit_of((10, BETTER), (10, WORSE))))
    one = Criteria(worsening=1, improvement=1, lasting_days=1, sustained_days=1)
    said = repr(classify(fit_of((20, BETTER)), one))
    assert "better by 1 point; lasting 1 day, sustained 1 day;" in said


def test_why_of_hours_speaks_of_hours():
    why = classify(fit_of((20, 5 + 4.0 * (T > 0.5)), horizon=1.0))["P001"].why()
    assert "day" not in " ".join([*why["rule"], *why["unit"]])
    up = why.iloc[0]
    assert up["rule"] == "up: longest time at least 2 points worse than at hour 0"
    assert (up["value"], up["threshold"], up["unit"]) == (pytest.approx(12), 2, "hours")
    assert why["rule"].str.contains("mean change over the last 2 hours").sum() == 2


def test_why_of_one_says_one():
    one = Criteria(worsening=1, improvement=1, lasting_days=1, sustained_days=1)
    said = " ".join(classify(fit_of((20, HUMP), horizon=168.0), one)["P001"].why()["rule"])
    assert "at least 1 point worse" in said
    assert "over the last 1 day" in said
    assert "1 points" not in said
    assert "1 days" not in said


def test_why_of_a_patient_who_was_not_fitted(courses):
    why = courses["P008"].why()
    assert len(why) == 1
    assert why["share"].item() == 0


def test_patient_course_carries_its_row(courses):
    patient = courses["P002"]
    assert list(patient.row) == COLUMNS
    assert (patient.course, patient.confidence) == ("worse_before_better", "clear")
    assert patient.status_text == patient.row["status_text"]
    assert patient.features.shape == (200, len(courses.feature_names))
    with pytest.raises(UnknownPatientError, match="'P999' among the 10 patients"):
        courses["P999"]
    assert "P002" in courses
    assert "P999" not in courses


def test_marks_of_the_fit_are_carried(fit):
    early = replace(fit, retrospective=True, as_of_day=21.0)
    courses = classify(early)
    assert courses.retrospective
    assert courses["P001"].as_of_day == 21
    for text in (repr(courses), courses._repr_html_(), repr(courses["P001"])):
        assert "retrospective" in text
        assert "up to day 21" in text
    assert "retrospective" not in repr(classify(fit))


def test_results_are_frozen(courses):
    with pytest.raises(FrozenInstanceError):
        courses.horizon = 1.0
    with pytest.raises(ValueError, match="read-only"):
        courses.codes[0, 0] = 1
    copy = courses.table()
    copy["course"] = "changed"
    assert "changed" not in set(courses.table()["course"])


def test_markup_in_ids_is_escaped():
    fit = make_fake_fit(1)
    bad = "<script>x</script>"
    fit = replace(fit, patient_ids=(bad,), info=fit.info.set_axis(pd.Index([bad]), axis=0))
    courses = classify(fit)
    for html in (courses._repr_html_(), courses[bad]._repr_html_()):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("workers", [1, 3])
def test_blocks_and_workers_do_not_matter(fit, courses, monkeypatch, workers):
    monkeypatch.setattr("paintrend.courses.PATIENTS_AT_A_TIME", 2)
    others = classify(replace(fit, workers=workers))
    pd.testing.assert_frame_equal(others.table(), courses.table(), check_exact=True)
    np.testing.assert_array_equal(others.codes, courses.codes)
    np.testing.assert_array_equal(others.checks, courses.checks)
    np.testing.assert_array_equal(others.features, courses.features)
    alone = course_table(replace(fit, workers=workers))
    pd.testing.assert_frame_equal(alone, courses.table(), check_exact=True)


def test_criteria_defaults_come_from_scale_and_horizon():
    resolved = Criteria().resolve(get_scale("vas"), 168)
    assert resolved == Criteria(
        worsening=15.0, improvement=15.0, sustained_days=42.0, lasting_days=14.0, certainty=0.8
    )
    assert classify(make_fake_fit(1)).criteria == Criteria().resolve(get_scale("nrs"), 84)


def test_criteria_list_everything_that_is_wrong():
    bare = Scale("headache days", 0, 7)
    wrong = Criteria(improvement=8, sustained_days=-1, lasting_days=math.nan, certainty=0.4)
    with pytest.raises(CriteriaError) as error:
        wrong.resolve(bare, 84)
    for name in ("worsening", "improvement", "sustained_days", "lasting_days", "certainty"):
        assert name in str(error.value)
    with pytest.raises(CriteriaError, match=r"Criteria\(worsening=\.\.\.\)"):
        classify(fit_of((20, FLAT), scale=bare))
    with pytest.raises(CriteriaError, match="certainty must be a number"):
        Criteria(certainty=None).resolve(get_scale("nrs"), 84)
