"""Tables that go with a diary (symptoms, events, sessions): patients, days, texts, checked."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.alike import looks_like, without_point_zero
from paintrend.readers.checked import check_time_unit
from paintrend.readers.columns import ColumnsError, find_side_columns
from paintrend.readers.ids import check_ids
from paintrend.readers.incomplete import with_rows
from paintrend.readers.labels import apply_labels
from paintrend.readers.long import add_rows_too_long
from paintrend.readers.problems import NoRowsError, Problems
from paintrend.readers.raw import RawTable
from paintrend.readers.table import read_table
from paintrend.readers.times import find_days
from paintrend.readers.values import is_missing, to_text
from paintrend.results.diary import Diary

__all__ = ["SideTable", "bare_word", "in_order", "read_side_table"]

MANY = 20_000
"""Ids above which only those that differ in capitals, zeros or signs are looked for."""


@dataclass(frozen=True, eq=False)
class SideTable:
    """Rows of a table that goes with a diary, before the checks of what it is about.

    Parameters
    ----------
    frame : DataFrame
        One row per row of the source: ``row`` (its name), ``patient_id``, ``day`` (NaN where it
        cannot be used), and each text without outer spaces.
    missing : dict
        Column of text -> where its cell says nothing (empty, NA, "-" ...).
    problems : Problems
        What was found so far.
    source : str
        The file's name.
    notices : tuple of str
        What was assumed.
    """

    frame: pd.DataFrame
    missing: dict[str, np.ndarray]
    problems: Problems
    source: str
    notices: tuple[str, ...]

    @property
    def usable(self) -> np.ndarray:
        """Rows without a problem whose day is known."""
        days = self.frame["day"].to_numpy(dtype=float)
        return np.asarray(~self.problems.bad & np.isfinite(days))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort by patient in order of first appearance, then by day."""
    code, _ = pd.factorize(frame["patient_id"])
    order = np.lexsort((frame["day"].to_numpy(dtype=float), code))
    return frame.iloc[order].reset_index(drop=True)


def read_side_table(
    source: str | PathLike[str] | pd.DataFrame,
    about: str,
    diary: Diary | None,
    *,
    others: tuple[str, ...] = (),
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    sheet: str | int | None = None,
    required: bool = True,
) -> SideTable:
    """Read a table of symptoms, events or sessions and check patients and days.

    Days are counted from the same day 0 as those of the diary: a table with dates and neither
    `start` nor a column ``start`` takes the diary's.

    Parameters
    ----------
    source : path or DataFrame
    about : str
        The column that the table is about: "symptom" or "event".
    diary : Diary or None
        Whose patients they must be; None: any.
    others : tuple of str
        Further columns of text, where the table has them.
    columns, start, time_unit, sheet
        As in `paintrend.read_diary`; of several sheets the one that bears its name or headings is
        found.
    required : bool
        Whether the column `about` must be there; a session has happened without one.

    Raises
    ------
    DiaryError
        If the source cannot be read as such a table. Problems of rows are in ``.problems`` of the
        result.
    InputError
        If the options contradict each other.
    """
    check_time_unit(time_unit)
    if diary is not None and not isinstance(diary, Diary):
        raise InputError(
            "expected the diary of these patients, from read_diary(...), beside the table; got "
            f"{type(diary).__name__}."
        )
    table = _table(source, sheet, about)
    try:
        roles = find_side_columns(table, columns, about, others, required=required)
    except ColumnsError as error:
        of_diary = None if diary is None else partial(_known_patients, diary=diary)
        raise with_rows(error, table, check_patients=of_diary) from None
    if table.value_labels:
        table = apply_labels(table, roles, (), None)
    problems = Problems(table.rows, table.source, table.counting)
    notices = list(table.notices)
    codes, ids, found = check_ids(table.frame[roles["patient_id"]], problems)
    notices += found
    add_rows_too_long(table, problems)
    if diary is not None:
        codes = _known_patients(codes, ids, diary=diary, problems=problems)
    days = np.full(len(table.rows), np.nan)
    if (codes >= 0).any():
        if start is None and "day" not in roles and "start" not in roles and diary is not None:
            start = {name: diary.starts[name] for name in ids if name in diary.starts} or None
        # The unit of the ratings' column time says nothing about a column day.
        unit = None if "day" in roles else time_unit
        times = find_days(
            table.frame, roles, codes, ids, problems, start=start, time_unit=unit, what=about
        )
        days = times.days
        notices += times.notices
    frame = pd.DataFrame(
        {
            "row": pd.Series(list(table.rows), dtype=object),
            "patient_id": pd.Series(problems.patient, dtype="str"),
            "day": days,
        }
    )
    missing = {}
    for role in (about, *others):
        if role in roles:
            frame[role] = to_text(table.frame[roles[role]]).str.strip()
            missing[role] = is_missing(frame[role])
        else:
            frame[role], missing[role] = "", np.ones(len(frame), dtype=bool)
    return SideTable(frame, missing, problems, table.source, tuple(notices))


