"""Words beside marks: on no label, within the plot."""

from itertools import combinations

import numpy as np
import plotly.graph_objects as go

from paintrend.courses import classify
from paintrend.export.layouts import fit_size
from paintrend.export.sizes import SIZES
from paintrend.plots import plot_patient
from paintrend.plots.placing import overlaps, place_words, word_boxes
from paintrend.report.lower import lower_picture

from .fakes import make_fake_fit


def late_better(label="better by 2 points"):
    """A mark near the end, on the line of the level that its label names."""
    figure = go.Figure(
        go.Scatter(x=[75], y=[4.15], mode="markers+text", text=["<b>better to the end</b>"],
                   textposition="top center", textfont={"size": 12}, marker={"size": 12})
    )  # fmt: skip
    figure.add_annotation(
        x=84, y=4, text=label, xanchor="right", yanchor="bottom", yshift=2, showarrow=False,
        font={"size": 11},
    )  # fmt: skip
    return figure.update_layout(
        width=700, height=460, margin={"l": 60, "r": 20, "t": 60, "b": 60},
        xaxis={"range": [-2, 86]}, yaxis={"range": [-0.3, 10.3]},
    )  # fmt: skip


def test_a_mark_near_the_end_leaves_the_label_of_its_level_free():
    figure = late_better()
    assert overlaps(*word_boxes(figure))
    place_words(figure)
    assert not overlaps(*word_boxes(figure))


def test_words_stay_within_the_plot():
    figure = late_better()
    figure.data[0].update(x=[85.0], y=[10.2])
    place_words(figure)
    mark = word_boxes(figure)[-1]
    assert mark.left >= 0
    assert mark.right <= 620
    assert mark.top >= 0


def test_words_avoid_the_curve():
    figure = late_better("")
    day = np.linspace(0, 84, 200)
    figure.add_scatter(x=day, y=4.15 + 0.1 * (75 - day), mode="lines")
    place_words(figure)
    # the curve falls: above it is free on the right, below it on the left
    assert figure.data[0].textposition in ("top right", "bottom left")


def test_no_words_of_any_patient_lie_on_others():
    fit = make_fake_fit(12)
    courses = classify(fit)
    for name in fit:
        figure = plot_patient(fit[name], courses[name])
        for shown in (figure, fit_size(figure, SIZES["journal_middle"]).figure):
            boxes = word_boxes(shown)
            marks = [box for box in boxes if box.text.startswith("<b>")]
            assert all(
                not overlaps(one, other)
                for one, other in combinations(boxes, 2)
                if one in marks or other in marks
            ), name


def test_a_figure_without_ranges_is_left_alone():
    figure = go.Figure(go.Scatter(x=[1], y=[1], mode="markers+text", text=["a"]))
    place_words(figure)
    assert figure.data[0].textposition is None
    assert word_boxes(figure) == []


def hidden_ratings(figure):
    """How many ratings lie below the label of a level."""
    layout = figure.layout
    wide = layout.width - layout.margin.l - layout.margin.r
    tall = layout.height - layout.margin.t - layout.margin.b
    part = (layout.xaxis.domain or (0, 1))[1]
    ratings = next((trace for trace in figure.data if trace.name == "rating"), None)
    if ratings is None:
        return 0
    x = (np.array(ratings.x) - layout.xaxis.range[0]) / np.ptp(layout.xaxis.range) * wide * part
    y = (layout.yaxis.range[1] - np.array(ratings.y)) / np.ptp(layout.yaxis.range) * tall
    labels = [box for box in word_boxes(figure) if not box.text.startswith("<b>")]
    return sum(
        bool(((x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)).any())
        for box in labels
    )


def test_labels_of_levels_hide_no_rating_where_there_is_room_elsewhere():
    fit = make_fake_fit(24)
    courses = classify(fit)
    hidden = 0
    for name in fit:
        figure = plot_patient(fit[name], courses[name])
        hidden += hidden_ratings(figure) + hidden_ratings(lower_picture(figure))
    assert hidden == 0


def test_a_label_stays_where_it_is_if_nothing_is_there():
    fit = make_fake_fit(1)
    figure = plot_patient(fit["P001"], classify(fit)["P001"])
    before = figure.to_json()
    place_words(figure)
    assert figure.to_json() == before
