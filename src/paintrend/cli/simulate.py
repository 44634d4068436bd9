"""`paintrend simulate -o DIR`: a cohort whose true courses are known."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace

from paintrend.cli.console import OutputError, output_folder, say, writing
from paintrend.cli.inputs import criteria_of, scale_of
from paintrend.scales import get_scale
from paintrend.simulate import simulate_cohort, write_cohort

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Write cohort.csv and truth.csv."""
    scale = scale_of(arguments) or get_scale("nrs")
    cohort = simulate_cohort(
        arguments.patients,
        scale=scale,
        horizon=arguments.horizon,
        criteria=criteria_of(arguments),
        seed=arguments.seed,
    )
    folder = output_folder(arguments.output)
    if (folder / "cohort.csv").exists() and not (folder / "truth.csv").exists():
        raise OutputError(
            f"{folder / 'cohort.csv'} has no truth.csv beside it, so it may hold data: give "
            "another folder."
        )
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".part") as aside:
        for file in write_cohort(cohort, aside):
            os.replace(file, folder / file.name)
            sys.stdout.write(f"{folder / file.name}\n")
    if not arguments.quiet:
        say(f"Simulated, seed {arguments.seed}: nobody in these files is real.")
    return 0
