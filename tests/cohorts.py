"""Ratings drawn from a known prior over a table of shapes, for tests of the numeric core."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.em import Ratings
from paintrend.core.noise import NoiseGrid
from paintrend.core.prior import Prior
from paintrend.shapes import FAMILIES, ShapeTable

from . import reference as ref

Array = NDArray[np.float64]


class Drawn(NamedTuple):
    """Ratings of patients, and each one's setting, noise setting, start and true curve."""

    ratings: Ratings
    setting: NDArray[np.int64]
    noise: NDArray[np.int64]
    start: Array
    curves: Array


def rate(
    rng: np.random.Generator,
    level: Array,
    noise: NoiseGrid,
    j: int,
    day: Array,
    step: float,
    rounding: Callable[[Array], Array] = np.round,
) -> Array:
    """Ratings of a level with one noise setting; heaped ones are rounded to the ends and middle."""
    root = np.linalg.cholesky(ref.noise_correlation(day, noise.share[j], noise.tau[j]))
    felt = level + noise.sd[j] * root @ rng.standard_normal(day.size)
    unit = np.where(rng.random(day.size) < noise.heap[j], 5.0, step)
    return np.clip(rounding(felt / unit) * unit, 0.0, 10.0)


def end_to_end(day: Array, y: Array) -> Ratings:
    """Ratings (n, days) of patients who are all rated on the same days."""
    n = len(y)
    ids = [f"p{i:04d}" for i in range(n)]
    return Ratings(np.tile(day, n), y.ravel(), np.arange(n + 1) * day.size, ids)


def draw_ratings(
    rng: np.random.Generator,
    table: ShapeTable,
    noise: NoiseGrid,
    prior: Prior,
    n_patients: int,
    day: Array,
    step: float = 1.0,
) -> Drawn:
    """Draw patients who are all rated on the same days, by the dense reference."""
    setting = rng.choice(prior.shape.size, n_patients, p=prior.shape)
    noisy = rng.choice(prior.noise.size, n_patients, p=prior.noise)
    both = np.concatenate([day, np.linspace(0.0, table.horizon, 169)])
    level = np.empty((n_patients, both.size))
    y, start = np.empty((n_patients, day.size)), np.empty(n_patients)
    for i, (k, j) in enumerate(zip(setting, noisy, strict=True)):
        waxing = k >= len(table.shapes)
        family = len(FAMILIES) - 1 if waxing else table.shapes[k].family
        dims = ref.amplitudes(family)
        covariance = prior.covariance[family][np.ix_(dims, dims)]
        amplitude = rng.multivariate_normal(prior.mean[family][dims], covariance)
        path = ref.columns(table, k, both) @ amplitude
        if waxing:
            wax = table.waxing[k - len(table.shapes)]
            values, vectors = np.linalg.eigh(wax.covariance(np.maximum(both, 0.0), table.horizon))
            sizes = np.sqrt(np.maximum(values, 0.0)) * rng.standard_normal(both.size)
            path = path + vectors @ sizes
        level[i], start[i] = np.clip(path, 0.0, 10.0), amplitude[0]
        y[i] = rate(rng, level[i, : day.size], noise, j, day, step)
    return Drawn(end_to_end(day, y), setting, noisy, start, level[:, day.size :])
