"""The look of every figure: one template, and for each course a colour, a dash and a symbol.

Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), with a dark wine in the
place of their yellow, which is too pale for lines on white. No figure relies on colour alone.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from paintrend.wording import CANNOT_TELL, LONGEST_ID, short_id

__all__ = [
    "INK",
    "MUTED",
    "PATTERNS",
    "SIGN",
    "STYLES",
    "TEMPLATE",
    "CourseStyle",
    "caption_label",
    "escape",
    "legend_names",
    "readable",
    "rgba",
    "title_id",
]

INK = "#1A1A1A"
MUTED = "#595959"
SIGN = "#A63C00"
"""Warning signs: their dash and symbol differ too."""

GRID = "#E6E6E6"
LEGIBLE = 4.5
FONT = "Arial, Helvetica, 'DejaVu Sans', sans-serif"


class CourseStyle(NamedTuple):
    """How one course is drawn.

    Attributes
    ----------
    colour
        Hex colour of lines, bars and symbols.
    dash
        Plotly line dash.
    symbol
        Plotly marker symbol.
    """

    colour: str
    dash: str
    symbol: str


STYLES: dict[str, CourseStyle] = {
    "improving": CourseStyle("#0072B2", "solid", "circle"),
    "worse_before_better": CourseStyle("#56B4E9", "dash", "triangle-up"),
    "unchanged": CourseStyle("#000000", "dot", "square"),
    "transient_worsening": CourseStyle("#009E73", "dashdot", "diamond"),
    "improvement_lost": CourseStyle("#CC79A7", "longdash", "triangle-down"),
    "fluctuating": CourseStyle("#E69F00", "longdashdot", "x"),
    "sustained_deterioration": CourseStyle("#D55E00", "5px,1px", "cross"),
    "recent_worsening": CourseStyle("#7A1F4B", "3px,2px,3px,6px", "star"),
    CANNOT_TELL: CourseStyle("#8A8A8A", "2px,6px", "circle-open"),
}
"""Look of each course; no two share a colour, a dash or a symbol."""

PATTERNS: dict[str, str] = {
    "improving": "",
    "worse_before_better": "/",
    "unchanged": ".",
    "transient_worsening": "\\",
    "improvement_lost": "|",
    "fluctuating": "x",
    "sustained_deterioration": "-",
    "recent_worsening": "+",
    CANNOT_TELL: "",
}
"""Fill of each course where areas and bars stand side by side."""

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": INK},
        "title": {"font": {"size": 16}, "x": 0, "xref": "paper", "xanchor": "left"},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "colorway": [style.colour for style in STYLES.values()],
        "hoverlabel": {"bgcolor": "white", "font": {"family": FONT, "size": 13, "color": INK}},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "font": {"size": 12}},
        "xaxis": {
            "showgrid": False,
            "zeroline": False,
            "linecolor": MUTED,
            "showline": True,
            "ticks": "outside",
            "tickcolor": MUTED,
        },
        "yaxis": {
            "gridcolor": GRID,
            "zeroline": False,
            "linecolor": MUTED,
            "showline": True,
            "ticks": "outside",
            "tickcolor": MUTED,
        },
    }
)
"""Template of every figure."""


def escape(text: str) -> str:
    """Make text safe for a figure: Plotly reads tags, entities and TeX in what it is given.

    Examples
    --------
    >>> escape("<b>P1</b> & $x$")
    '&lt;b&gt;P1&lt;/b&gt; &amp; &#36;x&#36;'
    """
    return html.escape(text, quote=False).replace("$", "&#36;")


def caption_label(lines: Sequence[str], *, down: int, left: int = 0) -> dict[str, Any]:
    """Give the caption below a picture, so many pixels below and left of its axes."""
    return {
        "text": "<br>".join(escape(line) for line in lines), "xref": "paper", "yref": "paper",
        "x": 0, "y": 0, "xanchor": "left", "yanchor": "top", "xshift": -left, "yshift": -down,
        "align": "left", "showarrow": False, "font": {"size": 12, "color": MUTED},
    }  # fmt: skip


def legend_names(figure: go.Figure) -> list[str]:
    """Give the names of the traces that the legend shows."""
    return [str(trace.name) for trace in figure.data if trace.showlegend is not False]


def title_id(patient_id: str, longest: int = LONGEST_ID) -> str:
    """Give a patient id for a heading or a narrower place in a figure: shortened and escaped."""
    return escape(short_id(patient_id, longest))


def rgba(colour: str, alpha: float) -> str:
    """Give a hex colour with an opacity, for bands.

    Examples
    --------
    >>> rgba("#0072B2", 0.2)
    'rgba(0, 114, 178, 0.2)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha})"


def readable(colour: str) -> str:
    """Give a hex colour dark enough for text on white: a contrast of 4.5, as WCAG 2.2 asks.

    Examples
    --------
    >>> readable("#0072B2"), readable("#D55E00")
    ('#0072B2', '#C05500')
    """
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    share = 1.0
    while _contrast_with_white(shade := [round(share * part) for part in parts]) < LEGIBLE:
        share -= 0.02
    return "#" + "".join(f"{part:02X}" for part in shade)


def _contrast_with_white(parts: Sequence[int]) -> float:
    linear = [
        v / 12.92 if (v := part / 255) <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    light = sum(k * v for k, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (light + 0.05)
