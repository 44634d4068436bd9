"""Least squares with errors that may differ in spread (HC3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["robust_regression"]

Array = NDArray[np.float64]


def robust_regression(x: Array, y: Array, *, singular: bool = False) -> tuple[Array, Array]:
    """Coefficients (k,) of predictors (n, k), and their covariance (k, k).

    Each residual is divided by one less its leverage (HC3): MacKinnon & White 1985,
    doi:10.1016/0304-4076(85)90158-7. Predictors that may be combinations of each other (one that
    is the same for all, say) need a pseudo-inverse: ``singular``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.column_stack([np.ones(4), [0.0, 0.0, 1.0, 1.0]])
    >>> beta, cover = robust_regression(x, np.array([1.0, 3.0, 4.0, 8.0]))
    >>> beta.round(6).tolist(), float(cover[1, 1].round(6))
    ([2.0, 4.0], 10.0)
    """
    square = x.T @ x
    inverse = np.linalg.pinv(square) if singular else np.linalg.inv(square)
    beta = inverse @ x.T @ y
    off = (y - x @ beta) / np.maximum(1.0 - np.einsum("ij,jk,ik->i", x, inverse, x), 1e-6)
    return beta, inverse @ (x * (off * off)[:, None]).T @ x @ inverse
