"""Panels: what the explorer says in words, as HTML in which everything from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from paintrend.core.course_rules import COURSES
from paintrend.explorer.state import State
from paintrend.report.signs import signs_statement
from paintrend.report.text import STATEMENT
from paintrend.results.headings import headline
from paintrend.wording import (
    CANNOT_TELL,
    beside_threshold,
    course_label,
    number,
    percent,
    plural,
    time_unit,
)

if TYPE_CHECKING:
    from paintrend.monitoring.patient import PatientMonitor
    from paintrend.results.courses import PatientCourse
    from paintrend.results.fit import Fit
    from paintrend.results.symptoms import Symptoms

__all__ = [
    "counts_html",
    "list_labels",
    "looks_html",
    "patient_html",
    "problem_html",
    "statement_html",
    "why_html",
]


def statement_html(fit: Fit, symptoms: Symptoms | None) -> str:
    """Say what this is not, whether warning signs were checked, and if it looks back."""
    said = [STATEMENT, signs_statement(fit, symptoms)]
    if fit.as_of_day is not None:
        said.append(f"Ratings up to {time_unit(fit.horizon).show(fit.as_of_day)} only.")
    if fit.retrospective:
        said.append(
            "Retrospective: later ratings of these patients, or of some of them, helped to learn "
            "what is usual."
        )
    return f"<p>{escape(' '.join(said))}</p>"


def counts_html(state: State) -> str:
    """Say how many patients are selected, and how many of them have each course."""
    counts = state.table.loc[list(state.ids), "course"].value_counts()
    said = "; ".join(
        f"{course_label(name)} {counts[name]}" for name in (*COURSES, CANNOT_TELL) if name in counts
    )
    n = f"<b>{len(state.ids)} of {plural(len(state.fit), 'patient')} selected.</b>"
    return f"<p>{n} {escape(said)}</p>"


def list_labels(state: State, ids: Sequence[str]) -> list[str]:
    """Say each patient in the list: id, course, share of curves that end worse."""
    rows = state.table.loc[list(ids), ["course", "p_deterioration"]]
    return [
        f"{name}: {course_label(course)}; {percent(share)} end worse"
        for name, course, share in zip(
            ids, rows["course"], rows["p_deterioration"].astype(float), strict=True
        )
    ]


def patient_html(state: State, course: PatientCourse) -> str:
    """Say what can be said of a patient, what else is known, and whether the filters let it
    pass."""
    own = state.fit.diary.patients.loc[course.patient_id]
    known = ", ".join(f"{name} {_value(value)}" for name, value in own.items())
    lines = [
        f"<h2><bdi>{escape(course.patient_id)}</bdi>: "
        f"{escape(headline(course.row, course.scale, course.criteria))}</h2>",
        f"<p>{escape(course.status_text)}</p>",
    ]
    if known:
        lines.append(f"<p>{escape(known)}</p>")
    if course.patient_id not in state.ids:
        lines.append("<p>Not in the selection: the filters leave this patient out.</p>")
    return "".join(lines)


def why_html(course: PatientCourse) -> str:
    """Give the checks behind the course as a table."""
    rows = [
        (
            str(row["rule"]), beside_threshold(row["value"], row["threshold"], 3),
            str(row["operator"]), number(row["threshold"], 3), str(row["unit"]),
            percent(float(row["share"])),
        )
        for row in course.why().to_dict("records")
    ]  # fmt: skip
    heads = ("Check", "Value", "", "Threshold", "Unit", "Share that meets it")
    caption = "Why: each check behind the course. Value: median of the curves."
    return _table(caption, heads, rows)


def looks_html(watched: PatientMonitor) -> str:
    """Give what was said on each day, from the ratings up to that day."""
    unit = time_unit(watched.population.horizon)
    looks = watched.looks
    rows = [
        (unit.show(float(day)), str(text))
        for day, text in zip(looks["day"], looks["state"], strict=True)
    ]
    named = looks.loc[looks["outlook"] != CANNOT_TELL, "day"]
    when = (
        f"An outlook was first named {unit.on(float(named.min()))}."
        if len(named)
        else "On no day could an outlook be named."
    )
    return f"<p>{escape(when)} A later rating may change it.</p>" + _table(
        "What could be said on each day, with the ratings up to then.", ("Day", "Said"), rows
    )


def problem_html(text: str) -> str:
    """Say what went wrong."""
    return f'<p class="pt-problem"><b>{escape(text)}</b></p>'


def _table(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(
        f'<th scope="col">{escape(text)}</th>' if text else "<td></td>" for text in heads
    )
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<table class="pt-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _value(value: Any) -> str:
    if pd.isna(value):
        return "not known"
    return number(float(value), 2) if isinstance(value, (int, float)) else str(value)
