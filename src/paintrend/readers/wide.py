"""Turn one column per visit into one row per rating."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from paintrend.errors import DiaryError, InputError
from paintrend.readers.headings import simple_name
from paintrend.readers.raw import RawTable
from paintrend.scales import Scale

__all__ = ["UNITS", "in_days", "visit_days"]

# Days in one unit of time.
UNITS = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1.0, "weeks": 7.0}

WORDS = {
    "minutes": "minute minutes min mins minuten",
    "hours": "hour hours hr hrs h stunde stunden std heure heures",
    "days": "day days d tag tage jour jours j",
    "weeks": "week weeks wk wks w woche wochen semaine semaines",
}
UNIT_OF = {word: unit for unit, words in WORDS.items() for word in words.split()}
SCORE_WORDS = frozenset(["pain", "score", "rating", "nrs", "vas"])
ZERO_WORDS = frozenset(["baseline", "bl", "day0"])
# A visit's number says nothing about when it was; months differ in length.
UNDATED_WORDS = (
    "visit v t time session s month months m mo year years y "
    "besuch visite termin sitzung monat monate mois jahr jahre an ans"
)
UNDATED = frozenset(UNDATED_WORDS.split())

NAME = re.compile(r"^(?P<stem>[^0-9]*?)(?P<sign>[-\N{MINUS SIGN}]?)(?P<number>\d+(?:[.,]\d+)?)$")
# "6 weeks"; one letter after a number is too often something else ("10m" is a walking test).
NUMBER_FIRST = re.compile(r"^(?P<number>\d+(?:[.,]\d+)?)[-_ ]*(?P<word>[a-z]{2,})$")


def in_days(number: Any, unit: str) -> Any:
    """Return numbers of a unit as days: 60 minutes are exactly the 60 / 1440 of a horizon.

    Examples
    --------
    >>> in_days(60, "minutes") == 60 / 1440, 60 * (1 / 1440) == 60 / 1440
    (True, False)
    """
    length = UNITS[unit]
    return number / round(1 / length) if length < 1 else number * length


def visit_days(
    table: RawTable, wide: bool | Mapping[str, float], scale: Scale, time_unit: str | None
) -> dict[str, float]:
    """Return the day of each column that is a visit.

    Parameters
    ----------
    table : RawTable
        The table with one column per visit.
    wide : True or mapping
        True reads the days from headings: "baseline" (day 0), "day_-7", "week 3", "nrs_w12",
        "6 weeks", in German and French too ("Woche 3", "J14"); a number without a unit is in
        `time_unit`. A mapping gives heading -> day.
    scale : Scale
        Its name may be part of a heading.
    time_unit : str, optional
        Unit of bare numbers, days if not given.

    Raises
    ------
    DiaryError
        If no heading is a visit, or its day cannot be told.
    InputError
        If `wide` is something else, or gives no day.
    """
    names = [str(name) for name in table.frame.columns]
    if not isinstance(wide, (bool, np.bool_, Mapping)):
        raise InputError(
            "wide= is True, or maps headings to days: wide={'week 1': 7}; got "
            f"{type(wide).__name__}."
        )
    if isinstance(wide, Mapping):
        return _given(table, names, wide)
    unit = time_unit or "days"
    days: dict[str, float] = {}
    unclear: list[str] = []
    parts = {name: _split(name, scale) for name in names}
    # "day-7" is before day 0 if other headings put no "-" there ("day7"), else only a dash.
    glued = {name for name, part in parts.items() if part and part[2] == "glued"}
    plain = {part[0] for part in parts.values() if part and part[2] == "no"}
    for name, part in parts.items():
        if part is None:
            continue
        word, number, minus = part
        if word in UNDATED or (name in glued and word not in plain):
            unclear.append(name)
            continue
        value = -number if minus != "no" else number
        days[name] = in_days(value, UNIT_OF.get(word, unit))
    if unclear:
        listed = ", ".join(repr(name) for name in unclear[:6])
        raise DiaryError(
            f"{table.source}: the headings {listed} do not say on which day the rating was made. "
            f"Give the days: wide={{{unclear[0]!r}: 0, ...}}."
        )
    if not days:
        raise DiaryError(
            f"{table.source}: no heading is a visit such as baseline, 'day -7', 'week 3'. "
            f"The file has the columns: {', '.join(names[:20])}. "
            "Give the days: wide={'heading': day, ...}."
        )
    return _distinct(table, days)


def _distinct(table: RawTable, days: dict[str, float]) -> dict[str, float]:
    same = [name for name in days if list(days.values()).count(days[name]) > 1]
    if same:
        raise DiaryError(
            f"{table.source}: the headings {', '.join(map(repr, same[:6]))} mean the same day. "
            f"Give the days of those that count: wide={{{same[0]!r}: {days[same[0]]:g}, ...}}."
        )
    return days


def _given(table: RawTable, names: list[str], wide: Mapping[str, float]) -> dict[str, float]:
    if not wide:
        raise InputError("wide={} names no column; give heading -> day, or wide=True.")
    missing = [str(name) for name in wide if str(name).strip() not in names]
    if missing:
        raise DiaryError(
            f"{table.source}: wide= names {', '.join(map(repr, missing[:6]))}, which the file does "
            f"not have. It has the columns: {', '.join(names[:20])}."
        )
    days = {str(name).strip(): _number(day) for name, day in wide.items()}
    wrong = [f"{name!r}: {day!r}" for name, day in wide.items() if not np.isfinite(_number(day))]
    if wrong:
        raise InputError(
            f"wide= gives a day for each heading, as a finite number; got {', '.join(wrong[:6])}."
        )
    return _distinct(table, days)


def _number(day: object) -> float:
    try:
        return float(day)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return np.nan


def _split(name: str, scale: Scale) -> tuple[str, float, str] | None:
    """Return word, number and whether a minus stands before it; None if this is no visit."""
    text = name.strip().lower()
    ignored = SCORE_WORDS | set(simple_name(scale.name).split("_")) | {simple_name(scale.name)}
    words = [word for word in re.split(r"[^a-z]+", text) if word and word not in ignored]
    if words and words[-1] in ZERO_WORDS and len(words) == 1 and not re.search(r"\d", text):
        return "baseline", 0.0, "no"
    first = NUMBER_FIRST.match(text)
    if first and (first["word"] in UNIT_OF or first["word"] in UNDATED):
        return first["word"], float(first["number"].replace(",", ".")), "no"
    match = NAME.match(text)
    if match is None or len(words) > 1:
        return None
    word = words[0] if words else ""
    if word and word not in UNIT_OF and word not in UNDATED:
        return None
    number = float(match["number"].replace(",", "."))
    stem = match["stem"]
    minus = "no"
    if match["sign"]:
        # "day_-7" and "-7" are signs; in "day-7" the "-" may be a dash.
        minus = "glued" if stem and stem[-1].isalnum() else "sign"
    return word, number, minus
