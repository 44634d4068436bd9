"""A simulated cohort with sessions, together with the truth behind it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.criteria import Criteria
from paintrend.results.session_criteria import SessionCriteria
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["SessionCohort"]


@dataclass(frozen=True, eq=False, repr=False)
class SessionCohort:
    """Ratings and sessions of simulated patients, and what they came from.

    Parameters
    ----------
    ratings : DataFrame
        ``patient_id``, ``day`` (decimals are the time of day), ``pain`` (the scale's own values).
    sessions : DataFrame
        ``patient_id``, ``day``, ``status`` (attended or cancelled), ``dose``, ``reason``.
    truth : DataFrame
        One row per patient: ``course`` (of the judged curve), ``course_alone`` (of the curve
        without any session), ``responds``, the numbers of `session_rules.Reading`, ``peak_days``,
        ``gone_days`` (a tenth left), ``n_sessions``, ``n_cancelled``, ``mean_dose``, ``verdict``.
        Scale units, worse is higher.
    curves, judged : array (P, 169)
        True curves without sessions, and with what is not gone before the next one.
    grid : array (169,)
        Their days.
    horizon : float
    scale : Scale
    criteria : Criteria
    session_criteria : SessionCriteria
    seed : int
    """

    ratings: pd.DataFrame
    sessions: pd.DataFrame
    truth: pd.DataFrame
    curves: NDArray[np.float64]
    judged: NDArray[np.float64]
    grid: NDArray[np.float64]
    horizon: float
    scale: Scale
    criteria: Criteria
    session_criteria: SessionCriteria
    seed: int

    def __len__(self) -> int:
        return len(self.truth)

    def _line(self) -> str:
        return (
            f"Simulated cohort with sessions: {plural(len(self), 'patient')}, "
            f"{len(self.ratings)} ratings, {len(self.sessions)} sessions, seed {self.seed}"
        )

    def __repr__(self) -> str:
        return self._line()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._line())}</p>{self.truth.head(8).to_html(index=False)}"
