"""Export and reports in a real browser: sizes, pages, text, and nothing from the network."""

import io
import re
import struct
import xml.etree.ElementTree as ElementTree
from html import unescape

import pandas as pd
import plotly.graph_objects as go
import pytest

from paintrend.courses import classify
from paintrend.errors import BrowserError
from paintrend.events import read_events
from paintrend.export import export_figures
from paintrend.export.browser import Browser
from paintrend.plots import plot_patient
from paintrend.report.cohort import report_html
from paintrend.report.output import paper_of, write_output
from paintrend.report.patient import patient_html
from paintrend.report.printing import printed_page
from paintrend.report.tree import parse_page
from paintrend.symptoms import read_symptoms
from paintrend.warning_signs import WARNING_SIGNS

from .fakes import KINDS, make_fake_fit
from .test_report import WHEN
from .test_report_browser import opened

docx = pytest.importorskip("docx")
pypdf = pytest.importorskip("pypdf")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium):
    """One browser for the whole file, cut off from the network by nothing: it asks for nothing."""
    pytest.importorskip("kaleido")
    with Browser() as running:
        yield running


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(len(KINDS))


@pytest.fixture(scope="module")
def crowded(fit):
    """A patient with more signs and events than a page has room to name."""
    days = range(2, 80, 6)
    signs = [{"patient_id": "P002", "day": d, "symptom": s.label}
             for d, s in zip(days, list(WARNING_SIGNS.values())[3:], strict=False)]  # fmt: skip
    events = [{"patient_id": "P002", "day": d, "event": f"medication change {d}"} for d in days]
    return {
        "symptoms": read_symptoms(pd.DataFrame(signs), fit.diary),
        "events": read_events(pd.DataFrame(events), fit.diary),
    }


def words_of(text):
    return re.sub(r"\W+", "", text)


def test_pictures_have_the_size_and_density_that_was_asked_for(chromium, fit, tmp_path):
    figure = plot_patient(fit["P002"], classify(fit)["P002"])
    small = go.Figure(go.Scatter(x=[0, 1], y=[1, 0], name="Söhne"), layout={"width": 400})
    done = export_figures(
        {"P002": figure, "a/b": small}, tmp_path, ["png", "svg", "pdf"], width_mm=120, dpi=200
    )
    assert len(done.files) == 6
    assert done.problems.empty
    for row in done.table().to_dict("records"):
        data = (tmp_path / row["file"]).read_bytes()
        assert row["width_mm"] == 120
        if row["format"] == "png":
            pixels = struct.unpack(">II", data[16:24])
            assert pixels[0] == pytest.approx(120 / 25.4 * 200, abs=2)
            at = data.index(b"pHYs")
            assert struct.unpack(">II", data[at + 4 : at + 12]) == (7874, 7874)
        elif row["format"] == "svg":
            root = ElementTree.fromstring(data)
            assert root.get("width") == "120.00mm"
        else:
            pages = pypdf.PdfReader(io.BytesIO(data)).pages
            assert len(pages) == 1
            assert float(pages[0].mediabox.width) == pytest.approx(120 / 25.4 * 72, abs=2)
    text = pypdf.PdfReader(tmp_path / "P002.pdf").pages[0].extract_text()
    assert words_of("days since the start of treatment") in words_of(text)


def test_a_program_that_is_no_browser_is_told(chromium, monkeypatch, tmp_path):
    fake = tmp_path / "chrome"
    fake.write_text("#!/bin/sh\nexit 0\n")
    fake.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(fake))
    with pytest.raises(BrowserError, match=rf"{re.escape(str(fake))} did not start as one"):
        export_figures([go.Figure()], tmp_path / "out", ["png"])
    assert (tmp_path / "out" / "figure_01.html").exists()


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("kind", ["worse_before_better", "forecast"])
def test_a_patients_report_is_one_page(browser, fit, crowded, paper, kind, tmp_path):
    name = "P002" if kind == "worse_before_better" else "P005"
    page = patient_html(fit, classify(fit), name, created=WHEN, **crowded)
    sheet = paper_of(paper, landscape=False)
    file = write_output(page, tmp_path / "p.pdf", sheet, one_page=True, browser=browser)
    (printed,) = pypdf.PdfReader(file).pages
    assert float(printed.mediabox.width) == pytest.approx(sheet.width_mm / 25.4 * 72, abs=1)
    text = words_of(printed.extract_text())
    # The foot of the page repeats the statement on screen only.
    body = parse_page(re.sub(r"(?s)<noscript>.*?</noscript>", "", page))
    for tag in ("h1", "h2", "p", "th", "td"):
        for element in next(body.all("main")).all(tag):
            assert words_of(element.text) in text, element.text
    assert words_of(next(body.all("header")).text) in text
    for words in ("Share of curves in each course", "90% band"):
        assert words_of(words) in text


