"""What a figure has on the screen: its size and margins, its letters, its legend and caption."""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from paintrend.export.wrapping import bare_words

__all__ = [
    "LETTER",
    "LINE",
    "Own",
    "caption_of",
    "is_caption",
    "legend_height",
    "move_left_edge",
    "raise_letters",
    "smallest_letters",
    "words_width",
]

LINE = 1.3
"""Height of a line in parts of that of a letter."""

LETTER = 0.55
"""Width of an average letter in parts of its height, for keeping words apart."""

SLIM = 0.5
"""The same for the names in a legend where room is scarce: they have few wide letters."""

ENTRY, LEGEND_LINE = 45.0, 19.0
"""Pixels of an entry of a legend without its letters, and of a row of entries."""


class Own(NamedTuple):
    """What a figure has on the screen, pixels: itself, its margins, the plot within."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def of(cls, figure: go.Figure) -> Own:
        """Read them from a figure."""
        layout, margin = figure.layout, figure.layout.margin

        def or_else(value: Any, other: float) -> float:
            return other if value is None else float(value)

        return cls(
            or_else(layout.width, 700), or_else(layout.height, 450), or_else(margin.l, 80),
            or_else(margin.r, 80), or_else(margin.t, 100), or_else(margin.b, 80),
        )  # fmt: skip

    @property
    def inner(self) -> float:
        """Pixels across between the margins."""
        return self.width - self.left - self.right

    @property
    def plot(self) -> float:
        """Pixels from the upper to the lower margin."""
        return self.height - self.top - self.bottom


def smallest_letters(figure: go.Figure) -> float:
    """Give the smallest size of letters in a figure, pixels."""
    layout = figure.layout
    template = layout.template.layout.font.size if layout.template is not None else None
    sizes = [float(layout.font.size or template or 12)]
    sizes += [float(a.font.size) for a in layout.annotations if a.text and a.font.size]
    sizes += [float(t.textfont.size) for t in figure.data if _has_letters(t)]
    return min(sizes)


def raise_letters(figure: go.Figure, least: float) -> None:
    """Make letters at least so large, pixels."""
    for note in figure.layout.annotations:
        if note.text and note.font.size and note.font.size < least:
            note.font.size = least
    for trace in figure.data:
        if _has_letters(trace) and trace.textfont.size < least:
            trace.textfont.size = least


def _has_letters(trace: Any) -> bool:
    try:
        return trace.textfont.size is not None and trace.text is not None
    except (AttributeError, ValueError):
        return False


def words_width(text: str, font: float, letter: float = LETTER) -> float:
    """Estimate the pixels across of words with tags."""
    return letter * font * max(map(len, bare_words(text, "\n").split("\n")))


def is_caption(note: Any) -> bool:
    """Say whether an annotation is the caption below the axes (`plots.theme.caption_label`)."""
    return bool(
        note.xref == "paper" and note.yref == "paper" and note.x == 0 and note.y == 0
        and note.yanchor == "top" and note.align == "left"
    )  # fmt: skip


def caption_of(figure: go.Figure) -> Any | None:
    """Find the caption, None if there is none."""
    return next((note for note in figure.layout.annotations if is_caption(note)), None)


def move_left_edge(figure: go.Figure, left: float) -> None:
    """Set the left margin; the caption stays as far from the edge of the picture as it was."""
    layout = figure.layout
    note = caption_of(figure)
    if note is not None:
        note.xshift = float(note.xshift or 0) + float(layout.margin.l or 80) - left
    layout.margin.l = left


def legend_height(figure: go.Figure, inner: float) -> float:
    """Pixels that a horizontal legend below the axes needs within a width; 0 for none."""
    layout = figure.layout
    names = [
        str(t.name) for t in figure.data
        if "showlegend" in t and t.showlegend is not False and t.visible is not False and t.name
    ]  # fmt: skip
    if layout.showlegend is False or not names or layout.legend.orientation == "v":
        return 0.0
    font = float(layout.legend.font.size or 12)
    # one that starts to the left of the plot has the room there too
    left = min(0.0, float(layout.legend.x or 0.0))
    letter, inner = SLIM if left else LETTER, inner * (1.0 - left)
    wide = [ENTRY + words_width(name, font, letter) for name in names]
    lines = max(name.count("<br>") + 1 for name in names)
    rows = 1 if sum(wide) <= inner else -(-len(names) // max(1, int(inner // max(wide))))
    return LEGEND_LINE * lines * rows + 6.0
