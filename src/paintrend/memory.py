"""What would take more memory than this machine has is refused before anything is computed."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

__all__ = ["curve_memory", "machine_memory", "memory_problem"]

GIGABYTE = 10**9
ASSUMED = 16 * GIGABYTE
"""Where the system does not say how much there is."""
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""What a container may take, where it is one."""
DRAW, JUDGED = 110, 90
"""Bytes that a posterior curve takes while it is kept (94 to 102 were measured), and what judging
it adds."""
PROPOSED, LEVEL = 2 * 8 * 280, 2 * 8 * 8
"""Bytes for each draw that is asked for, while one patient is fitted: of the most curves that may
be proposed, for which room is made at once, and of their levels at each rating."""


@cache
def machine_memory() -> int:
    """Bytes of memory that this machine, or the container in it, has."""
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        found = ASSUMED
    for place in LIMITS:
        try:
            found = min(found, int(Path(place).read_text()))
        except (OSError, ValueError):  # no container, or one without a limit
            continue
    return found if found > 0 else ASSUMED


def memory_problem(asked: str, needed: float, advice: str) -> str:
    """Say that what was asked for takes more memory than there is; empty if it does not.

    Parameters
    ----------
    asked : what takes it, as the user wrote it
    needed : bytes, at least
    advice : what to do instead

    Examples
    --------
    >>> memory_problem("m=50", 1e6, "ask for fewer")
    ''
    >>> memory_problem("m=1000000000", 1e18, "ask for fewer").partition(", and")[0]
    'm=1000000000 takes some 1,000,000,000 GB of memory'
    """
    if needed <= machine_memory():
        return ""
    return (
        f"{asked} takes some {needed / GIGABYTE:,.0f} GB of memory, and this machine has "
        f"{machine_memory() / GIGABYTE:,.0f} GB: {advice}"
    )


def curve_memory(draws: int, n_patients: int, n_ratings: int, workers: int) -> float:
    """Bytes for posterior curves, while patients are fitted and then judged.

    Parameters
    ----------
    draws : curves of a patient
    n_patients : in memory at a time
    n_ratings : of the patient who has most
    workers : threads, each of which fits one patient at a time
    """
    at_once = min(workers, max(n_patients, 1))
    fitting = n_patients * DRAW + at_once * (PROPOSED + LEVEL * n_ratings)
    return float(draws) * max(fitting, n_patients * (DRAW + JUDGED))
