"""Figures for a column of a journal: letters that can be read, nothing lost, nothing on top."""

import re

import pandas as pd
import plotly.graph_objects as go
import pytest

from paintrend.courses import classify
from paintrend.events import read_events
from paintrend.export import export_figures
from paintrend.export.finishing import AIR
from paintrend.export.frame import caption_of, legend_height, smallest_letters, words_width
from paintrend.export.layouts import fit_pages, fit_size
from paintrend.export.narrow import side_labels
from paintrend.export.readable import print_problems
from paintrend.export.sizes import SIZES, TALLEST, print_size
from paintrend.export.wrapping import in_two_lines, join_sentences
from paintrend.plots import (
    plot_patient,
)

from .fakes import make_fake_fit
from .printed import NAMES, drawn_figures

COLUMN = SIZES["journal_single"]


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(30)


@pytest.fixture(scope="module")
def figures(fit):
    return drawn_figures(fit)


@pytest.fixture(scope="module")
def pages(figures):
    """Each figure in a column."""
    return {name: fit_pages(figure, COLUMN) for name, figure in figures.items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [89, 120])
def test_letters_can_be_read_in_a_column(name, width, figures, pages):
    made = pages[name] if width == 89 else fit_pages(figures[name], print_size(None, width))
    for sized in made:
        assert smallest_letters(sized.figure) * sized.scale * 72 / 96 >= 6.95
        assert sized.smallest >= 6.95
        assert sized.width * sized.scale * 25.4 / 96 == pytest.approx(width)
        assert sized.height_mm <= TALLEST + 0.1


@pytest.mark.parametrize("name", NAMES)
def test_the_plot_keeps_most_of_the_width(name, pages):
    for sized in pages[name]:
        margin = sized.figure.layout.margin
        assert (sized.width - margin.l - margin.r) / sized.width > 0.4


@pytest.mark.parametrize("name", NAMES)
def test_the_caption_stands_below_the_legend_and_within_the_picture(name, pages):
    for sized in pages[name]:
        layout, note = sized.figure.layout, caption_of(sized.figure)
        inner = sized.width - layout.margin.l - layout.margin.r
        plot = sized.height - layout.margin.t - layout.margin.b
        legend = legend_height(sized.figure, inner)
        if legend and layout.legend.y < 0:
            assert -note.yshift >= -layout.legend.y * plot + legend + AIR - 0.1
        lines = note.text.count("<br>") + 1
        assert -note.yshift + 1.25 * 12 * lines <= layout.margin.b


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_lost(name, figures, pages):
    def words(shown):
        said = [shown.layout.title.text, *(note.text for note in shown.layout.annotations)]
        said += [str(text) for text in shown.layout.yaxis.ticktext or ()]
        said += [str(trace.name) for trace in shown.data if trace.showlegend is not False]
        return set(re.sub("<[^>]*>|:", " ", " ".join(said)).split())

    found = set().union(*(words(sized.figure) for sized in pages[name]))
    assert words(figures[name]) <= found
    assert figures[name].layout.width > 900, "the figure itself stays as it is"


def test_many_panels_go_on_pages_and_each_is_on_one(figures, pages):
    def shown(figure):
        return sorted(re.findall(r"<b>(P\d+)</b>", " ".join(n.text for n in
                                 figure.layout.annotations)))  # fmt: skip

    made = pages["cohort"]
    assert len(made) > 1
    ids = [name for sized in made for name in shown(sized.figure)]
    assert sorted(ids) == shown(figures["cohort"])
    n_traces = sum(len(sized.figure.data) for sized in made)
    assert n_traces == len(figures["cohort"].data)
    for number, sized in enumerate(made, start=1):
        assert f"page {number} of {len(made)}" in sized.figure.layout.title.text


def test_panels_of_a_page_do_not_overlap_and_name_their_axes(pages):
    for sized in pages["cohort"]:
        axes = sized.figure.layout
        pairs = {(trace.xaxis, trace.yaxis) for trace in sized.figure.data}
        boxes = [(axes[f"xaxis{x[1:]}"], axes[f"yaxis{y[1:]}"]) for x, y in sorted(pairs)]
        for i, (x, y) in enumerate(boxes):
            assert x.domain[1] - x.domain[0] > 0.4
            assert (y.showticklabels is not False) == (x.domain[0] == 0)
            for other_x, other_y in boxes[i + 1 :]:
                apart = x.domain[1] < other_x.domain[0] or other_x.domain[1] < x.domain[0]
                assert apart or y.domain[1] < other_y.domain[0] or other_y.domain[1] < y.domain[0]


def test_labels_of_rows_stand_above_what_they_name(pages):
    figure = pages["courses"][0].figure
    ticks = list(figure.layout.yaxis.tickvals)
    notes = [n for n in figure.layout.annotations if n.bgcolor and n.x == 0]
    assert len(notes) == len(ticks)
    assert figure.layout.yaxis.showticklabels is False
    for tick, note in zip(ticks, notes, strict=True):
        assert tick - 1 < note.y < tick - 0.2


def test_a_legend_beside_the_plot_goes_below_it(figures, pages):
    figure = pages["power"][0].figure
    assert figures["power"].layout.legend.orientation == "v"
    assert figure.layout.legend.orientation == "h"
    assert figure.layout.legend.y < 0
    assert figure.layout.margin.r < 60


