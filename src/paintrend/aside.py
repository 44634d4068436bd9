"""Write aside and rename: whoever opens a file meets the old one or the new one, never half."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_aside"]


@contextmanager
def written_aside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path in the same folder to write to; on success it takes the place of `path`.

    The folder is made if it does not exist. After an error nothing is left behind and a file that
    was there before stays as it was.
    """
    target = Path(path)
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
