"""Patients drawn from a population: their true curves and the ratings they give at planned visits.

Everything that the model knows of is drawn: shapes between those of the dictionary, unusual
starts, noise that hangs together, heaping, outliers. A patient's random numbers follow from the
seed and the patient's number, so a larger set begins with the same patients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import GRID_POINTS, classify_curves, points_in
from paintrend.core.curves import BETWEEN, draw_curves, draw_on_grid
from paintrend.core.grid import N_COEFFICIENTS, grid_rows
from paintrend.core.likelihood import OUTLIER
from paintrend.core.predictive import replicate_ratings, spread_places
from paintrend.core.prior import COMMON, WIDE_SHARE, family_of
from paintrend.core.streams import patient_generator
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.population import Population, rating_design

__all__ = ["DrawnPatients", "SimulatedPatients", "draw_from", "last_rise", "simulate_patients"]

Array = NDArray[np.float64]
BLOCK = 256
"""Patients at a time; the noise of a patient depends on the place within the block."""


class SimulatedPatients(NamedTuple):
    """P patients, V planned visits.

    Attributes
    ----------
    diary : the ratings given, as a diary
    ratings : (P, V) the same, worse is higher, NaN where a visit was missed or after drop-out
    curves : (P, 169) true curves from day 0 to the horizon, scale units, worse is higher
    codes : (P,) their courses as positions in `paintrend.core.course_rules.COURSES`
    onset : (P,) first day of the last lasting rise, NaN where the curve never rises
    setting, noise : (P,) shape or waxing setting, noise setting
    amplitude : (P, 6) start, trend before day 0, slow change, hump, and the two places between
        neighbours, on the 0-10 unit
    """

    diary: Diary
    ratings: Array
    curves: Array
    codes: NDArray[np.int8]
    onset: Array
    setting: NDArray[np.int64]
    noise: NDArray[np.int64]
    amplitude: Array


class DrawnPatients(NamedTuple):
    """What makes P patients: shape or waxing setting and noise setting (P,), amplitudes (P, 6) on
    the 0-10 unit, waves (P, C), and each one's generator as it stands after these."""

    setting: NDArray[np.int64]
    noise: NDArray[np.int64]
    amplitude: Array
    wave: Array
    generators: tuple[np.random.Generator, ...]


def simulate_patients(
    population: Population,
    schedule: Array,
    n: int,
    criteria: Criteria,
    *,
    seed: int = 0,
    purpose: str = "alarms",
    missed: float = 0.0,
    dropout: float = 0.0,
) -> SimulatedPatients:
    """Draw patients from a population.

    Parameters
    ----------
    population : Population
    schedule : (V,) rising days of the planned visits, those at or before day 0 included
    n : number of patients
    criteria : Criteria
        Resolved.
    seed : int
    purpose : str
        Two sets with different purposes share no random number.
    missed : float
        Probability that a visit after day 0 is missed, whatever the pain.
    dropout : float
        Probability at each visit after day 0 of not coming to it or to any later one.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> pain = {"patient_id": "A", "day": [0, 28, 56, 84], "pain": [6, 5, 3, 3]}
    >>> fit = pt.fit_curves(pt.read_diary(pd.DataFrame(pain), scale="nrs"), horizon=84)
    >>> criteria = pt.Criteria().resolve(fit.scale, 84)
    >>> days = np.array([0.0, 28.0, 56.0, 84.0])
    >>> made = simulate_patients(fit.population, days, 3, criteria)
    >>> made.ratings.shape, made.diary.patient_ids
    ((3, 4), ('S00001', 'S00002', 'S00003'))
    """
    parts = [
        _simulate_block(population, schedule, first, min(BLOCK, n - first), seed, purpose)
        for first in range(0, n, BLOCK)
    ]
    made, grid, setting, noise, amplitude, uniform = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    scale, unit = population.scale, population.unit
    curves = scale.low + unit * grid
    after = schedule > 0.0
    absent = (uniform[:, 0] < missed) & after
    gone = np.logical_or.accumulate((uniform[:, 1] < dropout) & after, axis=1)
    # a step of 0.1 would otherwise give 0.30000000000000004
    ratings = np.where(absent | gone, np.nan, np.round(scale.low + unit * made, 10))
    h = population.horizon
    worsening, lasting = criteria.required("worsening"), criteria.required("lasting_days")
    codes = classify_curves(
        curves, h, worsening, criteria.required("improvement"), lasting,
        criteria.required("sustained_days"),
    )  # fmt: skip
    ids = [f"S{i + 1:05d}" for i in range(n)]
    return SimulatedPatients(
        _diary(ids, schedule, ratings, population),
        ratings,
        curves,
        codes,
        last_rise(curves, h, worsening, lasting),
        setting,
        noise,
        amplitude,
    )


