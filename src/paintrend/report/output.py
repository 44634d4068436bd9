"""A report as a file: HTML as it is, PDF printed from it, Word made from it.

The page is the one source: what HTML says, the other two say too.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import plotly.graph_objects as go

from paintrend.aside import path_of, written_aside
from paintrend.errors import InputError, switch_problem, whole_number_problem
from paintrend.export.browser import Browser
from paintrend.export.layouts import fit_size
from paintrend.export.pictures import png_bytes, svg_bytes
from paintrend.export.program import browser_path
from paintrend.report.lower import lower_picture
from paintrend.report.page import write_page
from paintrend.report.printing import printed_page
from paintrend.report.static import PageFigure, figures_in, static_page
from paintrend.report.word import check_word, drawings_in, word_bytes

__all__ = [
    "PAPERS",
    "REPORT_FORMATS",
    "Paper",
    "check_options",
    "check_target",
    "paper_of",
    "write_output",
]

REPORT_FORMATS = ("html", "pdf", "docx")
DPI = 200.0
"""Dots per inch of pictures in Word files."""

LEAST_SCALE = 0.7
"""A page that is to be one is printed no smaller than this."""


class Paper(NamedTuple):
    """Width and height of a sheet in millimetres, as it lies."""

    width_mm: float
    height_mm: float


PAPERS: dict[str, Paper] = {"a4": Paper(210.0, 297.0), "letter": Paper(215.9, 279.4)}
"""Sheets by name, upright."""


def paper_of(name: str, *, landscape: bool) -> Paper:
    """Give the sheet of a name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in PAPERS:
        raise InputError(f"paper must be one of {', '.join(PAPERS)}, got {name!r}")
    paper = PAPERS[name]
    return Paper(paper.height_mm, paper.width_mm) if landscape else paper


def check_options(
    caller: str, *, title: Any, created: Any, n_pictures: Any = 0, appendix: Any = False
) -> None:
    """Refuse options of a report that cannot be used; all that is wrong comes in one message.

    Raises
    ------
    InputError
    """
    found = [whole_number_problem("n_pictures", n_pictures, 0)]
    found.append(switch_problem("appendix", appendix))
    if not (title is None or isinstance(title, str)):
        found.append(f"title must be text, got {type(title).__name__}")
    if not (created is None or isinstance(created, datetime)):
        found.append(f"created must be a datetime, got {type(created).__name__}")
    found = [problem for problem in found if problem]
    if found:
        raise InputError(f"{caller}: {'; '.join(found)}.")


def check_target(path: str | os.PathLike[str]) -> str:
    """Give the format that the end of a file name asks for, before anything is computed.

    Raises
    ------
    InputError
        If the ending is none of .html, .htm, .pdf, .docx.
    MissingExtraError, BrowserError
        If the format needs what is not there.
    """
    ending = path_of(path).suffix.lower().lstrip(".")
    kind = "html" if ending == "htm" else ending
    if kind not in REPORT_FORMATS:
        raise InputError(
            f"a report is written as .html, .pdf or .docx; {Path(path).name!r} has another end."
        )
    if kind == "docx":
        check_word()
    if kind != "html":
        browser_path(_purpose(kind))
    return kind


def write_output(
    page: str,
    path: Path,
    paper: Paper,
    *,
    one_page: bool = False,
    browser: Browser | None = None,
) -> Path:
    """Write a page in the format that the end of the file name asks for.

    Parameters
    ----------
    page
        From `render_page`.
    path
        Where to.
    paper
        Sheet for PDF and Word.
    one_page
        Print somewhat smaller rather than on a second sheet.
    browser
        One that runs already; by default one is started.

    Raises
    ------
    As `check_target`.
    """
    kind = check_target(path)
    if kind == "html":
        return write_page(page, path)
    page = printed_page(page)
    with ExitStack() as stack:
        if browser is None:
            browser = stack.enter_context(Browser(_purpose(kind)))
        made = _make(browser, kind, page, paper, one_page=one_page)
    with written_aside(path) as aside:
        aside.write_bytes(made)
    return path


def _make(browser: Browser, kind: str, page: str, paper: Paper, *, one_page: bool) -> bytes:
    if kind == "pdf":
        return _print(browser, page, paper, one_page=one_page)
    pictures = {
        name: png_bytes(browser, fit_size(_on_sheet(found), None), DPI)
        for name, found in figures_in(page).items()
    }
    small = browser.rasters(drawings_in(page))
    return word_bytes(page, pictures, small, paper, dense=one_page)


def _purpose(kind: str) -> str:
    return "Reports as PDF" if kind == "pdf" else "Pictures in Word reports"


def _on_sheet(found: PageFigure) -> go.Figure:
    return lower_picture(found.figure) if found.sheet == "lower" else found.figure


def _print(browser: Browser, page: str, paper: Paper, *, one_page: bool) -> bytes:
    pictures = {
        name: svg_bytes(browser, fit_size(_on_sheet(found), None))
        for name, found in figures_in(page).items()
    }
    bare = static_page(page, pictures)
    sheet = f"@page {{ size: {paper.width_mm}mm {paper.height_mm}mm; }}"
    bare = bare.replace("</head>", f"<style>{sheet}</style></head>", 1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_bytes(bare.encode("utf-8", errors="replace"))
        scale = 1.0
        while True:
            made = browser.print_page(
                file, width_mm=paper.width_mm, height_mm=paper.height_mm, footer=_footer(page),
                scale=scale,
            )  # fmt: skip
            if not one_page or count_pages(made) <= 1 or scale <= LEAST_SCALE:
                return made
            scale = round(scale - 0.05, 2)


def count_pages(pdf: bytes) -> int:
    """Count the pages of a PDF that the browser printed."""
    return len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", pdf))


def _footer(page: str) -> str:
    """Title and page number for the foot of each sheet."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    title = found[1] if found else ""
    return (
        '<div style="font: 8px Arial, Helvetica, sans-serif; color: #4a4a4a; width: 100%; '
        'margin: 0 12mm; display: flex; justify-content: space-between;">'
        f"<span>{title}</span>"
        '<span>page <span class="pageNumber"></span> of <span class="totalPages"></span></span>'
        "</div>"
    )
