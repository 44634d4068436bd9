"""Figures laid out for a size in print, so that the smallest letters can still be read.

A figure is drawn for a screen. Made narrow by scaling alone, its letters would shrink with it. So
the layout is made as narrow as letters of `SMALLEST` points allow, words are broken into more
lines, margins grow by these lines, and only then the whole is scaled to millimetres.
"""

from __future__ import annotations

import plotly.graph_objects as go

from paintrend.export.finishing import finish
from paintrend.export.frame import Own, raise_letters, smallest_letters
from paintrend.export.narrow import LEAST, is_narrow, make_narrow
from paintrend.export.page_names import count_pages, name_page
from paintrend.export.panels import beside, columns_of, stack
from paintrend.export.sizes import (
    MM_PER_INCH,
    POINTS,
    TALLEST,
    PrintSize,
    Sized,
    printed,
    wanted_width,
)
from paintrend.export.slides import fit_slides
from paintrend.export.tiles import Tiles, find_tiles, lay_tiles, page_of, tiles_across

__all__ = ["fit_pages", "fit_size"]

FLATTEST = 0.75
"""Part of the height of its plot that a figure keeps at least."""

TIGHTEST = 0.82
"""The same for a figure of rows, whose labels then just fit."""


def fit_size(figure: go.Figure, size: PrintSize | None) -> Sized:
    """Lay a figure out for a size in print.

    Parameters
    ----------
    figure
        Stays as it is.
    size
        None keeps the layout, at 96 pixels to an inch. With a height, the first page.
    """
    own, copy = Own.of(figure), go.Figure(figure)
    if size is None:
        mm = MM_PER_INCH / 96.0
        points = smallest_letters(figure) * POINTS / 96.0
        return Sized(copy, own.width, own.height, 1.0, own.width * mm, own.height * mm, points)
    if size.height_mm is not None:
        return fit_slides(figure, size)[0]
    if is_narrow(figure, wanted_width(size, smallest_letters(figure))):
        return _fit_narrow(figure, size)
    # a few small letters would make all others large, and the figure wider than there is room for
    raise_letters(copy, LEAST)
    width = max(min(own.width, wanted_width(size, smallest_letters(copy))), _narrowest(figure, own))
    # Less across needs less height, but a flat picture shows nothing.
    plot = own.plot * (max(width / own.width, FLATTEST) if width < own.width else 1.0)
    finish(copy, own, width, plot)
    return printed(copy, size)


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
        other, or a slide has no room for all rows and panels.
    """
    if size is not None and size.height_mm is not None:
        return fit_slides(figure, size)
    whole, tiles = fit_size(figure, size), find_tiles(figure)
    if size is None or tiles is None or whole.height_mm <= TALLEST:
        return (whole,)
    if not is_narrow(figure, wanted_width(size, smallest_letters(figure))):
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
            name_page(page, len(pages) + 1)
            head = tiles.head if not pages else ()
            sized = _fit_narrow(page, size, tiles._replace(tiles=chosen, head=head), columns)
            if rows == 1 or sized.height_mm <= TALLEST:
                break
            rows = min(rows - 1, max(1, int(rows * TALLEST / sized.height_mm)))
        pages.append(sized)
        left = left[len(chosen) :]
    count_pages([sized.figure for sized in pages])
    return tuple(pages)


def _columns(figure: go.Figure, tiles: Tiles, size: PrintSize) -> int:
    copy = go.Figure(figure)
    width = wanted_width(size, max(smallest_letters(figure), LEAST))
    make_narrow(copy, width)
    margin = copy.layout.margin
    return tiles_across(tiles, width - margin.l - margin.r, Own.of(figure).inner)


def _fit_narrow(
    figure: go.Figure, size: PrintSize, tiles: Tiles | None = None, columns: int | None = None
) -> Sized:
    """Rearrange a figure for a column; `tiles` are those of a page."""
    copy = go.Figure(figure)
    width = wanted_width(size, max(smallest_letters(figure), LEAST))
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
    sized = printed(copy, size)
    if tall is None or sized.height_mm <= TALLEST:
        return sized
    most = plot - (sized.height_mm - TALLEST) / sized.height_mm * sized.height
    finish(tall, own, width, max(most, TIGHTEST * plot))
    return printed(tall, size)


def _narrowest(figure: go.Figure, own: Own) -> float:
    """Pixels across below which labels in the figure would run into each other."""
    columns = columns_of(figure)
    part = 0.32 if columns == 1 else 0.72 if columns == 2 else 0.83
    return own.left + own.right + part * own.inner
