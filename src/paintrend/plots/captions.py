"""Captions: what every figure says below itself, broken into lines that fit."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from paintrend.plots.letters import break_text, text_width
from paintrend.results.criteria import Criteria
from paintrend.results.plausible import PlausibleValues
from paintrend.scales import Scale
from paintrend.wording import amount, number, plural, time_unit

if TYPE_CHECKING:
    from paintrend.results.landmark import LandmarkTest

__all__ = [
    "BEHIND",
    "axis_title",
    "definition",
    "first_shown",
    "ratings_behind",
    "scale_said",
    "short_time",
    "start_predicted",
    "tabled_ratings",
    "wrap",
]

CAPTION = 12.0
"""Size of the letters of a caption, pixels."""

BEHIND = ("n_patients", "n_ratings", "n_missing", "left_before")
"""Columns that say, in every row of a table, what all of it rests on."""


def axis_title(scale: Scale) -> tuple[str, str]:
    """Say in two lines what is rated, its range, and which direction is worse.

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> axis_title(get_scale("nrs"))
    ('Pain, numeric rating scale (NRS)', '0 to 10 (higher = worse)')
    """
    span = f"{number(scale.low)} to {number(scale.high)}"
    return str(scale.label), f"{span} ({scale.direction_text})"


def definition(criteria: Criteria, scale: Scale) -> str:
    """Say which changes count, without a full stop.

    Parameters
    ----------
    criteria
        Resolved.
    scale
        Gives the unit.
    """
    worse, better = criteria.required("worsening"), criteria.required("improvement")
    return (
        f"Worse: {amount(worse, scale.unit)} worse than at the start; "
        f"better: {amount(better, scale.unit)} better"
    )


def ratings_behind(values: PlausibleValues | LandmarkTest) -> str:
    """Say how many ratings are behind an analysis and how many are missing: "; 786 ratings, 0
    missing", and nothing where that is not known."""
    if values.n_ratings is None:
        return ""
    behind = f"; {plural(values.n_ratings, 'rating')} fitted, {values.n_missing} missing"
    if isinstance(values, PlausibleValues):
        behind += start_predicted(values.n_start_predicted or 0, values.n_patients)
    return behind


def start_predicted(n: int, of: int) -> str:
    """Say for how many of the fitted patients the start is predicted; "" where it is for nobody.

    Examples
    --------
    >>> start_predicted(3, 12), start_predicted(0, 12)
    ('; start predicted for 3 of 12 (no rating at or before it)', '')
    """
    return f"; start predicted for {n} of {of} (no rating at or before it)" if n else ""


def tabled_ratings(table: pd.DataFrame) -> str:
    """Say the same of a table whose columns tell it, as a sentence of its own, with the patients
    where it tells those; "" for a table that was made elsewhere.

    Examples
    --------
    >>> tabled_ratings(pd.DataFrame({"n_patients": [60], "n_ratings": [786], "n_missing": [12]}))
    ' n = 60 patients; 786 ratings fitted, 12 missing.'
    """
    if not {"n_ratings", "n_missing"} <= set(table.columns):
        return ""
    row = table.iloc[0]
    n = f"n = {plural(int(row['n_patients']), 'patient')}; " if "n_patients" in table else ""
    fitted = plural(int(row["n_ratings"]), "rating")
    return f" {n}{fitted} fitted, {int(row['n_missing'])} missing."


def first_shown(first_day: float, horizon: float) -> float:
    """Give the left end of a time axis: the first rating, but no further back than the horizon.

    A rating from long before treatment would squeeze what happens after its start.

    Examples
    --------
    >>> first_shown(-14.0, 84.0), first_shown(7.0, 84.0), first_shown(-14.0, 1.0)
    (-14.0, 0.0, -1.0)
    """
    return max(min(first_day, 0.0), -horizon)


def scale_said(scale: Scale) -> str:
    """Name the scale and its direction, for figures without an axis of ratings; no full stop.

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> scale_said(get_scale("nrs"))
    'Scale: Pain, numeric rating scale (NRS) (higher = worse)'
    """
    return f"Scale: {scale.label} ({scale.direction_text})"


def short_time(day: float) -> str:
    """Say a moment where the horizon is not known: in days; in the first three of them in hours or
    minutes where the figure in days would be that of another moment, or less than one.

    Examples
    --------
    >>> short_time(63.0), short_time(1.25), short_time(0.75), short_time(1 / 96)
    ('day 63', 'hour 30', 'hour 18', 'minute 15')
    """
    days, hours, minutes = map(time_unit, (math.inf, 1.0, 1 / 24))
    if day == 0 or abs(day) > 3:  # beyond three days every figure says days
        return days.show(day)
    for unit in (days, hours):
        size = abs(day) * unit.per_day
        if size >= 1 and math.isclose(size, round(size, 1), rel_tol=1e-9):
            return unit.show(day)
    return minutes.show(day)


def wrap(lines: Iterable[str], width: int, pixels: float = math.inf) -> list[str]:
    """Break lines of text that are longer than `width` characters, or wider than `pixels` in the
    letters of a caption, between words.

    Examples
    --------
    >>> wrap(["one two three", "four"], 8)
    ['one two', 'three', 'four']
    >>> wrap(["ill ill ill", "MMM MMM MMM"], 80, 60)
    ['ill ill ill', 'MMM', 'MMM', 'MMM']
    """
    return [part for line in lines for part in _broken(line, width, pixels)]


def _broken(line: str, width: int, pixels: float) -> list[str]:
    parts = textwrap.wrap(line, width) or [""]
    if max(text_width(part, CAPTION) for part in parts) <= pixels:
        return parts
    return break_text(line, pixels, CAPTION)
