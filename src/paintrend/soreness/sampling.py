"""Weighted draws under one time course of the response."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.core.curves import BETWEEN
from paintrend.core.em import Ratings
from paintrend.core.model import Design, Model
from paintrend.core.posterior import Proposals, sample_proposals
from paintrend.soreness.extended import ResponsePrior, extended_design, some_patients

__all__ = ["DRAWS", "draw_course", "log_evidence"]

Array = NDArray[np.float64]
DRAWS = 250
"""Of each patient under each time course in a pass; about a fifth of them count."""
NOTHING = -1e6
"""Log weight of draws that were not made."""


def log_evidence(drawn: Proposals) -> Array:
    """Log evidence of each patient, (P,)."""
    top = drawn.log_weight.max(axis=1)
    return np.asarray(top + np.log(np.mean(np.exp(drawn.log_weight - top[:, None]), axis=1)))


def draw_course(
    model: Model,
    design: Design,
    columns: Array,
    prior: ResponsePrior,
    ratings: Ratings,
    wanted: NDArray[np.bool_],
    *,
    seed: int,
    workers: int,
) -> Proposals:
    """Weighted draws of all patients under one time course; those of the unwanted weigh nothing.

    Parameters
    ----------
    model : with the amplitudes of the response;  design : without their columns (N, r)
    wanted : (P,) whose draws are made
    """
    design = extended_design(design, columns, prior)
    rows = np.flatnonzero(wanted)
    p, q = wanted.size, design.common.shape[1]
    # what is not drawn is never looked at: it weighs nothing
    nothing = np.zeros((p, DRAWS), dtype=np.int64)
    filled = Proposals(
        nothing,
        nothing.copy(),
        nothing.copy(),
        np.zeros((p, DRAWS, q + 2 + BETWEEN)),
        np.full((p, DRAWS), NOTHING),
    )
    if rows.size:
        few = sample_proposals(
            model, design if wanted.all() else some_patients(design, rows),
            [ratings.patients[int(i)] for i in rows], seed=seed, n_draws=DRAWS, workers=workers,
        )  # fmt: skip
        for whole, part in zip(filled, few, strict=True):
            whole[rows] = part
    return filled
