"""Ctrl-C: a command stops wherever it is, and says so once, without a traceback.

Python raises `KeyboardInterrupt` in whatever runs. Three things go wrong with that alone: compiled
code that is loaded or built meanwhile turns it into a fault of its own, or swallows it; and a
program that has caught it may end as if it had not, or crash while threads are taken down.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from types import FrameType
from typing import Self

__all__ = ["STOPPED", "CtrlC", "end_at_once"]

STOPPED = 130
"""Exit code of a command that was stopped: 128 and the number of the signal."""
AGAIN = 5.0
"""Seconds after which a command that goes on is told again."""


class CtrlC:
    """Note whether Ctrl-C came while a command ran, and tell it again as long as it goes on.

    Where a program has an answer of its own to Ctrl-C, or the command runs in another thread, that
    is left as it is.
    """

    def __init__(self) -> None:
        self._again: list[threading.Timer] = []
        """One for each time that it came."""

    def __enter__(self) -> Self:
        in_charge = threading.current_thread() is threading.main_thread()
        if in_charge and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for timer in self._again:
            timer.cancel()
        if signal.getsignal(signal.SIGINT) == self._stop:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        timer = threading.Timer(AGAIN, _interrupt)
        timer.daemon = True
        self._again.append(timer)
        timer.start()
        raise KeyboardInterrupt

    def is_behind(self, error: BaseException | None) -> bool:
        """Say whether a stop by the user is behind ``error``."""
        if self._again:
            return True
        while error is not None and not isinstance(error, KeyboardInterrupt):
            error = error.__cause__ or error.__context__
        return error is not None


def _interrupt() -> None:
    """Send Ctrl-C to the main thread, also while it waits for something."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def end_at_once(code: int) -> None:
    """End the process with this code, and take down neither threads nor compiled code first."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
