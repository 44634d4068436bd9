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
    inner: bool = False,
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
        arrays are then not counted in it at all. To count them locks memory for each array of each
        tuple that is handed over: what is called for every patient gets work space instead.
    inner : bool, optional
        True for a kernel that only kernels call: what takes the arguments from Python, as long as
        the kernel itself where they are many arrays, is then not compiled.
    """
    if function is None:
        return partial(_compiled, fastmath=fastmath, inline=inline, counted=counted, inner=inner)
    return _compiled(function, fastmath=fastmath, inline=inline, counted=counted, inner=inner)


class _Inner:
    """Stands for an inner kernel where Python could call it, which would end the process."""

    def __init__(self, dispatcher: Any) -> None:
        self.dispatcher = dispatcher
        self.__name__ = dispatcher.__name__
        self._numba_type_ = dispatcher._numba_type_  # what Numba asks of a function it finds

    def compile(self, types: tuple[Any, ...]) -> None:
        """Compile for arguments of these types, as it would be for a kernel that hands them."""
        self.dispatcher.compile(types)

    def __call__(self, *arguments: Any) -> None:
        raise TypeError(f"{self.__name__} is called by kernels only: take inner=True off it")


def _compiled(
    function: Callable[..., Any],
    *,
    fastmath: frozenset[str],
    inline: bool,
    counted: bool,
    inner: bool,
) -> Callable[..., Any]:
    liberties: Any = set(fastmath) or False
    own = os.environ.get("NUMBA_CACHE_DIR") or numba.config.DISABLE_JIT  # type: ignore[attr-defined]
    folder = "" if own else kernel_folder()
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    if not own:
        numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
    try:
        made = numba.njit(
            cache=bool(own or folder), nogil=True, error_model="numpy", fastmath=liberties,
            forceinline=inline,
            _nrt=counted,  # always said: what a kernel calls would else take over its answer
            no_cpython_wrapper=inner,
            no_cfunc_wrapper=True,  # nobody calls them from C, and each would be compiled for it
        )(function)  # fmt: skip
        return _Inner(made) if inner and made is not function else made
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
