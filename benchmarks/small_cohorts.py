"""What it costs that a population is learned from few patients.

    python benchmarks/small_cohorts.py --patients 30 --cohorts 14
    python benchmarks/small_cohorts.py --worlds weekly rough --patients 100 --cohorts 5 --parts
    python benchmarks/small_cohorts.py --twins 5 6 7 8 --worlds

The same cohorts are judged under the population learned from them, as `fit_curves` does, and under
one learned from many others of their world. The difference is the most that better learning could
gain: nothing can be known of a population beyond what it is. With ``--parts`` only one part of the
population comes from the others. Twins are drawn from the population of a simulated cohort of 30,
so that the model is right and the second population is the true one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from answers import DIP, WORSE, read_cohort, true_courses
from common import Page
from numpy.typing import NDArray
from scores import log_losses
from tables import markdown
from worlds import WORLDS, World, sample_cohort

import paintrend as pt
from paintrend.calibration.twins import draw_twins
from paintrend.core.course_rules import COURSES
from paintrend.core.prior import Prior, family_of
from paintrend.results.population import Population
from paintrend.shapes import FAMILIES

Array = NDArray[np.float64]
OTHERS = 900_001
"""Seed of the other patients."""
DRAWS = 800
COHORTS = 5
"""So many give a standard error."""
OWN, ALL = "the cohort itself", "others"
TWINS, TWINS_HORIZON = 30, 84.0


class Case(NamedTuple):
    """A cohort: its diary, true courses (P,) in its order, and a population that is known well."""

    diary: pt.Diary
    true: NDArray[np.integer]
    known: Population


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print a table for each world and number of patients."""
    options = _parser().parse_args(arguments)
    page = Page()
    page.begin("Small cohorts", "small_cohorts.py", arguments)
    for name in options.worlds:
        known = _learn(read_cohort(sample_cohort(WORLDS[name], options.others, OTHERS)), name)
        for n in options.patients:
            page.write(f"\n## {name}, {options.cohorts} cohort(s) of {n}\n")
            cases = _from_world(WORLDS[name], n, options.cohorts, options.seed, known)
            page.write(markdown(_table(cases, options.parts)))
    for seed in options.twins:
        page.write(
            f"\n## twins of simulated cohort {seed}, {options.cohorts} cohort(s) of {TWINS}\n"
        )
        page.write(markdown(_table(_from_twins(seed, options.cohorts), options.parts)))
    page.save(options.markdown)
    return 0


def _learn(diary: pt.Diary, name: str) -> Population:
    return pt.fit_curves(diary, horizon=WORLDS[name].horizon, draws=20).population


def _from_world(world: World, n: int, cohorts: int, seed: int, known: Population) -> Iterator[Case]:
    for number in range(cohorts):
        cohort = sample_cohort(world, n, seed + 1000 * number)
        yield Case(read_cohort(cohort), true_courses(cohort), known)


def _from_twins(seed: int, cohorts: int) -> Iterator[Case]:
    made = pt.simulate_cohort(TWINS, seed=seed)
    fit = pt.fit_curves(pt.read_diary(made.ratings, scale="nrs"), horizon=TWINS_HORIZON)
    criteria = pt.Criteria().resolve(fit.scale, fit.horizon)
    for number in range(1, cohorts + 1):
        twin = draw_twins(fit, criteria, seed=seed, number=number)
        yield Case(twin.diary, twin.codes, fit.population)


def _table(cases: Iterator[Case], parts: bool) -> pd.DataFrame:
    found: dict[str, list[Array]] = {}
    true, size = [], []
    for case in cases:
        fit = pt.fit_curves(case.diary, horizon=case.known.horizon, draws=DRAWS)
        found.setdefault(OWN, []).append(_probabilities(fit))
        true.append(np.asarray(case.true))
        size.append(len(fit))
        for name, prior in _priors(fit.population, case.known, parts).items():
            population = replace(case.known, prior=prior)
            again = pt.fit_curves(case.diary, population=population, draws=DRAWS)
            found.setdefault(name, []).append(_probabilities(again))
    cohort = np.repeat(np.arange(len(size)), size)
    answers = {name: np.concatenate(p) for name, p in found.items()}
    rows = [
        _row(name, p, answers[OWN], np.concatenate(true), cohort) for name, p in answers.items()
    ]
    return pd.DataFrame(rows)


def _priors(own: Population, known: Population, parts: bool) -> dict[str, Prior]:
    """Populations to judge under: that of the others, and the cohort's with one part of it."""
    if not parts:
        return {ALL: known.prior}
    if own.table != known.table:
        raise SystemExit(
            "the cohort's visits lie otherwise: its shapes are not those of the others"
        )
    a, b, family = own.prior, known.prior, family_of(known.table)
    mine, theirs = (np.bincount(family, p.shape, len(FAMILIES))[family] for p in (a, b))
    return {
        ALL: b,
        "noise of the others": a._replace(noise=b.noise),
        "sizes of the others": a._replace(mean=b.mean, covariance=b.covariance),
        "shares of families of the others": a._replace(shape=a.shape / mine * theirs),
        "time courses of the others": a._replace(shape=b.shape / theirs * mine),
    }


def _probabilities(fit: pt.Fit) -> Array:
    """Course probabilities (P, 8)."""
    return pt.classify(fit).table()[[f"p_{c}" for c in COURSES]].to_numpy(dtype=float)


def _row(
    name: str, p: Array, own: Array, true: NDArray[np.integer], cohort: NDArray[np.integer]
) -> dict[str, str]:
    gain = log_losses(p, true) - log_losses(own, true)
    sure = p.max(axis=1) - (p.argmax(axis=1) == true)
    raised = p[:, DIP + WORSE].sum(axis=1) > 0.5
    return {
        "population from": name,
        "log-loss": f"{log_losses(p, true).mean():.3f}",
        "less that of the cohort itself": "–" if p is own else _by_cohort(gain, cohort, "+.4f"),
        "likeliest course: said": f"{p.max(axis=1).mean():.1%}",
        "true": f"{(p.argmax(axis=1) == true).mean():.1%}",
        "said less true, points": _by_cohort(100.0 * sure, cohort, "+.1f"),
        "dip or deterioration above one half": _by_cohort(100.0 * raised, cohort, ".1f") + "%",
    }


def _by_cohort(values: Array, cohort: NDArray[np.integer], form: str) -> str:
    """Mean and standard error. Patients of a cohort share what was learned from them, so cohorts
    are counted where there are at least `COHORTS`, and patients where there are fewer."""
    n = int(cohort.max()) + 1
    each = np.bincount(cohort, values) / np.bincount(cohort) if n >= COHORTS else values
    return f"{values.mean():{form}} ± {each.std(ddof=1) / len(each) ** 0.5:{form.lstrip('+')}}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--worlds", nargs="*", choices=list(WORLDS), default=["weekly", "rough"])
    parser.add_argument("--twins", nargs="*", type=int, default=[], help="seeds of the cohorts")
    parser.add_argument("--patients", nargs="+", type=int, default=[30], help="in a cohort")
    parser.add_argument("--cohorts", type=int, default=14)
    parser.add_argument("--others", type=int, default=2_000, help="learned from")
    parser.add_argument("--parts", action="store_true", help="one part of the population at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", help="file for the tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
