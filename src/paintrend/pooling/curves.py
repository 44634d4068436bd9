"""The curves that plausible values are taken from: posterior draws of every patient, and draws of
the population, judged once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import GRID_POINTS
from paintrend.core.curves import BETWEEN, draw_curves
from paintrend.core.grid import N_COEFFICIENTS, grid_columns
from paintrend.core.judgement import empty_judgement, judge_given, make_rules
from paintrend.core.prior import COMMON, WIDE_SHARE, family_of
from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.pooling.judged import JudgedCurves, event_days
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import infer
from paintrend.results.population import Population
from paintrend.results.session_fit import refuse_sessions

__all__ = [
    "CurvePool",
    "between_points",
    "gather_curves",
    "population_levels",
    "refuse_named_courses",
]

Array = NDArray[np.float64]
CURVES = 300
"""Curves per patient that plausible values are taken from."""
PRIOR_CURVES = 16_000
"""Curves that stand for the population."""


@dataclass(frozen=True, eq=False)
class CurvePool:
    """Curves of the fitted patients of a cohort, sorted by id, and of their population.

    Parameters
    ----------
    fit : Fit
        The whole cohort, as it was given.
    ids : tuple of str
        The fitted patients.
    own, prior : JudgedCurves
        Posterior curves (P, D), and curves of the population (1, N).
    log_sd, prior_log_sd : array, shape (P, D) and (1, N)
        Log of the noise sd that belongs to each curve.
    noise : array, shape (P, D)
        Noise setting of each curve.
    curves : array, shape (P, D, 169)
        The curves themselves, oriented, where they are kept; else empty.
    handled : JudgedCurves, optional
        What an analysis reads instead of `own`, where events change what is read.
    """

    fit: Fit
    ids: tuple[str, ...]
    own: JudgedCurves
    prior: JudgedCurves
    log_sd: Array
    prior_log_sd: Array
    noise: NDArray[np.int64]
    curves: Array
    handled: JudgedCurves | None = None

    @property
    def read(self) -> JudgedCurves:
        """What an analysis reads off the patients' curves."""
        return self.own if self.handled is None else self.handled

    @property
    def left_out(self) -> pd.DataFrame:
        """Patients of the diary who are not among these, and why: ``patient_id``, ``reason``."""
        info = self.fit.info
        out = info.loc[~info.index.isin(self.ids), ["reason"]]
        return out.rename_axis("patient_id").reset_index()


def gather_curves(
    fit: Fit,
    criteria: Criteria | None = None,
    *,
    seed: int | None = None,
    curves: int = CURVES,
    keep: bool = False,
) -> CurvePool:
    """Draw and judge the curves that plausible values are taken from.

    Raises
    ------
    InputError
        If `fit` is something else, e.g. a table of courses; if fewer than two patients are fitted.
    CriteriaError
        If a threshold is missing or cannot be used.
    """
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    refuse_sessions("analysis of a cohort", fit)
    if fit.as_of_day is not None:
        raise InputError(
            f"the fit is as of day {fit.as_of_day:g}: give the fit of all ratings; what was known "
            "early belongs into a landmark analysis."
        )
    ids = tuple(sorted(str(i) for i in fit.info.index[fit.info["fitted"]]))
    if len(ids) < 2:
        raise InputError(
            f"an analysis of a cohort needs at least 2 fitted patients, got {len(ids)}: fewer have "
            "no spread to learn from. What is known of one patient is in classify(fit)."
        )
    seed = fit.seed if seed is None else seed
    diary = fit.diary.select(ids)
    # sorted, so that sums over patients do not depend on the order of rows
    diary = replace(diary, patients=diary.patients.loc[list(ids)])
    inference = infer(diary, fit.population, seed=seed, n_draws=curves, workers=fit.workers)
    drawn = Fit(diary, fit.population, inference, seed, fit.workers, fit.external)
    courses = classify(drawn, criteria)
    events, kept = [], [np.empty((0, curves, GRID_POINTS))]
    for block in drawn.draw_blocks():
        events.append(event_days(block.curves, fit.horizon, courses.criteria))
        if keep:
            kept.append(block.curves)
    own = JudgedCurves(
        courses.codes, courses.features, fit.scale, courses.criteria, np.concatenate(events)
    )
    log_sd = np.log(fit.population.noise.sd)
    prior, noise = population_curves(fit.population, courses.criteria, PRIOR_CURVES, seed)
    settings = inference.posterior.noise
    return CurvePool(
        fit, ids, own, prior, log_sd[settings], log_sd[noise][None, :], settings,
        np.concatenate(kept),
    )  # fmt: skip


