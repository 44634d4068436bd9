"""One figure as an HTML page that needs no network."""

from __future__ import annotations

from html import escape
from typing import Literal

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from paintrend.export.wrapping import bare_words

__all__ = ["PLOTLY_FILE", "figure_page", "figure_words"]

PLOTLY_FILE = "plotly.min.js"
"""Beside the pages that share it."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 12px; background: #fff; }} .figure {{ overflow-x: auto; }}</style>
{script}
</head>
<body>
<main>
<div class="figure" role="img" aria-label="{words}">
{figure}
</div>
<noscript><p>This picture needs JavaScript.</p></noscript>
</main>
</body>
</html>
"""


def figure_page(
    figure: go.Figure, name: str, plotlyjs: Literal["directory", "embedded"] = "directory"
) -> str:
    """Give a page with one figure, as drawn for a screen.

    Parameters
    ----------
    figure
        What it shows.
    name
        Title of the page if the figure has none.
    plotlyjs
        "directory": the page runs the copy of plotly.js that lies beside it; "embedded": it holds a
        copy of its own, 5 MB.
    """
    if plotlyjs == "embedded":
        script = f"<script>{get_plotlyjs()}</script>"
    else:
        script = f'<script src="{PLOTLY_FILE}" charset="utf-8"></script>'
    words = figure_words(figure) or name
    drawn = figure.to_html(
        full_html=False, include_plotlyjs=False, include_mathjax=False,
        config={"displaylogo": False, "responsive": False},
    )  # fmt: skip
    return PAGE.format(
        title=escape(words[:120]), words=escape(words, quote=True), script=script, figure=drawn
    )


def figure_words(figure: go.Figure) -> str:
    """Give the title of a figure without tags, for those who do not see it.

    Examples
    --------
    >>> figure_words(go.Figure(layout={"title": {"text": "<b>P1</b><br>improving &amp; more"}}))
    'P1: improving & more'
    """
    return bare_words(figure.layout.title.text or "", ": ").strip()
