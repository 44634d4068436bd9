"""How long the explorer takes to redraw after a move: thresholds, filters, another patient.

    python benchmarks/explorer.py
    python benchmarks/explorer.py --patients 1000 5000 --markdown explorer.md

Measured is the time in which Python has judged all curves again and handed every change to the
page, with a patient shown; the browser then draws. Fits are made before the clock starts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import pandas as pd
from common import Page, describe_machine
from tables import markdown

import paintrend as pt
from paintrend.explorer.filters import Filters

SIZES = (240, 1_000, 5_000)
LEARNED = 200
"""Patients that the population is learned from: learning is not what is measured."""
THRESHOLDS = (1.0, 1.5, 2.5, 3.0, 2.0)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print a table."""
    options = _parser().parse_args(arguments)
    page = Page()
    page.begin("The explorer", "explorer.py", arguments)
    page.write(
        f"\n{describe_machine()}; 400 curves per patient; milliseconds, median of the "
        "moves (longest).\n"
    )
    known = pt.simulate_cohort(LEARNED, seed=1).ratings
    population = pt.fit_curves(pt.read_diary(known, scale="nrs"), horizon=84, draws=20).population
    page.write(markdown(pd.DataFrame([_measure(n, population) for n in options.patients])) + "\n")
    page.save(options.markdown)
    return 0


def _measure(n: int, population: pt.Population) -> dict[str, str]:
    ratings = pt.simulate_cohort(n, seed=2).ratings
    ratings["patient_id"] = "N" + ratings["patient_id"].astype(str)
    fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), population=population)
    start = time.perf_counter()
    app = pt.explore(fit)
    opened = time.perf_counter() - start
    app.show(app.state.ids[0])
    moves: dict[str, list[Callable[[], object]]] = {
        "threshold": [lambda value=value: app._moved("worsening", value) for value in THRESHOLDS],
        "filter": [
            lambda low=low: app._to(app.state.filtered(Filters(spans={"age": (low, 200.0)})))
            for low in (30.0, 40.0, 50.0, 60.0, 0.0)
        ],
        "another patient": [
            lambda k=k: app._to(app.state.showing(app.state.ids[k])) for k in range(1, 6)
        ],
    }
    row = {"patients": f"{n:,}", "open": f"{1000 * opened:.0f}"}
    return row | {name: _timed(calls) for name, calls in moves.items()}


def _timed(calls: list[Callable[[], object]]) -> str:
    seconds = []
    for call in calls:
        start = time.perf_counter()
        call()
        seconds.append(1000 * (time.perf_counter() - start))
    return f"{statistics.median(seconds):.0f} ({max(seconds):.0f})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--markdown", metavar="FILE", help="write the table there too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
