"""Prevalence: how common each course is, by group, with what is not known in the intervals."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.core.course_rules import DETERIORATION, DIP
from paintrend.results.plausible import PlausibleValues
from paintrend.results.small_cells import suppress_small_cells

__all__ = ["Prevalence"]

PARTS = {
    "dip": DIP,
    "deterioration": DETERIORATION,
    "end_better": ("improving", "worse_before_better", "fluctuating"),
}
"""Rows that are sums of others."""


@dataclass(frozen=True, eq=False, repr=False)
class Prevalence:
    """Shares of courses in a population of which the cohort is a sample.

    Parameters
    ----------
    shares : DataFrame
        ``group``, ``among`` (all, or those with room on the scale to worsen or to improve by the
        criteria), ``course`` (and dip, deterioration, end_better), ``share``, ``low``, ``high``,
        ``n`` (patients counted, on average over draws: without a group, or a covariate that is
        adjusted for, a patient is not).
    contrasts : DataFrame
        Each group against the reference: ``group``, ``reference``, ``among``, ``course``,
        ``difference``, ``difference_low``, ``difference_high``, ``ratio``, ``ratio_low``,
        ``ratio_high``, ``p_value``; empty without groups.
    by : str
        The column of the groups; empty if there are none.
    adjusted_for : tuple of str
        Covariates whose distribution is that of all patients in every group.
    values : PlausibleValues
    level : float
        Of the intervals.
    """

    shares: pd.DataFrame
    contrasts: pd.DataFrame
    by: str
    adjusted_for: tuple[str, ...]
    values: PlausibleValues
    level: float

    def table(self, suppress_below: float | None = None) -> pd.DataFrame:
        """Give one row per group, set of patients and course, in full precision.

        Parameters
        ----------
        suppress_below : float, optional
            Leave out the numbers of cells with fewer patients, and of those from which they could
            be worked out (`paintrend.suppress_small_cells`); there is then a column
            ``suppressed``.
        """
        if suppress_below is None:
            return self.shares.copy()
        return suppress_small_cells(
            self.shares, below=suppress_below, within=("group", "among"), parts=PARTS
        )

    @property
    def text(self) -> str:
        """One sentence: of whom, by what, adjusted for what."""
        by = f", by {self.by}" if self.by else ""
        named = (*((self.by,) if self.by else ()), *self.adjusted_for)
        adjusted = f", adjusted for {', '.join(self.adjusted_for)}" if self.adjusted_for else ""
        return (
            f"Share of each course in {self.values.counted(named)}{by}{adjusted}; "
            f"{100 * self.level:g}% intervals from {len(self.values)} plausible data sets"
        )

    def _shown(self) -> pd.DataFrame:
        shown = self.shares[self.shares["among"] == "all"]
        wide = shown.assign(
            text=[
                f"{100 * s:.0f}% ({100 * a:.0f} to {100 * b:.0f})"
                for s, a, b in zip(shown["share"], shown["low"], shown["high"], strict=True)
            ]
        )
        courses = list(dict.fromkeys(wide["course"]))
        return wide.pivot_table(
            index="course", columns="group", values="text", aggfunc="first"
        ).loc[courses]

    def __repr__(self) -> str:
        return f"{self.text}\n{self._shown().to_string()}"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.text)}</b></p>{self._shown().to_html(escape=True)}"
