"""How much less draws differ than they should where few patients teach many coefficients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.pooling.design_rows import DesignRows
from paintrend.pooling.links import penalty_of
from paintrend.pooling.relearning import TILT_PATIENTS, Study

__all__ = ["count_coefficients", "count_tilt", "widening_of"]

Array = NDArray[np.float64]
MOST = 0.5
"""Coefficients per patient beyond which no factor would make up for them."""


def widening_of(study: Study, share: Array) -> float:
    """By what the variance between draws is too small, given the weight of every curve (P, D).

    A bootstrap of the patients varies as much as residuals do, and residuals are the smaller the
    more coefficients are fitted to them: to all intents ``1 - h`` times, h coefficients per
    patient, for which HC3 makes up in each patient, and a factor ``1 / (1 - h)**2`` on average
    (MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7). Those of the population count, and
    those of the variable that has most for the patients of whom it is known.
    """
    each = (count_coefficients(rows, share) / len(rows.known) for rows in study.designs)
    h = count_tilt(study, share) / len(study.codes) + max([0.0, *each])
    return float((1.0 - min(h, MOST)) ** -2.0)


def count_coefficients(rows: DesignRows, weight: Array) -> float:
    """Coefficients of a regression, each as far as its predictor is known, given the weight of
    every draw (P, D)."""
    w = rows.weights(weight)
    weighted = rows.x * w[:, None]
    square = weighted.T @ rows.x + np.diag(penalty_of(rows.x.shape[1]))
    return rows.known_coefficients(w, weighted, square)


def count_tilt(study: Study, share: Array) -> float:
    """Coefficients of the population's tilt, each as far as what it tilts is known of the patients
    and not assumed."""
    k = study.tilted.shape[2]
    own = np.einsum("pd,pdk->pk", share, study.tilted)
    centre = own.mean(axis=0)
    off = (study.tilted - centre).reshape(-1, k)
    square = (off * share.reshape(-1, 1)).T @ off
    assumed = TILT_PATIENTS * np.cov(study.prior.T) + 1e-4 * np.eye(k)
    return float(np.trace(np.linalg.solve(square + assumed, (own - centre).T @ (own - centre))))
