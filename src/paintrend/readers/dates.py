"""Dates: ISO and other unmistakable forms, with or without time of day and time zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from paintrend.readers.date_faults import FIRST_YEAR, LAST_YEAR, explain_date
from paintrend.readers.months import english_months
from paintrend.readers.values import is_missing, to_text
from paintrend.readers.weekdays import without_weekdays, wrong_weekdays

__all__ = ["DateStyle", "Dates", "date_style", "read_dates"]

CLOCK = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
MIDNIGHT = r"[T ]\s*0?0:00(?::00(?:\.0+)?)?\s*$"
ZONE = r"(?:\s*(?:Z|z|UTC|[+-]\d{2}:?\d{2}))"
ISO = rf"\s*\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}{CLOCK}?{ZONE}?\s*"
NUMERIC = rf"\s*(\d{{1,2}})([./-])(\d{{1,2}})[./-](\d{{4}})({CLOCK}?)\s*"
NAMED = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")


@dataclass(frozen=True, eq=False)
class Dates:
    """A column of dates.

    Parameters
    ----------
    local : array of datetime64[us]
        What a clock on the wall showed; NaT where there is no readable date.
    utc : array of datetime64[us]
        The moment in UTC; NaT where the date has no time zone.
    whole_day : array of bool
        Where there is a date without a time of day.
    missing : array of bool
        Where the cell is empty.
    text : array of str
        The date as the file has it.
    problem, fix : array of str
        Why it cannot be used and what to do, "" where it can.
    notices : tuple of str
        What was assumed.
    """

    local: np.ndarray
    utc: np.ndarray
    whole_day: np.ndarray
    missing: np.ndarray
    text: np.ndarray
    problem: np.ndarray
    fix: np.ndarray
    notices: tuple[str, ...]


@dataclass(frozen=True)
class DateStyle:
    """What the dates of a column show together; parts of a column are joined with ``|``.

    Parameters
    ----------
    day_first, month_first : bool
        A date in figures has a 13 or more in the first or in the second place.
    clock : bool
        A date has a time of day other than midnight.
    """

    day_first: bool = False
    month_first: bool = False
    clock: bool = False

    def __or__(self, other: DateStyle) -> DateStyle:
        return DateStyle(
            self.day_first or other.day_first,
            self.month_first or other.month_first,
            self.clock or other.clock,
        )

    @property
    def order(self) -> str:
        """In which order day and month are written in figures, "" if it does not show."""
        if self.day_first == self.month_first:
            return ""
        return "day/month/year" if self.day_first else "month/day/year"


def date_style(raw: pd.Series) -> DateStyle:
    """Look at a column, or a part of it: a 13 or more in one place and never in the other proves
    the order of day and month."""
    if _is_typed(raw):
        wall = _wall(raw[raw.notna()])
        return DateStyle(clock=bool((wall != wall.astype("datetime64[D]")).any()))
    text, _ = without_weekdays(pd.Series(to_text(raw).unique(), dtype="str"))
    figures = text.str.extract(rf"^{NUMERIC}$")
    figures = figures[figures[0].notna() & (figures[1] != ".")]
    return DateStyle(
        bool((figures[0].astype(int) > 12).any()),
        bool((figures[2].astype(int) > 12).any()),
        bool(_has_time(text).any()),
    )


def _is_typed(raw: pd.Series) -> bool:
    aware = isinstance(raw.dtype, pd.DatetimeTZDtype)
    return aware or pd.api.types.is_datetime64_dtype(raw.dtype)


def _wall(raw: pd.Series) -> np.ndarray:
    """Return what a clock on the wall showed."""
    aware = isinstance(raw.dtype, pd.DatetimeTZDtype)
    return np.array((raw.dt.tz_localize(None) if aware else raw).to_numpy(dtype="datetime64[us]"))


def _has_time(text: pd.Series) -> np.ndarray:
    """Tell which texts have a time of day other than midnight."""
    zero = text.str.contains(MIDNIGHT, regex=True).to_numpy(dtype=bool)
    return text.str.contains(":", regex=False).to_numpy(dtype=bool) & ~zero


def read_dates(raw: pd.Series, column: str, style: DateStyle) -> Dates:
    """Read a column of dates; what can be read in two ways is a problem, not a guess.

    Parameters
    ----------
    raw : Series
        The column as read.
    column : str
        Its heading.
    style : DateStyle
        What the whole column shows: the order of day and month for dates with slashes or dashes
        (with dots the day comes first), and whether midnight stands for "no time of day".
    """
    if _is_typed(raw):
        return _typed(raw, style.clock)
    text = to_text(raw)
    codes, distinct = pd.factorize(text)
    names = pd.Series(distinct, dtype="str")
    one = _distinct(names, column, style)
    return Dates(
        local=one.local[codes],
        utc=one.utc[codes],
        whole_day=one.whole_day[codes],
        missing=one.missing[codes],
        text=one.text[codes],
        problem=one.problem[codes],
        fix=one.fix[codes],
        notices=one.notices,
    )


def _typed(raw: pd.Series, clock: bool) -> Dates:
    missing = raw.isna().to_numpy()
    text = to_text(raw).to_numpy(dtype=object)
    aware = isinstance(raw.dtype, pd.DatetimeTZDtype)
    local = _wall(raw)  # a copy: bad years are taken out
    utc = (
        raw.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
        if aware
        else np.full(len(raw), np.datetime64("NaT"), dtype="datetime64[us]")
    )
    # A typed column cannot say "no time of day" cell by cell; midnight throughout does.
    whole_day = np.full(len(raw), not clock and not aware)
    problem = np.full(len(raw), "", dtype=object)
    fix = problem.copy()
    _check_years(local, problem, fix)
    return Dates(local, utc, whole_day, missing, text, problem, fix, ())


def _distinct(whole: pd.Series, column: str, style: DateStyle) -> Dates:
    text, said = without_weekdays(whole)
    n = len(text)
    local = np.full(n, np.datetime64("NaT"), dtype="datetime64[us]")
    utc = local.copy()
    missing = is_missing(text)
    notices: list[str] = []
    # Excel and DataFrame cells without time of day come as midnight; so does "2024-03-04 00:00".
    has_clock = text.str.contains(":", regex=False).to_numpy(dtype=bool)
    whole_day = ~has_clock if style.clock else np.ones(n, dtype=bool)

    iso = text.str.fullmatch(ISO).to_numpy(dtype=bool)
    if iso.any():
        cleaned = text[iso].str.strip().str.replace("/", "-", regex=False)
        cleaned = cleaned.str.replace(r"[zZ]$|UTC$", "+00:00", regex=True)
        cleaned = cleaned.str.replace(r"\s+(?=[+-]\d{2}:?\d{2}$)", "", regex=True)
        zone = cleaned.str.contains(r":.*[+-]\d{2}:?\d{2}$", regex=True).to_numpy(dtype=bool)
        wall = cleaned.str.replace(r"(:.*)[+-]\d{2}:?\d{2}$", r"\1", regex=True)
        local[iso] = _parse(wall)
        moment = pd.to_datetime(cleaned, format="ISO8601", errors="coerce", utc=True)
        moment_utc = moment.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
        utc[iso] = np.where(zone, moment_utc, np.datetime64("NaT"))
    compact = text.str.fullmatch(r"\s*(19|20)\d{6}\s*").to_numpy(dtype=bool)
    if compact.any():
        local[compact] = _parse(text[compact].str.strip(), "%Y%m%d")
    named = text.str.contains(r"[^\W\d_]{3}", regex=True).to_numpy(dtype=bool)
    spaced = text[named].str.replace(r"[-,./\s]+", " ", regex=True).str.strip()
    words = pd.Series(english_months(spaced).to_numpy(), index=np.flatnonzero(named), dtype="str")
    for form in NAMED:
        left = words[np.isnat(local[words.index])]
        if len(left):
            local[left.index] = _parse(left, form)
    problem = np.full(n, "", dtype=object)
    fix = problem.copy()
    _read_figures(text, column, style.order, local, problem, fix, notices)
    left = np.isnat(local) & ~missing & (problem == "")
    shown = whole.to_numpy(dtype=object)
    for i in np.flatnonzero(left):
        problem[i], fix[i] = explain_date(str(shown[i]))
    _check_years(local, problem, fix)
    wrong_weekdays(local, said, problem, fix)
    return Dates(local, utc, whole_day, missing, shown, problem, fix, tuple(notices))


def _parse(text: pd.Series, form: str = "ISO8601") -> np.ndarray:
    parsed = pd.to_datetime(text, format=form, errors="coerce")
    return parsed.to_numpy(dtype="datetime64[us]")


def _read_figures(
    text: pd.Series,
    column: str,
    order: str,
    local: np.ndarray,
    problem: np.ndarray,
    fix: np.ndarray,
    notices: list[str],
) -> None:
    """Read 04/03/2024 and 04.03.2024 where the order of day and month is beyond doubt."""
    figures = text.str.extract(rf"^{NUMERIC}$")
    at = np.flatnonzero(figures[0].notna().to_numpy() & np.isnat(local))
    if at.size == 0:
        return
    figures = figures.iloc[at]
    first = figures[0].astype(int).to_numpy()
    second = figures[2].astype(int).to_numpy()
    dots = (figures[1] == ".").to_numpy()
    day_first = dots | (first > 12)
    month_first = ~dots & (second > 12)
    unclear = ~day_first & ~month_first & (first != second)
    if order and unclear.any():
        notices.append(f"{column} read as {order}, as other dates in the file show")
        month_first |= unclear & (order == "month/day/year")
        unclear[:] = False
    month = np.where(month_first, first, second)
    day = np.where(month_first, second, first)
    ready = ~unclear
    rebuilt = pd.Series(
        [
            f"{year}-{m:02d}-{d:02d}{clock}"
            for year, m, d, clock in zip(figures[3], month, day, figures[4].fillna(""), strict=True)
        ],
        dtype="str",
    )
    local[at[ready]] = _parse(rebuilt[ready])
    years = figures[3].to_numpy()
    for i in np.flatnonzero(unclear):
        one = f"{years[i]}-{second[i]:02d}-{first[i]:02d}"
        other = f"{years[i]}-{first[i]:02d}-{second[i]:02d}"
        problem[at[i]] = f"can be read as {one} or as {other}"
        fix[at[i]] = "Write the date as year-month-day, e.g. " + one + "."


def _check_years(local: np.ndarray, problem: np.ndarray, fix: np.ndarray) -> None:
    there = ~np.isnat(local)
    year = local.astype("datetime64[Y]").astype(np.int64) + 1970
    wrong = there & ((year < FIRST_YEAR) | (year > LAST_YEAR))
    problem[wrong] = "is not a plausible date (year)"
    fix[wrong] = f"Correct the year ({FIRST_YEAR} to {LAST_YEAR} are accepted)."
    local[wrong] = np.datetime64("NaT")
