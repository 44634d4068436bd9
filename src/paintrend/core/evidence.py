"""Closed-form evidence of every shape for one patient and one noise setting, given whitened
Gaussian sites.

With amplitudes x ~ N(m, P^-1), whitened columns X and values y: ``A = P + X'X``, ``r = P m + X'y``
and ``log evidence = log|P|/2 - m'Pm/2 - y'y/2 + r'A^-1 r/2 - log|A|/2`` (normalisers of the sites
are added by the caller). The common columns are eliminated once per family, so a shape costs one 2
x 2 system.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.algebra import cholesky, cross_products, forward
from paintrend.core.compile import kernel

__all__ = ["shape_evidence"]


@kernel
def _reduce(columns, common, y, factor, precision, linear, slot, reduced_y, cross, own, pull):
    """Eliminate the common block from each column: fills its own precision and pull (width,) and
    ``cross`` (q, width)."""
    n, width = columns.shape
    q = common.shape[1]
    v = np.empty(q)
    for s in range(width):
        for p in range(q):
            v[p] = precision[p, slot]
        a = precision[slot, slot]
        r = linear[slot]
        for i in range(n):
            x = columns[i, s]
            for p in range(q):
                v[p] += common[i, p] * x
            a += x * x
            r += x * y[i, 0]
        forward(factor, v)
        for p in range(q):
            cross[p, s] = v[p]
            a -= v[p] * v[p]
            r -= v[p] * reduced_y[p]
        own[s] = a
        pull[s] = r


@kernel
def shape_evidence(common, slow, hump, y, model, wide, log_shape, base, out):
    """Fill ``out`` (S or longer) with ``base`` plus log prior share plus log evidence of each
    shape.

    Parameters
    ----------
    common (n, q), slow (n, n_slow), hump (n, n_hump), y (n, 1) : whitened columns and values
    wide : 0, or 1 for the wide start
    """
    n, q = common.shape
    n_slow, n_hump = slow.shape[1], hump.shape[1]
    yy = 0.0
    for i in range(n):
        yy += y[i, 0] * y[i, 0]
    between = np.empty((n_slow, n_hump))
    cross_products(slow, hump, between)
    gram = np.empty((q, q))
    cross_products(common, common, gram)
    a = np.empty((q, q))
    w = np.empty(q)
    linear = np.empty(q + 2)
    cross_s, own_s, pull_s = np.empty((q, n_slow)), np.empty(n_slow), np.empty(n_slow)
    cross_h, own_h, pull_h = np.empty((q, n_hump)), np.empty(n_hump), np.empty(n_hump)
    for f in range(model.start.shape[0] - 2):
        begin, end = model.start[f], model.start[f + 1]
        if begin == end:
            continue
        precision = model.precision[wide, f]
        for p in range(q + 2):
            linear[p] = 0.0
            for r in range(q + 2):
                linear[p] += precision[p, r] * model.mean[f, r]
        for p in range(q):
            w[p] = linear[p]
            for i in range(n):
                w[p] += common[i, p] * y[i, 0]
            for r in range(p + 1):
                a[p, r] = precision[p, r] + gram[p, r]
        log_det = cholesky(a)
        forward(a, w)
        known = base + model.constant[wide, f] - 0.5 * (yy + log_det)
        for p in range(q):
            known += 0.5 * w[p] * w[p]
        if model.slow[begin] >= 0:
            _reduce(slow, common, y, a, precision, linear, q, w, cross_s, own_s, pull_s)
        if model.hump[begin] >= 0:
            _reduce(hump, common, y, a, precision, linear, q + 1, w, cross_h, own_h, pull_h)
        for k in range(begin, end):
            s, h = model.slow[k], model.hump[k]
            value = known
            if s >= 0 and h >= 0:
                x = precision[q, q + 1] + between[s, h]
                for p in range(q):
                    x -= cross_s[p, s] * cross_h[p, h]
                det = own_s[s] * own_h[h] - x * x
                quad = (
                    own_h[h] * pull_s[s] ** 2
                    + own_s[s] * pull_h[h] ** 2
                    - 2.0 * x * pull_s[s] * pull_h[h]
                )
                value += 0.5 * (quad / det - np.log(det))
            elif s >= 0:
                value += 0.5 * (pull_s[s] ** 2 / own_s[s] - np.log(own_s[s]))
            elif h >= 0:
                value += 0.5 * (pull_h[h] ** 2 / own_h[h] - np.log(own_h[h]))
            out[k] = value + log_shape[k]
