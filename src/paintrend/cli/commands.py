"""Commands that take exports, show patients by hand, tell of sessions and write figures."""

from __future__ import annotations

from typing import Any

from paintrend.cli.options import (
    SESSIONS_HELP,
    add_criteria,
    add_file,
    add_fitting,
    add_horizon,
    add_privacy,
    add_reading,
    add_reported,
    add_same_day,
    add_scale,
    new_command,
    number,
    some_of,
)
from paintrend.cli.system_options import add_systems

__all__ = ["add_convert", "add_explore", "add_export", "add_sessions"]

FIGURES = (
    "courses", "cohort", "check", "spaghetti", "lasagna", "swimmer", "prevalence", "responders",
    "time_to", "retention", "tipping_point", "specifications", "outlooks", "calibration",
    "sessions", "patients",
)  # fmt: skip
"""As in `paintrend.cli.figures`, which takes longer to load than help may take."""

ELSEWHERE = ("power", "policy", "null_world", "monitor")
"""Figures that are not made from ratings alone: asked for, they get an answer that says so."""


def add_convert(commands: Any) -> None:
    """Add `paintrend convert`."""
    parser = new_command(
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


def add_explore(commands: Any) -> None:
    """Add `paintrend explore`."""
    parser = new_command(
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
    add_horizon(parser)
    add_scale(parser)
    add_reading(parser)
    add_reported(parser)
    add_criteria(parser)
    add_fitting(parser, population=True)


def add_sessions(commands: Any) -> None:
    """Add `paintrend sessions`."""
    parser = new_command(
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
    add_horizon(parser)
    add_scale(parser)
    add_reading(parser)
    add_criteria(parser)
    add_fitting(parser, population=True)


def add_export(commands: Any) -> None:
    """Add `paintrend export`."""
    parser = new_command(
        commands, "export", "fit, and write figures as PNG, SVG, PDF and HTML at the size of a page"
    )
    add_file(parser)
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for figures")
    add_horizon(parser)
    group = parser.add_argument_group("figures")
    group.add_argument(
        "--figures",
        metavar="LIST",
        type=some_of("all", *FIGURES, *ELSEWHERE),
        default=["courses", "cohort", "check", "patients"],
        help=f"some of {','.join(FIGURES)}; or all (default: courses,cohort,check,patients)",
    )
    group.add_argument(
        "--by",
        metavar="COLUMN",
        help="compare groups in prevalence,responders,time_to,tipping_point",
    )
    group.add_argument(
        "--tables",
        metavar="N",
        type=int,
        default=20,
        help="plausible tables behind figures for inference; for a paper 50 (default: 20)",
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
