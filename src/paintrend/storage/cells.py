"""Tables in Parquet whose every cell comes back as it was, columns of mixed values included."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["frame_bytes", "frame_of", "table_bytes", "table_of"]

MIXED = b"paintrend mixed columns"
"""Key of the schema under which the columns are listed whose cells are JSON."""

LARGEST_GROWTH = 1000
SMALL = 64 * 2**20
"""A table may take this much memory for each byte of its file, or so much in all."""


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """Give a DataFrame as the bytes of a Parquet file; the index is left out.

    A column of Python objects becomes text, one JSON value a cell; the others keep their type.

    Raises
    ------
    ValueError
        If a column has a type that Parquet does not hold; the message names it.
    """
    mixed = [str(name) for name in frame.columns if frame[name].dtype == object]
    arrays, fields = [], []
    for name in map(str, frame.columns):
        values = frame[name]
        try:
            if name in mixed:
                array = pa.array([json.dumps(_packed(cell)) for cell in values], pa.large_string())
            else:
                array = pa.Table.from_pandas(values.to_frame(name), preserve_index=False).column(0)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise ValueError(f"column {name!r} ({values.dtype}): {error}") from error
        arrays.append(array)
        fields.append(pa.field(name, array.type))
    plain = frame[[name for name in frame.columns if str(name) not in mixed]]
    described = pa.Schema.from_pandas(plain, preserve_index=False).metadata or {}
    schema = pa.schema(fields, {**described, MIXED: json.dumps(mixed).encode()})
    return table_bytes(pa.Table.from_arrays(arrays, schema=schema))


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Give back the DataFrame that `frame_bytes` was given."""
    listed = (table.schema.metadata or {}).get(MIXED, b"[]")
    mixed = [name for name in json.loads(listed) if name in table.column_names]
    names = list(table.column_names)
    plain = table.drop_columns(mixed) if mixed else table
    frame = plain.to_pandas() if plain.num_columns else pd.DataFrame(index=range(table.num_rows))
    for name in mixed:
        cells = [_unpacked(json.loads(text)) for text in table.column(name).to_pylist()]
        values = np.empty(len(cells), dtype=object)
        values[:] = cells
        frame[name] = pd.Series(values, index=frame.index, dtype=object)
    return frame[names]


def table_bytes(table: pa.Table) -> bytes:
    """Give an Arrow table as the bytes of a Parquet file; floats keep every bit."""
    whole = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    sink = pa.BufferOutputStream()
    # A dictionary of floats could take -0.0 for 0.0.
    pq.write_table(table, sink, compression="zstd", use_dictionary=whole)
    return sink.getvalue().to_pybytes()


def table_of(data: bytes) -> pa.Table:
    """Read the bytes of a Parquet file.

    Raises
    ------
    ValueError
        If they are no such file, or one that would take far more memory than a table of its
        length does.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        size = max(size, 8 * file.metadata.num_rows * max(1, file.metadata.num_columns))
        limit = max(SMALL, LARGEST_GROWTH * len(data))
        if size > limit:
            raise ValueError(
                f"it would take {size / 2**20:,.0f} MB of memory, and {len(data):,} bytes may take "
                f"{limit / 2**20:,.0f} MB"
            )
        return file.read(use_threads=False)
    except (pa.ArrowException, OSError, MemoryError) as error:
        raise ValueError(f"it is no Parquet file that can be read ({error})") from error


def _packed(cell: Any) -> Any:
    """Give a cell as what JSON holds; an object with one key says which type it had."""
    if isinstance(cell, np.generic) and not isinstance(cell, (np.datetime64, np.timedelta64)):
        cell = cell.item()
    if cell is None or isinstance(cell, (str, bool)):
        return cell
    if cell is pd.NA or cell is pd.NaT:
        return {"missing": "NA" if cell is pd.NA else "NaT"}
    if isinstance(cell, int):
        # Python refuses to write out very long whole numbers in tens.
        return cell if abs(cell) < 2**63 else {"int": hex(cell)}
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else {"float": repr(cell)}
    for name, (kind, _) in TYPES.items():
        if isinstance(cell, kind):
            return {name: cell.isoformat()}
    return {"text": str(cell)}


def _unpacked(value: Any) -> Any:
    """Give back the cell that `_packed` was given."""
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ValueError(f"a cell with {len(value)} keys")
    ((name, inner),) = value.items()
    if not isinstance(inner, str):
        raise ValueError(f"a cell {name!r} without a text")
    if name == "missing":
        return pd.NA if inner == "NA" else pd.NaT
    if name == "int":
        return int(inner, 16)
    if name == "float":
        return float(inner)
    if name == "text":
        return inner
    if name not in TYPES:
        raise ValueError(f"a cell of the unknown type {name!r}")
    return TYPES[name][1](inner)


# In this order: a Timestamp is a datetime, and a datetime a date.
TYPES: dict[str, tuple[Any, Callable[[str], Any]]] = {
    "timestamp": (pd.Timestamp, pd.Timestamp),
    "timedelta": (pd.Timedelta, pd.Timedelta),
    "datetime": (dt.datetime, dt.datetime.fromisoformat),
    "date": (dt.date, dt.date.fromisoformat),
    "time": (dt.time, dt.time.fromisoformat),
}
