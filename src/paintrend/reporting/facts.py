"""Numbers of a fit and its courses that reports of a study need."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.hypotheses.schedules import Schedule, find_schedule, match_visits
from paintrend.pooling.curves import refuse_named_courses
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.results.inference import usable_ratings

__all__ = ["StudyFacts", "read_facts"]

Array = NDArray[np.float64]


class StudyFacts(NamedTuple):
    """Numbers of a study.

    Attributes
    ----------
    n_patients, n_fitted : patients; those with a curve
    n_ratings, n_missing : ratings fitted; empty rows
    n_late, n_inclusion : ratings after the horizon, and used to select patients: not fitted
    per_patient, gap : lower quartile, median and upper quartile of ratings per patient and of days
        between ratings
    no_baseline : patients without a rating up to day 0
    lost : patients whose last rating is before the last `sustained_days`
    pain : mean, sd, share at the lowest and at the highest value
    waves : ``day``, ``n``, ``mean``, ``sd`` of the days of ratings at each planned visit; empty
        where no schedule is seen
    shares : (8,) mean probability of each course among those with a curve
    named : patients by named course, ``cannot_tell`` included
    entropy : relative entropy, 1 where every course is known
    poor_fit : patients whom no curve fits
    """

    n_patients: int
    n_fitted: int
    n_ratings: int
    n_missing: int
    n_late: int
    n_inclusion: int
    per_patient: Array
    gap: Array
    no_baseline: int
    lost: int
    pain: tuple[float, float, float, float]
    waves: pd.DataFrame
    shares: Array
    named: pd.Series
    entropy: float
    poor_fit: int


def read_facts(caller: str, fit: Fit, courses: Courses) -> StudyFacts:
    """Read the numbers off a fit and its courses.

    Raises
    ------
    InputError
        If these are no fit and courses, or not of the same patients.
    """
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    if not isinstance(courses, Courses):
        raise InputError(
            f"{caller}: expected courses from classify(fit), got {type(courses).__name__}; named "
            "courses do not say how sure they are."
        )
    if courses.patient_ids != fit.patient_ids or courses.horizon != fit.horizon:
        raise InputError(
            f"{caller}: these are courses of other patients or another horizon than the fit's "
            f"({len(courses)} patients to day {courses.horizon:g}, the fit has {len(fit)} to day "
            f"{fit.horizon:g}): classify this fit."
        )
    info = fit.info
    used, late = usable_ratings(fit.diary, fit.horizon)
    if not len(used):
        raise InputError(f"{caller}: the fit has no rating.")
    groups = [np.sort(d.to_numpy(dtype=float)) for _, d in used.groupby("patient_id")["day"]]
    gaps = np.concatenate([np.diff(d) for d in groups])
    gaps = gaps[gaps > 0]
    table = courses.table()
    p = table[[f"p_{c}" for c in COURSES]].to_numpy(dtype=float)
    p = p[np.isfinite(p).all(axis=1)]
    pain = used["pain"].to_numpy(dtype=float)
    fitted = info["fitted"].to_numpy(dtype=bool)
    quartiles = [0.25, 0.5, 0.75]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = -np.where(p > 0.0, p * np.log(p), 0.0).sum(axis=1)
    return StudyFacts(
        len(fit), int(fitted.sum()), len(used), fit.diary.n_missing, len(late),
        int(fit.diary.ratings["inclusion"].sum()),
        np.quantile([len(d) for d in groups], quartiles),
        np.quantile(gaps, quartiles) if gaps.size else np.full(3, np.nan),
        int((info["n_baseline"].to_numpy()[fitted] == 0).sum()),
        int((info["last_day"].to_numpy()[fitted]
             < fit.horizon - courses.criteria.required("sustained_days")).sum()),
        (float(pain.mean()), float(pain.std(ddof=1)) if pain.size > 1 else 0.0,
         float((pain <= fit.scale.low).mean()), float((pain >= fit.scale.high).mean())),
        _waves(groups),
        p.mean(axis=0) if len(p) else np.full(len(COURSES), np.nan),
        table["course"].value_counts(),
        float(1.0 - each.mean() / np.log(len(COURSES))) if len(p) else float("nan"),
        int(table["status"].str.contains("poor_fit").sum()),
    )  # fmt: skip


def _waves(groups: list[Array]) -> pd.DataFrame:
    """Days of the ratings at each planned visit; empty where no schedule is seen."""
    columns = ["day", "n", "mean", "sd"]
    try:
        plan: Schedule = find_schedule(groups)
    except InputError:
        return pd.DataFrame(columns=columns)
    visit = np.concatenate([match_visits(d, plan) for d in groups])
    day = np.concatenate(groups)
    rows = []
    for v in range(plan.days.size):
        own = day[visit == v]
        if own.size:
            sd = float(own.std(ddof=1)) if own.size > 1 else 0.0
            rows.append((plan.days[v], own.size, float(own.mean()), sd))
    return pd.DataFrame(rows, columns=columns)
