"""Courses: what the posterior curves of each patient say, with the checks behind it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.belonging import require_patients
from paintrend.results.criteria import Criteria
from paintrend.results.reasons import course_reasons
from paintrend.scales import Scale
from paintrend.wording import CANNOT_TELL, course_label, plural, time_unit, with_unit

__all__ = ["Courses", "PatientCourse"]

SHOWN_ROWS = 10
SHOWN_COLUMNS = ("patient_id", "course", "confidence", "p_dip", "p_deterioration", "p_end_better")


@dataclass(frozen=True, eq=False, kw_only=True)
class Courses:
    """Courses of all patients of a fit.

    Attributes
    ----------
    patient_ids : tuple of str
        In the diary's order.
    scale : Scale
        Scale of the ratings.
    horizon : float
        Day at which courses are judged.
    criteria : Criteria
        Thresholds used, with no default left open.
    codes : int8 array, shape (P, D)
        Course of each posterior curve as a position in `paintrend.core.course_rules.COURSES`;
        -1 for a patient who was not fitted.
    features : float array, shape (P, D, 10)
        Features of each posterior curve, oriented (higher is worse); last axis `feature_names`.
        NaN where a feature does not exist.
    feature_names : tuple of str
        Names of the features.
    checks : int16 array, shape (P, D, 5)
        Counts behind each course, in grid points: `paintrend.core.course_rules.CHECKS`.
    summary : DataFrame
        One row per patient; `table()` gives a copy.
    retrospective : bool
        True if ratings of these patients, or of some of them, after the day of judgement helped to
        learn the population.
    as_of_day : float or None
        Day up to which ratings were used, if not all.
    n_missing : int or None
        Missing ratings of the diary; None if not known.
    fit_p : float array, shape (P,), or None
        Posterior-predictive probability of each patient's ratings; None if not known.
    """

    patient_ids: tuple[str, ...]
    scale: Scale
    horizon: float
    criteria: Criteria
    codes: NDArray[np.int8]
    features: NDArray[np.float64]
    feature_names: tuple[str, ...]
    checks: NDArray[np.int16]
    summary: pd.DataFrame
    retrospective: bool = False
    as_of_day: float | None = None
    n_missing: int | None = None
    fit_p: NDArray[np.float64] | None = None

    def table(self) -> pd.DataFrame:
        """Give one row per patient, in the diary's order, in full precision.

        Returns
        -------
        DataFrame
            Course, confidence, probabilities, features with 90% bands, and status. Baselines are
            in the scale's own values; changes are positive when worse.
        """
        return self.summary.copy()

    def __len__(self) -> int:
        return len(self.patient_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.patient_ids)

    def __contains__(self, patient_id: object) -> bool:
        return patient_id in self._position

    def select(self, ids: Collection[str]) -> Courses:
        """Return the courses of these patients only, in the same order.

        Raises
        ------
        UnknownPatientError
            If an id is not among them.
        """
        wanted = [ids] if isinstance(ids, str) else list(ids)
        self._require(wanted)
        rows = sorted(self._position[name] for name in set(wanted))
        return replace(
            self,
            patient_ids=tuple(self.patient_ids[row] for row in rows),
            codes=self.codes[rows],
            features=self.features[rows],
            checks=self.checks[rows],
            summary=self.summary.iloc[rows].reset_index(drop=True),
            fit_p=None if self.fit_p is None else self.fit_p[rows],
        )

    def _require(self, ids: list[str]) -> None:
        where = f"among the {len(self)} patients of these courses"
        require_patients(ids, self._position, self.patient_ids, where)

    def __getitem__(self, patient_id: str) -> PatientCourse:
        self._require([patient_id])
        position = self._position[patient_id]
        return PatientCourse(
            patient_id=patient_id,
            row={str(name): value for name, value in self.summary.iloc[position].items()},
            scale=self.scale,
            horizon=self.horizon,
            criteria=self.criteria,
            codes=self.codes[position],
            features=self.features[position],
            feature_names=self.feature_names,
            checks=self.checks[position],
            retrospective=self.retrospective,
            as_of_day=self.as_of_day,
            fit_p=math.nan if self.fit_p is None else float(self.fit_p[position]),
        )

    @cached_property
    def _position(self) -> dict[str, int]:
        return {patient_id: position for position, patient_id in enumerate(self.patient_ids)}

    @property
    def _lines(self) -> list[str]:
        """Give the facts that both reprs show."""
        thresholds = self.criteria
        worse, better = map(thresholds.required, ("worsening", "improvement"))
        unit = time_unit(self.horizon)
        lasting, sustained = (
            unit.span(thresholds.required(name), 2) for name in ("lasting_days", "sustained_days")
        )
        counts = self.summary["course"].value_counts()
        named = ", ".join(
            f"{course_label(str(name))} {n}" for name, n in counts.items() if name != CANNOT_TELL
        )
        open_ = int(counts.get(CANNOT_TELL, 0))
        named = f"courses named: {named or 'none'}" + f"; {course_label(CANNOT_TELL)}: {open_}" * (
            open_ > 0
        )
        lines = [
            f"Courses of {plural(len(self), 'patient')} on scale "
            f"{self.scale.name} ({self.scale.direction_text}), judged at {unit.show(self.horizon)}",
            f"worse by {worse:g}, better by "
            f"{with_unit(f'{better:g}', self.scale.unit)}; lasting {lasting}, sustained "
            f"{sustained}; clear from {thresholds.certainty:g}",
            named if len(self) else "no patient",
        ]
        return lines + _marks(self.retrospective, self.as_of_day, self.horizon)

    def __repr__(self) -> str:
        return "\n".join(["<" + self._lines[0], *("  " + line for line in self._lines[1:])]) + ">"

    def _repr_html_(self) -> str:
        # The sentence goes first: a course must not be read without it.
        shown = self.summary.loc[:, [*SHOWN_COLUMNS, "status_text"]].head(SHOWN_ROWS)
        more = len(self) - len(shown)
        return (
            "".join(f"<p>{escape(line)}</p>" for line in self._lines)
            + shown.to_html(index=False, escape=True, float_format=lambda x: f"{x:.2f}")
            + (f"<p>and {more} more: table() gives all</p>" if more else "")
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class PatientCourse:
    """Course of one patient.

    Attributes
    ----------
    patient_id : str
        Identifier as in the diary.
    row : dict
        This patient's row of `Courses.table()`.
    scale, horizon, criteria, feature_names, retrospective, as_of_day
        As in `Courses`.
    codes : int8 array, shape (D,)
        Course of each posterior curve.
    features : float array, shape (D, 10)
        Oriented features of each posterior curve.
    checks : int16 array, shape (D, 5)
        Counts behind each course, in grid points.
    fit_p : float
        Posterior-predictive probability of the ratings; NaN if it is not known.
    """

    patient_id: str
    row: dict[str, Any]
    scale: Scale
    horizon: float
    criteria: Criteria
    codes: NDArray[np.int8]
    features: NDArray[np.float64]
    feature_names: tuple[str, ...]
    checks: NDArray[np.int16]
    retrospective: bool = False
    as_of_day: float | None = None
    fit_p: float = math.nan

    @property
    def course(self) -> str:
        """Named course, or cannot_tell."""
        return str(self.row["course"])

    @property
    def confidence(self) -> str:
        """One of clear, probable, none."""
        return str(self.row["confidence"])

    @property
    def status_text(self) -> str:
        """Sentences to be read with the course."""
        return str(self.row["status_text"])

    def why(self) -> pd.DataFrame:
        """Give every check that led to the course.

        Returns
        -------
        DataFrame
            Columns rule, value, operator, threshold, unit, share. For a rule about curves `value`
            is the median over the curves and `share` the share of curves that meet the rule. A
            rule about the patient as a whole has share 1 if it is met, otherwise 0; the last one
            is the check whether the fitted curves explain the ratings at all. A change is above 0
            where it is worse, on every scale; where higher is better the rule says so.
        """
        return course_reasons(
            row=self.row,
            scale=self.scale,
            horizon=self.horizon,
            criteria=self.criteria,
            features=self.features,
            feature_names=self.feature_names,
            checks=self.checks,
            fit_p=self.fit_p,
        )

    @property
    def _lines(self) -> list[str]:
        confidence = "" if self.confidence == "none" else f" ({self.confidence})"
        lines = [
            f"Patient {self.patient_id}: {self.course.replace('_', ' ')}{confidence}",
            self.status_text,
        ]
        if self.row["status"] != "not_fitted":
            lines.append(
                f"share of curves: dip {self.row['p_dip']:.2f}, "
                f"deterioration {self.row['p_deterioration']:.2f}, "
                f"better at {time_unit(self.horizon).show(self.horizon)} "
                f"{self.row['p_end_better']:.2f}"
            )
        return lines + _marks(self.retrospective, self.as_of_day, self.horizon)

    def __repr__(self) -> str:
        return "\n".join(["<" + self._lines[0], *("  " + line for line in self._lines[1:])]) + ">"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self._lines)


def _marks(retrospective: bool, as_of_day: float | None, horizon: float) -> list[str]:
    marks = []
    if as_of_day is not None:
        marks.append(f"ratings up to {time_unit(horizon).show(as_of_day)} only")
    if retrospective:
        marks.append(
            "retrospective: later ratings of these patients, or of some of them, taught the "
            "population"
        )
    return marks