def between_points(curves: Array, place: Array) -> Array:
    """Levels of curves (D, K) at places from 0, the first point, to K - 1, the last; (D, n)."""
    left = np.minimum(place.astype(np.int64), curves.shape[1] - 2)
    part = place - left
    return curves[:, left] * (1.0 - part) + curves[:, left + 1] * part


def refuse_named_courses(given: object) -> NoReturn:
    """Say why courses, or anything but a fit, cannot be analysed.

    Raises
    ------
    InputError
    """
    raise InputError(
        f"expected a fit from fit_curves, got {type(given).__name__}. A patient's course is not "
        "known for sure: an analysis of named courses takes it as if it were, which biases "
        "estimates and shortens intervals. Give the fit: the analysis is run on draws of it."
    )


def population_curves(
    population: Population, criteria: Criteria, n: int, seed: int
) -> tuple[JudgedCurves, NDArray[np.int64]]:
    """Draw and judge curves of a population, (1, n), and the noise setting of each, (n,)."""
    curves, trend, noise = draw_population(population, n, seed)
    rules = make_rules(
        population.horizon,
        [(criteria.required("worsening"), criteria.required("improvement"))],
        criteria.required("lasting_days"),
        criteria.required("sustained_days"),
    )
    kept = empty_judgement(1, n, rules)
    judge_given(0, curves[None], trend[None], rules, kept)
    features = np.moveaxis(kept.features, 0, -1)
    events = event_days(curves[None], population.horizon, criteria)
    return JudgedCurves(kept.codes, features, population.scale, criteria, events), noise


def population_levels(population: Population, seed: int) -> Array:
    """Curves of a population, (N, 169), oriented."""
    return draw_population(population, PRIOR_CURVES, seed)[0]


def draw_population(
    population: Population, n: int, seed: int
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Curves of a population (n, 169), oriented, their trends before day 0, and noise settings."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    prior, table, unit = population.prior, population.table, population.unit
    n_shapes = len(table.shapes)
    edges = np.cumsum(prior.shape)
    # evenly spread over the shares: fewer draws are needed than of independent ones
    setting = np.searchsorted(edges, (np.arange(n) + rng.random()) / n * edges[-1], side="right")
    setting = np.minimum(setting, edges.size - 1)
    noise = rng.choice(prior.noise.size, n, p=prior.noise / prior.noise.sum())
    family = family_of(table)[setting]
    wide = (rng.random(n) < WIDE_SHARE).astype(np.int64)
    amplitude = np.zeros((n, COMMON + 2 + BETWEEN))
    amplitude[:, COMMON + 2 :] = rng.uniform(-0.5, 0.5, (n, BETWEEN))
    normal = rng.standard_normal((n, COMMON + 2))
    for f in np.unique(family):
        for w in (0, 1):
            rows = (family == f) & (wide == w)
            amplitude[rows, : COMMON + 2] = prior.mean[f] + normal[rows] @ population.roots[w, f].T
    waxing = setting >= n_shapes
    wave = rng.standard_normal((max(int(waxing.sum()), 1), N_COEFFICIENTS + 1))
    wave_row = np.where(waxing, np.cumsum(waxing) - 1, 0)
    columns, curves = grid_columns(table), np.empty((n, GRID_POINTS))
    draw_curves(
        setting.astype(np.int64), amplitude, wave, wave_row.astype(np.int64), population.model,
        columns.common, columns.slow, columns.hump, columns.wax, unit, population.scale.low, curves,
    )  # fmt: skip
    return curves, amplitude[:, 1] * unit, noise
