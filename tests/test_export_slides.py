"""Figures for a slide: letters of 10 points, nothing lost, nothing on top of another."""

import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from paintrend.courses import classify
from paintrend.export import export_figures
from paintrend.export.frame import caption_of, smallest_letters
from paintrend.export.layouts import fit_pages
from paintrend.export.narrow import spread_side_labels
from paintrend.export.shortening import WHOLE, shorten_caption, whole_caption
from paintrend.export.sizes import SIZES, print_size
from paintrend.plots import plot_cohort, plot_courses, plot_lasagna

from .fakes import make_fake_fit
from .printed import NAMES, drawn_figures

SLIDES = ("slide", "slide_half")


@pytest.fixture(scope="module")
def figures():
    return drawn_figures(make_fake_fit(30))


@pytest.fixture(scope="module")
def pages(figures):
    """Each figure on each kind of slide."""
    return {
        (name, size): fit_pages(figures[name], SIZES[size]) for name in NAMES for size in SLIDES
    }


def shown_words(figure):
    texts = [str(note.text) for note in figure.layout.annotations]
    texts += [str(text) for text in figure.layout.yaxis.ticktext or ()]
    return " ".join(re.sub("<[^>]*>", " ", " ".join(texts)).split())


@pytest.mark.parametrize("size", SLIDES)
@pytest.mark.parametrize("name", NAMES)
def test_letters_have_ten_points_on_every_page(name, size, pages):
    for sized in pages[name, size]:
        assert smallest_letters(sized.figure) * sized.scale * 72 / 96 >= 9.95
        assert sized.smallest >= 9.95
        assert (sized.width_mm, sized.height_mm) == pytest.approx(SIZES[size][:2])


@pytest.mark.parametrize("size", SLIDES)
@pytest.mark.parametrize("name", NAMES)
def test_the_plot_keeps_room_and_the_caption_is_within_the_picture(name, size, pages):
    for sized in pages[name, size]:
        margin, note = sized.figure.layout.margin, caption_of(sized.figure)
        assert sized.height - margin.t - margin.b >= 130
        assert sized.width - margin.l - margin.r >= 0.4 * sized.width
        lines = note.text.count("<br>") + 1
        assert -note.yshift + 1.25 * 11 * lines <= margin.b


@pytest.mark.parametrize("size", SLIDES)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_says_how_many_how_many_missing_and_what_counts(name, size, figures, pages):
    whole = whole_caption(figures[name])
    for sized in pages[name, size]:
        said = whole_caption(sized.figure)
        for words in (r"\d+ (?:ratings|patients)", r"missing", r"Worse: \d"):
            assert bool(re.search(words, said)) >= bool(re.search(words, whole))
        kept = said.removesuffix(WHOLE).strip()
        assert (WHOLE in said) == (len(kept) < len(whole))


@pytest.mark.parametrize("size", SLIDES)
def test_rows_are_shared_out_and_each_is_on_one_page(size, figures, pages):
    for name in ("courses", "swimmer"):
        rows = list(figures[name].layout.yaxis.ticktext)
        ticks = [at for sized in pages[name, size] for at in sized.figure.layout.yaxis.tickvals]
        assert ticks == list(figures[name].layout.yaxis.tickvals)
        said = " ".join(shown_words(sized.figure) for sized in pages[name, size])
        assert all(said.count(re.sub("<[^>]*>", " ", row).strip()) >= 1 for row in rows)
        for sized in pages[name, size]:
            axis = sized.figure.layout.yaxis
            assert axis.range[1] < min(axis.tickvals) <= max(axis.tickvals) < axis.range[0]
            plot = sized.height - sized.figure.layout.margin.t - sized.figure.layout.margin.b
            assert plot / len(axis.tickvals) >= 15
    assert len(pages["swimmer", size]) > 1
    titles = [sized.figure.layout.title.text for sized in pages["swimmer", size]]
    n = len(titles)
    assert all(f"page {i} of {n}" in t.replace("\xa0", " ") for i, t in enumerate(titles, 1))


@pytest.mark.parametrize("size", SLIDES)
def test_panels_are_shared_out_and_do_not_overlap(size, figures, pages):
    for name in ("cohort", "retention", "patient"):
        n_traces = sum(len(sized.figure.data) for sized in pages[name, size])
        assert n_traces == len(figures[name].data)
        for sized in pages[name, size]:
            layout = sized.figure.layout
            pairs = {(t.xaxis or "x", t.yaxis or "y") for t in sized.figure.data}
            boxes = [
                (*(layout[f"xaxis{x[1:]}"].domain or (0, 1)),
                 *(layout[f"yaxis{y[1:]}"].domain or (0, 1)))
                for x, y in sorted(pairs)
            ]  # fmt: skip
            assert all(0 <= low < high <= 1 + 1e-9 for box in boxes
                       for low, high in (box[:2], box[2:]))  # fmt: skip
            for i, one in enumerate(boxes):
                for other in boxes[i + 1 :]:
                    apart = one[1] <= other[0] or other[1] <= one[0]
                    assert apart or one[3] <= other[2] or other[3] <= one[2]


