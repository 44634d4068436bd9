"""Variables in the population: how each depends on the curve, as a regression.

A patient's curve f has the posterior ``p(f | ratings, z) ~ p(ratings | f) p(f) p(z | f)``: a
variable z (an arm, an outcome) tells about the curve as far as it goes with it. ``p(z | f)`` is a
chain of regressions, each on what the analysis reads off the curve and on the variables before: a
normal one for a number, a logistic one for a choice. So the share of every shape depends on the
variables, and none of them is pulled towards no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "Link",
    "Variable",
    "class_chances",
    "design_of",
    "first_link",
    "fit_choice",
    "improve_link",
    "read_variable",
]

Array = NDArray[np.float64]
SLOPE_SD = 5.0
"""Prior standard deviation of an effect per standard deviation, on the logit scale or in standard
deviations of the variable: rules out nothing but a perfect separation."""
CONSTANT_SD = 10.0
SPREAD_PATIENTS = 2.0
"""Patients that the variance of a number in the cohort counts as in the variance left over."""
FEW_VALUES = 2


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable of P patients.

    Parameters
    ----------
    name : str
    levels : tuple
        The values of a choice, the most frequent first; empty for a number.
    value : array, shape (P,)
        A number in standard deviations from its mean, or the position in `levels`; NaN if missing.
    """

    name: str
    levels: tuple[object, ...]
    value: Array
    known: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", np.isfinite(self.value))

    @property
    def columns(self) -> Array:
        """As a predictor of what follows, (P, k); the mean where it is missing."""
        if not self.levels:
            return np.where(self.known, self.value, 0.0)[:, None]
        dummies = self.value[:, None] == np.arange(1, len(self.levels))
        return np.where(self.known[:, None], dummies, dummies[self.known].mean(axis=0))


def read_variable(name: str, values: pd.Series) -> Variable:
    """Take a column as a number or a choice: text, categories, truth values and columns with two
    values are choices."""
    known = values.notna().to_numpy()
    distinct = values[known].value_counts()
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    out = np.full(len(values), np.nan)
    if numeric and len(distinct) > FEW_VALUES:
        x = values[known].to_numpy(dtype=float)
        out[known] = (x - x.mean()) / x.std()
        return Variable(name, (), out)
    # by frequency, then by name: the order of rows decides nothing
    levels = sorted(distinct.index, key=lambda level: (-distinct[level], str(level)))
    out[known] = [levels.index(x) for x in values[known]]
    return Variable(name, tuple(levels), out)


@dataclass(frozen=True, eq=False)
class Link:
    """Regression of one variable on the curve: coefficients (k, classes - 1), or (k, 1) and the
    log of the variance left over of a number."""

    variable: Variable
    coefficients: Array
    log_variance: float = 0.0

    def log_density(self, design: Array) -> Array:
        """Log density of each patient's own value given each draw's curve, (P, D), 0 where it is
        missing; ``design`` is (P, D, k)."""
        level = design @ self.coefficients
        out = np.zeros(level.shape[:2])
        at = np.flatnonzero(self.variable.known)
        own = self.variable.value[at]
        if not self.variable.levels:
            off = own[:, None] - level[at, :, 0]
            out[at] = -0.5 * (off * off * np.exp(-self.log_variance) + self.log_variance)
            return out
        chosen = np.zeros(level.shape[:2])[at]
        code = own.astype(np.int64)
        with_dummy = code > 0
        chosen[with_dummy] = np.take_along_axis(
            level[at][with_dummy], (code[with_dummy] - 1)[:, None, None], axis=2
        )[:, :, 0]
        top = np.maximum(level[at].max(axis=2), 0.0)
        total = np.exp(-top) + np.exp(level[at] - top[:, :, None]).sum(axis=2)
        out[at] = chosen - top - np.log(total)
        return out


def design_of(curve: Array, before: Sequence[Variable], interactions: bool) -> Array:
    """Predictors of a variable, (P, D, k): constant, what is read off the curve (P, D, c), the
    variables before, and products of these with the curve's."""
    p, d, _ = curve.shape
    parts = [np.ones((p, d, 1)), curve]
    for variable in before:
        columns = np.repeat(variable.columns[:, None, :], d, axis=1)
        parts.append(columns)
        if interactions:
            products = curve[:, :, :, None] * columns[:, :, None, :]
            parts.append(products.reshape(p, d, -1))
    return np.concatenate(parts, axis=2)


