"""What a command says beside its result: messages, a progress bar, errors with an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from paintrend.progress import ProgressBar
from paintrend.scaleout.run_mark import is_run

__all__ = [
    "CommandError",
    "OutputError",
    "Progress",
    "UsageError",
    "output_folder",
    "say",
    "writing",
]


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
        # What stands in the way is named itself, not the folder that it lies in.
        shown = (isinstance(error, FileExistsError) and error.filename) or path
        raise OutputError(f"cannot write {shown}: {error.strerror or error}") from error


def output_folder(path: str | os.PathLike[str], *, may_hold_run: bool = False) -> Path:
    """Make the folder for the results, before any time is spent on computing them.

    A folder that holds a run over Parquet files is refused unless it `may_hold_run`: fits of other
    input would replace some of its files and leave the rest.
    """
    folder = Path(path)
    if not may_hold_run and is_run(folder):
        raise OutputError(
            f"{folder} holds the results of a run over Parquet files (run.json), some of which "
            "would be replaced: give a folder of its own."
        )
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.part"
        probe.touch()
        probe.unlink()
        readme = folder / "README.txt"
        own = not readme.exists() or b"paintrend" in readme.read_bytes()
    if not own:
        raise OutputError(
            f"{readme} is not of an earlier run and would be replaced: give a folder of its own."
        )
    return folder


class Progress:
    """Bars on standard error, and only if that is a terminal.

    Called as ``progress(stage, done, total)``, from any thread; as a context manager it wipes its
    line at the end.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        on = not quiet and sys.stderr.isatty()
        self._bar = ProgressBar(file=sys.stderr, leave=False) if on else None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        if self._bar is not None:
            self._bar(stage, done, total)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
