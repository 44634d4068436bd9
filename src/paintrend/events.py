"""Read a table of events: what happened beside the treatment, in the user's own words."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.readers.side import bare_word, in_order, read_side_table
from paintrend.results.diary import Diary
from paintrend.results.events import EVENT_KINDS, Events
from paintrend.wording import plural

__all__ = ["read_events"]


def read_events(
    source: str | PathLike[str] | pd.DataFrame,
    diary: Diary | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    sheet: str | int | None = None,
    lenient: bool = False,
) -> Events:
    """Read what happened to patients on which day, and check the table.

    One row per event: ``patient_id``; ``day`` (or ``date`` with a start, or ``time`` with a
    unit); ``event``; and ``note``, if there is one. Medication change, injection, surgery, injury
    and treatment stopped are written in one way however they are spelt; any other text is taken
    as it is. Events are shown beside the curve; no curve and no probability depends on them.

    Parameters
    ----------
    source : path or DataFrame
        CSV, Excel or Parquet.
    diary : Diary, optional
        The ratings of the same patients. With it, patients whom it does not have are a problem,
        and dates are counted from its starts.
    columns : mapping, optional
        Standard name -> heading in the file: ``{"event": "What happened"}``.
    start, time_unit, sheet
        As in `paintrend.read_diary`.
    lenient : bool
        Set rows with problems aside, list them in ``events.problems``, and go on.

    Returns
    -------
    Events

    Raises
    ------
    DiaryError
        With every problem of the table in ``.problems``.
    InputError
        If the arguments contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient_id": ["P1"], "day": [30], "event": ["Medication-change"]})
    >>> read_events(table).table[["patient_id", "day", "event"]].values.tolist()
    [['P1', 30.0, 'medication change']]
    """
    side = read_side_table(
        source, "event", diary, others=("note",),
        columns=columns, start=start, time_unit=time_unit, sheet=sheet,
    )  # fmt: skip
    problems, frame, empty = side.problems, side.frame, side.missing["event"]
    problems.add(
        empty,
        "event",
        frame["event"].to_numpy(dtype=object)[empty],
        "the event is missing",
        "Say in a few words what happened, or delete the row.",
    )
    problems.stop_unless(lenient)
    kinds = {bare_word(kind): kind for kind in EVENT_KINDS}
    codes, distinct = pd.factorize(frame["event"])
    # Line breaks and tabs would break the lists in which events are shown.
    plain = [" ".join(str(text).split()) for text in distinct]
    named = np.array([kinds.get(bare_word(text), text) for text in plain], dtype=object)
    frame = frame.assign(
        event=pd.Series(named[codes], index=frame.index, dtype="str"),
        note=frame["note"].where(~side.missing["note"], ""),
    )[side.usable]
    twice = frame.duplicated(["patient_id", "day", "event", "note"])
    notices = list(side.notices)
    if twice.any():
        notices.append(
            f"events that are there twice are taken once: {plural(int(twice.sum()), 'row')}"
        )
    return Events(
        table=in_order(frame[~twice])[["patient_id", "day", "event", "note"]],
        problems=problems.table(),
        source=side.source,
        notices=tuple(notices),
    )