def test_a_patient_on_half_a_slide_has_the_shares_on_a_page_of_their_own(pages):
    curve, shares = pages["patient", "slide_half"]
    assert {t.xaxis or "x" for t in curve.figure.data} == {"x"}
    assert {t.xaxis for t in shares.figure.data} == {"x2"}
    assert tuple(shares.figure.layout.xaxis2.domain) == (0, 1)
    assert len(pages["patient", "slide"]) == 1


def test_a_heading_between_panels_stands_below_the_title(pages):
    for sized in pages["retention", "slide_half"][1:]:
        layout = sized.figure.layout
        (heading,) = [n for n in layout.annotations if "Last ratings of leavers" in (n.text or "")]
        plot = sized.height - layout.margin.t - layout.margin.b
        top = layout.margin.t - (heading.y - 1) * plot - heading.yshift
        lines = heading.text.count("<br>") + 1
        title = layout.title.text.count("<br>") + 1
        assert top - 1.3 * heading.font.size * lines > 1.2 * layout.title.font.size * title


def test_a_colour_bar_stays_below_the_axis(pages):
    for sized in pages["lasagna", "slide_half"]:
        layout = sized.figure.layout
        (bar,) = [t.colorbar for t in sized.figure.data if t.type == "heatmap"]
        plot = sized.height - layout.margin.t - layout.margin.b
        assert 40 <= -bar.y * plot <= 60
        assert layout.legend.y < bar.y


def test_labels_beside_the_plot_end_where_it_ends():
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1]))
    figure.update_yaxes(range=[0, 10])
    for i in range(5):
        figure.add_annotation(x=1, xref="paper", y=0.1 * i, xanchor="left", text=f"label {i}",
                              font={"size": 12}, showarrow=False)  # fmt: skip
    spread_side_labels(figure, 200.0)
    places = sorted(200 - 20 * note.y - note.yshift for note in figure.layout.annotations)
    assert places[-1] + 7.5 <= 200 + 8
    assert np.diff(places).min() >= 14.9


def test_large_cohorts_and_long_names_fit_too():
    many = make_fake_fit(60)
    courses = classify(many)
    for figure in (plot_cohort(many, courses, n=30), plot_lasagna(many, courses)):
        for size in SLIDES:
            made = fit_pages(figure, SIZES[size])
            assert min(sized.smallest for sized in made) >= 9.95
            assert sum(len(sized.figure.data) for sized in made) == len(figure.data)


def test_a_caption_is_shortened_by_whole_sentences():
    text = "Hatched: no rating.<br>30 patients; 5 missing.<br>Bars: 90% intervals.<br>Last one."
    assert shorten_caption(text, 9, 400.0, 11.0) == text.replace("<br>", " ")
    short = shorten_caption(text, 2, 220.0, 11.0)
    assert short == f"30 patients; 5 missing. Bars: 90% intervals. {WHOLE}"
    assert shorten_caption(text, 1, 60.0, 11.0) == f"30 patients; 5 missing. {WHOLE}"
    assert shorten_caption("Only this. And that.", 1, 60.0, 11.0) == f"Only this. {WHOLE}"


def test_figures_of_others_and_tiny_sizes_are_drawn_and_told():
    odd = go.Figure(go.Scatter(x=["2026-01-01", "2026-02-01"], y=["a", "b"]))
    for figure in (odd, go.Figure(), go.Figure(go.Pie(labels=["a"], values=[1]))):
        (sized,) = fit_pages(figure, SIZES["slide_half"])
        assert (sized.width_mm, sized.height_mm) == pytest.approx((155.0, 160.0))
    tiny = fit_pages(plot_courses(classify(make_fake_fit(5))), print_size(None, 100, 60))
    assert all(sized.smallest < 7 for sized in tiny)


def test_the_whole_caption_is_in_the_table(figures, tmp_path):
    done = export_figures({"courses": figures["courses"]}, tmp_path, ["html"])
    (said,) = done.table()["caption"]
    assert said == whole_caption(figures["courses"])
    assert "missing" in said
    assert "<b" not in said
    table = pd.read_csv(tmp_path / "figures.csv", keep_default_na=False)
    assert table["caption"].tolist() == [said]
