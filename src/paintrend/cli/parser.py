"""Commands and options, and the help that explains them."""

from __future__ import annotations

import argparse
import math
from typing import Any

from paintrend import __version__

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

    demo = _command(commands, "demo", "fit the sample cohort, print a summary, write a report")
    demo.add_argument(
        "-o", "--output", metavar="DIR", default="report", help="folder (default: report)"
    )
    _add_fitting(demo, population=False)

    template = _command(commands, "template", "write a form for ratings, .xlsx or .csv")
    template.add_argument("-o", "--output", metavar="FILE", required=True, help="form to write")
    _add_scale(template, default="nrs")

    check = _command(commands, "check", "list every problem of a file of ratings")
    _add_file(check)
    check.add_argument("-o", "--output", metavar="CSV", help="write the list of problems there too")
    _add_scale(check)
    _add_reading(check)

    fit = _command(commands, "fit", "fit curves and courses, write them as tables", LARGE)
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
    report = _command(commands, "report", "as fit, and write a report to open in a browser")
    report.add_argument("--title", metavar="TEXT", help="heading of the report")
    for command in (fit, report):
        _add_file(command)
        command.add_argument(
            "-o", "--output", metavar="DIR", required=True, help="folder for the results"
        )
        command.add_argument(
            "--horizon",
            metavar="DAYS",
            type=_number,
            help="day at which courses are judged: the end of planned follow-up",
        )
        _add_scale(command)
        _add_reading(command)
        _add_criteria(command)
        _add_fitting(command, population=True)

    _add_sessions(commands)
    simulate = _command(commands, "simulate", "write a simulated cohort and its true courses")
    simulate.add_argument("-o", "--output", metavar="DIR", required=True, help="folder")
    simulate.add_argument("--patients", metavar="N", type=int, default=240, help="default: 240")
    simulate.add_argument(
        "--horizon", metavar="DAYS", type=_number, default=84.0, help="default: 84"
    )
    simulate.add_argument("--seed", metavar="N", type=int, default=0, help="default: 0")
    _add_scale(simulate, default="nrs")
    _add_criteria(simulate)
    return parser


def _add_sessions(commands: Any) -> None:
    parser = _command(
        commands,
        "sessions",
        "what pain does after therapy sessions: verdicts, response, courses with and without",
    )
    _add_file(parser)
    parser.add_argument(
        "--sessions", metavar="FILE", required=True, help="table of sessions: CSV, Excel or Parquet"
    )
    parser.add_argument(
        "--session-columns",
        metavar="LIST",
        action="append",
        default=[],
        help='what its columns are called: "dose=Load,day=Study day"',
    )
    parser.add_argument(
        "--same-day",
        choices=("leave_out", "before", "after"),
        default="leave_out",
        help="ratings that may lie before or after the session of their day (default: leave_out)",
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", required=True, help="folder for the results"
    )
    parser.add_argument(
        "--horizon", metavar="DAYS", type=_number, help="day at which courses are judged"
    )
    _add_scale(parser)
    _add_reading(parser)
    _add_criteria(parser)
    _add_fitting(parser, population=True)


def _command(commands: Any, name: str, words: str, more: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=more,
        allow_abbrev=False,
    )
    parser.add_argument("--quiet", action="store_true", help="only results and errors")
    return parser


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="ratings: CSV, Excel or Parquet (for fit also a folder of it)"
    )


def _add_scale(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    group = parser.add_argument_group(
        "scale", "A built-in one, or your own by its range: --scale 0-7, or --low 0 --high 7."
    )
    said = f" (default: {default})" if default else ""
    group.add_argument(
        "--scale",
        metavar="NAME",
        help=f"nrs, vas, odi, ndi, rmdq, promis_pi, bpi_interference, or a range such as 0-7{said}",
    )
    group.add_argument("--low", metavar="X", type=_number, help="smallest possible value")
    group.add_argument("--high", metavar="X", type=_number, help="largest possible value")
    group.add_argument(
        "--step",
        metavar="X",
        type=_number,
        help="distance between neighbouring values, 0 if any value may occur (default: 1)",
    )
    group.add_argument(
        "--higher-is-better", action="store_true", help="high values are good (default: bad)"
    )
    group.add_argument("--label", metavar="TEXT", help='name for titles, e.g. "Headache days"')
    group.add_argument("--unit", metavar="TEXT", help="unit of a value (default: points)")
    group.add_argument(
        "--severe", metavar="X", type=_number, help="from this value on a rating counts as severe"
    )


def _add_reading(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reading the file")
    group.add_argument(
        "--columns",
        metavar="LIST",
        action="append",
        default=[],
        help='what columns are called in the file: "pain=NRS today,patient_id=ID"',
    )
    group.add_argument(
        "--time-unit",
        choices=("minutes", "hours", "days", "weeks"),
        help="unit of a column time (the horizon is in days whatever this is)",
    )
    group.add_argument(
        "--start", metavar="DATE", help="date of day 0, where all patients have the same"
    )
    group.add_argument(
        "--wide", action="store_true", help="one row per patient, one column per visit"
    )
    group.add_argument(
        "--visits",
        metavar="LIST",
        action="append",
        default=[],
        help='as --wide, with the days of the columns: "baseline=0,V1=14,V2=28"',
    )
    group.add_argument("--sheet", metavar="NAME", help="sheet of an Excel file, by name or number")
    group.add_argument(
        "--inclusion",
        metavar="COLUMN",
        help="column that marks ratings used to select the patient (default: inclusion)",
    )
    group.add_argument(
        "--lenient", action="store_true", help="set rows with problems aside, list them, go on"
    )


def _add_criteria(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "thresholds", "Default: those of the scale, where it has any."
    )
    group.add_argument(
        "--worsening", metavar="X", type=_number, help="change that counts as worse, scale units"
    )
    group.add_argument(
        "--improvement", metavar="X", type=_number, help="change that counts as better, scale units"
    )
    group.add_argument(
        "--sustained-days",
        metavar="DAYS",
        type=_number,
        help="last days, of which 80%% must be worse for a sustained deterioration (default: a "
        "quarter of the horizon)",
    )
    group.add_argument(
        "--lasting-days",
        metavar="DAYS",
        type=_number,
        help="what is shorter counts as noise (default: a twelfth of the horizon)",
    )


def _add_fitting(parser: argparse.ArgumentParser, *, population: bool) -> None:
    group = parser.add_argument_group("fitting")
    group.add_argument(
        "--seed", metavar="N", type=int, default=0, help="same seed, same answer (default: 0)"
    )
    group.add_argument(
        "--draws", metavar="N", type=int, default=400, help="curves per patient (default: 400)"
    )
    if population:
        group.add_argument(
            "--population",
            metavar="JSON",
            help="population learned before, from other patients; brings scale and horizon",
        )


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


# argparse names a type in its messages by its __name__.
_number.__name__ = "number"
