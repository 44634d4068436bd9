"""Choices: the same analysis over thresholds, windows and landmark days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd

from paintrend.errors import InputError
from paintrend.pooling.options import check_options, number_list
from paintrend.progress import Progress, shown_progress
from paintrend.results.arm_comparison import ArmComparison
from paintrend.results.criteria import Criteria
from paintrend.results.estimand import Estimand
from paintrend.results.fit import Fit
from paintrend.results.inference import fitted_ratings
from paintrend.results.landmark import LandmarkTest
from paintrend.results.pooled import PooledAnalysis
from paintrend.results.prevalence import Prevalence

__all__ = ["multiverse", "read_numbers"]

CRITERIA = ("worsening", "improvement", "lasting_days", "sustained_days")
NUMBERS = ("estimate", "low", "high", "p_value")


def multiverse(
    fit: Fit,
    analysis: Callable[..., Any],
    *,
    criteria: Criteria | None = None,
    term: str | None = None,
    worsening: Sequence[float] = (),
    improvement: Sequence[float] = (),
    lasting_days: Sequence[float] = (),
    sustained_days: Sequence[float] = (),
    landmark: Sequence[float] = (),
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Run an analysis under every combination of choices.

    Parameters
    ----------
    fit : Fit
    analysis : callable
        Called as ``analysis(fit, criteria=...)``, with ``landmark=`` too if landmarks are given;
        gives a pooled analysis, an estimand, prevalences, a comparison of arms, a landmark test, or
        a mapping with ``estimate``, ``low``, ``high`` and ``p_value``. The interval of a landmark
        test is a 90% one from its robust standard error; its p-value is that of the null worlds.
    criteria : Criteria, optional
        Thresholds that are not varied; the scale's own by default.
    term : str, optional
        Which term of a pooled analysis or an estimand, which group of arms, or which course of
        prevalences (``dip``: the difference between two groups); may be left out where there is
        one.
    worsening, improvement, lasting_days, sustained_days, landmark : sequence of float
        What to try.
    progress : True or callable, optional

    Returns
    -------
    DataFrame
        One row per combination, by estimate: the choices, ``estimate``, ``low``, ``high``,
        ``p_value``; in every row ``n_patients`` of the fit, ``n_ratings`` fitted and ``n_missing``.
        These rows are one analysis seen from several sides, not as many tests.

    Raises
    ------
    InputError
        If there is nothing to vary, or the analysis gives something else.

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel 2016, doi:10.1177/1745691616658637.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> def dips(fit, criteria):
    ...     found = pt.prevalence(fit, by="arm", criteria=criteria, m=4).contrasts
    ...     row = found.query("among == 'all' and course == 'dip'").iloc[0]
    ...     names = ["difference", "difference_low", "difference_high", "p_value"]
    ...     return dict(zip(["estimate", "low", "high", "p_value"], row[names]))
    >>> found = pt.multiverse(fit, dips, worsening=(1.5, 2, 2.5))
    >>> sorted(found["worsening"])
    [1.5, 2.0, 2.5]
    """
    given = {
        "worsening": worsening, "improvement": improvement, "lasting_days": lasting_days,
        "sustained_days": sustained_days, "landmark": landmark,
    }  # fmt: skip
    check_options("multiverse", criteria=criteria)
    if not callable(analysis):
        raise InputError(
            "multiverse: analysis must be a function called as analysis(fit, criteria=...), got "
            f"{type(analysis).__name__}."
        )
    listed = {name: number_list("multiverse", name, values) for name, values in given.items()}
    choices = {name: values for name, values in listed.items() if values}
    if not choices:
        raise InputError(f"multiverse: give choices for some of {', '.join(given)}.")
    every = list(product(*choices.values()))
    rows = []
    with shown_progress(progress) as report:
        for k, values in enumerate(every, 1):
            own = dict(zip(choices, values, strict=True))
            varied = {name: own[name] for name in CRITERIA if name in own}
            rules = replace(criteria or Criteria(), **varied)
            options = {"landmark": own["landmark"]} if "landmark" in own else {}
            rows.append({**own, **read_numbers(analysis(fit, criteria=rules, **options), term)})
            if report is not None:
                report("trying choices", k, len(every))
    table = pd.DataFrame(rows).sort_values("estimate", kind="stable").reset_index(drop=True)
    fitted = fit.info["fitted"].to_numpy(dtype=bool)
    return table.assign(
        n_patients=int(fitted.sum()), n_ratings=fitted_ratings(fit.info),
        n_missing=fit.diary.n_missing,
    )  # fmt: skip


def _rows(found: Any, caller: str) -> pd.DataFrame | None:
    """Estimates by term of a result that has several."""
    if isinstance(found, PooledAnalysis | Estimand):
        return found.table()
    if isinstance(found, ArmComparison):
        return found.table().set_index("group")
    if isinstance(found, Prevalence):
        own = found.contrasts[found.contrasts["among"] == "all"]
        if len(set(own["group"])) != 1:
            raise InputError(
                f"{caller}: prevalences of one group or of more than two have no single "
                "difference: give a mapping with estimate, low, high and p_value."
            )
        names = {
            "difference": "estimate", "difference_low": "low", "difference_high": "high",
        }  # fmt: skip
        return own.rename(columns=names).set_index("course")
    return None


def read_numbers(found: Any, term: str | None, caller: str = "multiverse") -> dict[str, float]:
    """Estimate, interval and p-value of what an analysis gave.

    Raises
    ------
    InputError
    """
    if isinstance(found, LandmarkTest):
        half = 1.645 * found.std_error
        numbers = (found.estimate, found.estimate - half, found.estimate + half, found.p_value)
        return dict(zip(NUMBERS, map(float, numbers), strict=True))
    table = _rows(found, caller)
    if table is not None:
        if term is None and len(table) > 1:
            raise InputError(f"{caller}: name one of the terms {', '.join(table.index)}: term=.")
        if term is not None and term not in table.index:
            raise InputError(f"{caller}: no term {term!r}; there are {', '.join(table.index)}.")
        found = table.loc[term if term is not None else table.index[0]]
    try:
        return {name: float(found[name]) for name in NUMBERS}
    except (TypeError, KeyError, ValueError, IndexError):
        raise InputError(
            f"{caller}: the analysis must give a pooled analysis, an estimand, prevalences, a "
            "comparison of arms, a landmark test, or a mapping with "
            f"{', '.join(NUMBERS)}; got {type(found).__name__}."
        ) from None
