"""The picture of one patient: its numbers, and what the drawing must not do to them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from paintrend.courses import classify
from paintrend.events import read_events
from paintrend.plots.moments import LANES, Moment, moment_lanes, moments_of
from paintrend.plots.panel import panel_info
from paintrend.plots.patient import draw_patient, plot_patient
from paintrend.plots.patient_curve import split_band
from paintrend.plots.patient_numbers import patient_info
from paintrend.plots.sparkline import sparkline_svg
from paintrend.scales import Scale
from paintrend.symptoms import read_symptoms

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


def test_ratings_after_the_horizon_are_open_and_named(fit, courses):
    ratings = fit.diary.ratings.copy()
    last = ratings[ratings["patient_id"] == KIND_OF["improving"]].tail(1)
    late = pd.concat([last.assign(day=90.0), last.assign(day=97.0)])
    ratings = pd.concat([ratings, late], ignore_index=True)
    info = info_of(replace(fit, diary=replace(fit.diary, ratings=ratings)), courses, "improving")
    points = {t.name: t for t in draw_patient(info).data if "rating" in (t.name or "")}
    assert list(points["rating after the horizon (not fitted)"].x) == [90, 97]
    assert points["rating after the horizon (not fitted)"].marker.symbol == "circle-open"
    assert max(points["rating"].x) <= info.horizon
    assert "2 after the horizon: open grey marks, not fitted" in info.caption[0]


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
    assert "Retrospective" in " ".join(info_of(later, classify(later), "forecast").caption)


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
    curve, course = fit[name], courses[name]
    figure = plot_patient(replace(curve, patient_id=hostile), replace(course, patient_id=hostile))
    assert "<a " not in figure.layout.title.text
    assert "$" not in figure.layout.title.text
    assert not any(hostile in str(trace.hovertemplate) for trace in figure.data)


def test_some_curves_are_added_on_request_only(fit, courses):
    assert info_of(fit, courses, "improving").draws is None
    info = info_of(fit, courses, "improving", show_draws=True)
    every_fifth = fit.draws(info.patient_id)[::5]
    assert np.array_equal(info.draws, every_fifth)
    assert "some of the curves" in {trace.name for trace in draw_patient(info).data}


# Events and warning signs


def events_of(*rows, patient_id="P001"):
    table = [(patient_id, *row, "")[:4] for row in rows]
    return read_events(pd.DataFrame(table, columns=["patient_id", "day", "event", "note"]))


def symptoms_of(*rows, patient_id="P001"):
    table = [(patient_id, *row) for row in rows]
    return read_symptoms(pd.DataFrame(table, columns=["patient_id", "day", "symptom"]))


def test_events_and_signs_are_upright_lines_with_words_and_symbols(fit, courses):
    info = info_of(
        fit, courses, "improving",
        events=events_of((30, "Injection", "left")), symptoms=symptoms_of((12, "fever")),
    )  # fmt: skip
    assert [(one.day, one.kind, one.text) for one in info.moments] == [
        (12.0, "same_day", "fever"),
        (30.0, "event", "injection"),
    ]
    figure = draw_patient(info)
    upright = {shape.x0: shape for shape in figure.layout.shapes if shape.x0 == shape.x1}
    assert {12.0, 30.0} <= set(upright)
    assert upright[12.0].line.dash != upright[30.0].line.dash
    assert {"same day: fever", "injection"} <= set(texts(figure))
    traces = {trace.name: trace for trace in figure.data}
    sign, event = traces["warning sign, same day"], traces["event (shown, not modelled)"]
    assert sign.marker.symbol != event.marker.symbol
    assert event.hovertext[0] == "day 30: injection<br>event<br>left"
    assert "source: Red flags" in sign.hovertext[0]
    assert "1 event and 1 warning sign: shown as reported, not part of the model." in info.caption


def test_they_change_neither_curve_nor_probabilities(fit, courses):
    plain = info_of(fit, courses, "improving")
    told = info_of(fit, courses, "improving", events=events_of((30, "injection")))
    assert np.array_equal(plain.curve.median, told.curve.median)
    assert plain.probabilities == told.probabilities
    assert plain.caption == told.caption[:-1]
    others = info_of(fit, courses, "improving", events=events_of((3, "x"), patient_id="P002"))
    assert others.moments == ()
    assert others.caption == plain.caption


def boxes(moments, lanes, per_day):
    """Words as (left, right, lane) and lines as (x, top lane)."""
    words, lines = [], []
    for moment, lane in zip(moments, lanes, strict=True):
        text = moment.text if moment.kind == "event" else f"same day: {moment.text}"
        if lane is not None:
            words.append((moment.day * per_day, moment.day * per_day + 6 * len(text[:34]), lane))
            lines.append((moment.day * per_day, lane))
    return words, lines


@pytest.mark.parametrize("gap", [0, 0.5, 1, 3, 10])
def test_words_lie_on_no_other_words_and_no_line(gap):
    moments = [Moment(20 + gap * i, "event", f"event number {i}") for i in range(LANES)]
    lanes = moment_lanes(moments, 6.0)
    assert None not in lanes
    words, lines = boxes(moments, lanes, 6.0)
    for i, (left, right, lane) in enumerate(words):
        for j, (other_left, other_right, other) in enumerate(words):
            if i != j and lane == other:
                assert right <= other_left or other_right <= left
        assert not any(left < x < right and top > lane for x, top in lines)


def test_signs_have_words_before_events_and_the_caption_names_the_rest(fit, courses):
    many = events_of(*[(20 + i, f"change {i}") for i in range(20)])
    info = info_of(fit, courses, "improving", events=many, symptoms=symptoms_of((10, "fever")))
    lanes = dict(zip([one.text for one in info.moments], info.lanes, strict=True))
    assert lanes["fever"] is not None
    assert lanes["change 19"] == 0
    wordless = [text for text, lane in lanes.items() if lane is None]
    assert len(wordless) > 6
    line = next(text for text in info.caption if text.startswith("Lines without words: "))
    assert all(f"{text}, day " in line for text in wordless[:6])
    assert line.endswith(f"; and {len(wordless) - 6} more.")
    figure = draw_patient(info)
    shown = [text for text in texts(figure) if text.startswith(("change ", "same day"))]
    assert len(shown) == 21 - len(wordless)
    assert figure.layout.height > draw_patient(info_of(fit, courses, "improving")).layout.height


def test_what_is_not_on_the_axis_is_named(fit, courses):
    info = info_of(fit, courses, "improving", events=events_of((-60, "x"), (90, "y"), (400, "z")))
    assert [one.text for one in info.moments] == ["y"]
    assert info.last_day == 90.0
    assert "Not on the axis: x, day \N{MINUS SIGN}60; z, day 400." in info.caption


def test_nothing_later_than_an_early_answer_is_shown(fit, courses):
    early = replace(fit, as_of_day=21.0)
    events = events_of((21, "x"), (21.1, "y"))
    info = info_of(early, classify(early), "improving", events=events)
    assert [one.text for one in info.moments] == ["x"]
    assert [one.text for one in moments_of("P001", events)] == ["x", "y"]
    panel = panel_info(early["P001"], courses["P001"], events)
    assert len(panel.moments) == 1


def test_texts_of_events_are_text(fit, courses):
    hostile = "<script>1</script> $x$ %{y}"
    events = events_of((30, hostile, "<b>note</b>\nmore"))
    figure = plot_patient(fit["P001"], courses["P001"], events=events)
    shown = [*texts(figure), *(str(trace.hovertext) for trace in figure.data)]
    assert not any("<script>" in text or "<b>note" in text or "$x" in text for text in shown)
    assert any("&lt;script&gt;" in text for text in shown)
    svg = sparkline_svg(panel_info(fit["P001"], courses["P001"], events), -14.0)
    assert "<script>" not in svg
    assert "1 event;" in svg


def test_a_small_picture_tells_signs_from_events(fit, courses):
    plain = sparkline_svg(panel_info(fit["P001"], courses["P001"]), -14.0)
    told = panel_info(
        fit["P001"], courses["P001"], events_of((30, "x"), (300, "y")), symptoms_of((12, "fever"))
    )
    svg = sparkline_svg(told, -14.0)
    assert svg.count("<path") == plain.count("<path") + 3
    assert "1 warning sign, 2 events;" in svg


def test_in_hours_days_of_events_are_hours_too():
    fit = make_fake_fit(1, horizon=1.0)
    figure = plot_patient(fit["P001"], classify(fit)["P001"], events=events_of((0.5, "drug")))
    assert any(shape.x0 == 12.0 for shape in figure.layout.shapes)
