"""Many questions at once: corrected p-values, and how many of the flagged are expected to be
wrong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from paintrend.core.course_rules import COURSES, DETERIORATION, DIP
from paintrend.errors import InputError, is_number
from paintrend.results.courses import Courses

__all__ = ["correct_p_values", "flag_patients"]

METHODS = ("holm", "benjamini_hochberg")


def correct_p_values(
    p_values: Mapping[str, float] | pd.Series, *, method: str = "holm"
) -> pd.DataFrame:
    """Correct p-values for having asked several questions.

    Holm's method keeps the chance of any false finding below the level, whatever depends on what;
    that of Benjamini and Hochberg the expected share of false findings, for independent or
    positively related tests.

    Parameters
    ----------
    p_values : mapping of str to float, or Series
        Name of the hypothesis -> p; all that were asked, not only those that came out small.
    method : str
        ``holm`` or ``benjamini_hochberg``.

    Returns
    -------
    DataFrame
        Index ``hypothesis``, in the order given: ``p_value``, ``corrected``.

    Raises
    ------
    InputError
        If there is none, or one is not between 0 and 1.

    References
    ----------
    Holm 1979, Scand J Stat 6:65; Benjamini & Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> import paintrend as pt
    >>> pt.correct_p_values({"a": 0.01, "b": 0.04, "c": 0.03})["corrected"].round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    if method not in METHODS:
        raise InputError(
            f"correct_p_values: method must be one of {', '.join(METHODS)}, got {method!r}."
        )
    if not isinstance(p_values, Mapping | pd.Series):
        raise InputError(
            "correct_p_values: expected names and p-values, such as {'dips': 0.01, 'deterioration':"
            f" 0.2}} or the column p_value of a table, got {type(p_values).__name__}."
        )
    named = dict(p_values)
    if len(named) < len(p_values):
        raise InputError("correct_p_values: a hypothesis is named twice: name each differently.")
    wrong = {k: x for k, x in named.items() if not (is_number(x) and 0.0 <= x <= 1.0)}
    if wrong or not named:
        raise InputError(
            f"correct_p_values: expected p-values between 0 and 1, got {wrong or 'none'}."
        )
    p = np.array([float(x) for x in named.values()])
    n, order = p.size, np.argsort(p, kind="stable")
    corrected = np.empty(n)
    if method == "holm":
        corrected[order] = np.maximum.accumulate((n - np.arange(n)) * p[order])
    else:
        scaled = n / np.arange(1, n + 1) * p[order]
        corrected[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return pd.DataFrame(
        {"p_value": p, "corrected": np.minimum(corrected, 1.0)},
        index=pd.Index(list(named), name="hypothesis"),
    )


def flag_patients(
    courses: Courses, course: str = "deterioration", *, false_share: float = 0.2
) -> pd.DataFrame:
    """Flag as many patients as keep the expected share of false flags below a limit.

    Patients are taken in the order of their probability of the course; the expected share of false
    flags among the first k is the mean of their probabilities of not having it.

    Parameters
    ----------
    courses : Courses
        From `paintrend.classify`.
    course : str
        A course, ``dip`` or ``deterioration``.
    false_share : float
        Largest expected share of false flags.

    Returns
    -------
    DataFrame
        One row per judged patient, the most probable first: ``patient_id``, ``probability``,
        ``flagged``, ``false_share`` (expected, if this patient is the last one flagged).

    Raises
    ------
    InputError
        If `courses` is not from `paintrend.classify`, `course` is none of those named above, or
        `false_share` is not between 0 and 1.

    References
    ----------
    Newton, Noueiry, Sarkar & Ahlquist 2004, doi:10.1093/biostatistics/5.2.155.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.flag_patients(pt.classify(fit), "improving", false_share=0.1)
    >>> bool(found.loc[found["flagged"], "false_share"].max() <= 0.1)
    True
    """
    groups = {"dip": DIP, "deterioration": DETERIORATION, **{c: (c,) for c in COURSES}}
    if not isinstance(courses, Courses):
        raise InputError(
            f"flag_patients: expected courses from classify, got {type(courses).__name__}; named "
            "courses do not say how probable they are."
        )
    if not (isinstance(course, str) and course in groups):
        raise InputError(
            f"flag_patients: course must be one of {', '.join(groups)}, got {course!r}."
        )
    if not (is_number(false_share) and 0.0 < false_share < 1.0):
        raise InputError(
            f"flag_patients: false_share must be between 0 and 1, got {false_share!r}."
        )
    table = courses.table()
    probability = table[["p_" + name for name in groups[course]]].sum(axis=1, skipna=False)
    own = pd.DataFrame({"patient_id": table["patient_id"], "probability": probability}).dropna()
    own = own.sort_values(["probability", "patient_id"], ascending=[False, True])
    own = own.reset_index(drop=True)
    share = (1.0 - own["probability"]).cumsum() / (own.index + 1.0)
    return own.assign(flagged=share <= false_share, false_share=share)
