"""The model of one patient written out slowly: dense matrices and exact probabilities.

Tests compare the kernels with these functions. Nothing here eliminates, whitens, filters or tables
anything: a patient's values are one multivariate normal, a rating's probability two normal tails.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr
from scipy.stats import multivariate_normal

from paintrend.core.likelihood import OUTLIER
from paintrend.core.prior import WIDE_SD, WIDE_SHARE, Prior
from paintrend.shapes import FAMILIES, Component, Shape, ShapeTable, Waxing, evaluate

Array = NDArray[np.float64]

SLOW = (
    Component("linear", ()),
    Component("exponential", (15.0,)),
    Component("sigmoid", (50.0, 6.0)),
    Component("sine", (60.0,)),
    Component("sine", (35.0,)),
)
HUMP = (
    Component("gamma_hump", (21.0, 3.0)),
    Component("gamma_hump", (45.0, 1.0)),
    Component("cosine", (60.0,)),
    Component("cosine", (35.0,)),
)


def small_table(horizon: float = 84.0, lasting_days: float = 7.0) -> ShapeTable:
    """A dictionary of at most two shapes per family, with every case of the real one."""
    shapes = []
    for index, family in enumerate(FAMILIES[:-1]):
        if family.cyclic:
            shapes += [Shape(3, 2, index), Shape(4, 3, index)]
            continue
        slows = range(3) if family.slow else [-1]
        humps = range(2) if family.hump else [-1]
        shapes += [Shape(s, h, index) for s in slows for h in humps][-2:]
    waxing = (
        Waxing(10.0, 0.0, 1.0, 0.0),
        Waxing(10.0, 0.0, 2.0, 2.5),
        Waxing(35.0, 0.0, 1.5, 0.0),
        Waxing(0.0, 42.0, 1.2, 0.0),
        Waxing(0.0, 42.0, 1.0, 0.0, True),
    )
    return ShapeTable(horizon, 7.0, lasting_days, SLOW, HUMP, tuple(shapes), waxing)


def table_with_neighbours() -> ShapeTable:
    """Slow changes, steps and humps that have neighbours, and some that have none."""
    slow = (
        *SLOW[:1],
        *(Component("exponential", (tau,)) for tau in (6.0, 15.0, 40.0)),
        *(Component("step", (middle, 2.0)) for middle in (15.0, 35.0, 55.0)),
        *SLOW[3:],
    )
    hump = (
        *(Component("gamma_hump", (peak, 3.0)) for peak in (10.0, 21.0, 45.0)),
        Component("gamma_hump", (45.0, 1.0)),
        *HUMP[2:],
    )
    shapes = []
    for index, family in enumerate(FAMILIES[:-1]):
        slows = range(len(slow) - 2) if family.slow else [-1]
        humps = range(len(hump) - 2) if family.hump else [-1]
        pairs = [(s, h) for s in slows for h in humps]
        if family.cyclic:
            pairs = [(len(slow) - 2 + i, len(hump) - 2 + i) for i in range(2)]
        shapes += [Shape(s, h, index) for s, h in pairs]
    small = small_table()
    return replace(small, slow=slow, hump=hump, shapes=tuple(shapes))


def random_prior(rng: np.random.Generator, table: ShapeTable, n_noise: int) -> Prior:
    """A prior with correlated amplitudes and unequal shares."""
    mean, covariance = np.zeros((len(FAMILIES), 4)), np.zeros((len(FAMILIES), 4, 4))
    for f in range(len(FAMILIES)):
        dims = amplitudes(f)
        sizes = np.array([1.8, 0.05, 1.5, 1.2])[dims]
        root = np.eye(len(dims)) + 0.3 * rng.standard_normal((len(dims), len(dims)))
        covariance[f][np.ix_(dims, dims)] = root @ root.T * np.outer(sizes, sizes)
        change = 0.0 if FAMILIES[f].cyclic else 1.0
        signs = np.array([1.0, 1.0, change * FAMILIES[f].slow, change * FAMILIES[f].hump])
        mean[f] = np.array([5.0, 0.02, 3.0, 2.5]) * signs
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


def between(table: ShapeTable, role: str, index: int, place: float, day: Array) -> Array:
    """A slow change or a hump that lies ``place`` (-0.5 to 0.5) of the way to its neighbour.

    The neighbour has the same form and, of those, the next larger or smaller time; the two are
    mixed. A step happens at once, on another day.
    """
    parts = table.slow if role == "slow" else table.hump
    own, form = parts[index], parts[index].form
    if form == "step":
        days = sorted(c.parameters[0] for c in parts if c.form == form)
        apart = min(np.diff(days)) if len(days) > 1 else 0.0
        return np.where(day >= own.parameters[0] + place * apart, 1.0, 0.0)
    alike = [c for c in parts if c.form == form and form not in ("linear", "sine", "cosine")]
    if form == "gamma_hump":
        alike = [c for c in alike if c.parameters[1] == own.parameters[1]]
    further = [c for c in alike if (c.parameters[0] - own.parameters[0]) * place > 0.0]
    here = evaluate(own, day, table.horizon)
    if not further:
        return here
    other = min(further, key=lambda c: abs(c.parameters[0] - own.parameters[0]))
    return (1.0 - abs(place)) * here + abs(place) * evaluate(other, day, table.horizon)


def start_covariance(covariance: Array, wide: bool) -> Array:
    """Covariance of amplitudes, the start first, of the usual patients or of those who start
    anywhere on the scale whatever follows."""
    covariance = covariance.copy()
    if wide:
        spread = max(WIDE_SD**2, covariance[0, 0])
        covariance[0, :] = covariance[:, 0] = 0.0
        covariance[0, 0] = spread
    return covariance


def level_moments(
    table: ShapeTable, prior: Prior, setting: int, day: Array, wide: bool = False
) -> tuple[Array, Array]:
    """Mean (n,) and covariance (n, n) of the unclipped level at ``day``."""
    waxing = setting >= len(table.shapes)
    family = len(FAMILIES) - 1 if waxing else table.shapes[setting].family
    dims, x = amplitudes(family), columns(table, setting, day)
    covariance = x @ start_covariance(prior.covariance[family][np.ix_(dims, dims)], wide) @ x.T
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
    y: Array | float,
    level: Array | float,
    sd: float,
    step: float,
    outlier: float = OUTLIER,
    heap: float = 0.0,
) -> Array:
    """P(y | level) of a rating rounded to ``step`` on 0-10, or with chance ``heap`` to the nearest
    of 0, 5 and 10; some are wild."""
    y, level = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(level, dtype=float))
    of_five = np.abs(y / 5.0 - np.round(y / 5.0)) < 1e-9
    chance = (1.0 - heap) * _rounded_to(y, level, sd, step)
    chance = chance + np.where(of_five, heap * _rounded_to(y, level, sd, 5.0), 0.0)
    return np.asarray((1.0 - outlier) * chance + outlier / (10.0 / step + 1.0))


def _rounded_to(y: Array, level: Array, sd: float, unit: float) -> Array:
    """P(y | level) of a rating rounded to ``unit``, open at the ends of the scale."""
    upper = np.where(y >= 10.0 - 1e-6, np.inf, y + unit / 2.0)
    lower = np.where(y <= 1e-6, -np.inf, y - unit / 2.0)
    # from the nearer tail, so that small probabilities keep their digits
    flip = np.where(level > y, 1.0, -1.0)
    a, b = flip * (lower - level) / sd, flip * (upper - level) / sd
    return np.asarray(ndtr(np.maximum(a, b)) - ndtr(np.minimum(a, b)))


class Exact(NamedTuple):
    """Log evidence; means and sds of start, change, place and level on the last day; shares of that
    level below 0.5 and of the wide start."""

    evidence: float
    mean: Array
    sd: Array
    at_floor: float
    wide: float


def brute_force(
    table: ShapeTable,
    prior: Prior,
    shape: int,
    sd: float,
    day: Array,
    y: Array,
    *,
    heap: float = 0.0,
    unusual: bool = False,
    places: Array | None = None,
    points: int = 401,
) -> Exact:
    """Integrate over start and change of one shape on a fine grid; days from 0 on, independent
    noise.

    ``unusual`` adds the wide start to the usual one. ``places`` are equally likely places between
    neighbours.
    """
    own = table.shapes[shape]
    role, index, side = ("slow", own.slow, 2) if own.slow >= 0 else ("hump", own.hump, 3)
    dims = np.ix_([0, side], [0, side])
    mean = prior.mean[own.family][[0, side]]
    log_evidence, first, second, low, is_wide = [], [], [], [], []
    for wide in (False, True)[: 1 + unusual]:
        covariance = start_covariance(prior.covariance[own.family][dims], wide)
        spread = 7 * np.sqrt(np.diag(covariance))
        grids = [np.linspace(m - s, m + s, points) for m, s in zip(mean, spread, strict=True)]
        start, change = np.meshgrid(*grids, indexing="ij")
        log_prior = multivariate_normal(mean, covariance).logpdf(np.stack([start, change], axis=-1))
        log_prior += np.log(np.prod([g[1] - g[0] for g in grids]))
        log_prior += np.log(WIDE_SHARE if wide else 1.0 - WIDE_SHARE)
        for place in (0.0,) if places is None else places:
            if places is None:
                column = columns(table, shape, day)[:, 2]
            else:
                column = between(table, role, index, place, day)
            log_p = log_prior - np.log(1 if places is None else len(places))
            for x, rating in zip(column, y, strict=True):
                level = np.clip(start + change * x, 0.0, 10.0)
                log_p = log_p + np.log(rating_probability(rating, level, sd, 1.0, heap=heap))
            log_evidence.append(logsumexp(log_p))
            w = np.exp(log_p - log_evidence[-1])
            values = [start, change, place, level]
            first.append([(w * v).sum() for v in values])
            second.append([(w * np.square(v)).sum() for v in values])
            low.append((w * (level < 0.5)).sum())
            is_wide.append(wide)
    total = float(logsumexp(log_evidence))
    share = np.exp(np.array(log_evidence) - total)
    centre = share @ np.array(first)
    spread = np.sqrt(share @ np.array(second) - centre**2)
    return Exact(total, centre, spread, float(share @ low), float(share @ is_wide))
