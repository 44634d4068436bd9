"""`paintrend export FILE`: figures as files, at the size of a page or slide."""

from __future__ import annotations

import sys
from argparse import Namespace

import plotly.graph_objects as go

from paintrend.checks import check_cohort
from paintrend.cli.console import Progress, UsageError, output_folder, say, writing
from paintrend.cli.fit import fit_request
from paintrend.cli.inputs import request_of
from paintrend.cli.privacy import hidden, hidden_reported, privacy_of
from paintrend.cli.reported import Reported, reported_of
from paintrend.cli.whose import patients_of
from paintrend.export import export_figures
from paintrend.export.sizes import print_size
from paintrend.plots import plot_cohort, plot_cohort_check, plot_courses, plot_patient
from paintrend.report.text import STATEMENT
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.review import review_order

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Fit, draw, write the figures and the list of them."""
    print_size(arguments.size, arguments.width_mm, arguments.height_mm)
    if arguments.first < 1:
        raise UsageError(f"--first takes a whole number from 1, got {arguments.first}.")
    request = request_of(arguments)
    reported = reported_of(arguments, request.diary)
    asked = patients_of(arguments, request.diary)
    privacy = privacy_of(arguments, request.diary)
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
        progress("drawing", 0, 1)
        if privacy is not None:
            asked = [privacy.pseudonym(name) for name in asked]
        figures = figures_of(
            arguments.figures,
            hidden(fit, privacy, fit.diary),
            hidden(courses, privacy, fit.diary),
            hidden_reported(reported, privacy, fit.diary),
            asked,
            arguments.first,
        )
        progress("writing figures", 0, 1)
        with writing(folder):
            done = export_figures(
                figures, folder, arguments.formats, size=arguments.size,
                width_mm=arguments.width_mm, height_mm=arguments.height_mm, dpi=arguments.dpi,
                data=arguments.data,
            )  # fmt: skip
    sys.stdout.write("".join(f"{file}\n" for file in done.files))
    if not arguments.quiet:
        for row in done.problems.to_dict("records"):
            say(f"note: {row['file']}: {row['problem']}")
        say(STATEMENT)
    return 0


def figures_of(
    kinds: list[str],
    fit: Fit,
    courses: Courses,
    reported: Reported,
    asked: list[str],
    first: int,
) -> dict[str, go.Figure]:
    """Draw figures by name: those of the cohort, then patients.

    Parameters
    ----------
    kinds
        Some of courses, cohort, check, patients.
    fit, courses, reported
        What is drawn.
    asked
        Patients asked for; if none, the first of the review list.
    first
        How many of that list.
    """
    figures: dict[str, go.Figure] = {}
    fitted = int(fit.info["fitted"].sum())
    if "courses" in kinds:
        figures["courses"] = plot_courses(courses)
    if "cohort" in kinds:
        figures["cohort"] = plot_cohort(fit, courses, symptoms=reported.symptoms)
    if "check" in kinds and fitted >= 2:
        figures["check"] = plot_cohort_check(check_cohort(fit))
    if "patients" in kinds:
        if not asked:
            review = review_order(
                fit, courses, symptoms=reported.symptoms, events=reported.events,
                sessions=reported.sessions, review_day=reported.review_day,
            )  # fmt: skip
            asked = list(review["patient_id"].head(first))
        for name in asked:
            figures[f"patient_{name}"] = plot_patient(
                fit[name], courses[name], events=reported.events, symptoms=reported.symptoms,
                sessions=reported.sessions,
            )  # fmt: skip
    return figures
