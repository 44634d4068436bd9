"""From draws to courses: some curves at a time are drawn, judged and forgotten."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.compile import kernel
from paintrend.core.course_rules import (
    CHECKS,
    COURSES,
    FEATURES,
    GRID_POINTS,
    UNJUDGED,
    WORK_LENGTH,
    judge_rows,
    points_in,
)
from paintrend.core.curves import ROW_LENGTH, GridRows, draw_on_grid
from paintrend.core.model import Model
from paintrend.core.posterior import Posterior

__all__ = ["Judgement", "Rules", "empty_judgement", "judge_draws", "judge_given", "make_rules"]

Array = NDArray[np.float64]
AT_A_TIME = 50
"""Curves in memory at a time: few enough for the processor's own."""


class Rules(NamedTuple):
    """Thresholds (T,) of worsening and improvement in scale units, the criteria first; step in
    days; spans in grid points."""

    step: float
    worsening: Array
    improvement: Array
    n_lasting: int
    n_sustained: int


class Judgement(NamedTuple):
    """Courses of P patients with D curves each, at T pairs of thresholds, the criteria first.

    Attributes
    ----------
    codes : (P, D) positions in `COURSES`, -1 where not judged
    features : (10, P, D) `FEATURES`, then the change per day before day 0: feature by feature, so
        that each is one piece of memory to sort
    checks : (P, D, 5) `CHECKS`
    counts : (T, P, 8) curves in each course
    whole : (P,) False for a patient without a full set of finite curves, of whom nothing is kept
    """

    codes: NDArray[np.int8]
    features: Array
    checks: NDArray[np.int16]
    counts: NDArray[np.int64]
    whole: NDArray[np.bool_]

    def forget(self, patients: NDArray[np.intp]) -> None:
        """Keep nothing of these patients."""
        for patient in patients:
            _finish(patient, False, self)


def make_rules(
    horizon: float, pairs: list[tuple[float, float]], lasting_days: float, sustained_days: float
) -> Rules:
    """Rules for pairs of (worsening, improvement), the criteria first."""
    worsening, improvement = np.array(pairs, dtype=np.float64).T.copy()
    return Rules(
        float(horizon / (GRID_POINTS - 1)),
        worsening,
        improvement,
        min(points_in(lasting_days, horizon), GRID_POINTS),
        min(points_in(sustained_days, horizon), GRID_POINTS),
    )


def empty_judgement(n_patients: int, n_draws: int, rules: Rules) -> Judgement:
    """Memory to be filled, patient by patient."""
    return Judgement(
        np.empty((n_patients, n_draws), dtype=np.int8),
        np.empty((len(FEATURES) + 1, n_patients, n_draws)),
        np.empty((n_patients, n_draws, len(CHECKS)), dtype=np.int16),
        np.empty((rules.worsening.size, n_patients, len(COURSES)), dtype=np.int64),
        np.empty(n_patients, dtype=np.bool_),
    )


@kernel(counted=False, inner=True)
def _judge_some(curves, patient, a, b, rules, work, codes, into):
    """Judge draws a to b of a patient and count them; False if one is not finite."""
    last = into.features.shape[0] - 1
    judge_rows(
        curves[: b - a], rules.step, rules.worsening, rules.improvement, rules.n_lasting,
        rules.n_sustained, work, codes, into.features[:last, patient, a:b],
        into.checks[patient, a:b],
    )  # fmt: skip
    for d in range(b - a):
        into.codes[patient, a + d] = codes[0, d]
        if codes[0, d] == UNJUDGED:
            return False
        for t in range(codes.shape[0]):
            into.counts[t, patient, codes[t, d]] += 1
    return True


@kernel(counted=False)
def _finish(patient, whole, into):
    into.whole[patient] = whole
    if not whole:
        into.codes[patient, :] = UNJUDGED
        into.features[:, patient, :] = np.nan
        into.checks[patient, :, :] = -1
        into.counts[:, patient, :] = 0


@kernel(counted=False)
def _judge_draws(
    first, where, setting, amplitude, wave, wave_row, model, rows, unit, shift, rules, curves,
    work, codes, into,
):  # fmt: skip
    n_draws = setting.shape[1]
    trend = into.features.shape[0] - 1
    for i in range(where.size):
        patient, row, whole = first + i, where[i], where[i] >= 0
        into.counts[:, patient, :] = 0
        for a in range(0, n_draws if whole else 0, curves.shape[0]):
            b = min(a + curves.shape[0], n_draws)
            draw_on_grid(
                setting[row, a:b], amplitude[row, a:b], wave, wave_row[row, a:b], model, rows,
                unit, shift, curves,
            )  # fmt: skip
            whole = whole and _judge_some(curves, patient, a, b, rules, work, codes, into)
            for d in range(a, b):
                into.features[trend, patient, d] = amplitude[row, d, 1] * unit
        _finish(patient, whole, into)


@kernel
def _judge_given(first, curves, pre_trend, rules, into):
    n_draws = curves.shape[1]
    codes = np.empty((rules.worsening.size, n_draws), dtype=np.int8)
    work = np.empty(WORK_LENGTH)
    trend = into.features.shape[0] - 1
    for i in range(curves.shape[0]):
        patient = first + i
        into.counts[:, patient, :] = 0
        whole = _judge_some(curves[i], patient, 0, n_draws, rules, work, codes, into)
        for d in range(n_draws):
            into.features[trend, patient, d] = pre_trend[i, d]
        _finish(patient, whole, into)


def judge_draws(
    first: int,
    where: NDArray[np.int64],
    posterior: Posterior,
    model: Model,
    rows: GridRows,
    unit: float,
    shift: float,
    rules: Rules,
    into: Judgement,
) -> None:
    """Judge patients from ``first`` on by their draws, without keeping a curve.

    Parameters
    ----------
    where : row of the posterior of each of them, -1 for none
    unit, shift : scale units per unit of the 0-10 scale, and the lowest value of the scale
    """
    _judge_draws(
        first, where, posterior.setting, posterior.amplitude, posterior.wave, posterior.wave_row,
        model, rows, unit, shift, rules, np.empty((AT_A_TIME, ROW_LENGTH)), np.empty(WORK_LENGTH),
        np.empty((rules.worsening.size, AT_A_TIME), dtype=np.int8), into,
    )  # fmt: skip


def judge_given(first: int, curves: Array, pre_trend: Array, rules: Rules, into: Judgement) -> None:
    """Judge patients from ``first`` on by curves (n, D, 169) and trends (n, D) before day 0."""
    _judge_given(first, np.ascontiguousarray(curves), np.ascontiguousarray(pre_trend), rules, into)
