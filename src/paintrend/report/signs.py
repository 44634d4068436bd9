"""What a report says of warning signs and events: who was asked, what was reported, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from paintrend.report.problems import SHOWN, problem_rows
from paintrend.report.text import warning_signs
from paintrend.results.events import Events
from paintrend.results.symptoms import Symptoms
from paintrend.review import known_at
from paintrend.warning_signs import GRADES, SIGNS_NOTE, WARNING_SIGNS
from paintrend.wording import number, plural, sentence, time_unit

if TYPE_CHECKING:
    from paintrend.results.fit import Fit

__all__ = ["EventFacts", "SignFacts", "event_facts", "sign_facts", "signs_statement"]

Rows = tuple[tuple[str, ...], ...]


class SignFacts(NamedTuple):
    """Reported signs, the signs looked for with their sources, and rows set aside, as text."""

    sentences: tuple[str, ...]
    reported: Rows
    n_reported: int
    looked_for: Rows
    problems: Rows
    n_problems: int


class EventFacts(NamedTuple):
    """Events and rows set aside, as text."""

    sentences: tuple[str, ...]
    events: Rows
    n_events: int
    problems: Rows
    n_problems: int


def signs_statement(fit: Fit, symptoms: Symptoms | None) -> str:
    """Say on how many patients warning signs were checked, and what is not known.

    Parameters
    ----------
    fit
        The fitted patients; only what was known on its day counts.
    symptoms
        What `read_symptoms` returned; None if none was supplied.
    """
    known = known_at(fit, symptoms, Symptoms)
    if known is None or symptoms is None:
        return warning_signs()
    checked = known.n_patients_checked
    said = [warning_signs(checked)]
    n, others, aside = known.n_patients_with_signs, len(fit) - checked, len(symptoms.problems)
    if n:
        said.append(f"{n} reported at least one.")
    elif checked:
        # what was set aside may name a sign
        said.append(f"None was reported{' in the answers that could be used' if aside else ''}.")
    if others and checked:
        said.append(f"Of the other {others} nothing is known.")
    elif others and not aside:
        said.append(_unanswered(len(fit), asked=len(known.missing) > 0))
    if aside:
        which = "Not all answers" if checked else "No answer"
        said.append(f"{which} could be used: {plural(aside, 'problem')} set aside.")
    return " ".join(said)


def _unanswered(n_patients: int, *, asked: bool) -> str:
    if n_patients == 1:
        return "This patient gave no answer." if asked else "This patient was not asked."
    return "Nobody gave an answer." if asked else "Nobody was asked."


def sign_facts(fit: Fit, symptoms: Symptoms | None) -> SignFacts | None:
    """Collect what a reader must know about warning signs; None if none was supplied."""
    known = known_at(fit, symptoms, Symptoms)
    if known is None or symptoms is None:
        return None
    unit = time_unit(fit.horizon)
    rank = {grade: i for i, grade in enumerate(GRADES)}
    table = known.table.assign(rank=known.table["grade"].map(rank))
    # The most urgent first, then the latest: that is how the review list begins.
    table = table.sort_values(["rank", "day"], ascending=[True, False], kind="stable")
    sentences = [f"Source of the answers: {symptoms.source or 'a table in memory'}."]
    if len(symptoms.missing):
        sentences.append(
            f"{plural(len(symptoms.missing), 'row')} without an answer: not counted as asked."
        )
    sentences += map(sentence, symptoms.notices)
    builtin = any(WARNING_SIGNS.get(name) == sign for name, sign in symptoms.signs.items())
    return SignFacts(
        sentences=(*sentences, *([SIGNS_NOTE] if builtin else [])),
        reported=tuple(
            (
                str(row["patient_id"]),
                unit.show(row["day"]),
                str(row["label"]),
                GRADES[row["grade"]],
                symptoms.signs[row["sign"]].source,
            )
            for row in table.head(SHOWN).to_dict("records")
        ),
        n_reported=len(table),
        looked_for=tuple(
            (sign.label, GRADES[sign.grade], sign.source) for sign in symptoms.signs.values()
        ),
        problems=problem_rows(symptoms.problems),
        n_problems=len(symptoms.problems),
    )


def event_facts(fit: Fit, events: Events | None) -> EventFacts | None:
    """Collect the events that were reported; None if none were supplied."""
    known = known_at(fit, events, Events)
    if known is None or events is None:
        return None
    unit = time_unit(fit.horizon)
    kinds: list[str] = [
        f"{event} {number(count, 0)}"
        for event, count in known.table["event"].value_counts().items()
    ]
    listed = ", ".join(kinds[:8]) + (f" and {len(kinds) - 8} more kinds" if len(kinds) > 8 else "")
    sentences = [
        f"{plural(len(known), 'event')} of {plural(known.n_patients, 'patient')}"
        + (f": {listed}." if kinds else "."),
        f"Source: {events.source or 'a table in memory'}. Events are shown as they were reported. "
        "No curve and no percentage depends on them.",
    ]
    sentences += map(sentence, events.notices)
    rows: list[dict[Any, Any]] = known.table.head(SHOWN).to_dict("records")
    return EventFacts(
        sentences=tuple(sentences),
        events=tuple(
            (str(row["patient_id"]), unit.show(row["day"]), str(row["event"]), str(row["note"]))
            for row in rows
        ),
        n_events=len(known),
        problems=problem_rows(events.problems),
        n_problems=len(events.problems),
    )