def _table(
    source: str | PathLike[str] | pd.DataFrame, sheet: str | int | None, about: str
) -> RawTable:
    """Read the table; headings without rows are a table in which nothing happened."""
    try:
        return read_table(source, sheet, about=about)
    except NoRowsError as error:
        names = [name.strip() for name in error.headings if name.strip()]
        frame = pd.DataFrame({name: pd.Series(dtype="str") for name in names})
        where = "DataFrame" if isinstance(source, pd.DataFrame) else str(error).split(": ")[0]
        return RawTable(frame, np.empty(0, dtype=object), where, "", ("the table has no rows",))


def _known_patients(
    codes: np.ndarray, ids: list[str], *, diary: Diary, problems: Problems
) -> np.ndarray:
    """Report patients that the diary does not have, once each; return codes without them."""
    known = set(diary.patient_ids)
    unknown = [i for i, name in enumerate(ids) if name not in known]
    if not unknown:
        return codes
    of_unknown = np.isin(codes, unknown)
    rows = np.flatnonzero(of_unknown)
    _, first = np.unique(codes[rows], return_index=True)
    one = rows[np.sort(first)]
    count = np.bincount(codes[rows], minlength=len(ids))
    plain: dict[str, list[str]] = {}
    for name in diary.patient_ids:
        plain.setdefault(_plain(name), []).append(name)
    names = [ids[codes[i]] for i in one]
    more = [f" ({count[codes[i]]} rows)" if count[codes[i]] > 1 else "" for i in one]
    whose = f"the ratings ({diary.source})" if diary.source else "the ratings"
    problems.add(
        one,
        problems.id_column,
        np.array(names, dtype=object),
        np.array([f"{whose} have no such patient{text}" for text in more], dtype=object),
        np.array([_meant(name, plain, diary.patient_ids) for name in names], dtype=object),
        also=of_unknown,
    )
    return np.where(of_unknown, -1, codes)


def bare_word(text: str) -> str:
    """A name or plain words without capitals, spaces, hyphens and other signs.

    Examples
    --------
    >>> bare_word("New drug "), bare_word("new-drug")
    ('newdrug', 'newdrug')
    """
    return "".join(char for char in text.casefold() if char.isalnum())


def _plain(name: str) -> str:
    """An id without what people leave out or add: capitals, signs, zeros around numbers."""
    text = without_point_zero(looks_like(name)).casefold()
    kept = "".join(char if char.isalnum() else " " for char in text).split()
    parts = "".join(kept)
    figures = parts.lstrip("abcdefghijklmnopqrstuvwxyz")
    letters = parts[: len(parts) - len(figures)]
    return letters + (figures.lstrip("0") or figures[:1])


def _meant(name: str, plain: dict[str, list[str]], ids: tuple[str, ...]) -> str:
    near = plain.get(_plain(name), [])
    if not near and len(ids) <= MANY:
        near = difflib.get_close_matches(name, ids, n=2, cutoff=0.75)
    asked = f"Did you mean {' or '.join(repr(one) for one in near[:2])}? " if near else ""
    return (
        f"{asked}Ids are text and must match exactly; "
        "delete the row if the patient is not one of these."
    )
