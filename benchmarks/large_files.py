"""Large Parquet files of simulated patients, and how much time and memory a command takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from common import lacking
from worlds import WORLDS, Cohort, World, sample_cohort

SOURCE = Path(__file__).resolve().parents[1] / "src"
VISITS = (-7.0, 0.0, 7.0, 14.0, 21.0, 28.0, 35.0, 42.0, 49.0, 56.0, 70.0, 84.0)
"""Days of the twelve ratings."""
AT_A_TIME = 50_000
"""Patients sampled at a time."""
LOOK = 0.1
"""Seconds between looks at the memory."""
BYTECODE = tempfile.TemporaryDirectory(prefix="bytecode-")
"""Where Python keeps what it compiled of modules, as an installer does: to compile all of them at
every start takes seconds, and says nothing of the job."""


@dataclass(frozen=True)
class Cost:
    """Seconds, and the largest sum of the resident memory of a process and its children, bytes.

    Pages that processes share count once for each, so the sum is an upper bound; None if psutil is
    not there.
    """

    seconds: float
    memory: int | None


def twelve_visits() -> World:
    """Return the world: curves not made from paintrend's table, weekly visits, no drop-out."""
    return replace(WORLDS["weekly"], name="twelve visits", planned=VISITS)


def sample_patients(n: int, seed: int, first: int = 0) -> Cohort:
    """Sample patients, each with a curve of its own; ids count from `first`."""
    cohort = sample_cohort(twelve_visits(), n, seed)
    number = cohort.ratings["patient_id"].astype("int64") + first
    ids = "P" + number.astype("str").str.zfill(8)
    return replace(cohort, ratings=cohort.ratings.assign(patient_id=ids))


def write_patients(path: Path, n: int, seed: int) -> None:
    """Write ratings in the order of visits: the rows of a patient are far from each other."""
    writer = None
    for number, first in enumerate(range(0, n, AT_A_TIME)):
        some = sample_patients(min(AT_A_TIME, n - first), seed + number, first).ratings
        rows = pa.Table.from_pandas(some.sort_values("day", kind="stable"), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, rows.schema)
        writer.write_table(rows)
    if writer is not None:
        writer.close()


def measure(arguments: Sequence[object]) -> Cost:
    """Run Python with these arguments and say what it took.

    Raises
    ------
    RuntimeError
        If it fails; with what it said.
    """
    path = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH", "")]))
    own = {"PYTHONPATH": path, "PYTHONPYCACHEPREFIX": BYTECODE.name, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **own},
    )
    most = None if lacking("psutil") else 0
    said = None
    while said is None:
        try:
            _, said = process.communicate(timeout=LOOK)
        except subprocess.TimeoutExpired:
            most = None if most is None else max(most, _memory(process.pid))
    seconds = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"the command failed: {said.strip()}")
    return Cost(seconds, most)


def _memory(pid: int) -> int:
    import psutil

    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for one in family:
        try:
            total += one.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return total


def small_table(n: int, seed: int) -> pd.DataFrame:
    """Return ratings of a few patients."""
    return sample_patients(n, seed).ratings
