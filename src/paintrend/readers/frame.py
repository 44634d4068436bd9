"""Read DataFrames and Parquet files: typed already, rows counted from 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, MissingExtraError
from paintrend.readers.problems import file_error, no_rows_error
from paintrend.readers.raw import RawTable, check_width

__all__ = ["read_frame", "read_parquet"]

LARGEST_GROWTH = 1000
SMALL = 2**30
"""A file may take this many bytes of memory for each of its own, or so many in all."""


def read_frame(frame: pd.DataFrame, source: str = "DataFrame") -> RawTable:
    """Take a DataFrame as it is; named index levels become columns.

    Raises
    ------
    DiaryError
        If it has no rows, or a column name occurs twice.
    """
    check_width(len(frame.columns), source)
    named = [name for name in frame.index.names if name is not None and name not in frame.columns]
    if named:
        frame = frame.reset_index(level=named)
    names = [str(name).strip() for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise file_error(
            source,
            f"two columns have the same name: {', '.join(twice)}",
            "Rename one of each, or drop it.",
            column=", ".join(twice),
        )
    if frame.empty:
        raise no_rows_error(
            source,
            names,
            f"there are columns ({', '.join(names) or 'none'}) but no rows",
            "Check how the table was made.",
        )
    rows = np.arange(len(frame))
    if not (
        isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(rows)))
    ):
        # A label alone may occur twice; a position alone does not show in the table.
        labels = (
            frame.index.astype("str")
            if not isinstance(frame.index, pd.MultiIndex)
            else [str(label) for label in frame.index]
        )
        names_of_rows = pd.Series(rows).astype("str") + " (index " + pd.Series(list(labels)) + ")"
        rows = names_of_rows.to_numpy(dtype=object)
    return RawTable(
        frame.set_axis(names, axis=1).reset_index(drop=True),
        rows,
        source,
        "Rows are counted from 0.",
    )


def read_parquet(path: Path) -> RawTable:
    """Read a Parquet file.

    Raises
    ------
    MissingExtraError
        If no package that reads Parquet is installed.
    DiaryError
        If the file is damaged, or has no rows.
    """
    try:
        _check_parquet(path)
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise MissingExtraError(
            "reading Parquet files needs pyarrow: pip install pyarrow. Or save the table as CSV."
        ) from error
    except DiaryError:
        raise
    except Exception as error:  # the engines have their own errors for a damaged file
        raise DiaryError(
            f"{path.name} cannot be read as Parquet ({error}). Is it damaged or cut off? Write or "
            "copy it again, or save the table as CSV."
        ) from error
    return read_frame(frame, path.name)


def _check_parquet(path: Path) -> None:
    """Refuse a file that a few bytes make very large."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        about, columns = file.metadata, len(file.schema_arrow.names)
        size = 8 * about.num_rows * max(1, columns)
        size = max(
            size, sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        )
    check_width(columns, path.name)
    bytes_there = path.stat().st_size
    limit = max(SMALL, LARGEST_GROWTH * bytes_there)
    if size > limit:
        raise DiaryError(
            f"{path.name} is not read: its {bytes_there:,} bytes would take {size / 2**20:,.0f} MB "
            f"of memory ({about.num_rows:,} rows); at most {limit / 2**20:,.0f} MB are allowed for "
            "a file of this length."
        )
