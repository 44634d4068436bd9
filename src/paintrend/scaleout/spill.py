"""First pass: every row to the bucket of its patient, in files that keep the order of rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paintrend.aside import written_aside
from paintrend.errors import DiaryError
from paintrend.readers.dates import DateStyle, date_style
from paintrend.readers.raw import RawTable
from paintrend.scaleout.job import Job
from paintrend.scaleout.routing import id_text, route_keys
from paintrend.scaleout.source import Source, Unit

__all__ = ["FILE", "ROW", "bucket_table", "first_rows", "route_unit", "styles_of"]

CHUNK_ROWS = 500_000
"""Rows in memory at a time."""
FILE, ROW = "__paintrend_file__", "__paintrend_row__"
"""Columns added to a row: number of its file, and its own number in it."""
QUICK = pa.ipc.IpcWriteOptions(compression="lz4")


def route_unit(job: Job, number: int, unit: Unit) -> None:
    """Write the rows of a unit by bucket; its marker last, so that half a unit is none.

    Raises
    ------
    DiaryError
        If the file has changed since the run began, or is damaged.
    """
    buckets: list[list[int]] = []
    styles = {name: DateStyle() for name in job.date_columns}
    first = unit.first_row
    for table in _chunks(job, unit):
        for name in job.date_columns:
            styles[name] |= date_style(table.column(name).to_pandas())
        ids = id_text(table.column(job.id_column).combine_chunks())
        bucket = (route_keys(ids) % np.uint64(job.n_buckets)).astype(np.int64)
        order = np.argsort(bucket, kind="stable")
        table = table.set_column(
            table.schema.get_field_index(job.id_column),
            job.id_column,
            pa.array(ids, type=pa.large_string()),
        )
        n = table.num_rows
        table = table.append_column(FILE, pa.array(np.full(n, unit.file, dtype=np.int32)))
        table = table.append_column(ROW, pa.array(np.arange(first, first + n)))
        buckets.append(_write(job, number, len(buckets), table.take(order), bucket[order]))
        first += n
    facts = {"buckets": buckets, "styles": {name: asdict(one) for name, one in styles.items()}}
    with written_aside(job.unit_marker(number)) as aside:
        aside.write_text(json.dumps(facts), encoding="ascii")


def first_rows(source: Source, needed: Collection[str] | None = None, n: int = 1000) -> RawTable:
    """Read the first rows that there are; all columns, or those that are needed."""
    number = next(i for i, file in enumerate(source.files) if file.rows)
    first = source.files[number]
    try:
        with pq.ParquetFile(first.path) as file:
            columns = [
                name for name in file.schema_arrow.names if needed is None or name.strip() in needed
            ]
            batch = next(file.iter_batches(n, columns=columns))
    except (pa.ArrowException, OSError) as error:
        raise DiaryError(f"{first.name} cannot be read as Parquet ({error}).") from error
    frame = batch.to_pandas().rename(columns=str.strip)
    at = np.arange(len(frame))
    names = source.row_names(np.full(len(frame), number), at)
    return RawTable(frame, names, source.name, source.counting)


def _chunks(job: Job, unit: Unit) -> Iterator[pa.Table]:
    """Give the needed columns of a unit, `CHUNK_ROWS` at a time."""
    source = job.source.files[unit.file]
    try:
        with pq.ParquetFile(source.path) as file:
            if tuple(file.metadata.row_group(i).num_rows for i in unit.groups) != tuple(
                source.groups[i] for i in unit.groups
            ):
                raise DiaryError(f"{source.name} has changed since the run began.")
            columns = [name for name in file.schema_arrow.names if name.strip() in job.needed]
            batches = file.iter_batches(CHUNK_ROWS, row_groups=list(unit.groups), columns=columns)
            for batch in batches:
                table = pa.Table.from_batches([batch])
                yield _plain(table.rename_columns([name.strip() for name in table.column_names]))
    except (pa.ArrowException, OSError) as error:
        raise DiaryError(f"{source.name} cannot be read as Parquet ({error}).") from error


def _plain(table: pa.Table) -> pa.Table:
    """Write out columns that store each value once: such lists differ between chunks."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    # What pandas noted of the file's own columns does not hold for these.
    return table.replace_schema_metadata(None)


def _write(job: Job, number: int, chunk: int, table: pa.Table, bucket: np.ndarray) -> list[int]:
    """Write rows sorted by bucket, a batch for each bucket that has any; return which have."""
    present, starts = np.unique(bucket, return_index=True)
    ends = [*starts[1:].tolist(), len(bucket)]
    table = table.combine_chunks()
    with (
        written_aside(job.chunk(number, chunk)) as aside,
        pa.OSFile(str(aside), "wb") as sink,
        pa.ipc.new_file(sink, table.schema, options=QUICK) as writer,
    ):
        for start, end in zip(starts.tolist(), ends, strict=True):
            writer.write_table(table.slice(start, end - start), max_chunksize=end - start)
    return [int(one) for one in present]


def styles_of(job: Job, n_units: int) -> dict[str, DateStyle]:
    """Join what all units show of their dates."""
    styles = {name: DateStyle() for name in job.date_columns}
    for number in range(n_units):
        for name, facts in _facts(job, number)["styles"].items():
            styles[name] |= DateStyle(**facts)
    return styles


def bucket_table(job: Job, bucket: int, n_units: int) -> tuple[RawTable, pd.DataFrame] | None:
    """Return the rows of a bucket in the order of the files, and their files and numbers; None if
    it has no row."""
    found: list[pa.Table] = []
    for number in range(n_units):
        for chunk, present in enumerate(_facts(job, number)["buckets"]):
            at = int(np.searchsorted(present, bucket))
            if at < len(present) and present[at] == bucket:
                with pa.OSFile(str(job.chunk(number, chunk)), "rb") as file:
                    batch = pa.ipc.open_file(file).get_batch(at)
                found.append(pa.Table.from_batches([batch]))
    if not found:
        return None
    # Kinds may differ between files where a column is empty, or whole numbers in one of them.
    frame = pa.concat_tables(found, promote_options="permissive").to_pandas()
    places = frame[[FILE, ROW]].copy()
    frame = frame.drop(columns=[FILE, ROW])
    names = job.source.row_names(places[FILE].to_numpy(), places[ROW].to_numpy())
    return RawTable(frame, names, job.source.name, job.source.counting), places


_FACTS: dict[str, dict[str, Any]] = {}


def _facts(job: Job, number: int) -> dict[str, Any]:
    """Read the marker of a unit, once in a process."""
    path = job.unit_marker(number)
    if str(path) not in _FACTS:
        _FACTS[str(path)] = json.loads(path.read_text(encoding="ascii"))
    return _FACTS[str(path)]
