"""The packages behind the widgets, which only the extra `explore` brings."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from paintrend.errors import MissingExtraError

__all__ = ["import_widgets", "missing_packages"]

NEEDED = ("anywidget", "ipywidgets")


def missing_packages(names: tuple[str, ...]) -> str:
    """Say which of some packages cannot be imported, and how to get them; empty if none."""
    missing = []
    for name in names:
        try:
            import_module(name)
        except ImportError:
            missing.append(name)
    if not missing:
        return ""
    return f"exploring needs {' and '.join(missing)}: pip install 'paintrend[explore]'"


@cache
def import_widgets() -> Any:
    """Give the module ipywidgets; anywidget, which clickable figures need, is there too.

    Raises
    ------
    MissingExtraError
        Naming the extra.
    """
    problem = missing_packages(NEEDED)
    if problem:
        raise MissingExtraError(problem)
    return import_module("ipywidgets")
