"""Which sign stands between the values of a text table: told from its headings and first rows."""

from __future__ import annotations

import csv
import io
import itertools

from paintrend.readers.headings import ALIASES, simple_name
from paintrend.readers.raw import heading_row

__all__ = ["find_separator", "first_records"]

SEPARATORS = ",;\t|"
HEAD = 100_000
MOST = 20
KNOWN = frozenset([*ALIASES, *(word for words in ALIASES.values() for word in words.split())])


def first_records(text: str, separator: str) -> list[list[str]]:
    """Return the first few records, enough to find the headings."""
    # Up to the end of a line: half a line of headings would make the rows too long.
    end = text.find("\n", HEAD)
    head = io.StringIO(text if end < 0 else text[:end], newline="")
    found = []
    try:
        for record in itertools.islice(csv.reader(head, delimiter=separator), MOST):
            found.append(record)
    except csv.Error:
        pass  # a very long cell, or not the separator of this file; what is above it is enough
    return found


def find_separator(text: str) -> str:
    """Return the separator under which headings and most rows below them have as many cells.

    Commas in a title or in a heading make one line look wide, and decimal commas many rows, but not
    all of them alike. Among separators that would do, that of known headings is taken, then that
    of the earlier and wider ones.

    Examples
    --------
    >>> find_separator("Ward A, Bern, 2024\\nID;day;pain\\n1;0;5"), find_separator("id;day\\n1;2,5")
    (';', ';')
    """
    first = text.lstrip()[:10]
    if first.lower().startswith("sep=") and first[4:5] not in ("", "\r", "\n", '"', " "):
        return first[4]  # Excel's own way to say it
    ranks = {}
    for separator in SEPARATORS:
        records = [
            record for record in first_records(text, separator) if any(map(str.strip, record))
        ]
        if records:
            ranks[separator] = _rank(records)
    return max(ranks, key=lambda separator: ranks[separator], default=",")


def _rank(records: list[list[str]]) -> tuple[bool, int, int, int]:
    """Say how well records make a table: the larger, the better."""
    widths = [_width(record) for record in records]
    row = heading_row([sum(1 for cell in record if cell.strip()) for record in records])
    below = widths[row + 1 :]
    fitting = sum(1 < width <= widths[row] for width in below)
    good = widths[row] > 1 and 2 * fitting >= len(below)
    known = sum(simple_name(cell) in KNOWN for cell in records[row])
    return good, known, -row if good else 0, widths[row]


def _width(record: list[str]) -> int:
    """Number of cells up to the last that holds something."""
    return max((i for i, cell in enumerate(record, start=1) if cell.strip()), default=0)
