"""One patient of a fit: ratings and posterior curves in the scale's own values."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.curves import GRID_POINTS
from paintrend.errors import InputError, is_number
from paintrend.scales import Scale
from paintrend.wording import plural, time_unit

__all__ = ["PatientFit"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class PatientFit:
    """One patient's ratings and posterior curves, in the scale's own values.

    Parameters
    ----------
    patient_id : str
    scale : Scale
    horizon : float
        Days.
    ratings : DataFrame
        day, pain, inclusion and further columns of the patient's ratings; those after the horizon
        too.
    draws : array (D, 169)
        Posterior curves on equally spaced days of [0, horizon].
    pre_trend : array (D,)
        Change per day before day 0, scale units, positive = getting worse.
    info : dict
        fitted, reason, n_ratings, n_baseline, last_day, fit_p, ess, noise_sd, n_missing.
    covariates : dict
        The patient's row of ``diary.patients``.
    retrospective : bool
        True if the population was learned with ratings from after ``as_of_day``.
    as_of_day : float, optional
        Only ratings up to this day were used.
    sessions_modelled : bool
        True if the curves leave out the response to therapy sessions (`session_response`).
    """

    patient_id: str
    scale: Scale
    horizon: float
    ratings: pd.DataFrame
    draws: Array
    pre_trend: Array
    info: dict[str, Any]
    covariates: dict[str, Any]
    retrospective: bool
    as_of_day: float | None
    sessions_modelled: bool = False

    @property
    def grid(self) -> Array:
        """Days of the curve, (169,)."""
        return np.linspace(0.0, self.horizon, GRID_POINTS)

    def band(self, level: float) -> tuple[Array, Array]:
        """Pointwise posterior band that holds ``level`` of the curves: low and high, (169,)
        each.

        Raises
        ------
        InputError
            If `level` is no share from 0 to 1.
        """
        if not (is_number(level) and 0.0 <= level <= 1.0):
            raise InputError(f"band: level must be a share from 0 to 1, got {level!r}")
        low, high = np.quantile(self.draws, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
        return low, high

    @property
    def curve(self) -> pd.DataFrame:
        """Median and 90% band: day, median, low, high; 169 rows."""
        low, high = self.band(0.9)
        return pd.DataFrame(
            {"day": self.grid, "median": np.median(self.draws, axis=0), "low": low, "high": high}
        )

    def _line(self) -> str:
        if not self.info["fitted"]:
            return f"{self.patient_id}: not fitted, {self.info['reason']}"
        unit = time_unit(self.horizon)
        return (
            f"{self.patient_id}: {plural(self.info['n_ratings'], 'rating')} "
            f"up to {unit.show(self.info['last_day'])}, {len(self.draws)} posterior curves on "
            f"{self.scale.label} to {unit.show(self.horizon)}"
        )

    def __repr__(self) -> str:
        return f"PatientFit {self._line()}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._line())}</p>{self.curve.iloc[::24].to_html(index=False)}"
