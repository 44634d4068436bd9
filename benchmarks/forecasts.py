"""Predictions of ratings that are not seen: mixed models, the last value, the mean so far.

A forecaster gets a `Task`, which holds no hidden rating, and gives the probability of every value
of the scale for every rating asked for, (N, K). All give the same small share to a value taken
from the whole scale.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from common import lacking
from numpy.typing import NDArray
from scipy.special import ndtr

from paintrend.core.likelihood import OUTLIER
from paintrend.scales import Scale

Array = NDArray[np.float64]
KNOTS = 4
SEEN_AS_MANY = 20.0
"""Errors counted as they were seen are mixed with so many that follow the normal."""


@dataclass(frozen=True)
class Task:
    """What may be learned from, what is seen of those asked about, and the days asked about.

    `learn`, `visible`: patient_id, day, pain by patient and day; `asked`: patient_id, day.
    """

    scale: Scale
    horizon: float
    learn: pd.DataFrame
    visible: pd.DataFrame
    asked: pd.DataFrame

    @property
    def values(self) -> Array:
        """Every value of the scale, (K,)."""
        s = self.scale
        return np.asarray(s.low + s.step * np.arange(round(s.span / s.step) + 1))

    def patients(self) -> Iterator[tuple[NDArray[np.int64], Array, Array, Array]]:
        """Yield rows of `asked`, days asked, days seen and ratings seen of each patient."""
        seen = {str(k): t for k, t in self.visible.groupby("patient_id")}
        asked = self.asked["day"].to_numpy(float)
        for name, group in self.asked.groupby("patient_id").indices.items():
            rows, own = np.asarray(group, dtype=np.int64), seen[str(name)]
            yield rows, asked[rows], own["day"].to_numpy(float), own["pain"].to_numpy(float)


def on_scale(values: Array, centre: Array, sd: Array) -> Array:
    """Normals about `centre` (N,) put on the scale's values (K,), what is beyond an end on it."""
    edges = 0.5 * (values[1:] + values[:-1])
    below = ndtr((edges - centre[:, None]) / sd[:, None])
    ends = np.zeros((len(centre), 1)), np.ones((len(centre), 1))
    return np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)


def with_outliers(mass: Array) -> Array:
    """Give a small share to every value alike, as paintrend does."""
    return (1.0 - OUTLIER) * mass + OUTLIER / mass.shape[1]


def _errors(task: Task, mean: bool) -> Array:
    """Errors of the value before, or of the mean of those before, one step ahead."""
    parts = []
    for _, rows in task.learn.groupby("patient_id"):
        y = rows["pain"].to_numpy(float)
        before = np.cumsum(y)[:-1] / np.arange(1, y.size) if mean else y[:-1]
        parts.append(y[1:] - before)
    return np.concatenate(parts)


def carried(task: Task, *, mean: bool = False, as_seen: bool = False) -> Array:
    """Last value (or mean so far) carried forward; errors normal, or as they were seen."""
    errors, values = _errors(task, mean), task.values
    sd = max(float(np.sqrt(np.mean(errors**2))), 0.25 * task.scale.step)
    centre = np.empty(len(task.asked))
    for rows, _, _, pain in task.patients():
        centre[rows] = pain.mean() if mean else pain[-1]
    normal = on_scale(values, centre, np.full(centre.size, sd))
    if not as_seen:
        return with_outliers(normal)
    mass = SEEN_AS_MANY * normal
    moved = np.clip(centre[:, None] + errors, values[0], values[-1])
    place = np.rint((moved - values[0]) / task.scale.step).astype(int)
    np.add.at(mass, (np.arange(centre.size)[:, None], place), 1.0)
    return with_outliers(mass / mass.sum(axis=1, keepdims=True))


def _spline(day: Array, knots: Array) -> Array:
    """Intercept and natural cubic spline, straight beyond the outer knots."""
    t, last = day[:, None], knots[-1]

    def bend(k: Array) -> Array:
        return (np.clip(t - k, 0, None) ** 3 - np.clip(t - last, 0, None) ** 3) / (last - k)

    d = bend(knots[:-1])
    return np.column_stack([np.ones(day.size), day, d[:, :-1] - d[:, -1:]])


