"""Read any source: find out what kind of file it is and hand it to the reader of that format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path

import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.excel import read_excel
from paintrend.readers.frame import read_frame, read_parquet
from paintrend.readers.labelled import labelled_system, read_labelled
from paintrend.readers.origin import Origin
from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.text import read_text

__all__ = ["kind_of", "read_table"]

HEAD = 4096
"""Bytes in which the kind of a file shows."""


ENDS = frozenset([".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".sav", ".zsav", ".dta", ".xpt"])
"""Names of files that are no text."""


def read_table(
    source: str | PathLike[str] | pd.DataFrame,
    sheet: str | int | Sequence[str] | Mapping[str, float] | None = None,
    *,
    number: bool = False,
    about: str = "",
) -> RawTable:
    """Read a file or DataFrame; what kind of file it is shows in its first bytes.

    Headings that occur twice are refused, or numbered ("Pain (1)", "Pain (2)"). Of a workbook with
    several sheets the one `about` symptoms, events or sessions is found, as in `read_excel`.

    Raises
    ------
    DiaryError
        If it is missing, empty, damaged, or no table.
    MissingExtraError
        If the package that reads this kind of file is not installed.
    """
    if isinstance(source, pd.DataFrame):
        return read_frame(source)
    if not isinstance(source, (str, PathLike)):
        raise InputError(
            f"reading takes a path or a DataFrame, got {type(source).__name__}. "
            "For other tables: pandas.DataFrame(...)."
        )
    path = Path(fspath(source))
    name = path.name
    if path.is_dir():
        raise DiaryError(f"{path} is a folder; give one file in it.")
    if not path.exists():
        near = sorted(p.name for p in path.parent.glob("*") if p.suffix == path.suffix)[:5]
        here = f" There: {', '.join(near)}." if near else ""
        raise DiaryError(f"there is no file {path}.{here}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DiaryError(
            f"{path} cannot be read ({error.strerror}). Is it open in another program?"
        ) from error
    kind = _kind(data)
    if kind == "parquet":
        return replace(read_parquet(path), origin=Origin(files=(name,)))
    if kind == "workbook":
        return read_excel(path, sheet, number=number, about=about)
    if kind:
        return read_labelled(path, kind)
    if path.suffix.lower() in ENDS and data.strip():
        raise file_error(
            name,
            f"the name ends in {path.suffix}, but the content is something else",
            "Save the file again from the program that made it, or rename it if it is a CSV file.",
        )
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        raise file_error(
            name,
            "the file is JSON, not a table",
            "FHIR bundles and NDJSON: read_fhir(...), or paintrend convert.",
        )
    return replace(read_text(data, name, number=number), origin=Origin(files=(name,)))


def kind_of(path: str | PathLike[str]) -> str:
    """Return "parquet", "workbook", the system of a labelled file (SPSS, Stata ...), or "".

    Of a file that cannot be opened nothing is known.
    """
    try:
        with Path(fspath(path)).open("rb") as file:
            return _kind(file.read(HEAD))
    except OSError:
        return ""


def _kind(data: bytes) -> str:
    if data[:4] == b"PAR1":
        return "parquet"
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return "workbook"
    return labelled_system(data)
