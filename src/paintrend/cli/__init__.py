"""The command line: `paintrend COMMAND ...`, one module per command.

Nothing heavy is imported before a command runs, so that ``--help`` and a typing error cost nothing.
Results go to standard output, everything else to standard error. Exit codes:

0
    done
1
    problems in the data, or in a population file; no browser where one is needed; a worker
    process that ended; or not enough memory
2
    wrong usage: an option is missing, unknown, or does not suit the others
3
    the output cannot be written
130
    stopped with Ctrl-C
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from paintrend.aside import reading_only
from paintrend.cli.console import CommandError, say
from paintrend.cli.first_run import compiled_ahead
from paintrend.cli.parser import build_parser
from paintrend.cli.stopping import STOPPED, CtrlC, end_at_once
from paintrend.cli.wording import in_options
from paintrend.errors import (
    BrowserError,
    DiaryError,
    MissingExtraError,
    PaintrendError,
    PopulationError,
    RunError,
)

__all__ = ["main"]

OUT_OF_MEMORY = (
    "there is not enough memory for this. Close other programs, take fewer --draws, or give the "
    "ratings as Parquet: these are fitted part by part. What was there before is unchanged."
)
BROKEN_PIPE = 141
"""What a shell reports of a program whose reader went away."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process if not given.

    Examples
    --------
    >>> main(["--version"])
    paintrend ...
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that cannot show a minus sign shows "?" and does not fail.
            stream.reconfigure(errors="replace")
    # Patients already share the processors; threads inside small matrix algebra only contend.
    for library in ("OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    with CtrlC() as ctrl_c:
        code = _run(argv, ctrl_c)
    if argv is None and code == STOPPED:
        end_at_once(code)
    return code


def _run(argv: Sequence[str] | None, ctrl_c: CtrlC) -> int:
    """Run one command and say what went wrong."""
    name = "paintrend"
    try:
        try:
            arguments = build_parser().parse_args(argv)
        except SystemExit as end:  # argparse has said why
            return int(end.code or 0)
        name = f"paintrend {arguments.command}"
        with reading_only(_sources(arguments)), compiled_ahead(arguments.command):
            code: int = import_module(f"paintrend.cli.{arguments.command}").run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt as stop:
        say(f"{name}: stopped" + (f"; {stop}" if str(stop) else ""))
        return STOPPED
    except BrokenPipeError:
        # Or Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except CommandError as error:
        say(f"{name}: {error}")
        return error.code
    except DiaryError as error:
        return import_module("paintrend.cli.problems").report_problems(name, arguments, error)
    except PaintrendError as error:
        say(f"{name}: {in_options(str(error))}")
        of_surroundings = (BrowserError, PopulationError, MissingExtraError, RunError)
        return 1 if isinstance(error, of_surroundings) else 2
    except MemoryError:
        say(f"{name}: {OUT_OF_MEMORY}")
        return 1
    except Exception as error:
        # A stop while compiled code ran or was loaded comes as a fault of that code.
        if not ctrl_c.is_behind(error):
            raise
        say(f"{name}: stopped")
        return STOPPED


def _sources(arguments: Namespace) -> list[str]:
    """Return the tables that a command reads; a population may be written where it came from."""
    options = ("symptoms", "signs", "events", "sessions", "starts", "event_days")
    named = [getattr(arguments, name, None) for name in ("file", *options)]
    return [str(name) for name in (*named, *getattr(arguments, "files", ())) if name]
