"""Predictors of a variable as rows that a regression can use again and again.

Relearning asks for the same regression at every step, with other weights of the curves. Curves of
a patient that look the same to the analysis (two curves with the same course, where it asks for the
course alone) are one row, whose weight is that of all of them: nothing is lost, and little is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DesignRows", "rows_of"]

Array = NDArray[np.float64]
WORTHWHILE = 0.5
"""Rows are joined where at most this share of them is left."""
SAMPLED = 100
"""Rows per patient, about, that second derivatives are taken from."""


@dataclass(frozen=True, eq=False)
class DesignRows:
    """Predictors of one variable, for the patients of whom it is known.

    Parameters
    ----------
    x : array, shape (R, k)
    patient : array, shape (R,)
        Position of each row's patient among all P.
    known : array, shape (K,)
        Positions of the patients of whom the variable is known.
    row : array, shape (K, D), or None
        Row of each curve; None where every curve has its own, one after the other.
    n_patients, n_curves : int
        P and D.
    """

    x: Array
    patient: NDArray[np.intp]
    known: NDArray[np.intp]
    row: NDArray[np.intp] | None
    n_patients: int
    n_curves: int

    @property
    def stride(self) -> int:
        """Every so many rows are enough for second derivatives, which only set the way a step of
        Newton's goes, not where the steps end."""
        return max(1, len(self.x) // max(SAMPLED * len(self.known), 1))

    def weights(self, each: Array) -> Array:
        """Weight of each row, (R,), from that of each curve, (P, D)."""
        own = each if len(self.known) == self.n_patients else each[self.known]
        if self.row is None:
            return np.ascontiguousarray(own).ravel()
        return np.asarray(np.bincount(self.row.ravel(), own.ravel(), len(self.x)), dtype=float)

    def patient_sums(self, values: Array) -> Array:
        """Sums of values of rows, (R, c), by patient of whom the variable is known, (K, c)."""
        first = np.searchsorted(self.patient, self.known)
        return np.add.reduceat(values, first, axis=0)

    def known_coefficients(self, w: Array, weighted: Array, square: Array) -> float:
        """Count the coefficients of a regression on these rows, each as far as its predictor is
        known: what is read off uncertain curves adapts less.

        Parameters
        ----------
        w : array, shape (R,)
            Weights of rows.
        weighted : array, shape (R, k)
            The predictors times these weights.
        square : array, shape (k, k)
            Weighted squares and products of the predictors, with what is assumed of coefficients.
        """
        sums = self.patient_sums(weighted)
        total = self.patient_sums(w[:, None])
        known = sums.T @ (sums / np.maximum(total, 1e-300))
        return float(np.trace(np.linalg.solve(square, known)))

    def spread(self, values: Array) -> Array:
        """Values of rows, (R,), as those of curves, (P, D); 0 where the variable is not known."""
        own = values.reshape(-1, self.n_curves) if self.row is None else values[self.row]
        if len(self.known) == self.n_patients:
            return own
        out = np.zeros((self.n_patients, self.n_curves))
        out[self.known] = own
        return out


def rows_of(design: Array, known: NDArray[np.bool_]) -> DesignRows:
    """Take predictors (P, D, k) as rows, those that are the same within a patient joined.

    Examples
    --------
    >>> import numpy as np
    >>> same = np.zeros((2, 4, 1))
    >>> rows = rows_of(same, np.array([True, True]))
    >>> rows.x.shape, rows.weights(np.full((2, 4), 0.25)).tolist()
    ((2, 1), [1.0, 1.0])
    """
    p, d, k = design.shape
    at = np.flatnonzero(known)
    x = np.ascontiguousarray(design[at]).reshape(-1, k)
    patient = np.repeat(at, d)
    keyed = np.column_stack([patient.astype(float), x])
    # rows as so many bytes: compared as a whole, which is much quicker than column by column
    view = keyed.view(np.dtype((np.void, keyed.dtype.itemsize * keyed.shape[1]))).ravel()
    _, first, inverse = np.unique(view, return_index=True, return_inverse=True)
    if len(first) > WORTHWHILE * len(x):
        return DesignRows(x, patient, at, None, p, d)
    # in the order in which they come, so that sums do not depend on how bytes compare
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return DesignRows(
        x[first[order]], patient[first[order]], at, place[inverse].reshape(len(at), d), p, d
    )
