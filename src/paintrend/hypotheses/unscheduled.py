"""Unscheduled ratings: found, counted, and left out to see what changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from paintrend.core.course_rules import COURSES
from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.fitting import refit
from paintrend.hypotheses.schedules import Schedule, find_schedule, match_visits
from paintrend.hypotheses.specifications import read_numbers
from paintrend.pooling.curves import refuse_named_courses
from paintrend.pooling.means import group_labels, group_order
from paintrend.pooling.options import check_options, number_list
from paintrend.pooling.plausible import variable_table
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import usable_ratings
from paintrend.results.unscheduled import UnscheduledRatings

__all__ = ["drop_unscheduled", "flag_unscheduled"]

MISSING = "(no group)"


def flag_unscheduled(
    fit: Fit,
    *,
    schedule: Sequence[float] | None = None,
    tolerance: float | None = None,
    by: str | None = None,
    criteria: Criteria | None = None,
) -> UnscheduledRatings:
    """Find ratings off the visit schedule, count them, and say how much worse they are.

    People rate when they do badly: ratings between visits can lie above the curve and pull it up.

    Parameters
    ----------
    fit : Fit
    schedule : sequence of float, optional
        Planned days; read off the ratings if not given, which the result says.
    tolerance : float, optional
        Days by which a rating may miss its visit; a quarter of a short gap if not given.
    by : str, optional
        Column of the groups.
    criteria : Criteria, optional
        Thresholds of the courses; the scale's own by default.

    Returns
    -------
    UnscheduledRatings

    Raises
    ------
    InputError
        If no schedule can be seen, or a number or column cannot be used.

    References
    ----------
    Pullenayegum & Lim 2016, doi:10.1177/0962280214536537 (visits that depend on the outcome).

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(20, seed=1)
    >>> more = pd.DataFrame({"patient_id": ["P001"], "day": [17], "pain": [9]})
    >>> both = pd.concat([cohort.ratings[["patient_id", "day", "pain"]], more])
    >>> fit = pt.fit_curves(pt.read_diary(both, scale="nrs"), horizon=84)
    >>> found = pt.flag_unscheduled(fit, schedule=[*range(-14, 85, 7)], tolerance=2)
    >>> found.table()[["patient_id", "day"]].values.tolist()
    [['P001', 17.0]]
    """
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    check_options("flag_unscheduled", criteria=criteria, by=by)
    used, _ = usable_ratings(fit.diary, fit.horizon)
    ratings = used[["patient_id", "day", "pain"]].sort_values(
        ["patient_id", "day", "pain"], kind="stable"
    )
    ratings = ratings.reset_index(drop=True)
    plan, visit = _visits(ratings, schedule, tolerance, "flag_unscheduled")
    off = _off_curve(fit, ratings)
    planned = np.where(visit >= 0, plan.days[np.maximum(visit, 0)], np.nan)
    ratings = ratings.assign(visit=planned, unscheduled=visit < 0, off_curve=off)
    counts = _counts(fit, ratings, by, criteria)
    return UnscheduledRatings(ratings, counts, _excess(ratings), plan.text, by or "", fit.scale)


def drop_unscheduled(
    fit: Fit,
    analysis: Callable[..., Any],
    *,
    schedule: Sequence[float] | None = None,
    tolerance: float | None = None,
    term: str | None = None,
    criteria: Criteria | None = None,
) -> pd.DataFrame:
    """Run an analysis with all ratings, and again without the unscheduled ones.

    Without them the population is learned again, unless it came from other patients.

    Parameters
    ----------
    fit : Fit
    analysis : callable
        Called as ``analysis(fit, criteria=...)``; gives what `paintrend.multiverse` takes.
    schedule, tolerance
        As in `paintrend.flag_unscheduled`.
    term : str, optional
        Which term of a pooled analysis; may be left out where it has one.
    criteria : Criteria, optional

    Returns
    -------
    DataFrame
        Rows ``all`` and ``scheduled``: ``ratings``, ``n_ratings``, ``estimate``, ``low``, ``high``,
        ``p_value``. The planned days are in ``.attrs["schedule"]``.

    Raises
    ------
    InputError
        If no schedule can be seen, no rating is off schedule, or the analysis gives something else.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(20, seed=1)
    >>> more = pd.DataFrame({"patient_id": ["P001"], "day": [17], "pain": [9]})
    >>> both = pd.concat([cohort.ratings[["patient_id", "day", "pain"]], more])
    >>> fit = pt.fit_curves(pt.read_diary(both, scale="nrs"), horizon=84)
    >>> def end(fit, criteria):
    ...     mean = lambda table: (table["end_level"].mean(), table["end_level"].sem())
    ...     return pt.pool_draws(fit, mean, m=4, quantities=("end_level",), criteria=criteria)
    >>> plan = [*range(-14, 85, 7)]
    >>> pt.drop_unscheduled(fit, end, schedule=plan, tolerance=2)["ratings"].tolist()
    ['all', 'scheduled']
    """
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    used, _ = usable_ratings(fit.diary, fit.horizon)
    plan, visit = _visits(used, schedule, tolerance, "drop_unscheduled")
    gone = used.index[visit < 0]
    if not len(gone):
        raise InputError(f"drop_unscheduled: no rating is off schedule; {plan.text}.")
    diary = replace(fit.diary, ratings=fit.diary.ratings.drop(index=gone).reset_index(drop=True))
    caller = "drop_unscheduled"
    rows = [
        {
            "ratings": name, "n_ratings": n,
            **read_numbers(analysis(own, criteria=criteria), term, caller),
        }
        for name, n, own in (
            ("all", len(used), fit), ("scheduled", len(used) - len(gone), refit(fit, diary)),
        )
    ]  # fmt: skip
    found = pd.DataFrame(rows)
    found.attrs["schedule"] = plan.text
    return found


def _visits(
    ratings: pd.DataFrame, schedule: Sequence[float] | None, tolerance: float | None, caller: str
) -> tuple[Schedule, NDArray[np.int64]]:
    """The schedule, and the visit of each rating, -1 for none."""
    rows = ratings.reset_index(drop=True).groupby("patient_id", sort=True).indices
    day = ratings["day"].to_numpy(dtype=float)
    own = [day[at] for at in rows.values()]
    if schedule is not None:
        schedule = number_list(caller, "schedule", schedule)
    plan = find_schedule(own, schedule=schedule, tolerance=tolerance, caller=caller)
    visit = np.full(len(ratings), -1, dtype=np.int64)
    for at, days in zip(rows.values(), own, strict=True):
        visit[at] = match_visits(days, plan)
    return plan, visit


def _off_curve(fit: Fit, ratings: pd.DataFrame) -> NDArray[np.float64]:
    """Each rating less the median of its patient's curves that day, oriented; NaN before day 0."""
    off = np.full(len(ratings), np.nan)
    rows = ratings.groupby("patient_id", sort=True).indices
    ids = list(fit.patient_ids)
    for block in fit.draw_blocks():
        middle = np.median(block.curves, axis=1)
        for k, name in enumerate(ids[block.start : block.stop]):
            at = rows.get(name)
            if at is None:
                continue
            day = ratings["day"].to_numpy(dtype=float)[at]
            own = np.asarray(fit.scale.orient(ratings["pain"].to_numpy(dtype=float)[at]))
            level = np.interp(day, fit.grid, middle[k])
            off[at] = np.where(day >= 0.0, own - level, np.nan)
    return off


