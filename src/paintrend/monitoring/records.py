"""What monitoring found: a row per patient and day, the coming visits, the curve as then known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from paintrend.errors import InputError
from paintrend.monitoring.folds import CrossFit
from paintrend.monitoring.judging import PLANS, judged_looks
from paintrend.monitoring.one_more import with_rating
from paintrend.monitoring.patient import PatientMonitor
from paintrend.results.belonging import require_patients
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.inference import usable_ratings
from paintrend.results.population import Population
from paintrend.scales import Scale
from paintrend.wording import plural, time_unit

if TYPE_CHECKING:
    from paintrend.results.events import Events
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["Monitor"]

SHOWN_ROWS = 10


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Monitor:
    """Patients as they stood on each day that was looked at.

    Attributes
    ----------
    diary : Diary
        All ratings known; those after the horizon are in no look.
    populations : tuple of Population
        One, learned from other patients; or one per fold where a cohort was cross-fitted.
    fold : dict of str to int
        The population that judges each patient.
    criteria : Criteria
        Thresholds used, with no default left open.
    looks : DataFrame
        One row per patient and day; `table()` gives a copy.
    coming : DataFrame
        One row per planned look and coming visit: ``patient_id``, ``day`` of the look, ``visit``,
        ``p_named``, ``p_settled``, ``certainty``, and the same with three ratings at each visit
        (``..._three``).
    seed, draws, workers : int
        As in `paintrend.fit_curves`; `add` and ``monitor[patient_id]`` go on with them.
    schedule : tuple of float, optional
        Days of planned visits; each patient's own pace if not given.
    cross_fitted : bool
        True if the populations were learned from the other patients of this diary.
    symptoms, events, sessions : optional
        What else is known of the patients; shown, never modelled.
    notices : tuple of str
        What a reader has to know, such as ratings set aside.
    """

    diary: Diary
    populations: tuple[Population, ...]
    fold: dict[str, int]
    criteria: Criteria
    looks: pd.DataFrame
    coming: pd.DataFrame
    seed: int = 0
    draws: int = 400
    workers: int = 2
    schedule: tuple[float, ...] | None = None
    cross_fitted: bool = False
    symptoms: Symptoms | None = None
    events: Events | None = None
    sessions: Sessions | None = None
    notices: tuple[str, ...] = field(default=())

    @property
    def scale(self) -> Scale:
        """Scale of the ratings."""
        return self.diary.scale

    @property
    def horizon(self) -> float:
        """Day at which courses are judged."""
        return self.populations[0].horizon

    @property
    def patient_ids(self) -> tuple[str, ...]:
        """All patients, in the diary's order."""
        return self.diary.patient_ids

    @property
    def set_aside(self) -> pd.DataFrame:
        """Ratings after the horizon: kept and shown, in no look."""
        return usable_ratings(self.diary, self.horizon)[1]

    def table(self) -> pd.DataFrame:
        """Give one row per patient and day, in full precision.

        Returns
        -------
        DataFrame
            ``patient_id``, ``day``, ``now``, ``outlook``, ``p_outlook``, ``state`` (the sentence),
            ``plan`` and ``next_visit``, ``p_end_better``, ``p_deterioration``, ``p_near_start``,
            ``p_dip``, ``p_raised``, ``p_lower``, the ``level`` of the curve on that day with its
            90% band, and then what ``courses.table()`` has: all of it from the ratings up to that
            day.
        """
        return self.looks.copy()

    def latest(self) -> pd.DataFrame:
        """Give the last look at each patient, in the diary's order."""
        return self.looks.groupby("patient_id", sort=False).tail(1).reset_index(drop=True)

    def __len__(self) -> int:
        return len(self.patient_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.patient_ids)

    def population_of(self, patient_id: str) -> Population:
        """The population that judges a patient.

        Raises
        ------
        UnknownPatientError
        """
        where = f"among the {len(self)} who are monitored"
        require_patients([patient_id], self.fold, self.patient_ids, where)
        return self.populations[self.fold[patient_id]]

    def add(self, patient_id: str, day: float, pain: float, *, plan: str = "latest") -> Monitor:
        """Add one rating and look at its patient on that day; nobody else is fitted again.

        Parameters
        ----------
        patient_id : str
            Someone who is monitored.
        day : float
            After the patient's last rating, up to the horizon.
        pain : float
            In the scale's own values.
        plan : {"latest", "none"}
            Whether to simulate the coming visits, which takes longer than the look.

        Returns
        -------
        Monitor
            With one more rating and one more look; this one stays as it was.

        Raises
        ------
        UnknownPatientError, DiaryError, InputError
            If nobody has this id, the rating is not on the scale, or the day is not a later one.
        """
        self.population_of(patient_id)
        if plan not in PLANS:
            raise InputError(f"plan must be one of {', '.join(PLANS)}, got {plan!r}")
        diary = with_rating(self.diary, patient_id, day, pain, self.horizon)
        look = pd.DataFrame({"patient_id": [patient_id], "day": [float(day)]})
        fitted = CrossFit(self.populations, self.fold)
        looks, coming = judged_looks(
            diary.select([patient_id]), fitted, look, self.criteria, self.schedule, plan,
            self.seed, self.draws, 1,
        )  # fmt: skip
        table = pd.concat([self.looks, looks], ignore_index=True)
        place = {name: i for i, name in enumerate(self.patient_ids)}
        table = table.sort_values(
            "patient_id", key=lambda names: names.map(place), kind="stable", ignore_index=True
        )
        parts = [part for part in (self.coming, coming) if len(part)]
        return replace(
            self,
            diary=diary,
            looks=table,
            coming=pd.concat(parts, ignore_index=True) if parts else self.coming,
        )

    def __getitem__(self, patient_id: str) -> PatientMonitor:
        population = self.population_of(patient_id)
        return PatientMonitor(
            patient_id=patient_id,
            diary=self.diary.select([patient_id]),
            population=population,
            criteria=self.criteria,
            looks=self._own(self.looks, patient_id),
            coming=self._own(self.coming, patient_id),
            seed=self.seed,
            draws=self.draws,
            symptoms=None if self.symptoms is None else self.symptoms.select([patient_id]),
            events=None if self.events is None else self.events.select([patient_id]),
            sessions=None if self.sessions is None else self.sessions.select([patient_id]),
            cross_fitted=self.cross_fitted,
        )

    @staticmethod
    def _own(table: pd.DataFrame, patient_id: str) -> pd.DataFrame:
        return table[table["patient_id"] == patient_id].reset_index(drop=True)

    @property
    def _lines(self) -> list[str]:
        counts = self.latest()["outlook"].value_counts()
        said = ", ".join(f"{str(name).replace('_', ' ')} {n}" for name, n in counts.items())
        lines = [
            f"{plural(len(self), 'patient')} looked at on {plural(len(self.looks), 'day')} "
            f"altogether, to {time_unit(self.horizon).show(self.horizon)}",
            f"outlook at the last look: {said}",
        ]
        if self.cross_fitted:
            lines.append(
                f"cross-fitted: each judged with a population learned from the other patients "
                f"({len(self.populations)} folds)"
            )
        else:
            lines.append(self.populations[0].text)
        if len(self.set_aside):
            lines.append(f"{plural(len(self.set_aside), 'rating')} after the horizon, in no look")
        return [*lines, *(f"note: {notice}" for notice in self.notices)]

    def __repr__(self) -> str:
        return "Monitor: " + "\n".join(self._lines)

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self._lines)
        shown = self.latest()[["patient_id", "day", "state"]].head(SHOWN_ROWS)
        items = "".join(f"<li>{line}</li>" for line in rest)
        return f"<p><b>{first}</b></p><ul>{items}</ul>{shown.to_html(index=False)}"
