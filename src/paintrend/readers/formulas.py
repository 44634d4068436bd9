"""Text that a spreadsheet would run as a formula: made harmless, and read back as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "FORMULA_STARTS",
    "keep_as_text",
    "quoted_formula",
    "unquoted_cells",
    "unquoted_formula",
    "without_text_formula",
    "without_text_formulas",
]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes text that begins like this for a formula, or looks past the blank for one.
The wide forms count where text is Chinese or Japanese."""

_START = "[" + re.escape("".join(FORMULA_STARTS)) + "]"
# Where the list separator is another one, a cell also begins after it.
_PLACE = r"(?:(?<=[;,|\t\r\n])|\A)"
_FORMULA = re.compile(f"{_PLACE}(?='*{_START})")
_TEXT = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_QUOTED = re.compile(f"{_PLACE}'(?='*{_START})")


def quoted_formula(text: str) -> str:
    """Put a ``'`` before every place of a text where a spreadsheet would see a formula.

    Examples
    --------
    >>> quoted_formula("=1+1"), quoted_formula("a-b"), quoted_formula("x;=1+1")
    ("'=1+1", 'a-b', "x;'=1+1")
    """
    return _FORMULA.sub("'", text)


def unquoted_formula(text: str) -> str:
    """Give back the text that `quoted_formula` was given.

    Examples
    --------
    >>> unquoted_formula("'=1+1"), unquoted_formula("don't"), unquoted_formula("'s")
    ('=1+1', "don't", "'s")
    """
    return _QUOTED.sub("", text)


def without_text_formula(text: str) -> str:
    """Return the text that a formula such as ``="007"`` stands for: so some programs keep zeros.

    Examples
    --------
    >>> without_text_formula('="007"'), without_text_formula('="a"&"b"')
    ('007', '="a"&"b"')
    """
    found = _TEXT.fullmatch(text)
    return found[1].replace('""', '"') if found else text


def without_text_formulas(cells: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Read formulas that are mere texts in columns of text; also say in how many cells.

    The same text without a formula is the same value.
    """
    return _changed(cells, '="', without_text_formula, one_to_one=False)


def unquoted_cells(cells: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Take the ``'`` before formulas away from columns of text; also say from how many cells.

    A column in which two values would become one is left as it is: it was not written by us.
    """
    return _changed(cells, "'", unquoted_formula, one_to_one=True)


def _changed(
    cells: pd.DataFrame, mark: str, plain_of: Callable[[str], str], *, one_to_one: bool
) -> tuple[pd.DataFrame, int]:
    """Change the distinct texts that have a mark; also say how many cells that were."""
    cells, n_changed = cells.copy(deep=False), 0
    for name in cells.columns:
        codes, distinct = pd.factorize(cells[name])
        texts = [str(text) for text in distinct]
        plain = [plain_of(text) if mark in text else text for text in texts]
        differs = np.array([a != b for a, b in zip(texts, plain, strict=True)], dtype=bool)
        if differs.any() and not (one_to_one and len(set(plain)) < len(plain)):
            n_changed += int(differs[codes].sum())
            cells[name] = pd.Series(plain, dtype="str").take(codes).set_axis(cells.index)
    return cells, n_changed


def keep_as_text(cell: Any) -> None:
    """Make a cell of an openpyxl sheet hold its text as it is, whatever it begins with."""
    if isinstance(cell.value, str):
        cell.data_type = "s"  # else "=1+1" would be a formula, and "#N/A" a fault
        cell.quotePrefix = cell.value.startswith(FORMULA_STARTS)
