"""What of a report goes onto paper, and that what does not is said."""

import re

import pytest

import paintrend as pt
from paintrend.courses import classify
from paintrend.report.cohort import report_html
from paintrend.report.printing import (
    PRINTED,
    PRINTED_PICTURES,
    mark_printed,
    not_printed,
    printed_page,
)
from paintrend.report.static import figures_in
from paintrend.report.tree import parse_page

from .fakes import make_fake_fit


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(90)


@pytest.fixture(scope="module")
def page(fit):
    return report_html(fit, classify(fit))


def rows_of(page, kind):
    tables = [t for t in parse_page(page).all("table") if kind in t.classes]
    return [row for table in tables for row in table.all("tr") if next(row.all("td"), None)]


def group(key, n):
    return {"key": key, "n": n, "members": [{} for _ in range(n)]}


def test_signs_are_printed_whatever_their_number_and_the_rest_is_not():
    groups = [group("same_day", 50), group("severe", 30), group("rest", 100)]
    assert mark_printed(groups, ("same_day", "prompt"), whole=False) == (50, 180)
    assert [g["n_printed"] for g in groups] == [50, 0, 0]
    groups = [group("same_day", 3), group("severe", 30), group("ends_worse", 30), group("rest", 9)]
    assert mark_printed(groups, ("same_day",), whole=False) == (PRINTED, 72)
    assert [g["n_printed"] for g in groups] == [3, 30, 7, 0]
    assert [m["printed"] for m in groups[2]["members"]] == [True] * 7 + [False] * 23


def test_a_small_list_and_one_with_the_appendix_are_printed_whole():
    for n, whole in ((PRINTED, False), (200, True)):
        groups = [group("severe", n - 5), group("rest", 5)]
        assert mark_printed(groups, (), whole=whole) == (n, n)


def test_paper_holds_the_first_of_the_list_and_every_row_of_the_table(fit, page):
    sheet = printed_page(page)
    on_screen, on_paper = rows_of(page, "review"), rows_of(sheet, "review")
    assert len(on_screen) == len(fit)
    assert 0 < len(on_paper) <= PRINTED
    assert [r.text for r in on_paper] == [r.text for r in on_screen[: len(on_paper)]]
    assert len(rows_of(sheet, "all")) == len(rows_of(page, "all")) == len(fit)


def test_what_is_not_printed_is_said_with_numbers(fit, page):
    sheet = printed_page(page)
    said = re.search(r"Printed are the first (\d+) of (\d+) patients of the list", sheet)
    assert int(said[1]) == len(rows_of(sheet, "review"))
    assert int(said[2]) == len(fit)
    assert f"{PRINTED_PICTURES} of 24 pictures" in sheet
    assert "HTML" in said.string[said.end() : said.end() + 300]


def test_pictures_on_paper_are_twelve_and_their_words_stand_beside_them(page):
    drawn = {name: f for name, f in figures_in(printed_page(page)).items() if f.sheet}
    assert len(drawn) == PRINTED_PICTURES
    assert len([f for f in figures_in(page).values() if f.sheet]) == 24
    article = next(parse_page(printed_page(page)).all("article")).text
    assert "fitted" in article
    assert "Worse: 2 points" in article


def test_the_appendix_prints_everything(fit):
    page = report_html(fit, classify(fit), appendix=True)
    sheet = printed_page(page)
    assert len(rows_of(sheet, "review")) == len(fit)
    assert len(figures_in(sheet)) == len(figures_in(page))
    assert "Printed are" not in sheet
    notes = [row.elements[-1].text for row in rows_of(sheet, "all")]
    assert all(notes)


def test_a_browser_that_prints_the_page_hides_the_same(page):
    css = re.search(r"@media print \{.*?\n\}", page, re.DOTALL)[0]
    assert ".on-screen { display: none; }" in css
    assert page.count("<!--screen-->") == page.count("<!--/screen-->") > 0
    assert page.count('<div class="on-screen">') == page.count("<!--screen-->")


def test_marks_in_a_title_cut_nothing_off(fit):
    hostile = '<!--screen--><tr class="on-screen"><template class="on-sheet">'
    sheet = printed_page(report_html(fit, classify(fit), title=hostile))
    assert "&lt;!--screen--&gt;" in sheet
    assert "Limits" in sheet
    assert sheet.rstrip().endswith("</html>")


def test_nothing_is_said_where_everything_is_printed():
    assert not_printed((5, 5), (3, 3), (5, 5)) == ""
    assert "rows of the table" in not_printed((40, 900), (12, 24), (300, 500))


@pytest.mark.browser
def test_a_printed_cohort_has_a_sane_length(chromium, fit, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    file = pt.write_report(fit, classify(fit), tmp_path / "report.pdf", n_pictures=24)
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(file).pages]
    # Chromium leaves out of repeated headings what stands in a button.
    assert len([text for text in sheets if text.startswith("Patient Course")]) >= 4
    assert len(sheets) <= 24
    lonely = re.compile(r"Why the patient stands here\s*(?:Pain, .*)?\s*page \d+ of \d+\s*$")
    assert not any(lonely.search(text) for text in sheets), "headings without a row below them"
    pictured = [text for text in sheets if "curve (median)" in text]
    assert len(pictured) <= PRINTED_PICTURES / 2 + 1, "two pictures to a sheet"


def test_a_figure_of_a_page_holds_its_points_and_not_their_packing(page):
    """Labels of printed pictures are placed by the points: packed ones were not seen."""
    for found in figures_in(page).values():
        for trace in found.figure.data:
            packed = [
                name for name in ("x", "y", "z") if name in trace and isinstance(trace[name], dict)
            ]
            assert packed == [], (found.alt, trace.name)
