"""Options that analyses of a cohort share, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import (
    MOST_REPEATS,
    InputError,
    is_number,
    switch_problem,
    whole_number_problem,
)
from paintrend.memory import memory_problem
from paintrend.results.criteria import Criteria
from paintrend.wording import plural

__all__ = ["FEWEST_DRAWS", "check_options", "check_size", "name_list", "number_list"]

FEWEST_DRAWS = 2
VALUE = 64
"""Bytes of a patient in one plausible data set, at least."""


def check_options(
    caller: str,
    *,
    m: Any = FEWEST_DRAWS,
    level: Any = 0.9,
    seed: Any = None,
    criteria: Any = None,
    outside: Any = None,
    by: Any = None,
    adjust: Sequence[Any] = (),
    **switches: Any,
) -> None:
    """Refuse options that cannot be used; all that is wrong comes in one message.

    What else is given by name must be True or False.

    Raises
    ------
    InputError

    Examples
    --------
    >>> try:
    ...     check_options("prevalence", m=1)
    ... except InputError as error:
    ...     print(error)
    prevalence: m must be a whole number from 2, got 1.
    """
    found = [whole_number_problem("m", m, FEWEST_DRAWS, MOST_REPEATS)]
    if not (is_number(level) and 0.0 < level < 1.0):
        found.append(f"level must be between 0 and 1, such as 0.9, got {level!r}")
    if seed is not None:
        found.append(whole_number_problem("seed", seed, 0))
    if criteria is not None and not isinstance(criteria, Criteria):
        found.append(
            f"criteria must be Criteria(worsening=..., ...) or None, got {type(criteria).__name__}"
        )
    if outside is not None and not isinstance(outside, pd.DataFrame):
        found.append(f"outside must be a table by patient_id, got {type(outside).__name__}")
    if by is not None and not (isinstance(by, str) and by):
        found.append(f"by must be the name of one column, got {by!r}")
    strange = [name for name in adjust if not isinstance(name, str)]
    if strange:
        found.append(f"adjust must be names of columns, got {strange!r}")
    found += [switch_problem(name, value) for name, value in switches.items()]
    if by is not None and by in adjust:
        found.append(f"adjust names {by!r}, which is the groups themselves: leave it out")
    found = [problem for problem in found if problem]
    if found:
        raise InputError(f"{caller}: " + "; ".join(found) + ".")


def check_size(m: int, n_patients: int) -> None:
    """Refuse more plausible data sets than this machine can hold.

    Raises
    ------
    InputError
    """
    problem = memory_problem(
        f"m={m} for {plural(n_patients, 'patient')}",
        float(m) * n_patients * VALUE,
        "ask for fewer. 50 are the default, and 1,000 are many",
    )
    if problem:
        raise InputError(f"{problem}.")


def name_list(values: Any) -> tuple[Any, ...]:
    """Names that an option lists: one name stands for itself, None for none.

    Examples
    --------
    >>> name_list("age"), name_list(["age", "sex"]), name_list(None)
    (('age',), ('age', 'sex'), ())
    """
    if values is None:
        return ()
    # what cannot be listed is for the check of names to refuse
    return (
        tuple(values) if isinstance(values, Iterable) and not isinstance(values, str) else (values,)
    )


def number_list(caller: str, name: str, values: Any, *, least: float = -np.inf) -> list[float]:
    """Numbers that an option lists, above `least`; one number stands for itself.

    Raises
    ------
    InputError

    Examples
    --------
    >>> number_list("multiverse", "worsening", 2), number_list("multiverse", "worsening", (1, 2))
    ([2.0], [1.0, 2.0])
    """
    listed = [values] if is_number(values) else values
    try:
        own = list(listed)
    except TypeError:
        own = [listed]
    if not all(is_number(v) and v > least for v in own):
        above = f" above {least:g}" if np.isfinite(least) else ""
        raise InputError(f"{caller}: {name} must be numbers{above}, got {values!r}.")
    return [float(v) for v in own]
