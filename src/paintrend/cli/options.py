"""Groups of options that several commands share, with their help."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import Any

__all__ = [
    "SESSIONS_HELP",
    "add_criteria",
    "add_file",
    "add_fitting",
    "add_horizon",
    "add_privacy",
    "add_reading",
    "add_reported",
    "add_same_day",
    "add_scale",
    "days",
    "new_command",
    "number",
    "some_of",
]


SESSIONS_HELP = "table of sessions: CSV, Excel or Parquet"


def add_file(parser: argparse.ArgumentParser) -> None:
    """The file of ratings."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="ratings: CSV, Excel, Parquet, SPSS, Stata (for fit also a folder of Parquet)",
    )


def add_horizon(
    parser: argparse.ArgumentParser, words: str = "day at which courses are judged"
) -> None:
    """The horizon."""
    parser.add_argument("--horizon", metavar="DAYS", type=number, help=words)


def add_scale(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """A scale, by name or by its range."""
    group = parser.add_argument_group(
        "scale", "A built-in one, or your own by its range: --scale 0-7, or --low 0 --high 7."
    )
    said = f" (default: {default})" if default else ""
    group.add_argument(
        "--scale",
        metavar="NAME",
        help=f"nrs, vas, odi, ndi, rmdq, promis_pi, bpi_interference, or a range such as 0-7{said}",
    )
    group.add_argument("--low", metavar="X", type=number, help="smallest possible value")
    group.add_argument("--high", metavar="X", type=number, help="largest possible value")
    group.add_argument(
        "--step",
        metavar="X",
        type=number,
        help="distance between neighbouring values, 0 if any value may occur (default: 1)",
    )
    group.add_argument(
        "--higher-is-better", action="store_true", help="high values are good (default: bad)"
    )
    group.add_argument("--label", metavar="TEXT", help='name for titles, e.g. "Headache days"')
    group.add_argument("--unit", metavar="TEXT", help="unit of a value (default: points)")
    group.add_argument(
        "--severe", metavar="X", type=number, help="from this value on a rating counts as severe"
    )


def add_reading(parser: argparse.ArgumentParser) -> None:
    """How the file is to be read."""
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
        "--sheets",
        metavar="LIST",
        help='several sheets, one below the other: "Ward A,Ward B", "*" for all, or with the days '
        'of visits: "Baseline=0,Week 6=42"',
    )
    group.add_argument(
        "--select",
        metavar="LIST",
        action="append",
        default=[],
        help='rows to keep, by column and value: "body_site=back,recall=24 h"',
    )
    group.add_argument(
        "--labels",
        choices=("yes", "no"),
        help="SPSS, Stata: ratings are the numbers in the value labels (yes) or the codes (no)",
    )
    group.add_argument(
        "--inclusion",
        metavar="COLUMN",
        help="column that marks ratings used to select the patient (default: inclusion)",
    )
    group.add_argument(
        "--missing-codes",
        metavar="LIST",
        help='ratings that stand for "no answer": --missing-codes=-99,refused',
    )
    group.add_argument(
        "--lenient", action="store_true", help="set rows with problems aside, list them, go on"
    )


def add_reported(parser: argparse.ArgumentParser) -> None:
    """Tables that go with the ratings."""
    group = parser.add_argument_group(
        "beside the ratings",
        "Warning signs lead the review list, whatever the curve says; events and sessions are "
        "shown, not modelled. Tables of patient_id, day (or date) and symptom, event, or status.",
    )
    group.add_argument(
        "--symptoms",
        metavar="CSV",
        help='which warning signs were reported; "none" where a patient was asked and had none',
    )
    group.add_argument(
        "--signs",
        metavar="CSV",
        help="warning signs of your own instead of the built-in ones: sign, grade (same_day, "
        "prompt), label, source",
    )
    group.add_argument(
        "--events", metavar="CSV", help="what else happened: medication change, surgery, injury ..."
    )
    group.add_argument("--sessions", metavar="FILE", help=SESSIONS_HELP)
    group.add_argument(
        "--review-day",
        metavar="DAY",
        type=number,
        help="day from which a lack of improvement is listed (default: half of the horizon; none "
        "with one under two weeks)",
    )


def add_same_day(parser: argparse.ArgumentParser) -> None:
    """Options of the response to sessions, for commands that estimate it."""
    parser.add_argument(
        "--same-day",
        choices=("leave_out", "before", "after"),
        default="leave_out",
        help="ratings that may lie before or after the session of their day (default: leave_out)",
    )
    parser.add_argument(
        "--response-population",
        metavar="JSON",
        help="responses to sessions learned before, from other patients (with --sessions)",
    )


def add_privacy(parser: argparse.ArgumentParser) -> None:
    """What is hidden of patients."""
    group = parser.add_argument_group(
        "hiding who patients are", "In every file that is written: the folder must be new or empty."
    )
    group.add_argument(
        "--pseudonyms",
        metavar="KEYFILE",
        help="replace ids by pseudonyms made with the key in this file; if there is no such file, "
        "it is made. Keep it apart from the results",
    )
    group.add_argument(
        "--age-bands", metavar="YEARS", type=int, help="show ages in bands of so many years"
    )
    group.add_argument(
        "--show-columns",
        metavar="LIST",
        default="",
        help="with --pseudonyms: further columns to show, e.g. arm,sex (default: none)",
    )


def add_criteria(parser: argparse.ArgumentParser) -> None:
    """The thresholds of courses."""
    group = parser.add_argument_group(
        "thresholds", "Default: those of the scale, where it has any."
    )
    group.add_argument(
        "--worsening", metavar="X", type=number, help="change that counts as worse, scale units"
    )
    group.add_argument(
        "--improvement", metavar="X", type=number, help="change that counts as better, scale units"
    )
    group.add_argument(
        "--sustained-days",
        metavar="DAYS",
        type=number,
        help="last days, of which 80%% must be worse for a sustained deterioration (default: a "
        "quarter of the horizon)",
    )
    group.add_argument(
        "--lasting-days",
        metavar="DAYS",
        type=number,
        help="what is shorter counts as noise (default: a twelfth of the horizon)",
    )


def add_fitting(
    parser: argparse.ArgumentParser, *, population: bool, required: bool = False
) -> None:
    """Seed, number of curves, population."""
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
            required=required,
            help="population learned before, from other patients; brings scale and horizon",
        )


def number(text: str) -> float:
    """Read a finite number."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def days(text: str) -> list[float]:
    """Read ``0,14,28``."""
    return [number(part) for part in text.split(",")]


def some_of(*known: str) -> Callable[[str], list[str]]:
    """Make a reader of ``a,b`` that knows what may stand there."""

    def read(text: str) -> list[str]:
        asked = [part.strip() for part in text.split(",") if part.strip()]
        wrong = [part for part in asked if part not in known]
        if wrong or not asked:
            raise argparse.ArgumentTypeError(f"{text!r}; it takes some of {','.join(known)}")
        return list(dict.fromkeys(asked))

    return read


# argparse names a type in its messages by its __name__.
number.__name__ = "number"
days.__name__ = "list of days"


def new_command(commands: Any, name: str, words: str, more: str = "") -> argparse.ArgumentParser:
    """Add a command with what all of them have, and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=more,
        allow_abbrev=False,
    )
    parser.add_argument("--quiet", action="store_true", help="only results and errors")
    return parser
