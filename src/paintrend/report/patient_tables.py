"""Tables of a patient's page: the checks behind the course, thresholds, what is wrong with data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from paintrend.report.tables import threshold_rows
from paintrend.wording import (
    amount,
    beside_threshold,
    exact_percent,
    percent,
    plural,
    time_unit,
)

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.criteria import Criteria
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms
    from paintrend.scales import Scale

__all__ = ["check_rows", "own_data", "short_thresholds"]

ELSEWHERE = ("A course is called clear from", "Judged at")
"""Thresholds that the page names above the table or among the checks."""

PARTS = ("share of ", "part of ")
"""How the units of rules begin whose values are shares, shown as percentages."""

WHOLE = ("share of ", "ratings", "curves")
"""How the units of rules about the patient as a whole begin: they hold or do not."""

OPERATORS = {">=": "\N{GREATER-THAN OR EQUAL TO}", "<=": "\N{LESS-THAN OR EQUAL TO}"}
FINEST = 8
"""Decimals of a percentage that are never needed to tell it from 0% or 100%."""

SHOWN = 3
"""Rows of what was set aside that a page has room for; it says how many there are."""


def check_rows(course: PatientCourse) -> list[tuple[str, str, str]]:
    """Give each check behind a course: the rule, what was found and what it takes, who meets it."""
    rows = []
    for row in course.why().to_dict("records"):
        unit, value, least = str(row["unit"]), row["value"], row["threshold"]
        operator = OPERATORS.get(row["operator"], row["operator"])
        if unit.startswith(PARTS):
            # the same probability is said in the same way in each row
            at = least if unit.startswith("part of ") else course.criteria.certainty
            found = f"{_share(value, least, at)} ({operator} {exact_percent(least)})"
        else:
            found = f"{beside_threshold(value, least, 2)} ({operator} {amount(least, unit)})"
        met = percent(row["share"])
        if unit.startswith(WHOLE):
            met = "yes" if row["share"] else "no"
        rows.append((str(row["rule"]), found, met))
    return rows


def _share(value: float, least: float, certainty: float) -> str:
    """A share beside the one that it takes: in whole percent, with decimals only where those
    would hide on which side of a threshold it lies; 0% and 100% are said of 0 and 1 alone."""
    if value in (0.0, 1.0):
        return exact_percent(value)
    said = percent(value, certainty)
    hidden = next((at for at in (least, certainty) if _hides(said, value, at)), None)
    if hidden is None:
        return said
    texts = (beside_threshold(100 * value, 100 * hidden, n) for n in range(1, FINEST))
    return next((f"{text}%" for text in texts if text not in ("0", "100")), said)


def _hides(said: str, value: float, at: float) -> bool:
    """Whether a percentage does not tell on which side of a threshold a value lies."""
    if not round(100 * at, 9) % 1:  # `percent` takes care of whole ones
        return False
    if said[0] in "<>":
        return 100 * at < 1 if said[0] == "<" else 100 * at > 99
    return (value >= at) != (float(said[:-1]) >= 100 * at)


def short_thresholds(
    criteria: Criteria, scale: Scale, horizon: float, curve_days: float | None = None
) -> list[dict[str, str]]:
    """Give the thresholds with their sources, each source written out once."""
    rows = []
    seen: dict[str, str] = {}
    for row in threshold_rows(criteria, scale, horizon, curve_days):
        if row["what"] in ELSEWHERE:
            continue
        said = row["source"]
        if len(said) > 50 and said in seen:
            said = f"As for {seen[said]}."
        else:
            seen[said] = f"“{row['what']}”"
        rows.append({**row, "source": said})
    return rows


def own_data(
    one: Fit, symptoms: Symptoms | None, events: Events | None, sessions: Sessions | None
) -> list[str]:
    """Say what is known of one patient's data, and what was set aside and why."""
    diary, unit = one.diary, time_unit(one.horizon)
    said = [f"Source: {diary.source or 'a table in memory'}."]
    if len(one.set_aside):
        said.append(
            f"{plural(len(one.set_aside), 'rating')} after {unit.show(one.horizon)}: not fitted."
        )
    for what, problems in (
        ("ratings", diary.problems),
        ("warning signs", None if symptoms is None else symptoms.problems),
        ("events", None if events is None else events.problems),
        ("sessions", None if sessions is None else sessions.problems),
    ):
        said += _set_aside(what, problems)
    if not any(text.startswith("Set aside") for text in said):
        said.append("No row of this patient was set aside because of a problem.")
    if events is not None and len(events):
        said.append(f"Events, as reported: {_moments(events.table, 'event', unit.show)}.")
    elif events is not None:
        said.append("No event was reported.")
    if sessions is not None:
        counts = sessions.table["status"].value_counts()
        parts = [f"{count} {status}" for status, count in counts.items()]
        said.append(f"Sessions: {', '.join(parts) or 'none'}; shown, not modelled.")
    return said


def _set_aside(what: str, problems: pd.DataFrame | None) -> list[str]:
    if problems is None or not len(problems):
        return []
    rows: Sequence[dict[Any, Any]] = problems.head(SHOWN).to_dict("records")
    shown = "; ".join(f"row {row['row']}, {row['column']}: {row['problem']}" for row in rows)
    n = len(problems)
    count = f"{n}" if n <= SHOWN else f"first {SHOWN} of {n}"
    return [f"Set aside of {what} ({count}): {shown}."]


def _moments(table: pd.DataFrame, column: str, show: Any) -> str:
    rows = table.head(2 * SHOWN).to_dict("records")
    listed = ", ".join(f"{row[column]} ({show(row['day'])})" for row in rows)
    more = len(table) - len(rows)
    return listed + (f" and {more} more" if more else "")
