"""Checks of arguments: each names the argument, what was expected and what came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from numbers import Integral

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError, is_number

__all__ = ["check_courses", "check_shares", "check_whole", "require"]


def require(condition: bool, argument: str, expected: str, came: object) -> None:
    """Raise InputError unless the condition holds."""
    if not condition:
        raise InputError(f"{argument} must be {expected}, got {came!r}.")


def check_whole(argument: str, value: object, least: int) -> None:
    """Check a whole number."""
    good = isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least
    require(good, argument, f"a whole number of at least {least}", value)


def check_shares(argument: str, shares: object) -> None:
    """Check a mapping from names to shares that sum to 1."""
    expected = "a mapping of names to shares that are 0 or more and sum to 1"
    good = isinstance(shares, Mapping) and bool(shares)
    good = good and all(is_number(v) and v >= 0 for v in shares.values())  # type: ignore[attr-defined]
    good = good and abs(sum(shares.values()) - 1.0) <= 1e-6  # type: ignore[attr-defined]
    require(good, argument, expected, shares)


def check_courses(argument: str, names: Collection[object]) -> None:
    """Check that names are courses."""
    unknown = [name for name in names if name not in COURSES]
    require(not unknown, argument, f"about the courses {', '.join(COURSES)}", unknown)
