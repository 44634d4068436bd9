"""Value labels: covariates get their words, ratings stay numbers; where the two differ, ask."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.values import to_text

__all__ = ["apply_labels", "label_number", "texts_of_codes"]

PLAIN = ("patient_id", "day", "date", "time", "start")
NUMBER = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)(?![\d.,]|\s*[-/]\s*\d)")


def label_number(label: str) -> float | None:
    """Return the number with which a label begins: "10 = worst"; None for "2-3 days", "7/10"."""
    match = NUMBER.match(label)
    return float(match[1].replace(",", ".")) if match else None


def texts_of_codes(known: Mapping[float | str, str]) -> dict[str, str]:
    """Return what each code of a column stands for, by the code as `to_text` shows it."""
    codes = to_text(pd.Series(list(known), dtype=object))
    return dict(zip(codes, known.values(), strict=True))


def apply_labels(
    table: RawTable,
    roles: Mapping[str, str],
    visits: Collection[str],
    labels: bool | None,
) -> RawTable:
    """Put words for codes in every column but those of ids, times and ratings.

    Parameters
    ----------
    table : RawTable
        With ``value_labels``.
    roles, visits
        Standard column -> column; columns that each hold the ratings of one visit.
    labels : bool, optional
        True: ratings are the numbers in the labels; False: the codes; None: they must not differ.

    Raises
    ------
    DiaryError
        If codes and the numbers in their labels differ, and which of them counts is not said.
    """
    frame = table.frame.copy()
    ratings = [*visits, *([roles["pain"]] if "pain" in roles else [])]
    plain = {roles[role] for role in PLAIN if role in roles}
    for column, known in table.value_labels.items():
        if column not in frame.columns or column in plain:
            continue
        if column in ratings:
            frame[column] = _ratings(table, column, known, labels)
        else:
            frame[column] = _words(frame[column], known)
    return replace(table, frame=frame)


def _ratings(
    table: RawTable, column: str, known: Mapping[float | str, str], labels: bool | None
) -> pd.Series:
    numbers = {
        code: label_number(label) for code, label in known.items() if not isinstance(code, str)
    }
    differ = {code: number for code, number in numbers.items() if number not in (None, code)}
    if differ and labels is None:
        shown = ", ".join(f"{code:g} is labelled {known[code]!r}" for code in list(differ)[:4])
        raise file_error(
            table.source,
            f"the codes of {column} are not the numbers in their labels: {shown}",
            "Say which are the ratings: labels=True takes the numbers in the labels, labels=False "
            "the codes.",
            column=column,
            value=shown,
        )
    if not labels:
        return table.frame[column]
    taken = {code: number for code, number in numbers.items() if number is not None}
    return table.frame[column].map(lambda value: taken.get(value, value))


def _words(values: pd.Series, known: Mapping[float | str, str]) -> pd.Series:
    words = texts_of_codes(known)
    return to_text(values).map(lambda text: words.get(text, text)).astype("str")
