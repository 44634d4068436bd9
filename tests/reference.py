"""The model of one patient written out slowly: dense matrices and exact probabilities.

Tests compare the kernels with these functions. Nothing here eliminates, whitens, filters or tables
anything: a patient's values are one multivariate normal, a rating's probability two normal tails.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import multivariate_normal, norm

from paintrend.core.likelihood import OUTLIER
from paintrend.core.prior import Prior
from paintrend.shapes import FAMILIES, Component, Shape, ShapeTable, Waxing, evaluate

Array = NDArray[np.float64]

SLOW = (
    Component("linear", ()),
    Component("exponential", (15.0,)),
    Component("sigmoid", (50.0, 6.0)),
)
HUMP = (Component("gamma_hump", (21.0, 3.0)), Component("gamma_hump", (45.0, 1.0)))


def small_table(horizon: float = 84.0, lasting_days: float = 7.0) -> ShapeTable:
    """A dictionary of at most two shapes per family, with every case of the real one."""
    shapes = []
    for index, family in enumerate(FAMILIES[:-1]):
        slows = range(len(SLOW)) if family.slow else [-1]
        humps = range(len(HUMP)) if family.hump else [-1]
        shapes += [Shape(s, h, index) for s in slows for h in humps][-2:]
    waxing = (
        Waxing(10.0, 0.0, 1.0, 0.0),
        Waxing(10.0, 0.0, 2.0, 2.5),
        Waxing(35.0, 0.0, 1.5, 0.0),
        Waxing(0.0, 42.0, 1.2, 0.0),
        Waxing(0.0, 42.0, 1.0, 0.0, True),
    )
    return ShapeTable(horizon, 7.0, lasting_days, SLOW, HUMP, tuple(shapes), waxing)


def random_prior(rng: np.random.Generator, table: ShapeTable, n_noise: int) -> Prior:
    """A prior with correlated amplitudes and unequal shares."""
    mean, covariance = np.zeros((len(FAMILIES), 4)), np.zeros((len(FAMILIES), 4, 4))
    for f in range(len(FAMILIES)):
        dims = amplitudes(f)
        sizes = np.array([1.8, 0.05, 1.5, 1.2])[dims]
        root = np.eye(len(dims)) + 0.3 * rng.standard_normal((len(dims), len(dims)))
        covariance[f][np.ix_(dims, dims)] = root @ root.T * np.outer(sizes, sizes)
        signs = np.array([1.0, 0.0, FAMILIES[f].slow, FAMILIES[f].hump])
        mean[f] = np.array([5.0, 0.0, 3.0, 2.5]) * signs
    shape = rng.dirichlet(np.full(len(table.shapes) + len(table.waxing), 2.0))
    return Prior(shape, mean, covariance, rng.dirichlet(np.full(n_noise, 2.0)))


def amplitudes(family: int) -> list[int]:
    """Which of (start, trend, slow change, hump) a family has."""
    return [0, 1] + [2] * (FAMILIES[family].slow != 0) + [3] * (FAMILIES[family].hump != 0)


def columns(table: ShapeTable, setting: int, day: Array) -> Array:
    """Columns (n, k) of a shape, or the two common ones of a waxing setting."""
    before = np.where(day < 0.0, np.maximum(day, -table.horizon / 2.0), 0.0)
    found = [np.ones_like(day), before]
    if setting < len(table.shapes):
        shape = table.shapes[setting]
        found += [evaluate(table.slow[shape.slow], day, table.horizon)] if shape.slow >= 0 else []
        found += [evaluate(table.hump[shape.hump], day, table.horizon)] if shape.hump >= 0 else []
    return np.stack(found, axis=1)


def level_moments(table: ShapeTable, prior: Prior, setting: int, day: Array) -> tuple[Array, Array]:
    """Mean (n,) and covariance (n, n) of the unclipped level at ``day``."""
    waxing = setting >= len(table.shapes)
    family = len(FAMILIES) - 1 if waxing else table.shapes[setting].family
    dims, x = amplitudes(family), columns(table, setting, day)
    covariance = x @ prior.covariance[family][np.ix_(dims, dims)] @ x.T
    if waxing:
        wax = table.waxing[setting - len(table.shapes)]
        covariance = covariance + wax.covariance(np.maximum(day, 0.0), table.horizon)
    return x @ prior.mean[family][dims], covariance


def noise_correlation(day: Array, share: Array | float, tau: float) -> Array:
    """Correlation (n, n) of the noise at ``day``; ``share`` is its autocorrelated part."""
    root = np.sqrt(np.broadcast_to(share, day.shape))
    lag = np.abs(day[:, None] - day[None, :])
    return np.outer(root, root) * np.exp(-lag / tau) + np.diag(1.0 - root**2)


def log_evidence(
    mean: Array, covariance: Array, value: Array, variance: Array, correlation: Array
) -> float:
    """Log density of ``value`` under N(mean, covariance + D^(1/2) R D^(1/2))."""
    sd = np.sqrt(variance)
    noise = correlation * np.outer(sd, sd)
    return float(multivariate_normal(mean, covariance + noise).logpdf(value))


def rating_probability(
    y: Array | float, level: Array | float, sd: float, step: float, outlier: float = OUTLIER
) -> Array:
    """P(y | level) of a rating rounded to ``step`` on 0-10, open at the ends; some are wild."""
    y, level = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(level, dtype=float))
    upper = np.where(y >= 10.0 - step / 4.0, np.inf, y + step / 2.0)
    lower = np.where(y <= step / 4.0, -np.inf, y - step / 2.0)
    # from the nearer tail, so that small probabilities keep their digits
    flip = np.where(level > y, 1.0, -1.0)
    a, b = flip * (lower - level) / sd, flip * (upper - level) / sd
    inside = norm.cdf(np.maximum(a, b)) - norm.cdf(np.minimum(a, b))
    return np.asarray((1.0 - outlier) * inside + outlier / (10.0 / step + 1.0))
