"""Figures of many panels: fewer beside each other where there is less width, and pages of them."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from paintrend.export.frame import Own
from paintrend.export.panels import axis_of, pair_of

__all__ = ["BETWEEN", "Tile", "Tiles", "find_tiles", "lay_tiles", "page_of", "tiles_across"]

LEAST = 132.0
"""Pixels across that a panel needs."""

BETWEEN, BETWEEN_TICKS = 14.0, 40.0
"""Pixels between panels beside each other, without and with ticks of their own."""

SAME = 0.02
"""Parts of the plot by which panels of one size may differ."""

LEAST_TOGETHER, BETWEEN_TOGETHER, FLATTER = 130.0, 30.0, 0.7
"""Pixels that panels above each other need across and between them, and their height in parts of
their own."""

HEADING = 64.0
"""Pixels of words above tiles that stand on a page without the panel above them."""

TICKS = 52.0
"""Pixels between rows of panels that stand above each other only now: ticks, a title, a heading."""


class Tile(NamedTuple):
    """A panel, or panels above each other that belong together; parts of the plot."""

    panels: tuple[tuple[str, str], ...]
    left: float
    right: float
    low: float
    high: float


class Tiles(NamedTuple):
    """A panel over the whole width, if there is one, and tiles from left to right and down."""

    head: tuple[tuple[str, str], ...]
    head_low: float
    tiles: tuple[Tile, ...]
    columns: int

    @property
    def together(self) -> bool:
        """Whether a tile is several panels."""
        return len(self.tiles[0].panels) > 1


def find_tiles(figure: go.Figure) -> Tiles | None:
    """Find the panels of a figure with three or more beside each other; None for another one."""
    pairs = sorted({pair_of(trace) for trace in figure.data if "xaxis" in trace})
    boxes = [Tile((pair,), *_domain(figure, pair)) for pair in pairs]
    head = [box for box in boxes if box.right - box.left > 0.8]
    small = [box for box in boxes if box not in head]
    lefts = sorted({round(box.left, 3) for box in small})
    if len(lefts) < 3 or len(head) > 1:
        return None
    heights = [box.high - box.low for box in small]
    if max(heights) - min(heights) > SAME:
        small = [_joined([box for box in small if round(box.left, 3) == left]) for left in lefts]
    small.sort(key=lambda box: (-round(box.high, 3), box.left))
    panels = tuple(pair for box in head for pair in box.panels)
    return Tiles(panels, head[0].low if head else 1.0, tuple(small), len(lefts))


def tiles_across(tiles: Tiles, inner: float, own: float) -> int:
    """Say how many tiles fit beside each other into a width in pixels."""
    wide = tiles.tiles[0].right - tiles.tiles[0].left
    least = LEAST_TOGETHER if tiles.together else max(LEAST, 0.8 * wide * own)
    between = BETWEEN_TOGETHER if tiles.together else BETWEEN
    return max(1, min(tiles.columns, int((inner + between) // (min(least, inner) + between))))


def lay_tiles(
    figure: go.Figure,
    tiles: Tiles,
    chosen: tuple[Tile, ...],
    columns: int,
    own: Own,
    inner: float,
    more: float = 0.0,
) -> float:
    """Lay some tiles out in so many columns; give the height of the plot in pixels.

    Parameters
    ----------
    figure
        Holds the panels; it is changed.
    tiles, chosen
        All of the figure, and those that are shown.
    columns
        How many beside each other.
    own
        Of the figure before.
    inner
        Pixels across between the margins.
    more
        Further pixels between rows.
    """
    first = tiles.tiles[0]
    tall = (first.high - first.low) * own.plot * (FLATTER if tiles.together else 1.0)
    gap = _row_gap(tiles, own) + more
    rows = -(-len(chosen) // columns)
    above = own.plot * (1.0 - first.high) if tiles.head_low < 1.0 else 0.0
    if tiles.head_low < 1.0 and not tiles.head:
        # the heading of the tiles stays, without the panel above it
        above = min(above, HEADING)
    lifted = own.plot * (1.0 - first.high) - above if tiles.head_low < 1.0 else 0.0
    plot = above + rows * tall + (rows - 1) * gap
    shared = not _has_own_ticks(figure, tiles)
    between = _between(figure, tiles) / inner
    wide = (1.0 - (columns - 1) * between) / columns
    titles = _titles(figure, tiles)
    for i, tile in enumerate(chosen):
        row, column = divmod(i, columns)
        left = column * (wide + between)
        top = 1.0 - (above + row * (tall + gap)) / plot
        for x, y in tile.panels:
            low, high = _part(figure, y, tile)
            axis_x, axis_y = axis_of(figure, x), axis_of(figure, y)
            axis_x.domain = (left, min(left + wide, 1.0))
            axis_y.domain = (
                max(top - (1.0 - low) * tall / plot, 0.0),
                min(top - (1.0 - high) * tall / plot, 1.0),
            )  # fmt: skip
            axis_x.matches = axis_y.matches = None
            if shared:
                axis_y.showticklabels = column == 0
                if not tiles.together:
                    axis_x.showticklabels = i + columns >= len(chosen)
            place = [pair[1] for pair in tile.panels].index(y)
            axis_y.title.text = titles[place] if column == 0 else ""
    for x, y in tiles.head:
        axis = axis_of(figure, y)
        low, high = axis.domain
        axis.domain = tuple(1.0 - (1.0 - at) * own.plot / plot for at in (low, high))
        axis_of(figure, x).domain = (0.0, 1.0)
    for item in (*figure.layout.annotations, *figure.layout.shapes):
        if item.yref == "paper":
            for name in ("y", "y0", "y1"):
                if name in item and isinstance(item[name], int | float) and 0 < item[name] <= 1:
                    up = lifted if item[name] < tiles.head_low else 0.0
                    item[name] = 1.0 - ((1.0 - item[name]) * own.plot - up) / plot
    legend = figure.layout.legend
    if legend.y is not None and legend.y < 0:
        legend.y *= own.plot / plot
    return plot


def page_of(
    figure: go.Figure, tiles: Tiles, chosen: tuple[Tile, ...], *, with_head: bool
) -> go.Figure:
    """Give a figure that holds only some of the tiles, and the panel above them or not."""
    kept = {pair for tile in chosen for pair in tile.panels}
    kept |= set(tiles.head) if with_head else set()
    axes = {name for pair in kept for name in pair}
    every = {pair for tile in tiles.tiles for pair in tile.panels} | set(tiles.head)
    gone = {name for pair in every for name in pair} - axes
    traces = [trace for trace in figure.data if pair_of(trace) in kept]
    layout = figure.layout.to_plotly_json()
    for name in gone:
        layout.pop(f"{name[0]}axis{name[1:]}", None)
    for kind in ("annotations", "shapes"):
        layout[kind] = [
            item for item in layout.get(kind, ())
            if not {str(item.get(ref, "")).split()[0] if item.get(ref) else "" for ref in
                    ("xref", "yref")} & gone
        ]  # fmt: skip
    for name, axis in layout.items():
        if name[1:5] == "axis" and str(axis.get("matches")) in gone:
            axis.pop("matches")
    return go.Figure(traces, layout)


def _domain(figure: go.Figure, pair: tuple[str, str]) -> tuple[float, float, float, float]:
    x, y = (axis_of(figure, name).domain or (0.0, 1.0) for name in pair)
    return float(x[0]), float(x[1]), float(y[0]), float(y[1])


def _joined(boxes: list[Tile]) -> Tile:
    boxes = sorted(boxes, key=lambda box: -box.high)
    return Tile(
        tuple(pair for box in boxes for pair in box.panels), boxes[0].left, boxes[0].right,
        min(box.low for box in boxes), max(box.high for box in boxes),
    )  # fmt: skip


def _part(figure: go.Figure, y: str, tile: Tile) -> tuple[float, float]:
    """Where a panel lies within its tile, parts of its height."""
    low, high = axis_of(figure, y).domain or (0.0, 1.0)
    tall = tile.high - tile.low
    return (low - tile.low) / tall, (high - tile.low) / tall


def _row_gap(tiles: Tiles, own: Own) -> float:
    tops = sorted({round(tile.high, 4) for tile in tiles.tiles}, reverse=True)
    first = tiles.tiles[0]
    if len(tops) < 2:
        return TICKS + (40.0 if tiles.together else 0.0)
    return (tops[0] - tops[1] - (first.high - first.low)) * own.plot


def _titles(figure: go.Figure, tiles: Tiles) -> list[str]:
    return [axis_of(figure, y).title.text or "" for _, y in tiles.tiles[0].panels]


def _between(figure: go.Figure, tiles: Tiles) -> float:
    if _has_own_ticks(figure, tiles):
        return BETWEEN_TICKS
    return BETWEEN_TOGETHER if tiles.together else BETWEEN


def _has_own_ticks(figure: go.Figure, tiles: Tiles) -> bool:
    """Whether each panel names its ticks itself."""
    axes = [axis_of(figure, name) for tile in tiles.tiles for pair in tile.panels for name in pair]
    return all(axis.showticklabels is not False for axis in axes)
