"""The variables of an analysis: columns of the diary and from outside, checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.pooling.links import Variable, read_variable
from paintrend.pooling.options import name_list
from paintrend.readers.values import to_text
from paintrend.results.diary import Diary

__all__ = ["check_variables", "column_names", "variable_table"]

SMALLEST_GROUP = 2
MOST_LEVELS = 12


def variable_table(
    diary: Diary,
    names: Sequence[str],
    outside: pd.DataFrame | None,
    ids: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The columns of an analysis by patient (all, or those of `ids`), from the diary and from
    outside: NumPy's types, and only the categories that occur.

    Raises
    ------
    InputError
        If a column is unknown, or a patient has several rows outside.
    """
    names = name_list(names)
    patients = diary.patients.copy()
    patients.index = patients.index.astype(str)
    if outside is not None:
        outside = outside.set_index("patient_id") if "patient_id" in outside else outside
        # as the ids of a diary are read: 1.0 is the patient 1
        outside = outside.set_axis(to_text(outside.index.to_series()).str.strip().to_numpy())
        twice = outside.index[outside.index.duplicated()].unique()
        if len(twice):
            raise InputError(
                f"outside= must have one row per patient; {', '.join(map(repr, twice[:5]))} "
                "has more."
            )
        if not outside.index.isin(patients.index).any():
            raise InputError(
                "outside= must be indexed by patient_id (or have it as a column); none of its ids "
                "is in the diary."
            )
        both = [name for name in outside if name in patients]
        if both:
            raise InputError(f"outside= and the diary both have {', '.join(map(repr, both))}.")
        patients = patients.join(outside)
    unknown = [name for name in names if name not in patients]
    if unknown:
        there = ", ".join(map(str, patients)) or "none"
        raise InputError(
            f"no column {', '.join(map(repr, unknown))} that is constant within patients; "
            f"there are: {there}. Give others with outside=, a table by patient_id."
        )
    table = patients.loc[slice(None) if ids is None else list(ids), list(dict.fromkeys(names))]
    return table.apply(_plain)


def _plain(values: pd.Series) -> pd.Series:
    """A column as formulas and models take it."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.remove_unused_categories()
    if isinstance(values.dtype, np.dtype):
        return values
    if pd.api.types.is_bool_dtype(values):
        # with a gap as text, as from a file
        return (
            values.astype(bool)
            if values.notna().all()
            else values.astype(object).map(str, "ignore")
        )
    if pd.api.types.is_numeric_dtype(values):
        whole = pd.api.types.is_integer_dtype(values) and values.notna().all()
        return values.astype(np.int64) if whole else values.astype(np.float64)
    return values


def column_names(diary: Diary, outside: pd.DataFrame | None) -> list[str]:
    """Names that an analysis can ask `variable_table` for."""
    return [*map(str, diary.patients), *(map(str, outside) if outside is not None else ())]


def _endless(values: pd.Series) -> bool:
    return bool(np.isinf(values.dropna().to_numpy(dtype=float)).any())


def check_variables(table: pd.DataFrame) -> list[Variable]:
    """Take each column as a number or a choice.

    Raises
    ------
    InputError
        If a column says nothing, or names a group of one; all of these in one message.
    """
    found, variables = [], []
    for name in table:
        counts = table[name].value_counts()
        if len(counts) < 2:
            found.append(f"{name!r} has the same value for all fitted patients")
            continue
        if pd.api.types.is_numeric_dtype(table[name]) and _endless(table[name]):
            found.append(f"{name!r} has values that are not finite: leave them empty")
            continue
        variable = read_variable(str(name), table[name])
        if variable.levels and counts.min() < SMALLEST_GROUP:
            small = [str(k) for k, n in counts.items() if n < SMALLEST_GROUP]
            found.append(
                f"{name!r} has groups of one patient ({', '.join(small[:5])}): of one patient no "
                "spread within the group can be learned; join groups or leave them out"
            )
        elif len(variable.levels) > MOST_LEVELS:
            found.append(f"{name!r} has {len(variable.levels)} values; at most {MOST_LEVELS}")
        else:
            variables.append(variable)
    if found:
        raise InputError("variables cannot be used: " + "; ".join(found) + ".")
    return variables
