"""Cohorts with known differences and effects: what analyses say, and what named courses say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from hypotheses_own import curves_once
from numpy.typing import NDArray

import paintrend as pt
from paintrend.pooling.analysis import pool_values

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
FOUND = ["estimate", "low", "high"]
Row = tuple[object, ...]
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
    named = pt.classify(fit).table().set_index("patient_id")["course"]
    hard = truth.assign(dip=_has_dip(named)).join(outside)
    with curves_once():
        found = [*_shares(fit, hard, m), *_effects(fit, hard, outside, m)]
        if blind:
            found.append(_left_out(fit, hard, outside, m))
    names = ("what", "truth", "estimate", "low", "high", "usual", "usual_low", "usual_high")
    return [{"cohort": k, **dict(zip(names, row, strict=True))} for row in found]


def _has_dip(courses: pd.Series) -> NDArray[np.float64]:
    return courses.isin(DIPS).to_numpy(dtype=float)


def _shares(fit: pt.Fit, hard: pd.DataFrame, m: int) -> Iterator[Row]:
    """Prevalence of a dip, and its difference between arms."""
    pick = "among == 'all' and course == 'dip'"
    share = pt.prevalence(fit, m=m, level=0.9).shares.query(pick).iloc[0]
    off = pt.prevalence(fit, by="arm", m=m, level=0.9).contrasts.query(pick).iloc[0]
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


def _effects(fit: pt.Fit, hard: pd.DataFrame, outside: pd.DataFrame, m: int) -> Iterator[Row]:
    """Effects of a dip on outcomes."""
    for what, true, name in (
        ("effect of a dip on an outcome", 1.0, "outcome"),
        ("the same of an outcome unrelated to it", 0.0, "nothing"),
    ):
        formula = f"{name} ~ dip + arm"
        found = pt.regress(fit, formula, outside=outside[[name]], m=m, level=0.9)
        yield what, true, *found.table().loc["dip", FOUND], *_usual(formula, hard)


def _left_out(fit: pt.Fit, hard: pd.DataFrame, outside: pd.DataFrame, m: int) -> Row:
    """The effect where the population was not told of the outcome, as no function of paintrend
    would have it."""
    import statsmodels.formula.api as smf

    formula = "outcome ~ dip"

    def analysis(table: pd.DataFrame) -> object:
        return smf.ols(formula, table.join(outside, on="patient_id")).fit()

    values = pt.draw_plausible(fit, m=m, quantities=("dip",))
    own = pool_values(values, analysis, name="left out", level=0.9).table().loc["dip", FOUND]
    return "effect, outcome not in the population", 1.0, *own, *_usual(formula, hard)


def _usual(formula: str, hard: pd.DataFrame) -> tuple[float, float, float]:
    import statsmodels.formula.api as smf

    known = smf.ols(formula, hard).fit()
    return _around(known.params["dip"], known.bse["dip"])


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
