"""Where the ratings of a diary come from: the files, what was chosen in them, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

__all__ = ["LEFT_OUT_COLUMNS", "PROVENANCE", "Provenance", "no_rows_left_out"]

PROVENANCE = "paintrend provenance"
"""What the file of a provenance calls itself."""

SHOWN_ROWS = 10
LEFT_OUT_COLUMNS = ("row", "patient_id", "value", "reason")


def no_rows_left_out() -> pd.DataFrame:
    """Return the empty table of rows that a rule of the source system leaves out."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in LEFT_OUT_COLUMNS})


# eq=False: a table cannot be compared to one bool.
@dataclass(frozen=True, eq=False, repr=False)
class Provenance:
    """What was read, by what, what was chosen, and how many ratings became what.

    Parameters
    ----------
    system : str
        "table", "Excel", "SPSS", "Stata", "SAS transport", "REDCap", "FHIR R4", "CDISC SDTM",
        "CDISC ADaM".
    files : tuple of str
        Names of the files.
    part : str
        The sheet, instrument, resource or domain within them; "" where there is only one.
    selection : dict
        What was chosen -> the choice: ``{"PARAMCD": "NRSNOW"}``.
    reader : str
        The reader and its version.
    counts : dict
        What became of the ratings: ``read`` is the sum of ``not_selected`` (another question or
        kind), ``left_out`` (a rule of the system, see `left_out`), ``set_aside`` (with a problem,
        in lenient mode), ``missing`` (missed visits) and ``used``.
    left_out : DataFrame
        ``row``, ``patient_id``, ``value``, ``reason`` of each row that a rule leaves out: imputed
        values, cancelled or mistaken entries.
    """

    system: str
    files: tuple[str, ...] = ()
    part: str = ""
    selection: Mapping[str, str] = field(default_factory=dict)
    reader: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: pd.DataFrame = field(default_factory=no_rows_left_out)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold."""
        rows = self.left_out.astype(object)
        return {
            "system": self.system,
            "files": list(self.files),
            "part": self.part,
            "selection": dict(self.selection),
            "reader": self.reader,
            "counts": {name: int(n) for name, n in self.counts.items()},
            "left_out": [
                {str(name): str(value) for name, value in row.items()}
                for row in rows.to_dict("records")
            ],
        }

    @property
    def text(self) -> str:
        """One line: system, part, selection, and what became of the ratings."""
        chosen = ", ".join(f"{name} = {value}" for name, value in self.selection.items())
        where = f"{self.system}{f', {self.part}' if self.part else ''}"
        parts = [f"{n:,} {name.replace('_', ' ')}" for name, n in self.counts.items() if n]
        return "; ".join(piece for piece in (where, chosen, ", ".join(parts)) if piece)

    def __repr__(self) -> str:
        return f"Provenance: {self.text} ({', '.join(self.files)}; {self.reader})"

    def _repr_html_(self) -> str:
        left = self.left_out.to_html(index=False, max_rows=SHOWN_ROWS) if len(self.left_out) else ""
        return f"<p>{escape(repr(self))}</p>{left}"
