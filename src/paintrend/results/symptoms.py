"""Symptoms: which warning signs were reported when, and on whom they were checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from html import escape

import pandas as pd

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

        def until(table: pd.DataFrame) -> pd.DataFrame:
            return table[table["day"] <= day].reset_index(drop=True) if len(table) else table

        return replace(
            self,
            table=until(self.table),
            asked=until(self.asked),
            missing=until(self.missing),
        )

    def select(self, ids: Collection[str]) -> Symptoms:
        """Return the answers of these patients only; a patient without any is no error."""
        wanted = {ids} if isinstance(ids, str) else set(ids)

        def of_these(table: pd.DataFrame) -> pd.DataFrame:
            if not len(table):
                return table
            return table[table["patient_id"].isin(wanted)].reset_index(drop=True)

        return replace(
            self,
            table=of_these(self.table),
            asked=of_these(self.asked),
            problems=of_these(self.problems),
            missing=of_these(self.missing),
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
            lines.append(f"{len(self.problems)} problems set aside: see .problems")
        lines.extend(f"note: {notice}" for notice in self.notices)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self._lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        return f"<p><b>{first}</b></p><ul>{items}</ul>{self.table.head(8).to_html(index=False)}"
