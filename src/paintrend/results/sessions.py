"""Therapy sessions: planned, attended or cancelled, one row each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.diary import _no_problems
from paintrend.results.listing import listing_html
from paintrend.results.rows import of_patients, up_to_day
from paintrend.wording import number, plural

__all__ = ["AFTER_SESSION", "BEFORE_SESSION", "STATUSES", "Sessions"]

BEFORE_SESSION, AFTER_SESSION = -0.1, 0.2
"""Days from a session at which ratings of whole days, marked before or after it, are placed
(assumed)."""
STATUSES = ("attended", "planned", "cancelled")


@dataclass(frozen=True, eq=False, repr=False)
class Sessions:
    """Checked sessions of one or more patients.

    Parameters
    ----------
    table : DataFrame
        One row per session, patients in the order in which they first appear in the file, then by
        day: ``patient_id``, ``day`` (days since the patient's day 0), ``status`` (one of
        `STATUSES`), ``type``, ``dose`` (NaN if not given), ``therapist``, ``reason``.
    problems : DataFrame
        Rows set aside by ``lenient=True`` and why.
    source : str
        The file's name.
    notices : tuple of str
        What was assumed.
    """

    table: pd.DataFrame
    problems: pd.DataFrame = field(default_factory=_no_problems)
    source: str = ""
    notices: tuple[str, ...] = ()

    @property
    def patient_ids(self) -> tuple[str, ...]:
        """Patients with a session of any status."""
        return tuple(self.table["patient_id"].unique())

    @property
    def attended(self) -> pd.DataFrame:
        """Sessions that took place."""
        return self.table[self.table["status"] == "attended"].reset_index(drop=True)

    @property
    def timed(self) -> bool:
        """Whether any session has a time of day: then all days are taken to have one."""
        day = self.table["day"].to_numpy(dtype=float)
        return bool((day != np.floor(day)).any())

    def __len__(self) -> int:
        return len(self.table)

    def days(self, patient_id: str) -> NDArray[np.float64]:
        """Days of the sessions that a patient attended, in order; none for an unknown patient."""
        own = self.table["patient_id"].to_numpy() == patient_id
        here = own & (self.table["status"].to_numpy() == "attended")
        return self.table["day"].to_numpy(dtype=float)[here]

    def select(self, ids: Collection[str]) -> Sessions:
        """Keep the sessions of these patients."""
        return replace(self, table=of_patients(self.table, ids))

    def up_to(self, day: float) -> Sessions:
        """Keep what was known on `day`: sessions up to it."""
        return replace(self, table=up_to_day(self.table, day))

    def tag(self, patient_id: str, day: float) -> str:
        """Say how long a day lies after the last session attended; "" before the first.

        A description of the day, nothing else: it changes no probability and no order. With three
        sessions a week every day is within 3 days of one.

        Examples
        --------
        >>> table = pd.DataFrame({"patient_id": ["P1"], "day": [7.0], "status": ["attended"]})
        >>> Sessions(table).tag("P1", 9.0), Sessions(table).tag("P1", 7.0)
        ('2 days after a session', 'on the day of a session')
        """
        days = self.days(patient_id)
        gone = np.floor(day) - np.floor(days[np.floor(days) <= np.floor(day)])
        if gone.size == 0:
            return ""
        last = int(gone[-1])
        return "on the day of a session" if last == 0 else f"{plural(last, 'day')} after a session"

    def _lines(self) -> list[str]:
        counts = self.table["status"].value_counts()
        parts = [f"{counts[name]} {name}" for name in STATUSES if name in counts]
        day = self.table["day"].to_numpy(dtype=float)
        span = f", day {number(day.min())} to {number(day.max())}" if day.size else ""
        lines = [
            f"Sessions of {plural(len(self.patient_ids), 'patient')} from "
            f"{self.source or 'memory'}: {', '.join(parts) or 'none'}{span}"
        ]
        if len(self.problems):
            lines.append(f"{plural(len(self.problems), 'problem')} set aside: see .problems")
        lines.extend(f"note: {notice}" for notice in self.notices)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return listing_html(self._lines(), self.table)
