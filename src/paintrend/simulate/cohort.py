"""Simulated cohorts: patients drawn one by one and put into tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import FEATURES, curve_features
from paintrend.results.cohort import SimulatedCohort
from paintrend.results.criteria import Criteria
from paintrend.scales import Scale, get_scale
from paintrend.simulate.checks import check_horizon, check_size, check_whole
from paintrend.simulate.covariates import BACK_PAIN_COVARIATES, Covariate
from paintrend.simulate.curves import grid_days
from paintrend.simulate.patients import Patient, draw_patient
from paintrend.simulate.settings import Noise, Start, Visits
from paintrend.simulate.world import World, arm_mixes, build_world

__all__ = ["simulate_cohort"]

Array = NDArray[np.float64]


def simulate_cohort(
    n_patients: int = 240,
    *,
    scale: str | Scale = "nrs",
    horizon: float = 84.0,
    course_mix: Mapping[str, float] | None = None,
    arms: Mapping[str, Mapping[str, float] | None] | None = None,
    start: Start | None = None,
    visits: Visits | None = None,
    noise: Noise | None = None,
    covariates: Mapping[str, Covariate] | None = None,
    criteria: Criteria | None = None,
    seed: int = 0,
) -> SimulatedCohort:
    """Simulate a cohort whose true courses are known.

    Curves come from the shapes table that fitting uses, with amplitudes in tenths of the scale's
    range, kept on the scale. A patient's course is drawn from the mix, then a curve of that course
    (`paintrend.simulate.curves`). What is drawn for a patient depends on the seed and the
    patient's id alone: a larger cohort begins with the same patients.

    Parameters
    ----------
    n_patients : int
        Patients get the ids P001, P002 ...
    scale : str or Scale
        Needs thresholds for better and worse, here or in `criteria`.
    horizon : float
        Days.
    course_mix : mapping of str to float, optional
        Course -> share; shares sum to 1, courses left out have 0. Default: `DEFAULT_MIX`.
    arms : mapping of str to mapping, optional
        Arm -> its course mix (None: `course_mix`). Patients are allocated at random with equal
        chances. Default: no arms.
    start, visits, noise : Start, Visits, Noise, optional
        Level before treatment, planned and lost ratings, scatter; see there for the defaults.
    covariates : mapping of str to NumberCovariate or ChoiceCovariate, optional
        Column -> distribution. With an effect the mix is that of a patient at the mean of every
        number and without any effect of a choice. Default: age, sex and diagnosis
        (`BACK_PAIN_COVARIATES`); an empty mapping for none.
    criteria : Criteria, optional
        Thresholds that define the courses. Default: those of the scale and the horizon.
    seed : int
        0 or more.

    Returns
    -------
    SimulatedCohort

    Raises
    ------
    InputError
        Naming the argument, what was expected and what came.

    Examples
    --------
    >>> cohort = simulate_cohort(20, course_mix={"improving": 0.5, "unchanged": 0.5})
    >>> sorted(cohort.truth["course"].unique())
    ['improving', 'unchanged']
    >>> cohort.curves.shape
    (20, 169)
    """
    check_whole("n_patients", n_patients, 1)
    check_whole("seed", seed, 0)
    horizon = check_horizon(horizon)
    world = build_world(
        get_scale(scale),
        horizon,
        arm_mixes(course_mix, arms),
        start or Start(),
        visits or Visits(),
        noise or Noise(),
        BACK_PAIN_COVARIATES if covariates is None else covariates,
        criteria or Criteria(),
        int(seed),
    )
    check_size(n_patients, world.planned.size)
    ids = [f"P{number:03d}" for number in range(1, n_patients + 1)]
    patients = [draw_patient(world, patient_id) for patient_id in ids]
    known = _known(patients, arms is not None)
    curves = np.array([patient.curve.values for patient in patients])
    return SimulatedCohort(
        ratings=_ratings(patients, known),
        truth=_truth(world, patients, known, curves),
        curves=curves,
        grid=grid_days(world.source.table.horizon),
        horizon=world.source.table.horizon,
        scale=world.source.scale,
        criteria=world.source.criteria,
        seed=world.seed,
    )


def _whole(values: Array) -> Array | NDArray[np.int64]:
    """Give whole numbers where all are whole, as a file of such ratings would hold them."""
    return values.astype(np.int64) if (values == np.rint(values)).all() else values


def _known(patients: list[Patient], with_arms: bool) -> pd.DataFrame:
    """Give what is known about each patient beside the ratings."""
    columns: dict[str, Any] = {"patient_id": [p.patient_id for p in patients]}
    if with_arms:
        columns["arm"] = [p.arm for p in patients]
    for name in patients[0].covariates:
        values = [p.covariates[name] for p in patients]
        is_text = isinstance(values[0], str)
        columns[name] = values if is_text else _whole(np.array(values, dtype=float))
    return pd.DataFrame(columns)


def _ratings(patients: list[Patient], known: pd.DataFrame) -> pd.DataFrame:
    """Give the ratings as a file would hold them."""
    counts = [len(p.days) for p in patients]
    table = known.loc[np.repeat(np.arange(len(patients)), counts)].reset_index(drop=True)
    table.insert(1, "day", _whole(np.concatenate([p.days for p in patients])))
    table.insert(2, "pain", _whole(np.concatenate([p.pain for p in patients])))
    return table


def _truth(
    world: World, patients: list[Patient], known: pd.DataFrame, curves: Array
) -> pd.DataFrame:
    """Give what no file would hold: the course, the features of the curve, the noise."""
    source = world.source
    thresholds = ("worsening", "improvement", "lasting_days", "sustained_days")
    judged = [source.criteria.required(name) for name in thresholds]
    features = pd.DataFrame(
        curve_features(curves, source.table.horizon, *judged), columns=list(FEATURES)
    ).drop(columns="up")
    features["baseline"] = source.scale.orient(features["baseline"])
    drawn = pd.DataFrame(
        {
            "course": [p.course for p in patients],
            "family": [p.curve.family for p in patients],
            "shape": [source.table.name(p.curve.shape) for p in patients],
        }
    )
    seen = pd.DataFrame(
        {
            "pre_trend": [p.pre_trend for p in patients],
            "noise_sd": [p.noise_sd for p in patients],
            "n_ratings": [len(p.days) for p in patients],
            "dropped_out": [p.dropped_out for p in patients],
            "last_day": _whole(np.array([p.days[-1] for p in patients])),
        }
    )
    who = known[[name for name in ("patient_id", "arm") if name in known]]
    return pd.concat([who, drawn, features, seen], axis=1)
