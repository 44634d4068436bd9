"""`paintrend fit FILE` where FILE is Parquet: partitions instead of tables, in bounded memory."""

from __future__ import annotations

import sys
from argparse import Namespace

from paintrend.cli.console import Progress, UsageError, output_folder, say, writing
from paintrend.cli.inputs import reading_options, say_notices, settings_of
from paintrend.cli.wording import in_options
from paintrend.diary import suggest_options
from paintrend.scaleout.parquet_run import fit_parquet
from paintrend.scaleout.source import open_source
from paintrend.scaleout.spill import first_rows

__all__ = ["run_large"]


def run_large(arguments: Namespace) -> int:
    """Fit a Parquet file or a folder of them, or go on where an earlier run stopped."""
    if arguments.curves == "csv":
        raise UsageError("--curves csv does not go with Parquet input: --curves parquet, or none.")
    if arguments.sheet or arguments.sheets:
        raise UsageError("--sheet and --sheets are for Excel files.")
    if arguments.select or arguments.labels:
        raise UsageError(
            "--select and --labels do not go with Parquet input: paintrend convert "
            "chooses rows and writes a table."
        )
    if arguments.also:
        raise UsageError("--also does not go with Parquet input, whose courses are Parquet files.")
    if (
        arguments.symptoms
        or arguments.signs
        or arguments.events
        or arguments.sessions
        or arguments.review_day is not None
    ):
        raise UsageError(
            "--symptoms, --signs, --events, --sessions and --review-day are for the review list, "
            "which is not written for Parquet input: fit these patients from a CSV or Excel file."
        )
    settings = settings_of(arguments, lambda: _suggestion(arguments.file))
    folder = output_folder(arguments.output, may_hold_run=True)
    with Progress(quiet=arguments.quiet) as progress, writing(folder):
        done = fit_parquet(
            arguments.file,
            folder,
            scale=settings.scale,
            horizon=settings.horizon,
            criteria=settings.criteria,
            population=settings.population,
            seed=arguments.seed,
            draws=arguments.draws,
            lasting_days=arguments.lasting_days,
            curves=arguments.curves or "none",
            workers=arguments.workers,
            restart=arguments.restart,
            progress=progress,
            **reading_options(arguments),
        )
    say_notices(arguments, done.notices)
    sys.stdout.write("".join(f"{file}\n" for file in done.files))
    if not arguments.quiet:
        say(repr(done))
    return 0


def _suggestion(file: str) -> str:
    """Say what the first rows suggest."""
    return in_options(suggest_options(first_rows(open_source(file)).frame))
