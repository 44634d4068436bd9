"""Make data/sample/cohort.csv, truth.csv, symptoms.csv, events.csv: a simulated cohort.

Nobody in it is real. 240 adults with back pain start physiotherapy in one of two arms and rate
their pain from 0 to 10 every week for 12 weeks, three times before treatment; visits are missed,
and those in more pain drop out more often. Every figure below is an assumption, chosen so that
each course is present and the arms differ. Licence: that of paintrend (BSD-3-Clause).

Warning signs are asked about twice, around days 28 and 56. Neither they nor the events have any
effect on the ratings: they show how such tables look, and no result may be drawn from them.

Run it again after a change to the shapes table or to the simulation:

    python scripts/make_sample_cohort.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

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

SEED = 1
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
        seed=SEED,
    )


ASKED_ON = (28.0, 56.0)
SAME_DAY = {
    "low back pain": ("fever", "feeling_unwell", "bladder_dysfunction"),
    "sciatica": ("saddle_numbness", "leg_weakness_progressing"),
    "after spine surgery": ("wound_problem", "calf_swelling", "fever"),
}
PROMPT = {
    "low back pain": ("pain_at_rest", "pain_disturbs_sleep"),
    "sciatica": ("nerve_pain", "increased_tingling", "pain_disturbs_sleep"),
    "after spine surgery": ("pain_at_rest", "increased_numbness", "joint_swelling"),
}
EVENTS = (
    ("medication change", 0.16, ("dose doubled", "dose halved", "changed to another drug", "")),
    ("injection", 0.04, ("", "steroid")),
    ("injury", 0.03, ("fell on stairs", "")),
    ("surgery", 0.01, ("",)),
    ("started a new job", 0.02, ("",)),
)


def sample_symptoms(cohort: SimulatedCohort) -> pd.DataFrame:
    """Make the answers about warning signs: mostly none."""
    rng = np.random.default_rng([SEED, 1])
    rows = []
    for row in cohort.ratings.itertuples(index=False):
        if not any(abs(row.day - day) <= 1 for day in ASKED_ON) or rng.random() > 0.85:
            continue
        chance = rng.random()
        choices = SAME_DAY if chance < 0.008 else PROMPT if chance < 0.04 else None
        sign = "none" if choices is None else str(rng.choice(choices[row.diagnosis]))
        rows.append((row.patient_id, row.day, sign))
    return pd.DataFrame(rows, columns=["patient_id", "day", "symptom"])


def sample_events(cohort: SimulatedCohort) -> pd.DataFrame:
    """Make events at random days while a patient was followed."""
    rng = np.random.default_rng([SEED, 2])
    rows = []
    for row in cohort.truth.itertuples(index=False):
        last = int(row.last_day)
        for event, share, notes in EVENTS:
            if rng.random() < share and last > 1:
                rows.append(
                    (row.patient_id, int(rng.integers(1, last)), event, str(rng.choice(notes)))
                )
        if row.dropped_out and rng.random() < 0.3:
            rows.append((row.patient_id, last, "treatment stopped", ""))
    table = pd.DataFrame(rows, columns=["patient_id", "day", "event", "note"])
    return table.sort_values(["patient_id", "day"], kind="stable")


def write_sample(folder: Path) -> list[Path]:
    """Write all four files."""
    cohort = sample_cohort()
    written = list(write_cohort(cohort, folder))
    for name, table in (("symptoms", sample_symptoms(cohort)), ("events", sample_events(cohort))):
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False, lineterminator="\n")
        written.append(path)
    return written


if __name__ == "__main__":
    written = write_sample(SAMPLE)
    sys.stdout.write("\n".join(map(str, written)) + "\n")
