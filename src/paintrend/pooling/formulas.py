"""Regression by formula on plausible values, through statsmodels."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError, MissingExtraError
from paintrend.pooling.analysis import pool_values
from paintrend.pooling.curves import refuse_named_courses
from paintrend.pooling.judged import COURSE_SHARES, QUANTITIES
from paintrend.pooling.plausible import column_names, draw_plausible
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.plausible import PlausibleValues
from paintrend.results.pooled import PooledAnalysis

__all__ = ["import_extra", "read_formula", "regress", "regress_values"]

FEWEST = 5
"""Patients in every draw below which a course joins `OTHER`."""
OTHER = "other_course"
LONGEST = 12.0
"""Log odds beyond which an estimate is that of a group without, or with nothing but, a course."""
REFERENCE = "unchanged"
ASSUMED = {"np", "C", "Q", "I", "log", "exp", "sqrt", "center", "standardize", "bs", "Treatment"}


def import_extra(module: str, extra: str = "hypotheses") -> Any:
    """Import a package of an extra.

    Raises
    ------
    MissingExtraError
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"this analysis needs {module.partition('.')[0]}: pip install 'paintrend[{extra}]'"
        ) from error


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
    outcome included; where it has products (``a:b``, ``a*b``), these too. A number on the left is
    regressed by least squares, 0 or 1 (``dip``, a column with two numbers) by a logistic model,
    ``course`` by a multinomial one. On the right, courses are compared with ``unchanged``; those
    that fewer than 5 patients have in some draw are joined as ``other_course``.

    Parameters
    ----------
    fit : Fit
    formula : str
        As in statsmodels: quantities of curves (see `paintrend.draw_plausible`) and columns.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    robust : bool
        Standard errors that allow unequal spread (HC3) in least squares.
    level : float
        Of the intervals.

    Returns
    -------
    PooledAnalysis
        Coefficients: differences, or log odds ratios of a logistic model.

    Raises
    ------
    MissingExtraError
        If statsmodels is not installed.
    InputError
        If the formula has no outcome, names no quantity of curves or an unknown column, or if a
        quantity exists only in some curves.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> pt.regress(fit, "rise ~ arm + age", m=5).table().index.tolist()
    ['Intercept', 'arm[T.b]', 'age']
    """
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
    quantities, variables = _names(formula, columns)
    if not quantities:
        raise InputError(
            f"regress: {formula!r} names no quantity of a curve, so nothing about it is uncertain; "
            f"those are {', '.join(QUANTITIES)}."
        )
    products = bool(re.search(r"[*:/]", formula.split("~")[1]))
    return Asked(tuple(quantities), tuple(variables), products)


def regress_values(
    values: PlausibleValues, formula: str, *, robust: bool = True, level: float = 0.9
) -> PooledAnalysis:
    """The regression of a formula on plausible values that are there already.

    Raises
    ------
    InputError
        If a quantity exists only in some curves.
    """
    models = import_extra("statsmodels.formula.api")
    left, right = (side.strip() for side in formula.split("~"))
    for name in values.quantities:
        gone = max(int(table[name].isna().sum()) for table in values)
        if gone:
            raise InputError(
                f"regress: up to {gone} of {values.n_patients} curves of a draw have no {name}: "
                "dropping those patients would compare different people from draw to draw. Use a "
                "quantity that every curve has, or time_to for days."
            )
    analysis = _model(models, left, right, values, robust)
    return pool_values(values, analysis, name=formula, level=level)


def _names(formula: str, columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Quantities of curves and columns that a formula names; the outcome comes last, so that the
    regression of it on the curve has the others in it."""
    left, right = formula.split("~")
    words = [*re.findall(r"[A-Za-z_]\w*(?![\w(.])", right), *re.findall(r"[A-Za-z_]\w*", left)]
    quoted = re.findall(r"Q\(['\"](.+?)['\"]\)", formula)
    names = list(dict.fromkeys(w for w in [*quoted, *words] if w not in ASSUMED))
    clash = [name for name in names if name in QUANTITIES and name in columns]
    if clash:
        raise InputError(
            f"regress: {', '.join(map(repr, clash))} is a column and a quantity of curves: rename "
            "the column."
        )
    unknown = [n for n in words if n not in (*QUANTITIES, *columns, *ASSUMED) and n not in quoted]
    unknown = [n for n in dict.fromkeys(unknown) if not any(n in q.split() for q in quoted)]
    if unknown:
        raise InputError(
            f"regress: {', '.join(map(repr, unknown))} is neither a quantity of curves "
            f"({', '.join(QUANTITIES)}) nor a column ({', '.join(columns) or 'none'}); give "
            "outcomes from elsewhere with outside=, a table by patient_id."
        )
    return [n for n in names if n in QUANTITIES], [n for n in names if n in columns]


