"""Formulas of a workbook that were never calculated: their cells would be read as empty."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.archives import BROKEN
from paintrend.readers.workbook_cells import Cell, cells_of, has_bytes, sheet_files
from paintrend.results.diary import PROBLEM_COLUMNS

__all__ = ["refuse_uncalculated"]

LISTED = 20


def refuse_uncalculated(path: Path, sheets: Iterable[str]) -> None:
    """Refuse sheets of an .xlsx workbook with formulas that have no value yet.

    Programs other than a spreadsheet write formulas without their values; whatever reads the file
    sees empty cells, which would count as missed visits.

    Raises
    ------
    DiaryError
        With the first cells and how to mend them.
    """
    # a workbook of another kind, or one that only its reader can make sense of, cannot be checked
    found: list[tuple[str, Cell]] = []
    with suppress(*BROKEN), zipfile.ZipFile(path) as archive:
        files = sheet_files(archive)
        for name in filter(files.__contains__, sheets):
            found += [(name, cell) for cell in _uncalculated(archive, files[name])]
    if not found:
        return
    fix = "Open the file in a spreadsheet program, save it there, and read it again."
    places = [f"{cell.letters}{cell.row + 1}" for _, cell in found]
    rows = [
        [cell.row + 1, "", cell.letters, f"={cell.formula}",
         f"sheet {name}: the formula in {place} was never calculated", fix]
        for (name, cell), place in zip(found, places, strict=True)
    ]  # fmt: skip
    listed = ", ".join(places[:LISTED])
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    what = "a formula" if len(found) == 1 else "formulas"
    raise DiaryError(
        f"{path.name}: sheet {found[0][0]} has {what} without a value ({listed}{more}), from a "
        f"program that does not calculate; read as empty this would be a missed visit. {fix}",
        pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS), dtype=object),
    )


def _uncalculated(archive: zipfile.ZipFile, file: str) -> list[Cell]:
    """Cells with a formula and no value."""
    if not has_bytes(archive, file, b"<f>", b"<f "):
        return []
    # a text may well be empty: Excel says so by its type
    return [
        cell
        for cell in cells_of(archive, file)
        if cell.formula is not None and not cell.value and cell.kind != "str"
    ]
