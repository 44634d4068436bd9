"""The regression of a formula on plausible values, through statsmodels."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.pooling.analysis import pool_values
from paintrend.pooling.extras import import_extra
from paintrend.pooling.judged import COURSE_SHARES
from paintrend.pooling.means import refuse_gaps
from paintrend.pooling.terms import read_terms
from paintrend.results.plausible import PlausibleValues
from paintrend.results.pooled import PooledAnalysis

__all__ = ["regress_values"]

SAME_CURVE = (
    "{} and {} are read off the same curve, so they hang together by definition; landmark_test "
    "separates them in time"
)
FEWEST = 5
"""Patients in every draw below which a course joins `OTHER`."""
OTHER = "other_course"
LONGEST = 12.0
"""Log odds beyond which an estimate is that of a group without, or with nothing but, a course."""
REFERENCE = "unchanged"
MOST_LEVERAGE = 1.0 - 1e-8
log, exp, sqrt = np.log, np.exp, np.sqrt  # formulas are evaluated here, and may use these


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
    refuse_gaps("regress", values, values.quantities)
    kept = _courses_kept(values) if "course" in values.quantities else []
    name = f"{formula} (courses against {kept[0]})" if kept else formula
    analysis = _model(models, left, right, kept, robust)
    note = _same_curve(formula, values.quantities)
    return pool_values(values, analysis, name=name, level=level, note=note)


def _same_curve(formula: str, quantities: Sequence[str]) -> str:
    """What to say where both sides of a formula are quantities of the curve; "" if not."""
    terms = read_terms(formula)
    outcome = [name for name in terms.names if name in quantities and name in terms.outcome]
    others = [name for name in terms.names if name in quantities and name not in terms.outcome]
    return SAME_CURVE.format(" and ".join(outcome), " and ".join(others)) * bool(outcome and others)


def _model(
    models: Any, left: str, right: str, kept: list[str], robust: bool
) -> Callable[[pd.DataFrame], Any]:
    formula = f"{left} ~ {right}"

    def analysis(table: pd.DataFrame) -> Any:
        if kept:
            course = table["course"].astype(str)
            table["course"] = pd.Categorical(
                course.where(course.isin(kept), OTHER), categories=kept
            )
        kind, own = "ols", formula
        if left == "course":
            kind, own = "mnlogit", f"course_code ~ {right}"
            table["course_code"] = table["course"].cat.codes.astype(float)
        elif left in table:
            table[left] = _outcome(table[left], formula)
            binary = left in COURSE_SHARES or set(table[left].dropna().unique()) == {0, 1}
            kind = "logit" if binary else "ols"
        with warnings.catch_warnings():
            # of statsmodels and pandas about each other, and of a fit that is judged below
            warnings.simplefilter("ignore")
            try:
                model = getattr(models, kind)(own, table)
            except Exception as error:
                said = str(error).strip().partition("\n")[0]
                raise InputError(f"regress: {formula} cannot be evaluated: {said}") from error
            if model.exog.shape[1] == 0:
                raise InputError(
                    f"regress: {formula} has neither a predictor nor a constant, so there is "
                    "nothing to estimate: expected a formula such as 'rise ~ arm', or 'rise ~ 1' "
                    "for the mean."
                )
            _refuse_combinations(np.asarray(model.exog, dtype=float), formula)
            if kind == "ols":
                return _least_squares(model, robust)
            found = _converged(model, formula)
        return found if kind == "logit" else _by_course(found, kept)

    return analysis


def _least_squares(model: Any, robust: bool) -> Any:
    """Fit with robust errors (HC3); with classic ones where a patient alone decides a coefficient,
    as the only woman with a dip in a draw does: a leverage of 1 leaves no residual to be robust
    about."""
    found = model.fit()
    if not robust or found.get_influence().hat_matrix_diag.max() > MOST_LEVERAGE:
        return found
    return model.fit(cov_type="HC3", use_t=True)


def _outcome(values: pd.Series, formula: str) -> pd.Series:
    """An outcome as numbers; truth values are 0 and 1."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype(float)
    if not pd.api.types.is_numeric_dtype(values):
        words = ", ".join(sorted(set(values.dropna().astype(str)))[:3])
        raise InputError(
            f"regress: the outcome of {formula} is text ({words}): give it as 0 and 1, or as a "
            "number, with outside=."
        )
    return values


def _refuse_combinations(x: np.ndarray, formula: str) -> None:
    """Refuse predictors whose effects cannot be told apart."""
    size = np.linalg.norm(x, axis=0)
    if np.linalg.matrix_rank(x / np.where(size > 0.0, size, 1.0)) < x.shape[1]:
        raise InputError(
            f"regress: predictors of {formula} are combinations of each other in some draws (two "
            "that say the same, dip beside course, a value that no patient has, or more of them "
            "than patients): their effects cannot be told apart. Leave one of them out."
        )


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


def _by_course(found: Any, kept: list[str]) -> dict[str, tuple[float, float]]:
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
