"""The files of a fit: courses, curves, population, review list, problems, README.txt."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from paintrend.aside import written_aside
from paintrend.cli.about import about_text
from paintrend.cli.problems import problems_in_options
from paintrend.cli.reported import NOTHING_REPORTED, Reported
from paintrend.cli.sessions import AfterSessions, write_responses
from paintrend.report.signs import signs_statement
from paintrend.results.courses import Courses
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.review import review_order
from paintrend.storage import write_population, write_table
from paintrend.storage.curves import curve_tables

__all__ = ["write_problems", "write_tables"]


def write_tables(
    fit: Fit,
    courses: Courses,
    folder: Path,
    *,
    curves: str,
    lenient: bool,
    reported: Reported = NOTHING_REPORTED,
    after: AfterSessions | None = None,
    also: str | None = None,
    members: bool = True,
) -> list[Path]:
    """Write all tables of a fit and a text that explains them.

    Parameters
    ----------
    fit, courses
        The fitted patients and their courses.
    folder
        Where to; files of an earlier run are replaced.
    curves : {"csv", "parquet", "none"}
        Format of the table of curves.
    lenient
        Write problems.csv, even if nothing had to be set aside.
    reported
        Symptoms, events and sessions: with any of them the review list is written.
    after
        The response to the sessions: tables of it are written.
    also : {"parquet", "xlsx"}, optional
        Write the table of courses in this format too.
    members
        False leaves out of the population what tells whether somebody was in it.

    Returns
    -------
    list of Path
    """
    files = [write_table(courses.table(), folder / "courses.csv")]
    if also is not None:
        files.append(write_table(courses.table(), folder / f"courses.{also}"))
    if curves != "none":
        files.append(write_table(curve_tables(fit), folder / f"curves.{curves}"))
    files.append(write_population(fit.population, folder / "population.json", members=members))
    # A list left by an earlier run would be taken for that of this one.
    if reported or (folder / "review.csv").exists():
        review = review_order(
            fit, courses, symptoms=reported.symptoms, events=reported.events,
            sessions=reported.sessions, review_day=reported.review_day,
        )  # fmt: skip
        files.append(write_table(review, folder / "review.csv"))
    if after is not None:
        files += write_responses(after, folder, members=members)
    files += write_problems(folder, fit.diary, reported, lenient=lenient)
    readme = folder / "README.txt"
    with written_aside(readme) as aside:
        aside.write_text(
            about_text(fit, courses, files, signs_statement(fit, reported.symptoms), after),
            encoding="utf-8",
            newline="\n",
        )
    return [*files, readme]


def write_problems(folder: Path, diary: Diary, reported: Reported, *, lenient: bool) -> list[Path]:
    """Write what was set aside of each file that was read; of none, if nothing had to be.

    A list left by an earlier run would be taken for that of this one: it is written anew.
    """
    files = []
    for name, source in (
        ("problems.csv", diary),
        ("problems_symptoms.csv", reported.symptoms),
        ("problems_events.csv", reported.events),
        ("problems_sessions.csv", reported.sessions),
    ):
        if (lenient and source is not None) or (folder / name).exists():
            none = pd.DataFrame(columns=diary.problems.columns)
            listed = none if source is None else problems_in_options(source.problems)
            files.append(write_table(listed, folder / name))
    return files
