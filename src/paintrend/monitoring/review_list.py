"""The review list of patients who are followed: who needs a look first, and how each one stands."""

from __future__ import annotations

import pandas as pd

from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.fitting import fit_curves
from paintrend.monitoring.records import Monitor
from paintrend.results.belonging import check_kind
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.review import NO_IMPROVEMENT_BELOW, review_order

__all__ = ["fit_latest", "list_latest", "review_monitor"]

STATE_COLUMNS = ("state", "now", "outlook", "p_outlook", "p_end_better", "plan", "next_visit")


def fit_latest(monitor: Monitor) -> tuple[Fit, Courses]:
    """Fit and judge all patients with every rating they have given.

    Raises
    ------
    InputError
        If it is no monitor, or the cohort was cross-fitted: it has a population for each fold.
    """
    check_kind(monitor, Monitor, "a review list", "monitor(diary, population=...)")
    if monitor.cross_fitted:
        raise InputError(
            "a review list is of patients who are followed: monitor(..., population=...) with a "
            "population of others. This cohort was replayed and cross-fitted."
        )
    fit = fit_curves(
        monitor.diary,
        population=monitor.populations[0],
        seed=monitor.seed,
        draws=monitor.draws,
        workers=monitor.workers,
    )
    return fit, classify(fit, monitor.criteria)


def review_monitor(
    monitor: Monitor,
    *,
    review_day: float | None = None,
    no_improvement_below: float = NO_IMPROVEMENT_BELOW,
) -> pd.DataFrame:
    """List the patients who are followed, those who need a look first at the top.

    Parameters
    ----------
    monitor : Monitor
        From `paintrend.monitor` with a population of other patients; its symptoms, events
        and sessions are used.
    review_day, no_improvement_below
        As in `paintrend.review_order`.

    Returns
    -------
    DataFrame
        The columns of `paintrend.review_order`, and those of each patient's last look: ``state``
        (the sentence), ``now``, ``outlook``, ``p_outlook``, ``plan``, ``next_visit``.

    Raises
    ------
    InputError
        If the cohort was cross-fitted, or an option cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> others = pt.read_diary(pt.simulate_cohort(30, seed=3).ratings, scale="nrs")
    >>> population = pt.fit_curves(others, horizon=84).population
    >>> days = [-7, 0, 7, 14, 21]
    >>> ratings = pd.DataFrame({"patient_id": "N1", "day": days, "pain": [5, 5, 6, 8, 8]})
    >>> watched = pt.monitor(pt.read_diary(ratings, scale="nrs"), population=population)
    >>> pt.review_monitor(watched)[["patient_id", "group"]].to_numpy().tolist()
    [['N1', 'severe']]
    """
    return list_latest(
        monitor,
        *fit_latest(monitor),
        review_day=review_day,
        no_improvement_below=no_improvement_below,
    )


def list_latest(
    monitor: Monitor,
    fit: Fit,
    courses: Courses,
    *,
    review_day: float | None = None,
    no_improvement_below: float = NO_IMPROVEMENT_BELOW,
) -> pd.DataFrame:
    """Give `review_monitor` from what `fit_latest` gave."""
    listed = review_order(
        fit,
        courses,
        symptoms=monitor.symptoms,
        events=monitor.events,
        sessions=monitor.sessions,
        review_day=review_day,
        no_improvement_below=no_improvement_below,
    )
    last = monitor.latest().set_index("patient_id")
    added = [name for name in STATE_COLUMNS if name not in listed.columns]
    return listed.join(last[added], on="patient_id")
