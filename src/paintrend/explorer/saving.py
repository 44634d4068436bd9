"""Saving: the selection as a table in a file, never over one that is there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from paintrend.courses import course_table
from paintrend.errors import InputError
from paintrend.explorer.state import State
from paintrend.storage import write_table

__all__ = ["save_selection", "selection_table"]

LONGEST = 120
THRESHOLDS = ("worsening", "improvement", "sustained_days", "lasting_days", "certainty")


def selection_table(state: State) -> pd.DataFrame:
    """Give the rows of the selection: courses table, covariates, and the thresholds used.

    Returns
    -------
    DataFrame
        One row per patient of ``state.ids``, in that order: the columns of the courses table, then
        the covariates (with ``covariate_`` in front where the name is taken), then
        ``threshold_worsening`` and so on.
    """
    fit = state.fit.select(state.ids)
    table = course_table(fit, state.criteria)
    own = fit.diary.patients.loc[list(table["patient_id"])].reset_index(drop=True)
    taken = set(table.columns)
    own.columns = pd.Index([f"covariate_{name}" if name in taken else name for name in own])
    thresholds = {f"threshold_{name}": state.criteria.required(name) for name in THRESHOLDS}
    whole = pd.concat([table, own], axis=1).assign(**thresholds)
    return whole.set_index("patient_id", drop=False).loc[list(state.ids)].reset_index(drop=True)


def save_selection(state: State, folder: Path, name: str) -> Path:
    """Write the selection as CSV, aside and renamed; no file that is there is replaced.

    Parameters
    ----------
    state : State
    folder : Path
        Where to.
    name : str
        A file name without folders; ``.csv`` is added where it is missing. If there is such a
        file, ``_2`` is put behind the name, or the next free number.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If nobody is selected, or the name is not that of a file.
    OSError
        If the file cannot be written.
    """
    if not state.ids:
        raise InputError("nobody is selected, so there is nothing to export")
    stem = name.strip().removesuffix(".csv").strip()
    if not stem or len(stem) > LONGEST or stem.startswith(".") or not stem.isprintable():
        raise InputError(f"{name!r} cannot be the name of a file; for example: selection.csv")
    if any(sign in stem for sign in '/\\:*?"<>|'):
        raise InputError(f"give a file name without folders or special signs; files go to {folder}")
    target, number = folder / f"{stem}.csv", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}_{number}.csv"
    return write_table(selection_table(state), target)
