"""Plotly figures on pages: the numbers of each in a file of its own, one plotly.js for all."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from plotly.offline import get_plotlyjs

__all__ = ["Figures"]

FOLDER = "assets/figures"
TAGS = re.compile(r"<[^>]+>")


class Figures:
    """Collects figures while pages are made.

    A script that sets a value can be loaded from a folder as well as from a server; a browser that
    opens a page from a folder may not fetch data.
    """

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def place(self, name: str, figure: dict[str, Any], depth: int = 0) -> str:
        """Keep a figure, and give the HTML that shows it on a page so many folders down."""
        data = json.dumps({"data": figure["data"], "layout": figure["layout"]})
        self._made[name] = f"(window.paintrendFigures ??= {{}})[{json.dumps(name)}] = {data};\n"
        layout, up = figure["layout"], "../" * depth
        title = (layout.get("title") or {}).get("text", "") or "figure"
        label = html.escape(" ".join(TAGS.sub(" ", title).split()), quote=True)
        width, height = layout.get("width", 700), layout.get("height", 450)
        scripts = "".join(
            f'<script src="{up}{source}"></script>'
            for source in (f"{FOLDER}/plotly.min.js", f"{FOLDER}/{name}.js",
                           "assets/paintrend/plots.js")
        )  # fmt: skip
        return (
            f'<div class="plot" tabindex="0" role="figure" aria-label="{label}">'
            f'<div id="{name}" style="width:{width}px;height:{height}px"></div></div>{scripts}'
        )

    def files(self) -> dict[str, str]:
        """Give the files that the placed figures need; none if there are none."""
        if not self._made:
            return {}
        return {f"{FOLDER}/plotly.min.js": get_plotlyjs()} | {
            f"{FOLDER}/{name}.js": text for name, text in self._made.items()
        }
