"""By which a folder is known to hold a run over Parquet files."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FORMAT", "RUN_FILE", "is_run"]

RUN_FILE = "run.json"
FORMAT = "paintrend run"


def is_run(folder: Path) -> bool:
    """Say whether a folder holds a run over Parquet files, done or not."""
    file = folder / RUN_FILE
    return file.is_file() and FORMAT.encode("ascii") in file.read_bytes()
