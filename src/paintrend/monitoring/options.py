"""Options of monitoring, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paintrend.errors import InputError, PopulationError, is_number
from paintrend.fitting_options import check_memory, patients_met
from paintrend.memory import memory_problem
from paintrend.monitoring.judging import PLANS
from paintrend.monitoring.looks import LOOKS_AT_A_TIME
from paintrend.results.diary import Diary
from paintrend.results.population import Population
from paintrend.wording import plural

__all__ = ["check_looks", "check_monitor_options", "refuse_members", "schedule_problems"]

LOOK = 2_000
"""Bytes of a look in the tables, at least."""


def check_monitor_options(
    new: object, every: object, schedule: Sequence[float] | None, plan: object
) -> None:
    """Refuse what monitoring cannot use; all in one message."""
    if not isinstance(new, Diary):
        raise InputError(f"monitor needs a diary from read_diary(...), got {type(new).__name__}")
    found = []
    if every != "rating" and not (is_number(every) and every > 0):  # type: ignore[operator]
        found.append(f"every must be 'rating' or a positive number of days, got {every!r}")
    if plan not in PLANS:
        found.append(f"plan must be one of {', '.join(PLANS)}, got {plan!r}")
    if schedule is not None:
        found += schedule_problems(schedule)
    if found:
        raise InputError("monitor: " + "; ".join(found) + ".")


def check_looks(
    new: Diary, horizon: float, every: str | float, *, draws: int, workers: int
) -> None:
    """Refuse more looks, or more curves of each, than this machine can hold.

    Raises
    ------
    InputError
    """
    days = new.ratings["day"].to_numpy(dtype=float)
    last = max(float(days[days <= horizon].max(initial=0.0)), 0.0)
    n_looks = float(np.count_nonzero(days >= 0.0)) if every == "rating" else len(new) * last
    n_looks = n_looks if every == "rating" else n_looks / float(every) + len(new)
    problem = memory_problem(
        f"every={every!r} makes {n_looks:,.0f} looks at {plural(len(new), 'patient')}, which",
        n_looks * LOOK,
        "look less often",
    )
    if problem:
        raise InputError(f"monitor: {problem}.")
    most = new.ratings["patient_id"].value_counts().max() if len(days) else 0
    check_memory(
        "monitor", draws, workers=workers, n_ratings=int(most), of="look",
        n_patients=int(min(max(n_looks, len(new)), LOOKS_AT_A_TIME)),
    )  # fmt: skip


def schedule_problems(schedule: Sequence[float]) -> list[str]:
    """Say what is wrong with planned days; nothing if they ascend."""
    try:
        days = np.asarray(schedule, dtype=float)
    except (TypeError, ValueError):
        return [f"schedule must be days as numbers, got {schedule!r}"]
    if days.ndim != 1 or days.size == 0 or not np.isfinite(days).all():
        return [f"schedule must be a list of finite days, got {schedule!r}"]
    back = np.flatnonzero(np.diff(days) <= 0)
    if back.size:
        i = int(back[0])
        return [f"schedule must ascend; day {days[i + 1]:g} comes after day {days[i]:g}"]
    return []


def refuse_members(new: Diary, population: Population) -> list[str]:
    """Refuse patients who taught the population; say what cannot be known."""
    met = patients_met(new, population)
    if met.sure:
        shown = ", ".join(map(repr, met.sure[:5])) + (" ..." if len(met.sure) > 5 else "")
        raise PopulationError(
            f"{len(met.sure)} of {len(new)} patients were in the population ({shown}): id and "
            "first ratings are the same. What became of them would help to judge them. Leave "
            "population= out to cross-fit (with horizon=), or take a population of other patients; "
            "if these are others with the same ids, give them ids of their own."
        )
    notices = []
    if met.maybe:
        notices.append(
            f"{len(met.maybe)} patients have the id and the first ratings of a patient whom the "
            "population was learned from; with so few ratings this may be chance: "
            + ", ".join(map(repr, met.maybe[:5]))
        )
    if population.n_patients and not population.members:
        notices.append("it is not known from whom the population was learned")
    return notices
