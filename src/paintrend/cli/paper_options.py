"""Options of commands that write a report: its formats, the sheet, and what is printed."""

from __future__ import annotations

import argparse

from paintrend.cli.options import some_of

__all__ = ["add_format"]


def add_format(parser: argparse.ArgumentParser) -> None:
    """Formats of a report, the sheet that is printed on, and whether all of it is."""
    group = parser.add_argument_group("files and paper")
    group.add_argument(
        "--format",
        metavar="LIST",
        type=some_of("html", "pdf", "docx"),
        default=["html"],
        help="some of html,pdf,docx (default: html)",
    )
    group.add_argument(
        "--paper",
        choices=("a4", "letter"),
        default="a4",
        help="sheet of PDF and Word (default: a4)",
    )
    group.add_argument(
        "--appendix",
        action="store_true",
        help="print all that the screen shows (default: the patients to look at, and the table)",
    )
