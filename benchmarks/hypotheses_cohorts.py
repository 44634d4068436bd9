"""Cohorts in which there is nothing to find."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import paintrend as pt

__all__ = ["ENTRY", "HORIZON", "LANDMARK", "NULLS", "fit_cohort", "null_cohort", "without_link"]

Array = NDArray[np.float64]
HORIZON, LANDMARK, NOISE_SD = 84.0, 28.0, 1.2
NO_DIPS = {"improving": 0.55, "unchanged": 0.35, "improvement_lost": 0.10}
NULLS = ("no_dips", "no_link", "drop_out", "regression_to_the_mean", "same_arms")
"""In the last one courses are as usual, dips included, and only the arms have nothing to do with
them; later levels do follow from an early dip there, so nothing is asked about those."""
ENTRY = 5.0
BANK = 4000


@lru_cache(maxsize=len(NULLS))
def _bank(dips: bool) -> Array:
    """True curves of many patients, from which those of cohorts are taken without replacement: as
    good as simulating each cohort by itself, at a hundredth of the cost."""
    mix = None if dips else NO_DIPS
    return pt.simulate_cohort(BANK, course_mix=mix, covariates={}, seed=2000 + dips).curves


def null_cohort(name: str, k: int, n: int) -> pd.DataFrame:
    """Ratings of a cohort with nothing to find; arms are given out at random."""
    rng = np.random.default_rng(50_000 + k)
    bank = _bank(name in ("no_link", "same_arms"))
    wanted = 4 * n if name == "regression_to_the_mean" else n
    curves = bank[rng.choice(BANK, wanted, replace=False)]
    if name == "no_link":
        curves = without_link(curves, rng)
    days = np.arange(-14.0, HORIZON + 1, 7.0)
    at = np.maximum(days, 0.0) / HORIZON * (curves.shape[1] - 1)
    level = curves[:, at.round().astype(int)]
    pain = np.clip(np.rint(level + rng.normal(0.0, NOISE_SD, level.shape)), 0, 10)
    # the worse the level, the sooner somebody stops
    odds = 0.06 if name == "drop_out" else 0.01
    leaves = (days > 0) & (rng.random(level.shape) < odds * 1.35 ** (level - 5.0))
    seen = ~np.logical_or.accumulate(leaves, axis=1)
    if name == "regression_to_the_mean":
        seen[pain[:, days <= 0].mean(axis=1) < ENTRY] = False
    patients = np.flatnonzero(seen.any(axis=1))[:n]
    row, visit = np.nonzero(seen[patients])
    arms = rng.permutation(np.resize(["a", "b"], len(patients)))
    return pd.DataFrame(
        {
            "patient_id": [f"P{i:04d}" for i in patients[row]], "day": days[visit],
            "pain": pain[patients[row], visit], "arm": arms[row],
        }
    )  # fmt: skip


def without_link(curves: Array, rng: np.random.Generator) -> Array:
    """After the landmark, the course of somebody else with the same two levels: shuffled among
    true curves, so that what came before says no more than they do."""
    at = int(LANDMARK / HORIZON * (curves.shape[1] - 1))
    donors = _donors()
    pairs = donors[:, [0, at]] + rng.uniform(-5e-3, 5e-3, (len(donors), 2))
    _, near = cKDTree(pairs).query(curves[:, [0, at]], k=8)
    took = near[np.arange(len(curves)), rng.integers(0, 8, len(curves))]
    later = np.clip(donors[took] + (curves[:, at] - donors[took, at])[:, None], 0.0, 10.0)
    return np.where(np.arange(curves.shape[1]) > at, later, curves)


@lru_cache(maxsize=1)
def _donors() -> Array:
    return pt.simulate_cohort(1500, covariates={}, seed=900_000).curves


def fit_cohort(name: str, k: int, n: int) -> pt.Fit:
    """Fit the curves of such a cohort."""
    ratings = null_cohort(name, k, n)
    return pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=HORIZON, workers=1)
