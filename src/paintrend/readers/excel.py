"""Read Excel workbooks: one sheet or several, dates as dates, rows numbered as in Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pandas as pd

from paintrend.errors import DiaryError, MissingExtraError
from paintrend.readers.archives import check_archive
from paintrend.readers.error_cells import with_errors
from paintrend.readers.origin import Origin
from paintrend.readers.problems import file_error, no_rows_error
from paintrend.readers.raw import RawTable, filled_cells, heading_row, headings_in, named_table
from paintrend.readers.sheet_choice import choose_sheet
from paintrend.readers.sheets import ALL, days_of_sheets, stack_sheets
from paintrend.readers.uncalculated import refuse_uncalculated

__all__ = ["read_excel"]


def read_excel(
    path: Path,
    sheet: str | int | Sequence[str] | Mapping[str, float] | None,
    *,
    number: bool = False,
    about: str = "",
) -> RawTable:
    """Read one sheet of a workbook, or put several below each other.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, int, list of str or mapping, optional
        Name of the sheet, or its number counted from 0. Not needed if only one sheet holds
        anything, or if one is called "diary". Several: their names, "*" for all that hold
        anything, or name -> day where each is a visit.
    number : bool
        Number headings that occur twice instead of refusing them.
    about : str
        What the table is about if it is not of ratings: "symptom", "event", "session" or
        "sign".

    Raises
    ------
    MissingExtraError
        If no package that reads Excel is installed.
    DiaryError
        If the sheet is not there, empty, or not the only one, or if it has formulas that were
        never calculated.
    """
    engine = _engine()
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    if is_archive:
        check_archive(path)
    try:
        sheets = pd.read_excel(
            path, sheet_name=None, header=None, dtype=object, na_filter=False, engine=engine
        )
    except Exception as error:  # each engine has its own errors for a damaged file
        raise DiaryError(
            f"{path.name} cannot be read as a workbook ({error}). "
            "Is it damaged or protected by a password? Save it again as .xlsx or CSV."
        ) from error
    named = {str(key): cells for key, cells in sheets.items()}
    if sheet == ALL or not isinstance(sheet, (str, int, type(None))):
        chosen = {name: named[name] for name in _names(named, sheet, path.name)}
        refuse_uncalculated(path, chosen)
        return _several(with_errors(path, chosen), sheet, path.name, number)
    name = choose_sheet(named, sheet, path.name, about)
    refuse_uncalculated(path, [name])
    source = path.name if len(sheets) == 1 else f"{path.name}, sheet {name}"
    cells = with_errors(path, {name: named[name]})[name]
    table = _one_sheet(cells, source, number)
    if about and sheet is None and len(named) > 1:
        table = replace(table, notices=(*table.notices, f"read from sheet {name}"))
    return replace(table, origin=Origin("Excel", (path.name,), f"sheet {name}"))


def _names(
    sheets: dict[str, pd.DataFrame], asked: str | Sequence[str] | Mapping[str, float], source: str
) -> list[str]:
    """Which sheets are asked for."""
    if asked == ALL:
        names = [name for name in sheets if filled_cells(sheets[name]).any()]
        if not names:
            raise file_error(source, "all sheets are empty", "Check that it is the right file.")
    else:
        names = [str(name) for name in asked]
        absent = [name for name in names if name not in sheets]
        if absent or not names:
            listed = ", ".join(map(repr, sheets))
            missing = ", ".join(map(repr, absent)) or "(none was named)"
            raise DiaryError(f"{source} has no sheet {missing}; it has: {listed}.")
    return names


def _several(
    sheets: dict[str, pd.DataFrame],
    asked: str | Sequence[str] | Mapping[str, float],
    source: str,
    number: bool,
) -> RawTable:
    days = days_of_sheets(asked)
    tables = {
        name: _one_sheet(cells, f"{source}, sheet {name}", number) for name, cells in sheets.items()
    }
    return stack_sheets(tables, days, source)


def _one_sheet(cells: pd.DataFrame, source: str, number: bool) -> RawTable:
    filled = filled_cells(cells)
    if not filled.any():
        raise file_error(source, "the sheet is empty", "Check that it is the right sheet.")
    n_above = heading_row(filled.sum(axis=1).tolist())
    headings = headings_in(cells, filled, n_above)
    notices = [f"headings found in row {n_above + 1}"] if n_above else []
    below = cells.iloc[n_above + 1 :].reset_index(drop=True)
    if below.empty:
        raise no_rows_error(
            source,
            headings,
            f"there are headings ({', '.join(filter(None, headings))}) but no rows below them",
            "Add one row per rating.",
        )
    return named_table(below, headings, n_above + 2, source, notices, number=number)


def _engine() -> Literal["calamine", "openpyxl"]:
    # calamine is several times faster; openpyxl is what writing the form needs anyway.
    if find_spec("python_calamine") is not None:
        return "calamine"
    if find_spec("openpyxl") is not None:
        return "openpyxl"
    raise MissingExtraError(
        "reading Excel files needs an extra: pip install 'paintrend[excel]'. "
        "Or save the sheet as CSV (UTF-8)."
    )
