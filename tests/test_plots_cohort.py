"""Small multiples and small pictures."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.events import read_events
from paintrend.plots.cohort import cohort_info, draw_cohort, plot_cohort
from paintrend.plots.panel import panel_info
from paintrend.plots.sparkline import sparkline_svg
from paintrend.review import review_order
from paintrend.symptoms import read_symptoms

from .fakes import make_fake_fit


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(20)


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


def test_it_says_how_many_of_how_many(fit, courses):
    figure = plot_cohort(fit, courses, n=7, columns=3)
    assert "7 of 20 shown" in figure.layout.title.text
    assert "higher = worse" in figure.layout.title.text
    assert "20 of 20 shown" in plot_cohort(fit, courses).layout.title.text


@pytest.mark.parametrize("order", ["review", "course", "given"])
def test_orders(fit, courses, order):
    shown = [panel.patient_id for panel in cohort_info(fit, courses, n=20, order=order).panels]
    assert sorted(shown) == sorted(fit.patient_ids)
    if order == "given":
        assert shown == list(fit.patient_ids)
    elif order == "review":
        assert shown == list(review_order(fit, courses)["patient_id"])
    else:
        named = [courses[name].course for name in shown]
        assert named[0] == "improving"
        assert named[-1] == "cannot_tell"
        assert len({*named}) == 1 + sum(a != b for a, b in pairwise(named))


def test_panels_share_the_axes_and_the_whole_scale(fit, courses):
    figure = draw_cohort(cohort_info(fit, courses, n=8, columns=4))
    ranges = {tuple(axis.range) for axis in figure.select_yaxes()}
    assert len(ranges) == 1
    low, high = ranges.pop()
    assert low < 0 < 10 < high
    assert len({tuple(axis.range) for axis in figure.select_xaxes()}) == 1


def test_a_tile_says_what_unchanged_means_near_the_top(fit, courses):
    tags = {panel.patient_id: panel.tag for panel in cohort_info(fit, courses, n=20).panels}
    assert tags["P006"] == "unchanged (at 9 of 10)"
    assert tags["P003"] == "unchanged"
    assert tags["P008"] == "not fitted"


def test_the_caption_counts_what_is_shown(fit, courses):
    info = cohort_info(fit, courses, n=2, order="given")
    shown = fit.diary.ratings["patient_id"].isin(["P001", "P002"]).sum()
    assert info.caption[0].startswith(f"{shown} ratings, 0 missing. Worse: 2 points")


@pytest.mark.parametrize("options", [{"n": 0}, {"columns": 0}, {"order": "random"}])
def test_impossible_requests_are_refused(fit, courses, options):
    with pytest.raises(ValueError, match="must be"):
        plot_cohort(fit, courses, **options)


def test_a_small_picture_puts_ratings_where_they_belong(fit, courses):
    panel = panel_info(fit["P005"], courses["P005"])
    svg = ET.fromstring(sparkline_svg(panel, -14.0))
    assert svg.get("role") == "img"
    assert "cannot tell yet" in svg.get("aria-label")
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in svg.iter("circle")]
    assert len(circles) == len(panel.rating) == 6
    x = 4 + (panel.rating_day + 14) / 98 * 172
    y = 50 - panel.rating / 10 * 46
    assert np.allclose(circles, np.column_stack([x, y]), atol=0.051)
    dashed = [path for path in svg.iter("path") if path.get("stroke-dasharray")]
    assert len(dashed) == 1
    assert dashed[0].get("d").startswith(f"M{4 + 35 / 98 * 172:.1f} ")


def test_a_small_picture_escapes_the_id(fit, courses):
    hostile = '"><script>alert(1)</script>'
    panel = panel_info(replace(fit["P001"], patient_id=hostile), courses["P001"])
    svg = ET.fromstring(sparkline_svg(panel, 0.0))
    assert hostile in svg.get("aria-label")
    assert not list(svg.iter("script"))


def test_events_and_signs_are_marked_and_said_not_to_be_modelled(fit, courses):
    ids = list(fit.patient_ids)
    told = pd.DataFrame({"patient_id": ids[:2], "day": [10, 20], "event": ["injection"] * 2})
    signs = pd.DataFrame({"patient_id": [ids[7]], "day": [15], "symptom": ["fever"]})
    plain = cohort_info(fit, courses, n=20)
    info = cohort_info(fit, courses, n=20, events=read_events(told), symptoms=read_symptoms(signs))
    assert info.panels[0].patient_id == ids[7]
    marks = [trace.hovertext for trace in draw_cohort(info).data if trace.mode == "lines+markers"]
    assert sorted(marks) == ["fever", "injection", "injection"]
    assert "not part of the model" in " ".join(info.caption)
    assert "not part of the model" not in " ".join(plain.caption)


def test_hovering_over_a_rating_tells_its_day_and_level(fit, courses):
    info = cohort_info(fit, courses, n=20)
    assert "2 patients not fitted" in info.caption[0]
    words = [t.hovertext for t in draw_cohort(info).data if t.mode == "markers"]
    first = info.panels[0]
    assert words[0][0].startswith(f"{first.patient_id}, day ")
    assert f": {first.rating[0]:g}<br>" in words[0][0]


@pytest.mark.parametrize(
    "draw", [pt.plot_cohort, pt.plot_lasagna, pt.plot_spaghetti, pt.plot_swimmer, pt.review_order]
)
def test_courses_of_other_patients_are_refused(fit, courses, draw):
    part = fit.select(fit.patient_ids[:2])
    with pytest.raises(InputError, match="courses are of other patients than the fit"):
        draw(part, courses)


def test_a_rating_after_the_horizon_is_shown_and_not_counted_as_fitted():
    days = [-7, 0, 14, 28, 42, 56, 70, 84, 98]
    frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2, 2]})
    fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84, draws=40)
    info = cohort_info(fit, classify(fit))
    assert info.caption[0].startswith("9 ratings, 8 of them fitted, 0 missing.")


@pytest.mark.parametrize(
    ("day", "outside", "opened"),
    [
        (120, "1 of 9 ratings is after the horizon, right of what is drawn. ", ""),
        (86, "", " (open: after the horizon; not fitted)"),
        (-100, "1 of 9 ratings is before day −84, left of what is drawn. ", ""),
        (70.5, "", ""),
    ],
)
def test_the_caption_tells_what_lies_beside_the_axis_and_explains_only_what_is_drawn(
    day, outside, opened
):
    days = [-7, 0, 14, 28, 42, 56, 70, 84, day]
    frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2, 2]})
    fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84, draws=40)
    info = cohort_info(fit, classify(fit))
    assert info.caption[0].endswith(f" missing. {outside}Worse: 2 points worse than at the start; "
                                    "better: 2 points better.")  # fmt: skip
    assert info.caption[1].startswith(f"Points: ratings{opened}. Line: ")
    low, high = draw_cohort(info).layout.xaxis.range
    assert (low <= day <= high) == (not outside)
