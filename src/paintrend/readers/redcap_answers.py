"""The answers in a REDCap export: labels as numbers, codes of missing data as empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.readers.kinds import counted
from paintrend.readers.labels import label_number
from paintrend.readers.missing_codes import check_missing_codes, without_codes
from paintrend.readers.origin import Flaw
from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.redcap_fields import Structure
from paintrend.readers.values import is_missing, not_numbers, to_number

__all__ = ["mapped_answers"]

USUAL_CODES = frozenset(
    [
        *("NI", "INV", "UNK", "NASK", "ASKU", "NAV", "MSK", "NAVU", "NP"),
        *("QS", "QI", "TRC", "DER", "PINF", "NINF", "OTH"),
    ]
)
"""Codes that projects often declare for missing data."""


def mapped_answers(
    table: RawTable,
    structure: Structure,
    text: pd.Series,
    answers: Mapping[str, float] | None,
    missing_codes: Collection[str | float],
) -> tuple[pd.Series, list[str], list[Flaw]]:
    """Return the ratings as text, notices, and codes that look like missing data.

    Raises
    ------
    DiaryError
        If answers are labels that begin with a number, and what they stand for is not said.
    InputError
        If `answers` holds something that is no number.
    """
    notices: list[str] = []
    _, coded = without_codes(text, check_missing_codes(missing_codes))
    if coded.any():
        notices.append(
            f"{structure.pain}: codes of missing data are taken as missed ({counted(text[coded])})"
        )
        text = text.mask(coded, "")
    if answers is not None:
        wrong = not_numbers(answers)
        if wrong:
            raise InputError(f"answers= maps a label to its number; got {wrong}.")
        numbers = {str(label).strip(): f"{value:g}" for label, value in answers.items()}
        text = text.map(lambda one: numbers.get(one, one)).astype("str")
    words = text[np.isnan(to_number(text)) & ~is_missing(text)]
    labelled = sorted({one for one in words if label_number(one) is not None}, key=_by_number)
    if labelled and answers is None:
        pairs = ", ".join(f"{one!r}: {label_number(one):g}" for one in labelled[:12])
        others = sorted(set(words) - set(labelled))
        also = f" Others are {', '.join(map(repr, others[:5]))}." if others else ""
        raise file_error(
            table.source,
            f"{structure.pain} holds labels, not numbers: {counted(words)}",
            f"Export the raw data, or say what they stand for: answers={{{pairs}}}.{also}",
            column=structure.pain,
        )
    flaws = [
        Flaw(
            int(at),
            structure.pain,
            str(text.iloc[at]),
            "looks like the project's code for missing data",
            f"If it is, say so: missing_codes=[{str(text.iloc[at])!r}].",
        )
        for at in np.flatnonzero(text.str.upper().isin(USUAL_CODES))
    ]
    return text, notices, flaws


def _by_number(label: str) -> tuple[float, str]:
    return label_number(label) or 0.0, label
