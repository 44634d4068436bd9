"""One way to compile a kernel: cached by the content of every kernel, releasing the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numba

from paintrend.core.kept_kernels import kernel_folder

__all__ = ["FUSED", "kernel"]

FUSED = frozenset({"contract"})
"""A product and the sum that it goes into may be one instruction, which rounds once."""


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
    folder = "" if own else kernel_folder()
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
