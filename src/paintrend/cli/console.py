"""What a command says beside its result: messages, a progress bar, errors with an exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType

__all__ = [
    "CommandError",
    "OutputError",
    "Progress",
    "UsageError",
    "output_folder",
    "say",
    "writing",
]

BAR = 24


class CommandError(Exception):
    """A command cannot go on; the text is for the user."""

    code = 1


class UsageError(CommandError):
    """An option is missing or does not suit the others."""

    code = 2


class OutputError(CommandError):
    """The output cannot be written."""

    code = 3


def say(text: str) -> None:
    """Write a message to standard error."""
    sys.stderr.write(text.rstrip() + "\n")
    sys.stderr.flush()


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the system's refusal to write into a sentence that names the path."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def output_folder(path: str | os.PathLike[str]) -> Path:
    """Make the folder for the results, before any time is spent on computing them."""
    folder = Path(path)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.part"
        probe.touch()
        probe.unlink()
    return folder


class Progress:
    """A bar on standard error, and only if that is a terminal.

    Called as ``progress(stage, done, total)``, from any thread; as a context manager it wipes its
    line at the end.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._on = not quiet and sys.stderr.isatty()
        self._lock = Lock()
        self._shown = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        if not self._on:
            return
        share = min(max(done / total, 0.0), 1.0) if total > 0 else 0.0
        filled = int(share * BAR)
        bar = "#" * filled + "-" * (BAR - filled)
        self._show(f"{stage:<26} [{bar}] {int(100 * share):3d}%")

    def _show(self, text: str) -> None:
        with self._lock:
            if text == self._shown:
                return
            # One column is left free, or some terminals go on to the next line.
            line = text[: shutil.get_terminal_size().columns - 1]
            sys.stderr.write("\r" + line + " " * (len(self._shown) - len(line)) + "\r" * (not line))
            sys.stderr.flush()
            self._shown = line

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._on:
            self._show("")
