"""Do tests of hypotheses hold their level, and do intervals hold the truth?

    python benchmarks/hypotheses.py coverage --cohorts 60
    python benchmarks/hypotheses.py null --cohorts 40 --worlds 40

``coverage`` simulates two arms that differ, and an outcome that the course has an effect on, and
counts how often 90% intervals hold the truth. ``null`` simulates cohorts in which there is nothing
to find and counts p-values below 5%. Beside both stands the usual way: named courses or raw ratings
taken as if they were known. A row is one cohort; `--keep` keeps them, so that runs can be added up
(``summary rows.csv ...``).
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from common import Page
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import cKDTree
from tables import markdown

import paintrend as pt
from paintrend.pooling.analysis import pool_values
from paintrend.shares import share_courses

Array = NDArray[np.float64]
HORIZON, LANDMARK, NOISE_SD = 84.0, 28.0, 1.2
ARM_A = {
    "improving": 0.45, "worse_before_better": 0.07, "unchanged": 0.25, "transient_worsening": 0.03,
    "improvement_lost": 0.04, "fluctuating": 0.04, "sustained_deterioration": 0.08,
    "recent_worsening": 0.04,
}  # fmt: skip
ARM_B = {**ARM_A, "improving": 0.35, "worse_before_better": 0.22, "unchanged": 0.15,
         "transient_worsening": 0.08}  # fmt: skip
NO_DIPS = {"improving": 0.55, "unchanged": 0.35, "improvement_lost": 0.10}
DIPS = ("worse_before_better", "transient_worsening")
NULLS = ("no_dips", "no_link", "drop_out", "regression_to_the_mean")
ENTRY = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    warnings.simplefilter("ignore")
    if options.task == "summary":
        rows = pd.concat([pd.read_csv(f, keep_default_na=False) for f in options.rows])
    else:
        rows = _run(options)
    page = Page()
    page.begin("Hypotheses", "hypotheses.py", arguments)
    kind = "coverage" if "truth" in rows else "null"
    page.write("\n" + markdown(coverage_table(rows) if kind == "coverage" else null_table(rows)))
    page.save(options.markdown)
    return 0


def _run(options: argparse.Namespace) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for k in range(options.first, options.first + options.cohorts):
        begin = time.perf_counter()
        if options.task == "coverage":
            rows += coverage_rows(k, options.patients, options.draws)
        else:
            name = NULLS[k % len(NULLS)]
            rows += null_rows(name, k, options.patients, options.draws, options.worlds)
        print(f"cohort {k}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
        if options.keep:
            pd.DataFrame(rows).to_csv(options.keep, index=False)
    return pd.DataFrame(rows)


def _has_dip(courses: pd.Series) -> NDArray[np.float64]:
    return courses.isin(DIPS).to_numpy(dtype=float)


def coverage_rows(k: int, n: int, m: int) -> list[dict[str, object]]:
    """One cohort with known truth: estimates, intervals, and the same of named courses."""
    import statsmodels.formula.api as smf

    cohort = pt.simulate_cohort(n, seed=1000 + k, arms={"a": ARM_A, "b": ARM_B}, covariates={})
    truth = cohort.truth.set_index("patient_id")
    rng = np.random.default_rng(k)
    dip = _has_dip(truth["course"])
    outside = pd.DataFrame(
        {"outcome": dip + rng.normal(size=n), "nothing": rng.normal(size=n)}, index=truth.index
    )
    fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=HORIZON)
    quantities = ("course", "dip", "end_better", "room_to_worsen", "room_to_improve")
    values = pt.draw_plausible(
        fit, m=m, quantities=quantities, variables=("arm", "nothing", "outcome"), outside=outside
    )
    blind = pt.draw_plausible(fit, m=m, quantities=quantities)
    everyone, by_arm = (share_courses(values, by, (), None, 0.9) for by in (None, "arm"))
    pick = "among == 'all' and course == 'dip'"
    share, off = everyone.shares.query(pick).iloc[0], by_arm.contrasts.query(pick).iloc[0]
    named = pt.classify(fit).table().set_index("patient_id")["course"]
    hard = truth.assign(dip=_has_dip(named)).join(outside)
    rows: list[dict[str, object]] = []

    def add(what: str, true: float, row: pd.Series, usual: tuple[float, float]) -> None:
        low, high = usual[0] - 1.645 * usual[1], usual[0] + 1.645 * usual[1]
        rows.append(
            {"cohort": k, "what": what, "truth": true, "estimate": row.iloc[0], "low": row.iloc[1],
             "high": row.iloc[2], "usual": usual[0], "usual_low": low, "usual_high": high}
        )  # fmt: skip

    mean, size = hard["dip"].mean(), len(hard)
    groups = hard.groupby("arm")["dip"].agg(["mean", "size"])
    spread = groups["mean"] * (1.0 - groups["mean"]) / groups["size"]
    add("prevalence of a dip", 0.2, share[["share", "low", "high"]],
        (mean, np.sqrt(mean * (1.0 - mean) / size)))  # fmt: skip
    add("difference between arms", 0.2, off[["difference", "difference_low", "difference_high"]],
        (groups["mean"]["b"] - groups["mean"]["a"], np.sqrt(spread.sum())))  # fmt: skip
    for what, true, formula, source in (
        ("effect of a dip on an outcome", 1.0, "outcome ~ dip + arm", values),
        ("the same of an outcome unrelated to it", 0.0, "nothing ~ dip + arm", values),
        ("effect, outcome not in the population", 1.0, "outcome ~ dip", blind),
    ):

        def analysis(table: pd.DataFrame, formula: str = formula) -> object:
            if "outcome" not in table:
                table = table.join(outside, on="patient_id")
            return smf.ols(formula, table).fit()

        own = pool_values(source, analysis, name=what).table().loc["dip"]
        known = smf.ols(formula, hard).fit()
        add(what, true, own[["estimate", "low", "high"]], (known.params["dip"], known.bse["dip"]))
    return rows


def coverage_table(rows: pd.DataFrame) -> pd.DataFrame:
    """How often intervals held the truth, per quantity."""
    rows = rows.assign(
        held=(rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"]),
        usual_held=(rows["usual_low"] <= rows["truth"]) & (rows["truth"] <= rows["usual_high"]),
    )
    return (
        rows.groupby("what", sort=False)
        .agg(
            cohorts=("truth", "size"), truth=("truth", "mean"), estimate=("estimate", "mean"),
            held=("held", "mean"), usual_estimate=("usual", "mean"),
            usual_held=("usual_held", "mean"),
        )
        .reset_index()
        .rename(
            columns={"held": "90% intervals that hold it", "usual_held": "usual way: hold it",
                     "usual_estimate": "usual way: estimate"}
        )
    )  # fmt: skip


def null_cohort(name: str, k: int, n: int) -> pd.DataFrame:
    """Ratings of a cohort with nothing to find; arms are given out at random."""
    rng = np.random.default_rng(50_000 + k)
    mix = None if name == "no_link" else NO_DIPS
    wanted = 3 * n if name == "regression_to_the_mean" else n
    cohort = pt.simulate_cohort(wanted, course_mix=mix, covariates={}, seed=2000 + k)
    curves = cohort.curves
    if name == "no_link":
        curves = _without_link(curves, rng, k)
    days = np.arange(-14.0, HORIZON + 1, 7.0)
    rows = []
    for i, curve in enumerate(curves):
        level = np.interp(days, cohort.grid, curve)
        pain = np.clip(np.rint(level + rng.normal(0.0, NOISE_SD, days.size)), 0, 10)
        if name == "regression_to_the_mean" and pain[days <= 0].mean() < ENTRY:
            continue
        # the worse the level, the sooner somebody stops
        odds = 0.06 if name == "drop_out" else 0.01
        leave = (days > 0) & (rng.random(days.size) < odds * 1.35 ** (level - 5.0))
        stop = int(leave.argmax()) if leave.any() else days.size
        rows += [(f"P{i:04d}", d, y) for d, y in zip(days[:stop], pain[:stop], strict=True)]
    table = pd.DataFrame(rows, columns=["patient_id", "day", "pain"])
    ids = table["patient_id"].unique()[:n]
    arm = dict(zip(ids, rng.permutation(np.resize(["a", "b"], len(ids))), strict=True))
    table = table[table["patient_id"].isin(ids)]
    return table.assign(arm=table["patient_id"].map(arm))


def _without_link(curves: Array, rng: np.random.Generator, k: int) -> Array:
    """After the landmark, the course of somebody else with the same two levels: shuffled among
    true curves, so that what came before says no more than they do."""
    at = int(LANDMARK / HORIZON * (curves.shape[1] - 1))
    donors = pt.simulate_cohort(1500, covariates={}, seed=900_000).curves
    pairs = donors[:, [0, at]] + rng.uniform(-5e-3, 5e-3, (len(donors), 2))
    _, near = cKDTree(pairs).query(curves[:, [0, at]], k=8)
    took = near[np.arange(len(curves)), rng.integers(0, 8, len(curves))]
    later = np.clip(donors[took] + (curves[:, at] - donors[took, at])[:, None], 0.0, 10.0)
    return np.where(np.arange(curves.shape[1]) > at, later, curves)


def null_rows(name: str, k: int, n: int, m: int, worlds: int) -> list[dict[str, object]]:
    """P-values of one cohort with nothing to find."""
    ratings = null_cohort(name, k, n)
    fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=HORIZON)
    entry = ENTRY if name == "regression_to_the_mean" else None
    found = pt.landmark_test(fit, landmark=LANDMARK, worlds=worlds, entry=entry)
    p = {f"landmark, world {world.name}": world.p_value for world in found.worlds}
    p["landmark, both worlds"] = found.p_value
    p["usual: early rise and later improvement"] = usual_early_rise(ratings)
    rng = np.random.default_rng(k)
    ids = list(fit.patient_ids)
    outside = pd.DataFrame({"nothing": rng.normal(size=len(ids))}, index=ids)
    contrasts = pt.prevalence(fit, by="arm", m=m).contrasts.set_index(["among", "course"])
    for course in ("improving", "end_better", "dip"):
        p[f"prevalence by arm: {course}"] = contrasts.loc[("all", course), "p_value"]
    p["regress rise ~ arm"] = pt.regress(fit, "rise ~ arm", m=m).table().loc["arm[T.b]", "p_value"]
    own = pt.regress(fit, "nothing ~ end_change", m=m, outside=outside).table()
    p["regress outcome ~ end_change"] = own.loc["end_change", "p_value"]
    return [{"cohort": k, "null": name, "test": test, "p": value} for test, value in p.items()]


def usual_early_rise(ratings: pd.DataFrame) -> float:
    """Patients with any rating by the landmark 2 above the first, against the others: is the last
    rating 2 below the first? Fisher's test."""
    first = ratings.groupby("patient_id")["pain"].first()
    last = ratings.groupby("patient_id")["pain"].last()
    window = ratings[(ratings["day"] > 0) & (ratings["day"] <= LANDMARK)]
    top = window.groupby("patient_id")["pain"].max().reindex(first.index)
    early, better = top - first >= 2, first - last >= 2
    table = pd.crosstab(early, better).reindex(
        index=[False, True], columns=[False, True], fill_value=0
    )
    return float(stats.fisher_exact(table.to_numpy()).pvalue)


def null_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of p-values below 5%, with how likely so many are if the level holds."""
    out = []
    for (null, test), part in rows.groupby(["null", "test"], sort=False):
        n, hits = len(part), int((part["p"].astype(float) < 0.05).sum())
        out.append((null, test, n, hits / n, stats.binom.sf(hits - 1, n, 0.05)))
    columns = ["world", "test", "cohorts", "p < 5%", "chance of so many at 5%"]
    return pd.DataFrame(out, columns=columns)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["coverage", "null", "summary"])
    parser.add_argument("rows", nargs="*", type=Path, help="for summary: files of --keep")
    parser.add_argument("--cohorts", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="number of the first cohort")
    parser.add_argument("--patients", type=int, default=100)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--keep", help="file for the rows, one per cohort and quantity")
    parser.add_argument("--markdown", help="file for the table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
