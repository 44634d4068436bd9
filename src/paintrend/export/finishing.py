"""The last step of a layout: words broken for a width, what lies outside the axes moved apart."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from paintrend.export.frame import (
    LINE,
    Own,
    caption_of,
    legend_height,
    move_left_edge,
    words_width,
)
from paintrend.export.narrow import spread_side_labels
from paintrend.export.panels import axes_of, axis_of, keep_distances, part_across
from paintrend.export.wrapping import break_lines, count_lines, join_sentences
from paintrend.plots.placing import place_words

__all__ = ["finish", "margins_for"]

AIR = 8.0
"""Pixels between a legend and the caption below it."""

TICK = 52.0
"""Pixels of a horizontal axis for each tick that it may have."""


def finish(
    figure: go.Figure, own: Own, width: float, plot: float, height: float | None = None
) -> None:
    """Give a figure its width, and the plot in it a height.

    Parameters
    ----------
    figure
        Changed.
    own
        Its sizes before; places below the axes are in parts of ``own.plot``.
    width
        Pixels across that it gets.
    plot
        Pixels of the height of the plot; of no use with a `height`.
    height
        Pixels of the whole figure, if these are given.
    """
    layout = figure.layout
    inner = width - own.left - own.right
    top, bottom = _break_words(figure, own, width)
    if height is not None:
        plot = height - top - bottom
    keep_distances(figure, own.plot / plot, own.inner / inner)
    left = own.left + (_break_axis_titles(figure, "y", plot, 30.0) if width < own.width else 0.0)
    if left != own.left:
        move_left_edge(figure, left)
    layout.update(
        width=width, height=top + plot + bottom if height is None else height, autosize=False,
        margin={"t": top, "b": bottom, "l": left, "r": own.right},
    )  # fmt: skip
    if width < own.width:
        _fewer_ticks(figure, inner)
        _turn_words(figure, left, inner, width)
        _say_once(figure, inner)
    if width < own.width or plot < own.plot:
        spread_side_labels(figure, plot)
        place_words(figure)


def margins_for(figure: go.Figure, own: Own, width: float) -> tuple[float, float]:
    """Give the margins above and below that the words of a figure need at a width, pixels."""
    return _break_words(go.Figure(figure), own, width)


def _break_words(figure: go.Figure, own: Own, width: float) -> tuple[float, float]:
    """Break title and caption for a width; give the margins above and below that they need."""
    layout = figure.layout
    top, bottom = own.top, own.bottom
    inner = width - own.left - own.right
    if layout.title.text:
        font = float(layout.title.font.size or 16)
        start = own.left if layout.title.xref != "container" else float(layout.title.x) * width
        text = break_lines(layout.title.text.split("<br>"), width - start - 8, font)
        top += LINE * font * (count_lines(text) - count_lines(layout.title.text))
        layout.title.text = text
    above = _break_headings(figure, inner)
    top += above
    grown = _break_axis_titles(figure, "x", inner, 24.0)
    legend, note = layout.legend, caption_of(figure)
    floor = 0.0
    if legend.y is not None and legend.y < 0:
        legend.y -= grown / own.plot
        tall = legend_height(figure, inner) if width < own.width else 0.0
        floor = -legend.y * own.plot + tall + AIR if tall else 0.0
    for trace in figure.data:
        if trace.type == "heatmap" and trace.colorbar.orientation == "h":
            trace.colorbar.y -= grown / own.plot
    if note is None:
        return top, max(bottom + grown, floor)
    font = float(note.font.size or 12)
    text = break_lines(
        join_sentences(note.text.split("<br>")), width - own.left - float(note.xshift or 0) - 12,
        font,
    )  # fmt: skip
    more = LINE * font * (count_lines(text) - count_lines(note.text))
    note.text = text
    before = -float(note.yshift or 0)
    down = max(before + grown, floor)
    note.yshift = -down
    return top, bottom + (down - before) + more


def _break_headings(figure: go.Figure, inner: float) -> float:
    """Break the words above panels that are as wide as these; give the pixels that the highest
    ones grow."""
    grown, at_top = 0.0, 0.0
    notes = [
        note for note in figure.layout.annotations
        if note.yanchor == "bottom" and note.x == 0 and note.xanchor == "left"
    ]  # fmt: skip
    for note in notes:
        across, up = str(note.xref or ""), str(note.yref or "")
        if not across.endswith(("domain", "paper")) or not up.endswith("domain"):
            continue
        start, stop = (
            (0.0, 1.0) if across == "paper" else axis_of(figure, across).domain or (0.0, 1.0)
        )
        font = float(note.font.size or 12)
        text = break_lines(note.text.split("<br>"), (stop - start) * inner + 6.0, font)
        more = LINE * font * (count_lines(text) - count_lines(note.text))
        note.text = text
        note.align = "left"
        grown = max(grown, more)
        if (axis_of(figure, up).domain or (0.0, 1.0))[1] > 0.99:
            at_top = max(at_top, more)
    for note in figure.layout.annotations:
        if note not in notes and note.yref == "paper" and note.y == 1 and note.yanchor == "bottom":
            note.yshift = float(note.yshift or 0) + at_top
    for note in notes:
        if note.xref == note.yref == "paper" and (0 < note.y < 1 or (note.y == 1 and at_top)):
            # a heading of several panels
            text = note.text.split("<br>")
            note.text = break_lines(text, inner, float(note.font.size or 12))
            note.align = "left"
            note.yshift = float(note.yshift or 0) + (at_top if note.y == 1 else grown)
    return at_top


def _turn_words(figure: go.Figure, left: float, inner: float, width: float) -> None:
    """Let words above the plot that run beyond the right edge of the picture run to the left of
    their line."""
    for note in figure.layout.annotations:
        on_top = str(note.yref or "").endswith(("paper", "domain"))
        above = on_top and note.y == 1 and note.yanchor == "bottom"
        place = _place_across(figure, note)
        if not above or note.xanchor != "left" or place is None:
            continue
        at = left + place * inner
        shift, wide = float(note.xshift or 0), words_width(note.text, float(note.font.size or 12))
        if at + shift + wide > width and at - shift - wide > 0:
            note.update(xanchor="right", xshift=-shift)


def _say_once(figure: go.Figure, inner: float) -> None:
    """Leave out words over a span that would run into the same words over the span before; numbers
    all stay."""
    notes, placed = figure.layout.annotations, []
    for i, note in enumerate(notes):
        place, text = _place_across(figure, note), note.text or ""
        centred = note.xanchor in (None, "auto", "center")
        if text and centred and place is not None and not any(map(str.isdigit, text)):
            placed.append((place * inner, i))
    free: dict[tuple[Any, ...], float] = {}
    gone = set()
    for at, i in sorted(placed):
        note = notes[i]
        words = (note.text, note.xref, note.yref, note.y)
        if at < free.get(words, -inner):
            gone.add(i)
        else:
            free[words] = at + words_width(note.text, float(note.font.size or 12)) + AIR / 2
    if gone:
        figure.layout.annotations = [note for i, note in enumerate(notes) if i not in gone]


def _place_across(figure: go.Figure, note: Any) -> float | None:
    """Where a label stands, in parts of the plot; None if it has no place on an axis."""
    part = part_across(figure, note)
    if part is None:
        return None
    start, stop = axis_of(figure, str(note.xref or "x")).domain or (0.0, 1.0)
    return float(start + part * (stop - start))


def _break_axis_titles(figure: go.Figure, along: str, length: float, beyond: float) -> float:
    """Break titles into lines as long as their axes ("x" or "y") and a little beyond; give the
    pixels that they grow.

    `length` is that of the whole plot, in pixels, of which each axis takes its part.
    """
    grown = 0.0
    for name in axes_of(figure, along):
        axis = figure.layout[name]
        if not axis.title.text:
            continue
        start, stop = axis.domain or (0.0, 1.0)
        font = float(axis.title.font.size or 16)
        text = break_lines(axis.title.text.split("<br>"), (stop - start) * length + beyond, font)
        more = count_lines(text) - count_lines(axis.title.text)
        axis.title.text = text
        grown = max(grown, LINE * font * more)
    return grown


def _fewer_ticks(figure: go.Figure, inner: float) -> None:
    for name in axes_of(figure, "x"):
        axis = figure.layout[name]
        start, stop = axis.domain or (0.0, 1.0)
        most = max(3, int((stop - start) * inner / TICK))
        if axis.tickvals is None:
            axis.nticks = min(most, axis.nticks or most)
        elif axis.ticktext is None:
            while len(axis.tickvals) > most:
                axis.tickvals = axis.tickvals[::2]
