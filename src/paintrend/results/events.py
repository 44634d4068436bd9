"""Events: what happened to patients beside the treatment; shown, never part of the model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from html import escape

import pandas as pd

from paintrend.wording import plural

__all__ = ["EVENT_KINDS", "Events"]

EVENT_KINDS = ("medication change", "injection", "surgery", "injury", "treatment stopped")
"""Events that are written in one way however they are spelt; any other text is kept as it is."""


@dataclass(frozen=True, eq=False, repr=False)
class Events:
    """What happened to patients on which day.

    Parameters
    ----------
    table : DataFrame
        One row per event, patients in the order in which they first appear, then by day:
        ``patient_id``, ``day`` (days since the patient's day 0), ``event``, ``note`` ("" where
        there is none).
    problems : DataFrame
        Rows set aside by ``lenient=True`` and why, columns as ``diary.problems``.
    source : str
        The file's name.
    notices : tuple of str
        What the reader assumed.
    """

    table: pd.DataFrame
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    source: str = ""
    notices: tuple[str, ...] = ()

    @property
    def n_patients(self) -> int:
        """Patients with at least one event."""
        return int(self.table["patient_id"].nunique())

    def __len__(self) -> int:
        return len(self.table)

    def up_to(self, day: float) -> Events:
        """Return what was known on `day`: events at or before it."""
        return replace(self, table=self.table[self.table["day"] <= day].reset_index(drop=True))

    def select(self, ids: Collection[str]) -> Events:
        """Return the events of these patients only; a patient without any is no error."""
        wanted = {ids} if isinstance(ids, str) else set(ids)

        def of_these(table: pd.DataFrame) -> pd.DataFrame:
            if not len(table):
                return table
            return table[table["patient_id"].isin(wanted)].reset_index(drop=True)

        return replace(self, table=of_these(self.table), problems=of_these(self.problems))

    def _lines(self) -> list[str]:
        lines = [
            f"Events from {self.source or 'memory'}: {plural(len(self), 'event')} of "
            f"{plural(self.n_patients, 'patient')}; shown, not modelled"
        ]
        counts = self.table["event"].value_counts()
        lines.extend(f"{event}: {count}" for event, count in counts.head(8).items())
        if len(counts) > 8:
            lines.append(f"and {len(counts) - 8} more kinds")
        if len(self.problems):
            lines.append(f"{len(self.problems)} problems set aside: see .problems")
        lines.extend(f"note: {notice}" for notice in self.notices)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self._lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        return f"<p><b>{first}</b></p><ul>{items}</ul>{self.table.head(8).to_html(index=False)}"
