"""`paintrend report FILE`: the tables, and a report to open, print or edit."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path

from paintrend.cli.console import Progress, output_folder, writing
from paintrend.cli.fit import fit_request, write_results
from paintrend.cli.inputs import request_of
from paintrend.cli.privacy import hidden, hidden_after, hidden_reported, privacy_of
from paintrend.cli.reported import Reported, reported_of
from paintrend.cli.sessions import response_of
from paintrend.cli.summary import summary_text
from paintrend.cli.whose import patients_of
from paintrend.export.browser import Browser
from paintrend.export.names import file_stems
from paintrend.plots.course_numbers import course_shares
from paintrend.privacy import Privacy
from paintrend.report.cohort import report_html
from paintrend.report.output import check_target, paper_of, write_output
from paintrend.report.patient import patient_html
from paintrend.report.second import courses_under_second_default
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit

__all__ = ["run"]

NAMES = {"html": "index.html", "pdf": "report.pdf", "docx": "report.docx"}
"""The report of the cohort in each format."""


def run(arguments: Namespace) -> int:
    """Fit, write tables and reports, print a summary."""
    for kind in arguments.format:
        check_target(NAMES[kind])
    request = request_of(arguments)
    reported = reported_of(arguments, request.diary)
    asked = patients_of(arguments, request.diary)
    privacy = privacy_of(arguments, request.diary)
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
        second = courses_under_second_default(fit, courses, progress)
        after = response_of(arguments, fit, request.criteria, reported.sessions, progress)
        progress("writing tables", 0, 1)
        shown_fit = hidden(fit, privacy, fit.diary)
        shown_courses = hidden(courses, privacy, fit.diary)
        shown_reported = hidden_reported(reported, privacy, fit.diary)
        shown_after = hidden_after(after, privacy, fit.diary)
        write_results(
            arguments, shown_fit, shown_courses, folder, shown_reported, shown_after,
            members=not arguments.pseudonyms,
        )  # fmt: skip
        progress("writing the report", 0, 1)
        response, dose = (None, None) if after is None else after[:2]
        # With the ids as they are, which random numbers go with: the report hides them itself.
        page = report_html(
            fit, courses, symptoms=reported.symptoms, events=reported.events,
            sessions=reported.sessions, response=response, dose=dose,
            review_day=reported.review_day, title=arguments.title, second=second, privacy=privacy,
            appendix=arguments.appendix,
        )  # fmt: skip
        pages = {"": page, **patient_pages(fit, courses, reported, asked, privacy)}
        files = write_pages(arguments, pages, folder)
    about = f"{shown_fit.diary.source} ({fit.scale.label}):"
    summary = summary_text(
        shown_fit, shown_courses, about, files[0], shown_reported,
        None if shown_after is None else shown_after.response, shares=course_shares(courses),
    )  # fmt: skip
    more = "".join(f"        {file}\n" for file in files[1:])
    sys.stdout.write(f"{summary}\n{more and 'Also written:' + chr(10) + more}")
    return 0


def patient_pages(
    fit: Fit, courses: Courses, reported: Reported, asked: list[str], privacy: Privacy | None
) -> dict[str, str]:
    """Make the page of each patient asked for, by the name that a reader may see."""
    return {
        privacy.pseudonym(name) if privacy is not None else name: patient_html(
            fit, courses, name, symptoms=reported.symptoms, events=reported.events,
            sessions=reported.sessions, privacy=privacy,
        )
        for name in asked
    }  # fmt: skip


def write_pages(arguments: Namespace, pages: dict[str, str], folder: Path) -> list[Path]:
    """Write the report of the cohort (its name is "") and those of patients in each format."""
    stems = dict(zip(pages, file_stems([f"patient_{name}" for name in pages]), strict=True))
    files = []
    with ExitStack() as stack:
        browser = None
        if set(arguments.format) - {"html"}:
            browser = stack.enter_context(Browser("Reports as PDF and Word"))
        for name, page in pages.items():
            for kind in arguments.format:
                file = folder / (f"{stems[name]}.{kind}" if name else NAMES[kind])
                with writing(file):
                    paper = paper_of(arguments.paper, landscape=not name)
                    write_output(page, file, paper, one_page=bool(name), browser=browser)
                files.append(file)
    return files
