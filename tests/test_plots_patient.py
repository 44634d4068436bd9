"""The picture of one patient: its numbers, and what the drawing must not do to them."""

from dataclasses import replace

import numpy as np
import pytest

from paintrend.courses import classify
from paintrend.plots.patient import draw_patient, plot_patient, split_band
from paintrend.plots.patient_numbers import patient_info
from paintrend.scales import Scale

from .fakes import KINDS, make_fake_fit

KIND_OF = {kind: f"P{i + 1:03d}" for i, kind in enumerate(KINDS)}


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(len(KINDS), seed=3)


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


def info_of(fit, courses, kind, **options):
    name = KIND_OF[kind]
    return patient_info(fit[name], courses[name], **options)


def texts(figure):
    return [figure.layout.title.text, *(note.text for note in figure.layout.annotations)]


def test_bands_are_quantiles_of_the_draws_and_lie_inside_each_other(fit, courses):
    info = info_of(fit, courses, "worse_before_better")
    draws = fit.draws(info.patient_id)
    assert np.allclose(info.curve.median, np.median(draws, axis=0))
    for low, high, share in (
        (info.curve.low50, info.curve.high50, 0.5),
        (info.curve.low90, info.curve.high90, 0.9),
    ):
        inside = ((draws >= low) & (draws <= high)).mean(axis=0)
        assert np.all(np.abs(inside - share) < 0.02)
    assert np.all(info.curve.low90 <= info.curve.low50)
    assert np.all(info.curve.high50 <= info.curve.high90)


def test_raw_ratings_are_shown_unchanged_and_inclusion_ratings_are_open(fit, courses):
    ratings = fit.diary.ratings.copy()
    mine = ratings["patient_id"] == KIND_OF["improving"]
    ratings["note"] = "sore <b>"
    ratings.loc[ratings.index[mine][0], "inclusion"] = True
    other = replace(fit, diary=replace(fit.diary, ratings=ratings))
    info = info_of(other, courses, "improving")
    assert list(info.ratings.value) == list(ratings.loc[mine, "pain"])
    assert list(info.ratings.inclusion) == [True] + [False] * (int(mine.sum()) - 1)
    assert any("1 used for inclusion, not fitted" in line for line in info.caption)
    figure = draw_patient(info)
    points = {t.name: t for t in figure.data if "rating" in (t.name or "")}
    opened = points["rating used for inclusion (not fitted)"]
    assert opened.marker.symbol == "circle-open"
    assert "note: sore &lt;b&gt;" in opened.hovertext[0]
    assert len(points["rating"].x) + len(opened.x) == len(info.ratings.day)


def test_what_follows_the_last_rating_is_told_apart(fit, courses):
    info = info_of(fit, courses, "forecast")
    assert info.forecast_from == 21.0
    figure = draw_patient(info)
    lines = {t.name: t for t in figure.data}
    assert lines["forecast (median)"].line.dash == "dash"
    assert min(lines["forecast (median)"].x) == 21.0 == max(lines["curve (median)"].x)
    assert any("forecast" in text for text in texts(figure))
    whole = info_of(fit, courses, "improving")
    assert whole.forecast_from is None
    assert "forecast (median)" not in {t.name for t in draw_patient(whole).data}


def test_a_split_band_meets_at_the_day():
    fit = make_fake_fit(1)
    info = patient_info(fit["P001"], classify(fit)["P001"])
    early, late = split_band(info.curve, 20.3)
    assert early.day[-1] == late.day[0] == 20.3
    assert early.median[-1] == late.median[0]
    assert len(early.day) + len(late.day) == len(info.curve.day) + 2


def test_thresholds_lie_that_far_on_the_worse_and_the_better_side(fit, courses):
    info = info_of(fit, courses, "unchanged")
    assert info.worse_line == pytest.approx(info.baseline + 2)
    assert info.better_line == pytest.approx(info.baseline - 2)
    assert info_of(fit, courses, "no_room").worse_line is None


def test_the_line_before_the_start_goes_back_to_the_first_rating_with_the_trend(fit, courses):
    info = info_of(fit, courses, "improving")
    name = info.patient_id
    assert info.before.day[0] == -14.0
    assert info.before.day[-1] == 0.0
    lines = fit.draws(name)[:, 0] - 14.0 * fit[name].pre_trend
    assert info.before.median[0] == pytest.approx(np.median(np.clip(lines, 0, 10)))
    assert info_of(fit, courses, "no_baseline").before is None


