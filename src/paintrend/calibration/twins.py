"""Twins of a cohort: patients drawn from its population, rated on the days of the real ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.alarms.simulated import draw_from
from paintrend.core.course_rules import GRID_POINTS, classify_curves
from paintrend.core.curves import draw_curves, draw_on_grid
from paintrend.core.grid import grid_rows
from paintrend.core.likelihood import OUTLIER
from paintrend.core.predictive import replicate_ratings
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import flatten, usable_ratings
from paintrend.results.population import rating_design

__all__ = ["TwinCohort", "draw_twins"]


class TwinCohort(NamedTuple):
    """Ratings of the twins under the ids of those whose visits they have, and their true courses as
    positions in `paintrend.core.course_rules.COURSES`, (P,), in the diary's order."""

    diary: Diary
    codes: NDArray[np.int8]


def draw_twins(fit: Fit, criteria: Criteria, *, seed: int, number: int) -> TwinCohort:
    """Draw one twin of every fitted patient.

    The twin's curve and noise come from the population; the days are those of the ratings that were
    fitted, so that missed visits and the end of follow-up are the patient's own, whatever the
    twin's curve does. Random numbers follow from seed, number and id alone.

    Parameters
    ----------
    fit : Fit
    criteria : Criteria
        Resolved.
    seed, number : int
        Number of the twin cohort.
    """
    population = fit.population
    table, model, unit = population.table, population.model, population.unit
    scale = population.scale
    known = fit.inference.position
    ids = [name for name in fit.patient_ids if name in known]
    used, _ = usable_ratings(fit.diary, fit.horizon)
    ratings = flatten(used, ids, scale)
    design = rating_design(population, ratings.day, ratings.y, ratings.offset)
    drawn = draw_from(population, ids, seed, f"twin {number}")
    rows = np.arange(len(ids), dtype=np.int64)
    grid = np.empty((len(ids), GRID_POINTS))
    draw_on_grid(
        drawn.setting, drawn.amplitude, drawn.wave, rows, model, grid_rows(table), 1.0, 0.0, grid
    )
    made = np.empty(ratings.day.size)
    for i, rng in enumerate(drawn.generators):
        at = slice(design.offset[i], design.offset[i + 1])
        days, n = design.row[at], at.stop - at.start
        level = np.empty((1, n))
        draw_curves(
            drawn.setting[i : i + 1], drawn.amplitude[i : i + 1], drawn.wave, rows[i : i + 1],
            model, design.common[at], design.slow[days], design.hump[days], design.wax[days],
            1.0, 0.0, level,
        )  # fmt: skip
        rated = replicate_ratings(
            model, drawn.noise[i : i + 1], level, ratings.day[at],
            rng.standard_normal((1, 3 * n)), OUTLIER, rng.random(1) - 0.5,
        )  # fmt: skip
        made[at] = rated[0]
    # a step of 0.1 would otherwise give 0.30000000000000004
    pain = np.round(scale.low + unit * made, 10)
    frame = pd.DataFrame(
        {
            "patient_id": np.repeat(np.array(ids, dtype=object), np.diff(ratings.offset)),
            "day": ratings.day,
            "pain": np.asarray(scale.orient(pain), dtype=float),
            "inclusion": False,
        }
    ).astype({"patient_id": "str"})
    diary = Diary(
        frame,
        pd.DataFrame(index=pd.Index(ids, name="patient_id", dtype="str")),
        scale,
        source=f"twin cohort {number}",
        time_unit=fit.diary.time_unit,
    )
    codes = classify_curves(
        scale.low + unit * grid, population.horizon, criteria.required("worsening"),
        criteria.required("improvement"), criteria.required("lasting_days"),
        criteria.required("sustained_days"),
    )  # fmt: skip
    return TwinCohort(diary, codes)
