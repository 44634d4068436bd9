"""Make data/sample/cohort.csv and truth.csv: a simulated cohort with known truth.

Nobody in it is real. 240 adults with back pain start physiotherapy in one of two arms and rate
their pain from 0 to 10 every week for 12 weeks, three times before treatment; visits are missed,
and those in more pain drop out more often. Every figure below is an assumption, chosen so that
each course is present and the arms differ. Licence: that of paintrend (BSD-3-Clause).

Run it again after a change to the shapes table or to the simulation:

    python scripts/make_sample_cohort.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from paintrend.simulate import (
    ChoiceCovariate,
    Noise,
    NumberCovariate,
    SimulatedCohort,
    Start,
    Visits,
    simulate_cohort,
    write_cohort,
)

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"

# NumPy may change what a seed gives from one minor version to the next.
MADE_WITH = {"numpy": "2.4"}

USUAL_PHYSIOTHERAPY = {
    "improving": 0.38,
    "worse_before_better": 0.08,
    "unchanged": 0.25,
    "transient_worsening": 0.04,
    "improvement_lost": 0.07,
    "fluctuating": 0.04,
    "sustained_deterioration": 0.10,
    "recent_worsening": 0.04,
}
GRADED_ACTIVITY = {
    "improving": 0.38,
    "worse_before_better": 0.20,
    "unchanged": 0.14,
    "transient_worsening": 0.09,
    "improvement_lost": 0.04,
    "fluctuating": 0.04,
    "sustained_deterioration": 0.08,
    "recent_worsening": 0.03,
}


def sample_cohort() -> SimulatedCohort:
    """Simulate the cohort of the sample files."""
    return simulate_cohort(
        240,
        scale="nrs",
        horizon=84,
        arms={"usual_physiotherapy": USUAL_PHYSIOTHERAPY, "graded_activity": GRADED_ACTIVITY},
        start=Start(mean=5.8, sd=1.5, trend_sd=0.03),
        visits=Visits(
            days=[-14, -7, 0, *range(7, 85, 7)],
            jitter=1,
            missed=0.08,
            dropout=0.015,
            dropout_odds=1.3,
        ),
        noise=Noise(sd=1.1, spread=0.3, autocorrelation=0.3, lag_days=1, heaping=0.05),
        covariates={
            "age": NumberCovariate(mean=51, sd=14, low=18, high=88),
            "sex": ChoiceCovariate(shares={"female": 0.56, "male": 0.44}),
            "diagnosis": ChoiceCovariate(
                shares={"low back pain": 0.62, "sciatica": 0.24, "after spine surgery": 0.14},
                effect={
                    "sciatica": {"sustained_deterioration": 0.3, "recent_worsening": 0.3},
                    "after spine surgery": {"sustained_deterioration": 0.6, "improving": -0.3},
                },
            ),
        },
        seed=1,
    )


if __name__ == "__main__":
    written = write_cohort(sample_cohort(), SAMPLE)
    sys.stdout.write("\n".join(map(str, written)) + "\n")
