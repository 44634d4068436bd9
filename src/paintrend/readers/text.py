"""Read CSV and the like: any encoding and separator that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.formulas import (
    unquoted_cells,
    unquoted_formula,
    without_text_formula,
    without_text_formulas,
)
from paintrend.readers.problems import file_error, no_rows_error
from paintrend.readers.raw import RawTable, check_width, heading_row, named_table
from paintrend.readers.separators import find_separator, first_records

__all__ = ["read_text"]

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_text(data: bytes, source: str, *, number: bool = False) -> RawTable:
    """Read the bytes of a text table; every value stays text, so leading zeros survive.

    Headings that occur twice are refused, or numbered.

    Raises
    ------
    DiaryError
        If it is empty, not text, or its quotes do not match.
    """
    text, notices = _decode(data, source)
    if not text.strip(" \t\r\n,;|"):
        raise file_error(
            source, "the file is empty", "Export it again, or check that it is the right file."
        )
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise file_error(
            source,
            f"row {row} holds NUL bytes, which no text table has",
            "The file is damaged or not a text table: export it again as CSV (UTF-8).",
            row=row,
        )
    separator = find_separator(text)
    n_above, headings = _headings(text, separator, source)
    check_width(len(headings), source)
    if n_above:
        notices.append(f"headings found in row {n_above + 1}")
    cells, too_long = _cells(text, separator, len(headings), source)
    below = cells.iloc[n_above + 1 :].reset_index(drop=True)
    if below.empty:
        raise no_rows_error(
            source,
            headings,
            f"there are headings ({', '.join(name for name in headings if name)}) "
            "but no rows below them",
            "Add one row per rating.",
        )
    if '"' in text:
        notices += _over_lines(below, headings, n_above + 2)
    below, n_formulas = without_text_formulas(below)
    if n_formulas:
        notices.append(
            f'a text written as a formula (="007") was read as the text in {n_formulas:,} '
            f"{'cell' if n_formulas == 1 else 'cells'}"
        )
    below, n_quoted = unquoted_cells(below)
    if n_quoted:
        notices.append(
            f"a ' before text that a spreadsheet would run as a formula was taken away in "
            f"{n_quoted:,} {'cell' if n_quoted == 1 else 'cells'}"
        )
    headings = [unquoted_formula(without_text_formula(heading)) for heading in headings]
    table = named_table(below, headings, n_above + 2, source, notices, number=number)
    at = {int(row): position for position, row in enumerate(table.rows)} if too_long else {}
    return replace(table, too_long={at[row]: extra for row, extra in too_long.items() if row in at})


def _decode(data: bytes, source: str) -> tuple[str, list[str]]:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), []
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if b"\0" not in data:
        try:
            # Excel's "CSV" on Windows; every other 8-bit encoding would pass too, hence the notice.
            return data.decode("cp1252"), [
                "the file is not UTF-8 and was read as Windows-1252: "
                "check that letters with accents look right"
            ]
        except UnicodeDecodeError:
            pass
    raise file_error(
        source,
        "the file is not text in UTF-8, UTF-16 or Windows-1252",
        "Export it again as CSV (UTF-8).",
    )


def _headings(text: str, separator: str, source: str) -> tuple[int, list[str]]:
    """Return the number of records above the headings, and the headings."""
    records = first_records(text, separator)
    if not records:
        raise _cell_error(source)
    # Excel's line that names the separator is no title.
    sep = int(text.lstrip().lower().startswith("sep="))
    if len(records) == sep:
        raise DiaryError(f"{source}: the file holds a line that names the separator and no row.")
    filled = [sum(1 for cell in record if cell.strip()) for record in records]
    n_above = sep + heading_row(filled[sep:])
    record = records[n_above]
    while record and not record[-1].strip():
        record.pop()
    return n_above, record


def _cells(
    text: str, separator: str, n_columns: int, source: str
) -> tuple[pd.DataFrame, dict[int, str]]:
    """Return all records as text, and those with too many values by row number."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.StringIO(text, newline=""),
                sep=separator,
                header=None,
                names=list(range(n_columns + 1)),
                index_col=False,
                dtype=str,
                na_filter=False,
                skip_blank_lines=False,
                low_memory=False,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        if "EOF inside string" in str(error):
            found = re.search(r"row (\d+)", str(error))
            row = int(found[1]) + 1 if found else ""
            raise file_error(
                source,
                f'the quotation mark (") opened in row {row} is never closed',
                "Close it, or delete it.",
                row=row,
            ) from error
        try:
            cells = _uneven(text, separator, n_columns)
        except csv.Error as long:
            raise _cell_error(source) from long
    cells = cells.fillna("")
    extra = cells.iloc[:, n_columns].to_numpy(dtype=object)
    at = np.flatnonzero(cells.iloc[:, n_columns].str.strip().to_numpy(dtype=object) != "")
    return cells.iloc[:, :n_columns], {int(i) + 1: str(extra[i]) for i in at}


def _over_lines(cells: pd.DataFrame, headings: list[str], first_row: int) -> list[str]:
    """Say which cells hold a line break: a stray quotation mark takes up the rows that follow."""
    found: list[tuple[int, int, int]] = []
    for i in range(cells.shape[1]):
        column = cells[i]
        at = np.flatnonzero(column.str.contains(r"[\r\n]", regex=True).to_numpy(dtype=bool))
        found += [(int(row), i, len(str(column.iloc[row]).splitlines())) for row in at]
    if not found:
        return []
    row, i, n = min(found)
    name = headings[i].strip() or f"column {i + 1}"
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return [
        f"cells of several lines: row {first_row + row}, {name} ({n} lines){more}. If a quotation "
        'mark (") was opened there by mistake, rows are hidden in it'
    ]


def _cell_error(source: str) -> DiaryError:
    return file_error(
        source,
        f"a cell has more than {csv.field_size_limit():,} characters, the most that is read",
        'Is a quotation mark (") opened and never closed? Else shorten the cell.',
    )


def _uneven(text: str, separator: str, n_columns: int) -> pd.DataFrame:
    """Read records of any length; what is too much goes joined into the last column."""
    records = []
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        fits, extra = record[:n_columns], [cell for cell in record[n_columns:] if cell.strip()]
        records.append([*fits, *[""] * (n_columns - len(fits)), separator.join(extra)])
    return pd.DataFrame(records, dtype="str")
