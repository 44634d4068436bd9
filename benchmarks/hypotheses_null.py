"""What is usually done with cohorts in which there is nothing to find, and tables of p-values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypotheses_cohorts import LANDMARK, null_cohort
from hypotheses_own import LEVEL, Row
from scipy import stats

import paintrend as pt

__all__ = ["null_table", "usual_rows"]


def usual_rows(name: str, k: int, n: int) -> Row:
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
    return {
        "usual: early rise, then better at the last rating": _fisher(rise >= 2, better),
        "usual: the same without a landmark": _fisher(ever >= 2, better),
        "usual: highest early rise and change, correlation": float(
            stats.pearsonr(rise[known], (last - first)[known]).pvalue
        ),
    }


def _fisher(one: pd.Series, other: pd.Series) -> float:
    table = pd.crosstab(one, other).reindex(
        index=[False, True], columns=[False, True], fill_value=0
    )
    return float(stats.fisher_exact(table.to_numpy()).pvalue)


HOLDS = {
    "world no_link": ("no_link",),
    "world no_dips": ("no_dips", "drop_out", "regression_to_the_mean"),
}
"""Parts of the landmark test: by what its name ends in, the worlds in which what it assumes is
true. In the others only the test of both has to hold its level."""


def null_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of p-values below 5% by world and test, and by test over all worlds in which it has to
    hold: with its 95% interval, how likely so many are if the level holds, and that corrected over
    tests (Holm).

    Parameters
    ----------
    rows : DataFrame
        ``cohort``, ``null`` (its world), and p-values by test, empty where a test was not asked.
    """
    rows = rows.melt(["cohort", "null"], var_name="test", value_name="p").dropna()
    parts = [*rows.groupby(["null", "test"], sort=False)]
    parts += [
        (("all", test), _where_it_holds(test, p)) for test, p in rows.groupby("test", sort=False)
    ]
    out = []
    for (null, test), part in parts:
        if part.empty:
            continue
        n, hits = len(part), int((part["p"] < LEVEL).sum())
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


def _where_it_holds(test: str, rows: pd.DataFrame) -> pd.DataFrame:
    worlds = next((own for end, own in HOLDS.items() if test.endswith(end)), None)
    return rows if worlds is None else rows[rows["null"].isin(worlds)]
