"""How a result shows itself in a notebook: what is in it, line by line, and its first rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

__all__ = ["listing_html"]

SHOWN_ROWS = 8


def listing_html(lines: Sequence[str], table: pd.DataFrame) -> str:
    """Give the first line as a heading, the others as a list, and the first rows of a table."""
    first, *rest = (escape(line) for line in lines)
    items = "".join(f"<li>{line}</li>" for line in rest)
    shown = table.head(SHOWN_ROWS).to_html(index=False)
    return f"<p><b>{first}</b></p><ul>{items}</ul>{shown}"
