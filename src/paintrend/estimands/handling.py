"""Run an analysis with intercurrent events handled by named strategies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.estimands.intercurrent import (
    STRATEGIES,
    Intercurrent,
    check_unfavourable,
    read_intercurrent,
)
from paintrend.estimands.until import NOT_UNTIL, judge_until
from paintrend.fitting import refit
from paintrend.pooling.analysis import pool_values
from paintrend.pooling.curves import CurvePool, gather_curves, refuse_named_courses
from paintrend.pooling.formulas import read_formula
from paintrend.pooling.judged import check_quantities
from paintrend.pooling.means import group_order, known_in, mean_df, means_by, refuse_gaps
from paintrend.pooling.options import check_options, name_list
from paintrend.pooling.plausible import QUANTITIES_BY_DEFAULT, draw_from_pool
from paintrend.pooling.regression import regress_values
from paintrend.pooling.variables import column_names, variable_table
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.estimand import Estimand
from paintrend.results.events import Events
from paintrend.results.fit import Fit

__all__ = ["STRATEGIES", "handle_events"]


def handle_events(
    fit: Fit,
    analysis: str | Callable[[pd.DataFrame], Any] = "end_better",
    *,
    events: Events,
    strategies: Mapping[str, str],
    unfavourable: Mapping[str, object] | None = None,
    by: str | None = None,
    reference: str | None = None,
    m: int = 50,
    quantities: Sequence[str] | None = None,
    variables: Sequence[str] = (),
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> Estimand:
    """Run an analysis with rescue medication, surgery, stopping ... handled by named strategies.

    - ``treatment_policy``: ratings after the event are used as if it had not happened.
    - ``while_on_treatment``: with e the day of the patient's first such event, ratings after day e
      are not used (those of day e are), the population is learned again without them, and every
      quantity is read off the curve on [0, e] as if e were the horizon: same thresholds, same days
      for what lasts and is sustained. The level at the end is that of the last `lasting_days`
      before e. A patient without an event has e = horizon. Quantities that count days are refused.
    - ``composite``: a patient with the event up to the horizon (and up to e, if another event ended
      the time on treatment) has the outcome `unfavourable`, whatever the curve; this is known, so
      it is the same in every draw.

    All else is as in `paintrend.pool_draws`: courses are drawn, populations learned again, and what
    the analysis reads (the handled quantity) is what the variables depend on.

    Parameters
    ----------
    fit : Fit
    analysis : str or callable
        A quantity (its mean by group, and differences), a formula as in `paintrend.regress`, or a
        function of a table as in `paintrend.pool_draws`.
    events : Events
        From `paintrend.read_events`. Patients without a row are taken as without an event.
    strategies : mapping of str to str
        Kind of event -> strategy, for every kind in the table.
    unfavourable : mapping, optional
        Quantity -> the outcome that a composite event counts as: ``{"end_better": 0}``,
        ``{"course": "sustained_deterioration"}``, ``{"end_level": 10}``.
    by : str, optional
        Column of the groups, for a quantity.
    reference : str, optional
        The group that others are compared with; the first by name if not given.
    quantities, variables
        For a function: as in `paintrend.pool_draws`.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals.

    Returns
    -------
    Estimand

    Raises
    ------
    InputError
        Listing all at once: unknown kinds and strategies, kinds without a strategy, patients who
        are not in the fit, events up to day 0, an unfavourable outcome that is missing.

    References
    ----------
    ICH E9(R1) 2019, Addendum on estimands and sensitivity analysis in clinical trials,
    section A.3.2.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> diary = pt.read_diary(cohort.ratings, scale="nrs")
    >>> fit = pt.fit_curves(diary, horizon=84)
    >>> rows = pd.DataFrame({"patient_id": ["P001", "P004"], "day": [30, 50], "event": "surgery"})
    >>> found = pt.handle_events(
    ...     fit, "end_better", by="arm", events=pt.read_events(rows, diary),
    ...     strategies={"surgery": "composite"}, unfavourable={"end_better": 0}, m=4,
    ... )
    >>> found.table().index.tolist()
    ['a', 'b', 'b - a']
    >>> found.handled["counts"].tolist()
    ['unfavourable outcome', 'unfavourable outcome']
    """
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    check_options(
        "handle_events", m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by
    )
    asked = _asked(fit, analysis, by, quantities, variables, outside)
    found = read_intercurrent(fit, events, strategies)
    composite = "composite" in strategies.values()
    fixed = check_unfavourable(unfavourable or {}, asked.quantities, composite, fit.scale)
    days = [name for name in asked.quantities if name in NOT_UNTIL]
    if days and "while_on_treatment" in strategies.values():
        raise InputError(
            f"handle_events: {', '.join(days)} counts days, which an event cuts short: a group "
            "with more events would look different whatever its pain does. While on treatment, use "
            "a level, a change or a course; for days, time_to."
        )
    pool, not_used = _handled_pool(fit, found, fixed, criteria, seed)
    table = variable_table(fit.diary, asked.variables, outside, pool.ids)
    values = draw_from_pool(
        pool, asked.quantities, table, m=m, interactions=asked.interactions, seed=seed,
        progress=progress,
    )  # fmt: skip
    if callable(analysis):
        name = getattr(analysis, "__name__", "analysis")
        known = column_names(fit.diary, outside)
        pooled = pool_values(values, analysis, name=name, level=level, known=known)
    elif "~" in analysis:
        pooled = regress_values(values, analysis, level=level)
    else:
        refuse_gaps("handle_events", values, asked.quantities)
        groups = group_order("handle_events", values.tables[0], by, reference)
        name = f"mean {analysis}" + (f" by {by}" if by else "")
        mean = means_by(analysis, by, groups)
        n = known_in(values, by)
        df = mean_df(values.tables, analysis, by, groups)
        pooled = pool_values(values, mean, name=name, df=df, level=level, n=n)
    return Estimand(pooled, found.handled, dict(strategies), dict(unfavourable or {}), not_used)


class _Asked(NamedTuple):
    quantities: tuple[str, ...]
    variables: tuple[str, ...]
    interactions: bool


def _asked(
    fit: Fit, analysis: Any, by: str | None, quantities: Sequence[str] | None,
    variables: Sequence[str], outside: pd.DataFrame | None,
) -> _Asked:  # fmt: skip
    """What the analysis reads of curves and columns."""
    variables = name_list(variables)
    if callable(analysis):
        if by is not None:
            raise InputError("handle_events: by= is for a quantity; name it in variables=.")
        wanted = QUANTITIES_BY_DEFAULT if quantities is None else quantities
        return _Asked(check_quantities("handle_events", wanted), variables, False)
    if not isinstance(analysis, str):
        raise InputError(
            "handle_events: analysis must be a quantity, a formula or a function of a table, got "
            f"{type(analysis).__name__}. Named courses cannot be analysed as if they were known."
        )
    if quantities is not None or variables:
        raise InputError("handle_events: quantities= and variables= are for a function.")
    if "~" in analysis:
        if by is not None:
            raise InputError(f"handle_events: by= is for a quantity; put {by!r} into the formula.")
        return _Asked(*read_formula(fit, analysis, outside))
    name = check_quantities("handle_events", analysis)
    if name == ("course",):
        raise InputError(
            "handle_events: a course has no mean: ask for dip, deterioration or end_better, or "
            "give a formula or a function."
        )
    return _Asked(name, (by,) if by else (), False)


def _handled_pool(
    fit: Fit, found: Intercurrent, fixed: Mapping[str, float], criteria: Criteria | None,
    seed: int | None,
) -> tuple[CurvePool, int]:  # fmt: skip
    """Curves as the strategies leave them, and how many ratings they do not use."""
    diary = fit.diary
    row = diary.patients.index.get_indexer(pd.Index(diary.ratings["patient_id"]))
    after = diary.ratings["day"].to_numpy(dtype=float) > found.until[row]
    after &= diary.ratings["day"].to_numpy(dtype=float) <= fit.horizon
    cut = np.isfinite(found.until).any()
    own = _without(fit, after) if after.any() else fit
    pool = gather_curves(own, criteria, seed=seed, keep=bool(cut))
    at = pd.Index([str(i) for i in diary.patients.index]).get_indexer(pd.Index(pool.ids))
    curves = pool.curves if cut else np.empty((len(at), 0, 0))
    handled = judge_until(pool.own, curves, found.until[at], fit.horizon, fixed, found.failed[at])
    return replace(pool, handled=handled), int(after.sum())


def _without(fit: Fit, rows: NDArray[np.bool_]) -> Fit:
    """The fit without these ratings; its population too, unless it came from other patients."""
    ratings = fit.diary.ratings[~rows].reset_index(drop=True)
    return refit(fit, replace(fit.diary, ratings=ratings))
