"""Drop-out that depends on the curve: what changes if those who leave leave because of their pain.

The chance of leaving is tied to the level that was not rated any more (missing not at random): a
selection model, whose strength the ratings hardly tell and the reader chooses. Curves of a patient
who left are weighed by how probable they make it to have left when this patient did; curves of
those who stayed by how probable they make it to have stayed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from paintrend.errors import InputError
from paintrend.pooling.analysis import pool_values
from paintrend.pooling.curves import CurvePool, between_points, gather_curves
from paintrend.pooling.judged import check_quantities
from paintrend.pooling.means import group_order, known_in, mean_df, means_by, refuse_gaps
from paintrend.pooling.options import check_options, number_list
from paintrend.pooling.plausible import draw_from_pool
from paintrend.pooling.variables import variable_table
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import usable_ratings
from paintrend.wording import time_unit

__all__ = ["dropout_sensitivity"]

Array = NDArray[np.float64]
DEPENDS_ON = {
    "level": "the level on the day of the first rating that is missing",
    "rise": "that level less the one on the day of the last rating",
}
STEPS = 50


def dropout_sensitivity(
    fit: Fit,
    quantity: str = "deterioration",
    *,
    by: str | None = None,
    reference: str | None = None,
    odds_ratios: Sequence[float] = (0.5, 1.0, 2.0, 4.0),
    depends_on: str = "level",
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Give means or shares by group if the chance of leaving depended on the curve.

    Everyone may leave after each rating from day 0 on. With t the day on which the next rating was
    due, ``logit P(leave) = a + log(odds ratio) (f(t) - b) / worsening``, where f(t) - b is the
    level less the start of the curve (or, for ``rise``, less the level on the day of the last
    rating) and `a` is such that as many leave as did. The patient's own curves are weighted by what
    they make of it, and the population is learned again with these weights for every draw. At an
    odds ratio of 1 leaving says nothing about the curve, which is what all other analyses assume.

    A patient has left if the last rating lies before the last `sustained_days`. The next rating
    was due after the patient's own usual gap (the median one).

    Parameters
    ----------
    fit : Fit
    quantity : str
        What is averaged: ``deterioration``, ``dip``, ``end_better`` (shares), ``end_level``,
        ``end_change`` ...
    by : str, optional
        Column of the groups.
    reference : str, optional
        The group that others are compared with; the first by name if not given.
    odds_ratios : sequence of float
        How many times the odds of leaving are for a level that is `worsening` worse; below 1 those
        who do well leave.
    depends_on : str
        ``level`` or ``rise``.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row per odds ratio and group (and group less the first): ``odds_ratio``, ``term``,
        ``estimate``, ``std_error``, ``low``, ``high``, ``p_value``, ``df``,
        ``missing_information``, ``left`` (patients who left), ``curves`` (effective number of
        curves that the values of those were taken from: below some 20 the answer rests on few).

    Raises
    ------
    InputError
        If nobody left, or an option cannot be used.

    References
    ----------
    Diggle & Kenward 1994, doi:10.2307/2986113; National Research Council 2010,
    doi:10.17226/12955 (sensitivity analysis of drop-out).

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, seed=1)
    >>> stayed = cohort.ratings["patient_id"] > "P010"
    >>> short = cohort.ratings[stayed | (cohort.ratings["day"] < 40)]
    >>> fit = pt.fit_curves(pt.read_diary(short, scale="nrs"), horizon=84)
    >>> found = pt.dropout_sensitivity(fit, "end_level", odds_ratios=(1, 4), m=4)
    >>> bool(found["estimate"].iloc[1] > found["estimate"].iloc[0])
    True
    """
    caller = "dropout_sensitivity"
    check_options(caller, m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by)
    name = check_quantities("dropout_sensitivity", quantity)[0]
    if name == "course":
        raise InputError(
            "dropout_sensitivity: a course has no mean: ask for dip, deterioration or end_better."
        )
    if not (isinstance(depends_on, str) and depends_on in DEPENDS_ON):
        raise InputError(
            f"dropout_sensitivity: depends_on must be one of {', '.join(DEPENDS_ON)}, got "
            f"{depends_on!r}."
        )
    ratios = number_list(caller, "odds_ratios", odds_ratios, least=0.0)
    if not ratios:
        raise InputError(f"{caller}: odds_ratios must be numbers above 0, got none.")
    pool = gather_curves(fit, criteria, seed=seed, keep=True)
    table = variable_table(fit.diary, (by,) if by else (), outside, pool.ids)
    risk = _at_risk(pool, depends_on)
    if not risk.left.any():
        raise InputError(
            "dropout_sensitivity: no patient left before the last "
            f"{time_unit(fit.horizon).span(pool.own.criteria.required('sustained_days'))}."
        )
    parts = []
    for ratio in ratios:
        weight = risk.log_weight(float(np.log(ratio)))
        values = draw_from_pool(
            pool, (name,), table, m=m, log_weight=weight, seed=seed, progress=progress
        )
        refuse_gaps(caller, values, (name,))
        groups = group_order(caller, values.tables[0], by, reference)
        mean, n = means_by(name, by, groups), known_in(values, by)
        df = mean_df(values.tables, name, by, groups)
        own = pool_values(values, mean, name=name, df=df, level=level, n=n).table()
        own.insert(0, "odds_ratio", ratio)
        parts.append(
            own.assign(
                left=int(risk.left.sum()), curves=float(values.effective[:, risk.left].mean())
            )
        )
    return (
        pd.concat(parts)
        .rename_axis("term")
        .reset_index()[["odds_ratio", "term", *parts[0].columns[1:]]]
    )


