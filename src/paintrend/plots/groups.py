"""How groups are told apart, and the frame that figures by group share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from paintrend.errors import InputError
from paintrend.plots.captions import wrap
from paintrend.plots.theme import TEMPLATE, CourseStyle, caption_label, escape
from paintrend.wording import printable, short_names

__all__ = [
    "BANDS_UP_TO",
    "Frame",
    "add_band",
    "group_labels",
    "group_styles",
    "lay_out",
    "need_columns",
    "whole_name",
]

LOOKS = (
    CourseStyle("#0072B2", "solid", "circle"),
    CourseStyle("#D55E00", "dash", "triangle-up"),
    CourseStyle("#009E73", "dot", "square"),
    CourseStyle("#000000", "dashdot", "diamond"),
    CourseStyle("#CC79A7", "longdash", "triangle-down"),
    CourseStyle("#E69F00", "longdashdot", "x"),
    CourseStyle("#56B4E9", "5px,1px", "cross"),
    CourseStyle("#7A1F4B", "3px,2px,3px,6px", "star"),
)
"""Looks of the first eight groups; further ones take them again with open symbols."""
BANDS_UP_TO = 3
"""Groups up to which intervals are drawn as bands; those of more would lie on each other."""
LEGEND_CHARACTERS, LEGEND_LINE, LEGEND_WIDTH = 26, 19, 215
HOVER_CHARACTERS = 60


class Frame(NamedTuple):
    """Sizes of a figure, in pixels; `right` is the margin without a legend."""

    width: int = 940
    plot: int = 380
    above: int = 84
    left: int = 84
    right: int = 40
    axis: int = 64


def need_columns(name: str, table: object, columns: Sequence[str], source: str) -> pd.DataFrame:
    """Check that a table is one that a function gives.

    Raises
    ------
    InputError
        If it is none, has no row, or lacks columns.
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"{name}: expected the table of {source}, got {type(table).__name__}.")
    missing = [column for column in columns if column not in table]
    if missing:
        raise InputError(
            f"{name}: expected the table of {source}; it has no column "
            f"{', '.join(map(repr, missing))}."
        )
    if table.empty:
        raise InputError(f"{name}: the table has no row.")
    return table


def group_styles(groups: Sequence[str]) -> dict[str, CourseStyle]:
    """Give each group a colour, a dash and a symbol.

    Examples
    --------
    >>> looks = group_styles([f"g{i}" for i in range(10)])
    >>> looks["g0"].symbol, looks["g8"].symbol
    ('circle', 'circle-open')
    """
    out = {}
    for i, group in enumerate(groups):
        look = LOOKS[i % len(LOOKS)]
        again = i // len(LOOKS) % 2 == 1
        out[group] = look._replace(symbol=look.symbol + "-open") if again else look
    return out


def group_labels(groups: Iterable[str]) -> dict[str, str]:
    """Give the names of groups for a legend: short and still different, escaped, in lines that fit
    beside a plot.

    Examples
    --------
    >>> group_labels(["physiotherapy & exercise at home <b>"])
    {'physiotherapy & exercise at home <b>': 'physiotherapy &amp; exercise<br>at home &lt;b&gt;'}
    """
    return {
        group: "<br>".join(escape(line) for line in textwrap.wrap(short, LEGEND_CHARACTERS) or [""])
        for group, short in short_names(groups).items()
    }


def whole_name(group: str) -> str:
    """Give all of the name of a group for hovering, escaped."""
    return "<br>".join(escape(line) for line in textwrap.wrap(printable(group), HOVER_CHARACTERS))


def add_band(
    figure: go.Figure,
    x: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    fill: str,
    axes: tuple[str, str] = ("x", "y"),
) -> None:
    """Draw an interval around a line."""
    figure.add_scatter(
        x=[*x, *reversed(x)], y=[*high, *reversed(low)], fill="toself", mode="lines",
        line={"width": 0}, fillcolor=fill, hoverinfo="skip", showlegend=False,
        xaxis=axes[0], yaxis=axes[1],
    )  # fmt: skip


def lay_out(
    figure: go.Figure,
    frame: Frame,
    title: str,
    subtitle: str,
    caption: Sequence[str],
    legend: Sequence[str] = (),
) -> go.Figure:
    """Set sizes, title, caption and, for what is named in `legend`, a legend to the right."""
    lines = sum(label.count("<br>") + 1 for label in group_labels(legend).values()) + 1
    plot = max(frame.plot, LEGEND_LINE * lines if legend else 0)
    right = LEGEND_WIDTH if legend else frame.right
    said = wrap(caption, round((frame.width - 40) / 6.1), frame.width - 24)
    below = frame.axis + 32 + 17 * len(said)
    figure.update_layout(
        template=TEMPLATE, width=frame.width, height=frame.above + plot + below,
        margin={"l": frame.left, "r": right, "t": frame.above, "b": below},
        title={"text": f"<b>{escape(title)}</b><br>{escape(subtitle)}", "y": 1,
               "yref": "container", "yanchor": "top", "pad": {"t": 22}, "xref": "container",
               "x": 16 / frame.width},
        showlegend=bool(legend),
        legend={"orientation": "v", "x": 1.0, "xanchor": "left", "y": 1.0, "yanchor": "top"},
    )  # fmt: skip
    figure.add_annotation(caption_label(said, down=frame.axis + 6, left=frame.left - 16))
    return figure
