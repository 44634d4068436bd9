"""Reasons: the checks behind one patient's course, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import CHECKS, COURSES, GRID_POINTS, points_in
from paintrend.results.criteria import CANNOT_TELL_FROM, PROBABLE_FROM, Criteria
from paintrend.results.direction import in_direction
from paintrend.results.status import POOR_FIT_BELOW, room_limits
from paintrend.scales import Scale
from paintrend.wording import TimeUnit, amount, time_unit

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
    fit_p: float = np.nan,
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
    fit_p
        Posterior-predictive probability of the patient's ratings; NaN if it is not known.

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
            *_room_rules(column["baseline"], row, scale, horizon, criteria),
            *_certainty_rules(row, criteria, horizon),
            *_fit_rules(fit_p),
        ]
    table = pd.DataFrame(rows, columns=list(REASON_COLUMNS))
    # the unit is the user's: it goes into the sentence when that has its direction
    by = {
        name: amount(criteria.required(name), scale.unit) for name in ("worsening", "improvement")
    }
    return table.assign(rule=[in_direction(rule, scale).format(**by) for rule in table["rule"]])


def _curve_rules(
    end: NDArray[np.float64],
    count: Mapping[str, NDArray[np.float64]],
    scale: Scale,
    horizon: float,
    criteria: Criteria,
) -> list[Row]:
    dw, di = criteria.required("worsening"), criteria.required("improvement")
    lasting, sustained = criteria.required("lasting_days"), criteria.required("sustained_days")
    time = time_unit(horizon)
    # Thresholds are given as judged: a whole number of grid points.
    step = horizon / (GRID_POINTS - 1) * time.per_day
    n_lasting, n_sustained = points_in(lasting, horizon), points_in(sustained, horizon)
    up, down = count["first_up"] >= 0, count["first_down"] >= 0
    first = up & (~down | (count["first_up"] < count["first_down"]))
    lead = np.where(down, count["first_down"], GRID_POINTS - 1) - count["first_up"]
    unit, times, start = scale.unit, f"{time.name}s", time.show(0.0)
    last_part, late_part = (_last(step * n, time) for n in (n_lasting, n_sustained))
    rows: list[Row] = [
        (
            f"up: longest time at least {{worsening}} worse than at {start}",
            step * float(np.median(count["longest_up"])),
            ">=",
            step * n_lasting,
            times,
            float(up.mean()),
        ),
        (
            f"down: longest time at least {{improvement}} better than at {start}",
            step * float(np.median(count["longest_down"])),
            ">=",
            step * n_lasting,
            times,
            float(down.mean()),
        ),
    ]
    if up.any():
        rows.append(
            (
                f"worse first: {times} from the first lasting rise to the first lasting fall, or "
                "to the horizon if none (median of the curves that are up)",
                step * float(np.median(lead[up])),
                ">",
                0.0,
                times,
                float(first.mean()),
            )
        )
    late_share = count["late_up"] / n_sustained
    return [
        *rows,
        (
            f"ends better: mean change over the last {last_part}",
            float(np.median(end)),
            "<=",
            -di,
            unit,
            float((end <= -di).mean()),
        ),
        (
            f"ends worse: mean change over the last {last_part}",
            float(np.median(end)),
            ">=",
            dw,
            unit,
            float((end >= dw).mean()),
        ),
        (
            f"worse for most of the last {late_part}: part of them at least {{worsening}} "
            f"worse than at {start}",
            float(np.median(late_share)),
            ">=",
            0.8,
            f"part of the {times}",
            float((5 * count["late_up"] >= 4 * n_sustained).mean()),
        ),
    ]


def _last(count: float, time: TimeUnit) -> str:
    """The end of the follow-up for a sentence: on the grid 28 days may be 28.33333."""
    return amount(count, f"{time.name}s", 2 if count < 10 else 1)


def _room_rules(
    baseline: NDArray[np.float64],
    row: Mapping[str, Any],
    scale: Scale,
    horizon: float,
    criteria: Criteria,
) -> list[Row]:
    worsen, improve = room_limits(scale, criteria)
    beyond, before = (">", "<") if scale.higher_is_worse else ("<", ">")
    worst, best = ("top", "bottom") if scale.higher_is_worse else ("bottom", "top")
    level = float(np.median(np.asarray(scale.orient(baseline))))
    start = time_unit(horizon).show(0.0)
    return [
        (
            f"too near the {worst} of the scale to show worsening: level at {start}",
            level,
            beyond,
            worsen,
            scale.unit,
            float(row["p_no_room_to_worsen"]),
        ),
        (
            f"too near the {best} of the scale to show improvement: level at {start}",
            level,
            before,
            improve,
            scale.unit,
            float(row["p_no_room_to_improve"]),
        ),
    ]


def _certainty_rules(row: Mapping[str, Any], criteria: Criteria, horizon: float) -> list[Row]:
    share = {name: float(row["p_" + name]) for name in COURSES}
    likeliest = max(share, key=lambda name: share[name])
    top, worse = share[likeliest], float(row["p_deterioration"])
    words = likeliest.replace("_", " ")
    unit = "share of curves"
    return [
        (
            f"a course is named: ratings at or before {time_unit(horizon).show(0.0)}",
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


def _fit_rules(fit_p: float) -> list[Row]:
    if np.isnan(fit_p):
        return []
    return [
        (
            "a course is named: sets made from the curves lie as far off, or hang together as much",
            fit_p,
            ">=",
            POOR_FIT_BELOW,
            "share of sets of ratings",
            float(fit_p >= POOR_FIT_BELOW),
        )
    ]
