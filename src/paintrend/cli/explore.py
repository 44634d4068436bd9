"""`paintrend explore FILE`: fit, and open the explorer in a browser."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace
from importlib import resources
from pathlib import Path

from paintrend.cli.console import Progress, UsageError, output_folder, say
from paintrend.cli.fit import fit_request
from paintrend.cli.inputs import request_of
from paintrend.cli.reported import reported_of
from paintrend.cli.serving import free_port, serve_page
from paintrend.explorer.served import HANDED_OVER, ServedCohort, hand_over
from paintrend.explorer.toolkit import require_packages

__all__ = ["run"]

NEEDED = ("anywidget", "ipykernel", "ipywidgets", "voila")


def run(arguments: Namespace) -> int:
    """Fit once, then serve the page until Ctrl-C."""
    require_packages(NEEDED)
    if Path(arguments.file).is_dir():
        raise UsageError("explore takes one file; of a folder of Parquet files explore a part.")
    port = free_port(arguments.port)
    request = request_of(arguments)
    reported = reported_of(arguments, request.diary)
    folder = output_folder(arguments.output, may_hold_run=True)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
    if not arguments.quiet:
        say(repr(courses))
    cohort = ServedCohort(
        fit, courses.criteria, folder.resolve(), reported.symptoms, reported.events,
        reported.sessions,
    )  # fmt: skip
    templates = resources.files("paintrend") / "explorer" / "templates"
    with (
        tempfile.TemporaryDirectory(prefix="paintrend-explore-", ignore_cleanup_errors=True) as own,
        resources.as_file(templates) as packaged,
    ):
        file = Path(own) / "cohort.pickle"
        hand_over(cohort, file)
        os.environ[HANDED_OVER] = str(file)
        serve_page(Path(own), packaged, port, browser=not arguments.no_browser, ready=_tell)
    say("paintrend explore: stopped")
    return 0


def _tell(url: str) -> None:
    sys.stdout.write(f"Open in a browser on this computer: {url}\n")
    sys.stdout.flush()
    say("Ctrl-C stops the page. What is exported goes to the folder of --output.")
