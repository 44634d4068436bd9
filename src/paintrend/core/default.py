"""The prior of a default population: its course prevalences and typical sizes as shares of shapes
and amplitudes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.core.curves import BETWEEN, GRID_POINTS, draw_curves
from paintrend.core.grid import N_COEFFICIENTS, grid_columns
from paintrend.core.noise import HEAP_SHARES, HEAPS, STRUCTURE_SHARES, NoiseGrid, noise_grid
from paintrend.core.prior import Prior, active, build_model, family_of
from paintrend.defaults import DEFAULTS
from paintrend.shapes import FAMILIES, ShapeTable

__all__ = ["default_prior"]

Array = NDArray[np.float64]
TRIALS = 60


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
        if family.cyclic:
            covariance[f, 2, 2] = covariance[f, 3, 3] = default.cycle**2
            continue
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
    weight = weight * np.array([HEAP_SHARES[HEAPS.index(h)] for h in noise.heap])
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
    amplitude = np.zeros((setting.size, 4 + BETWEEN))
    amplitude[:, 4:] = rng.uniform(-0.5, 0.5, (setting.size, BETWEEN))
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
