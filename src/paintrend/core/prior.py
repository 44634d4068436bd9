"""A population as numbers: shares of shapes, amplitudes by family, shares of noise settings; and
its default."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.core.curves import GRID_POINTS, draw_curves
from paintrend.core.likelihood import log_likelihood_table
from paintrend.core.model import Model
from paintrend.core.noise import STRUCTURE_SHARES, NoiseGrid, noise_grid
from paintrend.defaults import DEFAULTS
from paintrend.shapes import FAMILIES, WAXING, ShapeTable, Waxing, evaluate

__all__ = [
    "COMMON",
    "N_COEFFICIENTS",
    "GridColumns",
    "Prior",
    "build_model",
    "default_prior",
    "grid_columns",
]

Array = NDArray[np.float64]
COMMON = 2
"""Columns that every shape has: the start b and the trend g before day 0."""
N_COEFFICIENTS = 20
"""Leading eigenvectors kept of each waxing covariance; what they leave out is below 0.3% of its
variance."""
TRIALS = 60


class Prior(NamedTuple):
    """Parameters of a population on the 0-10 unit.

    Attributes
    ----------
    shape : (S + W,) share of each shape, then of each waxing setting
    mean : (F, 4) mean of (b, g, c, h) by family;  covariance : (F, 4, 4); zero where the family
        has no such amplitude
    noise : (J,) share of each noise setting
    """

    shape: Array
    mean: Array
    covariance: Array
    noise: Array


class GridColumns(NamedTuple):
    """Every column on equally spaced days of [0, H]: common (n, q), slow (n, S), hump (n, B), wax
    (n, bases * m + 1)."""

    day: Array
    common: Array
    slow: Array
    hump: Array
    wax: Array


def active(family: int) -> list[int]:
    """Which of (b, g, c, h) a family has."""
    f = FAMILIES[family]
    return [0, 1] + ([2] if f.slow else []) + ([3] if f.hump else [])


@lru_cache(maxsize=16)
def grid_columns(table: ShapeTable, points: int = GRID_POINTS) -> GridColumns:
    """Evaluate the dictionary and the waxing bases on the grid."""
    day = np.linspace(0.0, table.horizon, points)
    slow = np.stack([evaluate(c, day, table.horizon) for c in table.slow], axis=1)
    hump = np.stack([evaluate(c, day, table.horizon) for c in table.hump], axis=1)
    bases = []
    for length, period, pinned in waxing_bases(table):
        unit = Waxing(length, period, 1.0, 0.0, pinned)
        values, vectors = np.linalg.eigh(unit.covariance(day, table.horizon))
        keep = np.argsort(values)[::-1][:N_COEFFICIENTS]
        # the sign of an eigenvector is arbitrary: fix it, so that draws repeat on every machine
        sign = np.sign(vectors[np.argmax(np.abs(vectors[:, keep]), axis=0), keep])
        bases.append(vectors[:, keep] * sign * np.sqrt(np.maximum(values[keep], 0.0)))
    trend = (1.0 - np.exp(-3.0 * day / table.horizon)) / (1.0 - np.exp(-3.0))
    # on and after day 0 the start counts and the trend before day 0 does not
    common = np.stack([np.ones(points), np.zeros(points)], axis=1)
    return GridColumns(day, common, slow, hump, np.column_stack([*bases, trend]))


def waxing_bases(table: ShapeTable) -> list[tuple[float, float, bool]]:
    """Distinct (length, period, pinned) in the table, in order."""
    return list(dict.fromkeys((w.length, w.period, w.pinned) for w in table.waxing))


def build_model(
    prior: Prior, table: ShapeTable, noise: NoiseGrid, step: float, log_group: Array | None = None
) -> Model:
    """Arrays for the kernels. ``log_group`` (G, S + W) replaces the shape shares for groups of
    patients."""
    n_families = len(FAMILIES)
    precision = np.zeros_like(prior.covariance)
    constant = np.zeros(n_families)
    for f in range(n_families):
        rows = np.ix_(active(f), active(f))
        p = np.linalg.inv(prior.covariance[f][rows])
        precision[f][rows] = 0.5 * (p + p.T)
        mean = prior.mean[f][active(f)]
        constant[f] = 0.5 * (np.linalg.slogdet(p)[1] - mean @ p @ mean)
    start = np.searchsorted([s.family for s in table.shapes], np.arange(n_families + 1)).astype(
        np.int64
    )
    with np.errstate(divide="ignore"):
        log_shape = np.log(prior.shape)[None, :] if log_group is None else log_group
        log_noise = np.log(prior.noise)
    bases = waxing_bases(table)
    levels = noise.sd[noise.structure == 0]
    return Model(
        log_shape=np.maximum(log_shape, -700.0),
        log_noise=np.maximum(log_noise, -700.0),
        mean=prior.mean,
        precision=precision,
        constant=constant,
        start=start,
        slow=np.array([s.slow for s in table.shapes], dtype=np.int64),
        hump=np.array([s.hump for s in table.shapes], dtype=np.int64),
        wax_basis=np.array(
            [bases.index((w.length, w.period, w.pinned)) for w in table.waxing], dtype=np.int64
        ),
        wax_size=np.array([w.size for w in table.waxing]),
        wax_trend=np.array([w.trend for w in table.waxing]),
        wax_start=np.ascontiguousarray(prior.covariance[-1][:COMMON, :COMMON]),
        sd=noise.sd,
        share=noise.share,
        tau=noise.tau,
        level=noise.level,
        structure=noise.structure,
        table=log_likelihood_table(noise.sd * np.sqrt(1.0 - noise.share), step),
        level_table=log_likelihood_table(levels, step),
        site_table=log_likelihood_table(levels, step, 0.0),
        step=step,
    )


def default_prior(
    name: str, table: ShapeTable, step: float, thresholds: tuple[float, float]
) -> Prior:
    """The prior that reproduces a default population's course prevalences.

    Parameters
    ----------
    name : key in `paintrend.defaults.DEFAULTS`
    thresholds : worsening and improvement on the 0-10 unit
    """
    return _default_prior(name, table, step, thresholds)


@lru_cache(maxsize=16)
def _default_prior(
    name: str, table: ShapeTable, step: float, thresholds: tuple[float, float]
) -> Prior:
    default = DEFAULTS[name]
    noise = noise_grid(step, table.lasting_days)
    sizes = {1: (default.worse, default.hump), -1: (default.better, default.trough)}
    n_families = len(FAMILIES)
    mean = np.zeros((n_families, 4))
    covariance = np.zeros((n_families, 4, 4))
    for f, family in enumerate(FAMILIES):
        mean[f, 0] = default.start[0]
        covariance[f, 0, 0] = default.start[1] ** 2
        covariance[f, 1, 1] = (default.trend / (table.horizon / 4.0)) ** 2
        if family.slow:
            mean[f, 2], sd = sizes[family.slow][0]
            slope = -default.start_effect if family.slow < 0 else 0.0
            covariance[f, 0, 2] = covariance[f, 2, 0] = slope * default.start[1] ** 2
            covariance[f, 2, 2] = sd**2 + (slope * default.start[1]) ** 2
        if family.hump:
            mean[f, 3], sd = sizes[family.hump][1]
            covariance[f, 3, 3] = sd**2
    level = np.exp(-0.5 * ((np.log(noise.sd) - np.log(1.1)) / 0.5) ** 2)
    weight = level * np.array(STRUCTURE_SHARES)[noise.structure]
    owner = family_of(table)
    counts = np.bincount(owner, minlength=n_families)
    shape = np.array([default.families[f.name] for f in FAMILIES])[owner] / counts[owner]
    prior = Prior(shape, mean, covariance, weight / weight.sum())
    courses = _course_shares(prior, table, noise, step, thresholds)
    return prior._replace(shape=_match(shape, courses, default.prevalence))


def _course_shares(
    prior: Prior, table: ShapeTable, noise: NoiseGrid, step: float, thresholds: tuple[float, float]
) -> Array:
    """P(course | shape or waxing setting), (S + W, 8), from a fixed set of prior draws."""
    model = build_model(prior, table, noise, step)
    columns = grid_columns(table)
    n_shapes, total = len(table.shapes), prior.shape.size
    rng = np.random.default_rng(20260101)
    setting = np.repeat(np.arange(total), TRIALS)
    family = family_of(table)[setting]
    amplitude = np.zeros((setting.size, 4))
    for f in range(len(FAMILIES)):
        rows = np.flatnonzero(family == f)
        dims = np.array(active(f))
        root = np.linalg.cholesky(prior.covariance[f][np.ix_(dims, dims)])
        amplitude[np.ix_(rows, dims)] = (
            prior.mean[f][dims] + rng.standard_normal((rows.size, len(dims))) @ root.T
        )
    wave = rng.standard_normal((setting.size - n_shapes * TRIALS, N_COEFFICIENTS + 1))
    wave_row = np.maximum(np.arange(setting.size) - n_shapes * TRIALS, 0)
    curves = np.empty((setting.size, GRID_POINTS))
    draw_curves(
        setting, amplitude, wave, wave_row, model, columns.common,
        columns.slow, columns.hump, columns.wax, 1.0, 0.0, curves,
    )  # fmt: skip
    horizon = table.horizon
    codes = classify_curves(
        curves, horizon, thresholds[0], thresholds[1], table.lasting_days, horizon / 4.0
    )
    shares = np.zeros((total, len(COURSES)))
    np.add.at(shares, (setting, codes), 1.0 / TRIALS)
    return shares


def family_of(table: ShapeTable) -> NDArray[np.int64]:
    """Family of each shape, then of each waxing setting."""
    return np.array([s.family for s in table.shapes] + [WAXING] * len(table.waxing))


def _match(base: Array, shares: Array, prevalence: Mapping[str, float]) -> Array:
    """Shares closest to ``base`` (Kullback-Leibler) that give the prevalences: ``base exp(shares @
    tilt)``, normalised."""
    target = np.array([prevalence[c] for c in COURSES])
    target = target / target.sum()

    def dual(tilt: Array) -> tuple[float, Array]:
        log_weight = np.log(base) + shares @ tilt
        total = logsumexp(log_weight)
        gradient = np.exp(log_weight - total) @ shares - target
        # a whisper of a ridge: courses that no shape can reach would send their tilt to infinity
        return float(total - target @ tilt + 1e-6 * tilt @ tilt), gradient + 2e-6 * tilt

    best = minimize(dual, np.zeros(len(COURSES)), jac=True, method="BFGS", options={"gtol": 1e-8})
    log_weight = np.log(base) + shares @ best.x
    return np.asarray(np.exp(log_weight - logsumexp(log_weight)))


def population_curve(prior: Prior, table: ShapeTable, points: int = 43) -> tuple[Array, Array]:
    """Mean (points,) and covariance (points, points) of the unclipped level on [0, H], over the
    whole population."""
    columns = grid_columns(table, points)
    mean = np.zeros(points)
    second = np.zeros((points, points))
    one = np.ones(points)
    for k, shape in enumerate(table.shapes):
        x = np.stack(
            [
                one,
                columns.slow[:, shape.slow] if shape.slow >= 0 else 0.0 * one,
                columns.hump[:, shape.hump] if shape.hump >= 0 else 0.0 * one,
            ],
            axis=1,
        )
        m = x @ prior.mean[shape.family][[0, 2, 3]]
        mean += prior.shape[k] * m
        second += prior.shape[k] * (
            x @ prior.covariance[shape.family][np.ix_([0, 2, 3], [0, 2, 3])] @ x.T + np.outer(m, m)
        )
    last = WAXING
    for k, wax in enumerate(table.waxing, start=len(table.shapes)):
        cov = wax.covariance(columns.day, table.horizon) + prior.covariance[last, 0, 0]
        mean += prior.shape[k] * prior.mean[last, 0]
        second += prior.shape[k] * (cov + prior.mean[last, 0] ** 2)
    return mean, second - np.outer(mean, mean)
