"""The next informative visit of each patient, from their latest look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.monitoring.coming import THREE, draw_ends, simulate_visits
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit

__all__ = ["COMING_COLUMNS", "LIKELY", "coming_days", "next_visits", "plan_visits", "spread_visits"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
LIKELY = 0.5
"""Share of futures from which a visit is called informative."""
WHOLE_DAYS_FROM = 14.0
"""Horizon in days from which visits are taken to be whole days apart."""
MOST_VISITS = 12
"""Coming visits that are looked at."""
MOST_RATED = 90
"""Coming visits with a simulated rating: daily ones of three months."""
COMING_COLUMNS = (
    "patient_id", "day", "visit", "p_named", "p_settled", "certainty",
    "p_named_three", "p_settled_three", "certainty_three",
)  # fmt: skip


def coming_days(
    day: float, rated: Array, horizon: float, gap: float, schedule: Sequence[float] | None
) -> Array:
    """Days of the coming visits up to the horizon: those planned, or at the patient's own pace.

    Parameters
    ----------
    day : float
        Day of the look.
    rated : array
        Days of the ratings up to then.
    gap : float
        Days between visits where the patient's own pace is not known yet.
    schedule : sequence of float, optional
        Planned days.
    """
    if schedule is not None:
        planned = np.asarray(schedule, dtype=float)
        return planned[(planned > day) & (planned <= horizon)]
    own = np.diff(np.unique(rated[rated >= 0.0]))
    pace = float(np.median(own)) if own.size >= 2 else gap
    if horizon > WHOLE_DAYS_FROM:
        pace = max(1.0, float(np.round(pace)))
    last = max(float(rated.max(initial=0.0)), 0.0)
    first = int(np.floor((day - last) / pace + 1e-9)) + 1
    final = int(np.floor((horizon - last) / pace + 1e-9))
    return np.asarray(last + pace * np.arange(first, final + 1))


def spread_visits(n: int, most: int) -> Index:
    """Places of the visits that are kept of ``n``: the next ones, and others evenly to the last.

    Examples
    --------
    >>> spread_visits(5, 12).tolist()
    [0, 1, 2, 3, 4]
    >>> spread_visits(74, 12).tolist()
    [0, 1, 2, 3, 4, 5, 16, 28, 39, 50, 62, 73]
    """
    if n <= most:
        return np.arange(n)
    near = most // 2
    later = np.linspace(near - 1, n - 1, most - near + 1)[1:]
    return np.r_[np.arange(near), np.round(later).astype(np.int64)]


def plan_visits(
    fit: Fit,
    looks: pd.DataFrame,
    criteria: Criteria,
    schedule: Sequence[float] | None,
) -> pd.DataFrame:
    """Simulate the coming visits of looks.

    Parameters
    ----------
    fit : Fit
        A fit of these looks (`paintrend.monitoring.looks.fit_looks`).
    looks : DataFrame
        ``patient_id``, ``day`` and ``outlook`` of each.

    Returns
    -------
    DataFrame
        One row per look and coming visit, `COMING_COLUMNS`: the share of futures in which the
        ratings up to that visit name an outlook, or settle it (probability of at least
        ``criteria.certainty``); the mean probability of the likeliest outlook; and the same with
        three ratings at each visit, a day apart. Of more than `MOST_VISITS` the next ones have a
        row, and others spread evenly up to the last; those between are rated too.
    """
    certainty = criteria.required("certainty")
    rated = fit.diary.ratings.groupby("patient_id")["day"]
    days = {str(name): group.to_numpy(dtype=float) for name, group in rated}

    def plan(look: tuple[int, str, float, str]) -> pd.DataFrame | None:
        own, name, day, outlook = str(look[0]), *look[1:]
        if own not in fit.inference.position or outlook in ("no_start", "poor_fit"):
            return None
        visits = coming_days(day, days[own], fit.horizon, fit.population.gap, schedule)
        if visits.size == 0:
            return None
        visits = visits[spread_visits(visits.size, MOST_RATED)]
        at = spread_visits(visits.size, MOST_VISITS)
        ends = draw_ends(fit, own, criteria)
        one, three = (
            simulate_visits(fit, own, name, visits, ends, certainty, ratings=n, at=at, after=day)
            for n in (1, THREE)
        )
        columns = (
            name, day, one.day, one.named, one.settled, one.certainty,
            three.named, three.settled, three.certainty,
        )  # fmt: skip
        return pd.DataFrame(dict(zip(COMING_COLUMNS, columns, strict=True)))

    every = [
        (i, str(name), float(day), str(outlook))
        for i, (name, day, outlook) in enumerate(
            zip(looks["patient_id"], looks["day"], looks["outlook"], strict=True)
        )
    ]
    with ThreadPoolExecutor(max_workers=max(1, fit.workers)) as pool:
        parts = [part for part in pool.map(plan, every) if part is not None]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=float) for name in COMING_COLUMNS})
    return pd.concat(parts, ignore_index=True)


def next_visits(
    looks: pd.DataFrame, coming: pd.DataFrame, certainty: float
) -> Mapping[str, NDArray[np.object_]]:
    """Give ``plan`` ("visit", "none", or "" where there is nothing to find out) and ``next_visit``
    (day or NaN) of each look.

    The next informative visit of a patient of whom nothing can be told yet is the first at which
    an outlook can be named in half of the futures or more; of one whose outlook is named, the
    first at which it is settled in half of them.
    """
    plan, visit = np.full(len(looks), "", dtype=object), np.full(len(looks), np.nan)
    by_look = dict(iter(coming.groupby(["patient_id", "day"], sort=False)))
    columns = ("patient_id", "day", "outlook", "p_outlook")
    for i, (name, day, outlook, share) in enumerate(zip(*(looks[c] for c in columns), strict=True)):
        rows = by_look.get((name, day))
        if rows is None or (outlook != "cannot_tell" and share >= certainty):
            continue
        column = "p_named" if outlook == "cannot_tell" else "p_settled"
        informative = rows["visit"].to_numpy()[rows[column].to_numpy() >= LIKELY]
        plan[i] = "visit" if informative.size else "none"
        visit[i] = informative[0] if informative.size else np.nan
    return {"plan": plan, "next_visit": visit}
