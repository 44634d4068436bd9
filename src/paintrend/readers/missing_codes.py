"""Numbers and words that stand for "no answer" where others leave the cell empty."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError, is_number
from paintrend.readers.problems import Problems
from paintrend.readers.values import to_number, to_text
from paintrend.scales import Scale

__all__ = [
    "USUAL_NUMBERS",
    "ask_about_codes",
    "check_missing_codes",
    "refuse_coded_days",
    "without_codes",
    "without_far_codes",
]

USUAL_NUMBERS = np.array([-999, -99, -9, -1, 77, 88, 96, 97, 98, 99, 888, 999, 9999])
"""What questionnaires and statistics programs usually enter for "no answer"."""
FAR = 0.8
"""A day that is a code is refused this share of itself away from the patient's other days."""
FEWEST = 3
"""So many equal ratings on the scale are asked about, if few are near them."""
WIDE = 50.0


def check_missing_codes(codes: Any) -> tuple[str, ...]:
    """Return codes of missing data as text, in order.

    Raises
    ------
    InputError
        If they are no list of numbers and texts.

    Examples
    --------
    >>> check_missing_codes([-99, 999.0, "NI", -0.5])
    ('-99', '999', 'NI', '-0.5')
    """
    if codes is None:
        return ()
    is_list = isinstance(codes, Collection) and not isinstance(codes, (str, bytes, dict))
    if not is_list or not all(
        is_number(one) or (isinstance(one, str) and one.strip()) for one in codes
    ):
        raise InputError(
            f"missing_codes= is a list of numbers and texts such as [-99, 'NI'], got {codes!r}."
        )
    texts = [one.strip() if isinstance(one, str) else _plain(one) for one in codes]
    return tuple(dict.fromkeys(texts))


def without_codes(values: pd.Series, codes: Collection[str]) -> tuple[pd.Series, np.ndarray]:
    """Return a column with the cells empty that hold a code, and which these are.

    A number is the code whatever it is written like: -99, "-99.0".

    Examples
    --------
    >>> values, coded = without_codes(pd.Series(["5", "-99.0", " NI"]), ("-99", "NI"))
    >>> values.isna().tolist(), coded.tolist()
    ([False, True, True], [False, True, True])
    """
    if not codes:
        return values, np.zeros(len(values), dtype=bool)
    numbers = to_number(pd.Series(list(codes), dtype="str"))
    equal = np.isin(to_number(values), numbers[np.isfinite(numbers)])
    coded = equal | to_text(values).str.strip().isin(list(codes)).to_numpy(dtype=bool)
    return values.mask(pd.Series(coded, index=values.index)), coded


def refuse_coded_days(
    values: pd.Series, codes: Collection[str], patients: np.ndarray, column: str, problems: Problems
) -> None:
    """Report days that are a code of missing data, where no other day of the patient is near them.

    The codes are those of ratings. Day 99 of a diary may be a day; a lone day -99 hardly is one.
    Only the patient's own days count, so that any set of whole patients is read alike.

    Parameters
    ----------
    values, patients : days as written, and number of the patient, of each row
    """
    if not codes:
        return
    numbers = to_number(pd.Series(list(codes), dtype="str"))
    days = to_number(values)
    is_code = np.isin(days, numbers[np.isfinite(numbers)])
    if not is_code.any():
        return
    own = pd.Series(days).where(np.isfinite(days) & ~is_code).groupby(patients)
    first, last = own.transform("min"), own.transform("max")
    nearest = np.fmin(np.abs(days - first), np.abs(days - last))
    within = (first <= days) & (days <= last)
    at = np.flatnonzero(is_code & ~within & (nearest > np.maximum(10.0, FAR * np.abs(days))))
    problems.add(
        at,
        column,
        to_text(values.iloc[at]).to_numpy(dtype=object),
        "is a code of missing data, far from all other days of the patient",
        "Write the day, or delete the row; if it is a day, recode the ratings and name another "
        "code.",
    )


def ask_about_codes(ratings: np.ndarray, scale: Scale, *, named: bool) -> list[str]:
    """Ask about usual codes among ratings (n,): those off the scale, and those that stand out on a
    wide one.

    Parameters
    ----------
    named : whether the reader takes `missing_codes`
    """
    found = []
    for code in USUAL_NUMBERS:
        n = int((ratings == code).sum())
        off = not scale.low <= code <= scale.high
        near = int((np.abs(ratings - code) <= 0.05 * scale.span).sum()) - n
        stands_out = scale.span >= WIDE and code > scale.low and n >= FEWEST and n > near
        if n and (off or stands_out):
            found.append((_plain(code), n, off))
    if not found:
        return []
    listed = [
        f"{n} {'rating is' if n == 1 else 'ratings are'} {code}"
        + ("" if off else ", and few are near it")
        for code, n, off in found
    ]
    it, them = ("that stands", "it") if len(found) == 1 else ("these stand", "them")
    cells = "the cell" if sum(n for _, n, _ in found) == 1 else "those cells"
    said = f"{'; '.join(listed)}. If {it} for 'no answer', leave {cells} empty"
    codes = ", ".join(code for code, _, _ in found)
    return [f"{said}, or name {them}: missing_codes=[{codes}]" if named else said]


def without_far_codes(numbers: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return numbers (n,) without usual codes that lie far from all others, and these codes.

    Examples
    --------
    >>> without_far_codes(np.array([3.0, 99.0, 7.0, -1.0]))
    (array([3., 7.]), ['-1', '99'])
    >>> without_far_codes(np.array([30.0, 99.0, 70.0]))[1]
    []
    """
    usual = np.isin(numbers, USUAL_NUMBERS)
    others = numbers[~usual]
    if not others.size or not usual.any():
        return numbers, []
    far = np.abs(numbers) > 2.0 * np.abs(others).max()
    if others.min() >= 0:
        far |= numbers < 0
    far &= usual
    return numbers[~far], [_plain(code) for code in np.unique(numbers[far])]


def _plain(number: Any) -> str:
    value = float(number)
    return str(int(value)) if value.is_integer() else repr(value)
