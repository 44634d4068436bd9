"""Figures at the size of a page: laid out anew, so that the smallest letters can still be read.

A figure is drawn for a screen. Made narrow by scaling alone, its letters would shrink with it. So
the layout is made as narrow as letters of `SMALLEST` points allow, words are broken into more
lines, margins grow by these lines, and only then the whole is scaled to millimetres.
"""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from paintrend.errors import InputError, is_number
from paintrend.export.finishing import finish, wide_enough
from paintrend.export.frame import LINE, Own, raise_letters, smallest_letters
from paintrend.export.narrow import LEAST, make_narrow
from paintrend.export.panels import beside, columns_of, stack
from paintrend.export.rows import has_rows
from paintrend.export.tiles import Tiles, find_tiles, lay_tiles, page_of, tiles_across

__all__ = [
    "MM_PER_INCH",
    "SIZES",
    "SMALLEST",
    "PrintSize",
    "Sized",
    "fit_pages",
    "fit_size",
    "print_size",
]

MM_PER_INCH = 25.4
POINTS = 72.0
UNKNOWN = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for the number of pages until it is known."""

SMALLEST = 7.0
"""Points of the smallest letters in print; journals ask for 5 to 8."""

NARROW_BELOW = 0.7
"""Part of its width below which a figure is rearranged, not only made smaller."""

FLATTEST = 0.75
"""Part of the height of its plot that a figure keeps at least."""

FLAT_SLIDE = 0.55
"""The same where the height is given too, and everything else has to be read from afar."""

TIGHTEST = 0.82
"""The same for a figure of rows, whose labels then just fit."""

TALLEST = 225.0
"""Millimetres of a page of a journal; panels that need more go onto further pages."""


class PrintSize(NamedTuple):
    """Width and height of a figure in millimetres; without a height it keeps its shape."""

    width_mm: float
    height_mm: float | None
    smallest: float = SMALLEST


SIZES: dict[str, PrintSize] = {
    "journal_single": PrintSize(89.0, None),
    "journal_middle": PrintSize(120.0, None),
    "journal_double": PrintSize(183.0, None),
    "slide": PrintSize(310.0, 160.0, 10.0),
    "slide_half": PrintSize(155.0, 160.0, 10.0),
}
"""Sizes by name: columns of a journal, and what a 16:9 slide of 338.7 x 190.5 mm has room for below
its title."""


class Sized(NamedTuple):
    """A figure laid out for a size.

    Attributes
    ----------
    figure
        A copy, laid out anew.
    width, height
        Pixels of the layout.
    scale
        Pixels of print at 96 to an inch, per pixel of the layout.
    width_mm, height_mm
        In print.
    smallest
        Points of the smallest letters in print.
    """

    figure: go.Figure
    width: float
    height: float
    scale: float
    width_mm: float
    height_mm: float
    smallest: float


def print_size(
    size: str | None, width_mm: float | None = None, height_mm: float | None = None
) -> PrintSize | None:
    """Give the size that the options name; None for the size of the screen.

    Raises
    ------
    InputError
        If there is no such size, or a length cannot be used.

    Examples
    --------
    >>> print_size("journal_double").width_mm, print_size(None, 120).width_mm
    (183.0, 120.0)
    """
    if size is not None and size not in SIZES:
        raise InputError(f"size must be one of {', '.join(SIZES)}, got {size!r}")
    for name, value in (("width_mm", width_mm), ("height_mm", height_mm)):
        if value is not None and not (is_number(value) and 20 <= value <= 2000):
            raise InputError(f"{name} must be a number of millimetres from 20 to 2000, got {value}")
    if size is None and width_mm is None:
        if height_mm is not None:
            raise InputError("height_mm goes with width_mm or with size.")
        return None
    known = SIZES[size] if size is not None else None
    return PrintSize(
        width_mm=float(width_mm) if width_mm is not None else (known or SIZES["slide"]).width_mm,
        height_mm=float(height_mm) if height_mm is not None
        else known.height_mm if known is not None and width_mm is None else None,
        smallest=known.smallest if known is not None else SMALLEST,
    )  # fmt: skip


def fit_size(figure: go.Figure, size: PrintSize | None) -> Sized:
    """Lay a figure out for a size in print.

    Parameters
    ----------
    figure
        Stays as it is.
    size
        None keeps the layout, at 96 pixels to an inch.
    """
    own, copy = Own.of(figure), go.Figure(figure)
    if size is None:
        mm = MM_PER_INCH / 96.0
        points = smallest_letters(figure) * POINTS / 96.0
        return Sized(copy, own.width, own.height, 1.0, own.width * mm, own.height * mm, points)
    if _is_narrow(size, _wanted(size, smallest_letters(figure)), own):
        return _fit_narrow(figure, size)
    # a few small letters would make all others large, and the figure wider than there is room for
    raise_letters(copy, LEAST)
    width = max(min(own.width, _wanted(size, smallest_letters(copy))), _narrowest(figure, own))
    if size.height_mm is not None:
        flattest = FLAT_SLIDE if _is_one_plot(figure) else FLATTEST
        width = wide_enough(copy, own, width, size.height_mm / size.width_mm, flattest)
    # Less across needs less height, but a flat picture shows nothing.
    plot = own.plot * (max(width / own.width, FLATTEST) if width < own.width else 1.0)
    height = width * size.height_mm / size.width_mm if size.height_mm is not None else None
    finish(copy, own, width, plot, height)
    return _sized(copy, size)


def fit_pages(figure: go.Figure, size: PrintSize | None) -> tuple[Sized, ...]:
    """Lay a figure out for a size in print; many panels on as many pages as they need.

    Parameters
    ----------
    figure, size
        As for `fit_size`.

    Returns
    -------
    tuple of Sized
        One, unless small panels beside each other would be more than `TALLEST` high below each
        other.
    """
    own, tiles = Own.of(figure), find_tiles(figure)
    if size is None or tiles is None:
        return (fit_size(figure, size),)
    if not _is_narrow(size, _wanted(size, smallest_letters(figure)), own):
        return (fit_size(figure, size),)
    whole = fit_size(figure, size)
    if whole.height_mm <= TALLEST:
        return (whole,)
    columns = _columns(figure, tiles, size)
    pages: list[Sized] = []
    left = tiles.tiles
    while left:
        rows = -(-len(left) // columns)
        if not pages:
            rows = max(1, int(rows * TALLEST / whole.height_mm))
        while True:
            chosen = left[: rows * columns]
            page = page_of(figure, tiles, chosen, with_head=not pages)
            _name_page(page, f"page {len(pages) + 1} of {UNKNOWN}")
            head = tiles.head if not pages else ()
            sized = _fit_narrow(page, size, tiles._replace(tiles=chosen, head=head), columns)
            if rows == 1 or sized.height_mm <= TALLEST:
                break
            rows = min(rows - 1, max(1, int(rows * TALLEST / sized.height_mm)))
        pages.append(sized)
        left = left[len(chosen) :]
    for sized in pages:
        title = sized.figure.layout.title
        title.text = title.text.replace(UNKNOWN, str(len(pages)))
    return tuple(pages)


def _name_page(figure: go.Figure, words: str) -> None:
    layout = figure.layout
    layout.title.text = f"{layout.title.text or ''}<br>{words}"
    line = LINE * float(layout.title.font.size or 16)
    layout.margin.t = (layout.margin.t or 100) + line
    layout.height = (layout.height or 450) + line


def _is_one_plot(figure: go.Figure) -> bool:
    """Whether there is one plot from top to bottom, whose labels keep their distance if it is flat:
    no rows, no panels above each other."""
    whole = tuple(figure.layout.yaxis.domain or (0, 1)) == (0, 1)
    return whole and not has_rows(figure) and find_tiles(figure) is None


def _wanted(size: PrintSize, letters: float) -> float:
    """Pixels across at which letters so large print as large as they must."""
    return size.width_mm / MM_PER_INCH * POINTS * letters / size.smallest


def _is_narrow(size: PrintSize, wanted: float, own: Own) -> bool:
    return size.height_mm is None and wanted < NARROW_BELOW * own.width


def _columns(figure: go.Figure, tiles: Tiles, size: PrintSize) -> int:
    copy = go.Figure(figure)
    width = _wanted(size, max(smallest_letters(figure), LEAST))
    make_narrow(copy, width)
    margin = copy.layout.margin
    return tiles_across(tiles, width - margin.l - margin.r, Own.of(figure).inner)


def _fit_narrow(
    figure: go.Figure, size: PrintSize, tiles: Tiles | None = None, columns: int | None = None
) -> Sized:
    """Rearrange a figure for a column; `tiles` are those of a page."""
    copy = go.Figure(figure)
    width = _wanted(size, max(smallest_letters(figure), LEAST))
    fixed = make_narrow(copy, width)
    own = Own.of(copy)
    inner = width - own.left - own.right
    tiles = tiles or find_tiles(copy)
    if tiles is not None:
        columns = columns or tiles_across(tiles, inner, Own.of(figure).inner)
        plot = lay_tiles(copy, tiles, tiles.tiles, columns, own, inner)
        own = own._replace(height=own.height - own.plot + plot)
    elif beside(copy):
        plot = stack(copy, own.plot, FLATTEST * own.plot)
        below = float(copy.layout.margin.b)
        own = own._replace(height=own.top + plot + below, bottom=below)
    else:
        plot = own.plot * (1.0 if fixed else max(width / own.width, FLATTEST))
    tall = go.Figure(copy) if fixed else None
    finish(copy, own, width, plot)
    sized = _sized(copy, size)
    if tall is None or sized.height_mm <= TALLEST:
        return sized
    most = plot - (sized.height_mm - TALLEST) / sized.height_mm * sized.height
    finish(tall, own, width, max(most, TIGHTEST * plot))
    return _sized(tall, size)


def _sized(copy: go.Figure, size: PrintSize) -> Sized:
    width, height = float(copy.layout.width), float(copy.layout.height)
    scale = size.width_mm / MM_PER_INCH * 96.0 / width
    return Sized(
        copy, width, height, scale, size.width_mm, height * scale / 96.0 * MM_PER_INCH,
        smallest_letters(copy) * scale * POINTS / 96.0,
    )  # fmt: skip


def _narrowest(figure: go.Figure, own: Own) -> float:
    """Pixels across below which labels in the figure would run into each other."""
    columns = columns_of(figure)
    part = 0.32 if columns == 1 else 0.72 if columns == 2 else 0.83
    return own.left + own.right + part * own.inner
