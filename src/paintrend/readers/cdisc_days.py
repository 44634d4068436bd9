"""Study days of CDISC data: there is no day 0, so day 1 becomes 0 and day -1 stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.date_faults import sas_date
from paintrend.readers.kinds import counted
from paintrend.readers.origin import Flaw
from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.values import is_missing, not_numbers, to_number, to_text

__all__ = ["Days", "day_of_study_day", "find_study_days"]

STARTS = ("TRTSDTM", "TRTSDT", "RFSTDTC")
"""Variables that hold the day on which treatment began, that of a patient."""


@dataclass(frozen=True, eq=False)
class Days:
    """When each row was.

    Parameters
    ----------
    columns, roles
        Columns of time, and standard column -> which of them it is.
    made : dict
        Columns that are not as the file has them.
    missing : array of bool
        Rows without a time.
    numbers : array of float or None
        Days since treatment began, where they are known already.
    start : Any
        As `paintrend.read_diary` takes it.
    notices, flaws, selection
        What was assumed; rows that cannot be placed; what was chosen.
    """

    columns: list[str]
    roles: dict[str, str]
    missing: np.ndarray
    made: dict[str, np.ndarray] = field(default_factory=dict)
    numbers: np.ndarray | None = None
    start: Any = None
    notices: list[str] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    selection: dict[str, str] = field(default_factory=dict)


def day_of_study_day(study_day: np.ndarray) -> np.ndarray:
    """Return days since treatment began for CDISC study days; NaN for 0, which there is not.

    Day 1 is the day on which treatment began, day -1 the day before it.

    Examples
    --------
    >>> day_of_study_day(np.array([-2.0, -1.0, 0.0, 1.0, 2.0])).tolist()
    [-2.0, -1.0, nan, 0.0, 1.0]
    """
    return np.where(study_day >= 1, study_day - 1, np.where(study_day < 0, study_day, np.nan))


def find_study_days(
    rows: RawTable,
    prefix: str,
    unrated: np.ndarray,
    visit_days: Mapping[str, float] | None,
    start: Any,
) -> Days:
    """Take the study day, the days that the caller gives to visits, or dates.

    Parameters
    ----------
    rows : RawTable
        The rows of one question.
    prefix : str
        Two letters of an SDTM domain; "" for ADaM.
    unrated : array of bool
        Rows without a result.
    visit_days, start
        As in `paintrend.read_cdisc`.

    Raises
    ------
    DiaryError
        If there is none of them.
    InputError
        If the options contradict each other.
    """
    here = set(map(str, rows.frame.columns))
    day = f"{prefix}DY" if prefix else "ADY"
    dates = [f"{prefix}DTC"] if prefix else ["ADTM", "ADT"]
    date = next((name for name in dates if name in here), "")
    if visit_days is not None:
        if start is not None:
            raise InputError("visit_days= and start= contradict each other: give one of them.")
        return _visits(rows, prefix, unrated, visit_days)
    if start is None and day in here and not is_missing(to_text(rows.frame[day])).all():
        return _study_days(rows, day)
    own = next((name for name in STARTS if name in here), "")
    if date and (start is not None or own):
        given = {} if start is not None else {"start": own}
        missing = is_missing(to_text(rows.frame[date]))
        return Days(
            [date, *given.values()], {"date": date, **given}, missing, start=start,
            flaws=[flaw for name in (date, *given.values()) for flaw in _sas_numbers(rows, name)],
            selection={"day": f"{date} from {own or 'the given start'}"},
        )  # fmt: skip
    raise file_error(
        rows.source,
        f"there is no study day ({day})" + (f", and no day 0 for {date}" if date else ""),
        f"Add {day}, give start= (one date, or patient id -> date), or visit_days= with the days "
        "of the visits.",
        column=day,
    )


def _sas_numbers(rows: RawTable, column: str) -> list[Flaw]:
    """Name dates that are numbers of SAS; a start, which is that of a patient, once for each."""
    text = to_text(rows.frame[column])
    dates = [sas_date(one) for one in text]
    wrong = np.array([date != "" for date in dates], dtype=bool)
    if column in STARTS:
        ids = to_text(rows.frame["USUBJID"]).where(wrong)
        wrong &= ~ids.duplicated().to_numpy(dtype=bool)
    return [
        Flaw(
            int(at), column, str(text.iloc[at]), f"is SAS's number for a date ({dates[at]})",
            f"Give {column} a date format in SAS before the export, or write {dates[at]}.",
        )
        for at in np.flatnonzero(wrong)
    ]  # fmt: skip


def _study_days(rows: RawTable, day: str) -> Days:
    raw = to_number(rows.frame[day])
    text = to_text(rows.frame[day])
    missing = is_missing(text)
    finite = np.isfinite(raw)
    zero = finite & (raw == 0)
    part = finite & (raw != np.round(raw))
    days = day_of_study_day(np.where(finite & ~part, raw, np.nan))
    flaws = [
        Flaw(
            int(at), day, str(text.iloc[at]), "is study day 0, which CDISC data do not have",
            "Day 1 is the day on which treatment began, day -1 the day before: correct it.",
        )
        for at in np.flatnonzero(zero)
    ] + [
        Flaw(
            int(at), day, str(text.iloc[at]), "is not a whole study day",
            "Study days are whole numbers; for times within a day use dates with start=.",
        )
        for at in np.flatnonzero(part)
    ]  # fmt: skip
    # What is no number stays as it is, for the checks that all files share;
    shown = pd.Series(text.to_numpy(dtype=object), dtype=object)
    # and what is one, but no study day, must not be taken for a day of ours.
    shown[zero | part] = ""
    keep = np.isfinite(days)
    shown[keep] = days[keep]
    return Days(
        [day], {"day": day}, missing, {day: shown.to_numpy(dtype=object)}, days,
        notices=[
            f"{day} has no day 0: day 1, on which treatment began, is day 0 here, day 2 is day 1; "
            "negative days stay as they are"
        ],
        flaws=flaws, selection={"day": day},
    )  # fmt: skip


def _visits(
    rows: RawTable, prefix: str, unrated: np.ndarray, visit_days: Mapping[str, float]
) -> Days:
    """Give each visit the day that the caller says, by its name or its number."""
    wrong = not_numbers(visit_days)
    if wrong or not visit_days:
        raise InputError(
            f"visit_days= maps a visit to its day, a number; got {wrong or visit_days}."
        )
    days = {str(name).strip().casefold(): float(day) for name, day in visit_days.items()}
    names = ("VISIT", "VISITNUM") if prefix else ("AVISIT", "AVISITN")
    columns = [name for name in names if name in rows.frame.columns]
    if not columns:
        raise file_error(
            rows.source,
            f"visit_days= is given, but there is no {' and no '.join(names)}",
            "Leave it out to use the study day.",
            column=names[0],
        )
    found = np.full(len(rows.frame), np.nan)
    for column in columns:
        text = to_text(rows.frame[column]).str.strip().str.casefold()
        here = text.map(days).to_numpy(dtype=float)
        found = np.where(np.isnan(found), here, found)
    shown = to_text(rows.frame[columns[0]]).str.strip()
    unknown = np.isnan(found) & ~unrated
    if unknown.any():
        raise file_error(
            rows.source,
            f"visit_days= has no day for {counted(shown[unknown])}",
            f"Add the days: visit_days={{..., {shown[unknown].iloc[0]!r}: ...}}; or choose visits "
            f"with select={{{columns[0]!r}: [...]}}.",
            column=columns[0],
        )
    listed = ", ".join(
        f"{name} = day {day:g}"
        for name, day in dict(zip(shown, found, strict=True)).items()
        if np.isfinite(day)
    )
    return Days(
        [columns[0], "day"], {"day": "day"}, np.isnan(found), {"day": found}, found,
        notices=[f"days are those given for the visits, not of dates: {listed}"],
        selection={"visit_days": listed},
    )  # fmt: skip
