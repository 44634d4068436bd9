"""Checks of arguments: each names the argument, what was expected and what came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from numbers import Integral

from paintrend.core.course_rules import COURSES
from paintrend.errors import HorizonError, InputError, is_number
from paintrend.memory import memory_problem
from paintrend.shapes import LONGEST, SHORTEST
from paintrend.wording import plural

__all__ = ["check_courses", "check_horizon", "check_shares", "check_size", "check_whole", "require"]

PATIENT, RATING = 4_000, 200
"""Bytes of a simulated patient and of one planned rating, at least."""


def require(condition: bool, argument: str, expected: str, came: object) -> None:
    """Raise InputError unless the condition holds."""
    if not condition:
        raise InputError(f"{argument} must be {expected}, got {came!r}.")


def check_whole(argument: str, value: object, least: int) -> None:
    """Check a whole number."""
    good = isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least
    require(good, argument, f"a whole number of at least {least}", value)


def check_horizon(horizon: object) -> float:
    """Return a horizon as a number.

    Raises
    ------
    HorizonError
    """
    if not is_number(horizon) or not SHORTEST <= horizon <= LONGEST:  # type: ignore[operator]
        raise HorizonError(
            f"horizon must be a number of days above 0 ({SHORTEST:g} to {LONGEST:,.0f}), got "
            f"{horizon!r}."
        )
    return float(horizon)  # type: ignore[arg-type]


def check_size(n_patients: int, n_days: float) -> None:
    """Refuse more patients, or planned ratings, than this machine can hold."""
    problem = memory_problem(
        f"n_patients={n_patients} with {plural(round(n_days), 'planned rating')} each",
        float(n_patients) * (PATIENT + RATING * n_days),
        "simulate fewer, or several cohorts with seeds of their own",
    )
    if problem:
        raise InputError(f"{problem}.")


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
