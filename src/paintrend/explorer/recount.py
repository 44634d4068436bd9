"""Recounting: courses under other thresholds at once, without the parts that a reader waits for."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.core.judgement import empty_judgement, make_rules
from paintrend.courses import DIP_CODES, END_WORSE_CODES, name_courses
from paintrend.features import DRAW_FEATURES
from paintrend.results.criteria import Criteria
from paintrend.results.status import POOR_FIT_BELOW
from paintrend.wording import CANNOT_TELL

if TYPE_CHECKING:
    from paintrend.results.fit import Fit

__all__ = ["RECOUNTED", "recount_courses"]

RECOUNTED: tuple[str, ...] = (
    "course",
    "confidence",
    *(f"p_{course}" for course in COURSES),
    "p_dip",
    "p_deterioration",
    "p_end_better",
    "p_no_room_to_worsen",
    "p_no_room_to_improve",
)
"""Columns of the courses table that a recount gives."""

PATIENTS_AT_A_TIME = 128


class _Counts(NamedTuple):
    """Of P patients: every curve was judged; curves per course; curves of which a thing is true."""

    whole: NDArray[np.bool_]
    counts: NDArray[np.int64]
    end_better: NDArray[np.int64]
    no_room_to_worsen: NDArray[np.int64]
    no_room_to_improve: NDArray[np.int64]


def recount_courses(fit: Fit, criteria: Criteria) -> pd.DataFrame:
    """Count the curves in each course again, under other thresholds, and name what they allow.

    All curves of all patients are judged by the kernel that `classify` uses, so that every number
    is the one `classify` gives. Left out is what takes longer than the judging and does not change
    what is named: the bands of features, the two shifted pairs of thresholds, the sentences.

    Parameters
    ----------
    fit : Fit
    criteria : Criteria
        Resolved.

    Returns
    -------
    DataFrame
        Index: patient ids in the order of the fit; columns `RECOUNTED`, as in
        ``classify(fit, criteria).table()``.
    """
    found = _count(fit, criteria)
    info = fit.info.loc[list(fit.patient_ids)]
    fit_p = info["fit_p"].to_numpy(dtype=np.float64)
    may_name = found.whole & (info["n_baseline"].to_numpy() >= 1) & ~(fit_p < POOR_FIT_BELOW)
    named = name_courses(found.counts, fit.n_draws, may_name)
    certain = found.counts.max(axis=1) / fit.n_draws >= criteria.certainty

    def share(n: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(found.whole, n / fit.n_draws, np.nan)

    columns: dict[str, Any] = {
        "course": np.array([*COURSES, CANNOT_TELL], dtype=object)[named],
        "confidence": np.where(named >= 0, np.where(certain, "clear", "probable"), "none"),
        **{f"p_{name}": share(found.counts[:, code]) for code, name in enumerate(COURSES)},
        "p_dip": share(found.counts[:, DIP_CODES].sum(axis=1)),
        "p_deterioration": share(found.counts[:, END_WORSE_CODES].sum(axis=1)),
        "p_end_better": share(found.end_better),
        "p_no_room_to_worsen": share(found.no_room_to_worsen),
        "p_no_room_to_improve": share(found.no_room_to_improve),
    }
    return pd.DataFrame(columns, index=pd.Index(fit.patient_ids, name="patient_id"))


def _count(fit: Fit, criteria: Criteria) -> _Counts:
    """Judge all patients, some at a time on each thread."""
    worsening, improvement = criteria.required("worsening"), criteria.required("improvement")
    rules = make_rules(
        fit.horizon,
        [(worsening, improvement)],
        criteria.required("lasting_days"),
        criteria.required("sustained_days"),
    )
    n, scale = len(fit.patient_ids), fit.scale
    fitted = fit.info.loc[list(fit.patient_ids), "fitted"].to_numpy(dtype=bool)
    start_at, end_at = (DRAW_FEATURES.index(name) for name in ("baseline", "end_change"))

    def work(start: int) -> _Counts:
        stop = min(start + PATIENTS_AT_A_TIME, n)
        into = empty_judgement(stop - start, fit.n_draws, rules)
        fit.judge(start, stop, rules, into, 0)
        into.forget(np.flatnonzero(into.whole & ~fitted[start:stop]))
        level, end = into.features[start_at], into.features[end_at]
        return _Counts(
            into.whole,
            into.counts[0],
            (end <= -improvement).sum(axis=1),
            (level > scale.high - worsening).sum(axis=1),
            (level < scale.low + improvement).sum(axis=1),
        )

    return _joined(_each(work, range(0, max(n, 1), PATIENTS_AT_A_TIME), fit.workers))


def _each(work: Any, starts: Sequence[int], workers: int) -> list[_Counts]:
    if workers == 1 or len(starts) == 1:
        return list(map(work, starts))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(work, starts))


def _joined(parts: list[_Counts]) -> _Counts:
    return _Counts(*(np.concatenate(part) for part in zip(*parts, strict=True)))
