"""A landmark test: an early sign and a later level, beside two worlds in which it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.results.criteria import Criteria
from paintrend.scales import Scale

__all__ = ["LandmarkTest", "NullWorld"]


@dataclass(frozen=True, eq=False)
class NullWorld:
    """Estimates in cohorts that were made so that there is nothing to find.

    Parameters
    ----------
    name : str
        ``no_link`` or ``no_dips``.
    meaning : str
    estimates : array, shape (R,)
        The same estimate as in the cohort, one per cohort made.
    observed : float
    """

    name: str
    meaning: str
    estimates: NDArray[np.float64]
    observed: float

    @property
    def p_value(self) -> float:
        """Twice the smaller share of these worlds that lie at least as far out as the cohort."""
        n = len(self.estimates)
        above = (1 + (self.estimates >= self.observed).sum()) / (n + 1)
        below = (1 + (self.estimates <= self.observed).sum()) / (n + 1)
        return float(min(1.0, 2.0 * min(above, below)))


@dataclass(frozen=True, eq=False, repr=False)
class LandmarkTest:
    """Does an early sign say more about later ratings than the levels do?

    Parameters
    ----------
    predictor, outcome : str
    landmark : float
        Day up to which the predictor looks.
    estimate, std_error : float
        Difference in the outcome per unit of the predictor, adjusted for the levels at the start
        and at the landmark; robust (HC3). Scale units, worse is positive; for responders a
        difference in their share.
    worlds : tuple of NullWorld
        First that in which later ratings follow from these levels alone, then that without dips.
    patients : DataFrame
        ``patient_id``, ``analysed``, ``reason`` (why not), ``predictor``, ``start``, ``now``,
        ``outcome``.
    scale : Scale
    seed : int
    criteria : Criteria, optional
        Resolved; None where it is not known.
    n_ratings, n_missing : int, optional
        Ratings that were fitted, and how many more are missing; None where that is not known.
    """

    predictor: str
    outcome: str
    landmark: float
    estimate: float
    std_error: float
    worlds: tuple[NullWorld, NullWorld]
    patients: pd.DataFrame
    scale: Scale
    seed: int
    criteria: Criteria | None = None
    n_ratings: int | None = None
    n_missing: int | None = None

    @property
    def n(self) -> int:
        """Patients analysed."""
        return int(self.patients["analysed"].sum())

    @property
    def p_value(self) -> float:
        """The larger p-value of the two worlds: the finding has to be rare in both."""
        return max(world.p_value for world in self.worlds)

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that so many cohorts per null world can give."""
        return 2.0 / (1.0 + min(len(world.estimates) for world in self.worlds))

    def table(self) -> pd.DataFrame:
        """Give the estimate in the cohort and what both worlds give, in full precision."""
        rows = [("cohort", self.estimate, np.nan, np.nan, np.nan)]
        for world in self.worlds:
            low, high = np.quantile(world.estimates, [0.05, 0.95])
            rows.append((world.name, float(world.estimates.mean()), low, high, world.p_value))
        return pd.DataFrame(rows, columns=["world", "estimate", "low", "high", "p_value"])

    @property
    def text(self) -> str:
        """What was asked, of whom, and who is not in it."""
        out = self.patients.loc[~self.patients["analysed"], "reason"].value_counts()
        left = "".join(f"; {n} {reason}" for reason, n in out.items())
        means = (
            "a share of patients who are better"
            if self.outcome.startswith("responder")
            else "worse is positive"
        )
        return (
            f"{self.outcome} by {self.predictor} up to day {self.landmark:g} "
            f"({self.scale.label}, {means}), adjusted for the levels at the start and on "
            f"that day: {self.n} of {len(self.patients)} patients{left}. With "
            f"{len(self.worlds[0].estimates)} cohorts per null world no p-value can be below "
            f"{self.smallest_p:.2g}"
        )

    def __repr__(self) -> str:
        table = self.table().to_string(index=False, float_format=lambda x: f"{x:.3g}")
        return f"{self.text}\n{table}"

    def _repr_html_(self) -> str:
        table = self.table().to_html(index=False, float_format=lambda x: f"{x:.3g}")
        return f"<p><b>{escape(self.text)}</b></p>{table}"
