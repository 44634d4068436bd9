"""Gaussian stand-ins for the exact likelihood of each rating (expectation propagation), one set
per patient and sd.

Each rating's exact likelihood is replaced by ``exp(z) N(m; u, v)`` in the unclipped level u,
matched in mean and variance where the population and the other ratings of the patient place u
(Minka 2001, arXiv:1301.2294). They make all evidence closed-form; `draws` corrects for what they
miss.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.algebra import cholesky
from paintrend.core.compile import FUSED, kernel
from paintrend.core.likelihood import (
    CEILING,
    FLOOR,
    HEAP_UNIT,
    INSIDE,
    MIDDLE,
    OUTLIER,
    RANGE,
    look_up,
)
from paintrend.core.transcendental import log_product

__all__ = ["SiteWork", "expectation_sites", "log_height", "new_site_work", "tilted_moments"]

SWEEPS = 8
STILL = 0.15
"""Sweeps end when no site moves by more than this share of its precision or sd."""
NODES = 25
WIDTH = 5.0
REACH = 3.0
CHECK = 2
"""The sweep after which far ratings are taken as outliers."""
FAR = 4.5
NEVER_SEEN = 1e3
"""A site this many times wider than the noise was an outlier."""
LOG_2PI, ROOT_2PI = float(np.log(2.0 * np.pi)), float(np.sqrt(2.0 * np.pi))


@kernel(fastmath=FUSED, inline=True, counted=False)
def tilted_moments(y, kind, mean, variance, sd, step, table):
    """Normaliser, mean and variance of ``N(u; mean, variance) P(y | clip(u))``, by
    quadrature; ``table`` (4, n_table) holds P."""
    root = np.sqrt(variance)
    low, high = mean - WIDTH * root, mean + WIDTH * root
    # the likelihood changes only on a stretch around the rating: put the nodes where prior and
    # rating meet
    # (beyond an end that is near, it stays as it is at the end: no cut there)
    reach = 6.0 * sd + step
    within = kind in (INSIDE, MIDDLE)
    if within and y - reach > 0.0:
        low = max(low, min(y - reach, mean - 2.0 * root))
    if within and y + reach < RANGE:
        high = min(high, max(y + reach, mean + 2.0 * root))
    h = (high - low) / (NODES - 1)
    # the bell curve from node to node: each value is the one before times a ratio that shrinks
    d = low - mean
    bell = np.exp(-0.5 * d * d / variance)
    ratio = np.exp(-(d + 0.5 * h) * h / variance)
    shrink = np.exp(-h * h / variance)
    z0 = 1e-300
    z1 = 0.0
    z2 = 0.0
    for _ in range(NODES):
        f = min(max(mean + d, 0.0), RANGE)
        w = bell * look_up(table, kind, f - y)
        z0 += w
        z1 += w * d
        z2 += w * d * d
        d += h
        bell *= ratio
        ratio *= shrink
    shift = z1 / z0
    return z0 * h / (root * ROOT_2PI), mean + shift, max(z2 / z0 - shift * shift, 1e-6)


@kernel(counted=False, inner=True)
def _is_far(y, kind, mean, variance, own):
    """Whether a rating lies so far from where the others place the level that it is taken as an
    outlier."""
    gap = y - mean
    if (kind == FLOOR and gap > 0.0) or (kind == CEILING and gap < 0.0):
        return False
    return gap * gap > FAR * FAR * (variance + own)


@kernel(counted=False, inner=True)
def _forgive_jumps(far, miss):
    """Take far ratings that follow each other on both sides of the level for no outliers: there
    the level jumps, and what places it is too smooth."""
    i, n = 0, far.shape[0]
    while i < n:
        end, above, below = i, False, False
        while end < n and far[end]:
            above |= miss[end] > 0.0
            below |= miss[end] < 0.0
            end += 1
        if above and below:
            for k in range(i, end):
                far[k] = False
        i = end + 1


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def _forward(a, b):
    """Solve ``L x = b`` in place, L the lower triangle of a with its diagonal inverted."""
    for i in range(a.shape[0]):
        s = b[i]
        for k in range(i):
            s -= a[i, k] * b[k]
        b[i] = s * a[i, i]


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def _posterior(basis, precision, pull, a, b):
    """Factor of the posterior precision of the coefficients, its diagonal inverted, and half-solved
    pull."""
    n, m = basis.shape
    for p in range(m):
        b[p] = 0.0
        for q in range(p + 1):
            a[p, q] = 1.0 if p == q else 0.0
    for i in range(n):
        for p in range(m):
            s = precision[i] * basis[i, p]
            b[p] += pull[i] * basis[i, p]
            for q in range(p + 1):
                a[p, q] += s * basis[i, q]
    cholesky(a)
    for p in range(m):
        a[p, p] = 1.0 / a[p, p]
    _forward(a, b)


@kernel(inline=True, counted=False)
def log_height(variance, log_scale):
    """Log of the product of the heights of sites with these variances and log normalisers (n,)."""
    total = 0.0
    for i in range(variance.shape[0]):
        total += log_scale[i]
    return total - 0.5 * (variance.shape[0] * LOG_2PI + log_product(variance))


class SiteWork(NamedTuple):
    """Work space: precision, pull, own, width and miss (n,); inside and far (n,); a (m, m), b and
    v (m,)."""

    precision: NDArray[np.float64]
    pull: NDArray[np.float64]
    own: NDArray[np.float64]
    width: NDArray[np.float64]
    miss: NDArray[np.float64]
    inside: NDArray[np.bool_]
    far: NDArray[np.bool_]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    v: NDArray[np.float64]


@kernel
def new_site_work(n, m):
    """Work space for n ratings and m columns of the population's covariance."""
    return SiteWork(
        np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n),
        np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_), np.empty((m, m)),
        np.empty(m), np.empty(m),
    )  # fmt: skip


