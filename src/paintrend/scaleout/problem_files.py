"""Problems of all buckets together: one error, or one table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.problems import rows_error
from paintrend.results.diary import PROBLEM_COLUMNS
from paintrend.scaleout.checking import Counts
from paintrend.scaleout.job import Job
from paintrend.scaleout.spill import FILE, ROW
from paintrend.storage import write_table

__all__ = ["gathered_error", "write_problems"]

SORTED = 1_000_000
"""Problems that are put in the order of the files; more are written bucket by bucket."""


def write_problems(job: Job, counts: Counts) -> Path:
    """Write problems.csv: file by file and row by row, up to `SORTED` of them."""
    parts = _parts(job) if counts.problems > SORTED else iter([_ordered(_parts(job))])
    tables = (_named(job, part) for part in parts)
    return write_table(tables, job.folder / "problems.csv")


def gathered_error(job: Job, counts: Counts) -> DiaryError:
    """Return the one error that carries the problems of all buckets (the first `SORTED`)."""
    kept, n = [], 0
    for part in _parts(job):
        kept.append(part)
        n += len(part)
        if n >= SORTED:
            break
    table = _named(job, _ordered(iter(kept)))
    source = job.source
    rows = counts.bad, counts.rows
    return rows_error(
        source.name,
        source.counting,
        table,
        rows,
        list(counts.hints),
        counts.problems,
        nothing_left=not counts.ratings,
        noun="visit" if job.options["wide"] else "row",
    )


def _parts(job: Job) -> Iterator[pd.DataFrame]:
    for bucket in range(job.n_buckets):
        file = job.checked(bucket, "problems")
        if file.exists():
            yield pd.read_parquet(file)


def _ordered(parts: Iterator[pd.DataFrame]) -> pd.DataFrame:
    tables = list(parts)
    if not tables:
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in PROBLEM_COLUMNS})
        return empty.assign(**{FILE: np.arange(0), ROW: np.arange(0)})
    return pd.concat(tables, ignore_index=True).sort_values([FILE, ROW], kind="stable")


def _named(job: Job, table: pd.DataFrame) -> pd.DataFrame:
    """Put in what each row is called."""
    names = job.source.row_names(table[FILE].to_numpy(), table[ROW].to_numpy())
    named = table.assign(row=pd.Series(list(names), index=table.index, dtype=object))
    return named[list(PROBLEM_COLUMNS)].reset_index(drop=True).astype(object)
