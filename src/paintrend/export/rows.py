"""Figures with a row per item: labels beside the rows go into them, above what is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from paintrend.export.frame import LINE, Own, move_left_edge
from paintrend.export.wrapping import bare_words, break_lines, count_lines

__all__ = ["has_rows", "labels_into_rows"]

LEFT, RIGHT, AIR = 16.0, 24.0, 3.0
"""Pixels beside the plot, and above the label of a row."""

FONT = 12.0
WHITE = "rgba(255, 255, 255, 0.8)"


def has_rows(figure: go.Figure) -> bool:
    """Say whether the vertical axis is a list of items from top to bottom."""
    axis = figure.layout.yaxis
    ticks, words = axis.tickvals, axis.ticktext
    if ticks is None or words is None or len(ticks) != len(words) or len(ticks) < 1:
        return False
    if np.asarray(ticks).dtype.kind not in "iuf":
        return False
    steps = np.diff(np.asarray(ticks, dtype=float))
    falls = axis.range is not None and axis.range[0] > axis.range[1]
    return bool(falls and np.allclose(steps, steps[:1]) and tuple(axis.domain or (0, 1)) == (0, 1))


def labels_into_rows(figure: go.Figure, width: float) -> None:
    """Put the name of each row, and what stands to its right, into a line above what it shows.

    The rows grow by these lines, and the figure with them.

    Parameters
    ----------
    figure
        For which `has_rows` holds; it is changed.
    width
        Pixels that the figure is to have.
    """
    layout, axis, own = figure.layout, figure.layout.yaxis, Own.of(figure)
    ticks = [float(at) for at in axis.tickvals]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(axis.range[0] - axis.range[1])
    beside = _beside(figure)
    room = width - LEFT - RIGHT
    words = [
        _row_words(str(name), beside.get(at, ""), room)
        for name, at in zip(axis.ticktext, ticks, strict=True)
    ]
    label = LINE * FONT * max(map(count_lines, words)) + AIR
    before = own.plot * step / abs(axis.range[0] - axis.range[1])
    after = before + label
    half = step * before / (2 * after)
    _shrink_bars(figure, before / after)
    _move_lines(figure, ticks, step, half)
    kept = [note for note in layout.annotations if not _is_beside(note, set(ticks))]
    for note in kept:
        if note.x == 1 and note.xref == "paper" and note.xanchor == "left":
            # the heading of what stood to the right
            note.update(x=0, xshift=0)
    named = [
        {"text": text, "x": 0, "xref": "paper", "xshift": 3, "y": at - half, "yref": "y",
         "xanchor": "left", "yanchor": "bottom", "align": "left", "showarrow": False,
         "font": {"size": FONT}, "borderpad": 0, "bgcolor": WHITE}
        for text, at in zip(words, ticks, strict=True)
    ]  # fmt: skip
    layout.annotations = [*kept, *named]
    plot = after * len(ticks)
    axis.update(
        range=[ticks[-1] + half, ticks[0] - half - step * label / after],
        showticklabels=False, ticks="",
    )  # fmt: skip
    move_left_edge(figure, LEFT)
    if layout.legend.y is not None and layout.legend.y < 0:
        layout.legend.y *= own.plot / plot
    layout.margin.r = RIGHT
    layout.height = own.height - own.plot + plot


def _row_words(name: str, beside: str, room: float) -> str:
    """Name and numbers of a row: in one line if that fits."""
    if not beside:
        return break_lines([f"<b>{name}</b>"], room, FONT)
    if len(bare_words(f"{name}: {beside}")) * 0.5 * FONT <= room:
        return f"<b>{name}</b>: {beside}"
    plain = beside if len(bare_words(beside)) * 0.5 * FONT <= room else bare_words(beside)
    return break_lines([f"<b>{name}</b>", plain], room, FONT)


def _is_beside(note: Any, ticks: set[float]) -> bool:
    return bool(
        note.x == 1 and note.xref == "paper" and note.xanchor == "left"
        and note.yref in (None, "y") and note.y in ticks
    )  # fmt: skip


def _beside(figure: go.Figure) -> dict[float, str]:
    ticks = {float(at) for at in figure.layout.yaxis.tickvals}
    return {
        float(note.y): note.text for note in figure.layout.annotations if _is_beside(note, ticks)
    }


def _shrink_bars(figure: go.Figure, ratio: float) -> None:
    for trace in figure.data:
        if trace.type == "bar" and trace.orientation == "h" and trace.width is not None:
            trace.width = np.asarray(trace.width, dtype=float) * ratio


def _move_lines(figure: go.Figure, ticks: list[float], step: float, half: float) -> None:
    """Move the lines between rows to where one row now ends."""
    for shape in figure.layout.shapes:
        if shape.xref == "paper" and shape.y0 == shape.y1 and shape.yref in (None, "y"):
            above = [at for at in ticks if at < shape.y0]
            if above and abs(shape.y0 - above[-1] - step / 2) < 1e-9 * max(step, 1.0):
                shape.y0 = shape.y1 = above[-1] + half
