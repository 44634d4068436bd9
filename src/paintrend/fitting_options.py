"""Options of fitting, checked before anything is computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from paintrend.core.em import Ratings
from paintrend.defaults import DEFAULTS
from paintrend.errors import (
    MOST_WORKERS,
    DiaryError,
    HorizonError,
    InputError,
    PopulationError,
    is_number,
    whole_number_problem,
)
from paintrend.memory import curve_memory, memory_problem
from paintrend.results.diary import Diary
from paintrend.results.inference import flatten, usable_ratings
from paintrend.results.members import Met, meet_members, more_than_chance
from paintrend.results.population import Population
from paintrend.scales import Scale
from paintrend.shapes import LONGEST, SHORTEST
from paintrend.wording import plural

__all__ = [
    "check_memory",
    "check_options",
    "check_population",
    "checked_horizon",
    "no_rating_error",
    "patients_met",
    "taught_by",
]

WITHIN_A_DAY = ("minutes", "hours")
ENOUGH = 4_000
"""Draws at which the standard error of a probability of a half is 0.008."""


def check_options(caller: str, **options: Any) -> None:
    """Refuse options of fitting that cannot be used; all that is wrong comes in one message.

    Raises
    ------
    InputError
    """
    found = []
    for name, least, most in (("seed", 0, None), ("draws", 20, None), ("workers", 1, MOST_WORKERS)):
        value = options[name]
        if value is None and name == "workers":
            continue
        problem = whole_number_problem(name, value, least, most)
        found += [problem] if problem else []
    default = options["default"]
    if not (isinstance(default, str) and default in DEFAULTS):
        found.append(f"default must be one of {', '.join(DEFAULTS)}, got {default!r}")
    lasting = options["lasting_days"]
    if lasting is not None and not (is_number(lasting) and SHORTEST <= lasting <= LONGEST):
        found.append(
            f"lasting_days must be a positive number of days ({SHORTEST:g} to {LONGEST:,.0f}), got "
            f"{lasting!r}"
        )
    if found:
        raise InputError(f"{caller}: " + "; ".join(found) + ".")


def check_memory(
    caller: str,
    draws: int,
    *,
    workers: int,
    n_patients: int,
    n_ratings: int = 0,
    of: str = "patient",
) -> None:
    """Refuse more posterior curves, of patients or of looks at them, than this machine can hold.

    Raises
    ------
    InputError
        With what was asked for, and the memory that it takes.
    """
    problem = memory_problem(
        f"draws={draws} for {plural(n_patients, of)} at a time",
        curve_memory(draws, n_patients, n_ratings, workers),
        f"ask for fewer. 400 are the default, and {ENOUGH:,} tell a probability to within a "
        "percentage point",
    )
    if problem:
        raise InputError(f"{caller}: {problem}.")


def checked_horizon(horizon: float | None, last: float = np.nan) -> float:
    """Return the horizon as a number; `last` is the day of the last rating, if it is known.

    Raises
    ------
    HorizonError
        If it is missing, or no positive number.
    """
    hint = ""
    if np.isfinite(last):
        # six digits may be a little less than the day, and would leave the rating out
        shown = f"{last:g}" if float(f"{last:g}") >= last else repr(float(last))
        hint = f" The last rating is on day {shown}: horizon={shown} would include all."
    if horizon is None:
        raise HorizonError(
            "horizon is required: the day at which courses are judged, e.g. horizon=84." + hint
        )
    if not is_number(horizon) or horizon <= 0:
        raise HorizonError(f"horizon must be a positive number of days, got {horizon!r}." + hint)
    if not SHORTEST <= horizon <= LONGEST:
        raise HorizonError(
            f"horizon must be from {SHORTEST:g} to {LONGEST:,.0f} days, got {horizon!r}." + hint
        )
    return float(horizon)


def check_population(
    population: Population,
    scale: Scale,
    horizon: float | None,
    lasting_days: float | None,
    time_unit: str = "",
) -> None:
    """Refuse a population that was learned on another scale, horizon, time unit or lasting time.

    Raises
    ------
    PopulationError
        With everything that differs.
    """
    if not isinstance(population, Population):
        raise PopulationError(
            "population must come from fit.population or read_population, got "
            f"{type(population).__name__}"
        )
    found = []
    own = population.scale
    for name in ("low", "high", "step", "higher_is_worse"):
        if getattr(own, name) != getattr(scale, name):
            found.append(
                f"scale {name}: {getattr(own, name)} there ({own.label}), "
                f"{getattr(scale, name)} here ({scale.label})"
            )
    if not found and own.name != scale.name:
        found.append(f"scale: learned on {own.name!r}, these ratings are {scale.name!r}")
    if horizon is not None and horizon != population.horizon:
        found.append(
            f"horizon: {population.horizon:g} there, {horizon!r} here; "
            "leave horizon out to use the population's"
        )
    there = population.time_unit
    if there and time_unit and (time_unit in WITHIN_A_DAY) != (there in WITHIN_A_DAY):
        found.append(
            f"time unit: learned from ratings timed in {there}, these were read in {time_unit}; "
            f"read them with time_unit={there!r}, or, if both are right, give the population "
            "time_unit='' (dataclasses.replace)"
        )
    if lasting_days is not None and lasting_days != population.lasting_days:
        found.append(f"lasting_days: {population.lasting_days:g} there, {lasting_days:g} here")
    if found:
        raise PopulationError(
            "the population does not suit these ratings: " + "; ".join(found) + "."
        )


def no_rating_error(horizon: float, n_late: int, n_ratings: int) -> InputError:
    """Return the error for a cohort without a rating to fit up to the horizon.

    Parameters
    ----------
    horizon : float
    n_late, n_ratings : int
        Ratings after the horizon, and all of them. What is left was used to select patients.
    """
    marked = n_ratings - n_late
    if marked > 0:
        late = f", and {n_late:,} {'is' if n_late == 1 else 'are'} after it" if n_late else ""
        which = "the only one is" if marked == 1 else f"all {marked:,} are"
        return DiaryError(
            f"no rating up to the horizon, day {horizon:g}, can be fitted: {which} marked as used "
            f"to select the patient (inclusion){late}. Mark only the ratings by which patients "
            "were selected."
        )
    why = "the diary has none that can be fitted"
    if n_late:
        why = "the only one is after it" if n_late == 1 else f"all {n_late} are after it"
    return HorizonError(f"no rating up to the horizon, day {horizon:g}: {why}.")


def patients_met(diary: Diary, population: Population) -> Met:
    """Patients of the diary who taught the population, as far as it knows whom it was learned
    from."""
    return meet_members(_ratings(diary, population), population.members)


def taught_by(diary: Diary, population: Population) -> tuple[bool, tuple[str, ...]]:
    """Tell whether patients of the diary taught a population, and say so.

    To mark an answer takes less than to refuse it: that more patients match than chance gives.
    """
    met = patients_met(diary, population)
    n = len(met.sure) + len(met.maybe)
    if not n:
        return False, ()
    taught = bool(met.sure) or more_than_chance(_ratings(diary, population), population.members)
    found = (
        f"{n} of {plural(len(diary), 'patient')} {'has' if n == 1 else 'have'} the id and the "
        "first ratings of a patient whom the population was learned from"
    )
    if taught:
        return True, (
            f"{found}: judged as of an earlier day, all are marked retrospective, as the "
            "population may know how these went on",
        )
    return False, (f"{found}; with so few ratings this may be chance",)


def _ratings(diary: Diary, population: Population) -> Ratings:
    """What the population would have been learned from, had it been this diary."""
    used, _ = usable_ratings(diary, population.horizon)
    return flatten(used, [str(i) for i in used["patient_id"].unique()], diary.scale)
