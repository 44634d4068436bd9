"""The check of a cohort: ratings as they are beside ratings as the model makes them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.check_statistics import STATISTICS
from paintrend.scales import Scale
from paintrend.wording import number, plural

__all__ = ["DIFFERS_BELOW", "CohortCheck"]

Array = NDArray[np.float64]

DIFFERS_BELOW = 0.02
"""Tail share below which ratings are said to differ: no more than one of 200 replicates is as far
out."""


@dataclass(frozen=True, eq=False, repr=False)
class CohortCheck:
    """Observed against replicated ratings of a cohort.

    Distances from a curve are taken from the same posterior curve for the ratings and for their
    replicate, so that `observed` too has one value per replicate (Gelman, Meng & Stern 1996).

    Parameters
    ----------
    names : tuple of str
        Keys of `STATISTICS` that exist for these ratings.
    observed, replicated : array, shape (R, len(names))
        Scale units, correlations or shares, one row per replicated cohort.
    scale : Scale
    n_patients, n_fitted, n_ratings, n_missing : int
        Patients, those fitted, fitted ratings, and rows whose rating is empty.
    seed : int
    """

    names: tuple[str, ...]
    observed: Array
    replicated: Array
    scale: Scale
    n_patients: int
    n_fitted: int
    n_ratings: int
    n_missing: int
    seed: int

    @property
    def n_replicates(self) -> int:
        """Number of replicated cohorts."""
        return len(self.replicated)

    @property
    def p(self) -> Array:
        """Twice the smaller tail share, at most 1, in the order of `names`.

        ``2 (k + 1/2) / (R + 1)``, k the number of replicates at least as far out on that side.
        """
        above = (self.replicated >= self.observed).sum(axis=0)
        below = (self.replicated <= self.observed).sum(axis=0)
        tail = 2.0 * (np.minimum(above, below) + 0.5) / (self.n_replicates + 1.0)
        return np.asarray(np.minimum(1.0, tail))

    @property
    def differing(self) -> tuple[str, ...]:
        """Names of the statistics in which the ratings differ from what the model makes."""
        return tuple(name for name, p in zip(self.names, self.p, strict=True) if p < DIFFERS_BELOW)

    def label(self, name: str) -> str:
        """Give the words for a statistic, with the ratings of this scale."""
        scale = self.scale
        best, worst = (scale.low, scale.high)[:: 1 if scale.higher_is_worse else -1]
        middle = (scale.low + scale.high) / 2.0
        return STATISTICS[name].label.format(
            best=number(best), worst=number(worst), middle=number(middle, 2)
        )

    def show(self, name: str, value: float) -> str:
        """Say a value of a statistic: "1.21", "12.5%"."""
        share = STATISTICS[name].unit == "share"
        return f"{number(100.0 * value)}%" if share else number(value, 2)

    def table(self) -> pd.DataFrame:
        """Give one row per statistic, in full precision.

        Returns
        -------
        DataFrame
            statistic, observed (median over the replicates' curves), replicated (median), low,
            high (90% of the replicates), p, text.
        """
        low, middle, high = (
            np.quantile(self.replicated, (0.05, 0.5, 0.95), axis=0)
            if self.names
            else np.empty((3, 0))
        )
        observed = np.median(self.observed, axis=0) if self.names else np.empty(0)
        table = pd.DataFrame(
            {
                "statistic": pd.Series(self.names, dtype="str"),
                "observed": observed,
                "replicated": middle,
                "low": low,
                "high": high,
                "p": self.p,
            }
        )
        rows = zip(self.names, observed, middle, low, high, strict=True)
        return table.assign(text=pd.Series([self._compare(*row) for row in rows], dtype="str"))

    def _compare(self, name: str, seen: float, made: float, low: float, high: float) -> str:
        verdict = "like the model"
        if name in self.differing:
            verdict = f"{'more' if seen > made else 'less'} than the model makes"
        unit = f" {self.scale.unit}" if STATISTICS[name].unit == "points" else ""
        return (
            f"{self.label(name)}: {self.show(name, seen)}{unit}, the model makes "
            f"{self.show(name, low)} to {self.show(name, high)}: {verdict}"
        )

    @property
    def text(self) -> str:
        """One sentence for a report."""
        if not self.names:
            return "No patient was fitted, so there is nothing to compare with the model."
        if not self.differing:
            return (
                f"The model makes ratings like these: none of {len(self.names)} quantities lies "
                f"clearly outside what {self.n_replicates} cohorts made by it show."
                f"{self._just_outside()}"
            )
        said = self.table().set_index("statistic")["text"]
        told = [
            # what is measured, before its number
            f"{self.label(name)} ({STATISTICS[name].meaning})"
            + said[name].removeprefix(self.label(name)).rpartition(":")[0]
            for name in self.differing
        ]
        return f"Ratings differ from what the model makes in: {'; '.join(told)}."

    def _just_outside(self) -> str:
        """Say what a reader sees outside the shaded range, where nothing differs clearly."""
        table = self.table()
        beyond = (table["observed"] < table["low"]) | (table["observed"] > table["high"])
        if not beyond.any():
            return ""
        n = int(beyond.sum())
        return (
            f" {n} {'lies' if n == 1 else 'lie'} just outside the range of 90% of them, as about "
            "one in ten does by chance."
        )

    def _line(self) -> str:
        return (
            f"Check of {self.n_fitted} of {plural(self.n_patients, 'patient')}, "
            f"{plural(self.n_ratings, 'rating')}, against "
            f"{plural(self.n_replicates, 'replicated cohort')}"
        )

    def __repr__(self) -> str:
        rows = (f"  {text} (p = {p:.2g})" for text, p in self.table()[["text", "p"]].to_numpy())
        return "\n".join([self._line(), self.text, *rows])

    def _repr_html_(self) -> str:
        head = f"<p><b>{escape(self._line())}</b></p><p>{escape(self.text)}</p>"
        return f"{head}{self.table().to_html(index=False)}"
