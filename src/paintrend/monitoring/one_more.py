"""One more rating of a patient who is monitored, checked as in any diary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from paintrend.diary import read_diary
from paintrend.errors import InputError, is_number
from paintrend.results.diary import Diary
from paintrend.wording import time_unit

__all__ = ["with_rating"]


def with_rating(diary: Diary, patient_id: str, day: float, pain: float, horizon: float) -> Diary:
    """Return the diary with one more rating of a patient it has.

    Raises
    ------
    DiaryError
        If the rating is not a value of the scale.
    InputError
        If the day is not a finite number, not after the patient's last rating, or after the
        horizon.
    """
    if not is_number(day):
        raise InputError(f"patient {patient_id!r}: day must be a finite number, got {day!r}")
    own = np.flatnonzero(diary.ratings["patient_id"].to_numpy() == patient_id)
    show = time_unit(horizon).show
    if own.size:
        last = float(diary.ratings["day"].iloc[own].max())
        if float(day) <= last:
            raise InputError(
                f"patient {patient_id!r}: the clock runs backwards: a rating of {show(float(day))} "
                f"was added after one of {show(last)}. To correct or to insert an earlier rating, "
                "read the whole diary again."
            )
    if float(day) > horizon:
        raise InputError(
            f"patient {patient_id!r}: {show(float(day))} is after the horizon, {show(horizon)}: "
            "such a rating is in no look."
        )
    given = pd.DataFrame({"patient_id": [patient_id], "day": [float(day)], "pain": [pain]})
    added = read_diary(given, diary.scale).ratings
    # after the patient's last rating, or at the end for one who had none
    at = int(own[-1]) + 1 if own.size else len(diary.ratings)
    ratings = pd.concat([diary.ratings.iloc[:at], added, diary.ratings.iloc[at:]])
    return replace(diary, ratings=ratings.reset_index(drop=True))
