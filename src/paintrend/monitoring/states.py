"""States: how a patient stands now and how it is likely to end, in one table of words.

Every sentence that monitoring says of a patient is put together here, from `NOW` and `OUTLOOK`.
They describe the curve and its probabilities; none of them reassures or advises.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from paintrend.results.criteria import CANNOT_TELL_FROM, PROBABLE_FROM
from paintrend.results.direction import in_direction
from paintrend.results.status import NO_ROOM_FROM, level_text
from paintrend.scales import Scale
from paintrend.wording import percent, time_unit

__all__ = [
    "ENDS",
    "END_COLUMNS",
    "NOW",
    "OUTLOOK",
    "is_named",
    "now_of",
    "outlook_of",
    "state_text",
    "visit_text",
]

NOW: dict[str, str] = {
    "raised": "Raised now",
    "lower": "Lower now",
    "no_room": "Too near the {end} of the scale to show worsening, at {level}",
    "near_start": "Near the start now",
    "not_rated": "Not rated yet",
}
"""Where the curve is on the day of a look: up by `worsening` or down by `improvement` in half of
the curves or more; else too near the worst end of the scale for a rise to show, or near the
start. Where higher is better, worse and better are said instead (`in_direction`)."""

OUTLOOK: dict[str, str] = {
    "better": "likely to end better ({share})",
    "worse": "likely to end worse ({share})",
    "near_start": "likely to end near the start ({share})",
    "cannot_tell": "cannot tell yet (better {better}, worse {worse}, near the start {near})",
    "no_start": "cannot tell (no rating at or before the start)",
    "poor_fit": "cannot tell (no curve explains these ratings)",
    "not_rated": "cannot tell",
}
"""How the curve is likely to end. The likeliest of the first three is named from a probability of
0.5, unless it is not worse and 0.2 or more of the curves end worse."""

MEANINGS: tuple[tuple[str, str], ...] = (
    (NOW["raised"], "half of the curves or more are up by the threshold for worse"),
    (NOW["lower"], "half of the curves or more are down by the threshold for better"),
    (
        "Too near the end of the scale to show worsening",
        "neither, and half or more start too near the worst end of the scale for a rise to show",
    ),
    (NOW["near_start"], "none of these"),
    (
        "likely to end better, or near the start",
        "the likeliest end, with at least 50% of the curves, while fewer than 20% end worse",
    ),
    ("likely to end worse", "the likeliest end, with at least 50% of the curves"),
    ("cannot tell yet", "otherwise; the shares of the curves are given"),
    (
        "next informative visit",
        "the first coming visit at which, in half of the simulated futures, an outlook can be "
        "named, or, where one is named, has become as certain as the criteria ask",
    ),
)
"""The words of a state and when they are said, where higher is worse (`in_direction`)."""

ENDS = ("better", "worse", "near_start")
END_COLUMNS = ("p_end_better", "p_deterioration", "p_near_start")


def now_of(table: pd.DataFrame) -> np.ndarray:
    """Give the key in `NOW` of each look: columns ``p_raised``, ``p_lower``,
    ``p_no_room_to_worsen``."""
    conditions = [
        table["p_raised"].isna(),
        table["p_raised"] >= PROBABLE_FROM,
        table["p_lower"] >= PROBABLE_FROM,
        table["p_no_room_to_worsen"] >= NO_ROOM_FROM,
    ]
    keys = ["not_rated", "raised", "lower", "no_room"]
    return np.select([np.asarray(c, dtype=bool) for c in conditions], keys, "near_start")


def outlook_of(table: pd.DataFrame) -> np.ndarray:
    """Give the key in `OUTLOOK` of each look: columns `END_COLUMNS` and ``status``."""
    status = table["status"].str.split(";")
    shares = table[list(END_COLUMNS)].to_numpy(dtype=float)
    named = np.array(ENDS)[np.nan_to_num(shares, nan=-1.0).argmax(axis=1)]
    conditions = [
        table["p_end_better"].isna(),
        status.map(lambda codes: "no_baseline" in codes),
        status.map(lambda codes: "poor_fit" in codes),
        ~is_named(shares),
    ]
    keys = ["not_rated", "no_start", "poor_fit", "cannot_tell"]
    return np.select([np.asarray(c, dtype=bool) for c in conditions], keys, named)


def is_named(shares: np.ndarray) -> np.ndarray:
    """Whether shares (..., 3) of curves that end better, worse, near the start name an outlook."""
    top, worse = shares.max(axis=-1), shares[..., ENDS.index("worse")]
    hides_worse = (shares.argmax(axis=-1) != ENDS.index("worse")) & (worse >= CANNOT_TELL_FROM)
    return np.asarray((top >= PROBABLE_FROM) & ~hides_worse)


def visit_text(day: float, horizon: float) -> str:
    """Say when a visit is: "week 5" for day 35, "day 33", "hour 4"."""
    if horizon > 28 and day % 7 == 0:
        return f"week {round(day / 7)}"
    return time_unit(horizon).show(day)


def state_text(
    row: Mapping[str, Any],
    scale: Scale,
    horizon: float,
    lasting_days: float,
    limit: float | None = None,
) -> str:
    """Say a state in one line: "Raised now; likely to end better (72%); next informative visit
    week 5".

    Parameters
    ----------
    row : mapping
        ``now``, ``outlook``, ``day``, ``last_day``, ``baseline``, the shares, and ``next_visit``
        (a day; NaN where none is likely to tell more; missing where it was not asked).
    scale : Scale
    horizon, lasting_days : float
        Days. A last rating longer ago than `lasting_days` is named.
    limit : float, optional
        Level beyond which there is no room to worsen: no other is rounded onto it.
    """
    end = "top" if scale.higher_is_worse else "bottom"
    words = in_direction(NOW[row["now"]], scale)
    now = words.format(end=end, level=level_text(float(row["baseline"]), scale, limit))
    better, worse, near = (float(row[name]) for name in END_COLUMNS)
    shares = dict(zip(ENDS, (better, worse, near), strict=True))
    outlook = OUTLOOK[row["outlook"]].format(
        share=percent(shares.get(row["outlook"], math.nan)),
        better=percent(better),
        worse=percent(worse),
        near=percent(near),
    )
    parts = [now, outlook]
    if row["outlook"] == "no_start" and row["now"] != "not_rated":
        parts[0] += " (start predicted)"
    last = float(row["last_day"])
    if not math.isnan(last) and float(row["day"]) - last > lasting_days:
        parts[0] += f" (predicted; last rating {time_unit(horizon).show(last)})"
    parts += _next(row, horizon)
    return "; ".join(parts)


def _next(row: Mapping[str, Any], horizon: float) -> list[str]:
    plan = row.get("plan", "")
    if plan == "visit":
        return [f"next informative visit {visit_text(float(row['next_visit']), horizon)}"]
    if plan == "none":
        return ["no coming visit is likely to settle it"]
    return []
