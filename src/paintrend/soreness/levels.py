"""Levels of some draws of a patient: the curve, and what sessions add to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paintrend.core.curves import draw_curves
from paintrend.core.model import Design
from paintrend.core.prior import COMMON
from paintrend.results.population import Population
from paintrend.soreness.posterior import JointDraws

__all__ = ["draw_levels"]

Array = NDArray[np.float64]


def draw_levels(
    draws: JointDraws,
    patient: int,
    some: NDArray[np.int64],
    design: Design,
    own: slice,
    columns: Array | None,
    population: Population,
) -> Array:
    """Levels (n, N) of draws at the days of a design, oriented, scale units.

    Parameters
    ----------
    some : (n,) draws of the patient that share a time course
    own : rows of the design
    columns : (N, r) what one unit of each size of the response adds on these days; None where there
        is no response
    """
    amplitude, common, rows = (
        draws.curve.amplitude[patient, some],
        design.common[own],
        design.row[own],
    )
    if columns is not None:
        pieces = amplitude[:, :COMMON], draws.amplitude[patient, some], amplitude[:, COMMON:]
        amplitude = np.concatenate(pieces, axis=1)
        common = np.column_stack([common, columns])
    levels = np.empty((some.size, rows.size))
    draw_curves(
        np.ascontiguousarray(draws.curve.setting[patient, some]), np.ascontiguousarray(amplitude),
        draws.curve.wave, np.ascontiguousarray(draws.curve.wave_row[patient, some]),
        population.model, np.ascontiguousarray(common), design.slow[rows], design.hump[rows],
        design.wax[rows], population.unit, population.scale.low, levels,
    )  # fmt: skip
    return levels
