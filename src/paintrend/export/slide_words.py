"""Words of a figure on a slide: title, caption, legend and headings where height is scarce."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from paintrend.export.finishing import AIR
from paintrend.export.frame import LINE, Own, caption_of, legend_height
from paintrend.export.narrow import LEAST
from paintrend.export.panels import axes_of
from paintrend.export.shortening import shorten_caption
from paintrend.export.wrapping import break_lines, count_lines

__all__ = [
    "heading_lines",
    "join_titles",
    "make_room_above",
    "raise_title",
    "set_caption",
    "widen_legend",
]

ABOVE = 18.0
"""Pixels above the title, and beside a legend or heading."""


def raise_title(figure: go.Figure) -> None:
    """Move the title up to the edge, for height is scarce."""
    title, margin = figure.layout.title, figure.layout.margin
    up = float(title.pad.t or 0) - ABOVE
    if title.text and up > 0:
        title.pad.t = ABOVE
        margin.t -= up
        figure.layout.height -= up


def widen_legend(figure: go.Figure, width: float) -> None:
    """Let a legend below the plot start at the edge of the picture, with small letters."""
    layout = figure.layout
    if layout.legend.orientation != "v" and (layout.legend.y or 0) < 0:
        inner = width - layout.margin.l - layout.margin.r
        layout.legend.update(x=-(layout.margin.l - ABOVE) / inner, font={"size": LEAST})
        tall, note = legend_height(figure, inner), caption_of(figure)
        if tall and note is not None:
            note.yshift = layout.legend.y * Own.of(figure).plot - tall - AIR


def join_titles(figure: go.Figure, width: float) -> None:
    """Join the lines of titles of horizontal axes where they would be broken once more."""
    own = Own.of(figure)
    inner = width - own.left - own.right
    for name in axes_of(figure, "x"):
        axis = figure.layout[name]
        lines = (axis.title.text or "").split("<br>")
        start, stop = axis.domain or (0.0, 1.0)
        room, font = (stop - start) * inner + 24.0, float(axis.title.font.size or 16)
        whole = break_lines([" ".join(lines)], room, font)
        if len(lines) > 1 and count_lines(whole) < count_lines(break_lines(lines, room, font)):
            # the lines that it had are in the margin
            more = LINE * font * (len(lines) - 1)
            axis.title.text = " ".join(lines)
            _lower_margin(figure, more)


def _lower_margin(figure: go.Figure, pixels: float) -> None:
    note, layout = caption_of(figure), figure.layout
    own = Own.of(figure)
    if note is not None:
        note.yshift = float(note.yshift or 0) + pixels
    if layout.legend.y is not None and layout.legend.y < 0:
        layout.legend.y += pixels / own.plot
    layout.margin.b -= pixels
    layout.height -= pixels


def make_room_above(part: go.Figure, width: float) -> None:
    """Break a heading that stood between panels, and let it stand below the title."""
    layout, own = part.layout, Own.of(part)
    title = layout.title
    lines = count_lines(title.text or "") + 0.5
    above = float(title.pad.t or 0) + LINE * float(title.font.size or 16) * lines
    for note in layout.annotations:
        if note.xref == note.yref == "paper" and note.y >= 1 and note.text:
            font = float(note.font.size or 12)
            note.text = break_lines([note.text], width - own.left - ABOVE, font)
            note.align = "left"
            away = (note.y - 1) * own.plot + float(note.yshift or 0)
            more = above + away + LINE * font * count_lines(note.text) - own.top
            if more > 0:
                layout.margin.t = own.top + more
                layout.height = own.height + more


def heading_lines(figure: go.Figure, pixels: float) -> float:
    """Pixels that headings of panels so wide grow by when they are broken."""
    grown = 0.0
    for note in figure.layout.annotations:
        if str(note.yref or "").endswith("domain") and note.yanchor == "bottom" and note.text:
            font, lines = float(note.font.size or 12), note.text.split("<br>")
            broken = count_lines(break_lines(lines, pixels, font))
            grown = max(grown, LINE * font * (broken - len(lines)))
    return grown


def set_caption(
    figure: go.Figure, note: Any, whole: str, lines: int, own: Own, width: float
) -> None:
    """Shorten the caption; the margin below is as large as it then needs."""
    note.font.size = LEAST
    room = width - own.left - float(note.xshift or 0) - 12
    note.text = shorten_caption(whole, lines, room, LEAST)
    below = -float(note.yshift or 0) + LINE * LEAST + 8.0
    figure.layout.margin.b = below
    figure.layout.height = own.height - own.bottom + below
