"""How fast: patients per second of the whole job, and its memory, beside a loop of curve fitting.

    python benchmarks/speed.py
    python benchmarks/speed.py --patients 1000 10000 --sample 100
    python benchmarks/speed.py --patients 1000000 --workers 2 --markdown speed.md

The job is the command `paintrend fit`: start, read, check, learn the population, fit, classify,
write. Files are made before the clock starts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from common import Page, describe_machine
from large_files import VISITS, Cost, measure, sample_patients, small_table, write_patients
from tables import markdown
from tools import curve_shapes

import paintrend as pt
from paintrend.core.course_rules import classify_curves
from paintrend.storage import write_table

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SMALL = 240
THREE = ("line", "exponential", "hump_and_recovery")
"""Shapes of the curve fitting; the accuracy tables use seven."""
IMPORTS = (
    "pass",
    "import paintrend",
    "import paintrend as pt; pt.fit_curves; pt.classify; pt.read_diary",
)
WARM = 20
"""Patients fitted first, so that what is compiled once on a machine is there."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print a table."""
    options = _parser().parse_args(arguments)
    page = Page()
    page.begin("Speed", "speed.py", arguments)
    page.write(
        f"\n{describe_machine()}; {len(VISITS)} ratings per patient, {options.draws} curves each, "
        f"{options.workers} workers.\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _warm(place, options)
        page.write("## The whole job\n")
        costs = {n: _job(n, place, options) for n in options.patients}
        page.write(markdown(_job_table(costs)) + "\n")
    page.write("## Few patients, and start-up\n")
    page.write(markdown(_start_table(options)) + "\n")
    page.write("## Curve fitting in the same run\n")
    rate = _curve_fitting(options.sample, options.seed)
    largest = max(costs)
    own = largest / costs[largest].seconds
    page.write(
        f"scipy curve_fit, best of three shapes ({', '.join(THREE)}) by BIC, one process, "
        f"{options.sample} patients: {rate:.0f} patients/s. paintrend with {largest:,} patients: "
        f"{own:.0f} patients/s, {own / rate:.1f} times as many, "
        f"{own / rate / options.workers:.1f} times per process."
    )
    page.save(options.markdown)
    return 0


def _warm(place: Path, options: argparse.Namespace) -> None:
    write_patients(place / "warm.parquet", WARM, options.seed)
    measure(_command(place / "warm.parquet", place / "warm", options))


def _command(file: Path, out: Path, options: argparse.Namespace) -> list[object]:
    given = ["--workers", options.workers, "--draws", options.draws, "--quiet", "-o", out]
    return ["-m", "paintrend", "fit", file, "--scale", "nrs", "--horizon", 84, *given]


def _job(n: int, place: Path, options: argparse.Namespace) -> Cost:
    file, out = place / f"{n}.parquet", place / f"out-{n}"
    write_patients(file, n, options.seed)
    cost = measure(_command(file, out, options))
    found = pt.ParquetFit.open(out)
    if found.n_patients != n:
        raise RuntimeError(f"{n} patients went in, {found.n_patients} came out")
    return cost


def _job_table(costs: dict[int, Cost]) -> pd.DataFrame:
    rows = []
    for n, cost in costs.items():
        memory = "not measured" if cost.memory is None else f"{cost.memory / 2**20:.0f}"
        rows.append(
            {
                "patients": f"{n:,}",
                "seconds": f"{cost.seconds:.1f}",
                "patients/s": f"{n / cost.seconds:.0f}",
                "ms per patient": f"{1000 * cost.seconds / n:.3f}",
                "peak memory, MiB": memory,
            }
        )
    return pd.DataFrame(rows)


def _start_table(options: argparse.Namespace) -> pd.DataFrame:
    few = small_table(options.few, options.seed)
    _few(small_table(WARM, options.seed), options)  # loads what was compiled
    start = time.perf_counter()
    _few(few, options)
    rows = [(f"{options.few} patients in memory, after start-up", time.perf_counter() - start)]
    for code in IMPORTS:
        best = min(measure(["-c", code]).seconds for _ in range(3))
        rows.append((f"python -c '{code}', the interpreter included, best of three", best))
    return pd.DataFrame([{"what": what, "seconds": f"{seconds:.2f}"} for what, seconds in rows])


def _few(ratings: pd.DataFrame, options: argparse.Namespace) -> None:
    """Read, learn, fit, classify, write."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "few.csv"
        ratings.to_csv(file, index=False)
        diary = pt.read_diary(file, "nrs")
        fit = pt.fit_curves(diary, horizon=84, draws=options.draws, workers=options.workers)
        write_table(pt.classify(fit).table(), Path(folder) / "courses.csv")


def _curve_fitting(n: int, seed: int) -> float:
    """Return patients per second of the loop."""
    cohort = sample_patients(n, seed)
    start = time.perf_counter()
    curves = curve_shapes.fit_curves(cohort, THREE)
    classify_curves(curves, *cohort.world.rules)
    return n / (time.perf_counter() - start)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--patients", nargs="+", type=int, default=list(SIZES), help="sizes")
    parser.add_argument("--few", type=int, default=SMALL, help="patients fitted in memory")
    parser.add_argument("--sample", type=int, default=300, help="patients of the curve fitting")
    parser.add_argument("--draws", type=int, default=400, help="curves per patient")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", help="file for the tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
