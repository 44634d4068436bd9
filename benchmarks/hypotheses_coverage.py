"""Cohorts with known differences and effects: what analyses say, and what named courses say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import paintrend as pt
from paintrend.hypotheses.shares import share_courses
from paintrend.pooling.analysis import pool_values
from paintrend.results.plausible import PlausibleValues

__all__ = ["coverage_rows", "coverage_table"]

HORIZON = 84.0
ARM_A = {
    "improving": 0.45, "worse_before_better": 0.07, "unchanged": 0.25, "transient_worsening": 0.03,
    "improvement_lost": 0.04, "fluctuating": 0.04, "sustained_deterioration": 0.08,
    "recent_worsening": 0.04,
}  # fmt: skip
ARM_B = {**ARM_A, "improving": 0.35, "worse_before_better": 0.22, "unchanged": 0.15,
         "transient_worsening": 0.08}  # fmt: skip
DIPS = ("worse_before_better", "transient_worsening")
QUANTITIES = ("course", "dip", "end_better", "room_to_worsen", "room_to_improve")
TO_90 = 1.645


def coverage_rows(k: int, n: int, m: int, *, blind: bool = False) -> list[dict[str, object]]:
    """One cohort with known truth: estimates, intervals, and the same of named courses.

    With ``blind`` also an effect on an outcome that the population was not told of.
    """
    cohort = pt.simulate_cohort(n, seed=1000 + k, arms={"a": ARM_A, "b": ARM_B}, covariates={})
    truth = cohort.truth.set_index("patient_id")
    rng = np.random.default_rng(k)
    dip = _has_dip(truth["course"])
    outside = pd.DataFrame(
        {"outcome": dip + rng.normal(size=n), "nothing": rng.normal(size=n)}, index=truth.index
    )
    fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=HORIZON)
    values = pt.draw_plausible(
        fit, m=m, quantities=QUANTITIES, variables=("arm", "nothing", "outcome"), outside=outside
    )
    named = pt.classify(fit).table().set_index("patient_id")["course"]
    hard = truth.assign(dip=_has_dip(named)).join(outside)
    found = [*_shares(values, hard), *_effects(values, hard)]
    if blind:
        told = pt.draw_plausible(fit, m=m, quantities=QUANTITIES)
        found += _effects(told, hard, outside)
    names = ("what", "truth", "estimate", "low", "high", "usual", "usual_low", "usual_high")
    return [{"cohort": k, **dict(zip(names, row, strict=True))} for row in found]


def _has_dip(courses: pd.Series) -> NDArray[np.float64]:
    return courses.isin(DIPS).to_numpy(dtype=float)


def _shares(values: PlausibleValues, hard: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Prevalence of a dip, and its difference between arms."""
    everyone, by_arm = (share_courses(values, by, (), None, 0.9) for by in (None, "arm"))
    pick = "among == 'all' and course == 'dip'"
    share, off = everyone.shares.query(pick).iloc[0], by_arm.contrasts.query(pick).iloc[0]
    mean = hard["dip"].mean()
    groups = hard.groupby("arm")["dip"].agg(["mean", "size"])
    spread = groups["mean"] * (1.0 - groups["mean"]) / groups["size"]
    yield (
        "prevalence of a dip", 0.2, *share[["share", "low", "high"]],
        *_around(mean, np.sqrt(mean * (1.0 - mean) / len(hard))),
    )  # fmt: skip
    yield (
        "difference between arms", 0.2,
        *off[["difference", "difference_low", "difference_high"]],
        *_around(groups["mean"]["b"] - groups["mean"]["a"], np.sqrt(spread.sum())),
    )  # fmt: skip


def _effects(
    values: PlausibleValues, hard: pd.DataFrame, outside: pd.DataFrame | None = None
) -> Iterator[tuple[object, ...]]:
    """Effects of a dip on outcomes; those from outside were not in the population."""
    import statsmodels.formula.api as smf

    asked = [("effect, outcome not in the population", 1.0, "outcome ~ dip")]
    if outside is None:
        asked = [
            ("effect of a dip on an outcome", 1.0, "outcome ~ dip + arm"),
            ("the same of an outcome unrelated to it", 0.0, "nothing ~ dip + arm"),
        ]
    for what, true, formula in asked:

        def analysis(table: pd.DataFrame, formula: str = formula) -> object:
            whole = table if outside is None else table.join(outside, on="patient_id")
            return smf.ols(formula, whole).fit()

        own = pool_values(values, analysis, name=what).table().loc["dip"]
        known = smf.ols(formula, hard).fit()
        yield (
            what, true, *own[["estimate", "low", "high"]],
            *_around(known.params["dip"], known.bse["dip"]),
        )  # fmt: skip


def _around(estimate: float, error: float) -> tuple[float, float, float]:
    return estimate, estimate - TO_90 * error, estimate + TO_90 * error


def coverage_table(rows: pd.DataFrame) -> pd.DataFrame:
    """How often intervals held the truth, per quantity; standard errors of the shares are those of
    so many cohorts."""
    rows = rows.assign(
        held=(rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"]),
        usual_held=(rows["usual_low"] <= rows["truth"]) & (rows["truth"] <= rows["usual_high"]),
    )
    table = (
        rows.groupby("what", sort=False)
        .agg(
            cohorts=("truth", "size"), truth=("truth", "mean"), estimate=("estimate", "mean"),
            sd=("estimate", "std"), held=("held", "mean"), usual_estimate=("usual", "mean"),
            usual_held=("usual_held", "mean"),
        )
        .reset_index()
    )  # fmt: skip
    held, cohorts = table["held"], table["cohorts"]
    table.insert(6, "standard error", np.sqrt(held * (1.0 - held) / cohorts))
    table["sd"] = table["sd"] / np.sqrt(cohorts)
    return table.rename(
        columns={
            "sd": "its standard error", "held": "90% intervals that hold it",
            "usual_held": "usual way: hold it", "usual_estimate": "usual way: estimate",
        }
    )  # fmt: skip
