"""`paintrend check FILE`: what is in a file of ratings, or everything that is wrong with it."""

from __future__ import annotations

import re
import sys
from argparse import Namespace

from paintrend.cli.console import UsageError, say, writing
from paintrend.cli.inputs import diary_of, scale_of, suggestion
from paintrend.cli.problems import head_lines, problem_lines, problems_in_options
from paintrend.cli.wording import in_options
from paintrend.errors import DiaryError
from paintrend.scales import Scale, get_scale
from paintrend.storage import write_table

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Print a summary and return 0, or the complete table of problems and return 1."""
    scale = scale_of(arguments) or _suggested(arguments)
    try:
        diary = diary_of(arguments, scale)
    except DiaryError as error:
        if error.problems is None or not len(error.problems):
            raise
        lines, problems = head_lines(error), error.problems
        # what is wrong with the file as a whole may be said already, with what to do
        told = in_options(str(problems["fix"].iloc[0])) in lines[0]
        if len(problems) > 1 or str(problems["row"].iloc[0]).strip() or not told:
            lines += ["", *problem_lines(problems)]
    else:
        lines, problems = in_options(repr(diary)).splitlines(), diary.problems
        if len(problems):
            lines += ["", *problem_lines(problems)]
    sys.stdout.write("\n".join(lines) + "\n")
    if arguments.output:
        with writing(arguments.output):
            write_table(problems_in_options(problems), arguments.output)
    return 1 if len(problems) else 0


def _suggested(arguments: Namespace) -> Scale:
    """Take the scale that the file suggests, if it suggests one, and say so."""
    # check judges no course, and takes no --horizon
    suggested = suggestion(arguments, horizon=False)
    names = set(re.findall(r"--scale (\w+)", suggested))
    if len(names) != 1:
        raise UsageError(f"needs --scale.\n{suggested}")
    if not arguments.quiet:
        say(f"No --scale given. {suggested.splitlines()[0]} Checked as that.")
    return get_scale(names.pop())
