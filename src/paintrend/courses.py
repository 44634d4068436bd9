"""Courses of a fit: judge every posterior curve, count, and name what the counts allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import (
    CHECKS,
    COURSES,
    DETERIORATION,
    DIP,
    UNJUDGED,
    check_curves,
    classify_curves,
)
from paintrend.features import DRAW_FEATURES, summarise_features
from paintrend.results.courses import Courses
from paintrend.results.criteria import (
    CANNOT_TELL_FROM,
    PROBABLE_FROM,
    SENSITIVITY_FACTORS,
    Criteria,
)
from paintrend.results.status import POOR_FIT_BELOW, PatientFacts, status_of

if TYPE_CHECKING:
    from paintrend.results.fit import Fit

__all__ = ["classify"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
CountArray = NDArray[np.int64]

END_WORSE_CODES = [COURSES.index(name) for name in DETERIORATION]
DIP_CODES = [COURSES.index(name) for name in DIP]
CANNOT_TELL = -1


def classify(fit: Fit, criteria: Criteria | None = None) -> Courses:
    """Give the course of every patient with its probability.

    P(course) is the share of a patient's posterior curves in that course. The most probable
    course is named if its share is at least 0.5, unless it does not end worse and 0.2 or more of
    the curves do; otherwise the course is cannot_tell. None is named where the start was not rated
    or no curve explains the ratings.

    Parameters
    ----------
    fit : Fit
        Posterior curves of all patients.
    criteria : Criteria, optional
        Thresholds; the scale's own by default.

    Returns
    -------
    Courses
        One row per patient of the fit, those who could not be fitted included.

    Raises
    ------
    CriteriaError
        If a threshold is missing or cannot be used with this scale and horizon.

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
    resolved = (criteria or Criteria()).resolve(fit.scale, fit.horizon)
    codes, features, checks, shifted = _judge_draws(fit, resolved)
    info = fit.info.loc[list(fit.patient_ids)]
    fitted = info["fitted"].to_numpy(dtype=bool) & (codes != UNJUDGED).all(axis=1)
    # A patient without a full set of curves has no course and no features from the others.
    codes[~fitted], features[~fitted], checks[~fitted] = UNJUDGED, np.nan, -1
    explained = ~(info["fit_p"].to_numpy(dtype=np.float64) < POOR_FIT_BELOW)
    may_name = fitted & (info["n_baseline"].to_numpy() >= 1) & explained
    counts = course_counts(codes)
    named = name_courses(counts, codes.shape[1], may_name)
    sensitive = np.zeros(len(codes), dtype=bool)
    for other in shifted:
        sensitive |= name_courses(other, codes.shape[1], may_name) != named
    summary = _summary(fit, resolved, info, fitted, counts, features, named, sensitive)
    for array in (codes, features, checks):
        array.flags.writeable = False
    return Courses(
        patient_ids=tuple(fit.patient_ids),
        scale=fit.scale,
        horizon=fit.horizon,
        criteria=resolved,
        codes=codes,
        features=features,
        feature_names=DRAW_FEATURES,
        checks=checks,
        summary=summary,
        retrospective=fit.retrospective,
        as_of_day=fit.as_of_day,
    )


def course_counts(codes: NDArray[np.int8]) -> CountArray:
    """Count the curves of each patient in each course.

    Parameters
    ----------
    codes : int8 array, shape (P, D)
        Positions in `COURSES`.

    Returns
    -------
    int array, shape (P, 8)
    """
    return np.stack([(codes == code).sum(axis=1) for code in range(len(COURSES))], axis=1)


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


