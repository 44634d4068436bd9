"""Ids that look the same and are not: dashes and spaces of many kinds, letters of other scripts."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["alike_key", "looks_like", "without_point_zero"]

# Letters of Cyrillic and Greek that a reader takes for the Latin ones below them.
FOREIGN = (
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423"
    "\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0445\u0443"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
)
LATIN = "ABESIJKMHOPCTXYaesijopcxyABEZHIKMNOPTYXo"
LETTERS = str.maketrans(FOREIGN, LATIN)


def looks_like(name: str) -> str:
    """Return what an id looks like; ids with the same look can be told apart by no reader.

    Examples
    --------
    >>> [looks_like(name) for name in ("P-1", "P\u20131", "\u0420-1", "A\u00a01", "é1")]
    ['P-1', 'P-1', 'P-1', 'A 1', 'é1']
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name).translate(LETTERS)
        name = "".join(map(_plain, name))
    return " ".join(name.split())


def _plain(char: str) -> str:
    if unicodedata.decomposition(char).startswith("<wide>"):  # twice as wide as what it is like
        return char
    kind = unicodedata.category(char)
    if kind == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    if kind == "Zs":
        return " "
    if kind == "Cf":  # nothing is shown
        return ""
    return char


def without_point_zero(name: str) -> str:
    """Return "12" for "12.0", which a column of numbers makes of it.

    Examples
    --------
    >>> [without_point_zero(name) for name in ("12.0", "012.00", "12.5", "A.0")]
    ['12', '012', '12.5', 'A.0']
    """
    return re.sub(r"^(\d+)\.0+$", r"\1", name)


def alike_key(name: str) -> str:
    """Return a text that all ids share which the checks have to see together.

    Examples
    --------
    >>> alike_key(" p\u20131"), alike_key("12.0")
    ('p-1', '12')
    """
    # capitals of other scripts look like Latin ones where small letters do not
    return without_point_zero(looks_like(name.upper()).lower())
