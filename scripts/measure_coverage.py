"""Measure how much of src the tests run, lines and branches, compiled kernels too.

    python scripts/measure_coverage.py [--fast] [--html] [options of pytest]

Machine code cannot be followed line by line. So the tests run twice: all of them as ever, and those
of `KERNEL_TESTS` and a fit of two patients once more with NUMBA_DISABLE_JIT=1, where kernels are
plain Python; the lines that either ran count. Prints a line for each file that is not complete; the
exit code is 1 below `LEAST` per cent. Takes twice as long as the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEAST = 95
OWN = "--include=src/paintrend/*"
"""Some tests run a copy: it would count as another package, most of which is not run."""
KERNEL_TESTS = (
    "tests/test_course_rules.py",
    "tests/test_likelihood.py",
    "tests/test_noise.py",
    "tests/test_runs.py",
    "tests/test_transcendental.py",
)

NOT_FOLLOWED = (
    "tests/test_write_failures.py::test_a_full_disk_is_an_error_and_harms_nothing",
    "tests/test_parquet_run.py::test_killed_or_stopped_the_same_command_ends_with_the_same_files",
)
"""Tests of a disk that is full, where what was measured cannot be written either, and of processes
that are killed at a moment, which measuring puts off."""

FIT = """
import paintrend as pt
ratings = pt.simulate_cohort(2, seed=1).ratings
fit = pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=20, workers=1)
assert fit.draws("P001").shape == (20, 169)
pt.classify(fit)
"""
"""Takes a minute and a half as plain Python; that its numbers are right, the tests say."""


def call(*command: object, **environment: str) -> int:
    """Run a command of coverage in the top folder."""
    return subprocess.run(
        [sys.executable, "-m", "coverage", *(str(part) for part in command)],
        cwd=ROOT,
        env={**os.environ, **environment},
    ).returncode


def main(options: list[str]) -> int:
    """Measure, put together, print."""
    rest = [option for option in options if option not in ("--fast", "--html")]
    chosen = ["-m", "not slow", *rest] if "--fast" in options else rest
    call("erase")
    left_out = [f"--deselect={test}" for test in NOT_FOLLOWED]
    failed = call("run", "-m", "pytest", "-q", *left_out, *chosen)
    # Numbers of NumPy warn where those of machine code go round.
    plain = ["pytest", "-q", "-W", "ignore::RuntimeWarning", *KERNEL_TESTS]
    failed |= call("run", "-m", *plain, NUMBA_DISABLE_JIT="1")
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "fit.py"
        script.write_text(FIT)
        failed |= call("run", script, NUMBA_DISABLE_JIT="1", PYTHONWARNINGS="ignore")
    call("combine", "--quiet")
    if "--html" in options:
        call("html", "--quiet", OWN)
    short = call("report", "--skip-covered", "--show-missing", f"--fail-under={LEAST}", OWN)
    return 1 if failed or short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
