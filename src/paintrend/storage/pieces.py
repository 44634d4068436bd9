"""Several tables and a description in one folder or one .zip file, replaced all at once.

In a folder the name of each table's file holds a hash of its content, and ``fit.json`` names the
files that belong together: it is renamed into place last, so that whatever moment a process is
killed at, the folder holds the old set or the new one. A .zip file is renamed as a whole.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paintrend.aside import written_aside
from paintrend.errors import FitError
from paintrend.storage.checks import digest_of, shown

__all__ = [
    "DESCRIPTION",
    "changed",
    "check_digest",
    "read_description",
    "read_piece",
    "write_pieces",
]

DESCRIPTION = "fit.json"
LONGEST_DESCRIPTION = 256 * 2**20
NAME = re.compile(r"[a-z_]+-[0-9a-f]{16}\.parquet")
STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of everything in a .zip file: the same fit gives the same bytes."""


def write_pieces(
    target: Path, pieces: Iterator[tuple[str, int, bytes]], document: dict[str, Any]
) -> None:
    """Write tables, given as name, number of rows and bytes, and the description that lists them.

    Raises
    ------
    FitError
        If something else stands where the folder or file should.
    OSError
        If it cannot be written; what was there stays.
    """
    single = target.suffix.lower() == ".zip"
    if target.exists() and single == target.is_dir():
        raise FitError(
            f"{target} is a {'folder' if single else 'file'}: write_fit writes one file if the "
            "name ends in .zip, else a folder. Give another name."
        )
    if single:
        with written_aside(target) as aside, zipfile.ZipFile(aside, "w") as archive:
            for name, data in _described(pieces, document):
                # Tables are compressed already.
                archive.writestr(zipfile.ZipInfo(name, STAMP), data)
        return
    kept = []
    for name, data in _described(pieces, document):
        kept.append(name)
        with written_aside(target / name) as aside:
            aside.write_bytes(data)
    _remove_older(target, kept)


def _remove_older(folder: Path, kept: list[str]) -> None:
    """Remove the tables of an earlier fit, and what a write that was killed left."""
    names = "|".join(name.partition("-")[0] for name in kept if name != DESCRIPTION)
    table = rf"(?:\.\d+\.part\.)?(?:{names})-[0-9a-f]{{16}}\.parquet"
    ours = re.compile(rf"{table}|\.\d+\.part\.{re.escape(DESCRIPTION)}")
    for file in folder.iterdir():
        if file.name not in kept and ours.fullmatch(file.name):
            file.unlink(missing_ok=True)


def _described(
    pieces: Iterator[tuple[str, int, bytes]], document: dict[str, Any]
) -> Iterator[tuple[str, bytes]]:
    """Yield file names and bytes, the description last."""
    tables = {}
    for name, rows, data in pieces:
        digest = hashlib.sha256(data).hexdigest()
        file = f"{name}-{digest[:16]}.parquet"
        tables[name] = {"file": file, "rows": rows, "sha256": digest}
        yield file, data
    whole = {**document, "tables": tables}
    text = json.dumps({**whole, "sha256": digest_of(whole)}, indent=1, allow_nan=False)
    yield DESCRIPTION, text.encode("ascii") + b"\n"


def read_description(target: Path) -> dict[str, Any]:
    """Read the description and check its hash.

    Raises
    ------
    FitError
    """
    data = _bytes(target, DESCRIPTION, LONGEST_DESCRIPTION)
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FitError(
            f"{target}: {DESCRIPTION} is not JSON ({str(error)[:120]}). "
            "It is damaged, or not written by write_fit."
        ) from error
    if not isinstance(document, dict):
        raise FitError(f"{target}: {DESCRIPTION}: expected an object, got {shown(document)}.")
    return document


def check_digest(target: Path, document: Mapping[str, Any]) -> None:
    """Refuse a description that was changed after it was written."""
    try:
        expected = digest_of(document)
    except (ValueError, RecursionError):
        expected = ""
    if document.get("sha256") != expected:
        raise FitError(
            f"{target}: {DESCRIPTION} was changed after it was written, or is damaged: its sha256 "
            f"is {shown(document.get('sha256'))}, its content gives {expected!r}. Write it again."
        )


def read_piece(target: Path, document: Mapping[str, Any], name: str) -> tuple[bytes, int]:
    """Read the bytes of a table and the number of rows it should have; the hash is checked.

    Raises
    ------
    FitError
    """
    tables = document.get("tables")
    entry = tables.get(name) if isinstance(tables, dict) else None
    file, rows, digest = (
        (entry.get(key) for key in ("file", "rows", "sha256"))
        if isinstance(entry, dict)
        else (None, None, None)
    )
    if not (isinstance(file, str) and NAME.fullmatch(file) and isinstance(rows, int) and rows >= 0):
        raise FitError(
            f"{target}: {DESCRIPTION}: tables.{name}: expected file, rows and sha256, "
            f"got {shown(entry)}."
        )
    data = _bytes(target, file, None)
    came = hashlib.sha256(data).hexdigest()
    if came != digest:
        raise FitError(
            f"{target}: {file} was changed after it was written, or is damaged: "
            f"expected sha256 {shown(digest)}, got {came!r}. Write the fit again."
        )
    return data, rows


def _bytes(target: Path, name: str, limit: int | None) -> bytes:
    """Read one file of the folder or the .zip file."""
    try:
        if target.is_dir():
            return _limited(target / name, (target / name).stat().st_size, limit).read_bytes()
        with zipfile.ZipFile(target) as archive:
            entry = archive.getinfo(name)
            # Only what `write_pieces` writes: then nothing can grow when it is read.
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                raise FitError(
                    f"{target}: {name} is compressed; a fit holds its files as they are. "
                    "Was it packed again? Unpack it and read the folder."
                )
            _limited(target, entry.file_size, limit)
            return archive.read(entry)
    except KeyError:
        raise FitError(f"{target} holds no {name}: it is not a fit, or not all of one.") from None
    except FileNotFoundError:
        missing = f"holds no {name}: it is not a fit, or not all of one"
        said = missing if target.exists() else "is not there"
        raise FitError(f"{target} {said}.") from None
    except OSError as error:
        raise FitError(f"{target} cannot be read ({error.strerror or error}).") from error
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, FitError):
            raise
        raise FitError(
            f"{target} is no fit: expected a folder or a .zip file from write_fit "
            f"({str(error)[:120]})."
        ) from error


def _limited(path: Path, size: int, limit: int | None) -> Path:
    if limit is not None and size > limit:
        raise FitError(
            f"{path}: {DESCRIPTION} has {size:,} bytes; it may have {limit:,} at the most."
        )
    return path


def changed(target: Path, document: Mapping[str, Any]) -> bool:
    """Say whether another fit took the place of this one while it was being read."""
    try:
        return read_description(target).get("sha256") != document.get("sha256")
    except FitError:
        return False