def test_a_patients_page_printed_from_the_screen_is_one_page(browser, fit, tmp_path):
    path = tmp_path / "p.html"
    path.write_bytes(patient_html(fit, classify(fit), "P002", created=WHEN).encode("utf-8"))
    printed = pypdf.PdfReader(io.BytesIO(browser.print_page(path, width_mm=210.0, height_mm=297.0)))
    assert len(printed.pages) == 1
    assert words_of("recent worsening") in words_of(printed.pages[0].extract_text())


def test_the_report_of_the_cohort_as_word_and_as_pdf_says_what_the_page_says(
    browser, fit, crowded, tmp_path
):
    page = report_html(fit, classify(fit), n_pictures=2, created=WHEN, **crowded)
    sheet = paper_of("a4", landscape=True)
    # the list of signs is left to the screen, as the sheet says
    shown = printed_page(page)
    tree = next(parse_page(shown).all("body"))
    headings = [e.text for e in tree.all("h1")] + [e.text for e in tree.all("h2")]

    word = docx.Document(str(write_output(page, tmp_path / "r.docx", sheet, browser=browser)))
    styled = [p.text for p in word.paragraphs if p.style.name in ("Title", "Heading 1")]
    assert styled == headings
    second = {p.text for p in word.paragraphs if p.style.name == "Heading 2"}
    assert second == {e.text for tag in ("h3", "summary") for e in tree.all(tag)}
    written = {words_of(p.text) for p in word.paragraphs}
    for paragraph in next(tree.all("main")).all("p"):
        if paragraph.text and "JavaScript" not in paragraph.text:
            assert words_of(paragraph.text) in written, paragraph.text
    cells = [[[words_of(cell.text) for cell in row.cells] for row in t.rows] for t in word.tables]
    wanted = [
        [[words_of(cell.text) for cell in row.elements] for row in table.all("tr")]
        for table in tree.all("table")
    ]
    assert cells == wanted
    rows = [row for table in word.tables for row in table.rows]
    assert all(row._tr.trPr.xpath("w:cantSplit") for row in rows), "a page ends between rows"
    figures = len(re.findall(r'<div class="figure"', shown))
    drawings = shown.count('<svg class="spark"')
    assert len(word.inline_shapes) == figures + drawings
    alts = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert all(alts)
    assert "How common each course is" in alts
    assert word.core_properties.title == headings[0]

    pdf = pypdf.PdfReader(write_output(page, tmp_path / "r.pdf", sheet, browser=browser))
    text = words_of(" ".join(p.extract_text() for p in pdf.pages))
    assert all(words_of(heading) in text for heading in headings)
    assert len(pdf.pages) < 20
    assert words_of(f"page 1 of {len(pdf.pages)}") in words_of(pdf.pages[0].extract_text())
    # What is folded on the screen is open on paper.
    for folded in tree.all("details"):
        for cell in (*folded.all("summary"), *folded.all("td")):
            assert words_of(cell.text) in text, cell.text


def test_a_patients_page_draws_with_the_network_cut_off(chromium, fit, tmp_path):
    path = tmp_path / "p.html"
    path.write_bytes(patient_html(fit, classify(fit), "P002", created=WHEN).encode("utf-8"))
    page = opened(chromium, path, tmp_path / "profile")
    assert page.count('class="main-svg"') >= 1
    assert "could not be drawn" not in page.split("<script>")[0]


def test_an_exported_page_draws_with_the_network_cut_off(chromium, fit, tmp_path):
    figure = plot_patient(fit["P002"], classify(fit)["P002"])
    done = export_figures({"P 2": figure}, tmp_path / "out", ["html"])
    page = opened(chromium, done.files[0], tmp_path / "profile")
    assert 'class="main-svg"' in page
    assert "days since the start of treatment" in unescape(page)