def mixed(task: Task, *, slopes: bool = True) -> Array:
    """Linear mixed model: a spline of time for all, and a level (and slope) for each patient.

    The spread includes the uncertainty of the patient's own effects and of the fixed effects.
    """
    # time in units of its own spread keeps the optimiser well conditioned
    day, y = task.learn["day"].to_numpy(float), task.learn["pain"].to_numpy(float)
    middle, unit = day.mean(), max(day.std(), 1e-9)
    day = (day - middle) / unit
    # as many knots as there are planned days at most, or two fall on the same visit
    n_knots = min(KNOTS, np.unique(day).size)
    knots = np.unique(np.quantile(day, np.linspace(0, 1, n_knots)))
    if knots.size == 1:
        knots = np.array([day.min(), day.max()])

    def columns(at: Array) -> tuple[Array, Array]:
        # a straight line on from the last day learned would soon leave the scale
        at = np.clip(at, knots[0], knots[-1])
        z = np.column_stack([np.ones(at.size), at]) if slopes else np.ones((at.size, 1))
        return _spline(at, knots), z

    x, z = columns(day)
    turn = np.linalg.inv(np.linalg.qr(x)[1]) * np.sqrt(len(x))
    groups = task.learn["patient_id"].to_numpy()
    g, noise = _variances(y, x @ turn, groups, z, (0.25 * task.scale.step) ** 2)
    precision, weighted = np.zeros((x.shape[1], x.shape[1])), np.zeros(x.shape[1])
    for rows in task.learn.groupby("patient_id").indices.values():
        own, zs = x[rows] @ turn, z[rows]
        solved = np.linalg.solve(zs @ g @ zs.T + noise * np.eye(len(own)), own)
        precision += own.T @ solved
        weighted += solved.T @ y[rows]
    unsure = np.linalg.inv(precision)
    fixed = unsure @ weighted
    centre, variance = np.empty(len(task.asked)), np.empty(len(task.asked))
    for rows, asked, seen, pain in task.patients():
        (xs, zs), (xa, za) = columns((seen - middle) / unit), columns((asked - middle) / unit)
        xs, xa = xs @ turn, xa @ turn
        gain = np.linalg.solve(zs @ g @ zs.T + noise * np.eye(len(seen)), zs @ g @ za.T).T
        rest = xa - gain @ xs
        centre[rows] = rest @ fixed + gain @ pain
        own = za @ g @ za.T - gain @ zs @ g @ za.T
        variance[rows] = np.diag(own + rest @ unsure @ rest.T) + noise
    return with_outliers(on_scale(task.values, centre, np.sqrt(variance)))


def _variances(
    y: Array, x: Array, groups: NDArray[np.object_], z: Array, least: float
) -> tuple[Array, float]:
    """Covariance of the random effects and noise variance by REML: the best of three searches,
    since on some of these diaries one or another runs away."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    # a cohort that is all zeros so far still has some noise
    total = max(float(y.var()), least)
    best, found = -np.inf, (np.eye(z.shape[1]) * total / 2, total / 2)
    for method in ("bfgs", "lbfgs", "powell"):
        # Variances at their bound are usual here and do no harm to the predictions.
        with warnings.catch_warnings(), suppress(np.linalg.LinAlgError):
            warnings.simplefilter("ignore")
            result = MixedLM(y, x, groups, exog_re=z).fit(reml=True, method=[method], maxiter=200)
            g, noise = np.asarray(result.cov_re), float(result.scale)
            sizes = np.r_[np.linalg.eigvalsh(g), noise] / total
            sane = sizes.min() > -1e-6 and sizes[-1] > 1e-3 and sizes.max() < 10.0
            if sane and np.isfinite(result.llf) and result.llf > best:
                best, found = result.llf, (g, noise)
    return found


@dataclass(frozen=True)
class Forecaster:
    """A forecaster and the package it needs beyond NumPy and SciPy."""

    predict: Callable[[Task], Array]
    needs: str = ""

    @property
    def missing(self) -> str:
        """Why it cannot be run here; empty if it can."""
        return lacking(self.needs)


FORECASTERS: dict[str, Forecaster] = {
    "mixed model, level and slope": Forecaster(mixed, "statsmodels"),
    "mixed model, level": Forecaster(partial(mixed, slopes=False), "statsmodels"),
    "last value, normal errors": Forecaster(carried),
    "last value, errors as seen": Forecaster(partial(carried, as_seen=True)),
    "mean so far": Forecaster(partial(carried, mean=True)),
}
