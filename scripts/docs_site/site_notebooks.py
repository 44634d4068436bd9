"""Notebooks as pages: run while the site is built, with their figures."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
from site_figures import Figures

__all__ = ["pages", "titles"]

TIMEOUT = 600
NOT_RUN = "*This page was built without running the notebook: its code is here, its output is not.*"
BLANK = re.compile(r"\n\s*\n")


def _read(path: Path) -> Any:
    return nbformat.read(str(path), as_version=4)


def titles(root: Path) -> list[tuple[str, str]]:
    """Give the title and the page of each notebook."""
    found = []
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        first = str(_read(path).cells[0].source).splitlines()[0].lstrip("# ").strip()
        found.append((f"{path.stem[:2]} {first.split(':')[0]}", f"notebooks/{path.stem}.md"))
    return found


def pages(root: Path, figures: Figures, *, run: bool) -> dict[str, str]:
    """Give the page of each notebook, by its path in the repository."""
    made = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        notebook = _read(path)
        if run:
            _run(notebook, path.parent)
        cells = []
        for number, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type == "markdown":
                cells.append(str(cell.source))
            elif cell.cell_type == "code" and str(cell.source).strip():
                cells.append(f"```python\n{cell.source}\n```")
                for k, output in enumerate(cell.get("outputs", [])):
                    cells.append(_shown(output, f"{path.stem}_{number:02d}_{k}", figures))
        if not run:
            cells.insert(1, NOT_RUN)
        made[f"notebooks/{path.name}"] = "\n\n".join(cell for cell in cells if cell) + "\n"
    return made


def _run(notebook: Any, folder: Path) -> None:
    from nbconvert.preprocessors import ExecutePreprocessor

    before = os.environ.get("PLOTLY_RENDERER")
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    try:
        runner = ExecutePreprocessor(timeout=TIMEOUT, kernel_name="python3")
        runner.preprocess(notebook, {"metadata": {"path": str(folder)}})
    finally:
        if before is None:
            del os.environ["PLOTLY_RENDERER"]
        else:
            os.environ["PLOTLY_RENDERER"] = before


def _shown(output: Any, name: str, figures: Figures) -> str:
    """Give one output of a cell as it stands on the page."""
    if output.output_type == "stream":
        text = str(output.text).rstrip()
        return f"```text\n{text}\n```" if output.name == "stdout" and text else ""
    data = output.get("data", {})
    if "application/vnd.plotly.v1+json" in data:
        return figures.place(name, data["application/vnd.plotly.v1+json"], depth=1)
    if "application/vnd.jupyter.widget-view+json" in data:
        return "*Here the notebook shows controls: they work where it runs.*"
    if "image/png" in data:
        source = f"data:image/png;base64,{data['image/png'].strip()}"
        return f'<img alt="output of the cell above" src="{source}">'
    if "text/html" in data:
        return f'<div class="output">{BLANK.sub(chr(10), data["text/html"])}</div>'
    text = str(data.get("text/plain", "")).rstrip()
    return f"```text\n{text}\n```" if text else ""
