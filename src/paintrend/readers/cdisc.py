"""Read CDISC data: a findings domain of SDTM such as QS, or a basic data structure of ADaM."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.cdisc_days import Days, find_study_days
from paintrend.readers.cdisc_names import Names, find_names, rows_of_parameter
from paintrend.readers.covariates import named_columns
from paintrend.readers.kinds import chosen_rows
from paintrend.readers.origin import Flaw, Origin, left_out_table
from paintrend.readers.raw import Export, RawTable, rows_of
from paintrend.readers.table import read_table
from paintrend.readers.values import is_missing, to_text
from paintrend.wording import plural

__all__ = ["read_domain"]

FLAG = re.compile(r"ANL\d\dFL")
"""Variables of ADaM that say which records belong to an analysis."""


def read_domain(
    source: str | PathLike[str] | pd.DataFrame,
    *,
    parameter: str | None,
    visit_days: Mapping[str, float] | None,
    start: Any,
    covariates: Sequence[str],
    select: Mapping[str, Any] | None,
) -> Export:
    """Return one row per rating; parameters are those of `paintrend.read_cdisc`.

    Raises
    ------
    DiaryError
        If a variable is missing, or the choice of a question is left open.
    """
    table = read_table(source)
    table = replace(table, frame=table.frame.rename(columns=str.upper))
    names = find_names(table)
    keep, chosen = rows_of_parameter(table, names, parameter)
    if select is not None:
        upper = {str(name).upper(): value for name, value in select.items()}
        wanted, also = chosen_rows(table, upper)
        keep = keep & wanted
        chosen.update(also)
        if not keep.any():
            said = ", ".join(f"{name} = {value}" for name, value in chosen.items())
            raise DiaryError(f"{table.source}: no row has {said} together.")
    listed = named_columns(table, covariates, whole="data set", parts="variables", most=40)
    n_other = int(np.count_nonzero(~keep))
    lost = _without(table, keep)
    rows = rows_of(replace(table, value_labels={}), keep)
    flaws, notices, missing = _check_values(rows, names)
    days = find_study_days(rows, names.prefix, missing, visit_days, start)
    out, reasons = _left_out(rows, names, missing, days)
    columns = [
        "USUBJID", names.value, *days.columns, *names.kinds, *listed,
        *([names.baseline] if names.baseline else []),
    ]  # fmt: skip
    frame = rows.frame.assign(**days.made)
    notices = [*rows.notices, *notices, *days.notices, *lost, *_late_baseline(rows, names, days)]
    made = replace(
        rows,
        frame=frame[list(dict.fromkeys(columns))],
        notices=tuple(notices),
        flaws=(*flaws, *days.flaws),
        kinds=names.kinds,
        written={name: rows.frame[name] for name in days.made if name in rows.frame},
        apart=_apart(rows),
        origin=Origin(
            names.system, (table.source,), names.prefix, chosen | days.selection,
            left_out_table(reasons), n_other,
        ),
    )  # fmt: skip
    roles = {"patient_id": "USUBJID", "pain": names.value, **days.roles}
    return Export(rows_of(made, ~out), roles, days.start)


def _apart(rows: RawTable) -> str:
    """Say how two records of a day are told apart: study days are whole numbers."""
    flags = [str(name) for name in rows.frame.columns if FLAG.fullmatch(str(name))]
    # one that is the same in all rows chooses none
    flag = next((name for name in flags if len(rows.frame[name].unique()) > 1), "")
    if not flag:
        return "choose the records with select=, by the visit or by a flag such as ANL01FL"
    return f"choose the records to analyse, e.g. select={{{flag!r}: 'Y'}}"


def _check_values(rows: RawTable, names: Names) -> tuple[list[Flaw], list[str], np.ndarray]:
    """Report values that contradict their status; return flaws, notices, where there is none."""
    frame, flaws, notices = rows.frame, [], []
    missing = is_missing(to_text(frame[names.value]))
    if names.text:
        text = to_text(frame[names.text]).str.strip()
        done = np.ones(len(frame), dtype=bool)
        if names.status:
            done = to_text(frame[names.status]).str.strip().to_numpy(dtype=object) == ""
        lost = missing & ~is_missing(text) & done
        flaws += [
            Flaw(
                int(at), names.value, str(text.iloc[at]),
                f"is empty, but {names.text} is {str(text.iloc[at])!r}",
                f"Derive {names.value} from it, or empty both.",
            )
            for at in np.flatnonzero(lost)
        ]  # fmt: skip
    if names.status:
        status = to_text(frame[names.status]).str.strip()
        not_done = (status.str.upper() == "NOT DONE").to_numpy(dtype=bool)
        odd = (status != "").to_numpy(dtype=bool) & ~not_done
        flaws += [
            Flaw(
                int(at), names.status, str(status.iloc[at]), "is neither NOT DONE nor empty",
                "Write NOT DONE where there is no result, else leave it empty.",
            )
            for at in np.flatnonzero(odd)
        ]  # fmt: skip
        flaws += [
            Flaw(
                int(at), names.status, "NOT DONE", f"is said of a row with {names.value}",
                "Empty one of the two.",
            )
            for at in np.flatnonzero(not_done & ~missing)
        ]  # fmt: skip
        if (not_done & missing).any():
            n = plural(int((not_done & missing).sum()), "rating")
            notices.append(f"{names.status} NOT DONE: {n} taken as missed")
    return flaws, notices, missing


def _left_out(
    rows: RawTable, names: Names, missing: np.ndarray, days: Days
) -> tuple[np.ndarray, list[tuple[Any, str, str, str]]]:
    """Leave out imputed rows, and rows with neither a result nor a day; list them."""
    out = missing & days.missing
    reason = np.where(out, "no result and no day", "").astype(object)
    if names.imputed:
        kind = to_text(rows.frame[names.imputed]).str.strip()
        made = ~is_missing(kind)
        out |= made
        reason[made] = [f"imputed or derived ({names.imputed} {one})" for one in kind[made]]
    ids = to_text(rows.frame["USUBJID"]).str.strip()
    value = to_text(rows.frame[names.value])
    listed = [
        (rows.rows[at], str(ids.iloc[at]), str(value.iloc[at]), str(reason[at]))
        for at in np.flatnonzero(out)
    ]
    return out, listed


def _late_baseline(rows: RawTable, names: Names, days: Days) -> list[str]:
    """Say where a rating that is flagged as baseline lies after day 0."""
    if not names.baseline or days.numbers is None:
        return []
    flagged = (to_text(rows.frame[names.baseline]).str.strip().str.upper() == "Y").to_numpy()
    late = flagged & (days.numbers > 0)
    if not late.any():
        return []
    shown = ", ".join(str(row) for row in rows.rows[late][:5])
    n = plural(int(late.sum()), "rating")
    return [f"{names.baseline} = Y on {n} after day 0, when treatment began (row {shown})"]


def _without(table: RawTable, keep: np.ndarray) -> list[str]:
    """Say which patients have no row of the question."""
    ids = to_text(table.frame["USUBJID"]).str.strip()
    lost = sorted(set(ids[~keep]) - set(ids[keep]) - {""})
    if not lost:
        return []
    shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return [f"{plural(len(lost), 'patient')} of the data set without any such row: {shown}"]
