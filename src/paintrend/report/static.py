"""A page without scripts: the figures that it would draw become pictures."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

__all__ = ["PageFigure", "figures_in", "static_page"]

FIGURE = re.compile(
    r'<div class="figure" id="(?P<id>[^"]*)" role="img" aria-label="(?P<alt>[^"]*)"'
    r'(?: data-sheet="(?P<sheet>[a-z]*)")?[^>]*></div>\s*'
    r'<script type="application/json" id="(?P=id)-data">(?P<json>.*?)</script>',
    re.DOTALL,
)
"""What the macro `figure` of the templates writes; no text in it can end the script element."""

SCRIPT = re.compile(r"<script>.*?</script>\s*|<noscript>.*?</noscript>\s*", re.DOTALL)
SCRIPT_POLICY = re.compile(r"script-src [^;]*;\s*")


class PageFigure(NamedTuple):
    """A figure of a page, what is said of it to those who do not see it, and how it is printed:
    "lower" for a picture of a patient that is to leave room for another one on its sheet."""

    figure: go.Figure
    alt: str
    sheet: str = ""


def figures_in(page: str) -> dict[str, PageFigure]:
    """Find the figures of a page that `render_page` made, by their ids, in its order."""
    found = {}
    for match in FIGURE.finditer(page):
        # The figures are our own: their properties need no second check.
        figure = go.Figure(_unpacked(json.loads(match["json"])), skip_invalid=True)
        found[unescape(match["id"])] = PageFigure(
            figure, unescape(match["alt"]), match["sheet"] or ""
        )
    return found


def _unpacked(value: Any) -> Any:
    """Give arrays that plotly packed into base64 as arrays: whoever lays out a figure anew looks at
    the points."""
    if isinstance(value, list):
        return [_unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if {"dtype", "bdata"} <= value.keys() <= {"dtype", "bdata", "shape"}:
        flat = np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(f"<{value['dtype']}"))
        shape = value.get("shape", flat.size)
        sizes = shape.split(",") if isinstance(shape, str) else [shape]
        return flat.reshape([int(size) for size in sizes])
    return {key: _unpacked(one) for key, one in value.items()}


def _classes(sheet: str | None) -> str:
    return f"figure static {sheet}" if sheet else "figure static"


def static_page(page: str, pictures: Mapping[str, bytes]) -> str:
    """Put SVG pictures in the place of figures, open what is folded, and leave out scripts.

    Parameters
    ----------
    page
        From `render_page`.
    pictures
        SVG of each figure of the page, by id.
    """

    def picture(match: re.Match[str]) -> str:
        data = base64.b64encode(pictures[unescape(match["id"])]).decode("ascii")
        return (
            f'<div class="{_classes(match["sheet"])}" id="{match["id"]}">'
            f'<img src="data:image/svg+xml;base64,{data}" alt="{match["alt"]}"></div>'
        )

    page = FIGURE.sub(picture, page)
    page = SCRIPT_POLICY.sub("", SCRIPT.sub("", page))
    return page.replace("<details>", "<details open>")
