"""`paintrend report FILE`: the tables, and a report to open in a browser."""

from __future__ import annotations

import sys
from argparse import Namespace

from paintrend.cli.console import Progress, output_folder, writing
from paintrend.cli.fit import fit_request, write_results
from paintrend.cli.inputs import request_of
from paintrend.cli.reported import reported_of
from paintrend.cli.sessions import response_of
from paintrend.cli.summary import summary_text
from paintrend.report import write_report
from paintrend.report.second import courses_under_second_default

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Fit, write tables and report, print a summary."""
    request = request_of(arguments)
    reported = reported_of(arguments, request.diary)
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
        second = courses_under_second_default(fit, courses, progress)
        after = response_of(arguments, fit, request.criteria, reported.sessions, progress)
        progress("writing tables", 0, 1)
        write_results(arguments, fit, courses, folder, reported, after)
        progress("writing the report", 0, 1)
        response, dose = (None, None) if after is None else after[:2]
        page = folder / "index.html"
        with writing(page):
            write_report(
                fit, courses, page, symptoms=reported.symptoms, events=reported.events,
                sessions=reported.sessions, response=response, dose=dose,
                review_day=reported.review_day, title=arguments.title, second=second,
            )  # fmt: skip
    about = f"{request.diary.source} ({fit.scale.label}):"
    sys.stdout.write(summary_text(fit, courses, about, page, reported, response) + "\n")
    return 0
