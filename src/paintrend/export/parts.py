"""Parts of a figure as figures of their own: some of its rows, or some of its panels."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from paintrend.export.frame import Own, caption_of, is_caption
from paintrend.export.narrow import RIGHT, set_right
from paintrend.export.panels import axes_of, axis_of, beside, pair_of
from paintrend.export.tiles import find_tiles

__all__ = ["panel_parts", "row_part"]

Pair = tuple[str, str]


def row_part(figure: go.Figure, first: int, last: int) -> go.Figure:
    """Give a figure with the rows `first` to `last` (without it) of one for which `has_rows` holds.

    The plot becomes lower by the other rows.
    """
    part = go.Figure(figure)
    layout, axis, own = part.layout, part.layout.yaxis, Own.of(part)
    ticks = [float(at) for at in axis.tickvals]
    bottom, top = (float(at) for at in axis.range)
    low, high = ticks[last - 1] + bottom - ticks[-1], ticks[first] + top - ticks[0]

    def is_shown(item: Any) -> bool:
        if item.yref not in (None, "y"):
            return True
        place = item.y if "y" in item else item.y0
        # A label in a row stands at its upper edge.
        return not isinstance(place, int | float) or high <= place <= low

    _centre_labels(part, high, low)
    layout.annotations = [note for note in layout.annotations if is_shown(note)]
    layout.shapes = [shape for shape in layout.shapes if is_shown(shape)]
    axis.update(
        range=[low, high], tickvals=ticks[first:last], ticktext=list(axis.ticktext[first:last])
    )
    share = (low - high) / (bottom - top)
    _keep_legend(part, share)
    layout.height = own.height - own.plot * (1.0 - share)
    return part


def _centre_labels(figure: go.Figure, high: float, low: float) -> None:
    """Move labels of several rows, to their left, to the middle of those that are shown."""
    layout, (bottom, top) = figure.layout, figure.layout.yaxis.range
    lines = [s for s in layout.shapes if s.xref == "paper" and s.yref in (None, "y")]
    edges = sorted([top, *(line.y0 for line in lines if line.y0 == line.y1), bottom])
    for note in layout.annotations:
        is_left = (note.x, note.xref, note.xanchor) == (0, "paper", "right")
        if not is_left or note.yref not in (None, "y"):
            continue
        start = max(edge for edge in edges if edge <= note.y)
        stop = min(edge for edge in edges if edge > note.y)
        if max(start, high) < min(stop, low):
            note.y = (max(start, high) + min(stop, low)) / 2


def panel_parts(figure: go.Figure) -> list[go.Figure]:
    """Give the panels of a figure each for itself: the two beside each other, or those that lie
    above each other, where all of one height stay together, and many small ones too.

    Returns
    -------
    list of plotly.graph_objects.Figure
        From top to bottom, or from left to right; the figure alone if there is one panel.
    """
    pairs = sorted({pair_of(trace) for trace in figure.data if "xaxis" in trace})
    if beside(figure):
        return [_part(figure, {pair}, 0.0, 1.0, 1.0) for pair in pairs]
    tiles = find_tiles(figure)
    if tiles is None:
        groups = _heights(figure, pairs)
    elif tiles.head:
        groups = [(tiles.head_low, 1.0), (0.0, max(tile.high for tile in tiles.tiles))]
    else:
        return [figure]
    if len(groups) < 2:
        return [figure]
    parts = []
    below = 1.0
    for low, high in groups:
        chosen = {pair for pair in pairs if low <= _middle(figure, pair) <= high}
        parts.append(_part(figure, chosen, low, high, below))
        below = low
    return parts


def _heights(figure: go.Figure, pairs: list[Pair]) -> list[tuple[float, float]]:
    """Heights that no panel crosses, from top to bottom."""
    domains = sorted({tuple(axis_of(figure, y).domain or (0.0, 1.0)) for _, y in pairs})
    groups: list[tuple[float, float]] = []
    for low, high in domains:
        if groups and low < groups[-1][1]:
            groups[-1] = (groups[-1][0], max(groups[-1][1], high))
        else:
            groups.append((low, high))
    return groups[::-1]


def _part(figure: go.Figure, pairs: set[Pair], low: float, high: float, below: float) -> go.Figure:
    """Keep some panels, which lie from `low` to `high` in parts of the plot, and what stands above
    them up to `below`."""
    axes = {name for pair in pairs for name in pair}
    every = {f"{n[0]}{n[5:]}" for letter in "xy" for n in axes_of(figure, letter)}
    layout = figure.layout.to_plotly_json()
    for name in every - axes:
        layout.pop(f"{name[0]}axis{name[1:]}", None)
    for kind in ("annotations", "shapes"):
        layout[kind] = [
            moved for item in layout.get(kind, ())
            if (moved := _moved(item, every - axes, low, high, below)) is not None
        ]  # fmt: skip
    part = go.Figure([trace for trace in figure.data if pair_of(trace) in pairs], layout)
    for x, y in pairs:
        across, up = axis_of(part, x), axis_of(part, y)
        start, stop = up.domain or (0.0, 1.0)
        up.domain = ((start - low) / (high - low), (stop - low) / (high - low))
        if len(pairs) == 1:
            across.domain = (0.0, 1.0)
            across.anchor, up.anchor = y, x
    own = Own.of(part)
    _keep_legend(part, high - low)
    part.layout.height = own.height - own.plot * (1.0 - (high - low))
    _lift_caption(part, own.plot * (high - low))
    if part.layout.legend.orientation == "v" and not _is_named(part):
        set_right(part, min(RIGHT, float(part.layout.margin.r or 80)))
    return part


def _moved(
    item: dict[str, Any], gone: set[str], low: float, high: float, below: float
) -> dict[str, Any] | None:
    """Give a label or shape where it belongs in a part; None if it is not in it.

    `below` is where the next part above starts, 1 if there is none.
    """
    for name in ("xref", "yref"):
        if str(item.get(name) or name[0]).split()[0] in gone:
            return None
    if item.get("yref") != "paper" or ("text" in item and is_caption(go.layout.Annotation(item))):
        return item
    tall = high - low
    if "y0" in item:
        ends = sorted([float(item["y0"]), float(item["y1"])])
        if ends[1] <= low or ends[0] >= high:
            return None
        ends[0] = max(ends[0], low) if low > 0 else ends[0]
        ends[1] = min(ends[1], high) if high < 1 else ends[1]
        return {**item, "y0": (ends[0] - low) / tall, "y1": (ends[1] - low) / tall}
    y = float(item.get("y", 0.0))
    if (low > 0 and y < low) or (high < 1 and y >= below):
        return None
    return {**item, "y": (y - low) / tall}


def _keep_legend(figure: go.Figure, share: float) -> None:
    """Keep a legend or colour bar below the axes as far from them, in pixels, in a lower plot."""
    legend = figure.layout.legend
    if legend.y is not None and legend.y < 0:
        legend.y /= share
    for trace in figure.data:
        if trace.type == "heatmap" and (trace.colorbar.y or 0) < 0:
            trace.colorbar.y /= share


def _lift_caption(figure: go.Figure, plot: float) -> None:
    """Move the caption to where the legend would be, if none of what it names is left."""
    legend, note = figure.layout.legend, caption_of(figure)
    if note is None or _is_named(figure) or legend.y is None or legend.y >= 0:
        return
    up = max(0.0, -float(note.yshift or 0) + legend.y * plot)
    note.yshift = float(note.yshift or 0) + up
    figure.layout.margin.b -= up
    figure.layout.height -= up


def _is_named(figure: go.Figure) -> bool:
    """Whether the legend has an entry."""
    return any(t.name and t.showlegend is not False for t in figure.data if "showlegend" in t)


def _middle(figure: go.Figure, pair: Pair) -> float:
    low, high = axis_of(figure, pair[1]).domain or (0.0, 1.0)
    return float(low + high) / 2
