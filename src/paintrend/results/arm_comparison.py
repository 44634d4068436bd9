"""Arms compared: differences in an outcome of the curve, adjusted for the start."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.results.plausible import PlausibleValues

__all__ = ["BASELINES", "ArmComparison"]

BASELINES = {
    "latent": "the start of the same plausible curve",
    "rated": "the mean of the ratings up to day 0",
}


@dataclass(frozen=True, eq=False, repr=False)
class ArmComparison:
    """Analysis of covariance on plausible values.

    Parameters
    ----------
    outcome, by, baseline : str
        A quantity of the curve, the column of the arms, ``latent`` or ``rated``.
    adjusted_for : tuple of str
        Further covariates.
    effects : DataFrame
        Each arm against the reference: ``group``, ``reference``, then ``estimate`` (difference),
        ``std_error``, ``low``, ``high``, ``p_value``, ``df``, ``missing_information``.
    means : DataFrame
        ``group``, then the same columns: mean outcome if the arm had the covariates of all.
    starts : DataFrame
        The same of the start (what was adjusted for), unadjusted, arms and differences.
    baseline_known : float
        Share of the variance of the start that is not error, where it is that of curves; else NaN.
    values : PlausibleValues
    level : float
    n : int
        Patients compared.
    """

    outcome: str
    by: str
    baseline: str
    adjusted_for: tuple[str, ...]
    effects: pd.DataFrame
    means: pd.DataFrame
    starts: pd.DataFrame
    baseline_known: float
    values: PlausibleValues
    level: float
    n: int

    def table(self) -> pd.DataFrame:
        """Give one row per arm against the reference, in full precision."""
        return self.effects.copy()

    @property
    def text(self) -> str:
        """One sentence: what is compared, of whom, adjusted for what."""
        more = "".join(f", {name}" for name in self.adjusted_for)
        return (
            f"{self.outcome} by {self.by}, adjusted for {BASELINES[self.baseline]}{more}: {self.n} "
            f"of {self.values.n_patients} patients, {len(self.values)} plausible data sets pooled "
            f"by Rubin's rules, {100 * self.level:g}% intervals"
        )

    def _shown(self) -> pd.DataFrame:
        named = self.effects.assign(group=self.effects["group"] + " - " + self.effects["reference"])
        both = pd.concat([self.means, named.drop(columns="reference")], ignore_index=True)
        return both.set_index("group")

    def __repr__(self) -> str:
        return f"{self.text}\n{self._shown().to_string(float_format=lambda x: f'{x:.4g}')}"

    def _repr_html_(self) -> str:
        table = self._shown().to_html(float_format=lambda x: f"{x:.3g}")
        return f"<p><b>{escape(self.text)}</b></p>{table}"
