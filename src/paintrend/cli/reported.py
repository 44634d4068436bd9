"""What was reported beside the ratings: --symptoms, --signs, --events, --sessions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from paintrend.cli.console import CommandError, UsageError
from paintrend.cli.headings import SHARED, headings_of
from paintrend.cli.inputs import SIDE_COLUMNS, column_pairs, say_notices
from paintrend.cli.lists import named_pairs
from paintrend.cli.problems import SKIPPING, can_skip, head_lines, problem_lines
from paintrend.cli.wording import in_options
from paintrend.errors import DiaryError
from paintrend.events import read_events
from paintrend.readers.table import read_table
from paintrend.results.diary import Diary
from paintrend.results.events import Events
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.sessions import read_sessions
from paintrend.symptoms import read_symptoms
from paintrend.wording import plural

__all__ = [
    "NOTHING_REPORTED",
    "Reported",
    "events_of",
    "reported_of",
    "sessions_of",
    "symptoms_of",
]

OWN = {
    "symptom": ("symptom",),
    "event": ("event", "note"),
    "session": ("status", "type", "dose", "intensity", "therapist", "reason"),
}

Result = TypeVar("Result", Symptoms, Events, Sessions)


@dataclass(frozen=True)
class Reported:
    """Symptoms, events and sessions, None where no file was given, and the day of the review."""

    symptoms: Symptoms | None = None
    events: Events | None = None
    review_day: float | None = None
    sessions: Sessions | None = None

    def __bool__(self) -> bool:
        return not (self.symptoms is None and self.events is None and self.sessions is None)


NOTHING_REPORTED = Reported()


def reported_of(arguments: Namespace, diary: Diary) -> Reported:
    """Read the files of symptoms, events and sessions that the options name.

    Raises
    ------
    CommandError
        With the problems of all of them.
    """
    wrong: list[CommandError] = []

    def found(read: Callable[[Namespace, Diary], Result | None]) -> Result | None:
        try:
            return read(arguments, diary)
        except UsageError:
            raise
        except CommandError as error:
            wrong.append(error)
            return None

    reported = Reported(
        found(symptoms_of), found(events_of), arguments.review_day, found(sessions_of)
    )
    if wrong:
        raise CommandError("\n\n".join(map(str, wrong))) from wrong[0]
    return reported


def symptoms_of(arguments: Namespace, diary: Diary) -> Symptoms | None:
    """Read the table of symptoms, if there is one, and say what the reader assumed.

    Raises
    ------
    UsageError
        If there are signs to look for and no table to look in.
    CommandError
        With every problem of the table.
    """
    if not arguments.symptoms:
        if arguments.signs:
            raise UsageError("--signs says which signs to look for in the table of --symptoms.")
        return None
    signs = _table_of_signs(arguments.signs) if arguments.signs else None
    return _read(
        arguments,
        lambda: read_symptoms(
            arguments.symptoms,
            diary,
            columns=_columns(arguments, arguments.symptoms, "symptom"),
            start=_start(arguments, arguments.symptoms, "symptom"),
            time_unit=arguments.time_unit,
            signs=signs,
            lenient=arguments.lenient,
        ),
    )


def events_of(arguments: Namespace, diary: Diary) -> Events | None:
    """Read the table of events, if there is one; as `symptoms_of`."""
    if not arguments.events:
        return None
    return _read(
        arguments,
        lambda: read_events(
            arguments.events,
            diary,
            columns=_columns(arguments, arguments.events, "event"),
            start=_start(arguments, arguments.events, "event"),
            time_unit=arguments.time_unit,
            lenient=arguments.lenient,
        ),
    )


def sessions_of(arguments: Namespace, diary: Diary) -> Sessions | None:
    """Read the table of sessions, if there is one; as `symptoms_of`."""
    if not arguments.sessions:
        if getattr(arguments, "same_day", "leave_out") != "leave_out":
            raise UsageError("--same-day is about the sessions in the table of --sessions.")
        return None
    # only the command sessions has headings of this table in an option of their own
    named = named_pairs("--session-columns", getattr(arguments, "session_columns", []))
    columns = {**(_columns(arguments, arguments.sessions, "session") or {}), **named}
    return _read(
        arguments,
        lambda: read_sessions(
            arguments.sessions,
            diary,
            columns=columns or None,
            start=_start(arguments, arguments.sessions, "session"),
            time_unit=arguments.time_unit,
            lenient=arguments.lenient,
        ),
    )


def _read(arguments: Namespace, read: Callable[[], Result]) -> Result:
    try:
        found = read()
    except DiaryError as error:
        raise CommandError(_all_problems(error)) from error
    notices = list(found.notices)
    if len(found.problems):
        notices.append(f"{plural(len(found.problems), 'problem')} set aside")
    say_notices(arguments, [f"{found.source}: {notice}" for notice in notices])
    return found


def _all_problems(error: DiaryError) -> str:
    """List every problem: `paintrend check` looks at ratings only."""
    table = error.problems
    if table is None or len(table) < 2:
        return in_options(str(error))
    skipping = ["", SKIPPING] if can_skip(error) else []
    return "\n".join([*head_lines(error), *problem_lines(table), *skipping])


def _columns(arguments: Namespace, path: str, about: str) -> dict[str, str] | None:
    """Headings of --columns that are meant for this file: its own, and shared ones it has."""
    own = OWN[about]
    pairs = column_pairs(arguments)
    headings = headings_of(path, about=about) if set(pairs) - set(SIDE_COLUMNS) else set()
    chosen = {
        role: name
        for role, name in pairs.items()
        if role in own or (role in SHARED and name in headings)
    }
    return chosen or None


def _start(arguments: Namespace, path: str, about: str) -> str | None:
    """The one day 0 of all, if this file has dates to count from it."""
    if arguments.start is None:
        return None
    has_days = {"day", "time"} & {name.lower() for name in headings_of(path, about=about)}
    return None if has_days else arguments.start


def _table_of_signs(path: str) -> pd.DataFrame:
    try:
        frame = read_table(path, about="sign").frame
    except DiaryError as error:
        raise CommandError(in_options(str(error))) from error
    return frame.rename(columns=lambda name: str(name).strip().lower())
