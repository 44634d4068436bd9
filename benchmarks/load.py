"""Many files through the command line in one process: does memory, or anything else, leak?

    python benchmarks/load.py [--files 1000]

As many malformed files as good ones, one after the other, through `paintrend check`, and every
hundredth good one through `paintrend fit`. Prints the exit codes, and memory, open files and
threads at each tenth of the way.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import resource
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
from fuzz_inputs import SEEDS, mutate

from paintrend.cli import main as paintrend


def memory() -> float:
    """Resident memory now, MB; the peak where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def open_files() -> int:
    """Number of open file descriptors."""
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else -1


def main() -> None:
    """Run the load and print what grew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    n = parser.parse_args().files
    good = SEEDS["csv_long"].good()
    codes: Counter[str] = Counter()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        for number in range(2 * n):
            rng = np.random.default_rng([1, number])
            bad = bool(number % 2)
            file = Path(place) / f"cohort{number}.csv"
            data = good[number // 2 % len(good)]
            if bad:
                data = mutate("csv_long", rng) + b"\nP1,x,y,z,a,b\n"
            file.write_bytes(data)
            arguments = ["check", str(file), "--scale", "nrs"]
            if number % 200 == 0:
                arguments = ["fit", *arguments[1:], "--horizon", "28", "--draws", "20"]
                arguments += ["--output", f"{place}/out", "--workers", "1"]
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                code = paintrend(arguments)
            codes[f"{'malformed' if bad else 'good'}: exit {code}"] += 1
            file.unlink()
            if number % (2 * n // 10) == 2 * n // 10 - 1:
                gc.collect()
                print(
                    f"{number + 1:>5} files: {memory():6.0f} MB, {open_files()} open files, "
                    f"{threading.active_count()} threads, {time.perf_counter() - began:.0f} s",
                    flush=True,
                )
        left = [name for name in os.listdir(place) if name != "out"]
    print(dict(codes), f"files left: {left}")


if __name__ == "__main__":
    main()
