"""Tables as Excel workbooks: text stays text, so that nothing in it is run."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError, MissingExtraError
from paintrend.readers.formulas import keep_as_text

__all__ = ["write_workbook"]

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(parts: Iterable[pd.DataFrame], path: Path, name: str) -> None:
    """Write a table, or its parts one after the other, to the sheet `name`.

    Text cells are marked as text: one that begins with "=" is shown and not computed. Signs that a
    workbook cannot hold are replaced by "?"; a missing value is an empty cell.

    Raises
    ------
    MissingExtraError
        If the package that writes Excel files is not installed.
    InputError
        If the table is larger than a sheet.
    """
    if find_spec("openpyxl") is None:
        raise MissingExtraError(
            "writing Excel files needs an extra: pip install 'paintrend[excel]'. "
            "Or write CSV or Parquet."
        )
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)

    def cell(value: Any) -> Any:
        plain = _plain(value)
        if isinstance(plain, float):
            # Given as a number it would be cut to 16 figures, one too few to be read back.
            made = WriteOnlyCell(sheet, value=repr(plain))
            made.data_type = "n"
            return made
        if not isinstance(plain, str):
            return plain
        made = WriteOnlyCell(sheet, value=plain)
        keep_as_text(made)
        return made

    try:
        _fill(sheet, cell, parts)
    except BaseException:
        sheet.close()  # or its half-written file would stay open
        raise
    book.save(path)


def _fill(sheet: Any, cell: Callable[[Any], Any], parts: Iterable[pd.DataFrame]) -> None:
    n_rows = 0
    for number, part in enumerate(parts):
        if number == 0:
            sheet.append([cell(str(heading)) for heading in part.columns])
        n_rows += len(part)
        if n_rows >= MOST_ROWS or part.shape[1] > MOST_COLUMNS:
            raise InputError(
                f"the table does not fit on a sheet of Excel ({MOST_ROWS:,} rows, "
                f"{MOST_COLUMNS:,} columns): write CSV or Parquet."
            )
        for row in part.itertuples(index=False, name=None):
            sheet.append([cell(value) for value in row])


def _plain(value: Any) -> Any:
    """Return what a cell can hold."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        # A sheet holds 15 figures: longer numbers would change.
        return int(value) if abs(int(value)) < 10**15 else str(value)
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return None if math.isnan(number) else number if math.isfinite(number) else str(number)
    if isinstance(value, dt.datetime):
        return value.isoformat() if value.tzinfo is not None else value
    if isinstance(value, dt.date):
        return value
    text = FORBIDDEN.sub("?", str(value))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."
