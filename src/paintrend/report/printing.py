"""What of a report goes onto paper: the patients to look at, not everything a screen can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from paintrend.wording import plural

__all__ = [
    "PRINTED",
    "PRINTED_PICTURES",
    "PRINTED_ROWS",
    "mark_pictures",
    "mark_printed",
    "not_printed",
    "printed_page",
]

PRINTED = 40
"""Patients of the review list on paper; those with a warning sign come on top of these."""

PRINTED_PICTURES = 12
"""Full pictures on paper, two to a sheet."""

PRINTED_ROWS = 300
"""Rows of the table of all patients on paper."""

SCREEN = re.compile(
    r'<!--screen-->.*?<!--/screen-->|<tr class="on-screen">.*?</tr>|'
    r'<span class="on-screen">.*?</span>',
    re.DOTALL,
)
"""What the templates mark as for the screen only; ids and notes in it are escaped."""

PAPER = re.compile(r'<template class="on-sheet">(.*?)</template>', re.DOTALL)


def mark_printed(
    groups: Sequence[dict[str, Any]], signs: Sequence[str], *, whole: bool
) -> tuple[int, int]:
    """Mark which members of the review list are printed; give how many are, and of how many.

    Parameters
    ----------
    groups
        As `review_groups` gives them, changed: each member gets ``printed``, each group
        ``n_printed``.
    signs
        Keys of the groups with a warning sign: all of their members are printed.
    whole
        Print everybody.
    """
    total = sum(group["n"] for group in groups)
    left, printed = PRINTED, 0
    for group in groups:
        members, key = group["members"], group["key"]
        if whole or total <= PRINTED or key in signs:
            n = len(members)
        else:
            n = 0 if key == "rest" else min(len(members), left)
        left = max(0, left - n)
        printed += n
        group["n_printed"] = n
        for place, member in enumerate(members):
            member["printed"] = place < n
    return printed, total


def mark_pictures(pictures: Sequence[dict[str, Any]], *, whole: bool) -> int:
    """Mark which full pictures are printed, and give how many are."""
    n = len(pictures) if whole else min(len(pictures), PRINTED_PICTURES)
    for place, picture in enumerate(pictures):
        picture["printed"] = place < n
    return n


def not_printed(listed: tuple[int, int], pictures: tuple[int, int], rows: tuple[int, int]) -> str:
    """Say what is not on paper; "" if everything is.

    Parameters
    ----------
    listed, pictures, rows
        Printed, and of how many: of the review list, of full pictures, of the table of all
        patients. None of the last with no such table: (0, 0).

    Examples
    --------
    >>> not_printed((40, 240), (12, 24), (240, 240))
    'Printed are the first 40 of 240 patients of the list and 12 of 24 pictures; the table holds \
all 240 patients. The report on the screen (HTML) holds everything; a print with the appendix does \
too.'
    >>> not_printed((5, 5), (5, 5), (5, 5))
    ''
    """
    parts = []
    if listed[0] < listed[1]:
        parts.append(f"the first {listed[0]} of {plural(listed[1], 'patient')} of the list")
    if pictures[0] < pictures[1]:
        parts.append(f"{pictures[0]} of {pictures[1]} pictures")
    if rows[0] < rows[1]:
        parts.append(f"{rows[0]} of {rows[1]} rows of the table of all patients")
    if not parts:
        return ""
    whole = f"; the table holds all {plural(rows[1], 'patient')}" if rows[0] == rows[1] > 0 else ""
    return (
        f"Printed are {' and '.join([', '.join(parts[:-1]), parts[-1]] if parts[1:] else parts)}"
        f"{whole}. The report on the screen (HTML) holds everything; a print with the appendix "
        "does too."
    )


def printed_page(page: str) -> str:
    """Give a page as it is printed: without what is for the screen only, with what is for paper.

    Examples
    --------
    >>> printed_page('<p>a<span class="on-screen"> b</span></p><template class="on-sheet">c\
</template>')
    '<p>a</p>c'
    """
    return PAPER.sub(r"\1", SCREEN.sub("", page))
