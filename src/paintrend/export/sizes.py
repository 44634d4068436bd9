"""Sizes in print: columns of a journal, slides, and what a layout becomes at one of them."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from paintrend.errors import InputError, is_number
from paintrend.export.frame import smallest_letters

__all__ = [
    "MM_PER_INCH",
    "POINTS",
    "SIZES",
    "SMALLEST",
    "TALLEST",
    "PrintSize",
    "Sized",
    "print_size",
    "printed",
    "wanted_width",
]

MM_PER_INCH = 25.4
POINTS = 72.0
SMALLEST = 7.0
"""Points of the smallest letters in print; journals ask for 5 to 8."""

TALLEST = 225.0
"""Millimetres of a page of a journal; panels that need more go onto further pages."""


class PrintSize(NamedTuple):
    """Width and height of a figure in millimetres; without a height it keeps its shape."""

    width_mm: float
    height_mm: float | None
    smallest: float = SMALLEST


SIZES: dict[str, PrintSize] = {
    "journal_single": PrintSize(89.0, None),
    "journal_middle": PrintSize(120.0, None),
    "journal_double": PrintSize(183.0, None),
    "slide": PrintSize(310.0, 160.0, 10.0),
    "slide_half": PrintSize(155.0, 160.0, 10.0),
}
"""Sizes by name: columns of a journal, and what a 16:9 slide of 338.7 x 190.5 mm has room for below
its title."""


class Sized(NamedTuple):
    """A figure laid out for a size.

    Attributes
    ----------
    figure
        A copy, laid out anew.
    width, height
        Pixels of the layout.
    scale
        Pixels of print at 96 to an inch, per pixel of the layout.
    width_mm, height_mm
        In print.
    smallest
        Points of the smallest letters in print.
    """

    figure: go.Figure
    width: float
    height: float
    scale: float
    width_mm: float
    height_mm: float
    smallest: float


def print_size(
    size: str | None, width_mm: float | None = None, height_mm: float | None = None
) -> PrintSize | None:
    """Give the size that the options name; None for the size of the screen.

    Raises
    ------
    InputError
        If there is no such size, or a length cannot be used.

    Examples
    --------
    >>> print_size("journal_double").width_mm, print_size(None, 120).width_mm
    (183.0, 120.0)
    """
    if size is not None and size not in SIZES:
        raise InputError(f"size must be one of {', '.join(SIZES)}, got {size!r}")
    for name, value in (("width_mm", width_mm), ("height_mm", height_mm)):
        if value is not None and not (is_number(value) and 20 <= value <= 2000):
            raise InputError(f"{name} must be a number of millimetres from 20 to 2000, got {value}")
    if size is None and width_mm is None:
        if height_mm is not None:
            raise InputError("height_mm goes with width_mm or with size.")
        return None
    known = SIZES[size] if size is not None else None
    return PrintSize(
        width_mm=float(width_mm) if width_mm is not None else (known or SIZES["slide"]).width_mm,
        height_mm=float(height_mm) if height_mm is not None
        else known.height_mm if known is not None and width_mm is None else None,
        smallest=known.smallest if known is not None else SMALLEST,
    )  # fmt: skip


def wanted_width(size: PrintSize, letters: float) -> float:
    """Give the pixels across at which letters so large print as large as they must."""
    return size.width_mm / MM_PER_INCH * POINTS * letters / size.smallest


def printed(figure: go.Figure, size: PrintSize) -> Sized:
    """Scale a layout, which has its width and height, to the width of a size."""
    width, height = float(figure.layout.width), float(figure.layout.height)
    scale = size.width_mm / MM_PER_INCH * 96.0 / width
    return Sized(
        figure, width, height, scale, size.width_mm, height * scale / 96.0 * MM_PER_INCH,
        smallest_letters(figure) * scale * POINTS / 96.0,
    )  # fmt: skip
