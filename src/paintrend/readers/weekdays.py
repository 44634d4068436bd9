"""Days of the week in front of dates ("Fri 15.03.2024"): taken off, and held against the date."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

__all__ = ["without_weekdays", "wrong_weekdays"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# English, German, French; whole names and abbreviations.
NAMES = (
    "monday mon mo montag lundi lun",
    "tuesday tues tue tu di die dienstag mardi mar",
    "wednesday weds wed we mi mit mittwoch mercredi mer",
    "thursday thurs thur thu th do don donnerstag jeudi jeu",
    "friday fri fr fre freitag vendredi ven",
    "saturday sat sa samstag sonnabend samedi sam",
    "sunday sun su so son sonntag dimanche dim",
)
NUMBER = {name: day for day, names in enumerate(NAMES) for name in names.split()}
# What follows has to be a whole date in figures, or to name a month: "Mar 15 2024" is in March.
FRONT = r"^\s*([^\W\d_]{2,})\.?,?\s+((?=.*[^\W\d_]{3}|\d+[-./]\s?\d+[-./]\s?\d).*)$"


def without_weekdays(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Take the day of the week off.

    Returns
    -------
    text : Series
        The rest, or the text as it was where it names no day of the week.
    said : array of int
        0 for Monday to 6 for Sunday, -1 where none is named.

    Examples
    --------
    >>> rest, said = without_weekdays(pd.Series(["Fri 15.03.2024", "Mar 15 2024", "15 Mar 2024"]))
    >>> list(rest), said.tolist()
    (['15.03.2024', 'Mar 15 2024', '15 Mar 2024'], [4, -1, -1])
    """
    parts = text.str.extract(FRONT)
    words = parts[0].fillna("").map(lambda word: unicodedata.normalize("NFKC", word).casefold())
    said = np.array([NUMBER.get(word, -1) for word in words], dtype=np.int64)
    return text.where(said < 0, parts[1]), said


def wrong_weekdays(
    local: np.ndarray, said: np.ndarray, problem: np.ndarray, fix: np.ndarray
) -> None:
    """Report dates (datetime64, NaT for none) that are on another day of the week than is said."""
    there = (said >= 0) & ~np.isnat(local)
    days = local.astype("datetime64[D]").astype(np.int64)
    # day 0 of the calendar was a Thursday
    true = (days + 3) % 7
    for i in np.flatnonzero(there & (true != said)):
        date = str(local[i].astype("datetime64[D]"))
        problem[i] = f"says {WEEKDAYS[said[i]]}, but {date} is a {WEEKDAYS[true[i]]}"
        fix[i] = "Correct the date, or leave the day of the week out."
        local[i] = np.datetime64("NaT")
