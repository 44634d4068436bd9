"""Symptoms: which warning signs were reported when, and on whom they were checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from paintrend.results.listing import listing_html
from paintrend.results.rows import of_patients, up_to_day
from paintrend.warning_signs import GRADES, WARNING_SIGNS, WarningSign
from paintrend.wording import plural

__all__ = ["Symptoms"]


@dataclass(frozen=True, eq=False, repr=False)
class Symptoms:
    """Warning signs that patients reported, and who was asked.

    Parameters
    ----------
    table : DataFrame
        One row per reported sign, patients in the order in which they first appear, then by day:
        ``patient_id``, ``day`` (days since the patient's day 0), ``sign`` (name), ``grade``,
        ``label``.
    asked : DataFrame
        One row per patient and day on which an answer was given, "none" included: ``patient_id``,
        ``day``.
    signs : mapping
        The warning signs that were looked for, by name.
    problems : DataFrame
        Rows set aside by ``lenient=True`` and why, columns as ``diary.problems``.
    missing : DataFrame
        Rows without a symptom and without the word "none": ``row``, ``patient_id``, ``day``. They
        do not count as asked.
    source : str
        The file's name.
    notices : tuple of str
        What the reader assumed.
    """

    table: pd.DataFrame
    asked: pd.DataFrame
    signs: Mapping[str, WarningSign] = field(default_factory=lambda: dict(WARNING_SIGNS))
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    missing: pd.DataFrame = field(default_factory=pd.DataFrame)
    source: str = ""
    notices: tuple[str, ...] = ()

    @property
    def n_patients_checked(self) -> int:
        """Patients on whom signs were checked: those with at least one answer, "none" included."""
        return int(self.asked["patient_id"].nunique())

    @property
    def n_patients_with_signs(self) -> int:
        """Patients who reported at least one sign."""
        return int(self.table["patient_id"].nunique())

    def __len__(self) -> int:
        return len(self.table)

    def up_to(self, day: float) -> Symptoms:
        """Return what was known on `day`: answers at or before it."""
        return replace(
            self,
            table=up_to_day(self.table, day),
            asked=up_to_day(self.asked, day),
            missing=up_to_day(self.missing, day),
        )

    def select(self, ids: Collection[str]) -> Symptoms:
        """Return the answers of these patients only; a patient without any is no error."""
        return replace(
            self,
            table=of_patients(self.table, ids),
            asked=of_patients(self.asked, ids),
            problems=of_patients(self.problems, ids),
            missing=of_patients(self.missing, ids),
        )

    def _lines(self) -> list[str]:
        lines = [
            f"Symptoms from {self.source or 'memory'}: warning signs checked on "
            f"{plural(self.n_patients_checked, 'patient')}, reported by "
            f"{self.n_patients_with_signs}"
        ]
        for grade, words in GRADES.items():
            own = self.table[self.table["grade"] == grade]
            listed = ", ".join(
                f"{label} {count}" for label, count in own["label"].value_counts().items()
            )
            lines.append(f"{words}: {listed or 'none reported'}")
        if len(self.missing):
            lines.append(f"{plural(len(self.missing), 'row')} without an answer: see .missing")
        if len(self.problems):
            lines.append(f"{plural(len(self.problems), 'problem')} set aside: see .problems")
        lines.extend(f"note: {notice}" for notice in self.notices)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return listing_html(self._lines(), self.table)
