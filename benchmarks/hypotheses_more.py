"""P-values of further tests in cohorts in which there is nothing to find."""

from __future__ import annotations

from contextlib import suppress

import pandas as pd
from hypotheses_null import ENTRY, HORIZON, curves_once, landmark_p_values, null_cohort

import paintrend as pt

__all__ = ["arms_rows", "reserved_rows"]


def arms_rows(name: str, k: int, n: int, m: int) -> list[dict[str, object]]:
    """P-values of one cohort for each way to compare arms that `hypotheses_null` has not."""
    ratings = null_cohort(name, k, n)
    fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=HORIZON, workers=1)
    p: dict[str, float] = {}
    with curves_once():
        for baseline in ("latent", "rated"):
            found = pt.compare_arms(fit, "end_level", by="arm", baseline=baseline, m=m)
            p[f"compare_arms: end level, {baseline} start"] = _only(found.table())
        times = pt.time_to(fit, "better_day", by="arm", m=m)
        p["time_to: days without a better day"] = _only(times.means.query("group == 'b - a'"))
        p["time_to: hazard"] = _only(times.hazards)
        tipped = pt.tipping_point(fit, by="arm", deltas=(0.0, 2.0), m=m)
        p["tipping_point: nobody made worse"] = _only(tipped.query("delta == 0"))
        # where nobody left there is nothing to ask
        with suppress(pt.InputError):
            left = pt.dropout_sensitivity(fit, "end_level", by="arm", odds_ratios=(2.0,), m=m)
            p["dropout_sensitivity: end level"] = _only(left.query("term == 'b - a'"))
    return [{"cohort": k, "null": name, "test": test, "p": value} for test, value in p.items()]


def reserved_rows(name: str, k: int, n: int, worlds: int) -> list[dict[str, object]]:
    """P-values of one cohort for a landmark test of changes, measured from ratings up to day 0 that
    the predictor does not have."""
    fit = pt.fit_curves(
        pt.read_diary(null_cohort(name, k, n), scale="nrs"), horizon=HORIZON, workers=1
    )
    entry = ENTRY if name == "regression_to_the_mean" else None
    p = landmark_p_values(fit, worlds, entry, outcome="change_after", reserve=True)
    return [
        {
            "cohort": k,
            "null": name,
            "test": test.replace("landmark", "landmark, change"),
            "p": value,
        }
        for test, value in p.items()
    ]


def _only(table: pd.DataFrame) -> float:
    """The p-value of a table with one row."""
    (value,) = table["p_value"]
    return float(value)
