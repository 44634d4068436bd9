"""Pictures of a report: small ones for the review list, full ones for the first patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go
from markupsafe import Markup

from paintrend.courses import classify
from paintrend.plots.captions import first_shown
from paintrend.plots.panel import panel_info
from paintrend.plots.patient import draw_patient
from paintrend.plots.patient_numbers import patient_info
from paintrend.plots.sparkline import sparkline_svg
from paintrend.report import text
from paintrend.results.direction import in_direction
from paintrend.results.events import Events
from paintrend.results.headings import headline
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.review import GROUPS, SIGN_GROUPS
from paintrend.wording import as_given, short_id, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit
    from paintrend.results.patient import PatientFit

__all__ = [
    "LISTED",
    "LISTED_PER_GROUP",
    "Seen",
    "courses_at_start",
    "covariate_words",
    "figure_block",
    "full_pictures",
    "review_groups",
]

LISTED = 500
"""Patients that the table of a report shows; it says of how many."""

LISTED_PER_GROUP = 100
"""The same for each group of the review list, in a cohort of more than `LISTED`."""


class Seen(NamedTuple):
    """What is shown of patients: fit and courses, and what was reported besides."""

    fit: Fit
    courses: Courses
    events: Events | None = None
    symptoms: Symptoms | None = None
    sessions: Sessions | None = None


def review_groups(seen: Seen, review: pd.DataFrame, pictured: set[str]) -> list[dict[str, Any]]:
    """Give the review list by group, each patient with a small picture.

    Parameters
    ----------
    seen
        What is shown of the patients.
    review
        As `review_order` gives it.
    pictured
        Patients with a full picture, to which their row leads.
    """
    fit = seen.fit
    days = fit.diary.ratings["day"]
    first = first_shown(float(days.min()) if len(days) else 0.0, fit.horizon)
    unit = time_unit(fit.horizon)
    most = len(review) if len(review) <= LISTED else LISTED_PER_GROUP
    groups = []
    for key, words in GROUPS.items():
        inside = review[review["group"] == key]
        members = [
            {
                "rank": row["rank"],
                "patient_id": row["patient_id"],
                "link": row["patient_id"] in pictured,
                "state": row.get("state", ""),
                "reason": row["reason"],
                "sources": row["sign_sources"],
                "picture": _small_picture(seen, row["patient_id"], first),
            }
            for row in inside.head(LISTED if key in SIGN_GROUPS else most).to_dict("records")
        ]
        if members:
            n, shown = len(inside), len(members)
            axis = f"{unit.show(first)} to {unit.show(fit.horizon)}"
            count = str(n) if n == shown else f"first {shown} of {n} shown"
            groups.append(
                {"key": key, "words": in_direction(words, fit.scale),
                 "members": members, "n": n, "count": count,
                 "axis": axis, "moments": seen.events is not None or seen.symptoms is not None,
                 "sessions": seen.sessions is not None}
            )  # fmt: skip
    return groups


def _small_picture(seen: Seen, patient_id: str, first_day: float) -> Markup:
    panel = panel_info(
        seen.fit[patient_id], seen.courses[patient_id], seen.events, seen.symptoms, seen.sessions
    )
    return Markup(sparkline_svg(panel, first_day))


def courses_at_start(fit: Fit, courses: Courses, pictured: list[str]) -> Courses | None:
    """Judge these patients as they stood at day 0; None for nobody."""
    return classify(fit.select(pictured).as_of(0.0), courses.criteria) if pictured else None


def full_pictures(seen: Seen, pictured: list[str], known: Courses | None) -> list[dict[str, Any]]:
    """Give the full pictures, each with what was `known` before the ratings since day 0."""
    if known is None:
        return []
    return [
        {
            **_picture(seen, name, i + 1),
            "before": text.before_and_after(
                known[name].row, seen.courses[name].row, retrospective=known.retrospective
            ),
        }
        for i, name in enumerate(pictured)
    ]


def _picture(seen: Seen, patient_id: str, rank: int) -> dict[str, Any]:
    patient_fit, patient_course = seen.fit[patient_id], seen.courses[patient_id]
    said = headline(patient_course.row, seen.fit.scale, patient_course.criteria)
    info = patient_info(
        patient_fit, patient_course, events=seen.events, symptoms=seen.symptoms,
        sessions=seen.sessions,
    )  # fmt: skip
    figure = draw_patient(info)
    return {
        "rank": rank,
        "patient_id": patient_id,
        "headline": info.headline,
        "caption": info.caption,
        "covariates": covariate_words(patient_fit),
        **figure_block(
            figure, f"Patient {short_id(patient_id)}: {said}. {patient_course.status_text}"
        ),
    }


def covariate_words(patient_fit: PatientFit) -> str:
    """Say what else is known of a patient: "arm: A; age: 63"."""
    return "; ".join(f"{name}: {as_given(value)}" for name, value in patient_fit.covariates.items())


def figure_block(figure: go.Figure, alt: str) -> dict[str, Any]:
    """Give a figure as the template takes it: JSON that no text in it can break out of."""
    # Inside a script element only these could end it or start a comment.
    json = figure.to_json().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    size = {"width": figure.layout.width, "height": figure.layout.height}
    return {"json": Markup(json), "alt": alt, **size}
