"""A diary as a table that `read_diary` reads back, with a file that says where it comes from."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from paintrend.aside import path_of
from paintrend.errors import InputError
from paintrend.results.diary import Diary
from paintrend.results.provenance import PROVENANCE
from paintrend.storage.documents import write_document
from paintrend.storage.tables import write_table

__all__ = ["ENDS", "diary_table", "write_diary"]

ENDS = (".csv", ".parquet", ".xlsx")


def diary_table(diary: Diary) -> pd.DataFrame:
    """Return a diary as one table: ratings and missed visits, with what is known of patients.

    Examples
    --------
    >>> from paintrend.diary import read_diary
    >>> raw = pd.DataFrame({"patient_id": ["1", "1"], "day": [0, 7], "pain": [5, None]})
    >>> diary_table(read_diary(raw, "nrs")).values.tolist()
    [['1', 0.0, 5.0, 0], ['1', 7.0, nan, 0]]
    """
    ratings = diary.ratings.assign(inclusion=diary.ratings["inclusion"].astype(np.int64))
    missed = diary.missing[["patient_id", "day"]].assign(pain=np.nan, inclusion=0)
    # An empty table would turn columns of whole numbers into decimals.
    both = pd.concat([ratings, missed], ignore_index=True) if len(missed) else ratings
    code = diary.patients.index.get_indexer(pd.Index(both["patient_id"]))
    order = np.lexsort((both["day"].to_numpy(dtype=float), code))
    table = both.iloc[order].reset_index(drop=True)
    of_patients = diary.patients.iloc[code[order]].reset_index(drop=True)
    return pd.concat([table, of_patients], axis=1)


def write_diary(diary: Diary, path: str | os.PathLike[str]) -> list[Path]:
    """Write a diary as CSV, Parquet or Excel, by the end of the name.

    Ratings and missed visits in one table, in days, which `read_diary` reads back as the same
    diary. Beside it ``NAME_provenance.json`` says where the ratings come from, and
    ``NAME_set_aside.csv`` lists what a rule left out or what lenient mode set aside, if anything.

    Parameters
    ----------
    diary : Diary
    path : path
        Ends in .csv, .parquet or .xlsx. Files are written aside and renamed.

    Returns
    -------
    list of Path
        The files written, the diary first.

    Raises
    ------
    InputError
        If `path` ends otherwise, or `diary` is none.
    MissingExtraError
        If Excel files cannot be written here.

    Examples
    --------
    >>> import tempfile
    >>> from paintrend.diary import read_diary
    >>> raw = pd.DataFrame({"patient_id": ["007"], "day": [0], "pain": [5]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_diary(read_diary(raw, "nrs"), f"{folder}/diary.csv")
    ...     print(files[0].read_text().splitlines())
    ['patient_id,day,pain,inclusion', '007,0.0,5.0,0']
    """
    if not isinstance(diary, Diary):
        raise InputError(
            f"write_diary takes a diary from read_diary(...), got {type(diary).__name__}."
        )
    target = path_of(path)
    if target.suffix.lower() not in ENDS:
        raise InputError(f"a diary is written as {', '.join(ENDS)}; got {target.name!r}.")
    files = [write_table(diary_table(diary), target)]
    facts = {
        "format": PROVENANCE,
        "version": 1,
        "table": target.name,
        "scale": {"name": diary.scale.name, "low": diary.scale.low, "high": diary.scale.high},
        "n_patients": diary.n_patients,
        "n_ratings": diary.n_ratings,
        "n_missing": diary.n_missing,
        "n_problems_set_aside": len(diary.problems),
        "notices": list(diary.notices),
        "provenance": None if diary.provenance is None else diary.provenance.to_dict(),
    }
    beside = target.with_name(f"{target.stem}_provenance.json")
    files.append(write_document(facts, beside))
    listed = _set_aside(diary)
    out = target.with_name(f"{target.stem}_set_aside.csv")
    # A list of an earlier run would be taken for that of this one.
    if len(listed) or out.exists():
        files.append(write_table(listed, out))
    return files


def _set_aside(diary: Diary) -> pd.DataFrame:
    """List rows that a rule left out, and rows with problems."""
    left = diary.provenance.left_out if diary.provenance is not None else pd.DataFrame()
    rows = diary.problems.assign(why="problem")
    if not len(left):
        return rows
    ruled = left.rename(columns={"reason": "problem"}).assign(column="", fix="", why="rule")
    return pd.concat([ruled[list(rows.columns)], rows], ignore_index=True)
