"""Options of an alarm policy, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paintrend.defaults import DEFAULTS
from paintrend.errors import (
    MOST_REPEATS,
    MOST_WORKERS,
    InputError,
    is_number,
    whole_number_problem,
)
from paintrend.fitting_options import check_memory
from paintrend.monitoring.looks import LOOKS_AT_A_TIME
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.population import Population

__all__ = ["check_policy_options"]

WHOLE: dict[str, tuple[int, int | None]] = {
    "n": (20, MOST_REPEATS),
    "folds": (2, MOST_REPEATS),
    "seed": (0, None),
    "draws": (20, None),
    "workers": (1, MOST_WORKERS),
}
"""The least and the most that they may be."""
FOR_SIMULATED = ("schedule", "n", "missed", "dropout")
FOR_DIARIES = ("default", "lasting_days")


def check_policy_options(source: Any, options: dict[str, Any]) -> NDArray[np.float64] | None:
    """Refuse options that cannot be used; all that is wrong comes in one message.

    Parameters
    ----------
    source : Population or Diary
    options : dict
        Options by name; None is not given.

    Returns
    -------
    array or None
        The schedule in order, if `source` is a population.

    Raises
    ------
    InputError
    """
    simulated = isinstance(source, Population)
    if not simulated and not isinstance(source, Diary):
        raise InputError(
            "alarm_policy needs a population (fit.population or read_population: patients are "
            "simulated from it) or the diary of a completed cohort (read_diary), got "
            f"{type(source).__name__}."
        )
    found = []
    budget = options["budget"]
    if not is_number(budget) or not 0 < budget < 1:
        found.append(
            "budget must be above 0 and below 1 (share of those who do not get worse "
            f"who may get a false alarm), got {budget!r}"
        )
    for name, (least, most) in WHOLE.items():
        if options[name] is not None:
            problem = whole_number_problem(name, options[name], least, most)
            found += [problem] if problem else []
    criteria = options["criteria"]
    if criteria is not None and not isinstance(criteria, Criteria):
        found.append(f"criteria must be paintrend.Criteria(...), got {criteria!r}")
    for name in FOR_DIARIES if simulated else FOR_SIMULATED:
        if options[name] is not None:
            why = (
                "is for a diary: a population brings its own"
                if simulated
                else "is for simulated patients: a diary has its own patients and rating days"
            )
            found.append(f"{name} {why}; leave it out")
    schedule = None
    if simulated:
        for name in ("missed", "dropout"):
            value = options[name]
            if value is not None and (not is_number(value) or not 0 <= value < 1):
                found.append(f"{name} must be a probability from 0 to below 1, got {value!r}")
        horizon = options["horizon"]
        if horizon is not None and horizon != source.horizon:
            found.append(
                f"horizon: {source.horizon:g} in the population, {horizon!r} here; leave it out to "
                "use the population's"
            )
        schedule, problems = _schedule(options["schedule"], source.horizon)
        found += problems
    elif options["default"] is not None and options["default"] not in DEFAULTS:
        found.append(f"default must be one of {', '.join(DEFAULTS)}, got {options['default']!r}")
    lasting = options["lasting_days"]
    if not simulated and lasting is not None and not (is_number(lasting) and lasting > 0):
        found.append(f"lasting_days must be a positive number of days, got {lasting!r}")
    if found:
        raise InputError("alarm_policy: " + "; ".join(found) + ".")
    check_memory(
        "alarm_policy", options["draws"], workers=options["workers"] or 1,
        n_patients=LOOKS_AT_A_TIME, of="look",
    )  # fmt: skip
    return schedule


def _schedule(given: Any, horizon: float) -> tuple[NDArray[np.float64] | None, list[str]]:
    """The days in order, or what is wrong with them."""
    if given is None:
        return None, [
            "schedule is required with a population: the days of the planned visits, those at or "
            "before day 0 included, e.g. schedule=[-7, 0, 7, 14, 28, 56, 84]"
        ]
    days = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else None
    if days is None or not all(is_number(day) for day in days):
        return None, [f"schedule must be a sequence of finite days, got {given!r}"]
    found = []
    if len(set(days)) < len(days):
        found.append("schedule names a day twice")
    if not any(day <= 0 for day in days):
        found.append("schedule has no day at or before day 0: the start would not be rated")
    if not any(day > 0 for day in days):
        found.append("schedule has no day after day 0")
    late = [day for day in days if day > horizon]
    if late:
        beyond = ", ".join(f"{day:g}" for day in late)
        found.append(f"schedule goes beyond the horizon, day {horizon:g}: {beyond}")
    return np.sort(np.array(days, dtype=float)), found
