"""Rules between rows, and the marks that rows carry."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paintrend.readers.headings import simple_name
from paintrend.readers.problems import Problems, file_error
from paintrend.readers.values import is_missing, to_text
from paintrend.results.sessions import AFTER_SESSION, BEFORE_SESSION
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = [
    "check_duplicates",
    "check_inclusion",
    "check_one_row_each",
    "check_relation",
    "check_scale_column",
    "refuse_marked_patients",
]

YES = frozenset(["1", "true", "t", "yes", "y", "x", "ja", "j", "oui", "si"])
RELATION = {
    "before": BEFORE_SESSION,
    "pre": BEFORE_SESSION,
    "after": AFTER_SESSION,
    "post": AFTER_SESSION,
}
NO = frozenset(["0", "false", "f", "no", "n", "nein", "non"])


def check_duplicates(
    codes: np.ndarray,
    days: np.ndarray,
    scores: np.ndarray,
    use: np.ndarray,
    problems: Problems,
    column: str,
    raw: pd.Series,
    apart: str,
) -> None:
    """Report every row that repeats the patient and time of an earlier one.

    Parameters
    ----------
    codes, days, scores : array
        Patient, day and rating of each row.
    use : array of bool
        Rows with a patient, a day and something in the rating.
    problems : Problems
        Gets each repeat, naming the first; all rows involved are set aside, as which of them is
        right is not for a program to say.
    column, raw
        Heading and values of the time column, for the message.
    apart : str
        How two real ratings can be told apart.
    """
    at = np.flatnonzero(use)
    order = at[np.lexsort((at, days[at], codes[at]))]
    if order.size < 2:
        return
    new = np.ones(order.size, dtype=bool)
    new[1:] = (codes[order[1:]] != codes[order[:-1]]) | (days[order[1:]] != days[order[:-1]])
    group = np.cumsum(new) - 1
    size = np.bincount(group)
    twice = size[group] > 1
    if not twice.any():
        return
    first = np.flatnonzero(new)
    involved = np.flatnonzero(twice & ~new)
    rows, others = order[involved], order[first[group[involved]]]
    also = np.zeros(codes.size, dtype=bool)
    also[order[twice]] = True
    same = (scores[rows] == scores[others]) | (np.isnan(scores[rows]) & np.isnan(scores[others]))
    names = problems.rows
    problem = np.array(
        [
            f"same patient and time as row {names[other]}"
            + (f" ({n} rows in all)" if n > 2 else "")
            + (", same rating" if equal else ", another rating")
            + "; none of them can be used"
            for other, n, equal in zip(others, size[group[involved]], same, strict=True)
        ],
        dtype=object,
    )
    fix = np.where(
        same,
        "Delete all but one.",
        f"Keep the right one; if both are real, {apart}.",
    ).astype(object)
    shown = to_text(raw.iloc[rows]).to_numpy(dtype=object)
    problems.add(rows, column, shown, problem, fix, also=also)


def check_one_row_each(codes: np.ndarray, n_visits: int, problems: Problems) -> None:
    """Report patients with several rows in a table that has one column per visit."""
    patients = codes[::n_visits]
    n_rows = np.bincount(patients[patients >= 0], minlength=1)
    several = (patients >= 0) & (n_rows[np.maximum(patients, 0)] > 1)
    at = np.flatnonzero(several)
    if at.size == 0:
        return
    names = problems.rows[::n_visits]
    others = pd.Series([str(names[i]) for i in at]).groupby(patients[at]).agg(", ".join)
    problems.add(
        at * n_visits,
        problems.id_column,
        problems.patient[at * n_visits],
        np.array([f"the patient has rows {others[patients[i]]}" for i in at], dtype=object),
        "With one column per visit each patient has one row: keep the right one.",
        also=np.repeat(several, n_visits),
    )


def refuse_marked_patients(raw: pd.Series, column: str, source: str) -> None:
    """Refuse marks of inclusion in a table with one column per visit.

    Raises
    ------
    DiaryError
        If a row is marked: all ratings of the patient would be, and none be fitted.
    """
    text = to_text(raw)
    marked = text.str.strip().str.lower().isin(YES)
    if marked.any():
        n = plural(int(marked.sum()), "patient")
        raise file_error(
            source,
            f"the column {column} marks {n}, but with one column per visit it cannot say which "
            "rating was used to select them",
            "Give one row per rating and mark that rating; or rename the column, if it says only "
            "that the patient took part.",
            column=column,
            value=str(text[marked].iloc[0]),
        )


def check_inclusion(raw: pd.Series, column: str, problems: Problems) -> np.ndarray:
    """Return where a rating was used to select the patient; empty means it was not."""
    text = to_text(raw)
    codes, distinct = pd.factorize(text)
    words = [str(one).strip().lower() for one in distinct]
    yes = np.array([word in YES for word in words], dtype=bool)
    no = is_missing(pd.Series(distinct, dtype="str")) | [word in NO for word in words]
    unclear = (~yes & ~no)[codes]
    problems.add(
        unclear,
        column,
        text.to_numpy(dtype=object)[unclear],
        "is neither yes nor no",
        "Write 1 if the rating was used to select the patient, else 0.",
    )
    return yes[codes]


def check_relation(raw: pd.Series, column: str, days: np.ndarray, problems: Problems) -> np.ndarray:
    """Return by how many days ratings before and after a session lie off their whole day.

    A time of day says more: a rating whose day has decimals stays where it is.
    """
    text = to_text(raw)
    codes, distinct = pd.factorize(text)
    words = [str(one).strip().lower() for one in distinct]
    shift = np.array([RELATION.get(word, 0.0) for word in words])
    empty = is_missing(pd.Series(distinct, dtype="str"))
    unclear = ~empty & [word not in RELATION for word in words]
    problems.add(
        unclear[codes],
        column,
        text.to_numpy(dtype=object)[unclear[codes]],
        "is neither before nor after",
        "Write before or after (the session of that day), or leave it empty.",
    )
    return np.where(days == np.floor(days), shift[codes], 0.0)


def check_scale_column(raw: pd.Series, column: str, scale: Scale, problems: Problems) -> np.ndarray:
    """Report, and return, rows whose ratings are on another scale than the one asked for."""
    text = to_text(raw)
    codes, distinct = pd.factorize(text)
    known = {simple_name(scale.name), simple_name(scale.label)}
    empty = is_missing(pd.Series(distinct, dtype="str"))
    other = ~empty & [simple_name(one) not in known for one in distinct]
    wrong = other[codes]
    problems.add(
        wrong,
        column,
        text.to_numpy(dtype=object)[wrong],
        f"this row is on another scale than {scale.name}",
        "Read one scale at a time: keep the rows of one scale in the file.",
    )
    return wrong
