"""Days until an event of the curve: shares over time, hazards and restricted means by group."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.results.plausible import PlausibleValues
from paintrend.wording import time_unit

__all__ = ["EventTimes"]

MODES = {
    "curves": "on plausible curves up to the horizon, also after the last rating",
    "observed": "on observed follow-up, censored {sustained} before the last rating",
}


@dataclass(frozen=True, eq=False, repr=False)
class EventTimes:
    """Time to an event, pooled over plausible values.

    Parameters
    ----------
    event, mode, by : str
        ``better_day`` or ``worse_day``; ``curves`` or ``observed``; column of the groups or "".
    shares : DataFrame
        ``group``, ``day``, ``share`` (who has had the event), ``low``, ``high``, ``at_risk``
        (patients still followed without it, mean over draws).
    means : DataFrame
        Days without the event up to `until`, on average (restricted mean): ``group``, then the
        columns of `PooledAnalysis`; groups less the reference are rows ``b - a``.
    hazards : DataFrame
        Log hazard ratios of groups and covariates (Cox) of those who have all of them; empty
        without any, and where `no_hazards` says why there are none.
    until : float
        Last day that can start the event.
    not_at_risk : int
        Patients whose follow-up ends before anything could be seen (observed mode).
    values : PlausibleValues
    level : float
    no_hazards : str
        Why the Cox model has no finite estimate; empty if it has, or if there is none.
    """

    event: str
    mode: str
    by: str
    shares: pd.DataFrame
    means: pd.DataFrame
    hazards: pd.DataFrame
    until: float
    not_at_risk: int
    values: PlausibleValues
    level: float
    no_hazards: str = ""

    def table(self) -> pd.DataFrame:
        """Give the share with the event by group and day, in full precision."""
        return self.shares.copy()

    @property
    def text(self) -> str:
        """What the event is, on what it was looked for, and of whom."""
        criteria = self.values.criteria
        unit = time_unit(self.values.horizon)
        sustained = unit.span(criteria.required("sustained_days"))
        better = self.event == "better_day"
        size = criteria.required("improvement" if better else "worsening")
        named = (self.by,) if self.by else ()
        out = (
            f"; follow-up of {self.not_at_risk} is too short to see it" if self.not_at_risk else ""
        )
        most = self.shares.groupby("group", sort=False)["share"].max()
        never = ", ".join(map(str, most.index[most == 0.0]))
        return (
            f"First day that starts {sustained} {'better' if better else 'worse'} by "
            f"{size:g} or more, {MODES[self.mode].format(sustained=sustained)}: "
            f"{self.values.counted(named)}{out}, {len(self.values)} plausible data sets"
            + (f". No event in {never}: its mean has no spread to learn from" if never else "")
            + (f". No hazard ratios: {self.no_hazards}" if self.no_hazards else "")
        )

    def __repr__(self) -> str:
        means = self.means.to_string(index=False, float_format=lambda x: f"{x:.4g}")
        until = time_unit(self.values.horizon).show(self.until)
        return f"{self.text}\ndays without it up to {until}, on average:\n{means}"

    def _repr_html_(self) -> str:
        table = self.means.to_html(index=False, float_format=lambda x: f"{x:.3g}")
        return f"<p><b>{escape(self.text)}</b></p>{table}"
