"""Regression by formula on plausible values, through statsmodels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from paintrend.errors import InputError
from paintrend.pooling.curves import refuse_named_courses
from paintrend.pooling.extras import import_extra
from paintrend.pooling.judged import QUANTITIES
from paintrend.pooling.options import check_options
from paintrend.pooling.plausible import draw_plausible
from paintrend.pooling.regression import regress_values
from paintrend.pooling.terms import read_terms
from paintrend.pooling.variables import column_names
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.pooled import PooledAnalysis

__all__ = ["read_formula", "regress"]


def regress(
    fit: Fit,
    formula: str,
    *,
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    robust: bool = True,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> PooledAnalysis:
    """Regress by formula, with courses and features as outcome or predictor.

    Every name in the formula becomes part of the population from which courses are drawn, the
    outcome included; where it has products (``a:b``, ``a*b``), these too. What a function makes of
    a column (``log(age)``, ``I(age**2)``) is not: the population knows the column itself. A number
    on the left is regressed by least squares, 0 or 1 (``dip``, a column of 0 and 1 or of truth
    values) by a logistic model, ``course`` by a multinomial one. Courses are compared with
    ``unchanged``, or with the most frequent one where fewer than 5 patients have it in some draw
    (the result names it); others that are so rare are joined as ``other_course``.

    Parameters
    ----------
    fit : Fit
    formula : str
        As in statsmodels: quantities of curves (see `paintrend.draw_plausible`) and columns, with
        ``C()``, ``I()``, ``log()``, ``exp()``, ``sqrt()``, ``bs()``, functions of numbers from
        ``np.`` (``np.log10()``) and ``Q("a name with spaces")``; nothing else is evaluated.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    robust : bool
        Standard errors that allow unequal spread (HC3) in least squares.
    level : float
        Of the intervals.

    Returns
    -------
    PooledAnalysis
        Coefficients: differences, or log odds ratios of a logistic model. Where quantities of the
        curve are on both sides, its text says that they hang together by definition.

    Raises
    ------
    MissingExtraError
        If statsmodels is not installed.
    InputError
        If the formula has no outcome, names no quantity of curves, an unknown column or the same
        on both sides, or calls other functions, if a quantity exists only in some curves, if
        predictors are combinations of each other, or if an outcome is text.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> pt.regress(fit, "rise ~ arm + age", m=5).table().index.tolist()
    ['Intercept', 'arm[T.b]', 'age']
    """
    check_options(
        "regress", m=m, level=level, seed=seed, criteria=criteria, outside=outside, robust=robust
    )
    asked = read_formula(fit, formula, outside)
    values = draw_plausible(
        fit,
        m=m,
        quantities=asked.quantities,
        variables=asked.variables,
        outside=outside,
        criteria=criteria,
        interactions=asked.interactions,
        seed=seed,
        progress=progress,
    )
    return regress_values(values, formula, robust=robust, level=level)


class Asked(NamedTuple):
    """What a formula names, and whether it has products."""

    quantities: tuple[str, ...]
    variables: tuple[str, ...]
    interactions: bool


def read_formula(fit: Fit, formula: str, outside: pd.DataFrame | None) -> Asked:
    """Read what a formula needs of curves and columns.

    Raises
    ------
    InputError
        If it is no formula, names no quantity of curves, or something unknown.
    """
    import_extra("statsmodels.formula.api")
    if not isinstance(formula, str) or formula.count("~") != 1:
        raise InputError(f"regress: expected a formula such as 'rise ~ arm', got {formula!r}.")
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    columns = column_names(fit.diary, outside)
    found = read_terms(formula)
    quantities, variables = _sorted_names(found.names, columns)
    if not quantities:
        raise InputError(
            f"regress: {formula!r} names no quantity of a curve, so nothing about it is uncertain; "
            f"those are {', '.join(QUANTITIES)}."
        )
    return Asked(tuple(quantities), tuple(variables), found.products)


def _sorted_names(names: Sequence[str], columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Quantities of curves and columns among the names of a formula."""
    clash = [name for name in names if name in QUANTITIES and name in columns]
    if clash:
        raise InputError(
            f"regress: {', '.join(map(repr, clash))} is a column and a quantity of curves: rename "
            "the column."
        )
    unknown = [name for name in names if name not in (*QUANTITIES, *columns)]
    if unknown:
        raise InputError(
            f"regress: {', '.join(map(repr, unknown))} is neither a quantity of curves "
            f"({', '.join(QUANTITIES)}) nor a column ({', '.join(columns) or 'none'}); give "
            "outcomes from elsewhere with outside=, a table by patient_id."
        )
    return [n for n in names if n in QUANTITIES], [n for n in names if n in columns]
