"""Time to an event of the curve, through lifelines, pooled over plausible values."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.hypotheses.event_shares import (
    greenwood,
    known_times,
    pooled_shares,
    variance_of_mean,
)
from paintrend.pooling.extras import import_extra
from paintrend.pooling.links import read_variable
from paintrend.pooling.means import group_labels, group_order, welch_df
from paintrend.pooling.options import check_options, name_list
from paintrend.pooling.plausible import draw_plausible
from paintrend.pooling.rules import combine_estimates
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.event_times import MODES, EventTimes
from paintrend.results.fit import Fit
from paintrend.wording import time_unit

__all__ = ["time_to"]

Array = NDArray[np.float64]
EVENT_OF = {"better_day": "first_better", "worse_day": "first_worse"}
TIME, SEEN = "day of the event or of the end", "has had the event"
"""Columns of the tables that lifelines gets: names that no column of a study has."""
POINTS = 85
"""Days at which shares are given."""


def time_to(
    fit: Fit,
    event: str = "better_day",
    *,
    by: str | None = None,
    reference: str | None = None,
    adjust: Sequence[str] = (),
    mode: str = "curves",
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> EventTimes:
    """Give the time to the first day that starts a lasting change, by group.

    The event is the first day that starts `sustained_days` of the criteria at or below the start
    less `improvement` (``better_day``), or at or above it plus `worsening` (``worse_day``).

    Parameters
    ----------
    fit : Fit
    event : str
        ``better_day`` or ``worse_day``.
    by : str, optional
        Column of the groups.
    reference : str, optional
        The group that others are compared with; the first by name if not given.
    adjust : sequence of str
        Further columns of the Cox model.
    mode : str
        ``"curves"``: on plausible curves up to the horizon, so that nobody is lost and what lies
        after the last rating is predicted. ``"observed"``: follow-up ends `sustained_days` before a
        patient's last rating; later events are not looked at. One or the other, never both.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals.

    Returns
    -------
    EventTimes
        Kaplan-Meier shares, restricted means, log hazard ratios.

    Raises
    ------
    MissingExtraError
        If lifelines is not installed.
    InputError
        If event, mode or a column is unknown, or if no patient is followed long enough.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.time_to(fit, "better_day", by="arm", m=4)
    >>> found.means["group"].tolist(), found.until
    (['a', 'b', 'b - a'], 63.0)
    """
    lifelines = import_extra("lifelines")
    adjust = name_list(adjust)
    check_options(
        "time_to", m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by,
        adjust=adjust,
    )  # fmt: skip
    for what, value, expected in (("event", event, EVENT_OF), ("mode", mode, MODES)):
        if not (isinstance(value, str) and value in expected):
            raise InputError(
                f"time_to: {what} must be one of {', '.join(expected)}, got {value!r}."
            )
    values = draw_plausible(
        fit,
        m=m,
        quantities=(EVENT_OF[event],),
        variables=(*((by,) if by else ()), *adjust),
        outside=outside,
        criteria=criteria,
        seed=seed,
        progress=progress,
    )
    sustained = values.criteria.required("sustained_days")
    until = fit.horizon - sustained
    limit = np.full(values.n_patients, until)
    if mode == "observed":
        last = fit.info["last_day"].reindex(values.tables[0]["patient_id"])
        limit = np.minimum(last.to_numpy(dtype=float) - sustained, until)
    if not (limit > 0).any():
        raise InputError(
            "time_to: no patient is followed for more than "
            f"{time_unit(fit.horizon).span(sustained)}, which is how long the change must hold: "
            "give criteria with fewer sustained_days."
        )
    groups = group_order("time_to", values.tables[0], by, reference)
    at_risk = limit > 0
    tables = [_times(table, EVENT_OF[event], limit)[at_risk] for table in values]
    no_hazards = ""
    with warnings.catch_warnings():
        # of lifelines about pandas
        warnings.simplefilter("ignore")
        shares, means = _by_group(lifelines, tables, by, groups, until, level, values.widening)
        hazards = means[:0].drop(columns="group")
        if by or adjust:
            # where it has no estimate, shares and restricted means still have theirs
            found = _hazards(lifelines, tables, by, groups, adjust, level, values.widening)
            hazards, no_hazards = (hazards, found) if isinstance(found, str) else (found, "")
    return EventTimes(
        event, mode, by or "", shares, means, hazards, until, int((~at_risk).sum()), values, level,
        no_hazards,
    )  # fmt: skip


def _times(table: pd.DataFrame, quantity: str, limit: Array) -> pd.DataFrame:
    """Variables, time, and whether it is that of the event."""
    day = table[quantity].to_numpy(dtype=float)
    seen = np.isfinite(day) & (day <= limit)
    return table.assign(**{TIME: np.where(seen, day, limit), SEEN: seen})


def _by_group(
    lifelines: Any,
    tables: list[pd.DataFrame],
    by: str | None,
    groups: list[str],
    until: float,
    level: float,
    widening: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    restricted = import_extra("lifelines.utils").restricted_mean_survival_time
    day = np.linspace(0.0, until, POINTS)
    shares, mean, variance, freedom = [], [], [], []
    for group in groups:
        left, spread, own_mean, own_variance, at_risk, known = [], [], [], [], [], []
        for table in tables:
            own = table if by is None else table[group_labels(table[by]) == group]
            if len(own) < 2:
                raise InputError(
                    f"time_to: group {group!r} has fewer than 2 patients who are followed long "
                    "enough: join groups, or look at whole curves with mode='curves'."
                )
            curve = lifelines.KaplanMeierFitter().fit(own[TIME], own[SEEN])
            alive = curve.survival_function_at_times(day).to_numpy()
            left.append(alive)
            spread.append(alive**2 * greenwood(curve, day))
            at_risk.append((own[TIME].to_numpy()[:, None] >= day).sum(axis=0))
            own_mean.append(float(restricted(curve, t=until)))
            own_variance.append(variance_of_mean(curve, until))
            known.append(known_times(curve, until))
        pooled = pooled_shares(
            group, day, np.array(left), np.array(spread), len(own), level, widening
        )
        shares.append(pooled.assign(at_risk=np.mean(at_risk, axis=0)))
        mean.append(own_mean)
        variance.append(own_variance)
        freedom.append(float(np.mean(known)) - 1.0)
    terms, estimates, errors = list(groups), list(mean), list(np.sqrt(variance))
    for g in range(1, len(groups)):
        terms.append(f"{groups[g]} - {groups[0]}")
        estimates.append(list(np.subtract(mean[g], mean[0])))
        errors.append(np.sqrt(np.add(variance[g], variance[0])))
        own, first = (float(np.mean(variance[i])) for i in (g, 0))
        freedom.append(welch_df(own, freedom[g], first, freedom[0]))
    means = combine_estimates(
        terms,
        np.array(estimates).T,
        np.array(errors).T,
        np.array(freedom),
        level,
        widening,
    )
    # no mean of days up to `until` lies beyond it, whatever an interval of so few says
    furthest = np.where(np.arange(len(terms)) < len(groups), 0.0, -until)
    for end in ("low", "high"):
        means[end] = np.clip(means[end], furthest, until)
    return pd.concat(shares, ignore_index=True), means.rename_axis("group").reset_index()


def _hazards(
    lifelines: Any,
    tables: list[pd.DataFrame],
    by: str | None,
    groups: list[str],
    adjust: tuple[str, ...],
    level: float,
    widening: float,
) -> pd.DataFrame | str:
    """Log hazard ratios of a Cox model, pooled; or why there are none."""
    names = [*((by,) if by else ()), *adjust]
    estimates, errors, terms = [], [], []
    for table in tables:
        known = table[[*names, TIME, SEEN]].dropna()
        x = pd.concat(
            [_dummies(known[name], name, groups[:1] if name == by else []) for name in names],
            axis=1,
        )
        if np.linalg.matrix_rank(x - x.mean()) < x.shape[1]:
            return (
                "groups and covariates are combinations of each other (a value that only one group "
                "has, or two columns that say the same), or one is the same for all"
            )
        # times of 0 are events on day 0, which a Cox model cannot place
        own = x.assign(**{TIME: np.maximum(known[TIME], 1e-6), SEEN: known[SEEN]})
        try:
            found = lifelines.CoxPHFitter().fit(own, TIME, SEEN)
        except (lifelines.exceptions.ConvergenceError, ValueError, np.linalg.LinAlgError):
            return (
                "the Cox model has no finite estimate in some draws, as where a group or a value "
                "of a covariate goes with no event; join groups, or leave the covariate out"
            )
        terms = list(map(str, found.params_.index))
        estimates.append(found.params_.to_numpy())
        errors.append(found.standard_errors_.to_numpy())
    return combine_estimates(
        terms,
        np.array(estimates),
        np.array(errors),
        np.full(len(terms), np.inf),
        level,
        widening,
    )


def _dummies(values: pd.Series, name: str, first: list[str]) -> pd.DataFrame:
    """A number as it is; a choice against the first of its values, or the one that is named."""
    if not first and not read_variable(name, values).levels:
        return values.to_frame(name).astype(float)
    text = group_labels(values)
    others = [x for x in sorted(set(text)) if x not in first][0 if first else 1 :]
    return pd.DataFrame(
        {f"{name}[{x}]": (text == x).astype(float) for x in others}, index=values.index
    )
