"""Options that are lists: names, or pairs of a name and a value, between commas."""

from __future__ import annotations

import csv

from paintrend.cli.console import UsageError

__all__ = ["listed_names", "listed_parts", "named_pairs"]

ENDS_WITH_DAY = ("--visits", "--sheets", "--event-days", "--visit-days", "--answers")
"""Options whose pairs end in a number; what stands before may hold a "=" itself."""


def listed_parts(text: str) -> list[str]:
    """Read ``a,b``; a part that holds a comma is quoted as in CSV."""
    return next(csv.reader([text], skipinitialspace=True), [])


def listed_names(text: str | None) -> list[str]:
    """Read what stands between commas, without spaces around it and empty places."""
    return [part.strip() for part in listed_parts(text or "") if part.strip()]


def named_pairs(option: str, texts: list[str]) -> dict[str, str]:
    """Read ``a=b,c=d``; a name that holds a comma is quoted as in CSV: ``"a=x, y",c=d``."""
    pairs: dict[str, str] = {}
    for part in [part for text in texts for part in listed_parts(text)]:
        name, equals, value = (
            part.rpartition("=") if option in ENDS_WITH_DAY else part.partition("=")
        )
        if not (equals and name.strip() and value.strip()):
            raise UsageError(f"{option} takes name=value,name=value; {part!r} is not such a pair.")
        if name.strip() in pairs:
            raise UsageError(f"{option} names {name.strip()!r} twice.")
        pairs[name.strip()] = value.strip()
    return pairs
