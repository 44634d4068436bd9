"""Figures for a slide, whose height is given too: fewer rows, panels and words on each page."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import plotly.graph_objects as go

from paintrend.export.finishing import finish, margins_for
from paintrend.export.frame import LINE, Own, caption_of, raise_letters
from paintrend.export.narrow import LEAST, is_narrow, make_narrow
from paintrend.export.page_names import count_pages, name_page
from paintrend.export.panels import beside
from paintrend.export.parts import panel_parts, row_part
from paintrend.export.rows import FONT, has_rows
from paintrend.export.sizes import PrintSize, Sized, printed, wanted_width
from paintrend.export.slide_words import (
    heading_lines,
    join_titles,
    make_room_above,
    raise_title,
    set_caption,
    widen_legend,
)
from paintrend.export.tiles import (
    BETWEEN,
    Tile,
    Tiles,
    find_tiles,
    lay_tiles,
    page_of,
    tiles_across,
)

__all__ = ["fit_slides"]

FLATTEST, LOWEST = 0.38, 140.0
"""Part of the height of its plot that a figure keeps at least, and pixels of it."""

FLATTEST_HEAT = 0.33
"""The same for a heat map of rows too thin for a name."""

TOGETHER = 0.57
"""The same for panels above each other, which else become pages."""

CLOSEST, CLOSEST_NAMED = 0.55, 0.82
"""The same for each row of a figure of rows, and for rows with their names in them."""

SQUEEZED, TIGHTEST, LEAST_TILE = 0.85, 0.6, 95.0
"""The same for each of many small panels; less if they still have so many pixels."""

ROOMY = 0.5
"""Part of a slide that the plot should have before a caption gets further lines."""

MOST_LINES, FEWEST_LINES = 5, 2
"""Lines of a caption on a slide, if what is essential needs no more."""

WIDER, WIDEST = 1.1, 3.0
"""Steps in which a layout becomes wider, and its letters smaller, where nothing else helps."""


def fit_slides(figure: go.Figure, size: PrintSize) -> tuple[Sized, ...]:
    """Lay a figure out for a width and a height in print, on as many pages as it needs.

    Parameters
    ----------
    figure
        Stays as it is.
    size
        With a height.

    Returns
    -------
    tuple of Sized
        Rows and panels that one page has no room for are on further ones. If even a single panel
        does not fit, the letters are smaller than meant.
    """
    wider = 1.0
    while True:
        slide = _Slide(figure, wanted_width(size, LEAST) * wider, size)
        pages = slide.pages()
        if pages or wider > WIDEST:
            break
        wider *= WIDER
    return tuple(printed(page, size) for page in pages or slide.one_page())


class _Slide:
    """A figure and the pixels that it gets."""

    def __init__(self, figure: go.Figure, width: float, size: PrintSize) -> None:
        self.figure = figure
        self.width = width
        self.height = width * float(size.height_mm or 0.0) / size.width_mm
        self.is_narrow = is_narrow(figure, width)

    def pages(self) -> list[go.Figure]:
        """Lay out all pages; none if there is too little room."""
        base = go.Figure(self.figure)
        raise_letters(base, LEAST)
        made = [page for part in self.parts(base) for page in self.cut(part)]
        if len(made) > 1:
            for number, page in enumerate(made, start=1):
                name_page(page, number, own_line=False)
            count_pages(made)
        for page in made:
            if not self.fits(page, FLATTEST):
                return []
            self.finish(page)
        return made

    def one_page(self) -> list[go.Figure]:
        """Lay out what there is no room for."""
        page = self.ready(self.figure)
        self.finish(page)
        return [page]

    def parts(self, base: go.Figure) -> list[go.Figure]:
        """Split panels that one page has no room for."""
        tiles = find_tiles(base)
        if tiles is not None:
            split = bool(tiles.head)
        elif beside(base):
            split = self.is_narrow
        else:
            split = not self.fits(self.ready(base), TOGETHER)
        found = panel_parts(base) if split else [base]
        for part in found[1:]:
            make_room_above(part, self.width)
        return found

    def cut(self, part: go.Figure) -> list[go.Figure]:
        """Cut a figure into pages by its rows or small panels."""
        ready = self.ready(part)
        tiles = find_tiles(ready)
        if tiles is not None:
            return self.cut_tiles(ready, tiles)
        if not has_rows(ready):
            return [ready]
        n = len(ready.layout.yaxis.tickvals)
        step = Own.of(ready).plot / n
        closest = CLOSEST_NAMED if ready.layout.yaxis.showticklabels is False else CLOSEST
        most = max(1, int(self.room(ready) / max(closest * step, 1.25 * FONT)))
        return [row_part(ready, *ends) for ends in _ends(n, ceil(n / most))]

    def cut_tiles(self, ready: go.Figure, tiles: Tiles) -> list[go.Figure]:
        """Lay out small panels on as many pages as they need."""
        own, n = Own.of(ready), len(tiles.tiles)
        inner = self.width - own.left - own.right
        most = tiles_across(tiles._replace(columns=n), inner, 0.0)
        n_rows = ceil(n / most)
        columns = ceil(n / n_rows)
        more = heading_lines(ready, inner / columns - BETWEEN)
        pages: list[go.Figure] = []
        tall = (tiles.tiles[0].high - tiles.tiles[0].low) * own.plot
        held = int(self.room(ready) / min(LEAST_TILE, SQUEEZED * tall)) + 1
        for rows in range(min(n_rows, held), 0, -1):
            pages = []
            for chosen in _even(tiles.tiles, ceil(n_rows / rows), columns):
                page = page_of(ready, tiles, chosen, with_head=False)
                plot = lay_tiles(
                    page, tiles._replace(tiles=chosen), chosen, columns, own, inner, more
                )
                page.layout.height = own.height - own.plot + plot
                pages.append(page)
            if all(self.holds(page, tiles, own) for page in pages):
                break
        return pages

    def holds(self, page: go.Figure, tiles: Tiles, own: Own) -> bool:
        """Whether the small panels of a page stay high enough."""
        share = self.room(page) / Own.of(page).plot
        tall = (tiles.tiles[0].high - tiles.tiles[0].low) * own.plot
        return share >= SQUEEZED or (share >= TIGHTEST and share * tall >= LEAST_TILE)

    def ready(self, figure: go.Figure) -> go.Figure:
        """Give a copy in which everything is where it is to stand, with a caption of few lines."""
        copy = go.Figure(figure)
        if self.is_narrow:
            make_narrow(copy, self.width)
            widen_legend(copy, self.width)
        raise_title(copy)
        join_titles(copy, self.width)
        note = caption_of(copy)
        if note is not None:
            whole, own = note.text, Own.of(copy)
            set_caption(copy, note, whole, MOST_LINES, own, self.width)
            lacking = ROOMY * self.height - self.room(copy)
            if lacking > 0:
                lines = max(FEWEST_LINES, MOST_LINES - ceil(lacking / (LINE * LEAST)))
                set_caption(copy, note, whole, lines, own, self.width)
        return copy

    def room(self, figure: go.Figure) -> float:
        """Pixels of height that the plot gets."""
        top, bottom = margins_for(figure, Own.of(figure), self.width)
        return self.height - top - bottom

    def fits(self, figure: go.Figure, part: float) -> bool:
        """Whether the plot gets at least a part of its own height."""
        own = Own.of(figure).plot
        is_heat = any(trace.type == "heatmap" for trace in figure.data)
        part = min(part, FLATTEST_HEAT) if is_heat else part
        return self.room(figure) >= max(part * own, min(LOWEST, own))

    def finish(self, page: go.Figure) -> None:
        """Give a page its width and height."""
        own = Own.of(page)
        finish(page, own, self.width, own.plot, self.height)


def _ends(n: int, pages: int) -> list[tuple[int, int]]:
    """Share out n rows to pages as evenly as can be."""
    return [(round(i * n / pages), round((i + 1) * n / pages)) for i in range(pages)]


def _even(tiles: Sequence[Tile], pages: int, columns: int) -> list[tuple[Tile, ...]]:
    """Share out whole rows of tiles to pages."""
    rows = ceil(len(tiles) / columns)
    return [tuple(tiles[a * columns : b * columns]) for a, b in _ends(rows, pages)]
