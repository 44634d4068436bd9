"""Early answers: what could be told of one patient by which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paintrend.monitoring.folds import crossfit
from paintrend.monitoring.replay import monitor
from paintrend.results.criteria import Criteria

if TYPE_CHECKING:
    from paintrend.monitoring.folds import CrossFit
    from paintrend.monitoring.patient import PatientMonitor
    from paintrend.monitoring.records import Monitor
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.population import Population
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["EarlyAnswers"]


class EarlyAnswers:
    """Looks at one patient after the other, each judged with what *others* taught.

    A population that was learned from a patient knows how that patient went on. So it is that of
    the fit only where it came from other patients; that of a monitor where there is one; else
    populations are learned from the others once, when the first patient is looked at.

    Parameters
    ----------
    fit : Fit
    watched : Monitor, optional
        From `paintrend.monitor`, of the same patients.
    symptoms, events, sessions : optional
        As read; shown, not modelled.
    """

    def __init__(
        self,
        fit: Fit,
        watched: Monitor | None = None,
        *,
        symptoms: Symptoms | None = None,
        events: Events | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        self._fit, self._watched = fit, watched
        self._symptoms, self._events, self._sessions = symptoms, events, sessions
        self._learned: CrossFit | None = None

    @property
    def waits(self) -> bool:
        """True if the next look first learns from the other patients."""
        return self._watched is None and not self._fit.external and self._learned is None

    def population_of(self, patient_id: str) -> Population:
        """Give a population that this patient had no part in.

        Raises
        ------
        InputError
            If there are no other patients to learn from.
        """
        if self._watched is not None:
            return self._watched.population_of(patient_id)
        if self._fit.external:
            return self._fit.population
        if self._learned is None:
            taught = self._fit.population
            self._learned = crossfit(
                self._fit.diary, horizon=self._fit.horizon, seed=self._fit.seed,
                default=taught.default, lasting_days=taught.lasting_days,
                workers=self._fit.workers,
            )  # fmt: skip
        return self._learned.populations[self._learned.fold[patient_id]]

    def of(self, patient_id: str, criteria: Criteria) -> PatientMonitor:
        """Look at a patient on each day with a rating, with the ratings up to that day.

        Raises
        ------
        PaintrendError
            If there are no other patients to learn from, or the patient cannot be looked at.
        """
        one = [patient_id]
        return monitor(
            self._fit.diary.select(one), population=self.population_of(patient_id),
            criteria=criteria, seed=self._fit.seed, draws=self._fit.n_draws, workers=1,
            symptoms=None if self._symptoms is None else self._symptoms.select(one),
            events=None if self._events is None else self._events.select(one),
            sessions=None if self._sessions is None else self._sessions.select(one),
        )[patient_id]  # fmt: skip
