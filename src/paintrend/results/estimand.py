"""An estimand: what was asked, how events between start and horizon were handled, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.results.pooled import PooledAnalysis
from paintrend.wording import plural, time_unit

__all__ = ["Estimand"]


@dataclass(frozen=True, eq=False, repr=False)
class Estimand:
    """An analysis in which intercurrent events are handled by named strategies.

    Parameters
    ----------
    pooled : PooledAnalysis
        What came out.
    handled : DataFrame
        One row per event: ``patient_id``, ``day``, ``event``, ``strategy``, ``counts`` (what it
        does to the patient's outcome).
    strategies : mapping of str to str
        Kind of event -> strategy.
    unfavourable : mapping
        Quantity -> the outcome that a composite event counts as.
    ratings_not_used : int
        Ratings after an event that ends the time on treatment.
    """

    pooled: PooledAnalysis
    handled: pd.DataFrame
    strategies: Mapping[str, str]
    unfavourable: Mapping[str, object]
    ratings_not_used: int

    def table(self) -> pd.DataFrame:
        """Give one row per term, in full precision: columns as in `PooledAnalysis`."""
        return self.pooled.table()

    def counts(self) -> pd.DataFrame:
        """Count events and patients: ``event``, ``strategy``, ``counts``, ``events``,
        ``patients``."""
        grouped = self.handled.groupby(["event", "strategy", "counts"], sort=False)
        return grouped["patient_id"].agg(events="size", patients="nunique").reset_index()

    @property
    def text(self) -> str:
        """The attributes of the estimand: population, variable, events, summary."""
        values = self.pooled.values
        named = "; ".join(
            f"{kind}: {strategy.replace('_', ' ')}" for kind, strategy in self.strategies.items()
        )
        counts = ", ".join(f"{name} = {value}" for name, value in self.unfavourable.items())
        without = values.n_patients - len(
            set(self.handled["patient_id"]) & set(values.tables[0]["patient_id"].astype(str))
        )
        left = f"; {plural(len(values.left_out), 'patient')} left out" * bool(len(values.left_out))
        return (
            f"Population: {plural(values.n_patients, 'patient')} with a curve{left}. "
            f"Variable: {', '.join(values.quantities)} to "
            f"{time_unit(values.horizon).show(values.horizon)}. "
            f"Intercurrent events: {named}"
            + (f" (counts as {counts})" if counts else "")
            + f"; {plural(without, 'patient')} without a row in the table of events, taken as "
            f"without an event; {plural(self.ratings_not_used, 'rating')} after events not used. "
            f"Summary: {self.pooled.text}."
        )

    def __repr__(self) -> str:
        table = self.pooled.summary.to_string(float_format=lambda x: f"{x:.4g}")
        return f"{self.text}\n{table}"

    def _repr_html_(self) -> str:
        table = self.pooled.summary.to_html(float_format=lambda x: f"{x:.3g}")
        return (
            f"<p><b>{escape(self.text)}</b></p>{table}{self.counts().to_html(index=False)}"
            f"<p>{escape(self.pooled.values.text)}</p>"
        )
