"""The answer in about ten lines, for a terminal."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pandas as pd

from paintrend.cli.reported import NOTHING_REPORTED, Reported
from paintrend.plots.course_numbers import CourseShares, course_shares
from paintrend.report.sessions import verdict_sentence
from paintrend.report.signs import signs_statement
from paintrend.report.text import STATEMENT, answer
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.results.headings import headline
from paintrend.results.session_response import SessionResponse
from paintrend.review import GROUPS, SIGN_GROUPS, review_order
from paintrend.wording import level, number, percent, plural, short_id, time_unit

__all__ = ["summary_text"]

WIDTH = 100
LISTED = 4
LISTED_SIGNS = 3
LOOK_FIRST = ("severe", "deterioration", "raised")
NOT_JUDGED = ("no_room", "no_course")


def summary_text(
    fit: Fit,
    courses: Courses,
    about: str,
    page: str | os.PathLike[str],
    reported: Reported = NOTHING_REPORTED,
    response: SessionResponse | None = None,
    *,
    shares: CourseShares | None = None,
) -> str:
    """Say what a reader of the report is going to find there.

    Parameters
    ----------
    fit, courses
        The fitted patients and their courses.
    about
        A sentence on where the ratings come from.
    page
        Path of the report.
    reported
        Symptoms, events and sessions that the report shows.
    response
        The response to sessions that the report tells of.
    shares
        How common each course is; worked out if not given.
    """
    end = time_unit(fit.horizon).show(fit.horizon)
    n_ratings = int(fit.info["n_ratings"].sum())
    counts = f"{plural(len(fit), 'patient')}, {plural(n_ratings, 'rating')}"
    n_late = len(fit.set_aside)
    counts += f" and {n_late} after {end}, not fitted" if n_late else ""
    counts += f" ({fit.scale.direction_text}), judged at {end}."
    lines = [f"{about} {counts}", " ".join(answer(courses, shares or course_shares(courses)))]
    review = review_order(
        fit, courses, symptoms=reported.symptoms, events=reported.events,
        sessions=reported.sessions, review_day=reported.review_day,
    )  # fmt: skip
    paragraphs = [*map(_wrap, lines), *_with_signs(review), *_first_ones(fit, courses, review)]
    if response is not None:
        paragraphs += [_wrap(verdict_sentence(response))]
    paragraphs += [_wrap(_assumptions(fit, courses)), f"Report: {Path(page)}"]
    paragraphs += [_wrap(f"{signs_statement(fit, reported.symptoms)} {STATEMENT}")]
    return "\n".join(paragraphs)


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH)


def _with_signs(review: pd.DataFrame) -> list[str]:
    """Name the patients with warning signs: they come before any curve."""
    signs = review[review["group"].isin(SIGN_GROUPS)]
    if signs.empty:
        return []
    shown = signs.head(LISTED_SIGNS)
    width = max(len(short_id(name)) for name in shown["patient_id"])
    counted = f"{len(shown)} of {len(signs)} listed in the report"
    lines = [f"Warning signs, whatever the curve says ({counted}):"]
    for name, said in zip(shown["patient_id"], shown["signs"], strict=True):
        room = WIDTH - width - 4
        lines.append(
            f"  {short_id(name):<{width}}  {textwrap.shorten(said, room, placeholder=' ...')}"
        )
    return lines


def _first_ones(fit: Fit, courses: Courses, review: pd.DataFrame) -> list[str]:
    """Name the next patients of the review list, with the probability behind it."""
    urgent = review[review["group"].isin(LOOK_FIRST)]
    first = "Who needs a look first"
    if review["group"].isin(SIGN_GROUPS).any():
        first = "After them, by rating and curve"
    if urgent.empty:
        return [_wrap(f"{first}: {_nobody_urgent(review)}")]
    unit = time_unit(fit.horizon)
    shown = urgent.head(LISTED)
    lines = [f"{first} ({len(shown)} of {len(urgent)} listed in the report):"]
    width = max(len(short_id(name)) for name in shown["patient_id"])
    for row in shown.to_dict("records"):
        course = courses[row["patient_id"]]
        worse = percent(row["p_deterioration"])
        lines.append(
            f"  {short_id(row['patient_id']):<{width}}  {worse:>4} of the curves end worse; "
            f"{level(row['latest'], fit.scale)} {unit.on(row['latest_day'])}; "
            f"{headline(course.row, fit.scale, course.criteria)}"
        )
    return lines


def _nobody_urgent(review: pd.DataFrame) -> str:
    """Say that the first groups are empty, and whom the rules could not judge."""
    count = review["group"].value_counts()
    left = [f"{count[key]} {GROUPS[key]}" for key in NOT_JUDGED if count.get(key, 0)]
    cannot = f"; not judged by them: {'; '.join(left)}" if left else ""
    stuck = count.get("no_improvement", 0)
    other = f"; {stuck} listed for another reason, {GROUPS['no_improvement']}" if stuck else ""
    return (
        f"by the rules of the report nobody{cannot}{other}. This does not mean that all is well; "
        "the report lists all in order."
    )


def _assumptions(fit: Fit, courses: Courses) -> str:
    """Say how much rests on what was assumed and on what is predicted."""
    population, table = fit.population, courses.table()
    if population.n_patients and not fit.external:
        n = population.n_patients
        learned = "learned from " + (f"these {n} patients" if n > 1 else "this patient alone")
    elif population.n_patients:
        learned = f"learned before, from {plural(population.n_patients, 'other patient')}"
    else:
        learned = "nothing learned"
    n_sensitive = int(table["threshold_sensitive"].sum())
    statuses = table["status"].str.split(";")
    n_forecast = int(statuses.map(lambda codes: "forecast" in codes).sum())
    return (
        f"What it rests on: {learned}, {number(100 * population.assumed_share, 0)}% of the weight "
        f"is built-in assumptions; {n_sensitive} of {len(table)} answers change if the thresholds "
        f"move by a quarter; for {n_forecast} the end is predicted from an early last rating."
    )