def first_link(variable: Variable, n_columns: int) -> Link:
    """A regression in which the variable does not depend on the curve yet."""
    classes = max(len(variable.levels) - 1, 1)
    return Link(variable, np.zeros((n_columns, classes)))


def improve_link(link: Link, design: Array, weight: Array) -> Link:
    """One step towards the most probable coefficients, given the weight of every draw (P, D),
    which add up to one patient each, or to what a bootstrap gives the patient."""
    at = link.variable.known
    k = design.shape[2]
    x = design[at].reshape(-1, k)
    w = weight[at].ravel()
    own = np.repeat(link.variable.value[at], design.shape[1])
    penalty = _penalty(k)
    if not link.variable.levels:
        return _normal_step(link, x, w, own, penalty)
    return _logistic_step(link, x, w, own, penalty)


def _normal_step(link: Link, x: Array, w: Array, own: Array, penalty: Array) -> Link:
    weighted = x * w[:, None]
    square = weighted.T @ x + np.diag(penalty * np.exp(link.log_variance))
    beta: Array = np.asarray(np.linalg.solve(square, weighted.T @ own), dtype=np.float64)
    off = own - x @ beta
    # patients less coefficients, as without a bootstrap; never below a tenth of the patients
    n = w.sum()
    left = max(n - x.shape[1], 0.1 * n)
    variance = (w @ (off * off) + SPREAD_PATIENTS) / (left + SPREAD_PATIENTS)
    return Link(link.variable, beta[:, None], float(np.log(variance)))


def _logistic_step(link: Link, x: Array, w: Array, own: Array, penalty: Array) -> Link:
    beta = link.coefficients
    gradient, hessian = logistic_terms(beta, x, w, own, penalty)
    step = np.linalg.solve(hessian, gradient).reshape(beta.shape[1], -1).T
    # a long step of Newton's goes astray where chances are near 0 or 1
    longest = np.abs(step).max()
    return Link(link.variable, beta + step * min(1.0, 3.0 / max(longest, 1e-12)))


def logistic_terms(
    beta: Array, x: Array, w: Array, own: Array, penalty: Array
) -> tuple[Array, Array]:
    """Gradient (classes - 1 times k) of the log posterior of multinomial coefficients ``beta``
    (k, classes - 1), class by class, and its negative second derivative."""
    k, classes = beta.shape
    chance = class_chances(x @ beta)[:, 1:]
    hit = own[:, None] == np.arange(1, classes + 1)
    gradient = x.T @ (w[:, None] * (hit - chance)) - penalty[:, None] * beta
    hessian = np.zeros((classes, k, classes, k))
    for a in range(classes):
        for b in range(a + 1):
            v = w * chance[:, a] * ((1.0 if a == b else 0.0) - chance[:, b])
            block = (x * v[:, None]).T @ x
            hessian[a, :, b, :] = block
            hessian[b, :, a, :] = block.T
        hessian[a, :, a, :] += np.diag(penalty)
    return gradient.T.ravel(), hessian.reshape(classes * k, classes * k)


def class_chances(level: Array) -> Array:
    """Chance of the first class and of the others, whose log odds against it are ``level``
    (n, classes - 1)."""
    top = np.maximum(level.max(axis=1), 0.0)
    chance = np.exp(np.column_stack([np.zeros(len(level)), level]) - top[:, None])
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def fit_choice(variable: Variable, x: Array) -> tuple[Link, Array]:
    """Regression of a choice on predictors (n, k), the constant first, and the covariance of its
    coefficients, class by class."""
    penalty = _penalty(x.shape[1])
    link = first_link(variable, x.shape[1])
    w, own = np.ones(len(x)), variable.value
    for _ in range(60):
        before = link
        link = _logistic_step(link, x, w, own, penalty)
        if np.abs(link.coefficients - before.coefficients).max() < 1e-8:
            break
    hessian = logistic_terms(link.coefficients, x, w, own, penalty)[1]
    return link, np.asarray(np.linalg.inv(hessian), dtype=np.float64)


def _penalty(k: int) -> Array:
    penalty = np.full(k, SLOPE_SD**-2.0)
    penalty[0] = CONSTANT_SD**-2.0
    return penalty
