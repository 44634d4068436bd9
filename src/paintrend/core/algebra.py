"""Small dense algebra on lower triangles, in place: the matrices here are 2 to 30 wide."""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import FUSED, kernel

__all__ = ["backward", "cholesky", "forward"]


@kernel(fastmath=FUSED, inline=True, counted=False)
def cholesky(a):
    """Replace the lower triangle of a positive definite (m, m) by its Cholesky factor L; return
    log det."""
    m = a.shape[0]
    log_det, pivots = 0.0, 1.0
    for j in range(m):
        s = a[j, j]
        for k in range(j):
            s -= a[j, k] * a[j, k]
        s = max(s, 1e-150)
        d = np.sqrt(s)
        pivots *= s
        if not 1e-150 < pivots < 1e150:
            # before the product can leave the range of numbers
            log_det += np.log(max(pivots, 1e-300))
            pivots = 1.0
        a[j, j] = d
        inverse = 1.0 / d
        for i in range(j + 1, m):
            s = a[i, j]
            for k in range(j):
                s -= a[i, k] * a[j, k]
            a[i, j] = s * inverse
    return log_det + np.log(pivots)


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def forward(a, b):
    """Solve ``L x = b`` in place, L the lower triangle of a."""
    for i in range(a.shape[0]):
        s = b[i]
        for k in range(i):
            s -= a[i, k] * b[k]
        b[i] = s / a[i, i]


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def backward(a, b):
    """Solve ``L^T x = b`` in place."""
    for i in range(a.shape[0] - 1, -1, -1):
        s = b[i]
        for k in range(i + 1, a.shape[0]):
            s -= a[k, i] * b[k]
        b[i] = s / a[i, i]
