"""Many figures into one folder, with one start of the browser."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from paintrend.aside import path_of, written_aside
from paintrend.errors import BrowserError, InputError, MissingExtraError, is_number
from paintrend.export.browser import Browser
from paintrend.export.data import figure_table
from paintrend.export.exported import COLUMNS, Exported
from paintrend.export.layouts import fit_pages
from paintrend.export.names import file_stems
from paintrend.export.page import PLOTLY_FILE, figure_page
from paintrend.export.pictures import png_bytes, svg_bytes
from paintrend.export.readable import print_problems
from paintrend.export.shortening import whole_caption
from paintrend.export.sizes import SMALLEST, Sized, print_size
from paintrend.storage.tables import write_table
from paintrend.wording import plural

__all__ = ["FORMATS", "MANIFEST", "export_figures"]

FORMATS = ("png", "svg", "pdf", "html")
DRAWN = ("png", "svg", "pdf")
"""Formats that a browser draws."""

MANIFEST = "figures.csv"
"""Which file holds which figure."""


def export_figures(
    figures: Mapping[str, go.Figure] | Sequence[go.Figure] | go.Figure,
    folder: str | os.PathLike[str],
    formats: Sequence[str] = FORMATS,
    *,
    size: str | None = None,
    width_mm: float | None = None,
    height_mm: float | None = None,
    dpi: float = 300.0,
    data: bool = False,
    plotlyjs: Literal["directory", "embedded"] = "directory",
) -> Exported:
    """Write figures as PNG, SVG, PDF and HTML, at the size of a journal's column or of a slide.

    All figures share one start of the browser, and nothing is fetched from the network. For a
    smaller width than on the screen a figure is laid out anew, and its smallest letters print at 7
    points or more (on slides at 10): words are broken into more lines, legends go below the plot,
    labels into their rows, and rows and panels that one page has no room for onto further ones. A
    slide shows as much of the caption as there is room for, always with the numbers of patients,
    ratings and missing ones and the definitions; all of it is in ``figures.csv``. Where a figure
    cannot be made that small its row says how large its letters are. HTML stays as large as on the
    screen. Files are written aside and renamed.

    Parameters
    ----------
    figures
        Name to figure; or a list, then they are called ``figure_01`` ...
    folder
        Made if it does not exist. ``figures.csv`` tells which file holds which figure.
    formats
        Some of "png", "svg", "pdf", "html".
    size
        "journal_single" (89 mm across), "journal_middle" (120), "journal_double" (183), "slide"
        (310 x 160) or "slide_half" (155 x 160). By default the size of the screen, 96 pixels to an
        inch.
    width_mm, height_mm
        A size of your own. Without a height the figure keeps its shape, and grows by the lines that
        its words need.
    dpi
        Dots per inch of PNG files; it is written into them.
    data
        Also write the points behind each figure as CSV.
    plotlyjs
        "directory": the HTML files share one copy of plotly.js in the folder; "embedded": each
        holds its own, 5 MB, and can be sent alone.

    Returns
    -------
    Exported
        ``table()``, ``files``, ``problems``.

    Raises
    ------
    InputError
        If there is nothing to export, or an option cannot be used.
    MissingExtraError, BrowserError
        Without the extra `export` or without a browser, after the HTML and data files were written
        (HTML then also where it was not asked for); or if a figure could not be drawn, after all
        others were.

    Examples
    --------
    >>> import tempfile
    >>> import plotly.graph_objects as go
    >>> import paintrend as pt
    >>> figure = go.Figure(go.Scatter(x=[0, 7], y=[5, 3], name="pain"))
    >>> done = pt.export_figures({"P1": figure}, tempfile.mkdtemp(), ["html"], data=True)
    >>> sorted(path.name for path in done.folder.iterdir())
    ['P1.csv', 'P1.html', 'figures.csv', 'plotly.min.js']
    """
    named = _named(figures)
    chosen = _chosen(formats)
    wanted = print_size(size, width_mm, height_mm)
    if not (is_number(dpi) and 50 <= dpi <= 2400):
        raise InputError(f"dpi must be a number from 50 to 2400, got {dpi!r}")
    if plotlyjs not in ("directory", "embedded"):
        raise InputError(f"plotlyjs must be 'directory' or 'embedded', got {plotlyjs!r}")
    target = path_of(folder)
    stems = dict(zip(named, file_stems(list(named), taken=[Path(MANIFEST).stem]), strict=True))
    drawn = [kind for kind in chosen if kind in DRAWN]
    rows: list[dict[str, Any]] = []
    failure: BrowserError | MissingExtraError | None = None
    # Inside, a browser that cannot be had is noted, and what needs none is written all the same.
    with ExitStack() as stack:
        browser = None
        if drawn:
            try:
                browser = stack.enter_context(Browser(", ".join(k.upper() for k in drawn)))
            except (BrowserError, MissingExtraError) as error:
                failure = error
        if "html" in chosen or failure is not None:
            for name, figure in named.items():
                rows.append(_write_html(target, name, stems[name], figure, plotlyjs))
            if plotlyjs == "directory":
                _write(target / PLOTLY_FILE, get_plotlyjs().encode("utf-8"))
        if data:
            for name, figure in named.items():
                write_table(figure_table(figure), target / f"{stems[name]}.csv")
        if browser is not None:
            least = wanted.smallest if wanted is not None else SMALLEST
            pages = {name: fit_pages(figure, wanted) for name, figure in named.items()}
            for name, page, stem, sized in _paged(pages, stems):
                for kind in drawn:
                    made = _write_drawn(browser, target, name, stem, sized, kind, dpi, least)
                    rows.append({**made, "page": page})
        if failure is not None:
            rows += [_row(name, "", kind, None, str(failure)) for name in named for kind in drawn]
    order = {name: place for place, name in enumerate(named)}
    rows.sort(key=lambda row: order[row["name"]])
    captions = {name: whole_caption(figure) for name, figure in named.items()}
    rows = [{**row, "caption": captions[row["name"]]} for row in rows]
    done = Exported(target, pd.DataFrame(rows, columns=list(COLUMNS)))
    write_table(done.rows, target / MANIFEST)
    _complain(done, failure)
    return done


def _paged(
    pages: Mapping[str, Sequence[Sized]], stems: Mapping[str, str]
) -> list[tuple[str, str, str, Sized]]:
    """Give name, page ("1 of 2", or "" for the only one), file stem and layout of each page."""
    taken = [Path(MANIFEST).stem, *stems.values()]
    found = []
    for name, sized in pages.items():
        n = len(sized)
        wanted = [f"{stems[name]}_page{i}" for i in range(1, n + 1)]
        own = file_stems(wanted, taken=taken) if n > 1 else [stems[name]]
        taken += own if n > 1 else []
        found += [
            (name, f"{i} of {n}" if n > 1 else "", stem, one)
            for i, (stem, one) in enumerate(zip(own, sized, strict=True), start=1)
        ]
    return found


def _named(figures: Any) -> dict[str, go.Figure]:
    if isinstance(figures, go.Figure):
        figures = [figures]
    if not isinstance(figures, Iterable):
        raise InputError(
            "export_figures takes a plotly figure, a list of them or a mapping of names to them, "
            f"got {type(figures).__name__}."
        )
    if not isinstance(figures, Mapping):
        listed = list(figures)
        digits = max(2, len(str(len(listed))))
        figures = {f"figure_{i:0{digits}d}": one for i, one in enumerate(listed, start=1)}
    if not figures:
        raise InputError("export_figures: no figure was given.")
    wrong = [name for name, one in figures.items() if not isinstance(one, go.Figure)]
    if wrong:
        raise InputError(
            f"export_figures takes plotly figures; {', '.join(map(repr, wrong[:5]))} is none."
        )
    odd = [name for name in figures if not isinstance(name, str)]
    if odd:
        raise InputError(f"export_figures: names are text, got {odd[0]!r}.")
    return dict(figures)


def _chosen(formats: Sequence[str]) -> list[str]:
    asked = [formats] if isinstance(formats, str) else list(formats)
    unknown = [kind for kind in asked if kind not in FORMATS]
    if unknown or not asked:
        got = ", ".join(map(repr, unknown)) or "none"
        raise InputError(f"formats are some of {', '.join(FORMATS)}; got {got}")
    return [kind for kind in FORMATS if kind in asked]


def _write_html(
    folder: Path,
    name: str,
    stem: str,
    figure: go.Figure,
    plotlyjs: Literal["directory", "embedded"],
) -> dict[str, Any]:
    page = figure_page(figure, name, plotlyjs)
    _write(folder / f"{stem}.html", page.encode("utf-8", errors="replace"))
    return _row(name, f"{stem}.html", "html", None, "")


def _write_drawn(
    browser: Browser,
    folder: Path,
    name: str,
    stem: str,
    sized: Sized,
    kind: str,
    dpi: float,
    least: float,
) -> dict[str, Any]:
    file = f"{stem}.{kind}"
    try:
        if kind == "png":
            drawn = png_bytes(browser, sized, dpi)
        elif kind == "svg":
            drawn = svg_bytes(browser, sized)
        else:
            drawn = browser.picture(
                sized.figure, kind, width=sized.width, height=sized.height, scale=sized.scale
            )
    except BrowserError as error:
        return _row(name, "", kind, sized, f"{error}")
    _write(folder / file, drawn)
    return {
        **_row(name, file, kind, sized, print_problems(sized, least)),
        "dpi": dpi if kind == "png" else None,
    }


def _row(name: str, file: str, kind: str, sized: Sized | None, problem: str) -> dict[str, Any]:
    return {
        "name": name,
        "page": "",
        "file": file,
        "format": kind,
        "width_mm": round(sized.width_mm, 2) if sized else None,
        "height_mm": round(sized.height_mm, 2) if sized else None,
        "dpi": None,
        "smallest_pt": round(sized.smallest, 2) if sized else None,
        "problem": problem,
    }


def _complain(done: Exported, failure: BrowserError | MissingExtraError | None) -> None:
    """Raise what went wrong, now that everything else is written."""
    if failure is not None:
        html = sum(done.rows["format"] == "html")
        raise type(failure)(
            f"{failure} Written without it: {plural(int(html), 'HTML file')} in {done.folder}."
        ) from failure
    lost = done.rows[done.rows["file"] == ""]
    if len(lost):
        first = lost.iloc[0]
        raise BrowserError(
            f"{plural(len(lost), 'file')} of {len(done.rows)} could not be drawn; all others are "
            f"in {done.folder}, and {MANIFEST} lists all. The first: {first['name']!r} as "
            f"{first['format']}: {first['problem']}."
        )


def _write(path: Path, content: bytes) -> None:
    with written_aside(path) as aside:
        aside.write_bytes(content)
