"""Mutated files for every reader: each is read, or refused with an error of our own.

    python benchmarks/fuzz.py --inputs 20000 [--reader long wide ...] [--keep FOLDER]

A finding is an error of another kind, a warning, more than `SECONDS` for one input, or more memory
than the process may have (`MEMORY`). The inputs follow from the seed. Prints, for each reader, how
many were read and refused, the slowest, and the findings.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_inputs import SEEDS, known_diary, mutate

from paintrend.diary import read_diary
from paintrend.errors import PaintrendError
from paintrend.events import read_events
from paintrend.sessions import read_sessions
from paintrend.storage import read_fit, read_population
from paintrend.symptoms import read_symptoms

SECONDS = 20
MEMORY = 6 * 2**30


class TooSlow(BaseException):
    """One input took longer than `SECONDS`; no reader can catch this by chance."""


@dataclass
class Outcome:
    """What became of the inputs of one reader."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: Counter[str] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """All inputs."""
        return self.read + self.refused + sum(self.findings.values())


def readers() -> dict[str, tuple[str, Callable[[Path], Any]]]:
    """Name of a reader -> kind of input and how a file is read."""
    diary = known_diary()
    ratings = {
        "long": "csv_long",
        "excel": "excel",
        "parquet": "parquet",
    }
    found: dict[str, tuple[str, Callable[[Path], Any]]] = {
        name: (kind, lambda path: read_diary(path, "nrs", lenient=path.stem.endswith("1")))
        for name, kind in ratings.items()
    }
    found["wide"] = (
        "csv_wide",
        lambda path: read_diary(path, "nrs", wide=True, lenient=path.stem.endswith("1")),
    )
    found["sessions"] = ("csv_sessions", lambda path: read_sessions(path, diary, lenient=True))
    found["symptoms"] = ("csv_symptoms", lambda path: read_symptoms(path, diary, lenient=True))
    found["events"] = ("csv_events", lambda path: read_events(path, diary))
    found["population"] = ("population", read_population)
    found["fit"] = ("fit", read_fit)
    return found


def try_inputs(
    name: str,
    n: int,
    seed: int,
    folder: Path,
    keep: Path | None = None,
    minutes: float = np.inf,
) -> Outcome:
    """Give a reader `n` mutated inputs, or as many as it takes in so many minutes."""
    stop = time.monotonic() + 60.0 * minutes
    signal.signal(signal.SIGPROF, _too_slow)
    kind, read = readers()[name]
    outcome = Outcome()
    suffix = SEEDS[kind].suffix
    for number in range(n):
        if time.monotonic() > stop:
            break
        rng = np.random.default_rng([seed, number])
        data = mutate(kind, rng)
        path = folder / f"input{number % 2}{suffix}"
        path.write_bytes(data)
        began = time.perf_counter()
        found = _one(read, path)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - began)
        if found == "read":
            outcome.read += 1
        elif found == "refused":
            outcome.refused += 1
        else:
            outcome.findings[found] += 1
            if keep is not None and outcome.findings[found] <= 3:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}-{number}{suffix}").write_bytes(data)
    return outcome


def _one(read: Callable[[Path], Any], path: Path) -> str:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of the processor: the machine may be busy
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(path)
        return "read"
    except PaintrendError:
        return "refused"
    except TooSlow:
        return f"more than {SECONDS} s"
    except Exception as error:
        place = [f for f in traceback.extract_tb(error.__traceback__) if "paintrend" in f.filename]
        where = f"{Path(place[-1].filename).name}:{place[-1].lineno}" if place else "?"
        return f"{type(error).__name__} at {where}: {str(error)[:100]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_slow(*_: object) -> None:
    raise TooSlow


def main() -> int:
    """Run the fuzzer; the exit code is 1 if there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000, help="mutated inputs per reader")
    parser.add_argument("--reader", nargs="*", help="these only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=np.inf, help="at most, per reader")
    parser.add_argument("--keep", type=Path, help="folder for inputs that are findings")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    n_findings = 0
    with tempfile.TemporaryDirectory() as place:
        for name in options.reader or readers():
            began = time.perf_counter()
            out = try_inputs(
                name, options.inputs, options.seed, Path(place), options.keep, options.minutes
            )
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{name}: {out.n:,} inputs, {out.read:,} read, {out.refused:,} refused, "
                f"{sum(out.findings.values())} findings; slowest {out.slowest:.2f} s, peak "
                f"{peak:.0f} MB, {time.perf_counter() - began:.0f} s",
                flush=True,
            )
            for what, times in out.findings.most_common():
                print(f"    {times:>6}  {what}", flush=True)
            n_findings += sum(out.findings.values())
    return 1 if n_findings else 0


if __name__ == "__main__":
    sys.exit(main())
