"""Figures for a column: what stood beside the plot goes below it or into it."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from paintrend.export.frame import Own, caption_of, move_left_edge, raise_letters, words_width
from paintrend.export.panels import axes_of, axis_of, keep_distances, part_across
from paintrend.export.rows import has_rows, labels_into_rows
from paintrend.export.wrapping import in_two_lines

__all__ = [
    "LEAST",
    "RIGHT",
    "is_narrow",
    "make_narrow",
    "set_right",
    "side_labels",
    "spread_side_labels",
]

NARROW_BELOW = 0.7
"""Part of its width below which a figure is rearranged, not only made smaller."""

LEAST = 11.0
"""Pixels of the smallest letters of a narrow figure: smaller ones would need more width."""

TITLE, AXIS_TITLE, EDGE = 14.0, 12.0, 8.0
"""Pixels of the letters of titles, and between the title and the edge of the picture."""

RIGHT = 24.0
"""Pixels to the right of a plot beside which nothing stands."""

BESIDE = 0.42
"""Part of the width that margins may have before labels go into the rows."""

SIDE_WORDS = 17
"""Letters of a line of labels beside a narrow plot."""

LATE = 0.6
"""Part of an axis after which a label that begins there may end beside the plot."""

GAP = 5.0
"""Pixels below a label of several lines, which would else read on in the next one."""

BAR_ROOM = 64.0
"""Pixels of a horizontal colour bar with its title and ticks."""


def is_narrow(figure: go.Figure, width: float) -> bool:
    """Say whether a figure is to be rearranged for so many pixels across."""
    return width < NARROW_BELOW * Own.of(figure).width


def make_narrow(figure: go.Figure, width: float) -> bool:
    """Rearrange a figure for a width in pixels.

    Returns
    -------
    bool
        Whether the rows have a height of their own, which is to stay.
    """
    layout = figure.layout
    raise_letters(figure, LEAST)
    for trace in figure.data:
        if trace.type == "bar" and trace.textposition == "outside" and trace.orientation != "h":
            # numbers beside each other would run into each other
            trace.textangle = -90
    note = caption_of(figure)
    if note is not None:
        note.xshift = EDGE - float(layout.margin.l or 80)
    layout.title.font.size = TITLE
    layout.title.update(xref="container", xanchor="left", x=EDGE / width)
    layout.title.pad.l = 0
    for name in [*axes_of(figure, "x"), *axes_of(figure, "y")]:
        layout[name].title.font.size = AXIS_TITLE
    _legend_below(figure)
    _colour_bar_below(figure)
    margin = layout.margin
    is_heat = any(trace.type == "heatmap" for trace in figure.data)
    if has_rows(figure) and not is_heat and (margin.l + margin.r) > BESIDE * width:
        labels_into_rows(figure, width)
        return True
    _wrap_side_labels(figure)
    return is_heat


def _legend_below(figure: go.Figure) -> None:
    """Put a legend that stands to the right of the plot between its axis and the caption."""
    layout, legend = figure.layout, figure.layout.legend
    if legend.orientation != "v" or layout.showlegend is False:
        return
    own, note = Own.of(figure), caption_of(figure)
    down = -float(note.yshift or 0) if note is not None else 60.0
    legend.update(
        orientation="h", x=0, xanchor="left", y=-(down - 8) / own.plot, yanchor="top",
        font={"size": 12},
    )  # fmt: skip
    set_right(figure, RIGHT)


def _colour_bar_below(figure: go.Figure) -> None:
    """Put a colour bar that stands to the right of the plot below its axis."""
    own = Own.of(figure)
    shown = [
        trace for trace in figure.data
        if trace.type == "heatmap" and trace.showscale is not False and trace.colorbar.x is not None
    ]  # fmt: skip
    if not shown:
        return
    legend, note = figure.layout.legend, caption_of(figure)
    below = -float(legend.y) * own.plot if (legend.y or 0) < 0 else 44.0
    for trace in shown:
        trace.colorbar.update(
            orientation="h", x=0, xanchor="left", y=-below / own.plot, yanchor="top", len=1.0,
            lenmode="fraction", thickness=12,
        )  # fmt: skip
        trace.colorbar.title.update(side="top", font={"size": AXIS_TITLE})
    legend.y = -(below + BAR_ROOM) / own.plot
    if note is not None:
        note.yshift = float(note.yshift or 0) - BAR_ROOM
    figure.layout.margin.b = own.bottom + BAR_ROOM
    figure.layout.height = own.height + BAR_ROOM
    set_right(figure, RIGHT)


def side_labels(figure: go.Figure) -> list[Any]:
    """Find the labels that stand to the right of the plot, or begin where it is about to end."""
    return [
        note for note in figure.layout.annotations
        if note.xanchor == "left" and note.text and _is_at_the_side(figure, note)
    ]  # fmt: skip


def _is_at_the_side(figure: go.Figure, note: Any) -> bool:
    across, up = str(note.xref or "x"), str(note.yref or "y")
    if across.startswith(("paper", "x domain")):
        return bool(note.x == 1)
    if " " in up or up == "paper":
        return False
    part = part_across(figure, note)
    return part is not None and part > LATE


def _left_labels(figure: go.Figure) -> list[Any]:
    """Find the labels to the left of the plot that belong to a height of it."""
    return [
        note for note in figure.layout.annotations
        if note.x == 0 and note.xref == "paper" and note.xanchor == "right" and note.text
        and (note.yref or "y") == "y"
    ]  # fmt: skip


def _wrap_side_labels(figure: go.Figure) -> None:
    """Break labels beside the plot into lines, and give the plot the room that they leave."""
    margin = figure.layout.margin
    for labels, side in ((side_labels(figure), "r"), (_left_labels(figure), "l")):
        if not labels:
            continue
        before, after = 0.0, 0.0
        for note in labels:
            font = float(note.font.size or 12)
            away = abs(float(note.xshift or 0))
            before = max(before, away + words_width(note.text, font))
            note.text = in_two_lines(note.text, SIDE_WORDS)
            note.align = "left" if side == "r" else "right"
            after = max(after, away + words_width(note.text, font))
        own = Own.of(figure)
        if side == "r":
            set_right(figure, max(RIGHT, min(float(margin.r), after + 8.0)))
        else:
            move_left_edge(figure, max(own.left - max(before, own.left - 8.0) + after, 40.0))


def spread_side_labels(figure: go.Figure, plot: float) -> None:
    """Move labels beside the plot up or down, so that none lies on another.

    Parameters
    ----------
    figure
        Changed.
    plot
        Pixels of the height of the plot.
    """
    for labels in (side_labels(figure), _left_labels(figure)):
        placed = []
        for note in labels:
            at = _height_of(figure, note, plot)
            if at is not None:
                lines = note.text.count("<br>") + 1
                placed.append((at, 1.25 * float(note.font.size or 12) * lines, note))
        placed.sort(key=lambda item: item[0])
        for (at, _, note), to in zip(placed, _apart(placed, plot), strict=True):
            note.yshift = at - to


def _apart(placed: list[tuple[float, float, Any]], plot: float) -> list[float]:
    """Give places from the top, in pixels, where labels of some height do not touch: as they are,
    further down where there are many, and up again where they would end below the plot."""
    gaps = [GAP if "<br>" in note.text else 0.0 for _, _, note in placed]
    free, found = -float("inf"), []
    for (at, tall, _), gap in zip(placed, gaps, strict=True):
        found.append(max(at, free + tall / 2))
        free = found[-1] + tall / 2 + gap
    if not found or found[-1] + placed[-1][1] / 2 <= plot + EDGE:
        return found
    if sum(tall for _, tall, _ in placed) + sum(gaps) > plot + 2 * EDGE:
        gaps = [0.0] * len(gaps)
    free = plot + EDGE
    for i in range(len(found) - 1, -1, -1):
        tall = placed[i][1]
        found[i] = min(found[i], free - tall / 2)
        free = found[i] - tall / 2 - (gaps[i - 1] if i else 0.0)
    return found


def _height_of(figure: go.Figure, note: Any, plot: float) -> float | None:
    """Pixels of a label from the top of the plot; None if it does not belong to a height."""
    upright = str(note.yref or "y")
    if upright == "paper":
        return (1.0 - float(note.y)) * plot if note.yanchor == "middle" else None
    if " " in upright:
        return None
    axis = axis_of(figure, upright)
    if axis.range is None or not isinstance(note.y, int | float):
        return None
    low, high = axis.domain or (0.0, 1.0)
    part = (float(note.y) - axis.range[0]) / (axis.range[1] - axis.range[0])
    return (1.0 - (low + part * (high - low))) * plot


def set_right(figure: go.Figure, right: float) -> None:
    """Set the right margin, keeping what lies outside the axes as far from them as it was."""
    before = Own.of(figure)
    figure.layout.margin.r = right
    keep_distances(figure, 1.0, before.inner / Own.of(figure).inner)
