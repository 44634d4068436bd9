"""Kinds of ratings: questions, recall periods and body sites are chosen, never mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.headings import near_name, simple_name
from paintrend.readers.labels import texts_of_codes
from paintrend.readers.problems import Problems, file_error
from paintrend.readers.raw import RawTable, rows_of
from paintrend.readers.values import is_missing, to_text
from paintrend.wording import plural

__all__ = ["check_kinds", "chosen_rows", "counted", "kind_columns", "select_rows"]

# Headings that say what was rated. "site", "type" and "location" may mean anything.
KINDS = frozenset(
    [
        *("body_site", "bodysite", "body_part", "body_region", "laterality"),
        *("pain_site", "pain_location", "pain_region", "pain_type", "type_of_pain"),
        *("kind", "pain_kind", "kind_of_pain", "pain_question", "question", "item"),
        *("recall", "recall_period", "recall_days"),
    ]
)
EMPTY = "(empty)"
MOST = 12


def counted(values: Sequence[str] | pd.Series) -> str:
    """List the distinct values with counts, the most common first."""
    counts = pd.Series(list(values), dtype=object).value_counts(sort=True)
    shown = ", ".join(f"{name or EMPTY} ({n:,})" for name, n in counts.head(MOST).items())
    return shown + (f" and {len(counts) - MOST} more" if len(counts) > MOST else "")


def kind_columns(names: Sequence[str]) -> list[str]:
    """Return the columns whose headings say what was rated."""
    return [name for name in names if simple_name(name) in KINDS]


def select_rows(table: RawTable, select: Mapping[str, Any] | None) -> RawTable:
    """Keep the rows in which each column has the value, or one of the values, asked for.

    Raises
    ------
    DiaryError
        If there is no such column or value; with what there is, and counts.
    InputError
        If `select` is no mapping.
    """
    if select is None:
        return table
    keep, chosen = chosen_rows(table, select)
    n_out = int(np.count_nonzero(~keep))
    kept = rows_of(table, keep)
    origin = replace(
        kept.origin,
        selection={**kept.origin.selection, **chosen},
        n_not_selected=kept.origin.n_not_selected + n_out,
    )
    words = ", ".join(f"{name} = {value}" for name, value in chosen.items())
    notices = (*kept.notices, f"rows chosen: {words}; {plural(n_out, 'row')} not chosen")
    return replace(kept, origin=origin, notices=notices)


def chosen_rows(table: RawTable, select: Mapping[str, Any]) -> tuple[np.ndarray, dict[str, str]]:
    """Return the mask of the rows that are asked for, and the choice in words.

    Raises
    ------
    DiaryError, InputError
        As `select_rows`.
    """
    if not isinstance(select, Mapping) or not select:
        raise InputError(
            "select= maps a column to the value to keep: select={'body_site': 'back'}."
        )
    names = [str(name) for name in table.frame.columns]
    keep = np.ones(len(table.frame), dtype=bool)
    chosen: dict[str, str] = {}
    for asked, wanted in select.items():
        column = near_name(str(asked), names)
        if column is None:
            raise DiaryError(
                f"{table.source}: select= names the column {str(asked)!r}, which the file does not "
                f"have. It has the columns: {', '.join(names[:20])}."
            )
        text = _shown(table, column)
        values = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted
        values = [str(value).strip() for value in values]
        here = set(text)
        folded = {one.casefold() for one in here}
        absent = [value for value in values if value.casefold() not in folded]
        if absent:
            raise file_error(
                table.source,
                f"{column} is nowhere {', '.join(map(repr, absent))}; it is {counted(text)}",
                f"Choose one of these: select={{{column!r}: {text.mode().iloc[0]!r}}}.",
                column=column,
                value=", ".join(absent),
            )
        exact = {value for value in values if value in here}
        loose = {value.casefold() for value in values if value not in here}
        keep &= (text.isin(exact) | text.str.casefold().isin(loose)).to_numpy(dtype=bool)
        chosen[column] = " or ".join(values)
    if not keep.any():
        asked_for = ", ".join(f"{name} = {value}" for name, value in chosen.items())
        raise DiaryError(f"{table.source}: no row has {asked_for} together.")
    return keep, chosen


def _shown(table: RawTable, column: str) -> pd.Series:
    """Return the texts of a column, with what values stand for where the file says so."""
    text = to_text(table.frame[column]).str.strip()
    labels = table.value_labels.get(column)
    if not labels:
        return text
    by_text = texts_of_codes(labels)
    return text.map(lambda one: by_text.get(one, one)).astype("str")


def check_kinds(
    table: RawTable,
    roles: Mapping[str, str],
    codes: np.ndarray,
    ids: list[str],
    rated: np.ndarray,
    problems: Problems,
) -> tuple[list[str], list[str]]:
    """Report patients whose ratings are of several kinds; return notices and hints.

    A kind that differs only between patients is said as a notice: no curve mixes it.

    Parameters
    ----------
    table : RawTable
        One row per rating.
    roles : mapping
        Standard column -> column of the table; these say no kind.
    codes, ids
        Patient of each row, -1 for none, and the patients' ids.
    rated : array of bool
        Rows that hold a rating.
    problems : Problems
        Gets one problem for each such patient, for all of the rows.
    """
    notices, hints = [], []
    others = [name for name in table.frame.columns if name not in roles.values()]
    own = [name for name in table.kinds if name in others]
    for column in dict.fromkeys([*kind_columns(others), *own]):
        text = to_text(table.frame[column]).str.strip()
        use = np.flatnonzero(rated & (codes >= 0))
        values = text.iloc[use].str.casefold().mask(is_missing(text.iloc[use]), "")
        level, names = pd.factorize(values)
        if len(names) < 2:
            continue
        seen = pd.DataFrame({"code": codes[use], "level": level}).drop_duplicates()
        several = np.flatnonzero(np.bincount(seen["code"], minlength=len(ids)) > 1)
        listed = counted(text.iloc[use])
        if not several.size:
            notices.append(f"{column} differs between patients, never within one: {listed}")
            continue
        of_them = np.isin(codes, several)
        rows = use[np.isin(codes[use], several)]
        _, first = np.unique(codes[rows], return_index=True)
        one = rows[np.sort(first)]
        by_patient = text.iloc[rows].groupby(codes[rows]).agg(counted)
        choice = text.iloc[use].mode().iloc[0] or EMPTY
        problems.add(
            one,
            column,
            np.array([by_patient[codes[i]] for i in one], dtype=object),
            f"the patient's ratings are of several kinds ({column})",
            f"Choose one: select={{{column!r}: {choice!r}}}. A curve is about one kind of pain.",
            also=of_them,
        )
        hints.append(f"{column} holds several kinds: {listed}. Choose one with select=.")
    return notices, hints
