"""Say what a file seems to hold, for a user who has not yet said which scale and horizon."""

from __future__ import annotations

import math
from os import PathLike

import numpy as np
import pandas as pd

from paintrend.readers.headings import ALIASES, simple_name
from paintrend.readers.raw import RawTable
from paintrend.readers.table import read_table
from paintrend.readers.values import to_number
from paintrend.scales import SCALES, Scale

__all__ = ["suggest_options"]


def suggest_options(source: str | PathLike[str] | pd.DataFrame) -> str:
    """Return in a few sentences which options fit the ratings and days of a file.

    Nothing is checked: numbers are looked at, the rest is passed over.

    Raises
    ------
    DiaryError
        If the file cannot be read as a table.

    Examples
    --------
    >>> print(suggest_options(pd.DataFrame({"day": [-7, 0, 84], "pain": [0, 6, 10]})))
    Ratings (pain) run from 0 to 10 in whole numbers: --scale nrs fits.
    Days (day) run from -7 to 84: --horizon 84 fits.
    """
    table = read_table(source)
    lines = [_ratings_line(table), _time_line(table)]
    found = [line for line in lines if line]
    if found:
        return "\n".join(found)
    names = ", ".join(str(name) for name in table.frame.columns[:20])
    return (
        f"{table.source} has the columns {names}; none of them is called pain, day, date or time."
    )


def _column(table: RawTable, role: str, also: tuple[str, ...] = ()) -> str | None:
    """Return the column that is, or looks like, a standard column."""
    by_name = {simple_name(name): str(name) for name in table.frame.columns}
    for wanted in (role, *also, *ALIASES.get(role, "").split()):
        if wanted in by_name:
            return by_name[wanted]
    words = {role, *also}
    near = [name for simple, name in by_name.items() if words & set(simple.split("_"))]
    return near[0] if len(near) == 1 else None


def _ratings_line(table: RawTable) -> str:
    column = _column(table, "pain", tuple(SCALES))
    if column is None:
        return ""
    numbers = to_number(table.frame[column])
    numbers = numbers[np.isfinite(numbers)]
    if numbers.size == 0:
        return f"The column {column} holds no number."
    # A slip such as 99 must not decide; a scale is suggested if nearly all ratings fit it.
    whole = bool((numbers == np.round(numbers)).mean() > 0.99)
    low, high = float(numbers.min()), float(numbers.max())
    said = (
        f"Ratings ({column}) run from {low:g} to {high:g}"
        + (" in whole numbers" if whole else " with decimals")
        + ": "
    )
    named = SCALES.get(simple_name(column))
    if named is not None and _fits(numbers, named) > 0.9:
        return said + f"--scale {named.name} fits."
    fit = [scale for scale in SCALES.values() if _fits(numbers, scale) > 0.99]
    if not fit:
        return said + "no built-in scale fits all of them."
    # The narrowest range that holds them comes first.
    fit.sort(key=lambda scale: (scale.span, whole and scale.step == 0))
    best = [scale for scale in fit if scale.span == fit[0].span]
    if len(best) == 1 or (whole and best[0].name == "nrs"):
        scale = best[0]
        if low > scale.low or high < scale.high:
            span = f"{scale.low:g} to {scale.high:g}"
            return said + f"--scale {scale.name} ({span}) fits, if that is what was asked."
        return said + f"--scale {scale.name} fits."
    names = " or ".join(f"--scale {scale.name}" for scale in best)
    return said + f"{names} would fit; which questionnaire was used?"


def _fits(numbers: np.ndarray, scale: Scale) -> float:
    inside = (numbers >= scale.low) & (numbers <= scale.high)
    if scale.step:
        steps = (numbers - scale.low) / scale.step
        inside &= np.abs(steps - np.round(steps)) < 1e-6
    return float(inside.mean())


def _time_line(table: RawTable) -> str:
    column = _column(table, "day")
    if column is not None:
        numbers = to_number(table.frame[column])
        numbers = numbers[np.isfinite(numbers)]
        if numbers.size:
            low, high = float(numbers.min()), float(numbers.max())
            said = f"Days ({column}) run from {low:g} to {high:g}: "
            if high <= 0:
                return said + "no rating lies after day 0, so no horizon fits."
            return said + f"--horizon {math.ceil(high)} fits."
    column = _column(table, "time")
    if column is not None:
        numbers = to_number(table.frame[column])
        numbers = numbers[np.isfinite(numbers)]
        if numbers.size:
            return (
                f"Times ({column}) run from {numbers.min():g} to {numbers.max():g}: say in what "
                "unit, --time-unit hours, days, weeks or minutes; --horizon is in days."
            )
    if _column(table, "date") is not None:
        return "Times are dates: --horizon is the day, counted from the start, at which to judge."
    return ""
