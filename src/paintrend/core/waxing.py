"""The family that waxes and wanes: ``b + w(t)``, w a smooth Gaussian process in a finite basis.

``w = size Psi z + trend s(t) z'`` with independent standard normal z: Psi holds the leading
eigenvectors, times root eigenvalues, of the process's covariance on the curve's grid. Evidence is
taken in the space of ratings when they are fewer than the coefficients, else in the space of
coefficients; both are the same number.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.algebra import cholesky, cross_products, forward
from paintrend.core.compile import kernel

__all__ = ["wax_columns", "waxing_evidence"]


@kernel
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


@kernel
def waxing_evidence(common, wax, m, y, model, wide, log_shape, base, out):
    """Fill the last W of ``out`` with ``base`` plus log prior share plus log evidence.

    Parameters
    ----------
    common (n, q), wax (n, n_bases * m + 1), y (n, 1) : whitened columns and values
    wide : 0, or 1 for the wide start
    """
    n, q = common.shape
    family = model.mean.shape[0] - 1
    first = model.start[family]
    n_waxing = model.wax_basis.shape[0]
    precision, mean = model.precision[wide, family], model.mean[family]
    n_bases = wax.shape[1] // m
    k = q + m + 1
    by_rating = n <= k
    size = n if by_rating else k
    gram = np.empty((size, size))
    shared = np.zeros((size, size))
    a = np.empty((size, size))
    v = np.empty(size)
    pull = np.empty((k, 1))
    scale = np.ones(k)
    yy = 0.0
    if by_rating:
        for i in range(n):
            for r in range(i + 1):
                for p in range(q):
                    for c in range(q):
                        shared[i, r] += common[i, p] * model.wax_start[wide, p, c] * common[r, c]
    else:
        for i in range(n):
            yy += y[i, 0] * y[i, 0]
    for basis in range(n_bases):
        x = wax_columns(common, wax, m, basis, 1.0, 1.0)
        if by_rating:
            for i in range(n):
                for r in range(i + 1):
                    gram[i, r] = 0.0
                    for p in range(q, q + m):
                        gram[i, r] += x[i, p] * x[r, p]
        else:
            cross_products(x, x, gram)
            cross_products(x, y, pull)
        for w in range(n_waxing):
            if model.wax_basis[w] != basis:
                continue
            if by_rating:
                size2, trend2 = model.wax_size[w] ** 2, model.wax_trend[w] ** 2
                for i in range(n):
                    v[i] = y[i, 0]
                    for p in range(q):
                        v[i] -= common[i, p] * mean[p]
                    for r in range(i + 1):
                        a[i, r] = (
                            shared[i, r] + size2 * gram[i, r] + trend2 * x[i, k - 1] * x[r, k - 1]
                        )
                    a[i, i] += 1.0
                value = -0.5 * cholesky(a)
                forward(a, v)
                for i in range(n):
                    value -= 0.5 * v[i] * v[i]
            else:
                for p in range(m):
                    scale[q + p] = model.wax_size[w]
                scale[k - 1] = model.wax_trend[w]
                for p in range(k):
                    v[p] = scale[p] * pull[p, 0]
                    for r in range(p + 1):
                        a[p, r] = scale[p] * scale[r] * gram[p, r]
                    if p >= q:
                        a[p, p] += 1.0
                for p in range(q):
                    for r in range(q):
                        v[p] += precision[p, r] * mean[r]
                        if r <= p:
                            a[p, r] += precision[p, r]
                value = model.constant[wide, family] - 0.5 * (yy + cholesky(a))
                forward(a, v)
                for p in range(k):
                    value += 0.5 * v[p] * v[p]
            out[first + w] = base + value + log_shape[first + w]
