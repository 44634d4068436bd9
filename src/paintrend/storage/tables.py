"""Tables as CSV, Parquet or Excel: full precision, and no text that a spreadsheet would run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paintrend.aside import written_aside
from paintrend.readers.formulas import quoted_formula
from paintrend.storage.workbooks import write_workbook

__all__ = ["harmless", "write_table"]


def write_table(table: pd.DataFrame | Iterable[pd.DataFrame], path: str | os.PathLike[str]) -> Path:
    """Write a table to CSV, or to Parquet or Excel if `path` ends in .parquet or .xlsx.

    Numbers are written with all their digits, so that they are read back exactly; an empty cell
    is a missing value. In CSV, text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line
    break gets a ``'`` in front, headings too: a spreadsheet would run it as a formula. So does what
    follows a separator within text. The readers take the ``'`` away again. Line breaks within
    text become ``\\n``. Parquet keeps text as it is, and Excel too, marked as text.

    Parameters
    ----------
    table : DataFrame or iterable of DataFrame
        Or its parts, written one after the other: at least one, all with the same columns.
    path : path
        Its folder is made if it does not exist. The file is written aside and renamed.

    Returns
    -------
    Path
        The file written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_table(pd.DataFrame({"id": ["=1+1"], "x": [-0.1]}), f"{folder}/t.csv")
    ...     print(file.read_text().replace(chr(10), " | "))
    id,x | '=1+1,-0.1 |
    """
    parts = [table] if isinstance(table, pd.DataFrame) else table
    with written_aside(path) as aside:
        end = aside.suffix.lower()
        if end == ".parquet":
            _write_parquet(parts, aside)
        elif end == ".xlsx":
            write_workbook(parts, aside, Path(path).stem[:31])
        else:
            _write_csv(parts, aside)
    return Path(path)


def _write_csv(parts: Iterable[pd.DataFrame], path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        for number, part in enumerate(parts):
            harmless(part).to_csv(file, index=False, header=number == 0, lineterminator="\n")


def _write_parquet(parts: Iterable[pd.DataFrame], path: Path) -> None:
    writer = None
    try:
        for part in parts:
            rows = pa.Table.from_pandas(part, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, rows.schema)
            writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()


def harmless(part: pd.DataFrame) -> pd.DataFrame:
    """Put a ``'`` before every text that a spreadsheet would take for a formula."""
    texts = part.select_dtypes(exclude=["number", "bool"]).columns
    changed = {name: part[name].map(_harmless_cell) for name in texts}
    return part.assign(**changed).rename(columns=_harmless_cell)


def _harmless_cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    # A bare carriage return would not be quoted, and would end the row for some readers.
    return quoted_formula(value.replace("\r\n", "\n").replace("\r", "\n"))
