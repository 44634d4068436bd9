"""Read REDCap exports: events, repeating instruments and instances, raw or with labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.covariates import named_columns
from paintrend.readers.headings import simple_name
from paintrend.readers.kinds import chosen_rows, counted, kind_columns
from paintrend.readers.origin import Origin, left_out_table
from paintrend.readers.problems import file_error
from paintrend.readers.raw import Export, RawTable, rows_of
from paintrend.readers.redcap_answers import mapped_answers
from paintrend.readers.redcap_days import EventDays, add_times
from paintrend.readers.redcap_fields import Structure, find_structure, merge_checkboxes, of_records
from paintrend.readers.table import read_table
from paintrend.readers.values import is_missing, to_text
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["read_export"]


def read_export(
    source: str | PathLike[str] | pd.DataFrame,
    scale: Scale,
    *,
    pain: str | None,
    patient: str | None,
    event_days: EventDays | None,
    date: str | None,
    day: str | None,
    start: Any,
    instrument: str | None,
    complete_only: bool,
    answers: Mapping[str, float] | None,
    missing_codes: Collection[str | float],
    covariates: Sequence[str],
    select: Mapping[str, Any] | None,
) -> Export:
    """Return one row per rating.

    Parameters are those of `paintrend.read_redcap`.

    Raises
    ------
    DiaryError
        If a field is missing, or what is asked for leaves a choice.
    """
    table = merge_checkboxes(read_table(source, number=True))
    structure = find_structure(table, scale, pain, patient)
    frame = table.frame
    text = to_text(frame[structure.pain]).str.strip()
    answered = ~is_missing(text)
    text, notices, flaws = mapped_answers(table, structure, text, answers, missing_codes)
    rated = ~is_missing(text)
    if not rated.any():
        raise DiaryError(
            f"{table.source}: the field {structure.pain} is empty in all {len(frame):,} rows. "
            f"It has the fields: {', '.join(structure.others[:20])}."
        )
    keep, about = _relevant(table, structure, (rated, answered), instrument)
    if select is not None:
        wanted, chosen = chosen_rows(table, select)
        keep = keep & wanted
        about = {**about, **chosen}
        if not (keep & rated).any():
            said = ", ".join(f"{name} = {value}" for name, value in chosen.items())
            raise DiaryError(f"{table.source}: no row with a rating ({structure.pain}) has {said}.")
    wide = pd.DataFrame({structure.patient: of_records(structure, frame, structure.patient)})
    wide[structure.pain] = text.to_numpy()
    if structure.event:
        wide[structure.event] = to_text(frame[structure.event]).str.strip().to_numpy()
    if structure.instance:
        wide[structure.instance] = to_text(frame[structure.instance]).str.strip().to_numpy()
    kinds = kind_columns(structure.others)
    for name in dict.fromkeys([*named_columns(table, covariates), *kinds]):
        if name not in wide.columns:
            wide[name] = of_records(structure, frame, name)
    timed = add_times(table, structure, wide, keep & rated, event_days, date, day, start)
    left, status = _left_out(
        table, structure, wide, keep, (rated, answered), timed.untimed, complete_only
    )
    notices += [*timed.notices, *status]
    use = keep & ~left["out"]
    n_other = int(np.count_nonzero(~keep))
    if n_other:
        notices.append(f"{plural(n_other, 'row')} of other instruments, events or kinds not read")
    ids = wide[structure.patient]
    lost = sorted(set(ids[~use]) - set(ids[use]) - {""})
    if lost:
        shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        notices.append(f"{plural(len(lost), 'record')} without any such rating: {shown}")
    taken = replace(
        table,
        frame=wide,
        notices=(*table.notices, *notices),
        flaws=(*flaws, *timed.flaws),
        too_long={},
        origin=Origin(
            "REDCap",
            (table.source,),
            about.pop("instrument", ""),
            {"field": structure.pain, **about, **timed.selection},
            left_out_table(left["rows"]),
            n_other,
        ),
    )
    roles = {"patient_id": structure.patient, "pain": structure.pain, **timed.roles}
    return Export(rows_of(taken, use), roles, timed.start)


def _relevant(
    table: RawTable,
    structure: Structure,
    said: tuple[np.ndarray, np.ndarray],
    instrument: str | None,
) -> tuple[np.ndarray, dict[str, str]]:
    """Tell the rows in which the question could be answered: those of its instrument and events.

    REDCap writes a row for every event and every repeated form; the fields of other forms are
    empty there, which is no missed visit. A code of missing data says that it was asked: its
    event counts, but an instrument has ratings. `said` is as in `_left_out`.
    """
    rated, answered = said
    keep, about = np.ones(len(rated), dtype=bool), {}
    if structure.instrument:
        own = to_text(table.frame[structure.instrument]).str.strip()
        here = sorted(set(own[rated]))
        if instrument is not None:
            wanted = [one for one in here if simple_name(one) == simple_name(instrument)]
            if not wanted:
                raise file_error(
                    table.source,
                    f"no rating is on the instrument {instrument!r}; they are on "
                    f"{counted(own[rated])}",
                    "Name one of these, or leave instrument= out.",
                    column=structure.instrument,
                    value=instrument,
                )
            here = wanted
        named = [one for one in here if one]
        if len(named) > 1:
            raise file_error(
                table.source,
                f"{structure.pain} is filled on several repeating instruments: "
                f"{counted(own[rated])}",
                f"Choose one: instrument={named[0]!r}.",
                column=structure.instrument,
            )
        keep &= own.isin(here).to_numpy(dtype=bool)
        about["instrument"] = " and ".join(one or "not repeated" for one in here)
    if structure.event:
        event = to_text(table.frame[structure.event]).str.strip()
        keep &= event.isin(set(event[answered & keep])).to_numpy(dtype=bool)
    return keep, about


def _left_out(
    table: RawTable,
    structure: Structure,
    wide: pd.DataFrame,
    keep: np.ndarray,
    said: tuple[np.ndarray, np.ndarray],
    untimed: np.ndarray,
    complete_only: bool,
) -> tuple[dict[str, Any], list[str]]:
    """List rows without rating and time, and forms that are not marked as complete.

    `said` holds where there is a rating, and where anything was entered, codes of missing data too.
    """
    rated, answered = said
    out = keep & ~rated & untimed
    reasons = [
        (
            int(at),
            "a code of missing data was entered, and no date"
            if answered[at]
            else "no rating and no date were entered",
        )
        for at in np.flatnonzero(out)
    ]
    notices = []
    if structure.complete:
        status = to_text(table.frame[structure.complete]).str.strip().str.lower()
        unfinished = keep & rated & ~status.isin(["2", "complete"]).to_numpy(dtype=bool)
        n_open = int(np.count_nonzero(unfinished))
        if complete_only:
            out |= unfinished
            reasons += [
                (int(at), f"{structure.complete} is {status[at] or 'empty'}, not complete")
                for at in np.flatnonzero(unfinished)
            ]
        elif n_open:
            notices.append(
                f"{plural(n_open, 'rating')} of forms that are not marked as complete "
                f"({structure.complete}) {'is' if n_open == 1 else 'are'} read; complete_only=True "
                "leaves them out"
            )
    elif complete_only:
        raise file_error(
            table.source,
            "there is no column that says whether the form is complete",
            "Export the form's status (its field ends in _complete), or leave complete_only out.",
            column=f"{structure.pain} ... _complete",
        )
    listed = [
        (
            table.rows[at],
            str(wide[structure.patient].iloc[at]),
            str(wide[structure.pain].iloc[at]),
            reason,
        )
        for at, reason in sorted(reasons)
    ]
    return {"out": out, "rows": listed}, notices
