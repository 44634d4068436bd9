"""Judging looks: which days are looked at, and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from paintrend.fitting_options import no_rating_error
from paintrend.monitoring.folds import CrossFit
from paintrend.monitoring.looks import fit_looks, look_table
from paintrend.monitoring.planning import COMING_COLUMNS, next_visits, plan_visits
from paintrend.monitoring.states import END_COLUMNS, ENDS, now_of, outlook_of, state_text
from paintrend.progress import Progress, StageCount
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.inference import usable_ratings
from paintrend.results.status import room_limits
from paintrend.wording import records

__all__ = ["PLANS", "judged_looks", "look_days"]

PLANS = ("latest", "all", "none")
"""Looks whose coming visits are simulated."""
LEADING = (
    "patient_id", "day", "now", "outlook", "p_outlook", "state", "plan", "next_visit",
    *END_COLUMNS, "p_dip", "p_raised", "p_lower", "level", "level_low", "level_high",
)  # fmt: skip


def judged_looks(
    diary: Diary,
    fitted: CrossFit,
    days: pd.DataFrame,
    criteria: Criteria,
    schedule: Sequence[float] | None,
    plan: str,
    seed: int,
    draws: int,
    workers: int,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge looks (``patient_id``, ``day``), and simulate the coming visits of those planned.

    Returns
    -------
    looks, coming : DataFrame
        As `Monitor` holds them.
    """
    options: dict[str, Any] = {"seed": seed, "draws": draws, "workers": workers}
    count = StageCount(progress, "looking at each day", len(days))
    parts = [
        look_table(diary, population, rows, criteria=criteria, progress=count, **options)
        .set_index(rows.index)
        for population, rows in fitted.parts(days)
    ]  # fmt: skip
    table = pd.concat(parts).loc[days.index].reset_index(drop=True)
    table["p_near_start"] = 1.0 - table["p_end_better"] - table["p_deterioration"]
    table["now"], table["outlook"] = now_of(table), outlook_of(table)
    table["p_outlook"] = np.nan
    for name, column in zip(ENDS, END_COLUMNS, strict=True):
        table.loc[table["outlook"] == name, "p_outlook"] = table[column]
    planned = {
        "all": table,
        "latest": table.groupby("patient_id", sort=False).tail(1),
        "none": table.iloc[:0],
    }[plan]
    coming = pd.concat(
        [
            plan_visits(
                fit_looks(diary, population, rows, **options), rows, criteria, schedule
            )
            for population, rows in fitted.parts(planned)
        ]
        or [pd.DataFrame(columns=list(COMING_COLUMNS))],
        ignore_index=True,
    )  # fmt: skip
    for name, values in next_visits(table, coming, criteria.required("certainty")).items():
        table[name] = values
    lasting = criteria.required("lasting_days")
    horizon = fitted.populations[0].horizon
    limit, _ = room_limits(diary.scale, criteria)
    table["state"] = [
        state_text(row, diary.scale, horizon, lasting, limit) for row in records(table)
    ]
    return table[[*LEADING, *(c for c in table.columns if c not in LEADING)]], coming


def look_days(diary: Diary, horizon: float, every: str | float) -> pd.DataFrame:
    """Days on which each patient is looked at: ``patient_id`` and ``day``, patients in the diary's
    order, days ascending.

    Raises
    ------
    HorizonError
        If the diary has no rating up to the horizon.
    """
    used, late = usable_ratings(diary, horizon)
    if used.empty:
        raise no_rating_error(horizon, len(late), diary.n_ratings)
    place = {name: i for i, name in enumerate(diary.patient_ids)}
    if every == "rating":
        days = used.loc[used["day"] >= 0.0, ["patient_id", "day"]]
        days = days.assign(patient_id=days["patient_id"].astype(str)).drop_duplicates()
        without = [name for name in diary.patient_ids if name not in set(days["patient_id"])]
        days = pd.concat([days, pd.DataFrame({"patient_id": without, "day": 0.0})])
    else:
        last = max(float(used["day"].max()), 0.0)
        each = np.arange(0.0, last + 1e-9, float(every))
        names = np.repeat(np.array(diary.patient_ids, dtype=object), each.size)
        days = pd.DataFrame({"patient_id": names, "day": np.tile(each, len(place))})
    days = days.assign(place=days["patient_id"].map(place))
    return days.sort_values(["place", "day"], kind="stable", ignore_index=True)[
        ["patient_id", "day"]
    ]
