"""Do tests of hypotheses hold their level, and do intervals hold the truth?

    python benchmarks/hypotheses.py coverage --cohorts 200 --keep coverage.csv
    python benchmarks/hypotheses.py null --cohorts 4000 --keep null.csv
    python benchmarks/hypotheses.py arms --cohorts 4000 --keep arms.csv
    python benchmarks/hypotheses.py reserved --cohorts 4000 --keep reserved.csv
    python benchmarks/hypotheses.py usual --cohorts 4000 --keep usual.csv
    python benchmarks/hypotheses.py summary null.csv arms.csv reserved.csv usual.csv

``coverage`` simulates two arms that differ, and an outcome that the course has an effect on, and
counts how often 90% intervals hold the truth. ``null`` simulates cohorts in which there is nothing
to find and counts p-values below 5%; ``arms`` does so for further ways to compare arms,
``reserved`` for a landmark test of changes, ``usual`` for what is usually done with the same
cohorts: raw ratings and thresholds taken as if they were known. `--keep` writes every cohort to a
file as it is done; a run that is started again with the same file goes on after the last one.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
from common import Page
from hypotheses_coverage import coverage_rows, coverage_table
from hypotheses_more import arms_rows, reserved_rows
from hypotheses_null import NULLS, null_rows, null_table, usual_rows
from tables import markdown

__all__ = ["main", "run_cohorts"]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    warnings.simplefilter("ignore")
    if options.task == "summary":
        rows = pd.concat([pd.read_csv(f, keep_default_na=False) for f in options.rows])
    else:
        rows = run_cohorts(options)
    page = Page()
    page.begin("Hypotheses", "hypotheses.py", arguments)
    kind = "coverage" if "truth" in rows else "null"
    page.write("\n" + markdown(coverage_table(rows) if kind == "coverage" else null_table(rows)))
    page.save(options.markdown)
    return 0


def run_cohorts(options: argparse.Namespace) -> pd.DataFrame:
    """Measure cohort by cohort, those that are in the file already left out."""
    keep = Path(options.keep) if options.keep else None
    kept = pd.DataFrame()
    if keep is not None and keep.exists():
        kept = pd.read_csv(keep, keep_default_na=False)
    done = set(kept["cohort"]) if len(kept) else set()
    parts, begin = [kept], time.perf_counter()
    for k in range(options.first, options.first + options.cohorts):
        if k in done:
            continue
        if options.minutes is not None and time.perf_counter() - begin > 60.0 * options.minutes:
            print(f"stopped before cohort {k}", file=sys.stderr)
            break
        rows = pd.DataFrame(_measure(k, options))
        parts.append(rows)
        if keep is not None and len(rows):
            rows.to_csv(keep, mode="a", index=False, header=not keep.exists())
        print(f"cohort {k}: {time.perf_counter() - begin:.0f} s in all", file=sys.stderr)
    return pd.concat(parts, ignore_index=True)


def _measure(k: int, options: argparse.Namespace) -> list[dict[str, object]]:
    if options.task == "coverage":
        return coverage_rows(k, options.patients, options.draws, blind=k < options.blind)
    name = NULLS[k % len(NULLS)]
    if options.task == "arms":
        return arms_rows(name, k, options.patients, options.draws)
    if options.task == "usual":
        return [] if name == "same_arms" else usual_rows(name, k, options.patients)
    if options.task == "reserved":
        if name == "same_arms":
            return []
        return reserved_rows(name, k, options.patients, options.worlds)
    return null_rows(name, k, options.patients, options.draws, options.worlds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "task", choices=["coverage", "null", "arms", "reserved", "usual", "summary"]
    )
    parser.add_argument("rows", nargs="*", type=Path, help="for summary: files of --keep")
    parser.add_argument("--cohorts", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="number of the first cohort")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument(
        "--worlds", type=int, default=40,
        help="per null world; below 40 the landmark test has no p below 5%%, 0 leaves it out",
    )  # fmt: skip
    parser.add_argument(
        "--blind", type=int, default=0,
        help="in so many cohorts of coverage also an outcome that is left out of the population",
    )  # fmt: skip
    parser.add_argument("--keep", help="file for the rows of every cohort; goes on where it stops")
    parser.add_argument("--markdown", help="file for the table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
