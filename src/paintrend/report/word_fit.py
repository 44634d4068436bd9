"""How large letters may be so that a report of one page is one in Word, which cannot be asked."""

from __future__ import annotations

import math

from paintrend.report.tree import Element
from paintrend.report.word_parts import CELL, EDGE, LINE, column_widths

__all__ = ["FIGURE_PART", "page_letters"]

SIZES = (8.0, 7.5, 7.0, 6.5)
"""Points of letters that are tried: Word knows halves. Smaller ones nobody reads."""

FIGURE_PART = 0.26
"""Part of the height between the margins that the picture may have."""

LETTER = 0.52
"""Width of an average letter of Arial in parts of its size, with what lines leave at their ends."""

POINTS = 72.0 / 25.4
PARTS = {"h1": 1.7, "h2": 1.35, "h3": 1.1, "note": 0.9, "meta": 0.9, "answer": 1.08}
"""Letters of a kind of element in parts of the text's, as `word_parts.prepare` has them."""


def page_letters(body: Element, width_mm: float, height_mm: float) -> float:
    """Give the largest letters, points, with which the page should be one sheet.

    Parameters
    ----------
    body
        Of the page.
    width_mm, height_mm
        Of the sheet.
    """
    width = (width_mm - 2 * EDGE) * POINTS
    for size in SIZES:
        foot = _height(body, "footer", width, size)
        # the foot stands from 6 mm on and pushes the text up where it is higher than the margin
        room = (height_mm - EDGE - max(EDGE, 6.0 + foot / POINTS)) * POINTS
        text = sum(_element(child, width, size) for child in body.elements)
        if text + FIGURE_PART * room <= room:
            return size
    return SIZES[-1]


def _height(body: Element, tag: str, width: float, size: float) -> float:
    return sum(_words(one.text + " Page 1", width, 0.9 * size) for one in body.all(tag))


def _words(text: str, width: float, size: float) -> float:
    return max(1, math.ceil(len(text) * LETTER * size / width)) * LINE * size


def _element(element: Element, width: float, size: float) -> float:
    """Points that an element takes, with the gap below it."""
    tag, classes = element.tag, element.classes
    if tag in ("footer", "nav", "script", "style", "noscript") or "figure" in classes:
        return 0.0
    if tag == "table":
        return _table(element, width, size)
    if tag in ("h1", "h2", "h3", "p"):
        kind = next((name for name in (tag, *classes) if name in PARTS), "")
        above = 3.0 if tag in ("h2", "h3") else 0.0
        return _words(element.text, width, PARTS.get(kind, 1.0) * size) + 1.5 + above
    frame = 9.0 if "statement" in classes else 0.0
    return frame + sum(_element(child, width, size) for child in element.elements)


def _table(element: Element, width: float, size: float) -> float:
    rows = [[cell.text for cell in row.elements] for row in element.all("tr")]
    letters = 0.82 * size
    inner = [max(wide - CELL, 10.0) for wide in column_widths(rows, width, letters)]
    lines = sum(
        max(_words(text, wide, letters) for text, wide in zip(row, inner, strict=False)) + 0.5
        for row in rows
    )
    caption = sum(_words(one.text, width, 0.85 * size) + 1.5 for one in element.all("caption"))
    return lines + caption + 0.5 * LINE * size + 1.5
