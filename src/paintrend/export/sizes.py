"""Figures at the size of a page: laid out anew, so that the smallest letters can still be read.

A figure is drawn for a screen. Made narrow by scaling alone, its letters would shrink with it. So
the layout is made as narrow as letters of `SMALLEST` points allow, words are broken into more
lines, margins grow by these lines, and only then the whole is scaled to millimetres.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from paintrend.errors import InputError, is_number
from paintrend.export.panels import beside, columns_of, keep_distances, stack
from paintrend.export.wrapping import break_lines, count_lines, join_sentences

__all__ = [
    "LINE",
    "MM_PER_INCH",
    "SIZES",
    "SMALLEST",
    "PrintSize",
    "Sized",
    "fit_size",
    "print_size",
]

MM_PER_INCH = 25.4
POINTS = 72.0
SMALLEST = 7.0
"""Points of the smallest letters in print; journals ask for 5 to 8."""

LINE = 1.3
"""Height of a line in parts of that of a letter."""

STACK_BELOW = 0.7
"""Part of its width below which two panels beside each other go one below the other."""

FLATTEST = 0.75
"""Part of the height of its plot that a figure keeps at least."""


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


def fit_size(figure: go.Figure, size: PrintSize | None) -> Sized:
    """Lay a figure out for a size in print.

    Parameters
    ----------
    figure
        Stays as it is.
    size
        None keeps the layout, at 96 pixels to an inch.
    """
    own = _Own.of(figure)
    letters = smallest_letters(figure)
    if size is None:
        mm = MM_PER_INCH / 96.0
        points = letters * POINTS / 96.0
        return Sized(go.Figure(figure), own.width, own.height, 1.0, own.width * mm,
                     own.height * mm, points)  # fmt: skip
    wanted = size.width_mm / MM_PER_INCH * POINTS * letters / size.smallest
    width = min(own.width, wanted)
    stacked = size.height_mm is None and beside(figure) and width < STACK_BELOW * own.width
    width = max(width, _narrowest(figure, own, stacked=stacked))
    if size.height_mm is not None:
        width = _wide_enough(figure, own, width, size.height_mm / size.width_mm)
    copy = go.Figure(figure)
    plot = own.plot
    if stacked:
        plot = stack(copy, own.plot, FLATTEST * own.plot)
    elif width < own.width:
        # Less across needs less height, but a flat picture shows nothing.
        plot *= max(width / own.width, FLATTEST)
    top, bottom = _break_words(copy, own, width)
    height = top + plot + bottom
    if size.height_mm is not None:
        height = width * size.height_mm / size.width_mm
        plot = height - top - bottom
    if not stacked:
        keep_distances(copy, own.plot / plot, own.inner / (width - own.left - own.right))
    else:
        keep_distances(copy, 1.0, own.inner / (width - own.left - own.right))
    copy.update_layout(
        width=width, height=height, autosize=False,
        margin={"t": top, "b": bottom, "l": own.left, "r": own.right},
    )  # fmt: skip
    scale = size.width_mm / MM_PER_INCH * 96.0 / width
    return Sized(
        copy, width, height, scale, size.width_mm, height * scale / 96.0 * MM_PER_INCH,
        letters * scale * POINTS / 96.0,
    )  # fmt: skip


class _Own(NamedTuple):
    """What a figure has on the screen, pixels: itself, its margins, the plot within."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def of(cls, figure: go.Figure) -> _Own:
        layout, margin = figure.layout, figure.layout.margin

        def or_else(value: Any, other: float) -> float:
            return other if value is None else float(value)

        return cls(
            or_else(layout.width, 700), or_else(layout.height, 450), or_else(margin.l, 80),
            or_else(margin.r, 80), or_else(margin.t, 100), or_else(margin.b, 80),
        )  # fmt: skip

    @property
    def inner(self) -> float:
        return self.width - self.left - self.right

    @property
    def plot(self) -> float:
        return self.height - self.top - self.bottom


def _narrowest(figure: go.Figure, own: _Own, *, stacked: bool) -> float:
    """Pixels across below which labels in the figure would run into each other."""
    columns = 1 if stacked else columns_of(figure)
    part = 0.32 if columns == 1 else 0.72 if columns == 2 else 0.83
    return own.left + own.right + part * own.inner


def _wide_enough(figure: go.Figure, own: _Own, width: float, ratio: float) -> float:
    """Pixels across at which the height, so many parts of the width, still holds the plot."""
    while width < 3 * own.width:
        top, bottom = _break_words(go.Figure(figure), own, width)
        if width * ratio - top - bottom >= FLATTEST * own.plot:
            return width
        width *= 1.05
    return width


def smallest_letters(figure: go.Figure) -> float:
    """Give the smallest size of letters in a figure, pixels."""
    layout = figure.layout
    template = layout.template.layout.font.size if layout.template is not None else None
    sizes = [float(layout.font.size or template or 12)]
    sizes += [float(a.font.size) for a in layout.annotations if a.text and a.font.size]
    sizes += [float(t.textfont.size) for t in figure.data if _has_letters(t)]
    return min(sizes)


def _has_letters(trace: Any) -> bool:
    try:
        return trace.textfont.size is not None and trace.text is not None
    except (AttributeError, ValueError):
        return False


def _break_words(figure: go.Figure, own: _Own, width: float) -> tuple[float, float]:
    """Break title and caption for a width; give the margins above and below that they need."""
    layout = figure.layout
    top, bottom = own.top, own.bottom
    if layout.title.text:
        font = float(layout.title.font.size or 16)
        text = break_lines(layout.title.text.split("<br>"), width - own.left - 8, font)
        top += LINE * font * (count_lines(text) - count_lines(layout.title.text))
        layout.title.text = text
    grown = _legend_growth(figure, own.inner, width - own.left - own.right)
    for note in layout.annotations:
        if _is_caption(note):
            font = float(note.font.size or 12)
            whole = join_sentences(note.text.split("<br>"))
            text = break_lines(whole, width - own.left - float(note.xshift or 0) - 12, font)
            more = LINE * font * (count_lines(text) - count_lines(note.text))
            note.text = text
            note.yshift = float(note.yshift or 0) - grown
            grown += more
    return top, bottom + grown


def _is_caption(note: Any) -> bool:
    """Say whether an annotation is the caption below the axes (`plots.theme.caption_label`)."""
    return (
        note.xref == "paper" and note.yref == "paper" and note.x == 0 and note.y == 0
        and note.yanchor == "top" and note.align == "left"
    )  # fmt: skip


def _legend_growth(figure: go.Figure, own: float, inner: float) -> float:
    """Pixels that a horizontal legend below the axes grows by when it has less width."""
    layout = figure.layout
    if layout.showlegend is False:
        return 0.0
    names = [str(t.name) for t in figure.data if t.showlegend is not False and t.name]
    if not names or (layout.legend.y or 0) >= 0:
        return 0.0
    entry = 45 + 12 * 0.55 * max(map(len, names))
    rows = [-(-len(names) // max(1, int(space // entry))) for space in (own, inner)]
    return 19.0 * max(0, rows[1] - max(rows[0], 2))
