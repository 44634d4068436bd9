"""Mutated files for every reader: each is read, or refused with an error of our own.

    python benchmarks/fuzz.py [--inputs 20000] [--reader long ...] [--state FILE] [--keep FOLDER]

A finding is an error of another kind, a warning, more than `SECONDS` of processor time for one
input, more memory than one input may take (`MEMORY`), or a process that is killed: inputs are read
in child processes (fuzz_batches.py), since parsers in C can take the whole process with them. The
inputs follow from the seed. With --state what was done is kept in that file, and another run goes
on from there. Prints, for each reader, how many were read and refused, and the findings.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fuzz_systems as systems
from fuzz_batches import Outcome, Reading, State, run_batch
from fuzz_inputs import SEEDS, known_diary, mutate

from paintrend.diary import read_diary
from paintrend.events import read_events
from paintrend.sessions import read_sessions
from paintrend.storage import read_fit, read_population, read_response_population
from paintrend.symptoms import read_symptoms

BATCH = 500
LABELLED = ("spss", "stata", "transport")


def readers() -> dict[str, tuple[str, Callable[[Path], Any]]]:
    """Name of a reader -> kind of input and how a file is read."""
    diary = known_diary()

    def ratings(path: Path) -> Any:
        return read_diary(path, "nrs", lenient=path.stem.endswith("1"))

    def wide(path: Path) -> Any:
        return read_diary(path, "nrs", wide=True, lenient=path.stem.endswith("1"))

    return {
        "long": ("csv_long", ratings),
        "excel": ("excel", ratings),
        "parquet": ("parquet", ratings),
        "spss": ("spss", ratings),
        "stata": ("stata", ratings),
        "transport": ("transport", systems.read_transport),
        "wide": ("csv_wide", wide),
        "sessions": ("csv_sessions", lambda path: read_sessions(path, diary, lenient=True)),
        "symptoms": ("csv_symptoms", lambda path: read_symptoms(path, diary, lenient=True)),
        "events": ("csv_events", lambda path: read_events(path, diary)),
        "redcap": ("redcap", systems.read_redcap),
        "fhir": ("fhir", systems.read_fhir),
        "ndjson": ("ndjson", systems.read_fhir),
        "cdisc": ("cdisc", systems.read_cdisc),
        "population": ("population", read_population),
        "responses": ("responses", read_response_population),
        "fit": ("fit", read_fit),
    }


def try_inputs(
    name: str,
    numbers: range,
    seed: int,
    folder: Path,
    *,
    keep: Path | None = None,
    state: State | None = None,
    until: float = float("inf"),
) -> Outcome:
    """Give a reader these mutated inputs, in batches, or as many as it takes until a time."""
    kind, read = readers()[name]
    seeds = SEEDS[kind]
    seeds.good()  # made once, before the children part
    reading = Reading(
        lambda rng: mutate(kind, rng), read, suffix=seeds.suffix, keep=keep and keep / name
    )
    if kind in LABELLED:
        reading = replace(reading, read=systems.parsed_here(read), again=systems.parsed_apart(read))
    total = state.outcome(name, seed) if state else Outcome()
    first = max(numbers.start, total.n)
    for start in range(first, numbers.stop, BATCH):
        if time.monotonic() > until:
            break
        batch = range(start, min(start + BATCH, numbers.stop))
        done = run_batch(reading, batch, seed, folder)
        total = total + done
        if state:
            state.add(name, seed, done)
    return total


def main() -> int:
    """Run the fuzzer; the exit code is 1 if there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000, help="mutated inputs per reader")
    parser.add_argument("--reader", nargs="*", choices=list(readers()), help="these only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="at most, per reader")
    parser.add_argument("--keep", type=Path, help="folder for inputs that are findings")
    parser.add_argument("--state", type=Path, help="file that keeps what was done")
    options = parser.parse_args()
    state = State(options.state) if options.state else None
    memory = Path("/dev/shm")  # opening a file takes as long as reading it, elsewhere
    n_findings = 0
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        for name in options.reader or readers():
            out = try_inputs(
                name, range(options.inputs), options.seed, Path(place), keep=options.keep,
                state=state, until=time.monotonic() + 60.0 * options.minutes,
            )  # fmt: skip
            print(f"{name}: {out.sentence()}", flush=True)
            for what, times in out.findings.most_common():
                print(f"    {times:>6}  {what}", flush=True)
            n_findings += sum(out.findings.values())
    return 1 if n_findings else 0


if __name__ == "__main__":
    sys.exit(main())
