"""Tables of other packages that can be fitted: which of our modules knows how.

A table is recognised by the package its type comes from, so that the package itself is imported
only by those who use it. The modules named here lie in later layers than the functions that look
them up; they are loaded by name, when such a table comes, and by nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["ADAPTERS", "adapter_of"]

ADAPTERS = {"dask": "paintrend.scaleout.cluster"}
"""Package of the table -> module with ``fit_frame(table, **options)``."""


def adapter_of(table: object) -> Any:
    """Return the module that fits this kind of table, None if there is none.

    Examples
    --------
    >>> adapter_of("cohort.csv") is None
    True
    """
    package = type(table).__module__.partition(".")[0]
    return import_module(ADAPTERS[package]) if package in ADAPTERS else None
