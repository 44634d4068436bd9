"""Do tests of hypotheses hold their level, and do intervals hold the truth?

    python benchmarks/hypotheses.py coverage --cohorts 200 --keep coverage.csv
    python benchmarks/hypotheses.py null --cohorts 4000 --keep null.csv
    python benchmarks/hypotheses.py summary null.csv landmark.csv

``coverage`` simulates two arms that differ, and an outcome that the course has an effect on, and
counts how often 90% intervals hold the truth. The others simulate cohorts in which there is nothing
to find and count p-values below 5%: ``null`` of shares by arm and of regressions, ``landmark`` of
the landmark test, of levels and of changes, ``arms`` of further ways to compare arms, and
``usual`` of what is usually done with the same cohorts: raw ratings and thresholds taken as if they
were known. `--keep` writes every cohort to a file as it is done; a run that is started again with
the same file goes on after the last one.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
from common import Page
from hypotheses_cohorts import NULLS
from hypotheses_coverage import coverage_rows, coverage_table
from hypotheses_null import null_table, usual_rows
from hypotheses_own import arms_rows, landmark_rows, null_rows
from tables import markdown

__all__ = ["main", "run_cohorts"]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    warnings.simplefilter("ignore")
    if options.task == "summary":
        rows = pd.concat([pd.read_csv(f) for f in options.rows])
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
        kept = pd.read_csv(keep)
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
            rows.to_csv(
                keep, mode="a", index=False, header=not keep.exists(), float_format="%.5g"
            )  # fmt: skip
        print(f"cohort {k}: {time.perf_counter() - begin:.0f} s in all", file=sys.stderr)
    return pd.concat(parts, ignore_index=True)


def _measure(k: int, options: argparse.Namespace) -> list[dict[str, object]]:
    n, draws, name = options.patients, options.draws, NULLS[k % len(NULLS)]
    if options.task == "coverage":
        return coverage_rows(k, n, draws, blind=k < options.blind)
    if options.task == "null":
        p = null_rows(name, k, n, draws)
    elif options.task == "arms":
        p = arms_rows(name, k, n, draws)
    elif name == "same_arms":
        return []
    elif options.task == "usual":
        p = usual_rows(name, k, n)
    else:
        p = landmark_rows(name, k, n, options.worlds)
    return [{"cohort": k, "null": name, **p}]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "task",
        choices=["coverage", "null", "landmark", "arms", "usual", "summary"],
    )
    parser.add_argument("rows", nargs="*", type=Path, help="for summary: files of --keep")
    parser.add_argument("--cohorts", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="number of the first cohort")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument(
        "--worlds", type=int, default=40,
        help="per null world; below 40 no p-value of the landmark test is below 5%%",
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
