"""What a report says of therapy sessions: verdicts, the response, courses with and without it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from paintrend.errors import InputError
from paintrend.plots.course_numbers import course_shares
from paintrend.plots.sessions import plot_sessions
from paintrend.report.pictures import figure_block
from paintrend.report.problems import SHOWN, problem_rows
from paintrend.report.tables import Comparison, compare_defaults
from paintrend.results.direction import in_direction
from paintrend.results.session_fit import SessionFit
from paintrend.session_rules import VERDICTS
from paintrend.wording import (
    CANNOT_TELL,
    beside_threshold,
    count_share,
    course_label,
    number,
    percent,
    plural,
    records,
    sentence,
)

if TYPE_CHECKING:
    from paintrend.results.dose_effect import DoseEffect
    from paintrend.results.fit import Fit
    from paintrend.results.session_response import SessionResponse

__all__ = [
    "OBSERVED_ONLY",
    "SessionFacts",
    "check_response",
    "need_of",
    "session_facts",
    "verdict_sentence",
]

Rows = tuple[tuple[str, ...], ...]

OBSERVED_ONLY = (
    "Sessions were observed, not assigned: people decided who had which session when. That ratings "
    "rise after sessions does not show that sessions made them rise, and a level that climbs from "
    "session to session may be a slow deterioration. Sessions cancelled because of pain are "
    "missing where the response would have been largest."
)
"""What ratings around sessions cannot show."""

QUANTITIES: dict[str, str] = {
    "rise": "rise after a session, mean over sessions",
    "rise_first": "rise after the first session",
    "rise_last": "rise after the last session",
    "habituation": "change of the rise from the first session to the last (negative: smaller)",
    "left": "share of the rise that is left when the next session comes",
    "climb": "change of the level before sessions, from the first three to the last three",
}
"""Rows of the table of the cohort, in its order."""

TIMES = ("peak_days", "flat_days", "gone_days")


class SessionFacts(NamedTuple):
    """The section on sessions as text, and the picture of the cohort."""

    answer: str
    sentences: tuple[str, ...]
    verdicts: Rows
    response: Rows
    time_courses: Rows
    dose: Rows
    dose_sentences: tuple[str, ...]
    needed: Rows
    comparison: Comparison
    renamed: Rows
    n_renamed: int
    patients: Rows
    n_patients: int
    problems: Rows
    n_problems: int
    figure: dict[str, Any]


def check_response(
    fit: Fit, response: SessionResponse | None, dose: DoseEffect | None = None
) -> None:
    """Refuse a response that is not one of these patients, as known on the same day.

    Raises
    ------
    InputError
    """
    if isinstance(fit, SessionFit):
        raise InputError(
            "The fit of a report comes from fit_curves; what session_response found goes into "
            "response=, and the report sets courses with and without sessions side by side."
        )
    if response is None:
        if dose is not None:
            raise InputError("dose= goes with the response= that it was estimated from.")
        return
    if dose is not None and dose.scale != response.scale:
        raise InputError("The effects of dose are on another scale than the response.")
    if tuple(response.patient_ids) != tuple(fit.patient_ids):
        raise InputError("The response to sessions is of other patients than the fit.")
    if response.fit.horizon != fit.horizon or response.fit.as_of_day != fit.as_of_day:
        raise InputError(
            "The response to sessions has another horizon or day than the fit: "
            "session_response(fit, sessions) with this fit."
        )


def session_facts(
    response: SessionResponse | None, dose: DoseEffect | None = None
) -> SessionFacts | None:
    """Collect what a reader must know about sessions; None where no response was estimated."""
    if response is None:
        return None
    table, sessions = response.table(), response.sessions
    one, two = response.courses_ignoring, response.courses
    renamed = table[table["course"] != table["course_ignoring"]]
    picture = plot_sessions(response)
    return SessionFacts(
        answer=verdict_sentence(response),
        sentences=(
            _counted(response),
            in_direction(OBSERVED_ONLY, response.scale),
            *map(sentence, response.notices),
        ),
        verdicts=_verdict_rows(table, response),
        response=_response_rows(response),
        time_courses=_time_courses(response),
        dose=() if dose is None else _dose_rows(dose),
        dose_sentences=() if dose is None else (*map(sentence, dose.notices), dose.limits),
        needed=_needed(table),
        comparison=compare_defaults(course_shares(one), course_shares(two), one, two),
        renamed=tuple(
            (
                str(row["patient_id"]),
                course_label(row["course_ignoring"]),
                course_label(row["course"]),
                percent(row["p_deterioration_ignoring"]),
                percent(row["p_deterioration"]),
            )
            for row in renamed.head(SHOWN).to_dict("records")
        ),
        n_renamed=len(renamed),
        patients=tuple(
            _patient_row(row, response.criteria.rise)
            for row in table.head(SHOWN).to_dict("records")
        ),
        n_patients=len(table),
        problems=problem_rows(sessions.problems),
        n_problems=len(sessions.problems),
        figure=figure_block(picture, f"Pain after a session. {verdict_sentence(response)}"),
    )


def verdict_sentence(response: SessionResponse) -> str:
    """Say in a sentence how many patients have which verdict."""
    table = response.table()
    counts, n = table["verdict"].value_counts(), len(table)
    said = ", ".join(
        f"{name.replace('_', ' ')} {count_share(int(counts.get(name, 0)), n)}" for name in VERDICTS
    )
    untold = count_share(int(counts.get(CANNOT_TELL, 0)), n)
    return f"After sessions, of {plural(n, 'patient')}: {said}; cannot tell {untold}."


def need_of(reason: str) -> str:
    """Give what a reason says would be needed, "" where it names nothing.

    Examples
    --------
    >>> need_of("settles (45%) or no response (40%). Needed: more sessions rated before.")
    'more sessions rated before'
    >>> need_of("2 sessions attended; needed: at least 3.")
    'at least 3 sessions attended'
    """
    found = re.search(r"needed(?:, for at least \d+ sessions)?: (.+)\.$", reason, re.IGNORECASE)
    if not found:
        return ""
    return f"{found[1]} sessions attended" if "; needed" in reason else found[1]


def _counted(response: SessionResponse) -> str:
    table, sessions = response.table(), response.sessions
    own = sessions.select(response.patient_ids).table
    counts = own["status"].value_counts()
    parts = [f"{counts[name]} {name}" for name in ("attended", "planned", "cancelled")
             if name in counts]  # fmt: skip
    treated = int((table["n_sessions"] > 0).sum())
    cancelled = own[own["status"] == "cancelled"]["reason"]
    for_pain = int(cancelled.str.casefold().str.contains("pain", regex=False).sum())
    pain = f" The reason of {for_pain} of those cancelled names pain." if for_pain else ""
    return (
        f"Source: {sessions.source or 'a table in memory'}; {', '.join(parts)}. "
        f"{treated} of {plural(len(table), 'patient')} attended at least one.{pain}"
    )


def _verdict_rows(table: pd.DataFrame, response: SessionResponse) -> Rows:
    criteria, unit = response.criteria, response.scale.unit
    rise, climb = number(criteria.rise or 0.0, 2), number(criteria.climb or 0.0, 2)
    least = {"rise_from": f"{rise} ({unit})", "climb_from": climb}
    responds = "a rise of at least {rise_from}"
    meanings = {
        "settles": f"{responds}, less than {percent(criteria.left)} of it left at the next session",
        "does_not_settle": f"{responds}, {percent(criteria.left)} or more left at the next session",
        "builds_up": f"{responds}, and the level before sessions climbs by at least "
        "{climb_from}; describes ratings, not their cause",
        "no_response": "a rise below {rise_from}, or none",
        CANNOT_TELL: "the curves do not agree, or too few ratings lie around sessions",
    }
    rows = []
    for name, meaning in meanings.items():
        own = table[table["verdict"] == name]
        clear = int((own["confidence"] == "clear").sum())
        share = table[f"p_{name}"].mean() if name in VERDICTS else float("nan")
        rows.append(
            (
                name.replace("_", " "),
                in_direction(meaning, response.scale).format(**least),
                count_share(len(own), len(table)),
                str(clear) if name in VERDICTS else "",
                percent(share) if name in VERDICTS else "",
            )
        )
    return tuple(rows)


def _response_rows(response: SessionResponse) -> Rows:
    pooled = {row["quantity"]: row for row in records(response.pooled)}
    rows = []
    for name, words in QUANTITIES.items():
        if name not in pooled:
            continue
        row = pooled[name]
        if name == "left":
            middle, low, high = (percent(row[key]) for key in ("median", "low", "high"))
        else:
            middle, low, high = (number(row[key], 2) for key in ("median", "low", "high"))
            middle = f"{middle} {response.scale.unit}"
        said = in_direction(words, response.scale)
        rows.append((said, middle, f"{low} to {high}", str(int(row["n_patients"]))))
    return tuple(rows)


def _time_courses(response: SessionResponse) -> Rows:
    none, *others = response.population.table().to_dict("records")
    shown = sorted(others, key=lambda row: -row["share"])
    return (
        # the verdict "no response" is another thing: a rise too small to count, or none
        (in_direction("no rise at all", response.scale), "", "", percent(none["share"])),
        *((*(number(row[key], 2) for key in TIMES), percent(row["share"])) for row in shown),
    )


def _dose_rows(dose: DoseEffect) -> Rows:
    return tuple(
        (
            f"{'dose' if row['quantity'] == 'dose' else 'rest before a session'}, "
            f"{row['comparison']} patients",
            number(row["effect"], 2) + ("" if pd.isna(row["low"]) else f" {row['unit']}"),
            "" if pd.isna(row["low"]) else f"{number(row['low'], 2)} to {number(row['high'], 2)}",
            str(int(row["n_patients"])),
        )
        for row in records(dose.table())
    )


def _needed(table: pd.DataFrame) -> Rows:
    """What would be needed where it cannot be told, the most frequent first."""
    reasons = table.loc[table["verdict"] == CANNOT_TELL, "reason"]
    counts = Counter(need_of(str(reason)) or str(reason).rstrip(".") for reason in reasons)
    return tuple((need, str(n)) for need, n in counts.most_common())


def _patient_row(row: dict[Any, Any], least: float | None) -> tuple[str, ...]:
    name = str(row["verdict"])
    share = "" if name == CANNOT_TELL else f" ({percent(row['p_' + name])})"
    rise = ""
    if row["n_sessions"]:
        rise = number(row["rise"]) if least is None else beside_threshold(row["rise"], least)
        rise = f"{rise} ({number(row['rise_low'])} to {number(row['rise_high'])})"
    return (
        str(row["patient_id"]),
        f"{name.replace('_', ' ')}{share}",
        rise,
        str(row["n_sessions"]),
        course_label(row["course_ignoring"]),
        course_label(row["course"]),
        str(row["reason"]),
    )
