"""Processes, or for small runs threads, that share the tasks of a run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any

from paintrend.errors import RunError
from paintrend.scaleout.job import Job
from paintrend.scaleout.tasks import TASKS

__all__ = ["Workers"]

THREADS = ("OPENBLAS", "MKL", "OMP", "NUMBA")
KEPT = str(2**30)
"""Memory that the C library of Linux keeps for what comes next, bytes: what goes back to the system
has to be cleared when it is fetched again, for every block of patients."""
PATIENCE = 0.2
"""Seconds between looks at the keyboard while waiting for an answer."""
WORTH_A_PROCESS = 1_000_000
"""Rows of a file from which processes are started: that takes some seconds, but threads wait for
each other where Python itself works, an eighth of the time."""


class Workers:
    """Run tasks in processes of their own, each with one thread, one task each at a time. With one
    worker this process does them itself, and of a small file in threads.

    Plain subprocesses and not those of multiprocessing: these run the user's script again, and go
    on when the process that started them is killed.
    """

    def __init__(self, job: Job, n_workers: int) -> None:
        self._job, self._n = job, n_workers
        self._processes: list[subprocess.Popen[bytes]] = []

    def run(
        self, name: str, tasks: Sequence[Any], report: Callable[[int], None]
    ) -> Iterator[tuple[Any, Any]]:
        """Yield (task, result) as they come; `report` is told how much has been done since.

        Raises
        ------
        RunError
            If a process ends by itself.
        """
        if self._n == 1 or len(tasks) < 2:
            for task in tasks:
                yield task, TASKS[name](self._job, task, report)
            return
        if self._job.source.rows < WORTH_A_PROCESS:
            yield from self._run_threads(name, tasks, report)
            return
        while len(self._processes) < min(self._n, len(tasks)):
            self._processes.append(self._start())
        waiting: SimpleQueue[Any] = SimpleQueue()
        answers: SimpleQueue[tuple[str, Any, Any]] = SimpleQueue()
        for task in tasks:
            waiting.put(task)
        for process in self._processes:
            Thread(target=_serve, args=(process, name, waiting, answers), daemon=True).start()
        yield from _results(answers, len(tasks), report)

    def _run_threads(
        self, name: str, tasks: Sequence[Any], report: Callable[[int], None]
    ) -> Iterator[tuple[Any, Any]]:
        answers: SimpleQueue[tuple[str, Any, Any]] = SimpleQueue()

        def work(task: Any) -> None:
            try:
                value = TASKS[name](self._job, task, lambda n: answers.put(("progress", task, n)))
            except Exception as error:
                answers.put(("error", task, error))
            else:
                answers.put(("result", task, value))

        pool = ThreadPoolExecutor(max_workers=min(self._n, len(tasks)))
        try:
            for task in tasks:
                pool.submit(work, task)
            yield from _results(answers, len(tasks), report)
        finally:
            # those at work end their task first: nobody writes into the folder after this
            pool.shutdown(cancel_futures=True)

    def _start(self) -> subprocess.Popen[bytes]:
        package = Path(__file__).resolve().parents[2]
        path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
        own = {f"{name}_NUM_THREADS": "1" for name in THREADS}
        own |= {f"MALLOC_{name}_THRESHOLD_": KEPT for name in ("MMAP", "TRIM")}
        # In a session of its own, Ctrl-C is not for it: the process that it works for ends it.
        group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows has no sessions
        apart: dict[str, Any] = {"creationflags": group} if group else {"start_new_session": True}
        process = subprocess.Popen(
            [sys.executable, "-m", "paintrend.scaleout.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **own, "PYTHONPATH": path},
            **apart,
        )
        try:
            _send(process, self._job)
        except OSError:  # it has ended already: found out when its answer is waited for
            return process
        return process

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            # What is being written lies aside, so that there is nothing to wait for.
            process.kill()
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)


def _results(
    answers: SimpleQueue[tuple[str, Any, Any]], left: int, report: Callable[[int], None]
) -> Iterator[tuple[Any, Any]]:
    """Yield (task, result) of so many tasks as answers come, and look at the keyboard between."""
    while left:
        try:
            kind, task, value = answers.get(timeout=PATIENCE)
        except Empty:
            continue
        if kind == "progress":
            report(value)
        elif kind == "result":
            left -= 1
            yield task, value
        elif kind == "error":
            raise value
        else:
            raise RunError(
                f"a worker process ended by itself ({value}); it may have run out of memory. "
                "The same command continues where it stopped; fewer workers need less memory."
            )


def _send(process: subprocess.Popen[bytes], value: Any) -> None:
    assert process.stdin is not None  # it was asked for
    pickle.dump(value, process.stdin)
    process.stdin.flush()


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:  # what was not sent has nobody to go to
        return


def _serve(
    process: subprocess.Popen[bytes],
    name: str,
    waiting: SimpleQueue[Any],
    answers: SimpleQueue[tuple[str, Any, Any]],
) -> None:
    """Hand tasks to one process until there are none."""
    assert process.stdout is not None  # it was asked for
    while True:
        try:
            task = waiting.get_nowait()
        except Empty:
            return
        try:
            _send(process, (name, task))
            kind = "progress"
            while kind == "progress":
                kind, value = pickle.load(process.stdout)
                answers.put((kind, task, value))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            code = process.wait()
            answers.put(("ended", task, f"exit code {code}" if code >= 0 else f"signal {-code}"))
            return
        if kind == "error":
            return
