"""Mutation testing of the core: does a test notice each small wrong change?

    python benchmarks/mutation.py [--file course_rules ...] [--state FILE] [--only WORD]

Each mutant of the files in `TARGETS` (comparisons, arithmetic, logic, constants, min and max) is
written into a copy of the package and its tests are run, until one fails: first the quick ones,
and those that noticed most. Kernels run as plain Python, NUMBA_DISABLE_JIT=1: compiling each mutant
would take a minute. What no test notices is printed; mutation_survivors.toml holds those that are
known, each with the reason. The exit code is 1 if others survive. With --state what was noticed is
kept, and another run tries the others only.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from mutation_changes import Change, changes

ROOT = Path(__file__).resolve().parents[1]
KNOWN = Path(__file__).with_name("mutation_survivors.toml")
DOCTESTS = ("--doctest-modules", "-o", "doctest_optionflags=ELLIPSIS NORMALIZE_WHITESPACE")
TIMES, SECONDS = 5, 2
"""Of the processor for a test of a mutant, many of which never end: this many times what it takes
without a change, and so many seconds beside."""
LONGEST = 300
"""Seconds of the processor for all tests of a mutant, what is imported included."""
ENDLESS = (signal.SIGPROF, signal.SIGXCPU, signal.SIGKILL)


class Target(NamedTuple):
    """A file, and the tests that ought to notice."""

    file: str
    tests: tuple[str, ...]


TARGETS = {
    "course_rules": Target(
        "core/course_rules.py", ("tests/test_course_rules.py", "src/paintrend/core/course_rules.py")
    ),
    "runs": Target("core/runs.py", ("tests/test_runs.py", "tests/test_course_rules.py")),
    "likelihood": Target(
        "core/likelihood.py", ("tests/test_likelihood.py", "src/paintrend/core/likelihood.py")
    ),
    "features": Target("features.py", ("src/paintrend/features.py", "tests/test_features.py")),
}


def try_mutants(
    name: str, folder: Path, only: str = "", state: Path | None = None
) -> dict[str, str]:
    """Give name of each mutant -> "noticed", "never ends" or "survived"."""
    done = json.loads(state.read_text()) if state and state.exists() else {}
    target = TARGETS[name]
    package = folder / "src" / "paintrend"
    if not package.exists():
        for part in ("src", "tests", "data"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / "pyproject.toml", folder)
    file = package / target.file
    order = Order(folder / "order.json")
    original = (ROOT / "src" / "paintrend" / target.file).read_text(encoding="utf-8")
    if _fate(target, folder, order) != "survived":
        sys.exit(f"{name}: a test fails without any change")
    # All other files are compiled now; that of the mutant would be taken for the next one's.
    sys.dont_write_bytecode = True
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
        compiled.unlink()
    found = {}
    for change in changes(original):
        if only not in change.name:
            continue
        key = f"{name} {change.name}"
        if done.get(key, "survived") != "survived":
            found[change.name] = done[key]
            continue
        file.write_text(change.source, encoding="utf-8")
        done[key] = found[change.name] = _fate(target, folder, order)
        if state:
            state.write_text(json.dumps(done, indent=1))
        tell(name, change, found[change.name])
    file.write_text(original, encoding="utf-8")
    return found


def tell(name: str, change: Change, fate: str) -> None:
    """Say at once what survived: a run takes long."""
    if fate != "noticed":
        print(f"{name}:{change.line} {fate}: {change.name}", flush=True)


class Order:
    """A plugin of pytest: the tests that are quick, and that noticed many mutants, come first."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: dict[str, float] = {}
        self.noticed: Counter[str] = Counter()
        self.took: dict[str, float] = {}
        self.failed: list[str] = []

    def read(self) -> None:
        """Take over what the tests of the last mutant said."""
        if self.file.exists():
            said = json.loads(self.file.read_text())
            self.noticed.update(said["failed"])
            if not self.seconds:
                self.seconds = said["seconds"]
            self.file.unlink()

    def pytest_collection_modifyitems(self, items: list) -> None:
        """Sort by seconds for each mutant that was noticed."""
        items.sort(
            key=lambda item: self.seconds.get(item.nodeid, 0.0) / (1 + self.noticed[item.nodeid])
        )

    def pytest_runtest_protocol(self, item: object) -> None:
        """Begin to count; the system ends this process when the time for the test is over."""
        self.began = time.process_time()
        if self.seconds:
            usual = self.seconds.get(item.nodeid, 0.0)
            signal.setitimer(signal.ITIMER_PROF, TIMES * usual + SECONDS)

    def pytest_runtest_logreport(self, report: object) -> None:
        """Keep what a test took, and that it failed."""
        if report.when == "teardown":
            self.took[report.nodeid] = time.process_time() - self.began
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Tell the parent."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.file.write_text(json.dumps({"seconds": self.took, "failed": self.failed}))


