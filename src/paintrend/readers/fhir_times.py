"""When an Observation was made: effective[x], in the wall clock that its days are counted by."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from paintrend.errors import InputError

__all__ = ["Moment", "read_moment", "zone_of"]

FULL = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?")
PARTIAL = re.compile(r"\d{4}(-\d{2})?")
DAY = dt.timedelta(days=1)


class Moment(NamedTuple):
    """A time as text for the checks that all files share.

    ``span`` is the length of a period of a day or more, in words: what the rating recalls.
    ``utc`` says that the clock is that of UTC, whose days may not be the patient's.
    """

    text: str = ""
    element: str = ""
    shown: str = ""
    problem: str = ""
    fix: str = ""
    span: str = ""
    utc: bool = False


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return a time zone by its name.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            f"time_zone is a name such as 'Europe/Berlin' or 'America/New_York', got {name!r}."
        ) from error


def read_moment(
    observation: Mapping[str, Any], zone: ZoneInfo | None, period: str | None
) -> Moment:
    """Read effectiveDateTime, effectiveInstant or effectivePeriod.

    Parameters
    ----------
    observation : mapping
        The Observation.
    zone : ZoneInfo, optional
        Whose clock counts; that of each time itself if not given.
    period : {"start", "end"}, optional
        Which end of a period counts; needed where it spans more than one date.
    """
    there = [name for name in observation if name.startswith("effective")]
    if not there:
        issued = " (issued says when it was released, not when it was rated)"
        return Moment(
            element="effective[x]", shown="",
            problem="has no effective time" + (issued if "issued" in observation else ""),
            fix="Give effectiveDateTime.",
        )  # fmt: skip
    if len(there) > 1:
        return Moment(
            element="effective[x]", shown=", ".join(sorted(there)),
            problem="has several effective times, where FHIR allows one", fix="Keep the right one.",
        )  # fmt: skip
    name, value = there[0], observation[there[0]]
    if name in ("effectiveDateTime", "effectiveInstant"):
        return _moment(value, name, zone)
    if name == "effectivePeriod":
        return _period(value, zone, period)
    return Moment(
        element=name, shown=str(value)[:40], problem="is not a time or a period",
        fix="Give effectiveDateTime.",
    )  # fmt: skip


def _moment(value: Any, element: str, zone: ZoneInfo | None) -> Moment:
    text = value.strip() if isinstance(value, str) else str(value)
    if PARTIAL.fullmatch(text):
        return Moment(
            element=element, shown=text, problem="has no day", fix="Give the whole date.",
        )  # fmt: skip
    if not FULL.fullmatch(text):
        return Moment(
            element=element, shown=text[:40], problem="is no date or time as FHIR writes them",
            fix="Write it as 2024-03-14 or 2024-03-14T18:30:00+01:00.",
        )  # fmt: skip
    try:
        moment = dt.datetime.fromisoformat(text)
        if "T" in text and zone is not None and moment.tzinfo is not None:
            return Moment(moment.astimezone(zone).isoformat())
    except (ValueError, OverflowError):
        return Moment(
            element=element, shown=text, problem="is no date of the calendar", fix="Correct it.",
        )  # fmt: skip
    return Moment(text, utc=moment.tzinfo is not None and text.endswith(("Z", "+00:00")))


def _period(value: Any, zone: ZoneInfo | None, period: str | None) -> Moment:
    ends = {
        one: _moment(value[one], f"effectivePeriod.{one}", zone)
        for one in ("start", "end")
        if isinstance(value, dict) and value.get(one)
    }
    for end in ends.values():
        if end.problem:
            return end
    if not ends or (period is not None and period not in ends):
        return Moment(
            element="effectivePeriod", shown=", ".join(ends),
            problem=f"has no {period or 'start and no end'}", fix="Give effectiveDateTime.",
        )  # fmt: skip
    shown = " to ".join(end.text for end in ends.values())
    if len(ends) < 2:
        if period is None:
            return Moment(
                element="effectivePeriod", shown=f"{next(iter(ends))} {shown}",
                problem="is open at one end",
                fix="Say which end counts: period='start' or period='end'.",
            )  # fmt: skip
        return ends[period]._replace(span="open")
    first, last = (dt.datetime.fromisoformat(ends[one].text) for one in ("start", "end"))
    aware = first.tzinfo is not None and last.tzinfo is not None
    length = last - first if aware else last.replace(tzinfo=None) - first.replace(tzinfo=None)
    if length < dt.timedelta(0):
        return Moment(
            element="effectivePeriod", shown=shown, problem="ends before it starts",
            fix="Correct it.",
        )  # fmt: skip
    if period is None and first.date() != last.date():
        return Moment(
            element="effectivePeriod", shown=shown, problem="spans more than one date",
            fix="Say which end counts: period='end' for a rating that looks back.",
        )  # fmt: skip
    days = round(length / DAY)
    return ends[period or "start"]._replace(span=f"{days} days" if days else "")
