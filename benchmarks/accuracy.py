"""How right the probabilities are: paintrend, the best possible answer and other tools side by side
in worlds with known truth.

    python benchmarks/accuracy.py
    python benchmarks/accuracy.py --worlds weekly daily --patients 400
    python benchmarks/accuracy.py --worlds steady steady-ar --patients 30 --repeats 14
    python benchmarks/accuracy.py --early 0.25 0.33 0.5 --early-patients 4000
    python benchmarks/accuracy.py --short
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import pandas as pd
from answers import BEST, Comparison, compare, read_cohort
from common import Page, add_cohorts
from tables import (
    alarm_table,
    chance_line,
    coverage_table,
    early_table,
    loss_table,
    markdown,
    score_table,
    share_table,
    target_table,
)
from tools import TOOLS
from worlds import WORLDS, sample_cohort

import paintrend as pt

QUICK_TOOLS = ("naive rule", "raw ratings", "smoothing spline", "segmented", "sudden gains")
SHORT_WORLDS, SHORT_PATIENTS = ("weekly", "steady-ar"), 200
SHORT_POOL, SHORT_LIMIT = 20_000, 200_000
LEARNING = 500
"""Seeds of those from whom an early population is learned lie this far from the patients'."""
Writer = Callable[[str], None]


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print its tables."""
    options = _parser().parse_args(arguments)
    if options.short:
        options.worlds = options.worlds or list(SHORT_WORLDS)
        options.patients, options.tools = SHORT_PATIENTS, QUICK_TOOLS
        options.pool, options.limit = SHORT_POOL, SHORT_LIMIT
    page = Page()
    page.begin("Accuracy", "accuracy.py", arguments)
    write = page.write
    write("Value ± standard error. The best possible answer is Bayes with the true generator.\n")
    names = options.worlds or list(WORLDS)
    if not options.early_only:
        _full(names, options, write)
    if options.early:
        _early([n for n in names if not WORLDS[n].nobody_rises], options, write)
    page.save(options.markdown)
    return 0


def _full(names: list[str], options: argparse.Namespace, write: Writer) -> None:
    done: list[Comparison] = []
    for name in names:
        start = time.perf_counter()
        world = WORLDS[name]
        tools = tuple(options.tools)
        c = compare(
            world,
            options.patients,
            repeats=options.repeats,
            seed=options.seed,
            tools=tools,
            pool=options.pool,
            limit=options.limit,
        )
        done.append(c)
        write(f"\n## {name}: {world.text}\n")
        write(f"{options.repeats} cohort(s) of {options.patients}; best possible: ")
        write(c.answers[BEST].remark + f"; {time.perf_counter() - start:.0f} s in all.\n")
        for tool, why in c.skipped.items():
            write(f"Left out: {tool}: {why}.\n")
        _tell(score_table(c), write)
        write(chance_line(c) + "\n")
        _tell(coverage_table(c), write)
        if not world.nobody_rises:
            _tell(loss_table(c, "course"), write)
            _tell(loss_table(c, "kind"), write)
        _tell(share_table(c), write)
    rising = [c for c in done if not c.world.nobody_rises]
    quiet = [c for c in done if c.world.nobody_rises]
    if rising:
        write("\n## Against the best existing tool and the best possible\n")
        _tell(target_table(rising), write)
    if quiet:
        write("\n## Nobody rises: who is said to\n")
        _tell(alarm_table(quiet), write)


def _early(names: list[str], options: argparse.Namespace, write: Writer) -> None:
    write("\n## Early: dip against deterioration, new patients, population from others\n")
    found = []
    for name in names:
        world = WORLDS[name]
        others = sample_cohort(world, options.patients, options.seed + LEARNING)
        population = pt.fit_curves(read_cohort(others), horizon=world.horizon).population
        for share in options.early:
            c = compare(
                world,
                options.early_patients,
                seed=options.seed,
                tools=QUICK_TOOLS,
                share=share,
                population=population,
                pool=options.pool,
                limit=options.limit,
            )
            found.append((share, c))
            write(f"{name}, {share:g} of the horizon: best possible {c.answers[BEST].remark}.")
            _tell(early_table(found[-1:]), write)


def _tell(table: pd.DataFrame, write: Writer) -> None:
    write(markdown(table) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--worlds", nargs="+", choices=list(WORLDS), help="all if not given")
    add_cohorts(parser, patients=400, repeats=1, seed=1)
    parser.add_argument("--tools", nargs="*", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--pool", type=int, default=50_000, help="first curves of the ideal")
    parser.add_argument("--limit", type=int, default=16_000_000, help="most curves of the ideal")
    parser.add_argument("--early", nargs="+", type=float, help="shares of the horizon")
    parser.add_argument("--early-patients", type=int, default=4000)
    parser.add_argument("--early-only", action="store_true")
    parser.add_argument("--short", action="store_true", help="less than a minute")
    return parser


if __name__ == "__main__":
    sys.exit(main())
