"""Captions for a slide: numbers, gaps and definitions first, the rest as far as there is room."""

from __future__ import annotations

import re
from collections.abc import Sequence

import plotly.graph_objects as go

from paintrend.export.frame import caption_of
from paintrend.export.wrapping import bare_words, break_lines, count_lines, join_sentences

__all__ = ["WHOLE", "shorten_caption", "whole_caption"]

WHOLE = "Whole caption: figures.csv."
"""Stands at the end of a caption that was shortened."""

SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-Z0-9(])")

ESSENTIAL = re.compile(
    r"\bmissing\b|\bn = \d|^\d[\d,]* (?:of \d[\d,]* |fitted )?(?:patients|ratings|"
    r"combinations|made|simulated)|^Always \d+ ratings?|^Worse: |^Better: |"
    r"^A (?:rise|worsening) counts|^Known by|^Cannot tell: "
)
"""Sentences that are never left out: how many, how many missing, and what counts."""

UNCERTAINTY = re.compile(r"\binterval|\bband|^Bars?: |^Band|^Line:")
"""Sentences that come next: what bands and bars are."""


def whole_caption(figure: go.Figure) -> str:
    """Give the caption of a figure in one line and without tags; "" if it has none."""
    note = caption_of(figure)
    return bare_words(" ".join(join_sentences(note.text.split("<br>")))) if note else ""


def shorten_caption(text: str, lines: int, pixels: float, font: float) -> str:
    """Leave out sentences until a caption fits into so many lines.

    Numbers of patients, ratings and missing ones and the definitions stay, even if they need more
    lines. What is left out is told by `WHOLE`.

    Parameters
    ----------
    text
        Of the caption, with its line breaks.
    lines, pixels, font
        Lines, their width and the size of the letters.

    Examples
    --------
    >>> text = "Hatched: no rating on that day. Grey: before treatment. 3 patients, 0 missing."
    >>> shorten_caption(text, 1, 330.0, 11.0)
    '3 patients, 0 missing. Whole caption: figures.csv.'
    """
    sentences = [
        sentence for line in join_sentences(text.split("<br>")) for sentence in SENTENCE.split(line)
    ]
    if count_lines(break_lines([" ".join(sentences)], pixels, font)) <= lines:
        return " ".join(sentences)
    kept = {i for i, sentence in enumerate(sentences) if _rank(sentence) == 0} or {0}
    for i in sorted(range(len(sentences)), key=lambda i: (_rank(sentences[i]), i)):
        tried = _joined(sentences, kept | {i})
        if count_lines(break_lines([tried], pixels, font)) <= lines:
            kept.add(i)
    return _joined(sentences, kept)


def _rank(sentence: str) -> int:
    if ESSENTIAL.search(sentence):
        return 0
    return 1 if UNCERTAINTY.search(sentence) else 2


def _joined(sentences: Sequence[str], kept: set[int]) -> str:
    left_out = [WHOLE] if len(kept) < len(sentences) else []
    return " ".join([*(sentences[i] for i in sorted(kept)), *left_out])
