"""Cohorts in which there is nothing to find, and the p-values of tests in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import cKDTree

import paintrend as pt
from paintrend.nulls import testing
from paintrend.pooling import plausible

__all__ = [
    "ENTRY",
    "NULLS",
    "curves_once",
    "landmark_p_values",
    "null_cohort",
    "null_rows",
    "null_table",
    "usual_rows",
]

Array = NDArray[np.float64]
HORIZON, LANDMARK, NOISE_SD = 84.0, 28.0, 1.2
NO_DIPS = {"improving": 0.55, "unchanged": 0.35, "improvement_lost": 0.10}
NULLS = ("no_dips", "no_link", "drop_out", "regression_to_the_mean", "same_arms")
"""In the last one courses are as usual, dips included, and only the arms have nothing to do with
them; later levels do follow from an early dip there, so nothing is asked about those."""
ENTRY = 5.0
BANK = 4000
LEVEL = 0.05


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


def null_rows(name: str, k: int, n: int, m: int, worlds: int) -> list[dict[str, object]]:
    """P-values of one cohort with nothing to find; without the landmark test if there are no worlds
    for it."""
    ratings = null_cohort(name, k, n)
    fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=HORIZON, workers=1)
    p: dict[str, float] = {}
    if worlds and name != "same_arms":
        entry = ENTRY if name == "regression_to_the_mean" else None
        p |= landmark_p_values(fit, worlds, entry)
    rng = np.random.default_rng(k)
    ids = list(fit.patient_ids)
    outside = pd.DataFrame({"nothing": rng.normal(size=len(ids))}, index=ids)
    with curves_once():
        contrasts = pt.prevalence(fit, by="arm", m=m).contrasts.set_index(["among", "course"])
        for course in ("improving", "dip", "deterioration", "end_better"):
            p[f"prevalence by arm: {course}"] = contrasts.loc[("all", course), "p_value"]
        rise = pt.regress(fit, "rise ~ arm", m=m).table()
        own = pt.regress(fit, "nothing ~ end_change", m=m, outside=outside).table()
    p["regress rise ~ arm"] = rise.loc["arm[T.b]", "p_value"]
    p["regress outcome ~ end_change"] = own.loc["end_change", "p_value"]
    return [{"cohort": k, "null": name, "test": test, "p": value} for test, value in p.items()]


@contextmanager
def curves_once() -> Iterator[None]:
    """The curves that plausible values are taken from are the same in every analysis of a fit."""
    with patch.object(plausible, "gather_curves", lru_cache(maxsize=1)(plausible.gather_curves)):
        yield


class _Decided(Exception):
    """More made cohorts cannot bring a p-value below the level any more."""


def landmark_p_values(
    fit: pt.Fit, worlds: int, entry: float | None = None, **options: Any
) -> dict[str, float]:
    """P-values of the landmark test, worlds made only until it is known that p is above 5%.

    With R worlds ``p = 2 (1 + k) / (R + 1)``, k the number that lie at least as far out; k only
    grows. Where worlds were left out, what is given is the least that p can still become.
    """
    seen: list[float] = []
    regress = testing.regress_early

    def least() -> list[float]:
        out = []
        for world in (seen[1::2], seen[2::2]):
            made = np.array(world)
            k = min((made >= seen[0]).sum(), (made <= seen[0]).sum())
            out.append(min(1.0, 2.0 * (1.0 + k) / (worlds + 1.0)))
        return out

    def watched(*given: object) -> tuple[float, float]:
        found: tuple[float, float] = regress(*given)
        seen.append(found[0])
        # the first estimate is the cohort's; then one of each world in turn
        if len(seen) > 1 and len(seen) % 2 and min(least()) >= LEVEL:
            raise _Decided
        return found

    with patch.object(testing, "regress_early", watched), suppress(_Decided):
        pt.landmark_test(fit, landmark=LANDMARK, worlds=worlds, entry=entry, **options)
    no_link, no_dips = least()
    return {
        "landmark, both worlds": max(no_link, no_dips),
        "landmark, world no_link": no_link,
        "landmark, world no_dips": no_dips,
    }


def usual_rows(name: str, k: int, n: int) -> list[dict[str, object]]:
    """P-values of what is usually done with the ratings of such a cohort.

    Early rise: any rating by the landmark 2 above the first; better: the last rating 2 below the
    first; both from the same first rating. Without a landmark: a rating at any time 2 above it.
    """
    ratings = null_cohort(name, k, n)
    by = ratings.groupby("patient_id")["pain"]
    first, last = by.first(), by.last()
    after = ratings[ratings["day"] > 0]
    early = after[after["day"] <= LANDMARK].groupby("patient_id")["pain"].max()
    rise, ever = early.reindex(first.index) - first, by.max() - first
    better, known = first - last >= 2, rise.notna()
    p = {
        "usual: early rise, then better at the last rating": _fisher(rise >= 2, better),
        "usual: the same without a landmark": _fisher(ever >= 2, better),
        "usual: highest early rise and change, correlation": float(
            stats.pearsonr(rise[known], (last - first)[known]).pvalue
        ),
    }
    return [{"cohort": k, "null": name, "test": test, "p": value} for test, value in p.items()]


def _fisher(one: pd.Series, other: pd.Series) -> float:
    table = pd.crosstab(one, other).reindex(
        index=[False, True], columns=[False, True], fill_value=0
    )
    return float(stats.fisher_exact(table.to_numpy()).pvalue)


def null_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of p-values below 5% by world and test, and by test over all worlds: with its 95%
    interval, how likely so many are if the level holds, and that corrected over tests (Holm)."""
    parts = [*rows.groupby(["null", "test"], sort=False)]
    parts += [(("all", test), part) for test, part in rows.groupby("test", sort=False)]
    out = []
    for (null, test), part in parts:
        n, hits = len(part), int((part["p"].astype(float) < LEVEL).sum())
        low, high = stats.binomtest(hits, n).proportion_ci()
        out.append((null, test, n, hits / n, low, high, stats.binom.sf(hits - 1, n, LEVEL)))
    columns = ["world", "test", "cohorts", "p < 5%", "low", "high", "chance of so many at 5%"]
    table = pd.DataFrame(out, columns=columns)
    table["corrected"] = np.nan
    for usual in (False, True):
        own = (table["world"] == "all") & (table["test"].str.startswith("usual") == usual)
        if own.any():
            chances = table.loc[own].set_index("test")["chance of so many at 5%"]
            table.loc[own, "corrected"] = pt.correct_p_values(chances.to_dict())[
                "corrected"
            ].to_numpy()
    return table
