"""Parse SPSS, Stata and SAS transport files in a process of their own.

The parser is written in C: a damaged file can end the process that reads it, keep it busy for ever,
or make it ask for memory without end. This file is run as a program, and imports nothing of
paintrend, so that starting it takes no longer than the parser's own imports.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from typing import Any

__all__ = ["answer_of", "most_memory", "most_seconds", "parse_apart"]

READERS = {
    "SPSS": "read_sav",
    "Stata": "read_dta",
    "SAS transport": "read_xport",
}
MEMORY_OF_A_BYTE = 1_000
"""Of memory that one byte of the file may take, as for Parquet: compressed rows can be long."""
LEAST_MEMORY = 2**30
SECONDS_OF_A_BYTE = 1e-5
LEAST_SECONDS = 60
META = ("missing_ranges", "missing_user_values", "variable_value_labels", "table_name")


def most_memory(size: int) -> int:
    """Bytes of memory that parsing a file of this size may take."""
    return max(LEAST_MEMORY, MEMORY_OF_A_BYTE * size)


def most_seconds(size: int) -> int:
    """Seconds of the processor that parsing a file of this size may take."""
    return max(LEAST_SECONDS, round(SECONDS_OF_A_BYTE * size))


def parse_apart(path: str, system: str) -> tuple[Any, dict[str, Any]]:
    """Give the table of a file and what the file says about its columns.

    Raises
    ------
    ValueError
        With what the parser said, or how its process ended.
    """
    answer = _ask(path, system)
    if not answer:
        raise ValueError("it ended the program that reads such files")
    # Bytes from our own child, over a pipe: no file is ever unpickled.
    kind, *rest = pickle.loads(answer)
    if kind == "error":
        raise ValueError(rest[0])
    return rest[0], rest[1]


def _ask(path: str, system: str) -> bytes:
    """Run this file as a program; empty if it came to a bad end."""
    known = os.pathsep.join(place for place in sys.path if place)
    try:
        done = subprocess.run(
            # -P: a file called pandas.py in the folder one works in is not run.
            [sys.executable, "-P", __file__, system, path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": known},
            check=False,
        )
    except OSError:
        # No Python of its own to start, as within another program: better here than not at all.
        return answer_of(path, system)
    return b"" if done.returncode else done.stdout


def answer_of(path: str, system: str) -> bytes:
    """Parse a file here, and give the result or the error as bytes."""
    import pyreadstat

    asked = {} if system == "SAS transport" else {"user_missing": True}
    try:
        frame, meta = getattr(pyreadstat, READERS[system])(path, **asked)
        known = {name: getattr(meta, name, None) for name in META}
        return pickle.dumps(("table", frame, known), protocol=5)
    except MemoryError:
        most = most_memory(os.path.getsize(path)) // 10**6
        text = f"it asks for more than {most:,} MB of memory"
    except Exception as error:  # its own errors, and those of dates beyond Python's calendar
        text = str(error)[:200] or type(error).__name__
    return pickle.dumps(("error", text))


def limit_process(path: str) -> None:
    """Limit memory and time of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    import pyreadstat  # noqa: F401  what it takes itself is not counted

    size = os.path.getsize(path)
    seconds = most_seconds(size)
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        # The table, and the same as bytes.
        most = used + 2 * most_memory(size)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(system: str, path: str) -> int:
    """Parse one file and write the answer to standard output."""
    # What the parser itself prints must not get among the bytes.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_process(path)
    with out:
        out.write(answer_of(path, system))
    return 0


if __name__ == "__main__":
    # Ctrl-C reaches the whole group of processes: the one that waits for this one tells it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main(sys.argv[1], sys.argv[2]))