def _model(
    models: Any, left: str, right: str, values: PlausibleValues, robust: bool
) -> Callable[[pd.DataFrame], Any]:
    kept = _courses_kept(values) if "course" in values.quantities else []

    def analysis(table: pd.DataFrame) -> Any:
        if kept:
            course = table["course"].astype(str)
            table["course"] = pd.Categorical(
                course.where(course.isin(kept), OTHER), categories=kept
            )
        with warnings.catch_warnings():
            # of statsmodels and pandas about each other, and of a fit that is judged below
            warnings.simplefilter("ignore")
            if left == "course":
                return _multinomial(models, right, table, kept)
            binary = left in COURSE_SHARES or (
                left in table and set(table[left].dropna().unique()) == {0, 1}
            )
            if not binary:
                options = {"cov_type": "HC3", "use_t": True} if robust else {}
                return models.ols(f"{left} ~ {right}", table).fit(**options)
            return _converged(models.logit(f"{left} ~ {right}", table), f"{left} ~ {right}")

    return analysis


def _converged(model: Any, formula: str) -> Any:
    try:
        found = model.fit(disp=0)
        fine = found.mle_retvals["converged"] and np.isfinite(np.asarray(found.bse)).all()
    except (np.linalg.LinAlgError, ValueError) as error:
        raise InputError(
            f"regress: {formula} has no finite estimate in some draws: {error}."
        ) from None
    if not fine or _runs_away(np.asarray(model.exog), np.asarray(found.params)):
        raise InputError(
            f"regress: {formula} has no finite estimate in some draws: a group without (or with "
            "nothing but) such courses. Use prevalence(by=..., adjust=...), which stays finite."
        )
    return found


def _runs_away(x: np.ndarray, beta: np.ndarray) -> bool:
    """Whether log odds are out of all reason, at the mean patient or by a standard deviation of a
    predictor: the constant itself is that of a patient aged 0, say, and may well be large."""
    beta = beta.reshape(x.shape[1], -1)
    slope = np.abs(beta) * x.std(axis=0)[:, None]
    return bool(slope.max() > LONGEST or np.abs(x.mean(axis=0) @ beta).max() > LONGEST)


def _multinomial(models: Any, right: str, table: pd.DataFrame, kept: list[str]) -> Any:
    table["course_code"] = table["course"].cat.codes.astype(float)
    found = _converged(models.mnlogit(f"course_code ~ {right}", table), f"course ~ {right}")
    return {
        f"{kept[1 + k]}: {name}": (found.params.iloc[i, k], found.bse.iloc[i, k])
        for k in range(found.params.shape[1])
        for i, name in enumerate(found.params.index)
    }


def _courses_kept(values: PlausibleValues) -> list[str]:
    """Courses that are common enough in every draw, the reference first; the others are joined,
    with as many more, the rarest first, as make them common enough."""
    counts = pd.concat([table["course"].value_counts() for table in values], axis=1).fillna(0)
    fewest = counts.min(axis=1).sort_values(kind="stable")
    first = REFERENCE if fewest[REFERENCE] >= FEWEST else str(fewest.index[-1])
    joined: list[str] = []
    for course in map(str, fewest.index):
        others = counts.loc[joined].sum()
        too_few = others.max() > 0 and others.min() < FEWEST
        if course != first and (fewest[course] < FEWEST or too_few):
            joined.append(course)
    other = [OTHER] if counts.loc[joined].sum().max() > 0 else []
    return [first, *(c for c in COURSES if c != first and c not in joined), *other]
