"""Packages of the extra "hypotheses", imported when an analysis needs them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from paintrend.errors import MissingExtraError

__all__ = ["import_extra"]


def import_extra(module: str, extra: str = "hypotheses") -> Any:
    """Import a package of an extra.

    Raises
    ------
    MissingExtraError
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"this analysis needs {module.partition('.')[0]}: pip install 'paintrend[{extra}]'"
        ) from error
