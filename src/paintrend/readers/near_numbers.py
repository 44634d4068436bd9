"""Texts that are no number: the one number in them, with its sign, and errors of spreadsheets."""

from __future__ import annotations

import re

__all__ = ["ERROR_CELL", "is_error_cell", "number_within"]

ERROR = re.compile(r"(?i)\s*#(?:div/0!|null!|num!|ref!|value!|spill!|calc!|error|name\?)\s*")
ERROR_CELL = (
    "is an error of a spreadsheet",
    "Correct the formula, or write the value; leave the cell empty if there is none.",
)
"""Problem and fix for a text that `is_error_cell`."""

NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")
DASHES = str.maketrans(
    dict.fromkeys(
        "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{FIGURE DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
        "\N{FULLWIDTH HYPHEN-MINUS}\N{SMALL HYPHEN-MINUS}",
        "-",
    )
)
BEFORE = frozenset(["before", "prior", "ago", "earlier", "vor", "vorher", "avant"])
"""Words that put a day before day 0."""
UNITS = "days?|weeks?|months?|hours?|d|w|h|tage?|wochen?|monate?|stunden?|jours?|semaines?|mois"
IS_BEFORE = re.compile(
    rf"\s*#\s*(?:(?:{UNITS})\s+)?(?:before|prior|ago|earlier|vorher|avant)\b.*"
    rf"|\s*(?:vor|avant)\s*#\s*(?:tagen|wochen|monaten|stunden|{UNITS})?\s*"
)
"""A number, as #, that such a word is about; "day 7 before the dose" is not before day 0."""


def is_error_cell(text: str) -> bool:
    """Tell whether a text is what a spreadsheet shows where a formula fails.

    Examples
    --------
    >>> is_error_cell("#DIV/0!"), is_error_cell("#7")
    (True, False)
    """
    return ERROR.fullmatch(text) is not None


def number_within(text: str, *, of_time: bool = False) -> str:
    """Return the one number in a text as it is to be written; "" if its sign is not clear.

    Parameters
    ----------
    text : str
        What a cell holds.
    of_time : bool
        "7 days before" is day -7.

    Examples
    --------
    >>> [number_within(text) for text in ("7 (worst)", "\N{EN DASH}7", "- 7", "day -7", "minus 7")]
    ['7', '-7', '-7', '-7', '-7']
    >>> [number_within(text) for text in ("(7)", "T-7", "day - 7", "7-", "6 or 7", "7½", "1,000")]
    ['', '', '', '', '', '', '']
    >>> [number_within(text, of_time=True) for text in ("7 days before", "vor 7 Tagen", "0 before")]
    ['-7', '-7', '0']
    >>> [number_within(text, of_time=True) for text in ("day 7 before dose", "pre-op 7")]
    ['', '']
    """
    plain = text.strip().casefold().translate(DASHES)
    found = list(NUMBER.finditer(plain))
    odd = any(char.isnumeric() and not char.isdecimal() for char in plain)
    if len(found) != 1 or odd:
        return ""
    number = found[0][0]
    if len(re.findall("[.,]", number)) > 1 or re.search(r",\d{3}$", number):
        return ""
    ahead, behind = plain[: found[0].start()], plain[found[0].end() :]
    words = set(re.findall(r"[^\W\d_]+", f"{ahead} {behind}"))
    signs = int("minus" in words)
    unclear = False
    if of_time and words & BEFORE:
        unclear = IS_BEFORE.fullmatch(f"{ahead}#{behind}") is None
        signs += 1
    unclear |= bool(re.match(r"\s*-(?!\w)", behind)) or (
        ahead.rstrip().endswith("(") and behind.lstrip().startswith(")")
    )
    unclear |= any(word.startswith(("neg", "pre") if of_time else "neg") for word in words)
    if ahead.rstrip().endswith("-"):
        # after a word, or away from the number in the midst of a text, it may be a mere dash
        unclear |= re.fullmatch(r"(?:.*\s)?-|\s*-\s*", ahead) is None
        signs += 1
    if unclear or signs > 1:
        return ""
    return f"-{number}" if signs and number.strip("0.,") else number
