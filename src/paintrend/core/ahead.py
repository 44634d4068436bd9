"""Compile what a first fit comes to last, beside it: `python -m paintrend.core.ahead`.

A first fit compiles some ninety kernels, one after the other: Numba's compiler takes one thread of
a process. This process begins with the kernels that are needed late and keeps them where every fit
looks, so that the fit finds them done. It changes how long a first fit takes, nothing else, and may
end in any way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numba
import numpy as np

from paintrend.core.bins import divide_cells, no_bins
from paintrend.core.cells import new_cells
from paintrend.core.curves import BETWEEN
from paintrend.core.design import build_design
from paintrend.core.draws import Drawn, new_shape_work, propose_shapes
from paintrend.core.em import prior_density
from paintrend.core.grid import grid_rows
from paintrend.core.judgement import empty_judgement, judge_draws, make_rules
from paintrend.core.model import Design, Model, OnePatient
from paintrend.core.moments import weighted_moments
from paintrend.core.noise import noise_grid
from paintrend.core.posterior import new_posterior, new_proposals, wave_width
from paintrend.core.predictive import check_fit, new_check_work
from paintrend.core.prior import Prior, build_model, family_of
from paintrend.core.process import NODES
from paintrend.core.streams import stream_tables
from paintrend.core.waves import new_wave_work, propose_waves
from paintrend.core.weights import new_row_work
from paintrend.shapes import FAMILIES, shape_table

__all__ = ["LATE", "compile_late", "late_arguments"]

LATE = (propose_waves, propose_shapes, divide_cells, check_fit)
"""Kernels within the one for a patient, the longest first; those that Python calls come after."""
HORIZON, STEP = 84.0, 1.0
TABLE = shape_table(HORIZON, 7.0, 7.0)
DAYS = np.array([0.0, 7.0])


def late_arguments() -> Iterator[tuple[Any, ...]]:
    """Give arguments of the kernels `LATE`, of the types that a fit hands over."""
    _, model, design = _example()
    n, q = design.common.shape
    slots, width = 1, wave_width(model, design)
    cells, streams = new_cells(model, q), stream_tables(0)
    drawn = Drawn(
        np.zeros(slots, dtype=np.int64),
        np.empty((slots, q + 2 + BETWEEN)),
        np.empty((slots, width)),
        np.empty((slots, n)),
        np.empty(slots),
    )
    index, place = np.zeros(slots, dtype=np.int64), np.int64(0)
    n_levels = model.level_table.shape[0]
    ratings = (design.day, design.y, design.kind)
    sites = (np.empty((n_levels, n, 1)), np.empty((n_levels, n)), np.empty((n_levels, n)))
    path = (np.empty((1, n, NODES, NODES)), np.zeros(1, dtype=np.bool_))
    picks = (index, np.empty(slots), place, streams, place, drawn)
    wax, columns = np.empty((n, design.wax.shape[1])), np.empty((n, n))
    covariance = np.empty((2, 1, 1), dtype=np.float32)
    row_work, wave_work = new_row_work(n, 1), new_wave_work(n, q, q + width)
    one = OnePatient(
        model.log_shape[0], *ratings, design.common, columns, columns, columns, wax, wax,
        covariance, *sites,
    )  # fmt: skip
    yield cells, model, one, *path, *picks, row_work, wave_work
    yield (
        cells, model, one, no_bins(), index, False, *path, *picks, row_work, new_shape_work(q),
    )  # fmt: skip
    yield cells, place, model, one, no_bins(), index, np.empty(slots)
    yield (
        model, drawn.noise, drawn.levels, index, *ratings[:2], np.int64(1), streams.normal, place,
        new_check_work(n, 1),
    )  # fmt: skip


def _example() -> tuple[Prior, Model, Design]:
    """Give what two ratings of one patient lead to: the numbers mean nothing."""
    noise, n = noise_grid(STEP, TABLE.lasting_days), len(FAMILIES)
    prior = Prior(
        np.full(family_of(TABLE).size, 1.0 / family_of(TABLE).size),
        np.zeros((n, 4)),
        np.tile(np.eye(4), (n, 1, 1)),
        np.full(noise.sd.size, 1.0 / noise.sd.size),
    )
    design = build_design(DAYS, np.array([5.0, 4.0]), np.array([0, 2]), TABLE, prior, STEP)
    return prior, build_model(prior, TABLE, noise, STEP), design


def compile_late() -> None:
    """Compile them, or load them; a second time costs nothing."""
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return
    for function, arguments in zip(LATE, late_arguments(), strict=True):
        function.compile(tuple(numba.typeof(a) for a in arguments))
    # the rest is called from Python: with nothing to do it runs at once
    prior, model, design = _example()
    q, width, family = design.common.shape[1], wave_width(model, design), family_of(TABLE)
    proposals = new_proposals(0, 1, q)
    nobody = np.empty(0)
    prior_density(prior, proposals, family)
    weighted_moments(
        np.empty((0, 1)), nobody, nobody < 0, prior.mean, family, proposals, model.sd.size,
        len(FAMILIES),
    )  # fmt: skip
    rules = make_rules(HORIZON, [(2.0, 2.0)], 7.0, 21.0)
    judge_draws(
        0, np.empty(0, dtype=np.int64), new_posterior(0, 1, q, width), model, grid_rows(TABLE),
        1.0, 0.0, rules, empty_judgement(0, 1, rules),
    )  # fmt: skip


if __name__ == "__main__":
    compile_late()
