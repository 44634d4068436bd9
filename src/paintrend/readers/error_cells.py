"""Errors in cells of a workbook (#DIV/0!, #REF! ...): readers give them as empty cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd

from paintrend.readers.archives import BROKEN
from paintrend.readers.values import is_missing
from paintrend.readers.workbook_cells import Cell, cells_of, has_bytes, sheet_files

__all__ = ["with_errors"]


def with_errors(path: Path, sheets: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Put the errors of an .xlsx workbook back as text, so that no check takes them for empty.

    Parameters
    ----------
    path : Path
        The workbook.
    sheets : mapping
        Name -> cells as read, from the first row and column of the sheet.

    Returns
    -------
    dict
        The same with errors as text, as they would stand in CSV. #N/A is a value that is missing,
        there as here.
    """
    whole = dict(sheets)
    # as for formulas: other kinds of workbook cannot be looked at
    with suppress(*BROKEN), zipfile.ZipFile(path) as archive:
        files = sheet_files(archive)
        for name in filter(files.__contains__, sheets):
            found = list(_errors(archive, files[name]))
            said = is_missing(pd.Series([cell.value for cell in found], dtype="str"))
            wrong = [cell for cell, is_none in zip(found, said, strict=True) if not is_none]
            if wrong:
                whole[name] = _filled(sheets[name], wrong)
    return whole


def _errors(archive: zipfile.ZipFile, file: str) -> Iterator[Cell]:
    if has_bytes(archive, file, b't="e"', b"t='e'"):
        yield from (cell for cell in cells_of(archive, file) if cell.kind == "e")


def _filled(cells: pd.DataFrame, errors: list[Cell]) -> pd.DataFrame:
    """Write texts into their places, beyond the last row or column that was read if need be."""
    n_rows = max(len(cells), *(cell.row + 1 for cell in errors))
    n_columns = max(cells.shape[1], *(cell.column + 1 for cell in errors))
    rows, columns = pd.RangeIndex(n_rows), pd.RangeIndex(n_columns)
    placed = cells.reindex(index=rows, columns=columns, fill_value="")
    whole = placed.to_numpy(dtype=object, copy=True)
    for cell in errors:
        whole[cell.row, cell.column] = cell.value or "#ERROR"
    return pd.DataFrame(whole, dtype=object)
