"""Weighted draws under one time course of the response."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.core.em import Ratings
from paintrend.core.model import Design, Model
from paintrend.core.posterior import Proposals, sample_proposals
from paintrend.soreness.extended import ResponsePrior, extended_design, some_patients

__all__ = ["DRAWS", "draw_course", "log_evidence"]

Array = NDArray[np.float64]
DRAWS = 100
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
    names = [ratings.patients[int(i)] for i in rows]
    few = sample_proposals(
        model, design if wanted.all() else some_patients(design, rows), names, seed=seed,
        n_draws=DRAWS, workers=workers,
    )  # fmt: skip
    if wanted.all():
        return few
    filled = [np.zeros((wanted.size, *part.shape[1:]), dtype=part.dtype) for part in few]
    filled[-1][:] = NOTHING
    for whole, part in zip(filled, few, strict=True):
        whole[rows] = part
    return Proposals(*filled)
