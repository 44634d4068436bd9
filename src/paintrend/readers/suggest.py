"""Say what a file seems to hold, for a user who has not yet said which scale and horizon."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.headings import ALIASES, PAIN_WORDS, simple_name
from paintrend.readers.missing_codes import without_far_codes
from paintrend.readers.raw import RawTable
from paintrend.readers.table import read_table
from paintrend.readers.values import to_number
from paintrend.readers.wide import visit_days
from paintrend.scales import SCALES, Scale

__all__ = ["suggest_options"]


def suggest_options(
    source: str | PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    wide: bool | Mapping[str, float] | None = None,
    sheet: str | int | Sequence[str] | Mapping[str, float] | None = None,
    horizon: bool = True,
) -> str:
    """Return in a few sentences which options fit the ratings and days of a file.

    Nothing is checked: numbers are looked at, the rest is passed over. `columns`, `wide` and
    `sheet` are those of `paintrend.read_diary`; without `horizon` only what reading needs is said.

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
    table = read_table(source, sheet)
    visits = _visits(table, wide or True)
    if wide or (len(visits) > 1 and _column(table, "pain", tuple(SCALES), columns) is None):
        lines = [_visits_line(table, visits, said=bool(wide))]
        lines += [_last_visit(visits)] if horizon else []
    else:
        lines = [_ratings_line(table, columns), _time_line(table, columns, horizon)]
    said = [line for line in lines if line]
    if lines[0]:
        return "\n".join(said)
    has = f"{table.source} has the columns {', '.join(map(str, table.frame.columns[:20]))}"
    if not said and not wide:
        return f"{has}; none of them is called pain, day, date or time."
    return "\n".join([f"Which has the ratings? {has}.", *said])


def _visits(table: RawTable, wide: bool | Mapping[str, float]) -> dict[str, float]:
    """Return the days of the columns that are visits; none where that cannot be told."""
    try:
        return visit_days(table, wide, SCALES["nrs"], None)
    except InputError:
        return {}


def _visits_line(table: RawTable, visits: Mapping[str, float], *, said: bool) -> str:
    if not visits:
        return ""
    asked = f"{table.source} seems to have one column per visit: --wide. "
    numbers = np.concatenate([to_number(table.frame[name]) for name in visits])
    return ("" if said else asked) + _range_line(numbers, f"{len(visits)} columns of visits")


def _last_visit(visits: Mapping[str, float]) -> str:
    last = max(visits.values(), default=0)
    return (
        f"The last visit is on day {last:g}: --horizon {math.ceil(last)} fits." if last > 0 else ""
    )


def _column(
    table: RawTable,
    role: str,
    also: tuple[str, ...] = (),
    columns: Mapping[str, str] | None = None,
) -> str | None:
    """Return the column that is named by the user, or is, or looks like, a standard column."""
    by_name = {simple_name(name): str(name) for name in table.frame.columns}
    if columns and role in columns:
        return by_name.get(simple_name(columns[role]))
    for wanted in (role, *also, *ALIASES.get(role, "").split()):
        if wanted in by_name:
            return by_name[wanted]
    words = {role, *also, *(PAIN_WORDS if role == "pain" else ())}
    near = [name for simple, name in by_name.items() if words & set(simple.split("_"))]
    return near[0] if len(near) == 1 else None


def _ratings_line(table: RawTable, columns: Mapping[str, str] | None) -> str:
    column = _column(table, "pain", tuple(SCALES), columns)
    return "" if column is None else _range_line(to_number(table.frame[column]), column)


def _range_line(numbers: np.ndarray, column: str) -> str:
    """Say which scale the numbers of a column fit."""
    numbers, codes = without_far_codes(numbers[np.isfinite(numbers)])
    if numbers.size == 0:
        return f"The column {column} holds no number."
    # A slip such as 99 must not decide; a scale is suggested if nearly all ratings fit it.
    whole = bool((numbers == np.round(numbers)).mean() > 0.99)
    low, high = float(numbers.min()), float(numbers.max())
    said = (
        f"Ratings ({column}) run from {low:g} to {high:g}"
        + (" in whole numbers" if whole else " with decimals")
        + (f" (without {', '.join(codes)})" if codes else "")
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
    scale = fit[0]
    if whole and scale.name == "nrs":
        if low > scale.low or high < scale.high:
            span = f"{scale.low:g} to {scale.high:g}"
            return said + f"--scale {scale.name} ({span}) fits, if that is what was asked."
        return said + f"--scale {scale.name} fits."
    # Low ratings of a wide scale look like those of a narrow one: thresholds are not to be guessed.
    names = [f"--scale {scale.name}" for scale in fit]
    if not whole:
        names.append(f"one of your own (--scale {scale.low:g}-{scale.high:g} --step 0)")
    if len(names) == 1:
        return said + f"{names[0]} fits, if that is what was asked."
    listed = f"{', '.join(names[:-1])} or {names[-1]}"
    return said + f"{listed} would fit; which questionnaire was used?"


def _fits(numbers: np.ndarray, scale: Scale) -> float:
    inside = (numbers >= scale.low) & (numbers <= scale.high)
    if scale.step:
        steps = (numbers - scale.low) / scale.step
        inside &= np.abs(steps - np.round(steps)) < 1e-6
    return float(inside.mean())


def _time_line(table: RawTable, columns: Mapping[str, str] | None, horizon: bool) -> str:
    column = _column(table, "day", columns=columns)
    if column is not None:
        numbers = to_number(table.frame[column])
        numbers = numbers[np.isfinite(numbers)]
        if numbers.size:
            low, high = float(numbers.min()), float(numbers.max())
            said = f"Days ({column}) run from {low:g} to {high:g}: "
            if not horizon:
                return ""
            if high <= 0:
                return said + "no rating lies after day 0, so no horizon fits."
            return said + f"--horizon {math.ceil(high)} fits."
    column = _column(table, "time", columns=columns)
    if column is not None:
        numbers = to_number(table.frame[column])
        numbers = numbers[np.isfinite(numbers)]
        if numbers.size:
            return (
                f"Times ({column}) run from {numbers.min():g} to {numbers.max():g}: say in what "
                "unit, --time-unit hours, days, weeks or minutes"
                + ("; --horizon is in days." if horizon else ".")
            )
    if horizon and _column(table, "date", columns=columns) is not None:
        return "Times are dates: --horizon is the day, counted from the start, at which to judge."
    return ""
