"""Write aside and rename: whoever opens a file meets the old one or the new one, never half."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from paintrend.errors import InputError

__all__ = ["path_of", "reading_only", "written_aside"]

_SOURCES: ContextVar[tuple[Path, ...]] = ContextVar("sources", default=())


def path_of(path: Any) -> Path:
    """Give the path of a file or folder that a function was asked for.

    Raises
    ------
    InputError
        If it is no path.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"expected the path of a file or folder, got {type(path).__name__}.")
    return Path(path)


@contextmanager
def reading_only(paths: Iterable[str | os.PathLike[str]]) -> Iterator[None]:
    """Refuse every `written_aside` over these files: they are the only copy of what is read."""
    token = _SOURCES.set((*_SOURCES.get(), *map(Path, paths)))
    try:
        yield
    finally:
        _SOURCES.reset(token)


@contextmanager
def written_aside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path in the same folder to write to; on success it takes the place of `path`.

    The folder is made if it does not exist. After an error nothing is left behind and a file that
    was there before stays as it was.

    Raises
    ------
    InputError
        If `path` is no path.
    FileExistsError
        If `path` is one of the files of `reading_only`, under whatever name.
    """
    target = path_of(path)
    if target.exists() and any(one.exists() and one.samefile(target) for one in _SOURCES.get()):
        raise FileExistsError(
            errno.EEXIST,
            "it would take the place of a file that is read; give another name or folder",
            str(target),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    # The name keeps its end, by which some writers choose the format.
    aside = target.with_name(f".{os.getpid()}.part.{target.name}")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
