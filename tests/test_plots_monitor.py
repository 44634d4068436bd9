"""The picture of a monitored patient: its numbers, and what the drawing must contain."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import median_filter

import paintrend as pt
from paintrend.errors import InputError
from paintrend.plots.monitor import draw_monitor, plot_monitor
from paintrend.plots.monitor_labels import LINE, spread
from paintrend.plots.monitor_numbers import STEADIED, monitor_info
from paintrend.scales import Scale

WEEKS = [-7.0, 0.0, 7.0, 14.0, 21.0, 28.0, 42.0]
PAIN = [5.0, 5.0, 7.0, 8.0, 8.0, 7.0, 4.0]
HOSTILE = '<a href="javascript:1">%{y} $x$</a> of clinic 7, arm B, a very long identifier'


@pytest.fixture(scope="module")
def population():
    others = pt.read_diary(pt.simulate_cohort(40, seed=2).ratings, scale="nrs")
    return pt.fit_curves(others, horizon=84, draws=20).population


@pytest.fixture(scope="module")
def frame():
    rows = [("A", day, pain) for day, pain in zip(WEEKS, PAIN, strict=True)]
    rows += [("B", 0.0, None), ("C", 0.0, 6.0), (HOSTILE, 0.0, 3.0)]
    rows += [("D", 14.0, 5.0), ("D", 21.0, 6.0), ("D", 90.0, 7.0)]
    return pd.DataFrame(rows, columns=["patient_id", "day", "pain"])


@pytest.fixture(scope="module")
def watch(population):
    def read_and_watch(frame, **options):
        diary = pt.read_diary(frame, scale="nrs")
        return pt.monitor(diary, population=population, draws=60, workers=1, **options)

    return read_and_watch


@pytest.fixture(scope="module")
def watched(watch, frame):
    return watch(frame, plan="all")


def with_looks(patient_monitor, **columns):
    """The same patient with other things said on some days."""
    return replace(patient_monitor, looks=patient_monitor.looks.assign(**columns))


def texts(figure):
    return [figure.layout.title.text, *(note.text for note in figure.layout.annotations)]


def trace(figure, name):
    (found,) = [one for one in figure.data if one.name == name]
    return found


def test_curve_and_outlooks_are_those_known_on_the_day(watched):
    own = watched["A"]
    info = monitor_info(own, day=21)
    forecast = own.forecast(21)
    for name, column in (("median", "median"), ("low90", "low"), ("high90", "high")):
        np.testing.assert_allclose(getattr(info.patient.curve, name), forecast[column], rtol=1e-12)
    looks = own.looks[own.looks["day"] <= 21]
    np.testing.assert_array_equal(info.outlooks.worse, looks["p_deterioration"])
    np.testing.assert_array_equal(info.outlooks.better, looks["p_end_better"])
    np.testing.assert_array_equal(info.outlooks.near_start, looks["p_near_start"])
    assert info.outlooks.day.tolist() == [0.0, 7.0, 14.0, 21.0]
    assert info.patient.headline == looks["state"].iloc[-1]
    assert info.patient.forecast_from == info.day == 21.0


def test_the_rating_band_is_that_of_the_forecast_without_single_jumps(watched):
    band, forecast = monitor_info(watched["A"]).rating_band, watched["A"].forecast()
    np.testing.assert_array_equal(band.day, forecast["day"])
    for edge, column in ((band.low, "rating_low"), (band.high, "rating_high")):
        steadied = median_filter(forecast[column].to_numpy(), STEADIED, mode="nearest")
        np.testing.assert_array_equal(edge, steadied)


def test_nothing_but_the_later_ratings_knows_what_comes_later(watch, frame, watched):
    changed = frame.copy()
    later = (changed["patient_id"] == "A") & (changed["day"] > 21)
    changed.loc[later, "pain"] = 10.0
    first = monitor_info(watched["A"], day=21, alarm=0.2)
    second = monitor_info(watch(changed, plan="all")["A"], day=21, alarm=0.2)
    assert first.later.value.tolist() == [7.0, 4.0]
    assert second.later.value.tolist() == [10.0, 10.0]
    with np.printoptions(precision=17):
        assert repr(first._replace(later=None)) == repr(second._replace(later=None))


def test_known_and_later_ratings_are_told_apart(watched):
    info = monitor_info(watched["A"], day=14)
    assert info.patient.ratings.value.tolist() == PAIN[:4]
    assert info.later.day.tolist() == [21.0, 28.0, 42.0]
    figure = draw_monitor(info)
    later = trace(figure, "later, not used")
    assert later.marker.symbol == "circle-open"
    assert list(later.y) == PAIN[4:]
    assert "3 later ratings: open marks, not used" in " ".join(info.caption)
    whole = monitor_info(watched["A"])
    assert "later, not used" not in [one.name for one in draw_monitor(whole).data]


def test_a_day_between_looks_shows_the_look_before_it(watched):
    assert monitor_info(watched["A"], day=40).day == 28.0
    assert monitor_info(watched["A"]).day == 42.0


def test_spans_without_an_outlook_reach_to_the_next_look(watched):
    outlook = ["cannot_tell", "cannot_tell", "better", "no_start", "worse", "cannot_tell"]
    info = monitor_info(with_looks(watched["A"], outlook=outlook))
    assert info.unclear == ((0.0, 14.0), (21.0, 28.0))
    figure = draw_monitor(info)
    symbols = trace(figure, "ends worse").marker.symbol
    assert list(symbols) == ["cross-open"] * 2 + ["cross", "cross-open", "cross", "cross-open"]
    shaded = [(s.x0, s.x1) for s in figure.layout.shapes if s.type == "rect"]
    assert shaded == [(0.0, 14.0), (21.0, 28.0)]
    hollow = trace(figure, "cannot tell (lower panel)")
    assert (hollow.marker.symbol, hollow.yaxis) == ("square-open", "y2")


def test_the_first_alarm_is_the_first_look_after_the_start_at_the_threshold(watched):
    own = with_looks(watched["A"], p_deterioration=[0.6, 0.1, 0.3, 0.2, 0.5, 0.1])
    info = monitor_info(own, alarm=0.3)
    assert (info.first_alarm, info.alarm_share) == (14.0, 0.3)
    figure = draw_monitor(info)
    assert "<b>first alarm, day 14</b>" in texts(figure)
    assert "alarm: worse from 30%" in texts(figure)
    assert set(trace(figure, "alarm line").y) == {0.3}
    assert (trace(figure, "first alarm").x, trace(figure, "first alarm").y) == ((14.0,), (0.3,))
    early = monitor_info(own, alarm=0.4, day=21)
    assert early.first_alarm is None
    assert "not reached" in " ".join(early.caption)


def test_without_a_threshold_there_is_no_alarm_line(watched):
    for alarm in (None, float("inf")):
        info = monitor_info(watched["A"], alarm=alarm)
        assert info.first_alarm is None
        assert "alarm line" not in [one.name for one in draw_monitor(info).data]
    assert "no threshold keeps to the budget" in " ".join(info.caption)


def test_what_cannot_be_used_is_said_all_at_once(watched):
    with pytest.raises(InputError) as error:
        plot_monitor(watched["A"], day=-3, alarm=30)
    for part in ("'A'", "first look is on day 0, got day=-3", "up to 1", "got 30"):
        assert part in str(error.value)
    for day in (float("nan"), "21", True):
        with pytest.raises(InputError, match="finite number of days"):
            monitor_info(watched["A"], day=day)


def test_coming_visits_are_ticks_and_the_next_informative_one_has_words(watched):
    own = watched["A"]
    own = with_looks(own, plan="visit", next_visit=own.looks["day"] + 14)
    info = monitor_info(own, day=21)
    rows = own.coming[own.coming["day"] == 21]
    assert info.visits.tolist() == rows["visit"].tolist() != []
    assert info.next_visit == 35.0
    figure = draw_monitor(info)
    assert list(trace(figure, "coming visit").x) == info.visits.tolist()
    assert trace(figure, "next informative visit").x == (35.0,)
    assert "next informative visit week 5" in texts(figure)


def test_visits_that_were_not_simulated_are_said_to_be_missing(watch, frame):
    info = monitor_info(watch(frame)["A"], day=21)
    assert (info.visits.size, info.next_visit) == (0, None)
    assert "No coming visit was simulated for day 21." in " ".join(info.caption)


def test_below_nothing_is_drawn_after_the_day(watched):
    figure = plot_monitor(watched["A"], day=21)
    for name in ("ends better", "ends near the start", "ends worse"):
        line = trace(figure, name)
        assert line.line.shape == "hv"
        assert max(line.x) == 21.0
        assert any(name in text and "%</b>" in text for text in texts(figure))
    dashes = {trace(figure, n).line.dash for n in ("ends better", "ends near the start")}
    assert len(dashes | {trace(figure, "ends worse").line.dash}) == 3


def test_names_beside_lines_do_not_lie_on_each_other(watched):
    for day in WEEKS[1:]:
        figure = plot_monitor(watched["A"], day=day, alarm=0.2)
        lower = [n for n in figure.layout.annotations if n.yref == "y2" and "ends " in n.text]
        y = np.sort([note.y for note in lower]) * 190
        assert np.diff(y).min() >= LINE - 1e-6


def test_spread_moves_as_little_as_it_must():
    assert spread([], 1.0, 0.0, 9.0) == []
    assert spread([2.0, 5.0], 1.0, 0.0, 9.0) == [2.0, 5.0]
    placed = spread([9.0, 9.0, 8.9], 1.0, 0.0, 9.0)
    assert sorted(placed) == [7.0, 8.0, 9.0]
    assert placed[2] == 7.0


def test_one_look_only_and_an_id_that_is_no_text(watched):
    info = monitor_info(watched[HOSTILE])
    assert info.outlooks.day.tolist() == [0.0]
    figure = draw_monitor(info)
    assert len(trace(figure, "ends better").x) == 1
    assert "<a " not in figure.layout.title.text
    assert "$" not in figure.layout.title.text
    assert "\N{HORIZONTAL ELLIPSIS}" in figure.layout.title.text


def test_a_patient_who_is_not_rated_is_drawn_with_the_reason(watched):
    info = monitor_info(watched["B"], alarm=0.3)
    assert info.patient.curve is None
    assert info.rating_band is None
    figure = draw_monitor(info)
    assert "Not rated yet; cannot tell" in figure.layout.title.text
    assert "No rating that could be fitted by day 0" in texts(figure)
    assert "curve (median)" not in [one.name for one in figure.data]
    assert "0 ratings" in info.caption[0]
    assert "1 missing" in info.caption[0]


def test_before_the_first_rating_nothing_is_known_of_it(watch, frame):
    own = watch(frame, every=7)["D"]
    info = monitor_info(own, day=7)
    assert info.patient.curve is None
    assert info.later.day.tolist() == [14.0, 21.0]
    assert "1 rating after the horizon: not used, not drawn" in info.caption[0]
    late = monitor_info(own, day=35)
    assert (late.patient.forecast_from, late.day) == (21.0, 35.0)
    assert "predicted; last rating day 21" in late.patient.headline


def test_events_and_signs_up_to_the_day_are_shown_and_not_modelled(watch, frame):
    diary = pt.read_diary(frame, scale="nrs")
    happened = pd.DataFrame({"patient_id": "A", "day": [10, 35], "event": ["injection", "injury"]})
    signs = pd.DataFrame({"patient_id": "A", "day": [8, 15], "symptom": ["fever", "none"]})
    own = watch(
        frame, events=pt.read_events(happened, diary), symptoms=pt.read_symptoms(signs, diary)
    )["A"]
    info = monitor_info(own, day=21)
    assert [moment.day for moment in info.patient.moments] == [8.0, 10.0]
    said = " ".join(info.caption)
    assert "1 event and 1 warning sign: shown as reported, not part of the model" in said
    assert "Warning signs: asked on 2 days, 1 reported." in said
    figure = draw_monitor(info)
    assert any("injection" in text for text in texts(figure))
    assert not any("injury" in text for text in texts(figure))
    upright = [s.x0 for s in figure.layout.shapes if s.type == "line"]
    assert {8.0, 10.0, 21.0} <= set(upright)
    assert 35.0 not in upright
    assert "not asked of this patient up to then" in " ".join(monitor_info(own, day=7).caption)
    signs.loc[0, "symptom"] = "Fieber"
    read = pt.read_symptoms(signs, diary, lenient=True)
    said = " ".join(monitor_info(watch(frame, symptoms=read)["A"], day=21).caption)
    assert "asked on 1 day, none reported. Not all answers could be used: 1 problem set" in said


def test_the_caption_says_what_was_known_and_who_taught_the_population(watched, population):
    said = " ".join(monitor_info(watched["A"], day=21).caption)
    assert "Known by day 21: 5 ratings, 5 fitted, 2 of these at or before the start" in said
    assert "Worse: 2 points worse than at the start; better: 2 points better" in said
    assert "Lower panel: 4 looks" in said
    assert f"Population learned from {population.n_patients} other patients" in said
    assert "Warning signs: not supplied, not checked." in said
    crossed = replace(watched["A"], cross_fitted=True)
    assert "Cross-fitted" in " ".join(monitor_info(crossed).caption)


def test_where_higher_is_better_and_in_hours():
    relief = Scale("relief", 0, 100, better=20, worse=20, severe=30, higher_is_worse=False)
    rows = [
        (f"P{i}", hour / 24, float(np.clip(60 + 5 * i - drop * (i % 2) * 9, 0, 100)))
        for i in range(8)
        for hour, drop in zip((-2, 0, 2, 4, 8, 12), (0, 0, 2, 4, 2, 1), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["patient_id", "day", "pain"])
    diary = pt.read_diary(frame, scale=relief)
    own = pt.monitor(diary, horizon=1.0, folds=2, draws=40, workers=1)["P1"]
    info = monitor_info(own, day=4 / 24)
    assert info.patient.worse_line == pytest.approx(info.patient.baseline - 20)
    figure = draw_monitor(info)
    assert "(higher = better)" in figure.layout.yaxis.title.text
    assert "hours since the start" in figure.layout.xaxis.title.text
    assert "hour 4" in figure.layout.title.text
    assert max(trace(figure, "ends worse").x) == pytest.approx(4.0)
    assert "severe: 30 and below" in texts(figure)
    low, high = figure.layout.yaxis.range
    assert low < 0 < 100 < high
