"""P-values of this package in cohorts in which there is nothing to find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from hypotheses_cohorts import ENTRY, LANDMARK, fit_cohort

import paintrend as pt
from paintrend.monitoring.folds import crossfit
from paintrend.nulls import testing
from paintrend.pooling import plausible

__all__ = [
    "LEVEL",
    "Row",
    "arms_rows",
    "curves_once",
    "landmark_p_values",
    "landmark_rows",
    "null_rows",
]

LEVEL = 0.05
Row = dict[str, float]
"""P-values by test."""


def null_rows(name: str, k: int, n: int, m: int) -> Row:
    """P-values of one cohort, of shares by arm and of regressions."""
    fit = fit_cohort(name, k, n)
    p: Row = {}
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
    return p


def arms_rows(name: str, k: int, n: int, m: int) -> Row:
    """P-values of one cohort, of further ways to compare arms."""
    fit = fit_cohort(name, k, n)
    p: Row = {}
    with curves_once():
        for baseline in ("latent", "rated"):
            found = pt.compare_arms(fit, "end_level", by="arm", baseline=baseline, m=m)
            p[f"compare_arms: end level, {baseline} start"] = _only(found.table())
        times = pt.time_to(fit, "better_day", by="arm", m=m)
        p["time_to: days without a better day"] = _only(times.means.query("group == 'b - a'"))
        p["time_to: hazard"] = _only(times.hazards)
        tipped = pt.tipping_point(fit, by="arm", deltas=(0.0, 2.0), m=m)
        p["tipping_point: nobody made worse"] = _only(tipped.query("delta == 0"))
        p["dropout_sensitivity: end level"] = np.nan
        # where nobody left there is nothing to ask
        with suppress(pt.InputError):
            left = pt.dropout_sensitivity(fit, "end_level", by="arm", odds_ratios=(2.0,), m=m)
            p["dropout_sensitivity: end level"] = _only(left.query("term == 'b - a'"))
    return p


def landmark_rows(name: str, k: int, n: int, worlds: int) -> Row:
    """P-values of one cohort of the landmark test: of the level after it, and of the change from
    ratings up to day 0 that are reserved for it. Both are asked of one fit, and with the same
    populations learned without the patients they judge."""
    fit = fit_cohort(name, k, n)
    asked: dict[str, Any] = {
        "entry": ENTRY if name == "regression_to_the_mean" else None,
        "others": crossfit(fit.diary, horizon=fit.horizon, seed=fit.seed, workers=1),
    }
    level = landmark_p_values(fit, worlds, **asked)
    change = landmark_p_values(fit, worlds, outcome="change_after", reserve=True, **asked)
    return level | {test.replace("landmark", "landmark, change"): p for test, p in change.items()}


def _only(table: pd.DataFrame) -> float:
    """The p-value of a table with one row."""
    (value,) = table["p_value"]
    return float(value)


@contextmanager
def curves_once() -> Iterator[None]:
    """The curves that plausible values are taken from are the same in every analysis of a fit."""
    with patch.object(plausible, "gather_curves", lru_cache(maxsize=1)(plausible.gather_curves)):
        yield


class _Decided(Exception):
    """More made cohorts cannot bring a p-value below the level any more."""


def landmark_p_values(fit: pt.Fit, worlds: int, **options: Any) -> dict[str, float]:
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
        pt.landmark_test(fit, landmark=LANDMARK, worlds=worlds, **options)
    no_link, no_dips = least()
    return {
        "landmark, both worlds": max(no_link, no_dips),
        "landmark, world no_link": no_link,
        "landmark, world no_dips": no_dips,
    }
