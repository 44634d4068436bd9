"""Names of months in German and French, as spreadsheets of these languages write dates."""

from __future__ import annotations

import unicodedata

import pandas as pd

__all__ = ["english_months"]

# Whole names and abbreviations, without accents; English ones are left as they are.
NAMES = {
    "Jan": "januar janner janvier janv",
    "Feb": "februar feber fevrier fevr fev",
    "Mar": "marz maerz mrz mars",
    "Apr": "avril avr",
    "May": "mai",
    "Jun": "juni juin",
    "Jul": "juli juillet juil",
    "Aug": "aout",
    "Sep": "septembre sept",
    "Oct": "oktober okt octobre",
    "Nov": "novembre",
    "Dec": "dezember dez decembre",
}
ENGLISH = {name: month for month, names in NAMES.items() for name in names.split()}


def english_months(text: pd.Series) -> pd.Series:
    """Write German and French months in English, and the first of a month as a figure.

    Examples
    --------
    >>> list(english_months(pd.Series(["3 März 2024", "1er févr 2024", "3 Mar 2024"])))
    ['3 Mar 2024', '1 Feb 2024', '3 Mar 2024']
    """
    whole = text.str.normalize("NFC")
    first = whole.str.replace(r"^1er\b", "1", regex=True, case=False)
    return first.str.replace(r"[^\W\d_]{3,}", lambda word: _english(word.group()), regex=True)


def _english(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return ENGLISH.get("".join(c for c in plain if not unicodedata.combining(c)), word)
