"""Words beside marks, put where they lie on no label, no curve and no rating."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

__all__ = ["Box", "overlaps", "place_words", "word_boxes"]

FloatArray = NDArray[np.float64]

LETTER, LINE = 0.58, 1.1
"""Width of a letter and height of a line in parts of the size of letters."""

PLACES = ("top center", "top right", "top left", "bottom center", "bottom left", "bottom right",
          "middle right", "middle left")  # fmt: skip
"""Where words may stand about their mark, in the order in which they are tried."""

GAP = 1.0
"""Pixels between words that do not lie on each other."""

OUTSIDE, ABOVE, ON_WORDS, ON_POINT, ON_LINE = 1000.0, 50.0, 100.0, 1.0, 2.0
"""What lying outside the plot, just above it, on other words, on a point of a line or on a level
costs."""

JUST_ABOVE = 16.0
"""Pixels above the plot in which words can still be read."""


class Box(NamedTuple):
    """Words and their edges in pixels, from the upper left corner of the plot."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


class _Plane(NamedTuple):
    """The panel of the first axes: its size in pixels and the ranges that it shows."""

    wide: float
    tall: float
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, x: Any) -> FloatArray:
        share = (np.asarray(x, dtype=float) - self.x[0]) / (self.x[1] - self.x[0])
        return np.asarray(share * self.wide)

    def down(self, y: Any) -> FloatArray:
        share = (np.asarray(y, dtype=float) - self.y[0]) / (self.y[1] - self.y[0])
        return np.asarray((1.0 - share) * self.tall)


def place_words(figure: go.Figure) -> None:
    """Choose for the words of each mark in the first panel where they stand.

    Parameters
    ----------
    figure
        With its size, margins and the ranges of its axes; it is changed.
    """
    marked, plane = _marked(figure), _plane(figure)
    if plane is None or not marked:
        return
    taken = _label_boxes(figure, plane)
    points, levels = _drawn(figure, plane)
    for trace in marked:
        options = [_mark_box(trace, plane, place) for place in PLACES]
        costs = [_cost(box, plane, taken, points, levels) for box in options]
        best = int(np.argmin(costs))
        trace.textposition = PLACES[best]
        taken.append(options[best])


def word_boxes(figure: go.Figure) -> list[Box]:
    """Give where the words of labels and of marks in the first panel lie."""
    plane = _plane(figure)
    if plane is None:
        return []
    marks = [_mark_box(trace, plane, str(trace.textposition)) for trace in _marked(figure)]
    return _label_boxes(figure, plane) + marks


def overlaps(one: Box, other: Box) -> bool:
    """Say whether words lie on other words."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > -GAP and down > -GAP


def _plane(figure: go.Figure) -> _Plane | None:
    layout, margin = figure.layout, figure.layout.margin
    x, y = layout.xaxis, layout.yaxis
    sizes = (layout.width, layout.height, margin.l, margin.r, margin.t, margin.b)
    if any(size is None for size in sizes) or not (_numbers(x.range) and _numbers(y.range)):
        return None
    across, up = x.domain or (0.0, 1.0), y.domain or (0.0, 1.0)
    return _Plane(
        (layout.width - margin.l - margin.r) * (across[1] - across[0]),
        (layout.height - margin.t - margin.b) * (up[1] - up[0]),
        (float(x.range[0]), float(x.range[1])),
        (float(y.range[0]), float(y.range[1])),
    )


def _numbers(values: Any) -> bool:
    """Whether all values are numbers: an axis may hold dates or words too."""
    return values is not None and np.asarray(values).dtype.kind in "iuf" and len(values) > 0


def _first_panel(trace: Any) -> bool:
    return (trace.xaxis or "x") == "x" and (trace.yaxis or "y") == "y"


def _marked(figure: go.Figure) -> list[Any]:
    return [
        trace for trace in figure.data
        if trace.type == "scatter" and "text" in str(trace.mode) and trace.text is not None
        and _first_panel(trace) and _numbers(trace.x) and _numbers(trace.y) and len(trace.x) == 1
    ]  # fmt: skip


def _mark_box(trace: Any, plane: _Plane, place: str) -> Box:
    text = str(trace.text[0])
    font, size = float(trace.textfont.size or 12), float(trace.marker.size or 6)
    wide, tall = _size(text, font)
    x, y = float(plane.across(trace.x[0])), float(plane.down(trace.y[0]))
    away = size / 2
    up, side = place.split()
    left = {"center": x - wide / 2, "left": x - away - wide, "right": x + away}[side]
    top = {"top": y - away - tall, "bottom": y + away, "middle": y - tall / 2}[up]
    return Box(text, left, left + wide, top, top + tall)


def _label_boxes(figure: go.Figure, plane: _Plane) -> list[Box]:
    found = []
    # as dicts: to ask a label of plotly for a property takes as long as all the rest here
    for note in [note.to_plotly_json() for note in figure.layout.annotations]:
        at_x, at_y, text = note.get("xref", "x"), note.get("yref", "y"), note.get("text")
        if at_x not in ("x", "x domain") or at_y != "y" or not text:
            continue
        if not (_numbers([note.get("x")]) and _numbers([note.get("y")])):
            continue
        wide, tall = _size(str(text), float(note.get("font", {}).get("size") or 12))
        x = float(plane.across(note["x"])) if at_x == "x" else float(note["x"]) * plane.wide
        x += float(note.get("xshift") or 0)
        y = float(plane.down(note["y"])) - float(note.get("yshift") or 0)
        left = {"left": x, "right": x - wide}.get(str(note.get("xanchor")), x - wide / 2)
        top = {"top": y, "bottom": y - tall}.get(str(note.get("yanchor")), y - tall / 2)
        found.append(Box(str(text), left, left + wide, top, top + tall))
    return found


def _size(text: str, font: float) -> tuple[float, float]:
    lines = text.replace("<b>", "").replace("</b>", "").split("<br>")
    return LETTER * font * max(map(len, lines)), LINE * font * len(lines)


def _drawn(figure: go.Figure, plane: _Plane) -> tuple[FloatArray, FloatArray]:
    """Points of curves and ratings in pixels (n, 2), and the heights of level lines (m,)."""
    points, levels = [np.empty((0, 2))], []
    for trace in figure.data:
        if trace.type != "scatter" or not _first_panel(trace) or trace.fill:
            continue
        if not (_numbers(trace.x) and _numbers(trace.y)):
            continue
        x, y = np.asarray(trace.x, dtype=float), np.asarray(trace.y, dtype=float)
        if len(x) == 2 and "lines" in str(trace.mode) and y[0] == y[1]:
            levels.append(float(plane.down(y[0])))
        else:
            points.append(np.column_stack([plane.across(x), plane.down(y)]))
    return np.concatenate(points), np.array(levels)


def _cost(
    box: Box, plane: _Plane, taken: list[Box], points: FloatArray, levels: FloatArray
) -> float:
    outside = (
        box.left < 0 or box.right > plane.wide or box.top < -JUST_ABOVE or box.bottom > plane.tall
    )
    x, y = points[:, 0], points[:, 1]
    hit = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
    crossed = (levels > box.top) & (levels < box.bottom)
    return (
        OUTSIDE * outside
        + ABOVE * (box.top < 0)
        + ON_WORDS * sum(overlaps(box, other) for other in taken)
        + ON_POINT * int(hit.sum())
        + ON_LINE * int(crossed.sum())
    )
