"""One run at a time in a folder."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paintrend.errors import InputError

__all__ = ["locked"]


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends in whatever way.

    Where the file system knows no locks there is none, and the caller has to see to it.

    Raises
    ------
    InputError
        If another process holds it.
    """
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("a+b") as file:
        try:
            _lock(file)
        except BlockingIOError:
            raise InputError(
                f"another run is at work in {work.parent}: wait until it is done, or choose "
                "another folder."
            ) from None
        except OSError:
            pass
        yield


def _lock(file: Any) -> None:
    try:
        fcntl: Any = importlib.import_module("fcntl")
    except ImportError:
        msvcrt: Any = importlib.import_module("msvcrt")
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
