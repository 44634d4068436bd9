"""A pooled analysis: estimates that carry what is not known of the curves."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.results.plausible import PlausibleValues
from paintrend.wording import plural

__all__ = ["PooledAnalysis"]


@dataclass(frozen=True, eq=False, repr=False)
class PooledAnalysis:
    """Estimates pooled over plausible values by Rubin's rules.

    Parameters
    ----------
    summary : DataFrame
        Index ``term``; ``estimate``, ``std_error``, ``low``, ``high``, ``p_value`` (for an effect
        of 0), ``df`` (Barnard and Rubin), ``missing_information`` (share).
    each : DataFrame
        ``draw``, ``term``, ``estimate``, ``std_error`` of every draw.
    values : PlausibleValues
        What was analysed.
    level : float
        Of the intervals.
    name : str
        What was done: a formula or the name of the function.
    n : int
        Patients in the analysis, where it says so; else those with plausible values.
    note : str
        What has to be known to read the estimates; "" where there is nothing.
    """

    summary: pd.DataFrame
    each: pd.DataFrame
    values: PlausibleValues
    level: float
    name: str
    n: int
    note: str = ""

    def table(self) -> pd.DataFrame:
        """Give one row per term, in full precision."""
        return self.summary.copy()

    @property
    def text(self) -> str:
        """What was analysed, of whom, how it was pooled, and the note."""
        whole = self.values.n_patients
        of = (
            f"{self.n} of {plural(whole, 'patient')}"
            if self.n < whole
            else plural(whole, "patient")
        )
        return (
            f"{self.name}: {of}; {len(self.values)} plausible data sets pooled by "
            f"Rubin's rules, {100 * self.level:g}% intervals"
        ) + (f". {self.note}" if self.note else "")

    def __repr__(self) -> str:
        return f"{self.text}\n{self.summary.to_string(float_format=lambda x: f'{x:.4g}')}"

    def _repr_html_(self) -> str:
        table = self.summary.to_html(float_format=lambda x: f"{x:.3g}")
        return f"<p><b>{escape(self.text)}</b></p>{table}<p>{escape(self.values.text)}</p>"
