"""Rows of the tables that results hold: those of some patients, and those known on a day."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Real

import pandas as pd

from paintrend.errors import InputError

__all__ = ["of_patients", "up_to_day"]


def of_patients(table: pd.DataFrame, ids: Collection[str]) -> pd.DataFrame:
    """Keep the rows of these patients; an empty table may lack the column."""
    if not len(table):
        return table
    wanted = {ids} if isinstance(ids, str) else set(ids)
    return table[table["patient_id"].isin(wanted)].reset_index(drop=True)


def up_to_day(table: pd.DataFrame, day: float) -> pd.DataFrame:
    """Keep the rows up to a day; an empty table may lack the column.

    Raises
    ------
    InputError
        If `day` is no number: nothing would be left, without a word.
    """
    if isinstance(day, bool) or not isinstance(day, Real) or math.isnan(day):
        raise InputError(f"up_to: day must be a number of days, got {day!r}.")
    return table[table["day"] <= day].reset_index(drop=True) if len(table) else table
