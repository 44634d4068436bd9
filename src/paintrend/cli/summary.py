"""The answer in about ten lines, for a terminal."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pandas as pd

from paintrend.plots.course_numbers import course_shares
from paintrend.report.text import STATEMENT, answer, warning_signs
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.results.headings import headline
from paintrend.review import GROUPS, review_order
from paintrend.wording import level, number, percent, plural, short_id, time_unit

__all__ = ["summary_text"]

WIDTH = 100
LISTED = 4
LOOK_FIRST = ("severe", "deterioration", "raised")


def summary_text(fit: Fit, courses: Courses, about: str, page: str | os.PathLike[str]) -> str:
    """Say what a reader of the report is going to find there.

    Parameters
    ----------
    fit, courses
        The fitted patients and their courses.
    about
        A sentence on where the ratings come from.
    page
        Path of the report.
    """
    end = time_unit(fit.horizon).show(fit.horizon)
    n_ratings = int(fit.info["n_ratings"].sum())
    counts = f"{plural(len(fit), 'patient')}, {plural(n_ratings, 'rating')}"
    counts += f" ({fit.scale.direction_text}), judged at {end}."
    lines = [f"{about} {counts}", " ".join(answer(courses, course_shares(courses)))]
    paragraphs = [*map(_wrap, lines), *_first_ones(fit, courses), _wrap(_assumptions(fit, courses))]
    paragraphs += [f"Report: {Path(page)}", _wrap(f"{warning_signs()} {STATEMENT}")]
    return "\n".join(paragraphs)


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH)


def _first_ones(fit: Fit, courses: Courses) -> list[str]:
    """Name the patients at the top of the review list, with the probability behind it."""
    review = review_order(fit, courses)
    urgent = review[review["group"].isin(LOOK_FIRST)]
    if urgent.empty:
        return [_wrap(_nobody_urgent(review))]
    unit = time_unit(fit.horizon)
    shown = urgent.head(LISTED)
    lines = [f"Who needs a look first ({len(shown)} of {len(urgent)} listed in the report):"]
    width = max(len(short_id(name)) for name in shown["patient_id"])
    for row in shown.to_dict("records"):
        course = courses[row["patient_id"]]
        worse = percent(row["p_deterioration"])
        lines.append(
            f"  {short_id(row['patient_id']):<{width}}  {worse:>4} end worse; "
            f"{level(row['latest'], fit.scale)} on {unit.show(row['latest_day'])}; "
            f"{headline(course.row, fit.scale)}"
        )
    return lines


def _nobody_urgent(review: pd.DataFrame) -> str:
    """Say that the first groups are empty, and whom the rules could not judge."""
    count = review["group"].value_counts()
    left = [f"{count[key]} {GROUPS[key]}" for key in ("no_room", "no_course") if count.get(key, 0)]
    cannot = f"; not judged by them: {'; '.join(left)}" if left else ""
    return (
        f"Who needs a look first: by the rules of the report nobody{cannot}. This does not mean "
        "that all is well; the report lists all in order."
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
