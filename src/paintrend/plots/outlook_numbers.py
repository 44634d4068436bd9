"""Course probabilities as they stood on each day: the numbers of `plot_outlooks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.plots.captions import definition, scale_said
from paintrend.results.inference import usable_ratings
from paintrend.scales import Scale
from paintrend.wording import CANNOT_TELL, TimeUnit, plural, time_unit

if TYPE_CHECKING:
    from paintrend.monitoring.records import Monitor

__all__ = ["LAYERS", "LOST", "OutlookNumbers", "outlook_info"]

LOST = "lost"
LAYERS = (*COURSES, CANNOT_TELL, LOST)
"""What is stacked, from below."""
MOST_DAYS = 60


class OutlookNumbers(NamedTuple):
    """What `draw_outlooks` draws.

    Attributes
    ----------
    day : (K,) days
    shares : (K, 10) columns `LAYERS`, each row sums to 1
    undecided : (K,) of one patient: whether no course could be named; all False for a cohort
    patient_id : None for a cohort
    n_patients, scale, horizon, unit, caption
    """

    day: NDArray[np.float64]
    shares: NDArray[np.float64]
    undecided: NDArray[np.bool_]
    patient_id: str | None
    n_patients: int
    scale: Scale
    horizon: float
    unit: TimeUnit
    caption: tuple[str, ...]


def outlook_info(monitor: Monitor, patient_id: str | None = None) -> OutlookNumbers:
    """Collect what was said on each day.

    On each day a patient counts with the last look up to that day. Of a cohort, whoever can be
    told counts with the probabilities of the courses, whoever cannot counts whole as "cannot tell".
    Whoever has no rating on or after the day, and none within `lasting_days` before it, is lost.

    Parameters
    ----------
    monitor
    patient_id
        One patient: the probabilities also on days on which no course could be named.

    Raises
    ------
    UnknownPatientError
        If nobody has this id.
    """
    if patient_id is not None:
        monitor.population_of(patient_id)
    chosen = monitor.patient_ids if patient_id is None else (patient_id,)
    looks = monitor.looks[monitor.looks["patient_id"].isin(chosen)]
    used, _ = usable_ratings(monitor.diary, monitor.horizon)
    used = used[used["patient_id"].isin(chosen)]
    last = used.groupby("patient_id", sort=False)["day"].max()
    lasting, horizon = monitor.criteria.required("lasting_days"), monitor.horizon
    days = _days(looks["day"].to_numpy(dtype=float))
    total = np.zeros((len(days), len(LAYERS)))
    undecided = np.zeros(len(days), dtype=bool)
    columns = [f"p_{name}" for name in COURSES]
    # out of the table once: a slice of it for each of thousands of patients takes half a minute
    code, names = pd.factorize(looks["patient_id"])
    order = np.argsort(code, kind="stable")
    bounds = np.searchsorted(code[order], np.arange(len(names) + 1))
    day = looks["day"].to_numpy(dtype=float)[order]
    every = looks[columns].to_numpy(dtype=float)[order]
    untold = (looks["course"] == CANNOT_TELL).to_numpy()[order]
    until = last.reindex(names).fillna(-np.inf).to_numpy(dtype=float) + lasting
    for i in range(len(names)):
        start, stop = bounds[i], bounds[i + 1]
        at = np.searchsorted(day[start:stop], days + 1e-9) - 1
        gone = (days > until[i]) | (at < 0)
        row = start + np.maximum(at, 0)
        shares = every[row]
        open_ = untold[row]
        unknown = ~np.isfinite(shares).all(axis=1)
        if patient_id is None:
            whole = ~gone & (open_ | unknown)
        else:
            whole, undecided = ~gone & unknown, ~gone & open_
        told = ~gone & ~whole
        total[told, : len(COURSES)] += shares[told]
        total[whole, LAYERS.index(CANNOT_TELL)] += 1.0
        total[gone, LAYERS.index(LOST)] += 1.0
    n = max(len(chosen), 1)
    return OutlookNumbers(
        day=days,
        shares=total / n,
        undecided=undecided,
        patient_id=patient_id,
        n_patients=len(chosen),
        scale=monitor.scale,
        horizon=horizon,
        unit=time_unit(horizon),
        caption=_caption(monitor, chosen, len(used), len(looks), lasting, patient_id),
    )


def _days(looks: NDArray[np.float64]) -> NDArray[np.float64]:
    """All days of looks, or an even grid if these are many."""
    days = np.unique(np.append(looks[looks >= 0], 0.0))
    if len(days) > MOST_DAYS:
        days = np.linspace(0.0, float(days[-1]), MOST_DAYS + 1)
    return days


def _caption(
    monitor: Monitor, chosen: tuple[str, ...], n_ratings: int, n_looks: int, lasting: float,
    patient_id: str | None,
) -> tuple[str, ...]:  # fmt: skip
    unit = time_unit(monitor.horizon)
    n_missing = int(monitor.diary.missing["patient_id"].isin(chosen).sum())
    n_none = len(chosen) - monitor.looks.loc[
        monitor.looks["patient_id"].isin(chosen) & monitor.looks["p_end_better"].notna(),
        "patient_id",
    ].nunique()  # fmt: skip
    source = (
        f"Cross-fitted: judged with populations learned from the other patients "
        f"({len(monitor.populations)} folds)."
        if monitor.cross_fitted
        else monitor.populations[0].text
    )
    rule = (
        "whoever can be told counts with the shares of curves in each course, whoever cannot "
        "counts whole as “cannot tell yet”"
        if patient_id is None
        else "shares of curves in each course; squares above: no course could be named"
    )
    who = (
        f"{plural(len(chosen), 'patient')}, {n_none} of them never fitted"
        if len(chosen) > 1
        else f"1 patient{', never fitted' if n_none else ''}"
    )
    return (
        f"{who}; "
        f"{plural(n_ratings, 'rating')}, {n_missing} missing; {plural(n_looks, 'look')}, each with "
        f"the ratings up to its day. On each day the last look counts: {rule}.",
        "Lost or not rated: no rating on the day or later, and none in the "
        f"{unit.span(lasting)} before it; also before the first look.",
        f"{definition(monitor.criteria, monitor.scale)}; judged at {unit.show(monitor.horizon)}. "
        f"{scale_said(monitor.scale)}. {source}",
    )
