"""One patient of monitoring: each look, the coming visits, and the curve as it was known."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from paintrend.errors import InputError, is_number
from paintrend.monitoring.forecasts import forecast_table
from paintrend.monitoring.looks import fit_looks
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import usable_ratings
from paintrend.results.population import Population
from paintrend.wording import plural

if TYPE_CHECKING:
    from paintrend.results.events import Events
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["PatientMonitor"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PatientMonitor:
    """One patient as they stood on each day that was looked at.

    Attributes
    ----------
    patient_id : str
    diary : Diary
        This patient's ratings.
    population : Population
        The one that judges this patient.
    criteria : Criteria
        Thresholds used, with no default left open.
    looks, coming : DataFrame
        The patient's rows of the tables of `Monitor`.
    seed, draws : int
        Those of the monitor: `fit_at` gives the curve that was judged.
    symptoms, events, sessions : optional
        The patient's own; shown, never modelled.
    cross_fitted : bool
        True if the population was learned from the other patients of the same diary.
    """

    patient_id: str
    diary: Diary
    population: Population
    criteria: Criteria
    looks: pd.DataFrame
    coming: pd.DataFrame
    seed: int
    draws: int
    symptoms: Symptoms | None = None
    events: Events | None = None
    sessions: Sessions | None = None
    cross_fitted: bool = False

    @property
    def state(self) -> str:
        """The sentence of the last look."""
        return str(self.looks["state"].iloc[-1])

    @property
    def last_day(self) -> float:
        """Day of the last look."""
        return float(self.looks["day"].iloc[-1])

    def fit_at(self, day: float | None = None) -> Fit:
        """Fit the curve as it was known on a day (the last look by default), a fit of one
        patient."""
        until = self.last_day if day is None else day
        if not is_number(until):
            raise InputError(f"day must be a finite number of days, got {day!r}")
        look = pd.DataFrame({"patient_id": [self.patient_id], "day": [float(until)]})
        diary = self.diary
        known = usable_ratings(diary, self.population.horizon)[0]
        if known.empty:
            raise InputError(f"patient {self.patient_id!r} has no rating that can be fitted")
        return fit_looks(diary, self.population, look, seed=self.seed, draws=self.draws, workers=1)

    def forecast(self, day: float | None = None) -> pd.DataFrame:
        """Give the curve as it was known on a day, to the horizon.

        Parameters
        ----------
        day : float, optional
            The last look by default. What lies after it is forecast.

        Returns
        -------
        DataFrame
            169 rows: ``day``, ``median``, ``low``, ``high`` (90% band of the curve),
            ``rating_low``, ``rating_high`` (90% band of a single rating, day-to-day variation
            included), in the scale's own values; NaN where no rating was known yet.
        """
        return forecast_table(self.fit_at(day), self.patient_id)

    def __repr__(self) -> str:
        return (
            f"PatientMonitor {self.patient_id}: {plural(len(self.looks), 'look')}, last on day "
            f"{self.last_day:g}. {self.state}"
        )

    def _repr_html_(self) -> str:
        shown = self.looks[["day", "state", "p_end_better", "p_deterioration", "p_near_start"]]
        title = escape(f"{self.patient_id}: {self.state}")
        return (
            f"<p><b>{title}</b></p>{shown.to_html(index=False, float_format=lambda x: f'{x:.2f}')}"
        )
