"""Plausible values: cohorts in which every patient has one curve, as the ratings leave it open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.criteria import Criteria
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["PlausibleValues"]


@dataclass(frozen=True, eq=False, repr=False)
class PlausibleValues:
    """Draws of what the curves of a cohort are, one table per draw.

    Parameters
    ----------
    tables : tuple of DataFrame
        One row per fitted patient, in the diary's order: ``patient_id``, then `quantities`, then
        `variables`.
    quantities, variables : tuple of str
        What is read off the curves; what the population was told besides the ratings.
    left_out : DataFrame
        Patients who could not be fitted: ``patient_id``, ``reason``.
    scale : Scale
    horizon : float
    criteria : Criteria
        Resolved.
    seed : int
    interactions : bool
        Whether variables may change how others go with the curve.
    effective : array, shape (m, P)
        Effective number of curves that each value was taken from.
    n_curves : int
        Curves per patient.
    n_ratings, n_missing : int, optional
        Ratings that the curves rest on, and how many more are missing; None where that is not
        known.
    widening : float
        By what the variance between draws is multiplied when estimates are pooled: few patients
        are fitted more closely than they can be known.
    n_start_predicted : int, optional
        Patients without a fitted rating at or before day 0; None where that is not known.
    """

    tables: tuple[pd.DataFrame, ...]
    quantities: tuple[str, ...]
    variables: tuple[str, ...]
    left_out: pd.DataFrame
    scale: Scale
    horizon: float
    criteria: Criteria
    seed: int
    interactions: bool
    effective: NDArray[np.float64]
    n_curves: int
    n_ratings: int | None = None
    n_missing: int | None = None
    widening: float = 1.0
    n_start_predicted: int | None = None

    def __len__(self) -> int:
        return len(self.tables)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return iter(self.tables)

    @property
    def n_patients(self) -> int:
        """Patients in every table."""
        return len(self.tables[0])

    def stacked(self) -> pd.DataFrame:
        """Give all tables in one, with the number of the ``draw``, for other programs."""
        return pd.concat(dict(enumerate(self.tables, 1)), names=["draw", None]).reset_index(level=0)

    def counted(self, names: Sequence[str]) -> str:
        """Say how many patients have all of these variables, and which ones the others lack."""
        gaps = self.tables[0][list(dict.fromkeys(names))].isna()
        lack = [f"{n} without {name}" for name, n in gaps.sum().items() if n]
        if not lack:
            return plural(self.n_patients, "patient")
        used = self.n_patients - int(gaps.any(axis=1).sum())
        return f"{used} of {plural(self.n_patients, 'patient')} ({', '.join(lack)})"

    @property
    def text(self) -> str:
        """One sentence: what was drawn, and what the population knew."""
        told = ", ".join(self.variables) or "no variable besides the ratings"
        out = f"; {plural(len(self.left_out), 'patient')} left out" if len(self.left_out) else ""
        return (
            f"{len(self)} draws of {plural(self.n_patients, 'patient')}{out}: "
            f"{', '.join(self.quantities)}; in the population: {told}"
        )

    def __repr__(self) -> str:
        return f"PlausibleValues: {self.text}"

    def _repr_html_(self) -> str:
        head = self.tables[0].head(8).to_html(index=False)
        return f"<p><b>{escape(self.text)}</b></p><p>draw 1:</p>{head}"