def _judge_draws(
    fit: Fit, criteria: Criteria
) -> tuple[NDArray[np.int8], FloatArray, NDArray[np.int16], list[CountArray]]:
    """Judge all curves at the thresholds, and count courses at the shifted thresholds."""
    n, n_draws = len(fit.patient_ids), fit.n_draws
    codes = np.full((n, n_draws), UNJUDGED, dtype=np.int8)
    features = np.full((n, n_draws, len(DRAW_FEATURES)), np.nan)
    checks = np.full((n, n_draws, len(CHECKS)), -1, dtype=np.int16)
    shifted = [np.zeros((n, len(COURSES)), dtype=np.int64) for _ in SENSITIVITY_FACTORS]
    settings = _rule_settings(criteria)
    # The rules release the interpreter lock, so the shifted thresholds use the other processor.
    with ThreadPoolExecutor(max_workers=len(SENSITIVITY_FACTORS)) as pool:
        for block in fit.draw_blocks():
            curves = np.ascontiguousarray(block.curves).reshape(-1, block.curves.shape[-1])
            rows, shape = slice(block.start, block.stop), block.curves.shape[:2]
            others = [
                pool.submit(
                    classify_curves, curves, fit.horizon, *_rule_settings(criteria.scaled(factor))
                )
                for factor in SENSITIVITY_FACTORS
            ]
            code, feature, check = check_curves(curves, fit.horizon, *settings)
            codes[rows] = code.reshape(shape)
            features[rows, :, :-1] = feature.reshape(*shape, -1)
            features[rows, :, -1] = block.pre_trend
            checks[rows] = check.reshape(*shape, -1)
            for counts, other in zip(shifted, others, strict=True):
                counts[rows] = course_counts(other.result().reshape(shape))
    return codes, features, checks, shifted


def _rule_settings(criteria: Criteria) -> tuple[float, float, float, float]:
    names = ("worsening", "improvement", "lasting_days", "sustained_days")
    worsening, improvement, lasting, sustained = (criteria.required(name) for name in names)
    return worsening, improvement, lasting, sustained


def _summary(
    fit: Fit,
    criteria: Criteria,
    info: pd.DataFrame,
    fitted: BoolArray,
    counts: CountArray,
    features: FloatArray,
    named: NDArray[np.intp],
    sensitive: BoolArray,
) -> pd.DataFrame:
    """Build the courses table."""
    n_draws = features.shape[1]

    def share(n: CountArray) -> FloatArray:
        return np.where(fitted, n / n_draws, np.nan)

    scale = fit.scale
    start = features[:, :, DRAW_FEATURES.index("baseline")]
    end = features[:, :, DRAW_FEATURES.index("end_change")]
    top = counts.max(axis=1) / n_draws
    certain = np.where(top >= criteria.certainty, "clear", "probable")
    columns: dict[str, Any] = {
        "patient_id": list(fit.patient_ids),
        "course": [COURSES[code] if code >= 0 else "cannot_tell" for code in named],
        "confidence": np.where(named >= 0, certain, "none"),
        **{"p_" + name: share(counts[:, code]) for code, name in enumerate(COURSES)},
        "p_dip": share(counts[:, DIP_CODES].sum(axis=1)),
        "p_deterioration": share(counts[:, END_WORSE_CODES].sum(axis=1)),
        "p_end_better": share((end <= -criteria.required("improvement")).sum(axis=1)),
        **summarise_features(features, scale),
        "n_ratings": info["n_ratings"].to_numpy(),
        "n_baseline": info["n_baseline"].to_numpy(),
        "last_day": info["last_day"].to_numpy(dtype=np.float64),
        "p_no_room_to_worsen": share(
            (start > scale.high - criteria.required("worsening")).sum(axis=1)
        ),
        "p_no_room_to_improve": share(
            (start < scale.low + criteria.required("improvement")).sum(axis=1)
        ),
        "threshold_sensitive": sensitive,
    }
    reason = info["reason"].astype(str).to_numpy()
    fit_p = info["fit_p"].to_numpy(dtype=np.float64)
    no_curve = "the fit gave no curve with finite values"
    statuses = [
        status_of(
            PatientFacts(
                fitted=bool(fitted[i]),
                reason=reason[i] or no_curve,
                course=columns["course"][i],
                likeliest=COURSES[int(counts[i].argmax())],
                p_likeliest=float(top[i]),
                p_deterioration=float(columns["p_deterioration"][i]),
                level=float(columns["baseline"][i]),
                p_no_room_to_worsen=float(columns["p_no_room_to_worsen"][i]),
                p_no_room_to_improve=float(columns["p_no_room_to_improve"][i]),
                n_baseline=int(columns["n_baseline"][i]),
                last_day=float(columns["last_day"][i]),
                fit_p=float(fit_p[i]),
            ),
            scale,
            fit.horizon,
            criteria,
        )
        for i in range(len(fitted))
    ]
    columns["status"] = [status for status, _ in statuses]
    columns["status_text"] = [text for _, text in statuses]
    return pd.DataFrame(columns)
