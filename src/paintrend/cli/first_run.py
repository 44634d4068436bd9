"""The first fit on a computer compiles for a minute: half of it is done by a second process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from paintrend.core.kept_kernels import are_compiled

__all__ = ["FITTING", "compiled_ahead"]

FITTING = frozenset({"demo", "explore", "export", "fit", "monitor", "report", "sessions"})
"""Commands that fit."""


@contextmanager
def compiled_ahead(command: str) -> Iterator[None]:
    """Compile beside a command that fits, if it is the first one and there is a processor for it.

    The command does not wait for it, and it does not outlive the command.
    """
    if command not in FITTING or (os.cpu_count() or 1) < 2 or are_compiled():
        yield
        return
    nowhere = subprocess.DEVNULL
    ahead = subprocess.Popen(
        [sys.executable, "-m", "paintrend.core.ahead"],
        stdin=nowhere, stdout=nowhere, stderr=nowhere,
    )  # fmt: skip
    try:
        yield
    finally:
        ahead.kill()
        ahead.wait()
