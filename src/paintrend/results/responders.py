"""Responders: who is better at the end by a percentage or by points, and the curve of all cuts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.results.plausible import PlausibleValues
from paintrend.results.small_cells import suppress_small_cells
from paintrend.wording import time_unit, with_unit

__all__ = ["Responders"]


@dataclass(frozen=True, eq=False, repr=False)
class Responders:
    """Shares of responders by group.

    Parameters
    ----------
    shares : DataFrame
        ``group``, ``among`` (all, room_to_improve), ``responder`` (30%, 50%, points), ``share``,
        ``low``, ``high``, ``n``.
    cumulative : DataFrame
        ``group``, ``better_by`` (scale units), ``share`` of patients better by so much or more at
        the end, ``low``, ``high``: the cumulative responder curve (Farrar 2006,
        doi:10.1016/j.jpainsymman.2005.08.018). At 0 it has those who are not worse.
    by : str
    values : PlausibleValues
    level : float
    """

    shares: pd.DataFrame
    cumulative: pd.DataFrame
    by: str
    values: PlausibleValues
    level: float

    def table(self, suppress_below: float | None = None) -> pd.DataFrame:
        """Give one row per group, set of patients and kind of responder, in full precision.

        Parameters
        ----------
        suppress_below : float, optional
            Leave out the numbers of cells with fewer responders, or with fewer others
            (`paintrend.suppress_small_cells`); there is then a column ``suppressed``.
        """
        if suppress_below is None:
            return self.shares.copy()
        return suppress_small_cells(self.shares, below=suppress_below, complement=True)

    @property
    def text(self) -> str:
        """One sentence: what a responder is, of whom."""
        points = self.values.criteria.required("improvement")
        size = with_unit(f"{points:g}", self.values.scale.unit)
        unit = time_unit(self.values.horizon)
        lasting = unit.span(self.values.criteria.required("lasting_days"))
        by, named = (f", by {self.by}", (self.by,)) if self.by else ("", ())
        return (
            f"Better at the end (last {lasting} of the "
            f"curve) by 30% or 50% of the start's distance from the best end, or by "
            f"{size}: {self.values.counted(named)}{by}, "
            f"{100 * self.level:g}% intervals"
        )

    def __repr__(self) -> str:
        return (
            f"{self.text}\n{self.shares.to_string(index=False, float_format=lambda x: f'{x:.3g}')}"
        )

    def _repr_html_(self) -> str:
        table = self.shares.to_html(index=False, float_format=lambda x: f"{x:.3g}")
        return f"<p><b>{escape(self.text)}</b></p>{table}"
