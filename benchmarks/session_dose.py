"""Whether the intervals of the effects of dose hold the truth: cohorts in which hard sessions go to
those who do well.

    python benchmarks/session_dose.py
    python benchmarks/session_dose.py --patients 50 --repeats 4
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd
from common import Page, add_cohorts

import paintrend as pt
from paintrend.simulate import SessionPlan, Soreness, simulate_sessions

PLAN = SessionPlan(dose_for_well=1.0)
SORENESS = Soreness(none=0.2, per_dose=0.15)


def true_effects(cohort) -> tuple[float, float]:
    """Effect of one unit of dose within patients, and between them, points.

    Within: the share of the height that a unit adds, times the mean height of those who respond.
    Between: the usual dose itself does nothing; only what the mean dose of a patient is off it by
    chance adds what it adds within, so little that the cohort's own heights would drown it.
    """
    truth = cohort.truth[cohort.truth["responds"].astype(bool)]
    within = SORENESS.per_dose * truth["rise"].mean()
    by_chance = (PLAN.dose_spread**2 / truth["n_sessions"]).mean()
    return within, within * by_chance / truth["mean_dose"].var()


def run(n: int, seed: int) -> pd.DataFrame:
    """Fit one cohort: comparison, true, effect, low, high."""
    cohort = simulate_sessions(n, plan=PLAN, soreness=SORENESS, seed=seed)
    diary = pt.read_diary(cohort.ratings, scale=cohort.scale)
    fit = pt.fit_curves(diary, horizon=cohort.horizon, seed=0)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    table = pt.session_dose(response).table()
    table = table[table["quantity"] == "dose"].set_index("comparison")
    table["true"] = pd.Series(dict(zip(("within", "between"), true_effects(cohort), strict=True)))
    return table[["true", "effect", "low", "high"]].reset_index().assign(seed=seed)


def main(arguments: list[str] | None = None) -> int:
    """Run the cohorts and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_cohorts(parser, patients=50, repeats=4, seed=300)
    options = parser.parse_args(arguments)
    page = Page()
    page.begin("Effects of dose", "session_dose.py", arguments)
    page.write("\n| cohort | comparison | true | found | 90% interval | holds the truth |")
    page.write("|---|---|---|---|---|---|")
    held: list[bool] = []
    for repeat in range(options.repeats):
        for row in run(options.patients, options.seed + repeat).to_dict("records"):
            inside = row["low"] <= row["true"] <= row["high"]
            held.append(inside)
            page.write(
                f"| {row['seed']} | {row['comparison']} | {row['true']:.2f} | {row['effect']:.2f} "
                f"| {row['low']:.2f} to {row['high']:.2f} | {'yes' if inside else 'no'} |"
            )
    page.write(f"\n{np.sum(held)} of {len(held)} intervals hold the truth.")
    page.save(options.markdown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
