"""Events: what happened to patients beside the treatment; shown, never part of the model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pandas as pd

from paintrend.results.listing import listing_html
from paintrend.results.rows import of_patients, up_to_day
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
        return replace(self, table=up_to_day(self.table, day))

    def select(self, ids: Collection[str]) -> Events:
        """Return the events of these patients only; a patient without any is no error."""
        return replace(
            self, table=of_patients(self.table, ids), problems=of_patients(self.problems, ids)
        )

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
            lines.append(f"{plural(len(self.problems), 'problem')} set aside: see .problems")
        lines.extend(f"note: {notice}" for notice in self.notices)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return listing_html(self._lines(), self.table)
