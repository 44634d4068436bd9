"""Commands and options, and the help that explains them."""

from __future__ import annotations

import argparse

from paintrend import __version__
from paintrend.cli.commands import add_convert, add_explore, add_export, add_sessions
from paintrend.cli.options import (
    add_criteria,
    add_file,
    add_fitting,
    add_horizon,
    add_privacy,
    add_reading,
    add_reported,
    add_same_day,
    add_scale,
    days,
    new_command,
    number,
)
from paintrend.cli.paper_options import add_format

__all__ = ["build_parser"]

EPILOG = """exit codes: 0 done, 1 problems in the data, 2 wrong usage, 3 the output cannot be
written, 130 stopped with Ctrl-C. `paintrend COMMAND --help` explains a command.

Research and case-review software, not a medical device; not for deciding one patient's care on
its own. It does not show that treatment caused a change."""


LARGE = (
    "CSV and Excel files are fitted in memory and give CSV tables. A Parquet file, or a folder of "
    "them, is fitted in bounded memory and gives Parquet files; if the run is stopped, the same "
    "command continues it."
)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="paintrend",
        description="Tell a passing rise in pain after the start of treatment from a sustained "
        "deterioration.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"paintrend {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    demo = new_command(commands, "demo", "fit the sample cohort, print a summary, write a report")
    demo.add_argument(
        "-o", "--output", metavar="DIR", default="report", help="folder (default: report)"
    )
    add_fitting(demo, population=False)

    template = new_command(commands, "template", "write a form for ratings, .xlsx or .csv")
    template.add_argument("-o", "--output", metavar="FILE", required=True, help="form to write")
    add_scale(template, default="nrs")

    check = new_command(commands, "check", "list every problem of a file of ratings")
    add_file(check)
    check.add_argument("-o", "--output", metavar="CSV", help="write the list of problems there too")
    add_scale(check)
    add_reading(check)

    add_convert(commands)
    fit = new_command(commands, "fit", "fit curves and courses, write them as tables", LARGE)
    fit.add_argument(
        "--curves",
        choices=("csv", "parquet", "none"),
        help="format of the table of curves (default: csv; none for Parquet input)",
    )
    fit.add_argument(
        "--workers", metavar="N", type=int, help="processors to use (default: all there are)"
    )
    fit.add_argument(
        "--restart",
        action="store_true",
        help="Parquet input: throw away what another run left in the folder",
    )
    report = new_command(commands, "report", "as fit, and write a report to open in a browser")
    report.add_argument("--title", metavar="TEXT", help="heading of the report")
    add_format(report)
    report.add_argument(
        "--patient",
        metavar="ID",
        action="append",
        default=[],
        help="also write the one-page report of this patient; may be given again",
    )
    add_privacy(report)
    for command in (fit, report):
        add_file(command)
        command.add_argument(
            "--also",
            choices=("parquet", "xlsx"),
            help="write the table of courses in this format too, beside courses.csv",
        )
        command.add_argument(
            "-o", "--output", metavar="DIR", required=True, help="folder for the results"
        )
        add_horizon(command, "day at which courses are judged: the end of planned follow-up")
        add_scale(command)
        add_reading(command)
        add_reported(command)
        add_same_day(command)
        add_criteria(command)
        add_fitting(command, population=True)

    add_explore(commands)
    monitor = new_command(
        commands, "monitor", "judge patients who are followed day by day, list who needs a look"
    )
    add_file(monitor)
    monitor.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for the list")
    add_horizon(monitor, "that of the population")
    monitor.add_argument(
        "--schedule",
        metavar="DAYS",
        type=days,
        help="planned visits, e.g. 7,14,28 (default: each patient's own pace)",
    )
    monitor.add_argument(
        "--alarm",
        metavar="SHARE",
        type=number,
        help="draw a line at this share of curves that end worse",
    )
    monitor.add_argument("--title", metavar="TEXT", help="heading of the list")
    add_format(monitor)
    add_privacy(monitor)
    add_scale(monitor)
    add_reading(monitor)
    add_reported(monitor)
    add_criteria(monitor)
    add_fitting(monitor, population=True, required=True)

    add_sessions(commands)
    add_export(commands)
    simulate = new_command(commands, "simulate", "write a simulated cohort and its true courses")
    simulate.add_argument("-o", "--output", metavar="DIR", required=True, help="folder")
    simulate.add_argument("--patients", metavar="N", type=int, default=240, help="default: 240")
    simulate.add_argument(
        "--horizon", metavar="DAYS", type=number, default=84.0, help="default: 84"
    )
    simulate.add_argument("--seed", metavar="N", type=int, default=0, help="default: 0")
    add_scale(simulate, default="nrs")
    add_criteria(simulate)
    return parser
