"""While treatment is still going on: how near paintrend comes to the best possible answer for new
patients, and how right its probabilities and forecasts are, with a population from others.

    python benchmarks/monitoring.py
    python benchmarks/monitoring.py --worlds rough --best 2000 --learn 400 4000
    python benchmarks/monitoring.py --markdown docs/monitoring_accuracy.md
    python benchmarks/monitoring.py --short
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import pandas as pd
from answers import BEST
from common import Page
from landmarks import Landmark, learn_populations, look
from monitoring_tables import (
    CALIBRATED,
    COVERED,
    NEAR,
    calibration_table,
    coverage_table,
    effort_table,
    separation_table,
)
from tables import markdown
from worlds import WORLDS, sample_cohort

from paintrend.report.text import STATEMENT

Writer = Callable[[str], None]
Looked = tuple[list[Landmark], list[str]]
Work = Callable[[str], Looked]
SHARES = (0.25, 0.33, 0.5, 0.75)
DEFINITIONS = f"""
Simulated worlds (`benchmarks/worlds.py`) whose curves are not made from paintrend's own table of
shapes. The population is learned from other patients of the same world; of the new patients only
the ratings up to the day are seen. Value ± standard error.

- **Best possible**: Bayes with the true generator, by importance sampling; nobody can do better on
  these ratings. Where it is too slow for all patients it answers for the first ones, and is
  compared on them.
- **Raised now**: the latest rating lies 2 points or more above the mean of those up to day 0.
- **AUC**: dip against deterioration among those whose true course is either; score p_dip / (p_dip +
  p_deterioration). The standard error of the difference is from patients drawn again 1,000 times.
  Aim: at most {NEAR:g} below the best possible.
- **Calibration error**: mean over ten bins with equally many patients of |mean probability − share
  that happened|; in brackets what a perfect method would show by chance. Aim: at most
  {CALIBRATED:g}.
- **Coverage**: share of places inside the middle 90% of the forecast, in percent; places are split
  at random where several draws or values are equal (the ends of the scale, whole points). Patients,
  not days, are taken as independent. Aim: {COVERED[0]:.0f} to {COVERED[1]:.0f}%.
  *True curve*: its level on the days of all later planned visits. *Later ratings*: ratings on these
  days, predicted with their noise, for all that were planned and for those that were given.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print its tables."""
    options = _parser().parse_args(arguments)
    pool = 50_000
    if options.short:
        options.worlds, options.shares, options.learn = ["weekly"], [0.33], [60]
        options.patients, options.best, options.rated = 120, 60, 30
        options.limit = pool = 20_000
        options.processes = 1
    page, start = Page(), time.perf_counter()
    page.begin("While treatment is still going on", "monitoring.py", arguments)
    page.write(DEFINITIONS)
    looks: list[Landmark] = []
    work = partial(_looks, options=options, pool=pool)
    for found, lines in _mapped(work, options.worlds, options.processes):
        looks += found
        page.write("\n".join(lines))
    for title, table in (
        ("Dip against deterioration", separation_table(looks)),
        ("Calibration", calibration_table(looks)),
        ("Forecast intervals", coverage_table(looks)),
        ("Patients and seconds", effort_table(looks)),
    ):
        page.write(f"\n## {title}\n")
        _tell(table, page.write)
    page.write(f"{time.perf_counter() - start:.0f} seconds in all, while other work ran.")
    page.write(f"\n{STATEMENT}")
    page.save(options.markdown)
    return 0


def _mapped(work: Work, names: list[str], processes: int) -> Iterator[Looked]:
    if processes == 1:
        yield from map(work, names)
        return
    with ProcessPoolExecutor(processes) as workers:
        yield from workers.map(work, names)


def _looks(name: str, options: argparse.Namespace, pool: int) -> Looked:
    """Look at a world on each day asked for, on days between the same two visits only once; and
    say what was done."""
    world, found, lines = WORLDS[name], [], []
    n_best = min(options.best_slow if world.share else options.best, options.patients)
    populations = learn_populations(world, options.learn, options.seed)
    ratings = sample_cohort(world, options.patients, options.seed).ratings["day"]
    for share in options.shares:
        day = float(round(share * world.horizon))
        same = [m for m in found if m.n_ratings == int((ratings <= day).sum())]
        if same:
            found.append(replace(same[0], share=share, day=day))
            lines.append(f"- {name}, day {day:g}: no visit since day {same[0].day:g}: as there.")
            continue
        m = look(
            world,
            options.patients,
            share,
            populations,
            n_best=n_best,
            n_rated=min(options.rated, options.patients),
            seed=options.seed,
            limit=options.limit,
            pool=pool,
            draws=options.draws,
        )
        found.append(m)
        seconds = ", ".join(f"{k} {a.seconds:.0f} s" for k, a in m.comparison.answers.items())
        best = m.comparison.answers.get(BEST)
        size = f"; effective size {best.remark} or more in 95% of patients" if best else ""
        lines.append(f"- {name}, day {day:g}: {seconds}{size}.")
        print(lines[-1], file=sys.stderr, flush=True)
    return found, lines


def _tell(table: pd.DataFrame, write: Writer) -> None:
    write(markdown(table) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument(
        "--worlds", nargs="+", choices=list(WORLDS), default=["weekly", "year", "rough"]
    )
    parser.add_argument("--shares", nargs="+", type=float, default=list(SHARES))
    parser.add_argument("--patients", type=int, default=4000, help="new patients")
    parser.add_argument("--best", type=int, default=4000, help="of them for the best possible")
    parser.add_argument(
        "--best-slow", type=int, default=1000, help="the same where noise is autocorrelated"
    )
    parser.add_argument("--rated", type=int, default=1000, help="of them for later ratings")
    parser.add_argument("--learn", nargs="+", type=int, default=[400, 4000], help="other patients")
    parser.add_argument("--draws", type=int, default=400, help="curves per patient")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=4_000_000, help="most curves of the ideal")
    parser.add_argument("--processes", type=int, default=2, help="worlds at the same time")
    parser.add_argument("--short", action="store_true", help="a few seconds")
    parser.add_argument("--markdown", help="file for the tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
