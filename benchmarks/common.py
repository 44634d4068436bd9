"""What the benchmark scripts share: pages of tables, and things that need a further package."""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import paintrend as pt


@dataclass
class Page:
    """Lines that are printed as they come and can be kept as a Markdown file."""

    lines: list[str] = field(default_factory=list)

    def begin(self, title: str, script: str, arguments: list[str] | None) -> None:
        """Write the title and the command; arguments are those of the process if not given."""
        given = shlex.join(sys.argv[1:] if arguments is None else arguments)
        self.write(f"# {title}\n\nMade by `python benchmarks/{script} {given}`.")

    def write(self, line: str) -> None:
        """Print a line and keep it."""
        self.lines.append(line)
        print(line, flush=True)

    def save(self, file: str | None) -> None:
        """Write all lines to a file, if one is asked for."""
        if file:
            Path(file).write_text("\n".join(self.lines) + "\n", encoding="utf-8")


def add_cohorts(parser: argparse.ArgumentParser, *, patients: int, repeats: int, seed: int) -> None:
    """Add the options of a script that makes cohort after cohort, with these defaults."""
    parser.add_argument("--patients", type=int, default=patients, help="patients in a cohort")
    parser.add_argument("--repeats", type=int, default=repeats, help="cohorts")
    parser.add_argument("--seed", type=int, default=seed, help="of the first cohort")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there too")


def describe_machine() -> str:
    """Say what figures were measured on: processors, Python, paintrend."""
    return (
        f"{platform.machine()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}, paintrend {pt.__version__}"
    )


def lacking(package: str) -> str:
    """Say that a package is not installed; empty if it is, or if none is needed."""
    if package and find_spec(package) is None:
        return f"the package {package} is not installed"
    return ""
