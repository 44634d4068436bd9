"""How wide words of a figure are, for breaking lines before they run over its edge.

Widths are those of DejaVu Sans, the widest of the fonts that figures ask for.
"""

from __future__ import annotations

from unicodedata import east_asian_width

__all__ = ["break_text", "text_width"]

ROWS = (
    (0.30, "'ijlIJ"),
    (0.32, " ,."),
    (0.36, "/:;\\|f-"),
    (0.42, "()[]tr!"),
    (0.53, '"*_`sz?\N{EN DASH}'),
    (0.56, "cL"),
    (0.60, "Fkvxy"),
    (0.70, "ABCKRVXZ"),
    (0.79, "UNHDOQG&"),
    (0.84, "#+<=>^~w\N{MINUS SIGN}\N{MULTIPLICATION SIGN}\N{RIGHTWARDS ARROW}"),
    (1.00, "Mm%W@\N{HORIZONTAL ELLIPSIS}\N{EM DASH}"),
)
WIDTHS = {letter: width for width, letters in ROWS for letter in letters}
"""Width of a letter in parts of the size of letters."""
OTHER, FULL = 0.65, 1.0
"""Width of a letter that is not in the table, and of one of a script of wide letters."""
BOLD = 1.15


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Give the pixels that words without tags take.

    Examples
    --------
    >>> text_width("Who is better", 12), text_width("Who is better", 12, bold=True)
    (83.76, 96.324)
    """
    total = sum(
        WIDTHS.get(letter) or (FULL if east_asian_width(letter) in "WF" else OTHER)
        for letter in text
    )
    return round(total * size * (BOLD if bold else 1.0), 3)


def break_text(text: str, pixels: float, size: float, *, bold: bool = False) -> list[str]:
    """Break words without tags into lines of at most so many pixels, a single long word too.

    Examples
    --------
    >>> break_text("one two three " + 12 * "M", 60, 12)
    ['one two', 'three', 'MMMMM', 'MMMMM', 'MM']
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold=bold) <= pixels:
            line = longer
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and text_width(word, size, bold=bold) > pixels:
            fits = next(
                (n for n in range(len(word) - 1, 1, -1)
                 if text_width(word[:n], size, bold=bold) <= pixels),
                1,
            )  # fmt: skip
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line else lines
