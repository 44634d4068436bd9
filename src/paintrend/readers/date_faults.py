"""Why a text is no date, and what it may be instead."""

from __future__ import annotations

import datetime as dt

from paintrend.readers.near_numbers import ERROR_CELL, is_error_cell

__all__ = ["FIRST_YEAR", "LAST_YEAR", "explain_date", "sas_date"]

# Outside these years a date in a pain diary is a slip of the pen (1900, 2099 are usual ones).
FIRST_YEAR, LAST_YEAR = 1950, 2069

EXAMPLE = "Write the date as year-month-day, e.g. 2024-03-14."
SPREADSHEET, SAS = dt.date(1899, 12, 30), dt.date(1960, 1, 1)
"""Day 0 of dates that are stored as numbers."""


def sas_date(text: str) -> str:
    """Return the date that a number stands for in SAS; "" if it stands for none that is plausible.

    A number of four figures is a year.

    Examples
    --------
    >>> sas_date("23449"), sas_date("45365"), sas_date("2024"), sas_date("2024-03-14")
    ('2024-03-14', '', '', '')
    """
    number = _number(text)
    return "" if number is None or number < 10_000 else _date(number, SAS)


def explain_date(text: str) -> tuple[str, str]:
    """Return problem and fix for a text that is no date.

    Examples
    --------
    >>> explain_date("45365")[0], explain_date("23449")[0]
    ("is a spreadsheet's number for a date (2024-03-14)", 'is a number, not a date')
    """
    value = text.strip()
    if is_error_cell(value):
        return ERROR_CELL
    number = _number(value)
    if number is not None:
        of_sheet, of_sas = _date(number, SPREADSHEET), sas_date(value)
        if of_sheet and of_sas:
            return (
                "is a number, not a date",
                f"It may be a spreadsheet's number for {of_sheet} or SAS's for {of_sas}: "
                "look up which, and write the date as year-month-day.",
            )
        if of_sheet:
            return (
                f"is a spreadsheet's number for a date ({of_sheet})",
                f"Format the cell as a date, or write {of_sheet}.",
            )
        return (
            "is a number, not a date",
            EXAMPLE + " If it counts days since the start, name the column day.",
        )
    parts = value.replace(".", "/").replace("-", "/").split("/")
    if len(parts) == 3 and all(part.isdigit() and len(part) <= 2 for part in parts):
        return "has a year of two figures", EXAMPLE
    if len(parts) == 2 and all(part.isdigit() for part in parts):
        return "is not a whole date", EXAMPLE
    return "is not a date", EXAMPLE


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _date(number: float, origin: dt.date) -> str:
    first = (dt.date(FIRST_YEAR, 1, 1) - origin).days
    last = (dt.date(LAST_YEAR, 12, 31) - origin).days
    if not first <= number < last + 1:
        return ""
    return (origin + dt.timedelta(days=int(number // 1))).isoformat()
