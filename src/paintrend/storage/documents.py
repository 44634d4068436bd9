"""JSON files: written aside in full precision, read with a word on what is not one of them."""

from __future__ import annotations

import json
import os
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from paintrend.aside import written_aside
from paintrend.errors import InputError, PopulationError
from paintrend.storage.checks import shown

__all__ = ["check_format", "check_version", "read_document", "write_document", "written_by"]


LARGEST = 2 * 2**30
"""Bytes. The digests of a million patients take some 400 MB."""


def write_document(document: dict[str, Any], path: str | os.PathLike[str]) -> Path:
    """Write a document as JSON, aside first."""
    # Floats are written in the shortest form that is read back as the same number.
    text = json.dumps(document, indent=1, allow_nan=False, default=_plain)
    with written_aside(path) as aside:
        aside.write_bytes(text.encode("ascii") + b"\n")
    return Path(path)


def written_by() -> str:
    """Return the version of paintrend that writes a file."""
    try:
        return metadata.version("paintrend")
    except metadata.PackageNotFoundError:
        return "from source"


def _plain(value: Any) -> Any:
    """Turn a NumPy number, which a user's own scale may hold, into a plain one."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a file holds numbers and text, got {type(value).__name__}")


def read_document(file: Path, kind: str, writer: str) -> Any:
    """Read a JSON file that `writer` is said to have written.

    Raises
    ------
    PopulationError
    """
    try:
        size = file.stat().st_size
        if size > LARGEST:
            raise PopulationError(
                f"{file.name} is not read: it has {size / 2**20:,.0f} MB; a {kind} may have "
                f"{LARGEST / 2**20:,.0f} MB at the most."
            )
        data = file.read_bytes()
    except FileNotFoundError:
        raise PopulationError(f"there is no file {file}.") from None
    except OSError as error:
        raise PopulationError(f"{file} cannot be read ({error.strerror}).") from error
    try:
        # utf-8-sig, because some editors put a byte-order mark in front.
        return json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError as error:
        why = "a number has too many digits" if "digits" in str(error) else str(error)[:120]
    raise PopulationError(
        f"{file.name} is not a {kind}: expected a JSON file from {writer}, "
        f"got something else ({why})."
    )


def check_format(document: Any, name: str, kind: str, newest: int) -> None:
    """Refuse what is certainly not a file of this kind that this version knows.

    Raises
    ------
    PopulationError
    """
    expected = f"paintrend {kind}"
    if not isinstance(document, dict) or document.get("format") != expected:
        came = shown(document.get("format") if isinstance(document, dict) else document)
        raise PopulationError(f"{name} is not a {kind}: format: expected {expected!r}, got {came}.")
    check_version(document, name, newest, PopulationError)


def check_version(document: dict[str, Any], name: str, newest: int, error: type[InputError]) -> int:
    """Give the version of a file, and refuse one that this paintrend does not know.

    Raises
    ------
    InputError
        Of the kind `error`.
    """
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise error(f"{name}: version: expected a whole number from 1, got {shown(version)}.")
    if version > newest:
        raise error(
            f"{name}: version: expected {newest} or older, got {version}. It was written by "
            f"paintrend {shown(document.get('paintrend'))}; install that or a newer one."
        )
    return version
