"""Do 90% intervals of features hold the truth in most cohorts, or only in a lucky one?

    python benchmarks/feature_coverage.py --worlds weekly --patients 4000 --repeats 6

What a cohort teaches is off by chance, and every interval in it with it: the errors of one cohort's
patients do not cancel, however many there are. So cohorts are counted, not patients.
"""

from __future__ import annotations

import argparse
import sys

import pandas as pd
from answers import fit_own
from common import Page, add_cohorts
from scores import Estimate, coverage
from tables import CONTINUOUS, markdown, text
from worlds import WORLDS, World, sample_cohort

from paintrend.features import DRAW_FEATURES

__all__ = ["cohort_coverage", "main"]


def cohort_coverage(world: World, patients: int, seed: int) -> dict[str, float]:
    """Share of the patients of one cohort in which the 90% interval of a feature holds the truth,
    by feature."""
    places = fit_own(sample_cohort(world, patients, seed)).places
    assert places is not None
    return {name: coverage(places[:, DRAW_FEATURES.index(name)]).value for name in CONTINUOUS}


def main(arguments: list[str] | None = None) -> int:
    """Fit cohort after cohort and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    rising = [name for name, world in WORLDS.items() if not world.nobody_rises]
    parser.add_argument("--worlds", nargs="+", default=rising, choices=list(WORLDS))
    add_cohorts(parser, patients=400, repeats=6, seed=1)
    options = parser.parse_args(arguments)
    page = Page()
    page.begin("Coverage over cohorts", "feature_coverage.py", arguments)
    seeds = range(options.seed, options.seed + options.repeats)
    for name in options.worlds:
        found = pd.DataFrame(
            [cohort_coverage(WORLDS[name], options.patients, seed) for seed in seeds]
        )
        page.write(f"\n{options.repeats} cohorts of {options.patients}: {WORLDS[name].text}\n")
        rows = [
            {
                "world": name,
                "feature": feature,
                "covered": text(Estimate(values.mean(), values.sem())),
                "lowest": f"{values.min():.3f}",
                "highest": f"{values.max():.3f}",
            }
            for feature, values in found.items()
        ]
        page.write(markdown(pd.DataFrame(rows)))
    page.save(options.markdown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
