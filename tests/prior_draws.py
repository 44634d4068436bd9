"""Patients drawn from the whole generative model: unusual starts, shapes between those of the
dictionary, heaping and outliers included.

Written apart from the kernels: waxing curves by an eigendecomposition at the very days asked for,
rounding by arithmetic on values. Nothing here reads a likelihood table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.em import Ratings
from paintrend.core.likelihood import OUTLIER
from paintrend.core.noise import NoiseGrid
from paintrend.core.prior import WIDE_SHARE, Prior
from paintrend.shapes import FAMILIES, ShapeTable, Waxing

from . import reference as ref
from .cohorts import end_to_end, rate

Array = NDArray[np.float64]


class Truth(NamedTuple):
    """Ratings of P patients and what made them.

    Attributes
    ----------
    setting, noise : (P,) shape or waxing setting; noise setting
    amplitude : (P, 4) start, trend before day 0, slow change, hump
    curves : (P, 169) clipped level on the grid of the horizon
    """

    ratings: Ratings
    setting: NDArray[np.int64]
    noise: NDArray[np.int64]
    amplitude: Array
    curves: Array


@lru_cache(maxsize=128)
def _waxing_root(wax: Waxing, days: tuple[float, ...], horizon: float) -> Array:
    """A square root of the covariance of the waxing curve at ``days``."""
    values, vectors = np.linalg.eigh(wax.covariance(np.maximum(days, 0.0), horizon))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _columns(rng: np.random.Generator, table: ShapeTable, setting: int, day: Array) -> Array:
    """Columns (n, k) of a setting, its slow change and its hump each moved towards a neighbour."""
    found = ref.columns(table, setting, day)[:, :2]
    if setting < len(table.shapes):
        shape = table.shapes[setting]
        for role, own in (("slow", shape.slow), ("hump", shape.hump)):
            if own >= 0:
                column = ref.between(table, role, own, rng.uniform(-0.5, 0.5), day)
                found = np.column_stack([found, column])
    return found


def _sizes(rng: np.random.Generator, mean: Array, covariance: Array) -> Array:
    """Amplitudes (k,), the start of some from anywhere on the scale and by itself."""
    covariance = ref.start_covariance(covariance, rng.random() < WIDE_SHARE)
    return np.asarray(mean + np.linalg.cholesky(covariance) @ rng.standard_normal(mean.size))


def draw_patients(
    rng: np.random.Generator,
    table: ShapeTable,
    noise: NoiseGrid,
    prior: Prior,
    n_patients: int,
    day: Array,
    rounding: Callable[[Array], Array] = np.round,
    added: Array | None = None,
) -> Truth:
    """Draw patients who are all rated 0 to 10 in whole numbers on the same days.

    ``rounding`` turns multiples of a unit into whole ones: another than the model's own makes
    ratings that the model does not describe. ``added`` (P, n) is added to the level on the rated
    days before it is kept on the scale.
    """
    setting = rng.choice(prior.shape.size, n_patients, p=prior.shape)
    noisy = rng.choice(prior.noise.size, n_patients, p=prior.noise)
    days = np.concatenate([day, np.linspace(0.0, table.horizon, 169)])
    level, amplitude = np.empty((n_patients, days.size)), np.zeros((n_patients, 4))
    y = np.empty((n_patients, day.size))
    for i, (k, j) in enumerate(zip(setting, noisy, strict=True)):
        waxing = k >= len(table.shapes)
        family = len(FAMILIES) - 1 if waxing else table.shapes[k].family
        dims = ref.amplitudes(family)
        sizes = _sizes(rng, prior.mean[family][dims], prior.covariance[family][np.ix_(dims, dims)])
        path = _columns(rng, table, k, days) @ sizes
        if waxing:
            wax = table.waxing[k - len(table.shapes)]
            path += _waxing_root(wax, tuple(days), table.horizon) @ rng.standard_normal(days.size)
        amplitude[i, dims], level[i] = sizes, np.clip(path, 0.0, 10.0)
        if added is not None:
            level[i, : day.size] = np.clip(path[: day.size] + added[i], 0.0, 10.0)
        said = rate(rng, level[i, : day.size], noise, j, day, 1.0, rounding)
        wild = rng.random(day.size) < OUTLIER
        y[i] = np.where(wild, rng.integers(0, 11, day.size), said)
    return Truth(end_to_end(day, y), setting, noisy, amplitude, level[:, day.size :])
