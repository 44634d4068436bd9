"""Words of a figure broken into lines that fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from paintrend.plots.letters import text_width

__all__ = ["bare_words", "break_lines", "count_lines", "in_two_lines", "join_sentences"]

LETTER = 0.5
"""Width of an average letter in parts of its height, for breaking lines."""


def bare_words(text: str, between: str = "") -> str:
    """Take tags and entities out of words of a figure, with `between` in the place of line breaks.

    Examples
    --------
    >>> bare_words("<b>P1</b><br>improving &amp; more", ": ")
    'P1: improving & more'
    """
    return unescape(re.sub(r"<[^>]*>", "", text.replace("<br>", between)))


def count_lines(text: str) -> int:
    """Count the lines of a text of a figure."""
    return text.count("<br>") + 1


def join_sentences(lines: Sequence[str]) -> list[str]:
    """Join lines that were broken within a sentence."""
    whole: list[str] = []
    for line in lines:
        if whole and not whole[-1].endswith("."):
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    return whole


def break_lines(lines: Sequence[str], pixels: float, font: float) -> str:
    """Break lines of text with tags so that each fits into so many pixels.

    Examples
    --------
    >>> break_lines(["one two three four", "<b>one two three four</b>"], 95, 9)
    'one two three four<br><b>one two three</b><br><b>four</b>'
    """
    fitting = []
    for line in lines:
        bold = line.startswith("<b>") and line.endswith("</b>")
        bare = line[3:-4] if bold else line
        parts = _parts(bare, pixels, font, bold=bold)
        fitting += [f"<b>{part}</b>" if bold else part for part in parts]
    return "<br>".join(fitting)


def _parts(text: str, pixels: float, font: float, *, bold: bool) -> list[str]:
    """Break at blanks: a longer word stays whole, and so do entities, which hold no blank."""
    most = max(12, int(pixels / (LETTER * font)))
    parts: list[str] = []
    for word in text.split(" "):
        longer = f"{parts[-1]} {word}" if parts else word
        shown = bare_words(longer)
        short = len(shown) <= 12 or text_width(shown, font, bold=bold) <= pixels
        if parts and len(shown) <= most and short:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts


def in_two_lines(text: str, longest: int) -> str:
    """Break words with tags into two lines of about the same length, if they are longer.

    Examples
    --------
    >>> in_two_lines("sustained deterioration <b>6</b>", 17)
    'sustained<br>deterioration <b>6</b>'
    """
    words = text.split(" ")
    if len(bare_words(text)) <= longest or len(words) < 2 or "<br>" in text:
        return text
    options = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return "<br>".join(min(options, key=lambda pair: max(len(bare_words(p)) for p in pair)))
