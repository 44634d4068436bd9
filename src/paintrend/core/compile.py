"""One way to compile a kernel: cached by the content of every kernel, releasing the GIL."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba

__all__ = ["kernel"]


@cache
def _cache_folder() -> str:
    # Numba's own cache looks at one file's time stamp: a kernel that calls a changed kernel of
    # another file would
    # go on running the old machine code after an update. One folder per content of the whole layer
    # cannot.
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    base = (
        os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    )
    for parent in (Path(base) / "paintrend", Path(tempfile.gettempdir()) / "paintrend"):
        folder = parent / f"kernels-{digest.hexdigest()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return str(folder)
    return ""


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with Numba: no Python objects, GIL released, machine code kept between runs.

    The user's own ``NUMBA_CACHE_DIR`` wins; where no folder can be written nothing is kept.
    """
    if os.environ.get("NUMBA_CACHE_DIR") or numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]
    folder = _cache_folder()
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
    try:
        return numba.njit(cache=bool(folder), nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
