"""Which sheet of a workbook is meant: the one asked for, or the only one that it can be."""

from __future__ import annotations

import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.headings import ALIASES, simple_name
from paintrend.readers.raw import filled_cells, heading_row, headings_in

__all__ = ["DIARY_SHEET", "choose_sheet"]

DIARY_SHEET = "diary"  # what the form calls its first sheet
NAMES = {
    "symptom": "symptom symptoms symptome red_flag red_flags",
    "event": "event events ereignis ereignisse",
    "session": "session sessions therapy_sessions sitzung sitzungen",
    "sign": "sign signs",
}
HEADINGS = {
    "symptom": f"symptom {ALIASES['symptom']}",
    "event": "event events event_type ereignis ereignisse",
    "session": "session sessions status dose therapist",
    "sign": "grade",
}
"""By what a table beside the ratings is known: the name of its sheet, and headings of its own."""


def choose_sheet(
    sheets: dict[str, pd.DataFrame], sheet: str | int | None, source: str, about: str = ""
) -> str:
    """Return the name of the sheet to read; `about` as in `read_excel`.

    Raises
    ------
    DiaryError
        If it is not there, or several could be meant.
    """
    names = list(sheets)
    if isinstance(sheet, str) and sheet in sheets:
        return sheet
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return names[sheet]
    listed = ", ".join(repr(name) for name in names)
    if sheet is not None:
        raise DiaryError(f"{source} has no sheet {sheet!r}; it has: {listed}.")
    if len(names) == 1:
        return names[0]
    filled = [name for name in names if filled_cells(sheets[name]).any()]
    if about:
        return _choose_beside(sheets, filled, about, source)
    for name in names:
        if name.strip().lower() == DIARY_SHEET:
            return name
    if len(filled) == 1:
        return filled[0]
    raise DiaryError(
        f"{source} has several sheets: {listed}. Say which one holds the ratings: "
        f"sheet={(filled or names)[0]!r}."
    )


def _choose_beside(
    sheets: dict[str, pd.DataFrame], filled: list[str], about: str, source: str
) -> str:
    """Return the sheet that is known by its name, or else by its headings."""
    # an empty one that has the name is the one that is meant
    named = [name for name in sheets if simple_name(name) in NAMES[about].split()]
    own = set(HEADINGS[about].split())
    headed = [name for name in filled if own & _headings(sheets[name])]
    for found in (named, headed, filled):
        if len(found) == 1:
            return found[0]
    listed = ", ".join(map(repr, sheets))
    what = f"{about}s"
    raise DiaryError(
        f"{source} has several sheets: {listed}. Which one holds the {what} does not show: call it "
        f"{what!r}, or save it as a file of its own."
    )


def _headings(cells: pd.DataFrame) -> set[str]:
    filled = filled_cells(cells)
    row = heading_row(filled.sum(axis=1).tolist())
    return {simple_name(heading) for heading in headings_in(cells, filled, row)}
