"""State: thresholds, filters and the patient looked at, with what follows from them.

Nothing here knows of a widget. Each change gives a new state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from paintrend.courses import classify
from paintrend.errors import CriteriaError, UnknownPatientError
from paintrend.explorer.filters import Filters, matching_ids
from paintrend.explorer.recount import recount_courses
from paintrend.results.criteria import Criteria, check_criteria

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.fit import Fit
    from paintrend.results.patient import PatientFit

__all__ = ["PLACES", "State", "begin_state"]

PLACES = ("rise", "end_change")
"""Features by which a patient has a place in the overview; no threshold moves them."""


@dataclass(frozen=True, eq=False)
class State:
    """What is chosen, and what it gives.

    Attributes
    ----------
    fit : Fit
    criteria : Criteria
        Resolved.
    table : DataFrame
        What `recount_courses` gives under these criteria.
    places : DataFrame
        Index: patient ids; medians of `PLACES`, NaN for who was not fitted.
    filters : Filters
    ids : tuple of str
        The selection: who passes the filters, the largest share of curves that end worse first.
    patient_id : str or None
        The patient looked at; stays the same when the filters no longer let it pass.
    """

    fit: Fit
    criteria: Criteria
    table: pd.DataFrame
    places: pd.DataFrame
    filters: Filters
    ids: tuple[str, ...]
    patient_id: str | None = None

    def reclassified(self, **thresholds: float) -> State:
        """Judge all curves again under other thresholds; nothing is fitted again.

        Raises
        ------
        CriteriaError
            If a threshold is unknown or cannot be used.
        """
        unknown = set(thresholds) - set(vars(self.criteria))
        if unknown:
            raise CriteriaError(f"there is no threshold {sorted(unknown)[0]!r}")
        criteria = replace(self.criteria, **thresholds).resolve(self.fit.scale, self.fit.horizon)
        table = recount_courses(self.fit, criteria)
        return replace(
            self, criteria=criteria, table=table, ids=_listed(self.fit, table, self.filters)
        )

    def filtered(self, filters: Filters) -> State:
        """Choose other patients."""
        return replace(self, filters=filters, ids=_listed(self.fit, self.table, filters))

    def showing(self, patient_id: str | None) -> State:
        """Look at a patient, or at none.

        Raises
        ------
        UnknownPatientError
            If the fit has nobody with this id.
        """
        if patient_id is not None and patient_id not in self.table.index:
            raise UnknownPatientError(f"no patient {patient_id!r} among these {len(self.fit)}")
        return replace(self, patient_id=patient_id)

    def stepped(self, step: int) -> State:
        """Look at the next patient of the selection, or with -1 at the one before."""
        if not self.ids:
            return self
        if self.patient_id not in self.ids:
            return replace(self, patient_id=self.ids[0 if step > 0 else -1])
        at = self.ids.index(self.patient_id) + step
        return replace(self, patient_id=self.ids[at % len(self.ids)])

    def patient(self) -> tuple[PatientFit, PatientCourse] | None:
        """Give curve and course of the patient looked at, with every check; None if it is none."""
        if self.patient_id is None:
            return None
        one = self.fit.select([self.patient_id])
        return one[self.patient_id], classify(one, self.criteria)[self.patient_id]


def begin_state(fit: Fit, criteria: Criteria | None = None) -> State:
    """Begin with all patients, and the thresholds given or those of the scale.

    Raises
    ------
    CriteriaError
        If a threshold is missing or cannot be used.
    """
    check_criteria(criteria, "explore")
    resolved = (criteria or Criteria()).resolve(fit.scale, fit.horizon)
    # Once, for the places: the medians need the features of every curve.
    whole: Any = classify(fit, resolved).table().set_index("patient_id")
    table = recount_courses(fit, resolved)
    filters = Filters()
    return State(fit, resolved, table, whole[list(PLACES)], filters, _listed(fit, table, filters))


def _listed(fit: Fit, table: pd.DataFrame, filters: Filters) -> tuple[str, ...]:
    chosen = matching_ids(table, fit.diary.patients, filters)
    order = table.loc[chosen, "p_deterioration"].sort_values(
        ascending=False, kind="stable", na_position="last"
    )
    return tuple(map(str, order.index))
