"""What a finished run has written: noted at its end, and looked at again before it is relied on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyarrow import ArrowException

__all__ = ["changes_in", "noted_files"]

PARTITIONS = ("courses", "curves")
SMALL = ("population.json", "problems.csv", "README.txt")
"""Files that other commands write too: they are known by their content, partitions by length."""


def noted_files(folder: Path) -> dict[str, list[Any]]:
    """Return size, and digest of the small ones, of each file that a run has written."""
    found = [folder / name for name in SMALL if (folder / name).exists()]
    for kind in PARTITIONS:
        found += sorted((folder / kind).glob("part-*.parquet"))
    return {file.relative_to(folder).as_posix(): _noted(file) for file in found}


def changes_in(folder: Path, run: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return what of a finished run is not there any more, and what is another file by now.

    Runs of earlier versions have noted nothing: of them the files must be there, with a row of
    courses for each patient.
    """
    noted = run.get("files")
    if noted is None:
        return _absent(folder, run), []
    absent = [name for name in noted if not (folder / name).exists()]
    other = [name for name in noted if name not in absent and _noted(folder / name) != noted[name]]
    more = [name for name in noted_files(folder) if name not in noted and "/" in name]
    return absent, other + more


def _noted(file: Path) -> list[Any]:
    size: list[Any] = [file.stat().st_size]
    if file.name in SMALL:
        size.append(hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest())
    return size


def _absent(folder: Path, run: Mapping[str, Any]) -> list[str]:
    asked = run.get("fingerprint", {}).get("options", {})
    names = ["population.json", "README.txt"] + ["problems.csv"] * bool(asked.get("lenient"))
    absent = [name for name in names if not (folder / name).exists()]
    kinds = [(PARTITIONS[0], 1)] + [(PARTITIONS[1], 0)] * (asked.get("curves") == "parquet")
    for kind, per_patient in kinds:
        parts = list((folder / kind).glob("part-*.parquet"))
        try:
            rows = sum(pq.read_metadata(part).num_rows for part in parts)
        except (OSError, ArrowException):
            rows = -1
        if not parts or (per_patient and rows != run.get("result", {}).get("patients")):
            absent.append(kind)
    return absent
