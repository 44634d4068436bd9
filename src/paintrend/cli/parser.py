"""Commands and options, and the help that explains them."""

from __future__ import annotations

import argparse
from typing import Any

from paintrend import __version__
from paintrend.cli.options import (
    SESSIONS_HELP,
    add_criteria,
    add_file,
    add_fitting,
    add_paper,
    add_privacy,
    add_reading,
    add_reported,
    add_same_day,
    add_scale,
    days,
    number,
    some_of,
)
from paintrend.cli.system_options import add_systems

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
    add_fitting(demo, population=False)

    template = _command(commands, "template", "write a form for ratings, .xlsx or .csv")
    template.add_argument("-o", "--output", metavar="FILE", required=True, help="form to write")
    add_scale(template, default="nrs")

    check = _command(commands, "check", "list every problem of a file of ratings")
    add_file(check)
    check.add_argument("-o", "--output", metavar="CSV", help="write the list of problems there too")
    add_scale(check)
    add_reading(check)

    _add_convert(commands)
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
    report.add_argument(
        "--format",
        metavar="LIST",
        type=some_of("html", "pdf", "docx"),
        default=["html"],
        help="some of html,pdf,docx (default: html)",
    )
    report.add_argument(
        "--patient",
        metavar="ID",
        action="append",
        default=[],
        help="also write the one-page report of this patient; may be given again",
    )
    add_paper(report)
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
        command.add_argument(
            "--horizon",
            metavar="DAYS",
            type=number,
            help="day at which courses are judged: the end of planned follow-up",
        )
        add_scale(command)
        add_reading(command)
        add_reported(command)
        add_same_day(command)
        add_criteria(command)
        add_fitting(command, population=True)

    _add_explore(commands)
    monitor = _command(
        commands, "monitor", "judge patients who are followed day by day, list who needs a look"
    )
    add_file(monitor)
    monitor.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for the list")
    monitor.add_argument("--horizon", metavar="DAYS", type=number, help="that of the population")
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
    add_scale(monitor)
    add_reading(monitor)
    add_reported(monitor)
    add_criteria(monitor)
    add_fitting(monitor, population=True, required=True)

    _add_sessions(commands)
    _add_export(commands)
    simulate = _command(commands, "simulate", "write a simulated cohort and its true courses")
    simulate.add_argument("-o", "--output", metavar="DIR", required=True, help="folder")
    simulate.add_argument("--patients", metavar="N", type=int, default=240, help="default: 240")
    simulate.add_argument(
        "--horizon", metavar="DAYS", type=number, default=84.0, help="default: 84"
    )
    simulate.add_argument("--seed", metavar="N", type=int, default=0, help="default: 0")
    add_scale(simulate, default="nrs")
    add_criteria(simulate)
    return parser


def _add_convert(commands: Any) -> None:
    parser = _command(
        commands, "convert", "write an export of REDCap, FHIR, CDISC, SPSS ... as a table"
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="the export")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        help="diary to write: .csv, .parquet, .xlsx",
    )
    add_scale(parser)
    add_reading(parser)
    add_systems(parser)


def _add_explore(commands: Any) -> None:
    parser = _command(
        commands, "explore", "fit, and explore patients in a browser on this computer, without code"
    )
    add_file(parser)
    parser.add_argument(
        "-o", "--output", metavar="DIR", default=".",
        help="folder for exported selections (default: this one)",
    )  # fmt: skip
    parser.add_argument(
        "--port",
        metavar="N",
        type=int,
        help="port on this computer (default: a free one from 8866)",
    )
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument(
        "--horizon", metavar="DAYS", type=number, help="day at which courses are judged"
    )
    add_scale(parser)
    add_reading(parser)
    add_reported(parser)
    add_criteria(parser)
    add_fitting(parser, population=True)


def _add_sessions(commands: Any) -> None:
    parser = _command(
        commands,
        "sessions",
        "what pain does after therapy sessions: verdicts, response, courses with and without",
    )
    add_file(parser)
    parser.add_argument("--sessions", metavar="FILE", required=True, help=SESSIONS_HELP)
    parser.add_argument(
        "--session-columns",
        metavar="LIST",
        action="append",
        default=[],
        help='what its columns are called: "dose=Load,day=Study day"',
    )
    add_same_day(parser)
    parser.add_argument(
        "-o", "--output", metavar="DIR", required=True, help="folder for the results"
    )
    parser.add_argument(
        "--horizon", metavar="DAYS", type=number, help="day at which courses are judged"
    )
    add_scale(parser)
    add_reading(parser)
    add_criteria(parser)
    add_fitting(parser, population=True)


def _add_export(commands: Any) -> None:
    parser = _command(
        commands, "export", "fit, and write figures as PNG, SVG, PDF and HTML at the size of a page"
    )
    add_file(parser)
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for figures")
    parser.add_argument(
        "--horizon", metavar="DAYS", type=number, help="day at which courses are judged"
    )
    group = parser.add_argument_group("figures")
    group.add_argument(
        "--figures",
        metavar="LIST",
        type=some_of("courses", "cohort", "check", "patients"),
        default=["courses", "cohort", "check", "patients"],
        help="some of courses,cohort,check,patients (default: all)",
    )
    group.add_argument(
        "--patient",
        metavar="ID",
        action="append",
        default=[],
        help="whose picture; may be given again (default: the first of the review list)",
    )
    group.add_argument(
        "--first", metavar="N", type=int, default=12, help="how many of that list (default: 12)"
    )
    group.add_argument(
        "--formats",
        metavar="LIST",
        type=some_of("png", "svg", "pdf", "html"),
        default=["png", "svg", "pdf", "html"],
        help="some of png,svg,pdf,html (default: all)",
    )
    group.add_argument(
        "--size",
        choices=("journal_single", "journal_middle", "journal_double", "slide", "slide_half"),
        help="89, 120 or 183 mm across, or a slide (default: as on the screen)",
    )
    group.add_argument("--width-mm", metavar="MM", type=number, help="a width of your own")
    group.add_argument("--height-mm", metavar="MM", type=number, help="a height of your own")
    group.add_argument(
        "--dpi", metavar="N", type=number, default=300.0, help="dots per inch of PNG (default: 300)"
    )
    group.add_argument(
        "--data", action="store_true", help="also write the points behind each figure as CSV"
    )
    add_privacy(parser)
    add_scale(parser)
    add_reading(parser)
    add_reported(parser)
    add_criteria(parser)
    add_fitting(parser, population=True)


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
