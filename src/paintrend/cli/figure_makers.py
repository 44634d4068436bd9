"""How `paintrend export` makes each figure from a fit and what was reported."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from paintrend.checks import check_cohort
from paintrend.cli.console import Progress
from paintrend.cli.reported import Reported
from paintrend.errors import InputError
from paintrend.hypotheses.dropout import retention_by_course, tipping_point
from paintrend.hypotheses.responders import count_responders
from paintrend.hypotheses.shares import prevalence
from paintrend.hypotheses.specifications import multiverse
from paintrend.hypotheses.survival import time_to
from paintrend.monitoring.replay import monitor
from paintrend.plots import (
    plot_cohort,
    plot_cohort_check,
    plot_outlooks,
    plot_patient,
    plot_prevalence,
    plot_responders,
    plot_retention,
    plot_sessions,
    plot_specifications,
    plot_swimmer,
    plot_time_to,
    plot_tipping_point,
)
from paintrend.results.courses import Courses
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.population import Population
from paintrend.review import review_order
from paintrend.soreness.fit import session_response

__all__ = [
    "Sources",
    "draw_check",
    "draw_cohort",
    "draw_outlooks",
    "draw_patients",
    "draw_prevalence",
    "draw_responders",
    "draw_retention",
    "draw_sessions",
    "draw_specifications",
    "draw_swimmer",
    "draw_times",
    "draw_tipping",
]

LOOKS = 12
"""Days on which the outlooks of a cohort are looked at."""


@dataclass(frozen=True)
class Sources:
    """What figures are made from; random numbers go with the ids of `fit`, while `shown` has
    pseudonyms where these were asked for."""

    fit: Fit
    courses: Courses
    reported: Reported
    shown: tuple[Fit, Courses, Reported]
    criteria: Criteria
    patients: tuple[str, ...]
    first: int
    by: str | None
    tables: int
    population: Population | None
    progress: Progress


def draw_cohort(of: Sources) -> go.Figure:
    """Small pictures of patients."""
    fit, courses, reported = of.shown
    return plot_cohort(fit, courses, symptoms=reported.symptoms, events=reported.events)


def draw_check(of: Sources) -> go.Figure:
    """Ratings beside those that the model makes."""
    if int(of.fit.info["fitted"].sum()) < 2:
        raise InputError("needs two fitted patients or more.")
    return plot_cohort_check(check_cohort(of.fit))


def draw_patients(of: Sources) -> dict[str, go.Figure]:
    """Those asked for, or the first of the review list."""
    fit, courses, reported = of.shown
    events, symptoms, sessions = reported.events, reported.symptoms, reported.sessions
    names = list(of.patients)
    if not names:
        review = review_order(
            fit, courses, symptoms=symptoms, events=events, sessions=sessions,
            review_day=reported.review_day,
        )  # fmt: skip
        names = list(review["patient_id"].head(of.first))
    return {
        f"patient_{name}": plot_patient(
            fit[name], courses[name], events=events, symptoms=symptoms, sessions=sessions
        )
        for name in names
    }


def draw_swimmer(of: Sources) -> go.Figure:
    """A lane per patient."""
    fit, courses, reported = of.shown
    return plot_swimmer(
        fit, courses, sessions=reported.sessions, events=reported.events,
        symptoms=reported.symptoms,
    )  # fmt: skip


def draw_outlooks(of: Sources) -> go.Figure:
    """What could be told on each day."""
    watched = monitor(
        of.fit.diary,
        population=of.population,
        horizon=None if of.population is not None else of.fit.horizon,
        criteria=of.criteria,
        every=of.fit.horizon / LOOKS,
        plan="none",
        seed=of.fit.seed,
        draws=of.fit.n_draws,
        progress=of.progress,
    )
    return plot_outlooks(watched)


def draw_sessions(of: Sources) -> go.Figure:
    """Pain after a session."""
    assert of.reported.sessions is not None, "checked before"
    response = session_response(
        of.fit, of.reported.sessions, course_criteria=of.criteria, progress=of.progress
    )
    return plot_sessions(response)


def draw_prevalence(of: Sources) -> go.Figure:
    """Shares of courses."""
    return plot_prevalence(
        prevalence(of.fit, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress)
    )


def draw_responders(of: Sources) -> go.Figure:
    """Better by how much or more."""
    return plot_responders(
        count_responders(of.fit, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress)
    )


def draw_times(of: Sources) -> dict[str, go.Figure]:
    """Days to a lasting change for the better and for the worse."""
    return {
        f"time_to_{event.removesuffix('_day')}": plot_time_to(
            time_to(
                of.fit, event, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress
            )
        )
        for event in ("better_day", "worse_day")
    }


def draw_retention(of: Sources) -> go.Figure:
    """Who stays."""
    table = retention_by_course(of.fit, m=of.tables, criteria=of.criteria)
    return plot_retention(table, of.fit.scale)


def draw_tipping(of: Sources) -> go.Figure:
    """How much worse leavers would have to be."""
    assert of.by is not None, "checked before"
    return plot_tipping_point(
        tipping_point(of.fit, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress)
    )


def draw_specifications(of: Sources) -> go.Figure:
    """The share with a dip under thresholds a quarter smaller and larger, and another shortest
    time."""

    def share_with_dips(fit: Fit, criteria: Criteria) -> dict[str, float]:
        shares = prevalence(fit, criteria=criteria, m=of.tables).shares
        row = shares[(shares["among"] == "all") & (shares["course"] == "dip")].iloc[0]
        return {
            "estimate": float(row["share"]), "low": float(row["low"]), "high": float(row["high"]),
            "p_value": float("nan"),
        }  # fmt: skip

    used = of.criteria.resolve(of.fit.scale, of.fit.horizon)
    worse, lasting = used.required("worsening"), used.required("lasting_days")
    tried = multiverse(
        of.fit, share_with_dips, worsening=(0.75 * worse, worse, 1.25 * worse),
        lasting_days=(lasting, 1.5 * lasting), progress=of.progress,
    )  # fmt: skip
    return plot_specifications(tried, label="share with a dip", null=None)
