"""What a process does: one task by its name, on one unit or bucket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paintrend.scaleout.checking import Counts, check_bucket
from paintrend.scaleout.job import Job
from paintrend.scaleout.parts import fit_bucket
from paintrend.scaleout.source import Unit
from paintrend.scaleout.spill import route_unit

__all__ = ["TASKS", "Task"]

Report = Callable[[int], None]
Task = Callable[[Job, Any, Report], Any]
"""Called with the run, the task's own arguments, and where to tell how much is done."""


def route(job: Job, arguments: tuple[int, Unit], report: Report) -> None:
    """Route the rows of a unit."""
    number, unit = arguments
    route_unit(job, number, unit)
    report(sum(job.source.files[unit.file].groups[group] for group in unit.groups))


def check(job: Job, arguments: tuple[int, int, Mapping[str, Any]], report: Report) -> Counts:
    """Check a bucket."""
    bucket, n_units, styles = arguments
    counts = check_bucket(job, bucket, n_units, styles)
    report(counts.rows)
    return counts


def fit(job: Job, bucket: int, report: Report) -> None:
    """Fit a bucket."""
    fit_bucket(job, bucket, report)


TASKS: dict[str, Task] = {"route": route, "check": check, "fit": fit}