@kernel(fastmath=FUSED, counted=False)
def expectation_sites(
    y, kind, basis, prior_mean, sd, step, heap, table, value, spread, log_scale, warm, work
):
    """Sites of one patient for one sd and share of heaped ratings.

    Parameters
    ----------
    y, kind : (n,) ratings on 0-10 and their `rating_kind`
    basis : (n, m) square root of the population's covariance of u at the rating days
    prior_mean : (n,) its mean
    sd, step, heap, table : noise sd, rounding step, share heaped and their (4, n_table) likelihood
    value (n, 1), spread (n,), log_scale (n,) : filled with centre, variance and log normaliser of
        the sites
    warm : whether ``value`` and ``spread`` hold a first guess;  work : `SiteWork`
    """
    n, m = basis.shape
    own, width, inside, far, miss = work.own, work.width, work.inside, work.far, work.miss
    precision, pull, a, b, v = work.precision, work.pull, work.a, work.b, work.v
    n_moving, of_rounding = 0, np.log(step * (1.0 - heap))
    for i in range(n):
        far[i] = False
        heaped = heap > 0.0 and kind[i] != INSIDE
        width[i] = HEAP_UNIT if heaped else step
        own[i] = sd * sd + width[i] * width[i] / 12.0
        # well inside the scale the site is exact but for rounding, and needs no sweeps
        clear = kind[i] == INSIDE or (kind[i] == MIDDLE and not heaped)
        inside[i] = clear and min(y[i], RANGE - y[i]) >= REACH * sd
        n_moving += not inside[i]
        precision[i] = 1.0 / own[i]
        pull[i] = (y[i] - prior_mean[i]) / own[i]
    if warm:
        for i in range(n):
            if not inside[i] and spread[i] < NEVER_SEEN * own[i]:
                precision[i] = min(max(1.0 / spread[i], 0.02 / own[i]), 1.5 / own[i])
                pull[i] = (value[i, 0] - prior_mean[i]) * precision[i]
    check = (0 if warm else CHECK) if n_moving else 0
    final = SWEEPS if n_moving else 1
    sweep = 0
    while sweep <= final:
        _posterior(basis, precision, pull, a, b)
        last = sweep == final
        n_far = 0
        moved = 0.0
        for i in range(n):
            if far[i] or (inside[i] and sweep != check and not last):
                continue
            if last:
                spread[i] = 1.0 / precision[i]
                value[i, 0] = prior_mean[i] + pull[i] * spread[i]
                if inside[i]:
                    log_scale[i] = of_rounding
                    continue
            for p in range(m):
                v[p] = basis[i, p]
            _forward(a, v)
            mean = 0.0
            variance = 1e-9
            for p in range(m):
                mean += v[p] * b[p]
                variance += v[p] * v[p]
            left = max(1.0 / variance - precision[i], 1e-3)
            cavity = 1.0 / left
            at = prior_mean[i] + cavity * (mean / variance - pull[i])
            if sweep == check and _is_far(y[i], kind[i], at, cavity, own[i]):
                far[i], miss[i] = True, y[i] - at
                n_far += 1
            if inside[i]:
                continue
            # the normaliser belongs to the sites that are handed on, those of the sweep before
            normaliser, tilted_mean, tilted_variance = tilted_moments(
                y[i], kind[i], at, cavity, sd, width[i], table
            )
            if last:
                total = cavity + spread[i]
                gap = value[i, 0] - at
                log_scale[i] = np.log(normaliser * np.sqrt(total)) + 0.5 * (
                    LOG_2PI + gap * gap / total
                )
            else:
                site = min(max(1.0 / tilted_variance - left, 0.02 / own[i]), 1.5 / own[i])
                site_pull = (left + site) * (tilted_mean - prior_mean[i]) - left * (
                    at - prior_mean[i]
                )
                damp = 1.0 if sweep == 0 and not warm else 0.8
                change = abs(site - precision[i]) / site
                shift = abs(site_pull - pull[i]) / np.sqrt(site)
                moved = max(moved, max(change, shift))
                precision[i] += damp * (site - precision[i])
                pull[i] += damp * (site_pull - pull[i])
        if sweep == check:
            # where many ratings are far, this sd is too small for this patient and none is an
            # outlier
            if n_far > 1:
                _forgive_jumps(far, miss)
            for i in range(n):
                if far[i] and n_far > max(1, n // 10):
                    far[i] = False
                elif far[i]:
                    precision[i] = 1e-6 / own[i]
                    pull[i] = 0.0
        if sweep >= check and not last and moved < STILL:
            final = sweep + 1
        sweep += 1
    flat = np.log(OUTLIER / (RANGE / step + 1.0))
    for i in range(n):
        if far[i]:
            spread[i] = own[i] * 1e6
            value[i, 0] = prior_mean[i]
            log_scale[i] = flat + 0.5 * (LOG_2PI + np.log(spread[i]))