def _counts(
    fit: Fit, ratings: pd.DataFrame, by: str | None, criteria: Criteria | None
) -> pd.DataFrame:
    """Expected ratings of each course, and how many of them are unscheduled."""
    courses = classify(fit, criteria).table().set_index("patient_id")
    share = courses[[f"p_{c}" for c in COURSES]].reindex(ratings["patient_id"]).fillna(0.0)
    flag = ratings["unscheduled"].to_numpy(dtype=float)
    group = np.full(len(ratings), "all", dtype=object)
    if by is not None:
        table = variable_table(fit.diary, (by,), None)
        order = group_order("flag_unscheduled", table, by)
        at = table.index.get_indexer(pd.Index(ratings["patient_id"].astype(str)))
        # without a group: a row of its own, so that every rating is in the table
        group = np.array([x or MISSING for x in group_labels(table[by])], dtype=object)[at]
        order += [MISSING] * bool((group == MISSING).any())
    else:
        order = ["all"]
    rows = []
    for name in order:
        inside = group == name
        for course in COURSES:
            weight = share[f"p_{course}"].to_numpy() * inside
            n, off = float(weight.sum()), float(weight @ flag)
            rows.append((name, course, n, off, off / n if n > 0.0 else np.nan))
    return pd.DataFrame(rows, columns=["group", "course", "ratings", "unscheduled", "share"])


def _excess(ratings: pd.DataFrame) -> pd.DataFrame:
    """Mean distance from the curve of both kinds, and the difference with patients as clusters."""
    own = ratings[ratings["off_curve"].notna()]
    off, flag = own["off_curve"].to_numpy(), own["unscheduled"].to_numpy(dtype=bool)
    rows = [
        (name, int(part.size), float(part.mean()) if part.size else np.nan, np.nan, np.nan)
        for name, part in (("scheduled", off[~flag]), ("unscheduled", off[flag]))
    ]
    difference, half = np.nan, np.nan
    if flag.any() and not flag.all():
        difference = rows[1][2] - rows[0][2]
        # each rating's pull on the difference, added up within patients
        pull = np.where(flag, (off - rows[1][2]) / flag.sum(), -(off - rows[0][2]) / (~flag).sum())
        by_patient = pd.Series(pull).groupby(own["patient_id"].to_numpy()).sum().to_numpy()
        g = len(by_patient)
        if g > 1:
            error = np.sqrt(g / (g - 1.0) * (by_patient**2).sum())
            half = float(stats.t.ppf(0.95, g - 1) * error)
    rows.append(("difference", int(flag.size), difference, difference - half, difference + half))
    return pd.DataFrame(rows, columns=["ratings", "n", "off_curve", "low", "high"])
