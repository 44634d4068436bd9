"""The diary: checked ratings, one row per patient and time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import UnknownPatientError
from paintrend.results.listing import listing_html
from paintrend.results.provenance import Provenance
from paintrend.results.rows import of_patients, up_to_day
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["Diary"]

RATING_COLUMNS = ("patient_id", "day", "pain", "inclusion")
PROBLEM_COLUMNS = ("row", "patient_id", "column", "value", "problem", "fix")
MISSING_COLUMNS = ("row", "patient_id", "day")


def _no_problems() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in PROBLEM_COLUMNS})


def _none_missing() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": pd.Series(dtype=object),
            "patient_id": pd.Series(dtype="str"),
            "day": pd.Series(dtype=float),
        }
    )


# eq=False: two tables cannot be compared to one bool; a diary is equal to itself only.
@dataclass(frozen=True, eq=False, repr=False)
class Diary:
    """Checked ratings of one or more patients on one scale.

    Parameters
    ----------
    ratings : DataFrame
        One row per rating, patients in the order in which they first appear in the file, then by
        day: ``patient_id`` (str), ``day`` (float, days since the patient's day 0), ``pain``
        (float, the scale's own values), ``inclusion`` (bool: used to select the patient; kept and
        shown, not fitted), then columns that vary within a patient.
    patients : DataFrame
        One row per patient in the same order, index ``patient_id``; columns that are constant
        within a patient. Patients without a usable rating are here too.
    scale : Scale
        The scale of ``pain``.
    problems : DataFrame
        Rows set aside by ``lenient=True`` and why: ``row``, ``patient_id``, ``column``, ``value``,
        ``problem``, ``fix``. Empty otherwise.
    source : str
        The file's name, or what else the ratings came from.
    time_unit : str
        The unit of time in the source (``day`` is in days whatever this is).
    missing : DataFrame
        Rows whose rating is empty (a missed visit): ``row``, ``patient_id``, ``day``.
    notices : tuple of str
        What the reader assumed, in sentences ("read as Windows-1252", "2 empty rows skipped").
    starts : dict
        Patient id -> date of day 0 where the source has dates; empty where it has days.
    provenance : Provenance or None
        Files, what was chosen in them, and how many ratings became what; None where the diary
        was not read from anywhere.
    """

    ratings: pd.DataFrame
    patients: pd.DataFrame
    scale: Scale
    problems: pd.DataFrame = field(default_factory=_no_problems)
    source: str = ""
    time_unit: str = "days"
    missing: pd.DataFrame = field(default_factory=_none_missing)
    notices: tuple[str, ...] = ()
    starts: dict[str, Any] = field(default_factory=dict)
    provenance: Provenance | None = None

    @property
    def n_patients(self) -> int:
        """Number of patients, with those who have no usable rating."""
        return len(self.patients)

    @property
    def n_ratings(self) -> int:
        """Number of usable ratings."""
        return len(self.ratings)

    @property
    def n_missing(self) -> int:
        """Number of rows whose rating is empty."""
        return len(self.missing)

    @property
    def patient_ids(self) -> tuple[str, ...]:
        """Ids in the order in which patients first appear in the file."""
        return tuple(self.patients.index.tolist())

    def __len__(self) -> int:
        return self.n_patients

    def up_to(self, day: float) -> Diary:
        """Return the diary as it stood on `day`: ratings at or before it, the same patients."""
        return replace(
            self,
            ratings=up_to_day(self.ratings, day),
            missing=up_to_day(self.missing, day),
        )

    def select(self, ids: Collection[str]) -> Diary:
        """Return the diary of these patients only, still in the diary's order.

        Raises
        ------
        UnknownPatientError
            If an id is not in the diary.
        """
        wanted = [ids] if isinstance(ids, str) else list(ids)
        unknown = [name for name in wanted if name not in self.patients.index]
        if unknown:
            raise UnknownPatientError(
                f"{self.source or 'the diary'} has no patient {', '.join(map(repr, unknown[:5]))}"
                + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
                + "; ids are text and must match exactly (capitals, leading zeros)."
            )

        return replace(
            self,
            ratings=of_patients(self.ratings, wanted),
            patients=self.patients[self.patients.index.isin(wanted)],
            problems=of_patients(self.problems, wanted),
            missing=of_patients(self.missing, wanted),
        )

    def _lines(self) -> list[str]:
        """Say in a few lines what is in the diary."""
        day = self.ratings["day"].to_numpy(dtype=float)
        span = f", day {np.min(day):g} to {np.max(day):g}" if day.size else ""
        lines = [
            f"Diary of {plural(self.n_patients, 'patient')} from "
            f"{self.source or 'memory'}: "
            f"{plural(self.n_ratings, 'rating')}{span}",
            f"scale: {self.scale.label}, {self.scale.low:g} to {self.scale.high:g}, "
            f"{self.scale.direction_text}",
        ]
        if self.provenance is not None and self.provenance.system != "table":
            lines.append(f"read from {self.provenance.text}")
        n_inclusion = int(self.ratings["inclusion"].sum())
        if n_inclusion:
            lines.append(f"{n_inclusion} used to select patients: shown, not fitted")
        if self.n_missing:
            lines.append(f"{self.n_missing} missed (no answer in the file)")
        if len(self.problems):
            lines.append(f"{plural(len(self.problems), 'problem')} set aside: see .problems")
        without = self.n_patients - self.ratings["patient_id"].nunique()
        if without:
            lines.append(f"{plural(without, 'patient')} without a usable rating")
        lines.extend(f"note: {notice}" for notice in self.notices)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return listing_html(self._lines(), self.ratings)
