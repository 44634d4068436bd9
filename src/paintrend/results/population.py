"""What was learned from a cohort: how common each shape is, how large, how noisy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.design import Overall, build_design, overall_curve
from paintrend.core.em import PRIOR_PATIENTS
from paintrend.core.model import Design, Model
from paintrend.core.noise import NoiseGrid, noise_grid
from paintrend.core.prior import Prior, build_model, family_of, wide_start
from paintrend.defaults import DEFAULTS
from paintrend.results.direction import in_direction
from paintrend.scales import Scale
from paintrend.shapes import FAMILIES, ShapeTable, shape_table

__all__ = ["TYPICAL_CHANGE", "Population", "rating_design", "rounding_step", "usual_thresholds"]

TYPICAL_CHANGE = 2.0
"""Tenths of the range taken as a meaningful change where a scale has no thresholds."""


def rating_design(
    population: Population,
    day: NDArray[np.float64],
    y: NDArray[np.float64],
    offset: NDArray[np.int64],
) -> Design:
    """Arrays for the kernels of ratings under a population.

    Parameters
    ----------
    day, y, offset : as in `core.design.build_design`
    """
    return build_design(
        day, y, offset, population.table, population.prior, population.step,
        overall=population.overall,
    )  # fmt: skip


def rounding_step(scale: Scale) -> float:
    """Rounding step on the 0-10 unit; a continuous scale is taken to a thousandth of its range."""
    return scale.step / (scale.span / 10.0) if scale.step else 0.01


def usual_thresholds(scale: Scale) -> tuple[float, float]:
    """Worsening and improvement that count on a scale, on the 0-10 unit."""
    unit = scale.span / 10.0
    worse, better = (TYPICAL_CHANGE if x is None else x / unit for x in (scale.worse, scale.better))
    return worse, better


@dataclass(frozen=True, eq=False, repr=False)
class Population:
    """A population, learned or assumed.

    Parameters
    ----------
    scale : Scale
        Scale of the ratings it was learned from.
    horizon : float
        Day at which courses are judged.
    lasting_days : float
        What lasts this long or longer is curve, what is shorter is noise; days.
    gap : float
        Smallest visit gap that the shapes resolve, days.
    prior : Prior
        Shares and sizes on the 0-10 unit (`paintrend.core.prior.Prior`).
    default : str
        Name of the default population that learning started from and shrinks towards.
    n_patients : int
        Patients learned from; 0 if nothing was learned.
    trace : tuple of float
        Log evidence per patient at each pass of learning.
    members : frozenset of str
        One-way digests of the ids and first ratings learned from (`paintrend.results.members`);
        empty where it is not known from whom.
    n_cohort : int
        Patients of the cohort, of whom `n_patients` were learned from; 0 if not known.
    time_unit : str
        Unit of time in the source of the ratings (days are days whatever it is); empty if not
        known.
    """

    scale: Scale
    horizon: float
    lasting_days: float
    gap: float
    prior: Prior
    default: str
    n_patients: int
    trace: tuple[float, ...] = ()
    members: frozenset[str] = frozenset()
    n_cohort: int = 0
    time_unit: str = ""

    @property
    def source(self) -> str:
        """``"learned"`` or ``"default"``."""
        return "learned" if self.n_patients else "default"

    @property
    def assumed_share(self) -> float:
        """How much of the shape shares rests on the default population: its weight over the
        total."""
        return PRIOR_PATIENTS / (PRIOR_PATIENTS + self.n_patients)

    @property
    def unit(self) -> float:
        """Scale units per tenth of the range."""
        return self.scale.span / 10.0

    @property
    def step(self) -> float:
        """Rounding step on the 0-10 unit; a continuous scale is taken to a thousandth of its
        range."""
        return rounding_step(self.scale)

    @cached_property
    def table(self) -> ShapeTable:
        """The dictionary of shapes."""
        return shape_table(self.horizon, self.gap, self.lasting_days)

    @cached_property
    def noise(self) -> NoiseGrid:
        """The grid of noise settings."""
        return noise_grid(self.step, self.lasting_days)

    @cached_property
    def model(self) -> Model:
        """Arrays for the kernels."""
        return build_model(
            self.prior, self.table, self.noise, self.step, thresholds=usual_thresholds(self.scale)
        )

    @cached_property
    def overall(self) -> Overall:
        """Level over the whole population."""
        return overall_curve(self.prior, self.table)

    @cached_property
    def roots(self) -> NDArray[np.float64]:
        """Square roots of the covariances of amplitudes by family, (2, F, 4, 4): of usual and of
        wide starts; 0 where a family has no such amplitude."""
        both = np.stack([self.prior.covariance, wide_start(self.prior.covariance)])
        found = np.zeros_like(both)
        for wide, family in np.ndindex(both.shape[:2]):
            has = np.flatnonzero(np.diag(both[wide, family]) > 0.0)
            own = np.ix_(has, has)
            found[wide, family][own] = np.linalg.cholesky(both[wide, family][own])
        return found

    def shares(self) -> pd.DataFrame:
        """Families of shapes: share of patients, mean start, change and height in scale units
        (worse is positive).

        Returns
        -------
        DataFrame, one row per family: family, meaning, share, start, slow_change, hump
        """
        family = family_of(self.table)
        share = np.bincount(family, self.prior.shape, len(FAMILIES))
        size = self.prior.mean * self.unit
        start = self.scale.orient(size[:, 0] + self.scale.low)
        return pd.DataFrame(
            {
                "family": [f.name for f in FAMILIES],
                "meaning": [in_direction(f.meaning, self.scale) for f in FAMILIES],
                "share": share,
                "start": start,
                "slow_change": [
                    s if f.slow else np.nan for f, s in zip(FAMILIES, size[:, 2], strict=True)
                ],
                "hump": [
                    s if f.hump else np.nan for f, s in zip(FAMILIES, size[:, 3], strict=True)
                ],
            }
        )

    @property
    def text(self) -> str:
        """One sentence: what it was learned from and how much is assumed."""
        where = f"{self.scale.label}, horizon day {self.horizon:g}"
        if not self.n_patients:
            return f"Default population '{self.default}' ({where}): nothing learned from patients."
        of_all = f" of {self.n_cohort:,}" if self.n_cohort > self.n_patients else ""
        ending = "" if (self.n_patients, of_all) == (1, "") else "s"
        sample = " (a seeded sample by id)" if of_all else ""
        return (
            f"Learned from {self.n_patients:,}{of_all} patient{ending}{sample} ({where}); "
            f"the default population '{self.default}' "
            f"counts as {PRIOR_PATIENTS:g} more, {100 * self.assumed_share:.0f}% of the weight. "
            f"{DEFAULTS[self.default].source}"
        )

    def __repr__(self) -> str:
        return f"Population: {self.text}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>{self.shares().to_html(index=False)}"