def test_where_higher_is_better_nothing_is_flipped():
    relief = Scale("relief", 0, 100, better=20, worse=20, severe=30, higher_is_worse=False)
    fit = make_fake_fit(2, scale=relief)
    info = patient_info(fit["P002"], classify(fit)["P002"])
    assert info.worse_line == pytest.approx(info.baseline - 20)
    assert info.better_line == pytest.approx(info.baseline + 20)
    trough = info.curve.day[np.argmin(info.curve.median)]
    assert [mark.day for mark in info.marks if mark.name == "worst"] == [
        pytest.approx(trough, abs=3)
    ]
    figure = draw_patient(info)
    low, high = figure.layout.yaxis.range
    assert low < 0 < 100 < high
    assert "(higher = better)" in figure.layout.yaxis.title.text


def test_features_are_marked_from_half_of_the_curves_on(fit, courses):
    info = info_of(fit, courses, "worse_before_better")
    row = courses[info.patient_id].row
    assert [mark.name for mark in info.marks] == [
        "worst",
        "back near the start",
        "better to the end",
    ]
    worst = info.marks[0]
    assert (worst.day, worst.low, worst.high) == (
        row["peak_day"], row["peak_day_low"], row["peak_day_high"]
    )  # fmt: skip
    assert worst.value == pytest.approx(np.interp(worst.day, info.curve.day, info.curve.median))
    assert info_of(fit, courses, "unchanged").marks == ()


def test_probabilities_are_those_of_the_table(fit, courses):
    info = info_of(fit, courses, "forecast")
    row = courses[info.patient_id].row
    assert dict(info.probabilities) == {c: row[f"p_{c}"] for c, _ in info.probabilities}
    assert sum(share for _, share in info.probabilities) == pytest.approx(1.0)
    labels = [text for text in texts(draw_patient(info)) if "%</b>" in text]
    assert len(labels) == 8


def test_the_title_never_says_plain_unchanged_without_room_or_when_it_cannot_be_told(fit, courses):
    no_room = draw_patient(info_of(fit, courses, "no_room")).layout.title.text
    assert "at 9 of 10" in no_room
    assert "too near the top of the scale to show worsening" in no_room
    assert "cannot tell yet" in draw_patient(info_of(fit, courses, "forecast")).layout.title.text


def test_a_patient_who_was_not_fitted_is_drawn_with_the_reason(fit, courses):
    info = info_of(fit, courses, "not_fitted")
    assert info.curve is None
    assert any("no rating up to the horizon" in line for line in info.caption)
    figure = draw_patient(info)
    assert "not fitted" in figure.layout.title.text
    assert all(trace.type != "bar" or len(trace.x) == 0 for trace in figure.data)


def test_caption_gives_counts_definition_and_marks_the_retrospective(fit, courses):
    plain = " ".join(info_of(fit, courses, "forecast").caption)
    assert "6 ratings, 6 fitted, 3 of these at or before the start" in plain
    assert "Worse: 2 points worse than at the start; better: 2 points better" in plain
    assert "Forecast: last rating day 21 of 84" in plain
    assert "Retrospective" not in plain
    later = replace(fit, retrospective=True, as_of_day=21.0)
    assert "Retrospective" in " ".join(info_of(later, courses, "forecast").caption)


def test_a_rating_long_before_treatment_does_not_squeeze_the_picture():
    fit = make_fake_fit(1, horizon=1.0)
    info = patient_info(fit["P001"], classify(fit)["P001"])
    assert info.unit.name == "hour"
    assert info.first_day == -1.0
    assert any(
        "2 before hour \N{MINUS SIGN}24, left of what is drawn" in line for line in info.caption
    )
    assert draw_patient(info).layout.xaxis.range[0] == pytest.approx(-24.96)


def test_the_severe_level_is_marked_where_the_scale_has_one(fit, courses):
    figure = draw_patient(info_of(fit, courses, "improving"))
    assert "severe: 7 and above" in texts(figure)
    levels = {trace.line.dash: trace.y for trace in figure.data if trace.name == "level"}
    assert levels["longdashdot"] == (7.0, 7.0)
    other = make_fake_fit(1, scale="vas")
    assert not any(
        "severe" in text for text in texts(plot_patient(other["P001"], classify(other)["P001"]))
    )


def test_an_id_is_text(fit, courses):
    hostile = '<a href="javascript:1">%{y} $x$</a>'
    name = KIND_OF["improving"]
    figure = plot_patient(replace(fit[name], patient_id=hostile), courses[name])
    assert "<a " not in figure.layout.title.text
    assert "$" not in figure.layout.title.text
    assert not any(hostile in str(trace.hovertemplate) for trace in figure.data)


def test_some_curves_are_added_on_request_only(fit, courses):
    assert info_of(fit, courses, "improving").draws is None
    info = info_of(fit, courses, "improving", show_draws=True)
    every_fifth = fit.draws(info.patient_id)[::5]
    assert np.array_equal(info.draws, every_fifth)
    assert "some of the curves" in {trace.name for trace in draw_patient(info).data}
