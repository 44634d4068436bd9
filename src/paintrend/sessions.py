"""Read a table of therapy sessions, every problem in one error."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.readers.side import SideTable, in_order, read_side_table
from paintrend.readers.values import to_number
from paintrend.results.diary import Diary
from paintrend.results.sessions import Sessions
from paintrend.wording import plural

__all__ = ["read_sessions"]

COLUMNS = ("status", "type", "dose", "intensity", "therapist", "reason")
WORDS = {
    "attended": "attended attend yes y done completed complete came took_place held present",
    "planned": "planned plan scheduled booked open",
    "cancelled": "cancelled canceled missed no_show noshow absent no n declined dna not_attended",
}
STATUS_OF = {word: status for status, words in WORDS.items() for word in words.split()}


def read_sessions(
    source: str | PathLike[str] | pd.DataFrame,
    diary: Diary | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    sheet: str | int | None = None,
    lenient: bool = False,
) -> Sessions:
    """Read which patient had a session when, and check the table.

    One row per session: ``patient_id``; ``day`` with decimals for the time of day (or ``date``
    with a start, or ``time`` with a unit); and, if they are known, ``status`` (attended, planned
    or cancelled; attended if there is no such column), ``type``, ``dose`` (or ``intensity``: a
    number from 0, higher is more), ``therapist``, ``reason`` (of a cancellation).

    Ratings before and after a session on the same day are told apart by their time of day, or, in
    a diary of whole days, by a column ``relation`` with before and after.

    Parameters
    ----------
    source : path or DataFrame
        CSV, Excel or Parquet.
    diary : Diary, optional
        The ratings of the same patients. With it, patients whom it does not have are a problem,
        and dates are counted from its starts.
    columns : mapping, optional
        Standard name -> heading in the file: ``{"dose": "Load"}``.
    start, time_unit, sheet
        As in `paintrend.read_diary`.
    lenient : bool
        Set rows with problems aside, list them in ``sessions.problems``, and go on.

    Returns
    -------
    Sessions

    Raises
    ------
    DiaryError
        With every problem of the table in ``.problems``.
    InputError
        If the arguments contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient_id": "P1", "day": [3, 0], "status": ["Missed", "done"]})
    >>> read_sessions(table).table[["patient_id", "day", "status"]].values.tolist()
    [['P1', 0.0, 'attended'], ['P1', 3.0, 'cancelled']]
    """
    side = read_side_table(
        source, "session", diary, others=COLUMNS, columns=columns, start=start,
        time_unit=time_unit, sheet=sheet, required=False,
    )  # fmt: skip
    notices = list(side.notices)
    status, found = _statuses(side)
    notices += found
    dose = _doses(side)
    frame = side.frame.assign(status=status, dose=dose)
    frame = frame.assign(
        **{
            name: frame[name].where(~side.missing[name], "")
            for name in ("type", "therapist", "reason")
        }
    )
    _check_twice(frame, side)
    side.problems.stop_unless(lenient)
    names = ["patient_id", "day", "status", "type", "dose", "therapist", "reason"]
    return Sessions(
        table=in_order(frame[side.usable])[names],
        problems=side.problems.table(),
        source=side.source,
        notices=tuple(notices),
    )


def _simple(text: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _statuses(side: SideTable) -> tuple[pd.Series, list[str]]:
    """Status of each row, and what was assumed."""
    raw, missing = side.frame["status"], side.missing["status"]
    if missing.all():
        attended = pd.Series("attended", index=raw.index, dtype="str")
        return attended, ["no status is given: all sessions are taken as attended"]
    simple = raw.map(_simple)
    known = simple.isin(STATUS_OF)
    text = raw.to_numpy(dtype=object)
    side.problems.add(
        missing, "status", text[missing], "the status is missing",
        "Write attended, planned or cancelled, or delete the row.",
    )  # fmt: skip
    wrong = ~missing & ~known.to_numpy(dtype=bool)
    side.problems.add(
        wrong, "status", text[wrong], "is no status of a session",
        "Write attended, planned or cancelled.",
    )  # fmt: skip
    return simple.map(STATUS_OF).fillna("").astype("str"), []


def _doses(side: SideTable) -> np.ndarray:
    """Dose of each row, NaN where not given."""
    name = "dose" if not side.missing["dose"].all() else "intensity"
    text, missing = side.frame[name].to_numpy(dtype=object), side.missing[name]
    dose = to_number(side.frame[name])
    with np.errstate(invalid="ignore"):
        wrong = ~missing & ~(np.isfinite(dose) & (dose >= 0))
    side.problems.add(
        wrong, name, text[wrong], "is not a number from 0",
        "Write how much was done as a number, higher for more, or leave it empty.",
    )  # fmt: skip
    return np.where(missing | wrong, np.nan, dose)


def _check_twice(frame: pd.DataFrame, side: SideTable) -> None:
    """Report sessions of one patient at the same time and of the same type."""
    usable = side.usable
    keys = ["patient_id", "day", "type"]
    own = frame[usable]
    first = own.groupby(keys, sort=False)["row"].transform("first")
    again = own.duplicated(keys)
    at = np.flatnonzero(usable)[again.to_numpy()]
    if at.size == 0:
        return
    others = first[again].tolist()
    side.problems.add(
        at,
        "day",
        own.loc[again, "day"].map("{:g}".format).to_numpy(dtype=object),
        np.array([f"same patient, time and type as row {row}" for row in others], dtype=object),
        f"Delete {plural(1, 'row')}, or tell them apart by a time of day or a type.",
    )
