"""The family that waxes and wanes: ``b + w(t)``, w a smooth Gaussian process in a finite basis.

``w = size Psi z + trend s(t) z'`` with independent standard normal z: Psi holds the leading
eigenvectors, times root eigenvalues, of the process's covariance on the curve's grid. Evidence is
taken in the space of ratings when they are fewer than the coefficients, else in the space of
coefficients; both are the same number. All settings are factorised side by side: the last axis of
every array runs over them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import FUSED, kernel
from paintrend.core.noise import noise_correlation
from paintrend.core.transcendental import logarithms

__all__ = [
    "LANES",
    "WaxWork",
    "factorise",
    "level_covariance",
    "new_wax_work",
    "wax_by_coefficient",
    "wax_by_rating",
    "wax_columns",
]

LANES = 8
"""Settings that a processor works on at a time: a remainder would be done one by one."""
U = np.uint64
"""As in `evidence`: places that are sums are counted without a sign."""


@kernel(inner=True)
def wax_columns(common, wax, m, basis, size, trend_size):
    """Columns (n, q + m + 1) of one waxing setting: common, then scaled basis, then scaled slow
    change."""
    n, q = common.shape
    last = wax.shape[1] - 1
    x = np.empty((n, q + m + 1))
    for i in range(n):
        for p in range(q):
            x[i, p] = common[i, p]
        for p in range(m):
            x[i, q + p] = size * wax[i, basis * m + p]
        x[i, q + m] = trend_size * wax[i, last]
    return x


@kernel(fastmath=FUSED)
def level_covariance(common, wax, m, model, wide, out):
    """Fill ``out`` with the prior covariance of the level at the ratings, without noise: the same
    for all noise settings.

    Parameters
    ----------
    common (n, q), wax (n_bases * m + 1, n) : at the patient's days
    out : (n (n + 1) / 2, W or more), pairs (i, r <= i) end to end; the settings are followed by the
        first one again
    """
    n, q = common.shape
    basis, size, trend, start = (
        model.wax_basis, model.wax_size, model.wax_trend, model.wax_start,
    )  # fmt: skip
    n_waxing = basis.shape[0]
    n_bases = (wax.shape[0] - 1) // m
    own = np.zeros((n_bases, n, n))
    for b in range(n_bases):
        for p in range(b * m, (b + 1) * m):
            for i in range(n):
                x = wax[p, i]
                for r in range(i + 1):
                    own[b, i, r] += x * wax[p, r]
    last = wax.shape[0] - 1
    row = 0
    for i in range(n):
        for r in range(i + 1):
            shared = 0.0
            for p in range(q):
                for c in range(q):
                    shared += common[i, p] * start[wide, p, c] * common[r, c]
            slow = wax[last, i] * wax[last, r]
            for w in range(n_waxing):
                out[row, w] = (
                    shared + size[w] * size[w] * own[basis[w], i, r] + trend[w] * trend[w] * slow
                )
            for w in range(n_waxing, out.shape[1]):
                out[row, w] = out[row, 0]
            row += 1


@kernel(fastmath=FUSED, counted=False, inner=True)
def factorise(a, v, size, pivots, bits, log_det):
    """Cholesky factors of W matrices side by side, ``v`` (size, W) solved along.

    Parameters
    ----------
    a : (size (size + 1) / 2, W), replaced by the factors with inverse diagonals
    v : replaced by L^-1 v
    pivots, bits : (W,), (2, W) work space
    log_det : (W,) filled
    """
    n_waxing = a.shape[1]
    one = U(1)
    for w in range(n_waxing):
        pivots[w], log_det[w] = 1.0, 0.0
    first = U(0)
    for j in range(U(size)):
        top = first + j
        for k in range(j):
            for w in range(n_waxing):
                a[top, w] -= a[first + k, w] * a[first + k, w]
            for w in range(n_waxing):
                v[j, w] -= a[first + k, w] * v[k, w]
        for w in range(n_waxing):
            pivots[w] *= a[top, w]
        for w in range(n_waxing):
            a[top, w] = 1.0 / np.sqrt(a[top, w])
        for w in range(n_waxing):
            v[j, w] *= a[top, w]
        row = top + one
        for i in range(j + one, U(size)):
            for k in range(j):
                for w in range(n_waxing):
                    a[row + j, w] -= a[row + k, w] * a[first + k, w]
            for w in range(n_waxing):
                a[row + j, w] *= a[top, w]
            row += i + one
        first = top + one
        if j % U(16) == U(15) or j == U(size) - one:
            # before a product of pivots can leave the range of numbers
            logarithms(pivots, bits)
            for w in range(n_waxing):
                log_det[w] += pivots[w]
                pivots[w] = 1.0


class WaxWork(NamedTuple):
    """Work space: a (n (n + 1) / 2, W) and v (n, W) in single precision, log_det and squares (W,),
    noise (n, n), pivots (W,), bits (2, W)."""

    a: NDArray[np.float32]
    v: NDArray[np.float32]
    log_det: NDArray[np.float64]
    squares: NDArray[np.float64]
    noise: NDArray[np.float64]
    pivots: NDArray[np.float64]
    bits: NDArray[np.int64]


@kernel
def new_wax_work(n, width):
    """Work space for n ratings and so many settings as rows of `level_covariance` hold."""
    return WaxWork(
        np.empty((n * (n + 1) // 2, width), dtype=np.float32),
        np.empty((n, width), dtype=np.float32),
        np.empty(width),
        np.empty(width),
        np.empty((n, n)),
        np.empty(width),
        np.empty((2, width), dtype=np.int64),
    )


@kernel(inline=True, fastmath=FUSED, counted=False)
def wax_by_rating(common, y, scale, gains, share, covariance, model, log_shape, base, value, work):
    """Fill the last W of ``value`` with ``base`` plus log prior share plus log evidence, in the
    space of ratings.

    Parameters
    ----------
    common (n, q), y (n,) : columns and values as they are
    scale : (n,) inverse sd of the values' noise;  gains : (n, 6) from `noise.filter_gains`
    covariance : from `level_covariance`;  work : `WaxWork`
    """
    n, q = common.shape
    prior_mean = model.mean
    family = prior_mean.shape[0] - 1
    first = model.start[family]
    n_waxing = covariance.shape[1]
    a, v, log_det, squares, noise = work.a, work.v, work.log_det, work.squares, work.noise
    noise_correlation(gains, share, noise)
    first_row = U(0)
    for i in range(n):
        own = y[i]
        for p in range(q):
            own -= common[i, p] * prior_mean[family, p]
        own *= scale[i]
        for w in range(n_waxing):
            v[i, w] = own
        for r in range(i + 1):
            row = first_row + U(r)
            size, plus = np.float32(scale[i] * scale[r]), np.float32(noise[i, r])
            for w in range(n_waxing):
                a[row, w] = size * covariance[row, w] + plus
        first_row += U(i + 1)
    factorise(a, v, n, work.pivots, work.bits, log_det)
    for w in range(n_waxing):
        squares[w] = 0.0
    for i in range(n):
        for w in range(n_waxing):
            squares[w] += v[i, w] * v[i, w]
    for w in range(model.wax_basis.shape[0]):
        value[first + w] = base - 0.5 * (log_det[w] + squares[w]) + log_shape[first + w]


@kernel(fastmath=FUSED)
def wax_by_coefficient(common, wax, m, y, model, wide, log_shape, base, value):
    """The same in the space of coefficients.

    Parameters
    ----------
    common (n, q), wax (n, n_bases * m + 1), y (n, 1) : whitened columns and values
    """
    n, q = common.shape
    family = model.mean.shape[0] - 1
    first = model.start[family]
    n_waxing = model.wax_basis.shape[0]
    precision, mean = model.precision[wide, family], model.mean[family]
    n_bases = (wax.shape[1] - 1) // m
    k = q + m + 1
    product = np.empty((n_bases, k, k))
    pull = np.empty((n_bases, k))
    squares = 0.0
    for i in range(n):
        squares += y[i, 0] * y[i, 0]
    for b in range(n_bases):
        x = wax_columns(common, wax, m, b, 1.0, 1.0)
        product[b] = 0.0
        pull[b] = 0.0
        for i in range(n):
            row = x[i]
            for p in range(k):
                pull[b, p] += row[p] * y[i, 0]
            for p in range(k):
                own, into = row[p], product[b, p]
                for r in range(k):
                    into[r] += own * row[r]
    scale = np.ones((k, n_waxing))
    for w in range(n_waxing):
        scale[q : k - 1, w] = model.wax_size[w]
        scale[k - 1, w] = model.wax_trend[w]
    a = np.empty((k * (k + 1) // 2, n_waxing))
    v, log_det = np.empty((k, n_waxing)), np.empty(n_waxing)
    for p in range(k):
        linear = 0.0
        if p < q:
            for r in range(q):
                linear += precision[p, r] * mean[r]
        for w in range(n_waxing):
            v[p, w] = linear + scale[p, w] * pull[model.wax_basis[w], p]
        for r in range(p + 1):
            own = precision[p, r] if p < q else (1.0 if p == r else 0.0)
            row = p * (p + 1) // 2 + r
            for w in range(n_waxing):
                a[row, w] = own + scale[p, w] * scale[r, w] * product[model.wax_basis[w], p, r]
    pivots, bits = np.empty(n_waxing), np.empty((2, n_waxing), dtype=np.int64)
    factorise(a, v, k, pivots, bits, log_det)
    known = base + model.constant[wide, family] - 0.5 * squares
    for w in range(n_waxing):
        own = known - 0.5 * log_det[w]
        for p in range(k):
            own += 0.5 * v[p, w] * v[p, w]
        value[first + w] = own + log_shape[first + w]
