"""`paintrend export FILE`: figures as files, at the size of a page or slide."""

from __future__ import annotations

import sys
from argparse import Namespace

from paintrend.cli.console import (
    CommandError,
    Progress,
    UsageError,
    output_folder,
    say,
    writing,
)
from paintrend.cli.figure_makers import Sources
from paintrend.cli.figures import Drawn, check_wanted, draw_figures, wanted_figures
from paintrend.cli.fit import fit_request
from paintrend.cli.inputs import request_of
from paintrend.cli.privacy import hidden, hidden_reported, privacy_of
from paintrend.cli.reported import reported_of
from paintrend.cli.whose import patients_of
from paintrend.export import export_figures
from paintrend.export.sizes import print_size
from paintrend.report.text import STATEMENT

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Fit, draw, write the figures and the list of them."""
    print_size(arguments.size, arguments.width_mm, arguments.height_mm)
    if arguments.first < 1:
        raise UsageError(f"--first takes a whole number from 1, got {arguments.first}.")
    request = request_of(arguments)
    check_wanted(arguments, request.diary)
    reported = reported_of(arguments, request.diary)
    asked = patients_of(arguments, request.diary)
    privacy = privacy_of(arguments, request.diary)
    folder = output_folder(arguments.output, may_hold_run=True)
    with Progress(quiet=arguments.quiet) as progress:
        fit, courses = fit_request(arguments, request, progress)
        if privacy is not None:
            asked = [privacy.pseudonym(name) for name in asked]
        shown = (
            hidden(fit, privacy, fit.diary),
            hidden(courses, privacy, fit.diary),
            hidden_reported(reported, privacy, fit.diary),
        )
        wanted, left_out = wanted_figures(arguments)
        drawn = draw_figures(
            wanted,
            Sources(
                fit, courses, reported, shown, request.criteria, tuple(asked), arguments.first,
                arguments.by, arguments.tables, request.population, progress,
            ),
        )  # fmt: skip
        if not drawn.figures:
            raise CommandError(_refusals(drawn))
        progress("writing figures", 0, 1)
        with writing(folder):
            done = export_figures(
                drawn.figures, folder, arguments.formats, size=arguments.size,
                width_mm=arguments.width_mm, height_mm=arguments.height_mm, dpi=arguments.dpi,
                data=arguments.data,
            )  # fmt: skip
    sys.stdout.write("".join(f"{file}\n" for file in done.files))
    if not arguments.quiet:
        for name, why in left_out.items():
            say(f"note: {name} is not drawn: it {why}.")
        for row in done.problems.to_dict("records"):
            say(f"note: {row['file']}: {row['problem']}")
        say(STATEMENT)
    if drawn.refused:
        # everything else is written
        raise CommandError(_refusals(drawn))
    return 0


def _refusals(drawn: Drawn) -> str:
    return "\n".join(f"{name} was not drawn: {why}" for name, why in drawn.refused.items())
