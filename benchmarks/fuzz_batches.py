"""Batches of the fuzzer, each in a child process that may be killed by what it reads."""

from __future__ import annotations

import gc
import json
import mmap
import os
import resource
import signal
import struct
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from paintrend.errors import PaintrendError

SECONDS = 20
"""Of the processor, for one input: the machine may be busy."""
MEMORY = 2 * 2**30
"""That a batch may take beyond what the process had."""
ENDED = "it ended the program that reads such files"
STUCK = 900
"""Seconds without a new input after which a child that does nothing is ended."""
CODES = {"read": b"r", "refused": b"x", ENDED: b"e"}


class TooSlow(BaseException):
    """One input took longer than `SECONDS`; no reader can catch this by chance."""


@dataclass
class Outcome:
    """What became of the inputs of one reader."""

    read: int = 0
    refused: int = 0
    ended: int = 0
    slowest: float = 0.0
    peak: float = 0.0
    seconds: float = 0.0
    findings: Counter[str] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """All inputs."""
        return self.read + self.refused + sum(self.findings.values())

    def __add__(self, other: Outcome) -> Outcome:
        """Outcomes of two batches together."""
        return Outcome(
            self.read + other.read,
            self.refused + other.refused,
            self.ended + other.ended,
            max(self.slowest, other.slowest),
            max(self.peak, other.peak),
            self.seconds + other.seconds,
            self.findings + other.findings,
        )

    def sentence(self) -> str:
        """Counts in one line."""
        ended = f" ({self.ended:,} ended the parser's own process)" if self.ended else ""
        return (
            f"{self.n:,} inputs, {self.read:,} read, {self.refused:,} refused{ended}, "
            f"{sum(self.findings.values())} findings; slowest {self.slowest:.2f} s, peak "
            f"{self.peak:.0f} MB, {self.seconds:.0f} s"
        )


class State:
    """A file with one line for each batch that was done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def outcome(self, name: str, seed: int) -> Outcome:
        """What was done for a reader with this seed."""
        total = Outcome()
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                row = json.loads(line)
                if (row.pop("reader"), row.pop("seed")) == (name, seed):
                    total = total + Outcome(**{**row, "findings": Counter(row["findings"])})
        return total

    def add(self, name: str, seed: int, done: Outcome) -> None:
        """Keep one more batch."""
        with self.path.open("a") as file:
            file.write(json.dumps({"reader": name, "seed": seed, **vars(done)}) + "\n")


@dataclass(frozen=True)
class Reading:
    """A reader and its inputs.

    `again` is how an input is read that ended the process: apart, as users read it, which would
    take ten times as long for all inputs.
    """

    make: Callable[[Generator], bytes]
    read: Callable[[Path], Any]
    again: Callable[[Path], Any] | None = None
    suffix: str = ""
    keep: Path | None = None

    def input_of(self, seed: int, number: int) -> bytes:
        """The same bytes for the same seed and number."""
        return self.make(np.random.default_rng([seed, number]))

    def keep_input(self, seed: int, number: int) -> None:
        """Write an input that is a finding."""
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{number}{self.suffix}").write_bytes(self.input_of(seed, number))


def run_batch(reading: Reading, numbers: range, seed: int, folder: Path) -> Outcome:
    """Read these inputs in child processes; an input that kills one is a finding."""
    outcome = Outcome()
    told = folder / "findings.jsonl"
    told.unlink(missing_ok=True)
    start = numbers.start
    began = time.perf_counter()
    while start < numbers.stop:
        start, ended = _run_child(reading, range(start, numbers.stop), seed, folder, outcome)
        if ended and reading.again is not None:
            apart = replace(reading, read=reading.again, again=None)
            start, ended = _run_child(apart, range(start, start + 1), seed, folder, outcome)
        if ended:
            outcome.findings[ended] += 1
            reading.keep_input(seed, start)
            start += 1
    for line in told.read_text().splitlines() if told.exists() else ():
        outcome.findings[json.loads(line)] += 1
    outcome.seconds = time.perf_counter() - began
    return outcome


def _run_child(
    reading: Reading, numbers: range, seed: int, folder: Path, outcome: Outcome
) -> tuple[int, str]:
    """Read until the end, or until the child ends: the input it stopped at, and how."""
    # Two numbers, then what became of each input: a child that is killed leaves it behind.
    with mmap.mmap(-1, 16 + len(numbers)) as shared:
        shared[:16] = struct.pack("qd", numbers.start, 0.0)
        child = os.fork()
        if child == 0:
            _work(reading, numbers, seed, folder, shared)
        status, usage = _wait(child, shared)
        at, slowest = struct.unpack("qd", shared[:16])
        codes = shared[16:]
    outcome.slowest = max(outcome.slowest, slowest)
    outcome.peak = max(outcome.peak, usage.ru_maxrss / 1024)
    outcome.read += codes.count(b"r")
    outcome.refused += codes.count(b"x") + codes.count(b"e")
    outcome.ended += codes.count(b"e")
    if os.WIFSIGNALED(status):
        return at, f"ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return at, f"exit code {os.waitstatus_to_exitcode(status)}" if status else ""


def _wait(child: int, shared: mmap.mmap) -> tuple[int, Any]:
    # Seconds slept, not of the clock: all of this may be paused.
    last, waited, pause = shared[:8], 0.0, 0.001
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            return status, usage
        time.sleep(pause)
        if shared[:8] != last:
            last, waited = shared[:8], 0.0
        waited += pause
        pause = min(0.2, 2 * pause)
        if waited > STUCK:
            os.kill(child, signal.SIGKILL)


def _work(reading: Reading, numbers: range, seed: int, folder: Path, shared: mmap.mmap) -> None:
    """Read one input after the other, in the child."""
    code = 1
    try:
        gc.freeze()
        signal.signal(signal.SIGPROF, _too_slow)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        slowest = 0.0
        with (folder / "findings.jsonl").open("a") as findings:
            for number in numbers:
                data = reading.input_of(seed, number)
                path = folder / f"input{number % 2}{reading.suffix}"
                path.write_bytes(data)
                began = _processor()
                # Compiled code that hangs never comes back to Python's own timer.
                used = int(time.process_time())
                resource.setrlimit(resource.RLIMIT_CPU, (used + 10 + 3 * int(SECONDS), -1))
                found = try_one(reading.read, path)
                took = _processor() - began
                found = f"more than {SECONDS} s" if took > SECONDS else found
                slowest = max(slowest, took)
                if found not in CODES:
                    print(json.dumps(found), file=findings, flush=True)
                    reading.keep_input(seed, number)
                place = 16 + number - numbers.start
                shared[place : place + 1] = CODES.get(found, b"f")
                shared[:16] = struct.pack("qd", number + 1, slowest)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Nothing of the parent's may run here: no exit handlers, no tests.
        os._exit(code)


def _processor() -> float:
    """Seconds of this process and of those that it waited for."""
    return sum(os.times()[:4])


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 6 * 2**30


def try_one(read: Callable[[Path], Any], path: Path) -> str:
    """Read one file: "read", "refused", `ENDED` (refused, too), or what was found."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(path)
        return "read"
    except PaintrendError as error:
        return ENDED if ENDED in str(error) else "refused"
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
