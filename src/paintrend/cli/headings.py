"""Which of --columns and --start are about the ratings, and which about a table beside them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from paintrend.errors import DiaryError
from paintrend.readers.headings import simple_name
from paintrend.readers.table import read_table

__all__ = ["SHARED", "for_ratings", "headings_of"]

SHARED = ("patient_id", "day", "date", "start", "time")
"""Columns that the ratings and the tables beside them have."""

TABLES = {"symptoms": "symptom", "events": "event", "sessions": "session"}


def headings_of(path: str, sheet: Any = None, about: str = "") -> set[str]:
    """Return the headings of a file; none if it cannot be read, which is said when it is read."""
    try:
        return {str(name) for name in read_table(path, sheet, about=about).frame.columns}
    except DiaryError:
        return set()


def for_ratings(arguments: Namespace, options: Mapping[str, Any], sheet: Any) -> dict[str, Any]:
    """Return the options of reading without what only a table beside the ratings can mean.

    A heading that a table beside them has and the ratings have not, while the ratings have the
    standard column, is not asked for in the ratings; nor is --start if they count in days.
    """
    kept = dict(options)
    named = {role: name for role, name in (kept["columns"] or {}).items() if role in SHARED}
    tables = {
        about: path for name, about in TABLES.items() if (path := getattr(arguments, name, None))
    }
    if not tables or not (named or kept["start"] is not None):
        return kept
    beside = set().union(*(headings_of(path, about=about) for about, path in tables.items()))
    simple = {simple_name(name) for name in beside}
    of_others = {role for role, name in named.items() if name in beside}
    dated = kept["start"] is not None and ("date" in simple or "date" in named)
    if not (of_others or dated):
        return kept
    own = headings_of(arguments.file, sheet)
    standard = {simple_name(name) for name in own}
    columns = {
        role: name
        for role, name in (kept["columns"] or {}).items()
        if not (role in of_others and name not in own and role in standard)
    }
    has_date = "date" in standard or columns.get("date") in own
    if dated and own and not has_date and standard & {"day", "time"}:
        kept["start"] = None
    return {**kept, "columns": columns or None}
