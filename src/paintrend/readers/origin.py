"""What a reader knows of its source beyond the rows: what was chosen, left out, and is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, NamedTuple

import pandas as pd

from paintrend.results.provenance import LEFT_OUT_COLUMNS, Provenance, no_rows_left_out

__all__ = ["Flaw", "Origin", "left_out_table"]

READER_VERSION = 1
"""Raised when a reader changes what it makes of the same file."""


class Flaw(NamedTuple):
    """A problem of one row that the reader of a format found."""

    at: int
    column: str
    value: str
    problem: str
    fix: str
    about: str = ""
    """Columns of the table of which other checks then say no more; `column`, if empty."""


@dataclass(frozen=True, eq=False)
class Origin:
    """The part of the provenance that is known before the rows are checked.

    Parameters
    ----------
    system, files, part, selection, left_out
        As in `Provenance`.
    n_not_selected : int
        Ratings of another question or kind.
    """

    system: str = "table"
    files: tuple[str, ...] = ()
    part: str = ""
    selection: Mapping[str, str] = field(default_factory=dict)
    left_out: pd.DataFrame = field(default_factory=no_rows_left_out)
    n_not_selected: int = 0

    def provenance(self, n_rows: int, n_used: int, n_missing: int) -> Provenance:
        """Complete it with what became of the rows that were checked."""
        n_left_out = len(self.left_out)
        return Provenance(
            system=self.system,
            files=self.files,
            part=self.part,
            selection=dict(self.selection),
            reader=f"paintrend {_version()}, readers {READER_VERSION}",
            counts={
                "read": n_rows + n_left_out + self.n_not_selected,
                "not_selected": self.n_not_selected,
                "left_out": n_left_out,
                "set_aside": n_rows - n_used - n_missing,
                "missing": n_missing,
                "used": n_used,
            },
            left_out=self.left_out,
        )


def left_out_table(rows: list[tuple[Any, str, str, str]]) -> pd.DataFrame:
    """Make the table of rows that a rule leaves out: row, patient_id, value, reason."""
    return pd.DataFrame(rows, columns=list(LEFT_OUT_COLUMNS), dtype=object)


def _version() -> str:
    try:
        return metadata.version("paintrend")
    except metadata.PackageNotFoundError:
        return "from source"
