"""Figures of groups: their numbers are those of the results, and the drawing shows them."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pytest

import paintrend as pt
from paintrend.plots.event_times import event_info
from paintrend.plots.groups import LOOKS, group_labels, group_styles
from paintrend.plots.letters import text_width
from paintrend.plots.prevalence_numbers import prevalence_info
from paintrend.plots.responders import responder_info

LONG = "usual physiotherapy & <b>exercise</b> at home, three times a week"
ARMS = dict.fromkeys(("a", "b", "c", "d", LONG))


@pytest.fixture(scope="module")
def fit():
    cohort = pt.simulate_cohort(50, arms=ARMS, covariates={}, seed=5)
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)


@pytest.fixture(scope="module")
def shares(fit):
    return pt.prevalence(fit, by="arm", m=3)


def drawn(figure):
    """Everything that is written in a figure."""
    notes = [note.text for note in figure.layout.annotations]
    names = [trace.name for trace in figure.data if trace.name]
    hover = [text for trace in figure.data for text in (trace.hovertext or ())]
    axes = [figure.layout.xaxis.title.text, figure.layout.yaxis.title.text]
    return " ".join(map(str, [figure.layout.title.text, *notes, *names, *hover, *axes]))


def test_groups_differ_in_more_than_colour():
    for part in zip(*LOOKS, strict=True):
        assert len(set(part)) == len(LOOKS)
    looks = group_styles([str(i) for i in range(16)])
    assert len(set(looks.values())) == 16


def test_names_of_groups_are_escaped_and_broken():
    label = group_labels([LONG])[LONG]
    assert "<b>" not in label
    assert "&lt;b&gt;" in label
    assert all(len(line) <= 40 for line in label.split("<br>"))


def test_a_prevalence_is_shown_as_it_is(shares):
    info = prevalence_info(shares, courses=("dip", "improving"))
    table = shares.shares.query("among == 'all'").set_index(["group", "course"])
    assert len(info.shares) == 10
    for mark in info.shares:
        row = table.loc[(mark.group, mark.course)]
        assert (mark.value, mark.low, mark.high) == (row["share"], row["low"], row["high"])
    contrasts = shares.contrasts.query("among == 'all'").set_index(["group", "course"])
    assert len(info.differences) == 8
    for mark in info.differences:
        row = contrasts.loc[(mark.group, mark.course)]
        assert mark.value == row["difference"]
        assert mark.low == row["difference_low"]
    assert info.reference == shares.contrasts["reference"].iloc[0]
    assert "n = 50" in info.caption[0]
    assert "2 points" in info.caption[0]
    assert re.search(r"; \d+ ratings fitted, \d+ missing\.", info.caption[0])


def test_captions_say_how_many_ratings_and_which_way_is_worse(fit, shares):
    rated = int(fit.info["n_ratings"].sum())
    figures = (
        pt.plot_prevalence(shares),
        pt.plot_responders(pt.count_responders(fit, m=3)),
        pt.plot_time_to(pt.time_to(fit, "better_day", m=3)),
    )
    for figure in figures:
        said = drawn(figure).replace("<br>", " ")
        assert f"; {rated} ratings fitted, {fit.diary.n_missing} missing." in said
        assert "Scale: Pain, numeric rating scale (NRS) (higher = worse)" in said
    assert "(higher = worse)" in drawn(pt.plot_courses(pt.classify(fit))).replace("<br>", " ")


def test_many_groups_show_the_sums_and_say_what_is_hidden(shares):
    info = prevalence_info(shares)
    assert list(info.courses) == ["dip", "deterioration", "end_better"]
    assert "8 rows not shown" in info.caption[-1]
    assert len(prevalence_info(shares, courses=["unchanged"]).courses) == 1


def test_room_on_the_scale_has_its_own_numbers(shares):
    info = prevalence_info(shares, "room_to_worsen", ["dip"])
    table = shares.shares.query("among == 'room_to_worsen' and course == 'dip'")
    assert [mark.value for mark in info.shares] == table["share"].tolist()
    assert "room on the scale to worsen" in info.subtitle


def test_rows_of_a_prevalence_do_not_lie_on_each_other(shares):
    figure = pt.plot_prevalence(shares, courses=["dip", "deterioration"])
    left = np.sort(np.concatenate([t.y for t in figure.data if t.xaxis in (None, "x")]))
    assert len(left) == 10
    assert (np.diff(left) > 10).all()
    said = drawn(figure)
    assert "<b>exercise" not in said
    assert "more common" in figure.layout.xaxis2.title.text
    low, high = figure.layout.xaxis2.range
    assert low == -high


def test_differences_of_shares_are_in_percentage_points(shares):
    info = prevalence_info(shares, courses=["dip"])
    figure = pt.plot_prevalence(shares, courses=["dip"])
    axis = figure.layout.xaxis2
    assert "percentage points" in axis.title.text
    assert "%" not in axis.tickformat
    drawn_at = [x for t in figure.data if t.xaxis == "x2" for x in t.x]
    assert drawn_at == pytest.approx([100 * mark.value for mark in info.differences])
    assert axis.range[1] >= max(100 * mark.high for mark in info.differences)


def test_a_difference_of_times_has_no_sign_beside_a_sign(fit):
    arm = fit.diary.patients["arm"]
    two = fit.select([name for name in fit.patient_ids if arm[name] in ("a", "b")])
    times = pt.time_to(two, "better_day", by="arm", m=3)
    words = event_info(times).caption[0]
    assert "b less a " in words
    assert " - " not in words


def test_one_group_has_no_legend_and_no_contrasts(fit):
    figure = pt.plot_prevalence(pt.prevalence(fit, m=3))
    assert not figure.layout.showlegend
    assert len(figure.data) == 1
    assert len(figure.data[0].x) == 11


def test_what_a_prevalence_does_not_have_is_refused(shares):
    with pytest.raises(pt.InputError, match="among must be one of"):
        pt.plot_prevalence(shares, among="some")
    with pytest.raises(pt.InputError, match="no course 'flare'"):
        pt.plot_prevalence(shares, courses=["flare"])


def test_responders_are_shown_as_they_are(fit):
    found = pt.count_responders(fit, by="arm", m=3)
    info = responder_info(found)
    assert [line.group for line in info.lines] == sorted(ARMS)
    for line in info.lines:
        part = found.cumulative[found.cumulative["group"] == line.group]
        np.testing.assert_array_equal(line.share, part["share"])
        np.testing.assert_array_equal(line.low, part["low"])
    assert info.points == 2.0
    row = found.shares.query("group == 'a' and among == 'all' and responder == '30%'").iloc[0]
    assert f"30% or more: {round(100 * row['share'])}%" in info.caption[0]
    figure = pt.plot_responders(found)
    # five groups: no bands, and that is said
    assert [trace.fill for trace in figure.data] == [None] * 5
    assert "In brackets" in info.caption[-1]
    assert "more improvement" in figure.layout.xaxis.title.text
    assert "<b>exercise" not in drawn(figure)


def test_one_group_of_responders_has_its_band(fit):
    figure = pt.plot_responders(pt.count_responders(fit, m=3))
    assert [trace.fill for trace in figure.data] == ["toself", None]
    assert not figure.layout.showlegend


def test_times_are_shown_with_who_is_at_risk(fit):
    pytest.importorskip("lifelines")
    found = pt.time_to(fit, "better_day", by="arm", m=3)
    info = event_info(found)
    for line in info.lines:
        part = found.shares[found.shares["group"] == line.group]
        np.testing.assert_array_equal(line.share, part["share"])
        # nobody is lost on whole curves: those at risk are those without it before
        n = part["at_risk"].iloc[0]
        without = n * (1.0 - part["share"].to_numpy()[:-1])
        assert (part["at_risk"].to_numpy()[1:] <= without + 1e-9).all() or np.allclose(
            part["at_risk"].to_numpy()[1:], without, atol=1.0
        )
        assert (np.diff(line.at_risk) <= 0).all()
    figure = pt.plot_time_to(found)
    numbers = [note.text for note in figure.layout.annotations]
    for line in info.lines:
        assert f"{line.at_risk[0]:.0f}" in numbers
    assert "share better by then" in figure.layout.yaxis.title.text
    assert "<b>exercise" not in drawn(figure)


def test_observed_times_say_who_is_too_short(fit):
    pytest.importorskip("lifelines")
    short = fit.diary.ratings
    short = short[(short["day"] <= 42) | (short["patient_id"] > "P010")]
    early = short[short["patient_id"] > "P003"]
    rows = early[["patient_id", "day", "pain"]]
    cut = rows[(rows["patient_id"] != "P020") | (rows["day"] <= 10)]
    other = pt.fit_curves(pt.read_diary(cut, scale="nrs"), horizon=84, seed=1)
    found = pt.time_to(other, "worse_day", mode="observed", m=3)
    info = event_info(found)
    assert found.not_at_risk >= 1
    assert "too short to see it" in " ".join(info.caption)
    assert "observed follow-up" in " ".join(info.caption)
    assert info.direction == "worse"
    assert info.lines[0].at_risk[0] == len(other) - found.not_at_risk


HOSPITAL = "Usual physiotherapy as given by the outpatient department of hospital "


@pytest.fixture(scope="module")
def without_start():
    """Hours, a course of one day, no rating at the start of the first patients, long names."""
    arms = {HOSPITAL + "A": None, HOSPITAL + "B": None}
    cohort = pt.simulate_cohort(24, arms=arms, covariates={}, seed=5)
    ratings = cohort.ratings
    first = set(ratings["patient_id"].unique()[:7])
    ratings = ratings[(ratings["day"] > 0) | ~ratings["patient_id"].isin(first)]
    ratings = ratings.rename(columns={"day": "time"}).assign(time=lambda t: t["time"] * 24 / 84)
    diary = pt.read_diary(ratings, scale="nrs", time_unit="hours")
    return pt.fit_curves(diary, horizon=1, seed=1)


def test_captions_say_for_how_many_the_start_is_predicted(without_start, fit):
    courses = pt.classify(without_start)
    figures = (
        pt.plot_prevalence(pt.prevalence(without_start, m=3)),
        pt.plot_responders(pt.count_responders(without_start, m=3)),
        pt.plot_time_to(pt.time_to(without_start, "better_day", m=3)),
        pt.plot_courses(courses),
        pt.plot_spaghetti(without_start, courses),
        pt.plot_swimmer(without_start, courses),
        pt.plot_cohort(without_start, courses, n=24),
    )
    for figure in figures:
        assert "start predicted for 7 of 24" in drawn(figure).replace("<br>", " ")
    assert "start predicted" not in drawn(pt.plot_responders(pt.count_responders(fit, m=3)))


def test_names_that_differ_late_are_told_apart_and_given_in_full(without_start):
    figures = (
        pt.plot_prevalence(pt.prevalence(without_start, by="arm", m=3)),
        pt.plot_responders(pt.count_responders(without_start, by="arm", m=3)),
        pt.plot_time_to(pt.time_to(without_start, "better_day", by="arm", m=3)),
        pt.plot_tipping_point(pt.tipping_point(without_start, by="arm", deltas=(0, 2), m=3)),
    )
    for figure in figures:
        names = [t.name for t in figure.data if t.name and t.showlegend]
        assert len(set(names)) == len(names)
        said = drawn(figure).replace("<br>", " ")
        assert HOSPITAL + "A" in said
        assert HOSPITAL + "B" in said
    subtitle = figures[-1].layout.title.text.split("<br>")[1]
    assert "hospital A" in subtitle
    assert "hospital B" in subtitle


def test_hours_are_hours(without_start):
    info = responder_info(pt.count_responders(without_start, m=3))
    assert "last 2 hours" in info.subtitle
    assert (
        "first hour that starts 6 hours"
        in event_info(pt.time_to(without_start, "better_day", m=3)).subtitle
    )


def test_captions_stay_within_the_figure(without_start):
    counted = pt.count_responders(without_start, by="arm", m=3)
    note = pt.plot_responders(counted).layout.annotations[-1]
    assert max(text_width(unescape(line), 12) for line in note.text.split("<br>")) <= 940 - 16
