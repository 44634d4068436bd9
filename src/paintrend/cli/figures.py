"""The figures that `paintrend export` can draw: what each shows, what it needs, how it is made."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import plotly.graph_objects as go

from paintrend.calibration import check_calibration
from paintrend.checks import check_cohort
from paintrend.cli.console import Progress, UsageError
from paintrend.cli.reported import Reported
from paintrend.dropout import retention_by_course, tipping_point
from paintrend.errors import InputError
from paintrend.monitoring.replay import monitor
from paintrend.plots import (
    plot_calibration,
    plot_cohort,
    plot_cohort_check,
    plot_courses,
    plot_lasagna,
    plot_outlooks,
    plot_patient,
    plot_prevalence,
    plot_responders,
    plot_retention,
    plot_sessions,
    plot_spaghetti,
    plot_specifications,
    plot_swimmer,
    plot_time_to,
    plot_tipping_point,
)
from paintrend.responders import count_responders
from paintrend.results.courses import Courses
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.population import Population
from paintrend.review import review_order
from paintrend.shares import prevalence
from paintrend.soreness.fit import session_response
from paintrend.specifications import multiverse
from paintrend.survival import time_to

__all__ = [
    "FIGURES",
    "NOT_FROM_RATINGS",
    "Drawn",
    "Sources",
    "check_wanted",
    "draw_figures",
    "wanted_figures",
]

NOT_FROM_RATINGS = {
    "power": "is about a study still to come, not about ratings: plot_power(power(...)) in Python",
    "policy": "is about alarms on simulated patients: plot_policy(alarm_policy(...)) in Python",
    "null_world": "needs a landmark and an outcome that you choose: "
    "plot_null_world(landmark_test(...)) in Python",
    "monitor": "belongs to patients who are followed: paintrend monitor",
}
"""Figures that cannot be made from a file of ratings alone, and where they are made."""

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


class Drawn(NamedTuple):
    """Figures by name, and why others that were asked for could not be made."""

    figures: dict[str, go.Figure]
    refused: dict[str, str]


Maker = Callable[[Sources], dict[str, go.Figure]]


class Kind(NamedTuple):
    """A figure: its words in the help, what it needs ("groups", "sessions", ""), how it is made."""

    words: str
    needs: str
    make: Maker


def check_wanted(arguments: Namespace, diary: Diary) -> None:
    """Check that what the figures need is there, before anything is fitted.

    Raises
    ------
    UsageError
        With everything that is missing.
    """
    wanted, columns = (
        set(arguments.figures) - {"all"},
        [str(name) for name in diary.patients.columns],
    )
    found = [f"{name} {why}" for name, why in NOT_FROM_RATINGS.items() if name in wanted]
    known = ", ".join(columns) or "there are none"
    if arguments.by is not None and arguments.by not in columns:
        found.append(
            f"--by {arguments.by}: no such column with one value per patient; those in "
            f"{diary.source}: {known}"
        )
    elif arguments.by is not None and arguments.pseudonyms:
        shown = [name.strip() for name in arguments.show_columns.split(",")]
        if arguments.by not in shown:
            found.append(
                f"--by {arguments.by}: with --pseudonyms a column is shown only if "
                f"--show-columns names it"
            )
    for name in wanted:
        needs = FIGURES[name].needs if name in FIGURES else ""
        if needs == "groups" and arguments.by is None:
            found.append(f"{name} compares groups: name their column with --by (columns: {known})")
        if needs == "sessions" and not arguments.sessions:
            found.append(f"{name} needs the table of --sessions")
    if arguments.tables < 2:
        found.append(f"--tables takes a whole number from 2, got {arguments.tables}")
    if found:
        raise UsageError("\n".join(f"--figures: {text}." for text in found))


def wanted_figures(arguments: Namespace) -> tuple[list[str], dict[str, str]]:
    """Give the figures to draw, and for "all" why others are left out."""
    if "all" not in arguments.figures:
        return list(arguments.figures), {}
    missing = {}
    for name, kind in FIGURES.items():
        if kind.needs == "groups" and arguments.by is None:
            missing[name] = "compares groups, and no --by names their column"
        if kind.needs == "sessions" and not arguments.sessions:
            missing[name] = "needs the table of --sessions"
    return [name for name in FIGURES if name not in missing], missing


def draw_figures(wanted: Iterable[str], sources: Sources) -> Drawn:
    """Draw figures by name; what cannot be made of these patients is told, not raised."""
    figures: dict[str, go.Figure] = {}
    refused: dict[str, str] = {}
    for name in FIGURES:
        if name not in wanted:
            continue
        sources.progress(f"drawing {name}", 0, 1)
        try:
            figures |= FIGURES[name].make(sources)
        except InputError as error:
            refused[name] = str(error)
    return Drawn(figures, refused)


def _cohort(of: Sources) -> go.Figure:
    fit, courses, reported = of.shown
    return plot_cohort(fit, courses, symptoms=reported.symptoms, events=reported.events)


def _check(of: Sources) -> go.Figure:
    if int(of.fit.info["fitted"].sum()) < 2:
        raise InputError("needs two fitted patients or more.")
    return plot_cohort_check(check_cohort(of.fit))


def _patients(of: Sources) -> dict[str, go.Figure]:
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


def _swimmer(of: Sources) -> go.Figure:
    fit, courses, reported = of.shown
    return plot_swimmer(
        fit, courses, sessions=reported.sessions, events=reported.events,
        symptoms=reported.symptoms,
    )  # fmt: skip


def _outlooks(of: Sources) -> go.Figure:
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


def _sessions(of: Sources) -> go.Figure:
    assert of.reported.sessions is not None, "checked before"
    response = session_response(
        of.fit, of.reported.sessions, course_criteria=of.criteria, progress=of.progress
    )
    return plot_sessions(response)


def _prevalence(of: Sources) -> go.Figure:
    return plot_prevalence(
        prevalence(of.fit, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress)
    )


def _responders(of: Sources) -> go.Figure:
    return plot_responders(
        count_responders(of.fit, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress)
    )


def _time_to(of: Sources) -> dict[str, go.Figure]:
    return {
        f"time_to_{event.removesuffix('_day')}": plot_time_to(
            time_to(
                of.fit, event, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress
            )
        )
        for event in ("better_day", "worse_day")
    }


def _retention(of: Sources) -> go.Figure:
    table = retention_by_course(of.fit, m=of.tables, criteria=of.criteria)
    return plot_retention(table, of.fit.scale)


def _tipping(of: Sources) -> go.Figure:
    assert of.by is not None, "checked before"
    return plot_tipping_point(
        tipping_point(of.fit, by=of.by, m=of.tables, criteria=of.criteria, progress=of.progress)
    )


def _specifications(of: Sources) -> go.Figure:
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


def _one(name: str, make: Callable[[Sources], go.Figure]) -> Maker:
    return lambda of: {name: make(of)}


FIGURES: dict[str, Kind] = {
    "courses": Kind(
        "how common each course is", "", _one("courses", lambda of: plot_courses(of.courses))
    ),
    "cohort": Kind("small pictures, who needs a look first", "", _one("cohort", _cohort)),
    "check": Kind("ratings beside those that the model makes", "", _one("check", _check)),
    "spaghetti": Kind(
        "every curve, and the median", "",
        _one("spaghetti", lambda of: plot_spaghetti(*of.shown[:2])),
    ),
    "lasagna": Kind(
        "heat map of the ratings", "", _one("lasagna", lambda of: plot_lasagna(*of.shown[:2]))
    ),
    "swimmer": Kind("follow-up, spells, sessions, events", "", _one("swimmer", _swimmer)),
    "prevalence": Kind("shares for inference", "", _one("prevalence", _prevalence)),
    "responders": Kind("better by how much or more", "", _one("responders", _responders)),
    "time_to": Kind("days to a lasting change", "", _time_to),
    "retention": Kind("who stays, by course", "", _one("retention", _retention)),
    "tipping_point": Kind(
        "how much worse leavers would have to be", "groups", _one("tipping_point", _tipping)
    ),
    "specifications": Kind(
        "dips under other thresholds", "", _one("specifications", _specifications)
    ),
    "outlooks": Kind("what could be told on each day", "", _one("outlooks", _outlooks)),
    "calibration": Kind(
        "probabilities on made twins", "",
        _one("calibration", lambda of: plot_calibration(
            check_calibration(of.fit, criteria=of.criteria, progress=of.progress))),
    ),
    "sessions": Kind("pain after a session", "sessions", _one("sessions", _sessions)),
    "patients": Kind("patients one by one", "", _patients),
}  # fmt: skip
"""Figures by name, in the order in which they are written."""
