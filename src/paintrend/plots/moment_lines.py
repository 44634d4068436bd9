"""Upright lines for events and warning signs, with their words above the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from paintrend.plots.moments import Moment, short_text
from paintrend.plots.theme import INK, MUTED, SIGN, escape
from paintrend.warning_signs import GRADES
from paintrend.wording import TimeUnit

__all__ = ["MomentLines", "lines_of", "mark_moments"]

LANE, FOOT = 17, 22
"""Pixels: height of a row of words, and from the plot to the lowest of them."""


class LineStyle(NamedTuple):
    """How a kind of moment is drawn: told apart by dash and symbol, not by colour alone."""

    name: str
    colour: str
    dash: str
    symbol: str
    width: float


LINE_STYLES: dict[str, LineStyle] = {
    "event": LineStyle("event (shown, not modelled)", MUTED, "dot", "diamond-open", 1.2),
    "same_day": LineStyle("warning sign, same day", SIGN, "solid", "triangle-down", 2.0),
    "prompt": LineStyle("warning sign, prompt", SIGN, "dash", "triangle-down-open", 1.4),
}


class MomentLines(NamedTuple):
    """Shapes, words, and the pixels that they need above the plot."""

    shapes: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    above: int


def lines_of(
    moments: Sequence[Moment],
    lanes: Sequence[int | None],
    unit: TimeUnit,
    *,
    plot_height: float,
    axis: str = "x",
) -> MomentLines:
    """Place the upright lines of moments and the words above them.

    Parameters
    ----------
    moments
        Those on the axis, by day.
    lanes
        What `moment_lanes` gave them.
    unit
        Of the axis.
    plot_height
        Pixels of the area that "paper" stands for.
    axis
        Name of the axis of time in plotly: "x", "x2" ...
    """
    shapes: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for moment, lane in zip(moments, lanes, strict=True):
        style = LINE_STYLES[moment.kind]
        at = moment.day * unit.per_day
        foot = 0 if lane is None else FOOT + LANE * lane
        top = 1 + (foot + (LANE - 4 if lane is not None else 0)) / plot_height
        shapes.append(
            {"type": "line", "xref": axis, "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": top,
             "layer": "below", "line": {"color": style.colour, "width": style.width,
                                        "dash": style.dash}}
        )  # fmt: skip
        if lane is not None:
            colour = INK if moment.kind == "event" else style.colour
            labels.append(
                {"x": at, "xref": axis, "y": 1, "yref": "paper", "yshift": foot, "xshift": 3,
                 "xanchor": "left", "yanchor": "bottom", "showarrow": False, "borderpad": 0,
                 "text": escape(short_text(moment)), "font": {"size": 12, "color": colour}}
            )  # fmt: skip
    used = [lane for lane in lanes if lane is not None]
    return MomentLines(shapes, labels, FOOT + LANE * (max(used) + 1) if used else 0)


def mark_moments(
    figure: go.Figure, moments: Sequence[Moment], unit: TimeUnit, y: float, **axes: str
) -> None:
    """Put a symbol on each line, with all that is known of it to hover over.

    Parameters
    ----------
    figure
        To draw into.
    moments, unit
        As for `lines_of`.
    y
        Height of the symbols on the axis of values.
    axes
        Names of the axes in plotly, where they are not the first ones.
    """
    for kind, style in LINE_STYLES.items():
        own = [moment for moment in moments if moment.kind == kind]
        if own:
            figure.add_scatter(
                x=[moment.day * unit.per_day for moment in own], y=[y] * len(own), mode="markers",
                marker={"symbol": style.symbol, "size": 10, "color": style.colour},
                name=style.name, hovertext=[_hover(moment, unit) for moment in own],
                hoverinfo="text", cliponaxis=False, **axes,
            )  # fmt: skip


def _hover(moment: Moment, unit: TimeUnit) -> str:
    what = "event" if moment.kind == "event" else f"warning sign, {GRADES[moment.kind]}"
    lines = [f"{unit.show(moment.day)}: {moment.text}", what, *moment.note.split("\n")]
    return "<br>".join(escape(line) for line in lines if line.strip())
