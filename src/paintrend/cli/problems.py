"""The table of problems of a file, complete, for a terminal."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from pathlib import Path

import pandas as pd

from paintrend.cli.console import say
from paintrend.cli.wording import in_options
from paintrend.errors import DiaryError

__all__ = [
    "SKIPPING",
    "can_skip",
    "first_line",
    "head_lines",
    "problem_lines",
    "problems_in_options",
    "report_problems",
]

CELL = 24
WIDTH = 100
MOST = 50
BESIDE = ("Note: ", "The file has the columns: ")
"""How lines of an error begin that are not about single rows."""
SKIPPING = "--lenient sets these rows aside, lists them and goes on."


def report_problems(name: str, arguments: Namespace, error: DiaryError) -> int:
    """Say why a command stopped at its file, on standard error; return the exit code."""
    table = error.problems
    if table is None or len(table) < 2:
        say(f"{name}: {in_options(str(error))}")
        return 1
    say(f"{name}: " + "\n".join(head_lines(error)))
    say("\n".join(problem_lines(table.head(MOST))))
    if len(table) > MOST:
        where = f"paintrend check {arguments.file} lists them all"
        if Path(arguments.file).is_dir():
            where = f"{Path(arguments.output) / 'problems.csv'} has them all"
        listed = getattr(arguments, "problems_file", None)
        where = f"{listed} has them all" if listed is not None else where
        say(f"... and {len(table) - MOST:,} more: {where}.")
    if can_skip(error):
        say(f"\n{SKIPPING}")
    return 1


def first_line(error: DiaryError) -> str:
    """Return how many problems there are, and how rows are counted."""
    return in_options(str(error).splitlines()[0])


def head_lines(error: DiaryError) -> list[str]:
    """Return the first line, what many problems have in common, and the columns of the file."""
    more = [line for line in str(error).splitlines()[1:] if line.startswith(BESIDE)]
    return [first_line(error), *map(in_options, more)]


def can_skip(error: DiaryError) -> bool:
    """Say whether setting rows aside would help: not if a column is missing, or no row is left."""
    return "lenient=True" in str(error)


def problem_lines(table: pd.DataFrame) -> list[str]:
    """Lay out every problem: row, patient, column and value, then what is wrong and the fix.

    Examples
    --------
    >>> row = {"row": 7, "patient_id": "P1", "column": "pain", "value": "7/10"}
    >>> table = pd.DataFrame([{**row, "problem": "not a number", "fix": "Write 7."}])
    >>> print(*problem_lines(table), sep=chr(10))
    row  patient  column  value
    7    P1       pain    7/10   not a number
                                 -> Write 7.
    """
    titles = {"row": "row", "patient_id": "patient", "column": "column", "value": "value"}
    cells = {name: [_short(value) for value in table[name]] for name in titles}
    widths = [max(map(len, [titles[name], *cells[name]])) for name in titles]

    def line(values: tuple[str, ...], text: str) -> str:
        padded = (value.ljust(width) for value, width in zip(values, widths, strict=True))
        return ("  ".join(padded) + "  " + text).rstrip()

    lines = [line(tuple(titles.values()), "")]
    room = max(40, WIDTH - sum(widths) - 2 * len(widths))
    rows = zip(zip(*cells.values(), strict=True), table["problem"], table["fix"], strict=True)
    for values, problem, fix in rows:
        first, *more = textwrap.wrap(in_options(_printable(problem)), room) or [""]
        more += textwrap.wrap("-> " + in_options(_printable(fix)), room, subsequent_indent="   ")
        lines.append(line(values, first))
        lines += [line(("",) * len(widths), text) for text in more]
    return lines


def problems_in_options(problems: pd.DataFrame) -> pd.DataFrame:
    """Put a table of problems into the words of the command line."""
    said = {name: problems[name].map(in_options) for name in ("problem", "fix")}
    return problems.assign(**said) if len(problems) else problems


def _printable(value: object) -> str:
    """Text without anything that a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in str(value))


def _short(value: object) -> str:
    text = _printable(" ".join(str(value).split()) if str(value).strip() else value)
    return text if len(text) <= CELL else text[: CELL - 3] + "..."
