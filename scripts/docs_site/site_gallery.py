"""The gallery: its code is run while the site is built, and each picture put below its code."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from site_figures import Figures

__all__ = ["build", "filled", "run_blocks"]

BLOCK = re.compile(r"^```python\n(.*?)^```\n", flags=re.DOTALL | re.MULTILINE)
SHOWN: list[str] = []
"""HTML of the picture of each block of the page, empty where there is none."""


def run_blocks(text: str, root: Path) -> list[Any]:
    """Run the Python blocks of a page one after the other, beside a copy of the sample data.

    Returns
    -------
    list
        The value of the last line of each block, None where it is no expression.
    """
    names: dict[str, Any] = {}
    values = []
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "data" / "sample", Path(folder) / "data" / "sample")
        os.chdir(folder)
        try:
            for number, code in enumerate(BLOCK.findall(text), start=1):
                tree = ast.parse(code, f"gallery, block {number}")
                last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, f"gallery, block {number}", "exec"), names)
                value = None
                if last is not None:
                    line = ast.Expression(last.value)
                    value = eval(compile(line, f"gallery, block {number}", "eval"), names)
                values.append(value)
        finally:
            os.chdir(before)
    return values


def build(root: Path, figures: Figures, *, run: bool) -> None:
    """Run the page and keep its pictures for `filled`."""
    SHOWN.clear()
    if run:
        text = (root / "docs" / "gallery.md").read_text(encoding="utf-8")
        for number, value in enumerate(run_blocks(text, root), start=1):
            is_figure = hasattr(value, "to_plotly_json")
            name = f"gallery_{number:02d}"
            SHOWN.append(figures.place(name, json.loads(value.to_json())) if is_figure else "")


def filled(text: str) -> str:
    """Put each picture below the code that drew it."""
    shown = iter(SHOWN)
    return BLOCK.sub(lambda match: f"{match[0]}\n{next(shown, '')}\n", text)
