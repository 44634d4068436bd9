"""The errors that paintrend raises on purpose.

::

    PaintrendError
    ├── InputError (also a ValueError)
    │   ├── DiaryError        a table of ratings, symptoms, events or sessions has problems
    │   ├── ScaleError        a scale is unknown or contradicts itself
    │   ├── HorizonError      the horizon is missing or does not suit the ratings
    │   ├── CriteriaError     a threshold is missing or wrong
    │   ├── FitError          a fit cannot be written, or its files cannot be read
    │   └── PopulationError   a population does not suit the ratings or cannot be read
    ├── UnknownPatientError (also a KeyError)
    ├── RunError (also a RuntimeError)   a long run cannot go on; the same call continues it
    ├── BrowserError (also a RuntimeError)   a picture or page needs a browser, and there is none
    └── MissingExtraError (also an ImportError)

``except PaintrendError`` catches all of them. Each also is the built-in error that fits, so that
code which knows nothing of paintrend behaves as it would with any other library.
"""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MOST_REPEATS",
    "MOST_WORKERS",
    "BrowserError",
    "CriteriaError",
    "DiaryError",
    "FitError",
    "HorizonError",
    "InputError",
    "MissingExtraError",
    "PaintrendError",
    "PopulationError",
    "RunError",
    "ScaleError",
    "UnknownPatientError",
    "is_number",
    "switch_problem",
    "whole_number_problem",
]


MOST_WORKERS = 1_000
"""Threads or processes that may be asked for."""
MOST_REPEATS = 100_000
"""Times that a cohort may be drawn or simulated anew."""


class PaintrendError(Exception):
    """Base of every error that paintrend raises on purpose."""

    def __str__(self) -> str:
        # KeyError would show the message in quotes, with line breaks escaped.
        return Exception.__str__(self)


class InputError(PaintrendError, ValueError):
    """What was passed in is missing, wrong, or contradicts something else."""


class DiaryError(InputError):
    """A file or table of ratings, symptoms, events or sessions has problems, and carries them.

    Parameters
    ----------
    message : str
        What a person reads: how many problems, the first of them, and what to do.
    problems : DataFrame, optional
        Every problem, one row each: ``row``, ``patient_id``, ``column``, ``value``, ``problem``,
        ``fix``. None when the file could not be read as a table at all.
    """

    problems: pd.DataFrame | None

    def __init__(self, message: str, problems: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.problems = problems


class ScaleError(InputError):
    """A scale is unknown, or its numbers contradict each other."""


class HorizonError(InputError):
    """The horizon is missing, or does not suit the ratings or the population."""


class CriteriaError(InputError):
    """A threshold is missing, or its value cannot be used."""


class FitError(InputError):
    """A fit cannot be written, or the files of one cannot be read."""


class PopulationError(InputError):
    """A population does not suit the ratings, or its file cannot be read."""


class UnknownPatientError(PaintrendError, KeyError):
    """No patient has this id."""


class RunError(PaintrendError, RuntimeError):
    """A long run cannot go on; what it has done is kept, and the same call continues it."""


class BrowserError(PaintrendError, RuntimeError):
    """A picture or page needs a Chrome or Chromium, and there is none, or it failed.

    What needs none is written all the same, before this is raised.
    """


class MissingExtraError(PaintrendError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""


def is_number(value: object) -> bool:
    """Say whether a value is a finite number; True and False are none.

    Examples
    --------
    >>> is_number(2), is_number(2.5), is_number(float("nan")), is_number(True), is_number("2")
    (True, True, False, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def whole_number_problem(name: str, value: Any, least: int, most: int | None = None) -> str:
    """Say what is wrong with an option that must be a whole number; empty if nothing is.

    Examples
    --------
    >>> whole_number_problem("draws", 5, 20)
    'draws must be a whole number from 20, got 5'
    >>> whole_number_problem("workers", 10**30, 1, MOST_WORKERS).partition(", got")[0]
    'workers must be a whole number from 1 to 1,000'
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if whole and value >= least and (most is None or value <= most):
        return ""
    to = f" to {most:,}" if whole and value > least else ""
    return f"{name} must be a whole number from {least}{to}, got {_short(value)}"


def switch_problem(name: str, value: object) -> str:
    """Say what is wrong with an option that is True or False; empty if nothing is.

    Any other word would count as yes.

    Examples
    --------
    >>> switch_problem("lenient", "no")
    "lenient must be True or False, got 'no'"
    """
    # by name, because errors are imported where NumPy, which has a truth value too, is not
    if type(value).__name__ in ("bool", "bool_"):
        return ""
    return f"{name} must be True or False, got {_short(value)}"


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than some thousand digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:40]}... ({len(text)} characters)"