def last_rise(curves: Array, horizon: float, worsening: float, lasting_days: float) -> Array:
    """First day of the last run of points that lie above day 0 by `worsening` and that lasts; of
    the last run at all where none lasts; NaN where there is none.

    Parameters
    ----------
    curves : (P, 169) oriented, scale units
    """
    step = horizon / (GRID_POINTS - 1)
    least = min(points_in(lasting_days, horizon), GRID_POINTS)
    up = curves - curves[:, :1] >= worsening
    found = np.full(len(curves), np.nan)
    for i in np.flatnonzero(up.any(axis=1)):
        edges = np.diff(np.concatenate([[0], up[i].astype(np.int8), [0]]))
        begin, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        lasts = np.flatnonzero(end - begin >= least)
        found[i] = step * begin[lasts[-1] if lasts.size else -1]
    return found


def draw_from(
    population: Population, names: Sequence[str], seed: int, purpose: str
) -> DrawnPatients:
    """Draw patients from a population, each with random numbers that follow from the seed, the
    purpose and the name."""
    prior, family, roots = population.prior, family_of(population.table), population.roots
    n = len(names)
    setting, noise = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    amplitude = np.zeros((n, COMMON + 2 + BETWEEN))
    wave = np.empty((n, N_COEFFICIENTS + 1))
    generators = tuple(patient_generator(seed, name, purpose) for name in names)
    shares = np.cumsum(prior.shape) / prior.shape.sum()
    noises = np.cumsum(prior.noise) / prior.noise.sum()
    for i, rng in enumerate(generators):
        u = rng.random(3)
        setting[i] = min(np.searchsorted(shares, u[0], "right"), shares.size - 1)
        noise[i] = min(np.searchsorted(noises, u[1], "right"), noises.size - 1)
        f = family[setting[i]]
        root = roots[int(u[2] < WIDE_SHARE), f]
        amplitude[i, : COMMON + 2] = prior.mean[f] + root @ rng.standard_normal(COMMON + 2)
        amplitude[i, COMMON + 2 :] = rng.random(BETWEEN) - 0.5
        wave[i] = rng.standard_normal(wave.shape[1])
    return DrawnPatients(setting, noise, amplitude, wave, generators)


def _simulate_block(
    population: Population, schedule: Array, first: int, n: int, seed: int, purpose: str
) -> tuple[Array, Array, NDArray[np.int64], NDArray[np.int64], Array, Array]:
    """Ratings and curves on 0-10, what made them, and the uniforms behind the visits."""
    model = population.model
    n_visits = schedule.size
    names = [f"{first + i}" for i in range(n)]
    setting, noise, amplitude, wave, generators = draw_from(population, names, seed, purpose)
    normals, uniform = np.empty((n, 3 * n_visits)), np.empty((n, 2, n_visits))
    for i, rng in enumerate(generators):
        normals[i] = rng.standard_normal(3 * n_visits)
        uniform[i] = rng.random((2, n_visits))
    rows = np.arange(n, dtype=np.int64)
    grid = np.empty((n, GRID_POINTS))
    draw_on_grid(setting, amplitude, wave, rows, model, grid_rows(population.table), 1.0, 0.0, grid)
    # the columns at the visits are those that fitting would use; the ratings there do not matter
    design = rating_design(population, schedule, np.zeros(n_visits), np.array([0, n_visits]))
    at = design.row
    level = np.empty((n, n_visits))
    draw_curves(
        setting, amplitude, wave, rows, model, design.common, design.slow[at], design.hump[at],
        design.wax[at], 1.0, 0.0, level,
    )  # fmt: skip
    made = replicate_ratings(model, noise, level, schedule, normals, OUTLIER, spread_places(n))
    return made, grid, setting, noise, amplitude, uniform


def _diary(ids: list[str], schedule: Array, ratings: Array, population: Population) -> Diary:
    patient, visit = np.nonzero(np.isfinite(ratings))
    frame = pd.DataFrame(
        {
            "patient_id": np.array(ids, dtype=object)[patient],
            "day": schedule[visit],
            "pain": population.scale.orient(ratings[patient, visit]),
            "inclusion": False,
        }
    )
    return Diary(
        frame,
        pd.DataFrame(index=pd.Index(ids, name="patient_id", dtype=object)),
        population.scale,
        source="simulated patients",
    )
