"""Does it matter that a large cohort is learned from a sample of its patients?

    python benchmarks/learning_sample.py
    python benchmarks/learning_sample.py --worlds weekly --patients 4000 --judged 500

A population is learned from a whole cohort and from samples of it of the size that paintrend takes;
other patients of the same world are then judged under each. What other random numbers of the draws
change stands beside.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import pandas as pd
from answers import read_cohort, true_courses
from common import Page
from numpy.typing import NDArray
from scores import log_losses
from tables import markdown
from worlds import WORLDS, Cohort, World, sample_cohort

import paintrend as pt
from paintrend import learning
from paintrend.core.course_rules import COURSES
from paintrend.results.population import Population

Array = NDArray[np.float64]
NEW = 1_000_003
"""Added to the seed for the patients that are judged."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print a table for each world."""
    options = _parser().parse_args(arguments)
    page = Page()
    page.begin("Learning from a sample", "learning_sample.py", arguments)
    for name in options.worlds:
        page.write(f"\n## {name}\n")
        page.write(markdown(_table(WORLDS[name], options)))
    page.save(options.markdown)
    return 0


def _table(world: World, options: argparse.Namespace) -> pd.DataFrame:
    cohort = sample_cohort(world, options.patients, options.seed)
    judged = sample_cohort(world, options.judged, options.seed + NEW)
    true = true_courses(judged)
    whole, seconds = _learn(cohort, options.patients, 0)
    base = _judge(judged, whole, 0)
    rows = [_row(f"all {options.patients:,}", base, base, true, seconds)]
    rows.append(_row("the same, other draws", _judge(judged, whole, 1), base, true, 0.0))
    for seed in range(options.samples):
        part, seconds = _learn(cohort, options.size, seed)
        answer = _judge(judged, part, 0)
        rows.append(_row(f"{options.size:,}, sample {seed + 1}", answer, base, true, seconds))
    return pd.DataFrame(rows)


def _learn(cohort: Cohort, size: int, seed: int) -> tuple[Population, float]:
    """Learn from at most ``size`` patients; the fewest draws of the others will do."""
    before = learning.LEARN_FROM
    start = time.perf_counter()
    try:
        learning.LEARN_FROM = size
        fit = pt.fit_curves(
            read_cohort(cohort), horizon=cohort.world.horizon, seed=seed, draws=20
        )  # fmt: skip
    finally:
        learning.LEARN_FROM = before
    return fit.population, time.perf_counter() - start


def _judge(cohort: Cohort, population: Population, seed: int) -> Array:
    """Course probabilities (n, 8)."""
    fit = pt.fit_curves(read_cohort(cohort), population=population, seed=seed)
    table = pt.classify(fit).table().sort_values("patient_id")  # the order of the truth
    return table[[f"p_{name}" for name in COURSES]].to_numpy(dtype=float)


def _row(
    name: str, p: Array, base: Array, true: NDArray[np.int8], seconds: float
) -> dict[str, str]:
    own, other = log_losses(p, true), log_losses(base, true)
    worse = own - other
    return {
        "learned from": name,
        "log-loss": f"{own.mean():.3f}",
        "less that of all": f"{worse.mean():+.4f} ± {worse.std() / len(worse) ** 0.5:.4f}",
        "mean change of a probability": f"{np.abs(p - base).mean():.4f}",
        "largest change of a mean probability": f"{np.abs((p - base).mean(axis=0)).max():.4f}",
        "another likeliest course": f"{np.mean(p.argmax(axis=1) != base.argmax(axis=1)):.1%}",
        "seconds": f"{seconds:.0f}" if seconds else "–",
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--worlds", nargs="+", choices=list(WORLDS), default=["weekly", "year"])
    parser.add_argument("--patients", type=int, default=10_000, help="patients of the cohort")
    parser.add_argument("--size", type=int, default=learning.LEARN_FROM, help="of the samples")
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--judged", type=int, default=2_000, help="other patients")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", help="file for the tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