def _fate(target: Target, folder: Path, order: Order) -> str:
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = _run_tests(target, folder, order)
        finally:
            os._exit(code)  # nothing of the parent's may run here, such as removing its folder
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return "never ends" if os.WTERMSIG(status) in ENDLESS else "noticed"
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"the tests did not run (exit code {code})")
    order.read()
    return "survived" if code == 0 else "noticed"


def _run_tests(target: Target, folder: Path, order: Order) -> int:
    """Run in the child: pytest's exit code, or 100 if something else was tested."""
    limit = LONGEST + int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(folder)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        import pytest

        code = int(
            pytest.main(
                ["-x", "-q", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin",
                 "--hypothesis-seed=0", "-o", "addopts=", "--import-mode=importlib",
                 # Numbers of NumPy warn where those of machine code go round.
                 "-W", "ignore::RuntimeWarning", "--rootdir", str(folder),
                 "-c", str(folder / "pyproject.toml"), *DOCTESTS, *target.tests],
                plugins=[order],
            )
        )  # fmt: skip
    module = sys.modules.get("paintrend")
    tested = str(getattr(module, "__file__", ""))
    if module is not None and not tested.startswith(str(folder)):
        print(f"tested {tested}, not the copy\n{said.getvalue()}", file=sys.__stderr__)
        return 100
    return code


def known_survivors() -> dict[str, dict[str, str]]:
    """File -> mutant -> why it survives."""
    return tomllib.loads(KNOWN.read_text(encoding="utf-8")) if KNOWN.exists() else {}


def prepare(folder: Path) -> None:
    """Import what does not change, so that each mutant begins with it."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer than most tests
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    import hypothesis
    import numba  # noqa: F401
    import pandas  # noqa: F401
    import pytest  # noqa: F401
    import scipy.special  # noqa: F401

    # A failure is enough: the smallest example of it is not needed.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=phases, database=None, deadline=None)
    hypothesis.settings.load_profile("mutants")
    gc.freeze()  # pytest collects garbage at its end, and all of this would be looked at each time


def run(name: str, folder: Path, state: Path | None, only: str) -> dict[str, str]:
    """Try all mutants of one file, in a process of its own."""
    prepare(folder)
    return try_mutants(name, folder, only, state)


def main() -> int:
    """Try the mutants of each file; the exit code is 1 if one survives that is not known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", nargs="*", choices=TARGETS, help="these only")
    parser.add_argument("--state", type=Path, help="file that keeps what was done")
    parser.add_argument("--only", default="", help="mutants with this in their name")
    options = parser.parse_args()
    if any("paintrend" in place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        del os.environ["PYTHONPATH"]
    bad = 0
    for name in options.file or TARGETS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                found = run(name, Path(place), options.state, options.only)
                with os.fdopen(writing, "w") as out:
                    json.dump(found, out)
                os._exit(0)
            os.close(writing)
            with os.fdopen(reading) as answers:
                text = answers.read()
            if os.waitpid(child, 0)[1]:
                return 2
        found = json.loads(text)
        known = known_survivors().get(name, {})
        counts = Counter(found.values())
        new = [
            mutant for mutant, fate in found.items() if fate == "survived" and mutant not in known
        ]
        print(
            f"{name}: {len(found)} mutants, {counts['noticed']} noticed, {counts['never ends']} "
            f"never end, {counts['survived']} survived ({counts['survived'] - len(new)} known), "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
        bad += len(new)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
