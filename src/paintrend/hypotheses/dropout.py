"""Drop-out: who stays, what those who leave rated before, and how much worse they would have to
have become to change a conclusion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.pooling.least_squares import robust_regression
from paintrend.pooling.means import group_labels, group_order
from paintrend.pooling.options import check_options, number_list
from paintrend.pooling.plausible import draw_plausible
from paintrend.pooling.rules import combine_estimates
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit

__all__ = ["retention_by_course", "tipping_point"]

POINTS = 13


def retention_by_course(
    fit: Fit, *, m: int = 50, criteria: Criteria | None = None, seed: int | None = None
) -> pd.DataFrame:
    """Give the share of patients still rated on each day, by course, and what leavers rated last.

    Courses are plausible ones, so a patient counts in each as often as the curves say. What lies
    after the last rating is predicted as if those who left resembled those who stayed.

    Parameters
    ----------
    fit : Fit
    m, criteria, seed
        As in `paintrend.draw_plausible`.

    Returns
    -------
    DataFrame
        ``course``, ``day``, ``retained`` (share with a rating on that day or later), ``n``
        (expected patients of the course), ``last_of_leavers`` and ``same_time_of_stayers``: mean
        of the last ratings of those who leave in the interval up to this day, and the mean of all
        ratings of the others in it, in the scale's own values; NaN where there are none; in every
        row ``n_ratings`` that were fitted and ``n_missing``.

    Raises
    ------
    InputError
        If `fit` is no fit of all ratings, or an option cannot be used.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.retention_by_course(fit, m=4)
    >>> float(found["retained"].max())
    1.0
    """
    check_options("retention_by_course", m=m, seed=seed, criteria=criteria)
    values = draw_plausible(fit, m=m, quantities=("course",), criteria=criteria, seed=seed)
    ids = values.tables[0]["patient_id"].astype(str)
    share = np.stack([(pd.concat([t["course"] for t in values], axis=1) == c).mean(axis=1)
                      for c in COURSES])  # fmt: skip
    last = fit.info["last_day"].set_axis(fit.info.index.astype(str)).reindex(ids).to_numpy(float)
    ratings = fit.diary.ratings
    ratings = ratings[ratings["day"] <= fit.horizon].sort_values("day", kind="stable")
    final_rating = ratings.groupby("patient_id")["pain"].last()
    final_rating = final_rating.set_axis(final_rating.index.astype(str))
    final = final_rating.reindex(ids).to_numpy(float)
    days = np.linspace(0.0, fit.horizon, POINTS)
    rows = []
    for k, day in enumerate(days):
        inside = ratings[
            (ratings["day"] <= day) & (ratings["day"] > (days[k - 1] if k else -np.inf))
        ]
        mean = inside.groupby("patient_id")["pain"].mean()
        mean = mean.set_axis(mean.index.astype(str)).reindex(ids).to_numpy(float)
        left = last <= day if k < POINTS - 1 else np.zeros(len(last), dtype=bool)
        leaves = left & np.isfinite(final) & (last > (days[k - 1] if k else -np.inf))
        stays = ~left & np.isfinite(mean)
        for c, course in enumerate(COURSES):
            weight = share[c]
            if weight.sum() == 0.0:
                continue
            rows.append(
                {
                    "course": course, "day": day,
                    "retained": float(weight[last >= day].sum() / weight.sum()),
                    "n": float(weight.sum()),
                    "last_of_leavers": _mean(final, weight * leaves),
                    "same_time_of_stayers": _mean(mean, weight * stays),
                }
            )  # fmt: skip
    return pd.DataFrame(rows).assign(n_ratings=values.n_ratings, n_missing=values.n_missing)


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    known = weight > 0
    return float(np.average(values[known], weights=weight[known])) if known.any() else np.nan


def tipping_point(
    fit: Fit,
    *,
    by: str,
    deltas: Sequence[float] | None = None,
    reference: str | None = None,
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Compare the change at the end between two groups, with leavers of one made worse by delta.

    The curves of those who left early (last rating before the last `sustained_days`) are predicted
    as if they resembled those who stayed. Delta says how much worse the leavers of the group that
    is compared with the reference really became; where the conclusion changes is the tipping point.

    Parameters
    ----------
    fit : Fit
    by : str
        Column with two groups.
    deltas : sequence of float, optional
        Scale units, worse is positive; 0 to four times `worsening` in nine steps if not given.
    reference : str, optional
        The first by name if not given.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row per delta: ``delta``, ``lost`` (leavers of the group), ``difference`` in the change
        at the end adjusted for the start (worse is positive), ``low``, ``high``, ``p_value``,
        ``missing_information``; in every row ``group`` and ``reference``, ``left_before`` (day
        before which leavers were rated last), ``n_patients`` compared, and of all patients
        ``n_ratings`` fitted and ``n_missing``.

    Raises
    ------
    InputError
        If `by` has not two groups of two patients or more, `reference` is none of them, a column
        is missing, or an option cannot be used.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.tipping_point(fit, by="arm", deltas=(0, 2), m=4)
    >>> bool(found["difference"].diff().iloc[1] > 0)
    True
    """
    check_options(
        "tipping_point", m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by
    )
    tried = [] if deltas is None else number_list("tipping_point", "deltas", deltas)
    values = draw_plausible(
        fit,
        m=m,
        quantities=("baseline", "end_change"),
        variables=(by,),
        outside=outside,
        criteria=criteria,
        seed=seed,
        progress=progress,
    )
    first = values.tables[0]
    groups = group_order("tipping_point", first, by, reference)
    if len(groups) != 2:
        raise InputError(
            f"tipping_point: {by!r} must have two groups, got {', '.join(groups[:6])}."
        )
    group = group_labels(first[by])
    known = first[by].notna().to_numpy()
    own = group[known] != groups[0]
    last = fit.info["last_day"].reindex(first["patient_id"]).to_numpy(float)[known]
    left_before = fit.horizon - values.criteria.required("sustained_days")
    lost = own & (last < left_before)
    if not tried:
        tried = np.linspace(0.0, 4.0 * values.criteria.required("worsening"), 9).tolist()
    rows = []
    for delta in tried:
        pairs = np.array(
            [
                _difference(t[known], own, t["end_change"].to_numpy(float)[known] + delta * lost)
                for t in values
            ]
        )
        pooled = combine_estimates(
            ["difference"],
            pairs[:, :1],
            pairs[:, 1:],
            np.array([float(len(own) - 3)]),
            level,
            values.widening,
        ).iloc[0]
        rows.append(
            {"delta": delta, "lost": int(lost.sum()), "difference": pooled["estimate"],
             **pooled[["low", "high", "p_value", "missing_information"]].to_dict()}
        )  # fmt: skip
    return pd.DataFrame(rows).assign(
        group=groups[1], reference=groups[0], left_before=left_before, n_patients=len(own),
        n_ratings=values.n_ratings, n_missing=values.n_missing,
    )  # fmt: skip


def _difference(table: pd.DataFrame, own: np.ndarray, change: np.ndarray) -> tuple[float, float]:
    """Difference adjusted for the start, and its robust standard error (HC3)."""
    x = np.column_stack([np.ones(len(own)), own, table["baseline"].to_numpy(float)])
    beta, cover = robust_regression(x, change)
    return float(beta[1]), float(np.sqrt(cover[1, 1]))
