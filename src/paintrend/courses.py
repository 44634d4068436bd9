"""Courses of a fit: judge every posterior curve, count, and name what the counts allow."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES, DETERIORATION, DIP
from paintrend.core.judgement import Judgement, Rules, empty_judgement, make_rules
from paintrend.features import DRAW_FEATURES, FEATURE_COLUMNS, summarise_features
from paintrend.results.belonging import check_fit
from paintrend.results.courses import Courses
from paintrend.results.criteria import (
    CANNOT_TELL_FROM,
    PROBABLE_FROM,
    SENSITIVITY_FACTORS,
    Criteria,
    check_criteria,
)
from paintrend.results.status import POOR_FIT_BELOW, PatientsFacts, write_statuses

if TYPE_CHECKING:
    from paintrend.results.fit import Fit

__all__ = ["classify", "course_table"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
CountArray = NDArray[np.int64]

END_WORSE_CODES = [COURSES.index(name) for name in DETERIORATION]
DIP_CODES = [COURSES.index(name) for name in DIP]
CANNOT_TELL = -1
PATIENTS_AT_A_TIME = 128


class Tally(NamedTuple):
    """What the table needs of the curves of P patients.

    Attributes
    ----------
    whole : (P,) every curve was judged
    counts : (P, 8, T) curves in each course, at the criteria first
    end_better, no_room_to_worsen, no_room_to_improve : (P,) curves of which that is true
    features : (P, n) columns `FEATURE_COLUMNS`
    """

    whole: BoolArray
    counts: CountArray
    end_better: CountArray
    no_room_to_worsen: CountArray
    no_room_to_improve: CountArray
    features: FloatArray


def classify(fit: Fit | Any, criteria: Criteria | None = None) -> Courses:
    """Give the course of every patient with its probability.

    P(course) is the share of a patient's posterior curves in that course. The most probable
    course is named if its share is at least 0.5, unless it does not end worse and 0.2 or more of
    the curves do; otherwise the course is cannot_tell. None is named where the start was not rated
    or no curve explains the ratings.

    Parameters
    ----------
    fit : Fit or ScaledFit
        Posterior curves of all patients.
    criteria : Criteria, optional
        Thresholds; the scale's own by default.

    Returns
    -------
    Courses
        One row per patient of the fit, those who could not be fitted included. For a `ScaledFit`
        they are `ScaledCourses`, which stay on the cluster until they are fetched.

    Raises
    ------
    CriteriaError
        If a threshold is missing or cannot be used with this scale and horizon.
    InputError
        If `fit` is no fit, or `criteria` is no Criteria.

    Examples
    --------
    >>> import pandas as pd
    >>> from paintrend.diary import read_diary
    >>> from paintrend.fitting import fit_curves
    >>> ratings = pd.DataFrame(
    ...     {
    ...         "patient_id": "P1",
    ...         "day": [-7, 0, 14, 28, 42, 56, 70, 84],
    ...         "pain": [8, 8, 5, 3, 2, 2, 1, 1],
    ...     }
    ... )
    >>> fit = fit_curves(read_diary(ratings, scale="nrs"), horizon=84, seed=0)
    >>> classify(fit)["P1"].course
    'improving'
    """
    check_criteria(criteria, "classify")
    if hasattr(fit, "judged_by"):
        return fit.judged_by(criteria)
    check_fit(fit, "classify")
    resolved = (criteria or Criteria()).resolve(fit.scale, fit.horizon)
    rules = _rules(resolved, fit.horizon)
    kept = empty_judgement(len(fit.patient_ids), fit.n_draws, rules)
    summary = _summary(fit, resolved, rules, kept)
    # Kept feature by feature, shown draw by draw.
    features = np.moveaxis(kept.features, 0, -1)
    for array in (kept.codes, features, kept.checks):
        array.flags.writeable = False
    return Courses(
        patient_ids=tuple(fit.patient_ids),
        scale=fit.scale,
        horizon=fit.horizon,
        criteria=resolved,
        codes=kept.codes,
        features=features,
        feature_names=DRAW_FEATURES,
        checks=kept.checks,
        summary=summary,
        n_missing=fit.diary.n_missing,
        retrospective=fit.retrospective,
        as_of_day=fit.as_of_day,
        fit_p=_fit_p(fit),
    )


def course_table(fit: Fit, criteria: Criteria | None = None) -> pd.DataFrame:
    """Give ``classify(fit, criteria).table()`` without keeping what each curve was.

    For patients in large numbers: what is kept of 400 curves is 36 kB per patient.

    Raises
    ------
    CriteriaError
        If a threshold is missing or cannot be used with this scale and horizon.
    """
    resolved = (criteria or Criteria()).resolve(fit.scale, fit.horizon)
    return _summary(fit, resolved, _rules(resolved, fit.horizon), None)


def name_courses(counts: CountArray, n_draws: int, may_name: BoolArray) -> NDArray[np.intp]:
    """Name the course of each patient, or -1 where the counts do not allow a name.

    Parameters
    ----------
    counts : int array, shape (P, 8)
        Curves per course.
    n_draws : int
        Curves per patient.
    may_name : bool array, shape (P,)
        False for patients of whom no course is named whatever the counts.

    Returns
    -------
    int array, shape (P,)
        Positions in `COURSES`, or -1. Of equally probable courses the first is taken.
    """
    likeliest = counts.argmax(axis=1)
    top = counts.max(axis=1) / n_draws
    end_worse = counts[:, END_WORSE_CODES].sum(axis=1) / n_draws
    hides_worse = ~np.isin(likeliest, END_WORSE_CODES) & (end_worse >= CANNOT_TELL_FROM)
    return np.where(may_name & (top >= PROBABLE_FROM) & ~hides_worse, likeliest, CANNOT_TELL)


def _rules(criteria: Criteria, horizon: float) -> Rules:
    """The criteria, then those with both thresholds shifted."""
    every = [criteria, *(criteria.scaled(factor) for factor in SENSITIVITY_FACTORS)]
    return make_rules(
        horizon,
        [(one.required("worsening"), one.required("improvement")) for one in every],
        criteria.required("lasting_days"),
        criteria.required("sustained_days"),
    )


def _tally(
    fit: Fit, criteria: Criteria, rules: Rules, fitted: BoolArray, kept: Judgement | None
) -> Tally:
    """Judge all patients, some at a time on each thread, and count and sum up their curves.

    A patient without a full set of curves has no course and no features from the others.
    """
    n, scale = len(fitted), fit.scale
    high = scale.high - criteria.required("worsening")
    low = scale.low + criteria.required("improvement")

    def work(start: int) -> Tally:
        stop = min(start + PATIENTS_AT_A_TIME, n)
        at = 0 if kept is None else start
        into = empty_judgement(stop - start, fit.n_draws, rules) if kept is None else kept
        fit.judge(start, stop, rules, into, at)
        rows = slice(at, at + stop - start)
        into.forget(at + np.flatnonzero(into.whole[rows] & ~fitted[start:stop]))
        features = into.features[:, rows]
        level, end = (features[DRAW_FEATURES.index(name)] for name in ("baseline", "end_change"))
        return Tally(
            into.whole[rows],
            np.moveaxis(into.counts[:, rows], 0, -1),
            (end <= -criteria.required("improvement")).sum(axis=1),
            (level > high).sum(axis=1),
            (level < low).sum(axis=1),
            # Sorted right here: what was just written is still near the processor.
            np.stack(list(summarise_features(np.moveaxis(features, 0, -1), scale).values()), -1),
        )

    starts = range(0, max(n, 1), PATIENTS_AT_A_TIME)
    if fit.workers > 1 and len(starts) > 1:
        with ThreadPoolExecutor(max_workers=fit.workers) as pool:
            parts = list(pool.map(work, starts))
    else:
        parts = list(map(work, starts))
    return Tally(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _summary(fit: Fit, criteria: Criteria, rules: Rules, kept: Judgement | None) -> pd.DataFrame:
    """Build the courses table."""
    ids, n_draws, scale = fit.patient_ids, fit.n_draws, fit.scale
    info = _info(fit)
    tally = _tally(fit, criteria, rules, info["fitted"].to_numpy(dtype=bool), kept)
    fit_p = _fit_p(fit)
    may_name = tally.whole & (info["n_baseline"].to_numpy() >= 1) & ~(fit_p < POOR_FIT_BELOW)
    counts = tally.counts[:, :, 0]
    named, *shifted = (
        name_courses(tally.counts[:, :, t], n_draws, may_name) for t in range(rules.worsening.size)
    )

    def share(n: CountArray) -> FloatArray:
        return np.where(tally.whole, n / n_draws, np.nan)

    top = counts.max(axis=1) / n_draws
    certain = np.where(top >= criteria.certainty, "clear", "probable")
    columns: dict[str, Any] = {
        "patient_id": list(ids),
        "course": _taken([*COURSES, "cannot_tell"], named),
        "confidence": np.where(named >= 0, certain, "none"),
        **{"p_" + name: share(counts[:, code]) for code, name in enumerate(COURSES)},
        "p_dip": share(counts[:, DIP_CODES].sum(axis=1)),
        "p_deterioration": share(counts[:, END_WORSE_CODES].sum(axis=1)),
        "p_end_better": share(tally.end_better),
        **dict(zip(FEATURE_COLUMNS, tally.features.T, strict=True)),
        "n_ratings": info["n_ratings"].to_numpy(),
        "n_baseline": info["n_baseline"].to_numpy(),
        "last_day": info["last_day"].to_numpy(dtype=np.float64),
        "p_no_room_to_worsen": share(tally.no_room_to_worsen),
        "p_no_room_to_improve": share(tally.no_room_to_improve),
        "threshold_sensitive": np.any([other != named for other in shifted], axis=0),
    }
    reason = info["reason"].astype(str).to_numpy(dtype=object)
    facts = PatientsFacts(
        fitted=tally.whole,
        reason=np.where(reason == "", "the fit gave no curve with finite values", reason),
        course=columns["course"],
        likeliest=_taken(COURSES, counts.argmax(axis=1)),
        p_likeliest=top,
        p_deterioration=columns["p_deterioration"],
        level=columns["baseline"],
        p_no_room_to_worsen=columns["p_no_room_to_worsen"],
        p_no_room_to_improve=columns["p_no_room_to_improve"],
        n_baseline=columns["n_baseline"],
        last_day=columns["last_day"],
        fit_p=fit_p,
        effective=_effective(info, n_draws),
    )
    columns["status"], columns["status_text"] = write_statuses(facts, scale, fit.horizon, criteria)
    return pd.DataFrame(columns)


def _effective(info: pd.DataFrame, n_draws: int) -> NDArray[np.float64]:
    """Effective numbers of curves; without limit where they are as many as their number lets
    expect, so that only weights that are poor are told."""
    effective = info["ess"].to_numpy(dtype=float)
    return np.where(effective < 0.25 * n_draws, effective, np.inf)


def _info(fit: Fit) -> pd.DataFrame:
    """The row on each patient, in the order of the fit."""
    ids = fit.patient_ids
    return fit.info if fit.info.index.equals(pd.Index(ids)) else fit.info.loc[list(ids)]


def _fit_p(fit: Fit) -> FloatArray:
    return _info(fit)["fit_p"].to_numpy(dtype=np.float64)


def _taken(names: Iterable[str], codes: NDArray[np.intp]) -> NDArray[np.object_]:
    """The name of each code; -1 takes the last one."""
    return np.array(list(names), dtype=object)[codes]