def test_titles_of_axes_are_broken():
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1]))
    figure.update_layout(
        width=940, height=500, margin={"l": 84, "r": 40, "t": 84, "b": 100},
        xaxis={"title": {"text": "how much " * 14}}, yaxis={"title": {"text": "how many " * 9}},
    )  # fmt: skip
    layout = fit_size(figure, COLUMN).figure.layout
    assert layout.xaxis.title.text.count("<br>") >= 1
    assert layout.yaxis.title.text.count("<br>") >= 1
    assert layout.margin.l > 84


def test_figures_of_others_are_laid_out_too():
    dates = go.Figure(go.Scatter(x=["2026-01-01", "2026-02-01"], y=["a", "b"], mode="text+lines",
                                 text=["u", "v"]))  # fmt: skip
    dates.update_layout(yaxis={"tickvals": ["a", "b"], "ticktext": ["A", "B"]})
    for figure in (dates, go.Figure(), go.Figure(go.Pie(labels=["a"], values=[1]))):
        (sized,) = fit_pages(figure, COLUMN)
        assert sized.width_mm == 89.0


def test_pages_are_files_of_their_own(figures, tmp_path, monkeypatch):
    class NoBrowser:
        def __init__(self, purpose=""):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def picture(self, figure, kind, *, width, height, scale=1.0):
            return b"%PDF"

    monkeypatch.setattr("paintrend.export.figures.Browser", NoBrowser)
    chosen = {"cohort": figures["cohort"], "cohort_page1": figures["power"]}
    done = export_figures(chosen, tmp_path, ["pdf"], size="journal_single")
    rows = done.table()
    assert rows["file"].is_unique
    pages = rows[rows["name"] == "cohort"]["page"].tolist()
    assert pages == [f"{i} of {len(pages)}" for i in range(1, len(pages) + 1)]
    assert rows[rows["name"] == "cohort_page1"][["page", "file"]].to_numpy().tolist() == [
        ["", "cohort_page1.pdf"]
    ]
    assert all((tmp_path / file).exists() for file in rows["file"])
    assert done.problems.empty


def test_a_figure_that_is_higher_than_a_page_is_named(figures):
    sized = fit_size(figures["swimmer"], print_size("journal_single"))
    assert print_problems(sized) == ""
    assert print_problems(sized._replace(height_mm=281.4)).startswith("281 mm high, a page")
    both = print_problems(sized._replace(height_mm=281.4, smallest=5.0))
    assert both.count(";") == 1
    # on the screen one scrolls
    screen = fit_size(figures["swimmer"], None)
    assert print_problems(screen._replace(height_mm=281.4)) == ""


def test_a_caption_breaks_at_sentences_and_not_within_one():
    broken = ["30 patients; 352 ratings,", "12 missing; bars:", "90% intervals.", "Second."]
    assert join_sentences(broken) == [" ".join(broken[:3]), "Second."]


def test_words_in_two_lines():
    assert in_two_lines("short", 17) == "short"
    assert in_two_lines("worse before better <b>5</b>", 17) == "worse before<br>better <b>5</b>"


def test_words_above_a_late_line_do_not_run_out_of_the_picture(fit):
    courses = classify(fit)
    events = pd.DataFrame({"patient_id": ["P001"] * 2, "day": [10, 70], "event": "x" * 24})
    figure = plot_patient(fit["P001"], courses["P001"], events=read_events(events, fit.diary))
    (sized,) = fit_pages(figure, COLUMN)
    layout = sized.figure.layout
    notes = [note for note in layout.annotations if "x" * 9 in (note.text or "")]
    assert [note.xanchor for note in notes] == ["left", "right"]
    late = notes[1]
    inner = sized.width - layout.margin.l - layout.margin.r
    start, stop = layout.xaxis.range
    assert layout.margin.l + (late.x - start) / (stop - start) * inner <= sized.width
    assert late.xshift < 0


@pytest.mark.parametrize("day", [56, 70, 84])
def test_labels_that_begin_late_in_the_plot_are_not_cut_off(day):
    figure = go.Figure(layout={"width": 900, "height": 500, "margin": {"l": 90, "r": 190}})
    figure.update_xaxes(range=[-14, 85])
    figure.update_yaxes(range=[0, 1])
    for y, words in ((0.9, "ends near the start <b>98%</b>"), (0.05, "ends worse <b>2%</b>")):
        figure.add_annotation(
            x=day, y=y, xshift=9, xanchor="left", text=words, showarrow=False, font={"size": 12}
        )
    sized = fit_size(figure, COLUMN)
    labels = side_labels(sized.figure)
    assert labels[0].text.count("<br>") == 1
    room = sized.figure.layout.margin.r
    assert len(labels) == 2
    assert all(9 + words_width(label.text, 12.0) <= room for label in labels)


def test_the_same_words_over_spans_close_together_stand_once():
    figure = go.Figure(layout={"width": 900, "height": 500, "margin": {"l": 90, "r": 190}})
    figure.update_xaxes(range=[0, 100])
    figure.update_yaxes(range=[0, 1])
    for day in (90, 10, 20):
        figure.add_annotation(x=day, y=1, text="cannot tell", showarrow=False)
        figure.add_annotation(x=day, y=0, text="40", showarrow=False)  # of patients still at risk
    notes = fit_size(figure, COLUMN).figure.layout.annotations
    assert [note.x for note in notes if note.text == "cannot tell"] == [90, 10]
    assert len([note for note in notes if note.text == "40"]) == 3
    assert len(fit_size(figure, None).figure.layout.annotations) == 6
