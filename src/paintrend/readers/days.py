"""Days since the patient's day 0: from day numbers, dates with a start, or times with a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from paintrend.readers.dates import Dates, DateStyle, date_style, read_dates
from paintrend.readers.near_numbers import ERROR_CELL, is_error_cell, number_within
from paintrend.readers.problems import Problems
from paintrend.readers.starts import (
    add_patient_problems,
    column_starts,
    given_starts,
    starts_by_patient,
)
from paintrend.readers.values import (
    TWO_READINGS,
    has_two_readings,
    is_missing,
    to_number,
    to_text,
)
from paintrend.readers.wide import in_days

__all__ = ["days_from_dates", "days_from_numbers"]

CENTURY = 36_525.0  # days; further from day 0 than this is a slip of the pen
ONE_DAY = np.timedelta64(1, "D").astype("timedelta64[us]")


def days_from_numbers(
    raw: pd.Series,
    column: str,
    unit: str,
    problems: Problems,
    what: str = "rating",
) -> np.ndarray:
    """Return days from numbers in `unit`; a row is about a `what`.

    Problems: no value, text, infinite, more than a century from day 0.
    """
    text = to_text(raw).to_numpy(dtype=object)
    missing = is_missing(pd.Series(text))
    numbers = to_number(raw)
    problems.add(
        missing,
        column,
        text[missing],
        f"the {column} is missing",
        f"Write the {column} of the {what}, or delete the row.",
    )
    no_number = np.isnan(numbers) & ~missing
    if no_number.any():
        codes, distinct = pd.factorize(text[no_number])
        said = [_explain(str(one), column, unit) for one in distinct]
        problems.add(
            no_number,
            column,
            text[no_number],
            np.array([one[0] for one in said], dtype=object)[codes],
            np.array([one[1] for one in said], dtype=object)[codes],
        )
    infinite = np.isinf(numbers)
    problems.add(
        infinite, column, text[infinite], "is not a finite number", f"Write the number of {unit}."
    )
    with np.errstate(invalid="ignore"):
        days = in_days(numbers, unit)
        far = np.isfinite(days) & (np.abs(days) > CENTURY)
    problems.add(
        far,
        column,
        text[far],
        "is more than 100 years from day 0",
        f"Write {unit} since the patient's day 0. If it is a date, name the column date.",
    )
    return np.where(np.isfinite(days) & ~far, days, np.nan)


def days_from_dates(
    raw: pd.Series,
    column: str,
    start: Any,
    start_raw: pd.Series | None,
    start_column: str,
    codes: np.ndarray,
    ids: list[str],
    problems: Problems,
    styles: Mapping[str, DateStyle] | None = None,
    what: str = "rating",
) -> tuple[np.ndarray, list[str], dict[str, Any]]:
    """Return days from the patient's start to each date, notices, and the starts by patient.

    With a time of day on both sides the days are decimal, and if both have a time zone they are
    counted in UTC. Where a date has none, whole calendar days count. Where only the start has none,
    day 0 begins at its midnight: a rating at noon is half a day after it, which a notice says of
    those on that date. `styles` says what whole columns show where `raw` is a part of one.

    Problems: dates that are missing, unreadable, open to two readings, implausible; starts that
    are missing or differ within a patient.
    """
    style = styles[column] if styles else date_style(raw)
    own = DateStyle()
    if start_raw is not None and start is None:
        own = styles[start_column] if styles else date_style(start_raw)
    # One file, one order of day and month; midnight is looked at column by column.
    order = replace(style | own, clock=False)
    dates = read_dates(raw, column, replace(order, clock=style.clock))
    notices = list(dates.notices)
    _add_date_problems(
        dates,
        column,
        "the date is missing",
        f"Write the date of the {what}, or delete the row.",
        problems,
    )
    if start is not None:
        starts, of_row = given_starts(start, codes, ids)
        if start_raw is not None:
            notices.append(f"start= was used, the column {start_column} was not")
        start_column = "start"
    else:
        assert start_raw is not None  # find_columns saw to it
        shown = replace(order, clock=own.clock)
        starts, of_row = column_starts(start_raw, start_column, shown, codes, ids, problems)
    notices += starts.notices
    add_patient_problems(starts, of_row, start_column, codes, ids, problems)
    # Row 0 stands in where there is no start; its difference is thrown away.
    known = of_row >= 0
    at = np.where(known, of_row, 0)
    both_aware = ~np.isnat(dates.utc) & ~np.isnat(starts.utc[at])
    calendar = dates.whole_day | starts.whole_day[at]
    start_local = starts.local[at]
    # The date of the rating keeps its time of day if only the start has none.
    start_local = np.where(
        calendar, start_local.astype("datetime64[D]").astype("datetime64[us]"), start_local
    )
    moment = np.where(both_aware & ~calendar, dates.utc, dates.local)
    origin = np.where(both_aware & ~calendar, starts.utc[at], start_local)
    days = (moment - origin) / ONE_DAY
    days = np.where(known, days, np.nan)
    with np.errstate(invalid="ignore"):
        far = np.abs(days) > CENTURY
        later = starts.whole_day[at] & (days > 0) & (days < 1)
    if later.any() and what == "rating":
        n = int(later.sum())
        notices.append(
            f"the start has no time of day, so day 0 is its midnight: {n} "
            f"{'rating' if n == 1 else 'ratings'} later on that date {'is' if n == 1 else 'are'} "
            "taken as after the start; if treatment began later, give its time, or dates alone"
        )
    problems.add(
        far, column, dates.text[far], "is more than 100 years from the start", "Correct the year."
    )
    return np.where(far, np.nan, days), notices, starts_by_patient(starts, of_row, codes, ids)


def _add_date_problems(
    dates: Dates, column: str, missing: str, fix: str, problems: Problems
) -> None:
    problems.add(dates.missing, column, dates.text[dates.missing], missing, fix)
    wrong = dates.problem != ""
    problems.add(wrong, column, dates.text[wrong], dates.problem[wrong], dates.fix[wrong])


def _explain(text: str, column: str, unit: str) -> tuple[str, str]:
    if is_error_cell(text):
        return ERROR_CELL
    if re.search(r"\d{4}-\d\d?-\d\d?|\d{1,2}[./]\d{1,2}[./]\d{2,4}", text):
        return (
            f"is a date, not a number of {unit}",
            "Name the column date and add a column start (or start=).",
        )
    if re.fullmatch(r"\s*\d{1,2}:\d{2}(:\d{2})?\s*", text):
        return f"is a time of day, not a number of {unit}", f"Write {unit} since day 0."
    if re.fullmatch(r"-?\d+ days?(,? [+-]?\d+:\d\d:\d\d(\.\d+)?)?", text):
        return f"is a length of time, not a number of {unit}", f"Write {unit} since day 0."
    if text in ("True", "False"):
        return f"is true/false, not a number of {unit}", f"Write {unit} since day 0."
    if has_two_readings(text):
        return TWO_READINGS
    number = number_within(text, of_time=True)
    if number:
        return "has text beside the number", f"Write the number alone: {number}."
    if re.search(r"\d", text):
        return (
            "has text beside the number",
            f"Write the number of {unit} alone; before day 0 it is negative (-7).",
        )
    return "is text, not a number", f"Write the {column} as {unit} since the patient's day 0."
