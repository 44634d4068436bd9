"""How far a long computation has come: a bar in a terminal or notebook, or a callable."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import IO, Any

from paintrend.errors import InputError

__all__ = ["Progress", "ProgressBar", "StageCount", "shown_progress"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""

BAR = "{desc:<26} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [time left {remaining}]"
DESCRIPTION = "{desc}"


class ProgressBar:
    """A bar for one stage after the other, with the number done and the time left.

    Called as ``bar(stage, done, total)``, from any thread. A stage of one step has no bar, only its
    name.

    Parameters
    ----------
    file : text stream, optional
        Where to; standard error, or the cell of a notebook, if not given.
    leave : bool
        Whether bars stay to be seen when their stage is over.
    """

    def __init__(self, *, file: IO[str] | None = None, leave: bool = True) -> None:
        self._file, self._leave = file, leave
        self._lock = RLock()
        self._stage = ""
        self._bar: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        with self._lock:
            if stage != self._stage:
                self.close()
                self._stage, self._bar = stage, self._new(stage, done, total)
            if total != self._bar.total:
                self._bar.total = total
            self._bar.update(done - self._bar.n)
            if done >= total:
                # Drawn at most ten times a second otherwise, and the end could be left out.
                self._bar.refresh()

    def _new(self, stage: str, done: int, total: int) -> Any:
        # Imported with the first bar: most calls of paintrend show none.
        with warnings.catch_warnings():
            # In a notebook without ipywidgets tqdm falls back to text, and warns that it does.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            return tqdm(
                desc=stage,
                total=total,
                initial=done,
                bar_format=BAR if total > 1 else DESCRIPTION,
                file=self._file,
                leave=self._leave and total > 1,
                dynamic_ncols=True,
                smoothing=0.05,
            )

    def close(self) -> None:
        """End the bar of the last stage."""
        with self._lock:
            if self._bar is not None:
                self._bar.close()
            self._stage, self._bar = "", None


class StageCount:
    """Counts what is done of a stage: each call adds so many, and tells.

    Parameters
    ----------
    progress : callable, optional
        Told ``(stage, done, total)``; nobody if not given.
    """

    def __init__(self, progress: Progress | None, stage: str, total: int, done: int = 0) -> None:
        self._progress, self._stage, self._total = progress, stage, total
        self.done = done

    def __call__(self, more: int) -> None:
        """Add what was done since the last call."""
        self.done += more
        if self._progress is not None:
            self._progress(self._stage, self.done, self._total)

    def finish(self) -> None:
        """Tell that the stage is over, if it ended before all was done."""
        if self.done < self._total:
            self(self._total - self.done)


@contextmanager
def shown_progress(progress: Progress | bool | None) -> Iterator[Progress | None]:
    """Give the callable for ``progress=``: True stands for a bar, None and False for nothing.

    Raises
    ------
    InputError
        If it is something else.
    """
    if progress is None or progress is False:
        yield None
    elif progress is True:
        bar = ProgressBar()
        try:
            yield bar
        finally:
            bar.close()
    elif callable(progress):
        yield progress
    else:
        raise InputError(
            "progress must be True, or a function called with (stage, done, total), "
            f"got {progress!r}."
        )
