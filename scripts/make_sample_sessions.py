"""Make data/sample/sessions.csv, session_ratings.csv and session_truth.csv: a simulated cohort.

Nobody in it is real. 36 adults with back pain have physiotherapy once or twice a week for eight
weeks and rate their pain from 0 to 10 every evening, before and after each session; six more rate
it once a week only. Sessions are cancelled, some because of pain. Every figure below is an
assumption. Licence: that of paintrend (BSD-3-Clause).

Run it again after a change to the shapes table or to the simulation:

    python scripts/make_sample_sessions.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from paintrend.simulate import SessionPlan, Soreness, Visits, simulate_sessions

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"

# NumPy may change what a seed gives from one minor version to the next.
MADE_WITH = {"numpy": "2.4"}

TYPES = ("exercise", "exercise", "manual therapy")
THERAPISTS = ("A", "B", "C")
N_DAILY, N_WEEKLY = 36, 6


def sample_sessions() -> dict[str, pd.DataFrame]:
    """Simulate the tables of the sample files."""
    plan = SessionPlan(gaps=(3, 4, 7), cancelled_for_pain=0.3, dose_spread=1.2, dose_for_well=0.5)
    soreness = Soreness(none=0.3, first=2.4, spread=0.8, fall_days=2.2, varies=0.5, per_dose=0.1)
    daily = simulate_sessions(N_DAILY, plan=plan, soreness=soreness, seed=6)
    weekly = simulate_sessions(
        N_DAILY + N_WEEKLY,
        plan=SessionPlan(gaps=(3, 4, 7), rated=False, cancelled_for_pain=0.3),
        soreness=soreness,
        visits=Visits(days=[float(day) for day in range(-7, 57, 7)], dropout=0.0),
        seed=7,
    )
    last = [f"P{number:03d}" for number in range(N_DAILY + 1, N_DAILY + N_WEEKLY + 1)]

    def both(name: str) -> pd.DataFrame:
        table = getattr(weekly, name)
        return pd.concat(
            [getattr(daily, name), table[table["patient_id"].isin(last)]], ignore_index=True
        )

    ratings, sessions, truth = both("ratings"), both("sessions"), both("truth")
    ratings["pain"] = ratings["pain"].astype(np.int64)
    # the same therapist for a patient, types in turn: nothing depends on them
    number = sessions.groupby("patient_id").cumcount()
    who = sessions["patient_id"].str[1:].astype(int)
    sessions.insert(2, "type", [TYPES[n % len(TYPES)] for n in number])
    sessions["therapist"] = [THERAPISTS[w % len(THERAPISTS)] for w in who]
    return {"session_ratings.csv": ratings, "sessions.csv": sessions, "session_truth.csv": truth}


def write_sessions(folder: Path) -> list[Path]:
    """Write the tables; numbers of the truth with five significant digits."""
    paths = []
    for name, table in sample_sessions().items():
        path = folder / name
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", float_format="%.5g")
        paths.append(path)
    return paths


if __name__ == "__main__":
    sys.stdout.write("\n".join(map(str, write_sessions(SAMPLE))) + "\n")
