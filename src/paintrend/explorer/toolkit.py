"""The packages behind the widgets, which only the extra `explore` brings."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from paintrend.errors import MissingExtraError

__all__ = ["import_widgets", "require_packages"]

NEEDED = ("anywidget", "ipywidgets")


def require_packages(names: tuple[str, ...]) -> None:
    """Refuse to go on where some packages cannot be imported.

    Raises
    ------
    MissingExtraError
        Naming them and the extra that brings them.
    """
    missing = []
    for name in names:
        try:
            import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise MissingExtraError(
            f"exploring needs {' and '.join(missing)}: pip install 'paintrend[explore]'"
        )


@cache
def import_widgets() -> Any:
    """Give the module ipywidgets; anywidget, which clickable figures need, is there too.

    Raises
    ------
    MissingExtraError
        Naming the extra.
    """
    require_packages(NEEDED)
    return import_module("ipywidgets")
