"""Checks of values read from JSON: every problem is kept, so that one error can list them all."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Checks", "digest_of", "shown"]

LONGEST = 60
DIGEST = re.compile("[0-9a-f]{12}")


def shown(value: object) -> str:
    """Show a value in a message, cut where it is long."""
    if isinstance(value, Mapping):
        return f"an object with {len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def digest_of(document: Mapping[str, Any]) -> str:
    """Hash a document, without its own hash, in a form that does not depend on the layout."""
    rest = {key: value for key, value in document.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


class Checks:
    """Problems found so far: key, what was expected, what came."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, key: str, expected: str, came: object, present: bool = True) -> None:
        """Keep one problem; `present` is False where the key is not there at all."""
        self.found.append(
            f"{key}: expected {expected}, " + (f"got {shown(came)}" if present else "it is missing")
        )

    def add_text(self, key: str, expected: str, came: str) -> None:
        """Keep one problem whose value is told in words."""
        self.found.append(f"{key}: expected {expected}, got {came}")

    def digest(self, document: Mapping[str, Any]) -> None:
        """Say first of all that a document is not the one that was written; one without a hash has
        been changed by somebody who deleted it on purpose."""
        try:
            own = digest_of(document)
        except (RecursionError, ValueError):  # what it holds instead is told by the other checks
            return
        if document.get("sha256", own) != own:
            self.found.insert(
                0,
                f"sha256: expected {own!r}, which follows from the content, got "
                f"{shown(document['sha256'])}: the file was changed after it was written, or is "
                "damaged (if the change was meant, delete this key)",
            )

    def message(self, name: str, kind: str = "population") -> str:
        """Return the text of the error."""
        if len(self.found) == 1:
            return f"{name} is not a usable {kind}. {self.found[0]}."
        lines = "\n".join(f"- {problem}" for problem in self.found)
        return f"{name} is not a usable {kind}; {len(self.found)} problems:\n{lines}"

    def number(self, document: Mapping[str, Any], key: str, low: float, high: float) -> float:
        """Return a number from `low` to `high`; NaN after a problem."""
        value = document.get(key)
        number = _float(value)
        if number is None or not low <= number <= high:
            self.add(key, f"a number from {low:g} to {high:g}", value, key in document)
            return math.nan
        return number

    def whole(self, document: Mapping[str, Any], key: str, *, least: int) -> int:
        """Return a whole number from a bound on; the bound after a problem."""
        value = document.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.add(key, f"a whole number from {least}", value, key in document)
            return least
        return value

    def digests(self, document: Mapping[str, Any], key: str) -> frozenset[str]:
        """Return a list of digests that may be missing; empty after a problem."""
        values = document.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            self.add(key, "a list of texts", values)
            return frozenset()
        wrong = [v for v in values if not DIGEST.fullmatch(v)]
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            self.add_text(key, "texts of 12 digits 0-9, a-f", shown(wrong[0]) + more)
        return frozenset() if wrong else frozenset(values)

    def covariance(self, values: NDArray[np.float64], key: str, whose: str = "") -> None:
        """Keep a problem if a matrix is no covariance; `whose` is told in brackets."""
        of = f" ({whose})" if whose else ""
        if not np.allclose(values, values.T, rtol=1e-9, atol=0.0):
            self.add_text(key, f"a symmetric matrix{of}", "one that is not")
        elif not (smallest := float(np.linalg.eigvalsh(values)[0])) > 0.0:
            self.add_text(
                key, f"a positive definite matrix{of}", f"one with the eigenvalue {smallest:.3g}"
            )

    def array(
        self, value: object, key: str, shape: tuple[int | None, ...]
    ) -> NDArray[np.float64] | None:
        """Return nested lists of finite numbers as an array of this shape; None after a problem.

        A size of None in `shape` may be anything.
        """
        if None in shape:
            expected = "numbers in a list" if len(shape) == 1 else "numbers in lists"
        else:
            expected = " x ".join(map(str, shape)) + " numbers in lists"
        if value is None:
            self.add(key, expected, value, present=False)
            return None
        leaves: list[float] = []
        wrong: list[tuple[str, str]] = []
        sizes_found = _flatten(value, key, len(shape), leaves, wrong)
        fits = sizes_found is not None and all(
            n is None or n == m for n, m in zip(shape, sizes_found, strict=True)
        )
        if not fits:
            came = " x ".join(map(str, sizes_found)) if sizes_found else shown(value)
            self.add_text(key, expected, came)
        if wrong:
            where, what = wrong[0]
            more = f" (and {len(wrong) - 1} more values of {key})" if len(wrong) > 1 else ""
            self.add_text(where, "a finite number", what + more)
        if wrong or not fits:
            return None
        assert sizes_found is not None
        return np.array(leaves, dtype=np.float64).reshape(sizes_found)


def _float(value: object) -> float | None:
    """Give a JSON number as a float; None for anything else, true and false included."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def _flatten(
    value: object, key: str, depth: int, leaves: list[float], wrong: list[tuple[str, str]]
) -> tuple[int, ...] | None:
    """Collect the numbers of nested lists; None where the lists are not all of one shape."""
    if depth == 0:
        number = _float(value)
        if number is None or not math.isfinite(number):
            wrong.append((key, shown(value)))
        else:
            leaves.append(number)
        return ()
    if not isinstance(value, list):
        return None
    inner = [
        _flatten(item, f"{key}[{i}]", depth - 1, leaves, wrong) for i, item in enumerate(value)
    ]
    if any(shape is None or shape != inner[0] for shape in inner):
        return None
    first = inner[0] if inner else (0,) * (depth - 1)
    return None if first is None else (len(value), *first)
