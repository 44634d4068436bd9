"""Ratings off the visit schedule: how many, of whom, and how much worse they are."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.scales import Scale

__all__ = ["UnscheduledRatings"]


@dataclass(frozen=True, eq=False, repr=False)
class UnscheduledRatings:
    """Ratings that no planned visit explains.

    Parameters
    ----------
    ratings : DataFrame
        Every rating that was fitted: ``patient_id``, ``day``, ``pain``, ``visit`` (planned day;
        NaN for none), ``unscheduled``, ``off_curve`` (rating less the middle of the patient's
        curves that day, scale units, worse is positive; NaN before day 0).
    counts : DataFrame
        ``group`` ("(no group)" for patients without one), ``course``, ``ratings``,
        ``unscheduled``, ``share``. A patient counts in each course as often as the curves say, so
        numbers are expected ones.
    excess : DataFrame
        ``scheduled`` and ``unscheduled`` ratings after day 0: ``n``, ``off_curve`` (mean); and
        their ``difference`` with ``low`` and ``high`` (90%, patients as clusters).
    schedule : str
        The planned days, and whether they were given or read off the ratings.
    by : str
    scale : Scale
    """

    ratings: pd.DataFrame
    counts: pd.DataFrame
    excess: pd.DataFrame
    schedule: str
    by: str
    scale: Scale

    @property
    def n(self) -> int:
        """Unscheduled ratings."""
        return int(self.ratings["unscheduled"].sum())

    def table(self) -> pd.DataFrame:
        """Give the unscheduled ratings, in full precision."""
        return self.ratings[self.ratings["unscheduled"]].reset_index(drop=True)

    @property
    def text(self) -> str:
        """How many ratings, of how many patients, by which schedule."""
        patients = self.ratings.loc[self.ratings["unscheduled"], "patient_id"].nunique()
        return (
            f"{self.n} of {len(self.ratings)} ratings are off schedule, of {patients} patients "
            f"({self.scale.label}); {self.schedule}"
        )

    def __repr__(self) -> str:
        table = self.excess.to_string(index=False, float_format=lambda x: f"{x:.3g}")
        return f"{self.text}\n{table}"

    def _repr_html_(self) -> str:
        tables = [t.to_html(index=False, float_format=lambda x: f"{x:.3g}")
                  for t in (self.excess, self.counts)]  # fmt: skip
        return f"<p><b>{escape(self.text)}</b></p>{''.join(tables)}"
