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

from paintrend.pooling.design_rows import DesignRows

__all__ = [
    "Link",
    "Variable",
    "class_chances",
    "design_of",
    "first_link",
    "fit_choice",
    "improve_link",
    "penalty_of",
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

    def log_density(self, rows: DesignRows) -> Array:
        """Log density of each patient's own value given each draw's curve, (P, D), 0 where it is
        missing."""
        own = self.variable.value[rows.patient]
        if not self.variable.levels:
            off = own - rows.x @ self.coefficients[:, 0]
            return rows.spread(-0.5 * (off * off * np.exp(-self.log_variance) + self.log_variance))
        level = self.coefficients.T @ rows.x.T
        top = np.maximum(level.max(axis=0), 0.0)
        total = np.exp(-top) + np.exp(level - top).sum(axis=0)
        chosen = -top - np.log(total)
        for k, row in enumerate(level, 1):
            chosen += np.where(own == k, row, 0.0)
        return rows.spread(chosen)


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


def improve_link(link: Link, rows: DesignRows, weight: Array) -> Link:
    """One step towards the most probable coefficients, given the weight of every draw (P, D),
    which add up to one patient each, or to what a bootstrap gives the patient."""
    w, own = rows.weights(weight), link.variable.value[rows.patient]
    penalty = penalty_of(rows.x.shape[1])
    if not link.variable.levels:
        return _normal_step(link, rows, w, own, penalty)
    return _logistic_step(link, rows.x, w, own, penalty, rows.stride)


def _normal_step(link: Link, rows: DesignRows, w: Array, own: Array, penalty: Array) -> Link:
    x = rows.x
    weighted = x * w[:, None]
    square = weighted.T @ x + np.diag(penalty * np.exp(link.log_variance))
    beta: Array = np.asarray(np.linalg.solve(square, weighted.T @ own), dtype=np.float64)
    off = own - x @ beta
    # patients less coefficients, as without a bootstrap; never below a tenth of the patients. A
    # variance that is taken as too large leaves part of an effect out of the curves.
    n = w.sum()
    left = max(n - rows.known_coefficients(w, weighted, square), 0.1 * n)
    variance = (w @ (off * off) + SPREAD_PATIENTS) / (left + SPREAD_PATIENTS)
    return Link(link.variable, beta[:, None], float(np.log(variance)))


def _logistic_step(
    link: Link, x: Array, w: Array, own: Array, penalty: Array, stride: int = 1
) -> Link:
    beta = link.coefficients
    gradient, hessian = logistic_terms(beta, x, w, own, penalty, stride)
    step = np.linalg.solve(hessian, gradient).reshape(beta.shape[1], -1).T
    # a long step of Newton's goes astray where chances are near 0 or 1
    longest = np.abs(step).max()
    return Link(link.variable, beta + step * min(1.0, 3.0 / max(longest, 1e-12)))


def logistic_terms(
    beta: Array, x: Array, w: Array, own: Array, penalty: Array, stride: int = 1
) -> tuple[Array, Array]:
    """Gradient (classes - 1 times k) of the log posterior of multinomial coefficients ``beta``
    (k, classes - 1), class by class, and its negative second derivative, from every ``stride``-th
    row. ``own`` is the class of each row, or its share of the classes but the first."""
    k, classes = beta.shape
    chance = _other_chances(beta.T @ x.T)
    seen = own if own.ndim == 2 else [own == c + 1 for c in range(classes)]
    off = np.stack([w * (seen[c] - chance[c]) for c in range(classes)])
    gradient = off @ x - penalty * beta.T
    hessian = np.zeros((classes, k, classes, k))
    if stride > 1:
        total = w.sum()
        x, w, chance = np.ascontiguousarray(x[::stride]), w[::stride], chance[:, ::stride]
        w = w * (total / w.sum())
    for a in range(classes):
        for b in range(a + 1):
            v = w * chance[a] * ((1.0 if a == b else 0.0) - chance[b])
            block = (x * v[:, None]).T @ x
            hessian[a, :, b, :] = block
            hessian[b, :, a, :] = block.T
        hessian[a, :, a, :] += np.diag(penalty)
    return gradient.ravel(), hessian.reshape(classes * k, classes * k)


def class_chances(level: Array) -> Array:
    """Chance of the first class and of the others, whose log odds against it are ``level``
    (n, classes - 1)."""
    others = _other_chances(level.T)
    return np.concatenate([np.maximum(1.0 - others.sum(axis=0), 0.0)[None], others]).T


def _other_chances(level: Array) -> Array:
    """Chances of the classes but the first, (classes - 1, n), from their log odds against it: class
    by class, as sums over a short last axis are slow."""
    top = np.maximum(level.max(axis=0), 0.0)
    chance = np.exp(level - top)
    chance /= np.exp(-top) + chance.sum(axis=0)
    return chance


def fit_choice(variable: Variable, x: Array, more: Array | None = None) -> tuple[Link, Array]:
    """Regression of a choice on predictors (n, k), the constant first, and the covariance of its
    coefficients, class by class; ``more`` (n,) patients of each class are added to each row."""
    penalty = penalty_of(x.shape[1])
    link = first_link(variable, x.shape[1])
    w, own = np.ones(len(x)), variable.value
    if more is not None:
        others = np.arange(1, len(variable.levels))
        w = 1.0 + len(variable.levels) * more
        own = ((variable.value == others[:, None]) + more) / w
    for _ in range(60):
        before = link
        link = _logistic_step(link, x, w, own, penalty)
        if np.abs(link.coefficients - before.coefficients).max() < 1e-8:
            break
    hessian = logistic_terms(link.coefficients, x, w, own, penalty)[1]
    return link, np.asarray(np.linalg.inv(hessian), dtype=np.float64)


def penalty_of(k: int) -> Array:
    """What is assumed of k coefficients, the constant first: their inverse variances."""
    penalty = np.full(k, SLOPE_SD**-2.0)
    penalty[0] = CONSTANT_SD**-2.0
    return penalty