class _Risk:
    """Occasions at which patients could leave.

    Attributes
    ----------
    distance : (N, D) what leaving depends on, in units of `worsening`, of each curve
    patient, leaves : (N,) whose occasion it is, and whether the patient then left
    left : (P,)
    """

    def __init__(
        self, distance: Array, patient: NDArray[np.int64], leaves: NDArray[np.bool_], n: int
    ) -> None:
        self.distance, self.patient, self.leaves = distance, patient, leaves
        self.left = np.zeros(n, dtype=bool)
        self.left[patient[leaves]] = True

    def log_weight(self, slope: float) -> Array:
        """Log probability of each patient's stay and leaving given each curve, (P, D)."""
        n, d = self.left.size, self.distance.shape[1]
        sign = np.where(self.leaves, 1.0, -1.0)[:, None]
        constant = float(np.log(self.leaves.mean() / (1.0 - self.leaves.mean())))
        out = np.zeros((n, d))
        for _ in range(STEPS):
            log_odds = constant + slope * self.distance
            each = -np.logaddexp(0.0, -sign * log_odds)
            out = np.zeros((n, d))
            np.add.at(out, self.patient, each)
            share = np.exp(out - out.max(axis=1, keepdims=True))
            share /= share.sum(axis=1, keepdims=True)
            chance = expit(log_odds)
            own = share[self.patient]
            off = self.leaves.sum() - (own * chance).sum()
            step = off / max(float((own * chance * (1.0 - chance)).sum()), 1e-9)
            constant += float(np.clip(step, -1.0, 1.0))
            if abs(step) < 1e-6:
                break
        return out


def _at_risk(pool: CurvePool, depends_on: str) -> _Risk:
    """Occasions of the fitted patients: after each rating from day 0 on, when the next was due."""
    fit, criteria = pool.fit, pool.own.criteria
    used, _ = usable_ratings(fit.diary, fit.horizon)
    used = used.assign(patient_id=used["patient_id"].astype(str))
    own = used[used["day"] >= 0].groupby("patient_id")["day"]
    days = {name: np.unique(d.to_numpy(dtype=float)) for name, d in own}
    gaps = {name: np.diff(d) for name, d in days.items() if len(d) > 1}
    usual = float(np.median(np.concatenate(list(gaps.values())))) if gaps else fit.horizon / 12.0
    last_days = fit.horizon - criteria.required("sustained_days")
    distance, patient, leaves = [], [], []
    for i, name in enumerate(pool.ids):
        own_days = days.get(name, np.zeros(1))
        gap = float(np.median(gaps[name])) if name in gaps else usual
        left = own_days[-1] < last_days
        due = np.append(own_days[1:], own_days[-1] + gap) if left else own_days[1:]
        before = own_days[: due.size]
        level, base = _levels(pool.curves[i], due, fit.horizon), pool.curves[i][:, :1]
        if depends_on == "rise":
            base = _levels(pool.curves[i], before, fit.horizon)
        distance.append((level - base).T / criteria.required("worsening"))
        patient.append(np.full(due.size, i))
        leaves.append(np.arange(due.size) == (due.size - 1 if left else due.size))
    return _Risk(
        np.concatenate(distance), np.concatenate(patient), np.concatenate(leaves), len(pool.ids)
    )


def _levels(curves: Array, days: Array, horizon: float) -> Array:
    """Levels of curves (D, 169) on these days, (D, n)."""
    place = np.clip(days / horizon, 0.0, 1.0) * (curves.shape[1] - 1)
    return between_points(curves, place)
