"""Labels of levels and words beside marks, put where they hide no rating, word or curve."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

__all__ = ["LEVEL_LABEL", "Box", "overlaps", "place_words", "word_boxes"]

FloatArray = NDArray[np.float64]

LEVEL_LABEL = "level"
"""Name of a horizontal line, and of its label, which may stand anywhere along it."""

ALONG = (("right", 1.0), ("left", 0.0), *(("center", part / 20) for part in range(16, 3, -2)))
"""Anchors of such a label and parts of the way along its line, in the order in which they are
tried."""

LETTER, LINE = 0.58, 1.3
"""Width of a letter and height of a line in parts of the size of letters."""

PLACES = ("top center", "top right", "top left", "bottom center", "bottom left", "bottom right",
          "middle right", "middle left")  # fmt: skip
"""Where words may stand about their mark, in the order in which they are tried."""

GAP = 1.0
"""Pixels between words that do not lie on each other."""

OUTSIDE, ABOVE, ON_WORDS, ON_RATING, ON_POINT, ON_LINE = 1000.0, 50.0, 100.0, 40.0, 1.0, 2.0
"""What lying outside the plot, just above it, on other words, on a rating, on a point of a line or
on a level costs."""

MARKER = 4.0
"""Pixels from the middle of a rating to its edge."""

LATER = 0.5
"""What a place costs more than the one tried before it."""

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


class _Drawn(NamedTuple):
    """Points in pixels (n, 2), what it costs to lie on each, and the heights of level lines."""

    points: FloatArray
    costs: FloatArray
    levels: FloatArray


def place_words(figure: go.Figure) -> None:
    """Choose for labels of levels and the words of each mark in the first panel where they stand.

    Parameters
    ----------
    figure
        With its size, margins and the ranges of its axes; it is changed.
    """
    marked, plane = _marked(figure), _plane(figure)
    if plane is None:
        return
    notes = [note.to_plotly_json() for note in figure.layout.annotations]
    movable = [i for i, note in enumerate(notes) if note.get("name") == LEVEL_LABEL]
    if not marked and not movable:
        return
    taken = _boxes([note for i, note in enumerate(notes) if i not in movable], plane)
    drawn = _drawn(figure, plane)
    for i in movable:
        places = _along(figure, notes[i])
        options = _boxes([{**notes[i], **place} for place in places], plane)
        if not options:
            continue
        best = _cheapest(options, plane, taken, drawn)
        figure.layout.annotations[i].update(places[best])
        taken.append(options[best])
    for trace in marked:
        options = [_mark_box(trace, plane, place) for place in PLACES]
        best = _cheapest(options, plane, taken, drawn)
        trace.textposition = PLACES[best]
        taken.append(options[best])


def word_boxes(figure: go.Figure) -> list[Box]:
    """Give where the words of labels and of marks in the first panel lie."""
    plane = _plane(figure)
    if plane is None:
        return []
    marks = [_mark_box(trace, plane, str(trace.textposition)) for trace in _marked(figure)]
    return _boxes([note.to_plotly_json() for note in figure.layout.annotations], plane) + marks


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


def _along(figure: go.Figure, note: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the places of a label along the line that it names, first where it stands."""
    spans = [t.x for t in figure.data if t.name == LEVEL_LABEL and t.y[0] == note.get("y")]
    if not spans:
        return []
    start, stop = float(spans[0][0]), float(spans[0][1])
    anchors = sorted(ALONG, key=lambda place: place[0] != note.get("xanchor"))
    sides = sorted(("bottom", "top"), key=lambda side: side != note.get("yanchor"))
    return [
        {"xref": "x", "x": start + part * (stop - start), "xanchor": anchor, "yanchor": side,
         "xshift": 4 if anchor == "left" else 0, "yshift": 2 if side == "bottom" else -2}
        for side in sides for anchor, part in anchors
    ]  # fmt: skip


def _boxes(notes: list[dict[str, Any]], plane: _Plane) -> list[Box]:
    """Boxes of the labels of the first panel; as dicts, for to ask a label of plotly for a property
    takes as long as all the rest here."""
    found = []
    for note in notes:
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


def _drawn(figure: go.Figure, plane: _Plane) -> _Drawn:
    """Points of curves, ratings and bars of error in pixels, and level lines."""
    points, costs, levels = [np.empty((0, 2))], [np.empty(0)], []
    for trace in figure.data:
        if trace.type != "scatter" or not _first_panel(trace) or trace.fill:
            continue
        if not (_numbers(trace.x) and _numbers(trace.y)):
            continue
        x, y = np.asarray(trace.x, dtype=float), np.asarray(trace.y, dtype=float)
        mode = str(trace.mode)
        if len(x) == 2 and "lines" in mode and y[0] == y[1]:
            levels.append(float(plane.down(y[0])))
            continue
        ratings = mode == "markers"
        points.append(np.column_stack([plane.across(x), plane.down(y)]))
        costs.append(np.full(len(x), ON_RATING if ratings else ON_POINT))
        if len(x) == 1 and trace.error_x.array is not None:
            before, after = trace.error_x.arrayminus, trace.error_x.array
            bar = plane.across(np.linspace(x[0] - float(before[0]), x[0] + float(after[0]), 60))
            points.append(np.column_stack([bar, np.full(60, float(plane.down(y[0])))]))
            costs.append(np.full(60, ON_POINT))
    return _Drawn(np.concatenate(points), np.concatenate(costs), np.array(levels))


def _cheapest(options: list[Box], plane: _Plane, taken: list[Box], drawn: _Drawn) -> int:
    costs = [_cost(box, plane, taken, drawn) + LATER * i for i, box in enumerate(options)]
    return int(np.argmin(costs))


def _cost(box: Box, plane: _Plane, taken: list[Box], drawn: _Drawn) -> float:
    outside = (
        box.left < 0 or box.right > plane.wide or box.top < -JUST_ABOVE or box.bottom > plane.tall
    )
    x, y = drawn.points[:, 0], drawn.points[:, 1]
    edge = np.where(drawn.costs == ON_RATING, MARKER, 0.0)
    hit = (
        (x > box.left - edge) & (x < box.right + edge)
        & (y > box.top - edge) & (y < box.bottom + edge)
    )  # fmt: skip
    crossed = (drawn.levels > box.top) & (drawn.levels < box.bottom)
    return (
        OUTSIDE * outside
        + ABOVE * (box.top < 0)
        + ON_WORDS * sum(overlaps(box, other) for other in taken)
        + float(drawn.costs[hit].sum())
        + ON_LINE * int(crossed.sum())
    )
