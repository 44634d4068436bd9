"""Reasons: the checks behind one patient's course, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import CHECKS, COURSES, GRID_POINTS, points_in
from paintrend.results.criteria import CANNOT_TELL_FROM, PROBABLE_FROM, Criteria
from paintrend.scales import Scale

__all__ = ["REASON_COLUMNS", "course_reasons"]

REASON_COLUMNS = ("rule", "value", "operator", "threshold", "unit", "share")

Row = tuple[str, float, str, float, str, float]


def course_reasons(
    *,
    row: Mapping[str, Any],
    scale: Scale,
    horizon: float,
    criteria: Criteria,
    features: NDArray[np.float64],
    feature_names: tuple[str, ...],
    checks: NDArray[np.int16],
) -> pd.DataFrame:
    """Give one row per check of the course rules, then one per rule of certainty.

    Parameters
    ----------
    row : mapping
        The patient's row of the courses table.
    scale, horizon, criteria
        As used for the courses.
    features, feature_names, checks
        Of the patient's posterior curves.

    Returns
    -------
    DataFrame
        Columns `REASON_COLUMNS`; see `PatientCourse.why`.
    """
    if row["status"] == "not_fitted":
        rows = [("fitted: curves to judge", 0.0, ">=", 1.0, "curves", 0.0)]
    else:
        column = {name: features[:, i] for i, name in enumerate(feature_names)}
        count = {name: checks[:, i].astype(np.float64) for i, name in enumerate(CHECKS)}
        rows = [
            *_curve_rules(column["end_change"], count, scale, horizon, criteria),
            *_room_rules(column["baseline"], row, scale, criteria),
            *_certainty_rules(row, criteria),
        ]
    return pd.DataFrame(rows, columns=list(REASON_COLUMNS))


def _curve_rules(
    end: NDArray[np.float64],
    count: Mapping[str, NDArray[np.float64]],
    scale: Scale,
    horizon: float,
    criteria: Criteria,
) -> list[Row]:
    dw, di = criteria.required("worsening"), criteria.required("improvement")
    lasting, sustained = criteria.required("lasting_days"), criteria.required("sustained_days")
    step = horizon / (GRID_POINTS - 1)
    # Thresholds are given as judged: a whole number of grid points.
    n_lasting, n_sustained = points_in(lasting, horizon), points_in(sustained, horizon)
    up, down = count["first_up"] >= 0, count["first_down"] >= 0
    first = up & (~down | (count["first_up"] < count["first_down"]))
    lead = np.where(down, count["first_down"], GRID_POINTS - 1) - count["first_up"]
    unit = scale.unit
    rows: list[Row] = [
        (
            f"up: longest time at least {dw:g} {unit} worse than at day 0",
            step * float(np.median(count["longest_up"])),
            ">=",
            step * n_lasting,
            "days",
            float(up.mean()),
        ),
        (
            f"down: longest time at least {di:g} {unit} better than at day 0",
            step * float(np.median(count["longest_down"])),
            ">=",
            step * n_lasting,
            "days",
            float(down.mean()),
        ),
    ]
    if up.any():
        rows.append(
            (
                "worse first: days from the first lasting rise to the first lasting fall, or to "
                "the horizon if none (median of the curves that are up)",
                step * float(np.median(lead[up])),
                ">",
                0.0,
                "days",
                float(first.mean()),
            )
        )
    late_share = count["late_up"] / n_sustained
    return [
        *rows,
        (
            f"ends better: mean change over the last {_shown(step * n_lasting)} days",
            float(np.median(end)),
            "<=",
            -di,
            unit,
            float((end <= -di).mean()),
        ),
        (
            f"ends worse: mean change over the last {_shown(step * n_lasting)} days",
            float(np.median(end)),
            ">=",
            dw,
            unit,
            float((end >= dw).mean()),
        ),
        (
            f"worse for most of the last {_shown(step * n_sustained)} days: part of them at least "
            f"{dw:g} {unit} worse than at day 0",
            float(np.median(late_share)),
            ">=",
            0.8,
            "part of the days",
            float((5 * count["late_up"] >= 4 * n_sustained).mean()),
        ),
    ]


def _shown(days: float) -> str:
    """Days for a sentence: thresholds lie on the grid, where 28 days may be 28.33333."""
    return f"{days:.3g}" if days < 10 else f"{round(days, 1):g}"


def _room_rules(
    baseline: NDArray[np.float64], row: Mapping[str, Any], scale: Scale, criteria: Criteria
) -> list[Row]:
    dw, di = criteria.required("worsening"), criteria.required("improvement")
    beyond, before = (">", "<") if scale.higher_is_worse else ("<", ">")
    worst, best = ("top", "bottom") if scale.higher_is_worse else ("bottom", "top")
    level = float(np.median(np.asarray(scale.orient(baseline))))
    return [
        (
            f"too near the {worst} of the scale to show worsening: level at day 0",
            level,
            beyond,
            float(scale.orient(scale.high - dw)),
            scale.unit,
            float(row["p_no_room_to_worsen"]),
        ),
        (
            f"too near the {best} of the scale to show improvement: level at day 0",
            level,
            before,
            float(scale.orient(scale.low + di)),
            scale.unit,
            float(row["p_no_room_to_improve"]),
        ),
    ]


def _certainty_rules(row: Mapping[str, Any], criteria: Criteria) -> list[Row]:
    share = {name: float(row["p_" + name]) for name in COURSES}
    likeliest = max(share, key=lambda name: share[name])
    top, worse = share[likeliest], float(row["p_deterioration"])
    words = likeliest.replace("_", " ")
    unit = "share of curves"
    return [
        (
            "a course is named: ratings at or before day 0",
            float(row["n_baseline"]),
            ">=",
            1.0,
            "ratings",
            float(row["n_baseline"] >= 1),
        ),
        (
            f"clear: most probable course ({words})",
            top,
            ">=",
            criteria.certainty,
            unit,
            float(top >= criteria.certainty),
        ),
        (
            f"probable: most probable course ({words})",
            top,
            ">=",
            PROBABLE_FROM,
            unit,
            float(top >= PROBABLE_FROM),
        ),
        (
            "a course that does not end worse is named: curves that end worse",
            worse,
            "<",
            CANNOT_TELL_FROM,
            unit,
            float(worse < CANNOT_TELL_FROM),
        ),
    ]
