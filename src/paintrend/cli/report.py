"""`paintrend report FILE`: the tables, and a report to open in a browser."""

from __future__ import annotations

import sys
from argparse import Namespace

from paintrend.cli.console import Progress, output_folder, writing
from paintrend.cli.fit import fit_request, write_results
from paintrend.cli.inputs import request_of
from paintrend.cli.summary import summary_text
from paintrend.report import write_report
from paintrend.report.text import FEW_PATIENTS

__all__ = ["run"]

SECOND_DEFAULT = "cautious"


def run(arguments: Namespace) -> int:
    """Fit, write tables and report, print a summary."""
    request = request_of(arguments)
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
        second = None
        if request.population is None and fit.population.n_patients < FEW_PATIENTS:
            # So few patients leave much to the assumptions: show how much.
            _, second = fit_request(arguments, request, progress, SECOND_DEFAULT)
        progress("writing tables", 0, 1)
        write_results(arguments, fit, courses, folder)
        progress("writing the report", 0, 1)
        page = folder / "index.html"
        with writing(page):
            write_report(fit, courses, page, title=arguments.title, second=second)
    about = f"{request.diary.source} ({fit.scale.label}):"
    sys.stdout.write(summary_text(fit, courses, about, page) + "\n")
    return 0
