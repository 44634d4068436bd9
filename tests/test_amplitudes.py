"""Posterior of amplitudes against the solution of all equations at once."""

from __future__ import annotations

import numpy as np
import pytest

from paintrend.core.amplitudes import common_part, shape_part

N_SLOW, N_HUMP = 3, 2


def problem(q, seed):
    """Columns of 30 ratings under two noise settings, and a prior of two families."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 30, q + N_SLOW + N_HUMP))
    y = rng.normal(size=(2, 30))
    root = rng.normal(size=(2, 2, q + 2, q + 2)) + 2 * np.eye(q + 2)
    return x, y, root @ root.swapaxes(-1, -2), rng.normal(size=(2, 2, q + 2))


@pytest.mark.parametrize("q", [2, 3, 4])
@pytest.mark.parametrize(("s", "h"), [(-1, -1), (1, -1), (-1, 0), (2, 1)])
def test_factor_and_mean_are_those_of_all_equations(q, s, h):
    x, y, precision, linear = problem(q, seed=10 * q + s)
    rows, others = x[:, :, :q], x[:, :, q:]
    slow, hump = others[:, :, :N_SLOW], others[:, :, N_SLOW:]
    at, wide, family = 1, 1, 0
    factor, lead, centre = np.full((q + 2, q + 2), np.nan), np.full(q + 2, np.nan), np.zeros(q + 2)
    common_part(
        rows.swapaxes(1, 2) @ rows, np.einsum("jnp,jn->jp", rows, y), at, precision, linear, wide,
        family, factor, lead,
    )  # fmt: skip
    for _ in range(2):
        # the rows of one shape are written over those of the one before
        slots = shape_part(
            rows.swapaxes(1, 2) @ others, (others**2).sum(axis=1),
            np.einsum("jnc,jn->jc", others, y), slow.swapaxes(1, 2) @ hump, at, precision, linear,
            wide, family, s, h, N_SLOW, np.arange(N_SLOW), factor, lead, centre,
        )  # fmt: skip
    own = [*range(q), *([q] if s >= 0 else []), *([q + 1] if h >= 0 else [])]
    columns = [
        rows[at],
        *([slow[at][:, [s]]] if s >= 0 else []),
        *([hump[at][:, [h]]] if h >= 0 else []),
    ]
    columns = np.concatenate(columns, axis=1)
    expected = precision[wide, family][np.ix_(own, own)] + columns.T @ columns
    assert slots == len(own)
    lower = np.tril(factor[:slots, :slots])
    np.fill_diagonal(lower, 1.0 / np.diag(lower))
    np.testing.assert_allclose(lower @ lower.T, expected, rtol=1e-10)
    right = columns.T @ y[at] + linear[wide, family][own]
    np.testing.assert_allclose(centre[:slots], np.linalg.solve(expected, right), rtol=1e-8)
