"""`paintrend fit FILE`: curves and courses as tables."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from paintrend.cli.console import Progress, UsageError, output_folder, say, writing
from paintrend.cli.inputs import Request, request_of, say_notices
from paintrend.cli.large import run_large
from paintrend.cli.reported import NOTHING_REPORTED, Reported, reported_of
from paintrend.cli.sessions import AfterSessions, response_of
from paintrend.cli.tables import write_tables
from paintrend.courses import classify
from paintrend.fitting import fit_curves
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.scaleout.source import is_parquet

__all__ = ["fit_request", "run"]


def run(arguments: Namespace) -> int:
    """Fit, and write the tables; Parquet input has Parquet output, in bounded memory."""
    if is_parquet(arguments.file):
        return run_large(arguments)
    if arguments.restart:
        raise UsageError("--restart goes with Parquet input: other runs begin anew every time.")
    request = request_of(arguments)
    reported = reported_of(arguments, request.diary)
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
        after = response_of(arguments, fit, request.criteria, reported.sessions, progress)
        progress("writing tables", 0, 1)
        files = write_results(arguments, fit, courses, folder, reported, after)
    sys.stdout.write("".join(f"{file}\n" for file in files))
    if not arguments.quiet:
        say(repr(courses))
    return 0


def fit_request(arguments: Namespace, request: Request, progress: Progress) -> tuple[Fit, Courses]:
    """Fit and classify."""
    progress("preparing", 0, 1)
    fit = fit_curves(
        request.diary,
        horizon=request.horizon,
        population=request.population,
        seed=arguments.seed,
        draws=arguments.draws,
        lasting_days=arguments.lasting_days,
        workers=getattr(arguments, "workers", None),
        progress=progress,
    )
    say_notices(arguments, fit.notices)
    progress("naming courses", 0, 1)
    return fit, classify(fit, request.criteria)


def write_results(
    arguments: Namespace,
    fit: Fit,
    courses: Courses,
    folder: Path,
    reported: Reported = NOTHING_REPORTED,
    after: AfterSessions | None = None,
    *,
    members: bool = True,
) -> list[Path]:
    """Write the tables into a folder; `members` as in `write_population`."""
    with writing(folder):
        curves = getattr(arguments, "curves", None) or "csv"
        return write_tables(
            fit, courses, folder, curves=curves, lenient=arguments.lenient, reported=reported,
            after=after, also=getattr(arguments, "also", None), members=members,
        )  # fmt: skip
