"""A Parquet file, or a folder of them: what is in it, before any row is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paintrend.errors import DiaryError
from paintrend.readers.raw import RawTable

__all__ = ["Source", "SourceFile", "Unit", "is_parquet", "open_source"]

UNIT_ROWS = 2_000_000
"""Rows that are routed by one task, at least; fewer if the file ends."""
INDEX_COLUMN = re.compile(r"__index_level_\d+__")
"""How pandas stores an index without a name: row labels that are no part of the table."""


@dataclass(frozen=True)
class SourceFile:
    """One file: path, name in messages, size in bytes, time of last change (ns), rows per group."""

    path: str
    name: str
    size: int
    changed: int
    groups: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Rows of the file."""
        return sum(self.groups)


@dataclass(frozen=True)
class Unit:
    """Consecutive row groups of a file: number of the file, the groups, and their first row."""

    file: int
    groups: tuple[int, ...]
    first_row: int


@dataclass(frozen=True)
class Source:
    """What is read: name in messages, files in the order of their names, and their columns.

    `kinds` gives the kind of values of each column: number, text, date, true/false ...
    """

    name: str
    files: tuple[SourceFile, ...]
    kinds: dict[str, str]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def counting(self) -> str:
        """How rows are counted in messages."""
        return "Rows are counted from 0" + (" in each file." if len(self.files) > 1 else ".")

    def headings(self) -> RawTable:
        """Return the headings as a table without rows."""
        frame = pd.DataFrame(columns=pd.Index(list(self.kinds), dtype="str"))
        return RawTable(frame, np.arange(0), self.name, self.counting)

    def row_names(self, file: Any, row: Any) -> Any:
        """Return what rows are called in messages, from their files and numbers in them."""
        if len(self.files) == 1:
            return row
        names = np.array([f" of {one.name}" for one in self.files], dtype=object)
        return (pd.Series(row).astype("str") + pd.Series(names[file])).to_numpy(dtype=object)

    def units(self) -> list[Unit]:
        """Cut the files into units of about `UNIT_ROWS` rows."""
        found = []
        for number, file in enumerate(self.files):
            groups: list[int] = []
            first = done = 0
            for group, rows in enumerate(file.groups):
                groups.append(group)
                done += rows
                if done - first >= UNIT_ROWS or group == len(file.groups) - 1:
                    found.append(Unit(number, tuple(groups), first))
                    groups, first = [], done
        return found


def is_parquet(path: str | PathLike[str]) -> bool:
    """Tell whether a path is a Parquet file, or a folder that holds one."""
    file = Path(fspath(path))
    if file.is_dir():
        return any(True for _ in _inside(file))
    try:
        with file.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    except OSError:
        return False


def open_source(path: str | PathLike[str]) -> Source:
    """Look at the headings and sizes of a file or folder.

    Raises
    ------
    DiaryError
        If there is no Parquet file, one is damaged, there are no rows, or the files of a folder do
        not have the same columns with the same kinds of values.
    """
    root = Path(fspath(path))
    if not root.exists():
        raise DiaryError(f"there is no file {root}.")
    paths = sorted(_inside(root)) if root.is_dir() else [root]
    if not paths:
        raise DiaryError(f"{root} is a folder without a file that ends in .parquet.")
    files, first = [], {}
    for file in paths:
        name = file.relative_to(root).as_posix() if root.is_dir() else file.name
        found, kinds = _look_at(file, name)
        files.append(found)
        if len(files) == 1:
            first = kinds
        else:
            _compare(files[0].name, first, name, kinds)
            # A column that is empty in one file has its kind from another.
            first = {key: kinds[key] if kind == "empty" else kind for key, kind in first.items()}
    source = Source(root.name, tuple(files), first)
    if not source.rows:
        names = ", ".join(first) or "none"
        raise DiaryError(f"{root.name}: there are columns ({names}) but no rows.")
    return source


def _inside(folder: Path) -> list[Path]:
    """Find Parquet files; names that start with "_" or "." are other programs' notes."""
    return [
        file
        for file in folder.rglob("*.parquet")
        if file.is_file()
        and not any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)
    ]


def _look_at(path: Path, name: str) -> tuple[SourceFile, dict[str, str]]:
    try:
        with pq.ParquetFile(path) as file:
            meta, schema = file.metadata, file.schema_arrow
            groups = tuple(meta.row_group(i).num_rows for i in range(meta.num_row_groups))
    except (pa.ArrowException, OSError) as error:
        raise DiaryError(f"{name} cannot be read as Parquet ({error}).") from error
    names = [field.name.strip() for field in schema]
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice:
        raise DiaryError(f"{name}: two columns have the same name: {', '.join(twice)}.")
    kinds = {
        field.name.strip(): _kind(field.type)
        for field in schema
        if not INDEX_COLUMN.fullmatch(field.name)
    }
    stat = path.stat()
    return SourceFile(str(path), name, stat.st_size, stat.st_mtime_ns, groups), kinds


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_null(kind):
        return "empty"
    if pa.types.is_boolean(kind):
        return "true/false"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_timestamp(kind):
        return "date and time" + (f" ({kind.tz})" if kind.tz else "")
    if pa.types.is_date(kind):
        return "date"
    return "text" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else str(kind)


def _compare(one: str, kinds: dict[str, str], other: str, others: dict[str, str]) -> None:
    """Refuse files that are not parts of one table."""
    found = [f"{name} only in {one}" for name in kinds if name not in others]
    found += [f"{name} only in {other}" for name in others if name not in kinds]
    found += [
        f"{name} is {kinds[name]} in {one}, {others[name]} in {other}"
        for name in kinds
        if name in others
        and others[name] != kinds[name]
        and "empty" not in (kinds[name], others[name])
    ]
    if found:
        raise DiaryError(
            f"the files of the folder do not have the same columns: {'; '.join(found[:10])}. "
            "Write them with the same columns and kinds of values, or fit them one by one."
        )
