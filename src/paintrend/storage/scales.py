"""The scale in a file."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from paintrend.errors import ScaleError
from paintrend.scales import Scale
from paintrend.storage.checks import Checks

__all__ = ["read_scale"]


def read_scale(document: dict[str, Any], checks: Checks) -> Scale | None:
    """Read the scale; a scale with an unknown or missing field is not the one it was."""
    values = document.get("scale")
    if not isinstance(values, dict):
        checks.add("scale", "an object", values, "scale" in document)
        return None
    names = [field.name for field in fields(Scale)]
    for name in names:
        if name not in values:
            checks.add(f"scale.{name}", "a value", None, present=False)
    unknown = [name for name in values if name not in names]
    if unknown:
        checks.add("scale", f"the fields {', '.join(names)}", ", ".join(unknown))
    texts = [name for name in ("label", "measures", "unit", "source", "doi") if name in values]
    for name in texts:
        if not isinstance(values[name], str):
            checks.add(f"scale.{name}", "a text", values[name])
    if any(problem.startswith("scale") for problem in checks.found):
        return None
    try:
        return Scale(**values)
    except (ScaleError, OverflowError) as error:
        checks.found.append(f"scale: {error}")
        return None
