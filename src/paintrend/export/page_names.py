"""Which page of how many, in the title of a figure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from paintrend.export.frame import LINE

__all__ = ["count_pages", "name_page"]

UNKNOWN = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for the number of pages until it is known."""

NO_BREAK = "\N{NO-BREAK SPACE}"


def name_page(figure: go.Figure, number: int, *, own_line: bool = True) -> None:
    """Say in the title which page it is; `count_pages` fills in of how many.

    Parameters
    ----------
    figure
        Changed; with a line of its own it grows by that line.
    number
        From 1.
    own_line
        Or at the end of the second line of the title, if it has one.
    """
    layout = figure.layout
    title, words = layout.title.text or "", f"page {number} of {UNKNOWN}"
    if not own_line and "<br>" in title:
        # no line breaks within
        layout.title.text = f"{title} ({words.replace(' ', NO_BREAK)})"
        return
    layout.title.text = f"{title}<br>{words}"
    line = LINE * float(layout.title.font.size or 16)
    layout.margin.t = (layout.margin.t or 100) + line
    layout.height = (layout.height or 450) + line


def count_pages(figures: Sequence[go.Figure]) -> None:
    """Put the number of pages into the titles of all."""
    for figure in figures:
        title = figure.layout.title
        title.text = title.text.replace(UNKNOWN, str(len(figures)))
