"""Third pass: fit the patients of a bucket and write their courses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pandas as pd

from paintrend.results.population import Population
from paintrend.scaleout.checking import read_bucket
from paintrend.scaleout.frames import Settings, fitted_blocks
from paintrend.scaleout.job import Job
from paintrend.storage import read_population, write_table
from paintrend.storage.curves import curve_tables

__all__ = ["fit_bucket"]


def fit_bucket(job: Job, bucket: int, report: Callable[[int], None]) -> None:
    """Fit a bucket and write its courses, after its curves: where there are courses, all is there.

    Parameters
    ----------
    report : callable
        Called with the number of patients done since the last call.
    """
    ratings, ids = read_bucket(job, bucket)
    population = _population(job.population, job.population.stat().st_mtime_ns)
    settings = Settings(population, job.criteria, job.seed, job.draws)
    blocks = fitted_blocks(ratings, ids, settings)
    courses: list[pd.DataFrame] = []

    def curves() -> Iterator[pd.DataFrame]:
        for block in blocks:
            courses.append(block.courses)
            yield from curve_tables(block.fit) if job.curves else ()
            report(len(block.courses))

    if job.curves:
        write_table(curves(), job.part(bucket, "curves"))
    else:
        for _ in curves():
            pass
    write_table(pd.concat(courses, ignore_index=True), job.part(bucket))


@lru_cache(maxsize=1)
def _population(path: Path, changed: int) -> Population:
    """Read the population once in a process: its dictionary of shapes takes a moment to build."""
    return read_population(path)
