"""Panels of a figure: how they lie, and two beside each other put one below the other."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

__all__ = [
    "axes_of",
    "axis_of",
    "beside",
    "columns_of",
    "keep_distances",
    "pair_of",
    "part_across",
    "stack",
]

BETWEEN = 64.0
"""Pixels between two panels put one below the other: tick labels, a title, a heading."""

LOWER = 0.68
"""Height of the lower one in parts of what it had beside the other."""

BARE = 30.0
"""Pixels below the plot that a lower panel without an axis leaves free."""


def axes_of(figure: go.Figure, letter: str) -> list[str]:
    """Name the x or y axes of a figure: xaxis, xaxis2 ..."""
    names = {f"{letter}axis"}
    for trace in figure.data:
        if f"{letter}axis" in trace:
            names.add(f"{letter}axis{str(trace[f'{letter}axis'] or letter)[1:]}")
    return sorted(names, key=lambda name: int(name[5:] or 1))


def axis_of(figure: go.Figure, reference: str) -> Any:
    """Give the axis that a trace or label names: y2, or "x domain"."""
    name = reference.split()[0]
    return figure.layout[f"{name[0]}axis{name[1:]}"]


def pair_of(trace: Any) -> tuple[str, str]:
    """Name the axes of a trace: ("x", "y2")."""
    return str(trace.xaxis or "x"), str(trace.yaxis or "y")


def part_across(figure: go.Figure, note: Any) -> float | None:
    """Say where along its horizontal axis a label begins or stands, 0 to 1; None if it has no place
    on an axis with numbers."""
    across = str(note.xref or "x")
    if across == "paper" or " " in across or not isinstance(note.x, int | float):
        return None
    span = axis_of(figure, across).range
    if span is None or not isinstance(span[0], int | float) or span[0] == span[1]:
        return None
    return float((note.x - span[0]) / (span[1] - span[0]))


def columns_of(figure: go.Figure) -> int:
    """Count the panels beside each other."""
    starts = {tuple(figure.layout[name].domain or (0, 1)) for name in axes_of(figure, "x")}
    return len(starts)


def beside(figure: go.Figure) -> bool:
    """Say whether a figure is two panels beside each other, which can be put below each other."""
    if len(axes_of(figure, "x")) != 2 or len(axes_of(figure, "y")) != 2:
        return False
    first = figure.layout.xaxis.domain or (0, 1)
    second = figure.layout.xaxis2.domain or (0, 1)
    return bool(first[1] < second[0])


def stack(figure: go.Figure, own: float, plot: float) -> float:
    """Put the right panel below the left one; give the new height of the plot in pixels.

    Parameters
    ----------
    figure
        For which `beside` holds; it is changed.
    own
        Height of its panels in pixels.
    plot
        Height that the upper one is to have.
    """
    lower = LOWER * own
    new = plot + BETWEEN + lower
    layout = figure.layout
    keep_distances(figure, own / new)
    split = (new - plot) / new
    for name in ("xaxis", "xaxis2"):
        layout[name].domain = (0, 1)
    layout.yaxis.domain = (split, 1)
    layout.yaxis2.domain = (0, lower / new)
    for item in (*layout.shapes, *layout.annotations):
        across = str(item.xref or "x")
        if item.yref != "paper" or across == "paper":
            continue
        # What is upright belongs to one panel, which now is a part of the height.
        item.yref = "y2 domain" if across.startswith("x2") else "y domain"
    for item in (*layout.shapes, *layout.annotations):
        if item.yref == "y domain":
            _above(item, new / plot)
    if layout.xaxis2.visible is False:
        _lift(figure, new)
    return new


def _lift(figure: go.Figure, plot: float) -> None:
    """Move legend and caption up to where the axis of the lower panel would be."""
    layout = figure.layout
    if layout.legend.y is not None and layout.legend.y < 0:
        layout.legend.y += BARE / plot
    for note in layout.annotations:
        if note.yref == "paper" and note.y == 0 and note.yanchor == "top":
            note.yshift = float(note.yshift or 0) + BARE
    margin = layout.margin
    layout.height -= BARE
    margin.b -= BARE


def keep_distances(figure: go.Figure, down: float, across: float = 1.0) -> None:
    """Keep what lies outside the axes as far from them, in pixels, as it was.

    Parameters
    ----------
    figure
        Changed.
    down, across
        Height and width of the plot before, in parts of what they are to be.
    """
    layout = figure.layout
    legend = layout.legend.y
    if legend is not None:
        layout.legend.y = _moved(float(legend), down)
    for item in (*layout.shapes, *layout.annotations):
        if item.yref == "paper":
            _scale(item, ("y", "y0", "y1"), down)
        if item.xref == "paper":
            _scale(item, ("x", "x0", "x1"), across)
    for trace in figure.data:
        if trace.type == "heatmap" and trace.colorbar.y is not None:
            trace.colorbar.y = _moved(float(trace.colorbar.y), down)


def _scale(item: Any, names: tuple[str, ...], ratio: float) -> None:
    for name in names:
        if name in item and isinstance(item[name], int | float):
            item[name] = _moved(float(item[name]), ratio)


def _above(item: Any, ratio: float) -> None:
    """Turn heights above a panel from parts of the whole plot into parts of the panel."""
    for name in ("y", "y0", "y1"):
        if name in item and isinstance(item[name], int | float) and item[name] > 1:
            item[name] = _moved(float(item[name]), ratio)


def _moved(place: float, ratio: float) -> float:
    if place < 0:
        return place * ratio
    return 1 + (place - 1) * ratio if place > 1 else place
