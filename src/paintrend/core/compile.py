"""One way to compile a kernel: cached by the content of every kernel, releasing the GIL."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numba

__all__ = ["FUSED", "kernel"]

FUSED = frozenset({"contract"})
"""A product and the sum that it goes into may be one instruction, which rounds once."""

OLD = 30 * 86_400.0


@cache
def _cache_folder() -> str:
    # Numba's own cache looks at one file's time stamp: a kernel that calls a changed kernel of
    # another file would go on running the old machine code after an update. One folder per content
    # of the whole layer cannot. It is the user's own: code is loaded from it.
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        folder = Path(own or Path.home() / ".cache") / "paintrend" / f"kernels-{digest.hexdigest()}"
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
            _forget_old(folder.parent)
    except (OSError, RuntimeError):
        return ""
    return str(folder) if os.access(folder, os.W_OK) else ""


def _forget_old(parent: Path) -> None:
    """Remove kernels of other versions that have not been used for a month."""
    for folder in parent.glob("kernels-*"):
        if time.time() - folder.stat().st_mtime > OLD:
            shutil.rmtree(folder, ignore_errors=True)


def kernel(
    function: Callable[..., Any] | None = None,
    /,
    *,
    fastmath: frozenset[str] = frozenset(),
    inline: bool = False,
    counted: bool = True,
) -> Any:
    """Compile with Numba: no Python objects, GIL released, machine code kept between runs.

    The user's own ``NUMBA_CACHE_DIR`` wins; where no folder can be written nothing is kept.

    Parameters
    ----------
    fastmath : frozenset of str, optional
        Liberties of LLVM that this kernel may take, such as "reassoc" to add up in any order.
    inline : bool, optional
        Make it a part of the kernels that call it. To hand over an array counts a reference to it
        twice, which takes longer than a small kernel: for those called in inner loops.
    counted : bool, optional
        False for a kernel that makes no array and is given none by those it calls: references to
        arrays are then not counted in it at all.
    """
    if function is None:
        return partial(_compiled, fastmath=fastmath, inline=inline, counted=counted)
    return _compiled(function, fastmath=fastmath, inline=inline, counted=counted)


def _compiled(
    function: Callable[..., Any], *, fastmath: frozenset[str], inline: bool, counted: bool
) -> Callable[..., Any]:
    liberties: Any = set(fastmath) or False
    own = os.environ.get("NUMBA_CACHE_DIR") or numba.config.DISABLE_JIT  # type: ignore[attr-defined]
    folder = "" if own else _cache_folder()
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    if not own:
        numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
    try:
        return numba.njit(  # type: ignore[no-any-return]
            cache=bool(own or folder), nogil=True, error_model="numpy", fastmath=liberties,
            forceinline=inline,
            _nrt=counted,  # always said: what a kernel calls would else take over its answer
            no_cfunc_wrapper=True,  # nobody calls them from C, and each would be compiled for it
        )(function)  # fmt: skip
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
