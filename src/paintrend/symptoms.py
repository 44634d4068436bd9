"""Read a table of symptoms: warning signs by name or in plain words, every problem in one error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from paintrend.readers.side import SideTable, bare_word, in_order, read_side_table
from paintrend.results.diary import Diary
from paintrend.results.symptoms import Symptoms
from paintrend.warning_signs import WarningSign, resolve_signs
from paintrend.wording import plural

__all__ = ["read_symptoms"]

NONE_WORDS = ("none", "no symptom", "no symptoms", "none reported", "no sign", "no signs")
"""Answers that say: asked, and nothing reported. An empty cell does not say so."""

DENIAL = (
    "no not non none without denies denied negative nil nein kein keine keiner keines nicht ohne "
    "aucun aucune pas sans rien"
)
"""Words by which a text says that something is not there: no sign is guessed from it."""


def read_symptoms(
    source: str | PathLike[str] | pd.DataFrame,
    diary: Diary | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    signs: Mapping[str, Any] | pd.DataFrame | None = None,
    sheet: str | int | None = None,
    lenient: bool = False,
) -> Symptoms:
    """Read which warning signs patients reported, check the table, and say on whom they were.

    One row per answer: ``patient_id``; ``day`` (or ``date`` with a start, or ``time`` with a
    unit); and ``symptom``: the name of a warning sign, its plain words, or "none" (asked, nothing
    reported). Capitals, spaces and hyphens do not matter; several signs in one cell are separated
    by ";" or ",". An empty symptom is an unanswered question: it does not count as asked.

    Parameters
    ----------
    source : path or DataFrame
        CSV, Excel or Parquet.
    diary : Diary, optional
        The ratings of the same patients. With it, patients whom it does not have are a problem,
        and dates are counted from its starts.
    columns : mapping, optional
        Standard name -> heading in the file: ``{"symptom": "Red flag"}``.
    start, time_unit, sheet
        As in `paintrend.read_diary`.
    signs : mapping or DataFrame, optional
        The warning signs to look for; those of `WARNING_SIGNS` if not given. What is given is the
        whole list: ``{**WARNING_SIGNS, "chest_pain": "same_day", "fever": "prompt"}`` adds one
        and changes the grade of another.
    lenient : bool
        Set rows with problems aside, list them in ``symptoms.problems``, and go on. Set aside are
        also signs that nobody will then see on the review list: read the list.

    Returns
    -------
    Symptoms

    Raises
    ------
    DiaryError
        With every problem of the table in ``.problems``.
    InputError
        If the arguments contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"patient_id": ["P1", "P2"], "day": [12, 12], "symptom": ["Saddle numbness", "none"]}
    ... )
    >>> symptoms = read_symptoms(table)
    >>> symptoms.n_patients_checked, symptoms.table[["patient_id", "sign"]].values.tolist()
    (2, [['P1', 'saddle_numbness']])
    """
    known = resolve_signs(signs)
    side = read_side_table(
        source, "symptom", diary, columns=columns, start=start, time_unit=time_unit, sheet=sheet
    )
    told, empty = _signs_of_rows(side, known)
    problems = side.problems
    problems.stop_unless(lenient)
    usable = side.usable
    answered = usable & ~empty
    frame = side.frame.assign(sign=told)
    notices = list(side.notices)
    reported = frame[answered].explode("sign")
    reported = reported[reported["sign"].notna()]
    twice = reported.duplicated(["patient_id", "day", "sign"])
    if twice.any():
        again = plural(int(twice.sum()), "row")
        notices.append(f"signs that are there twice on one day are taken once: {again}")
    unanswered = usable & empty
    if unanswered.any():
        silent = plural(int(unanswered.sum()), "row")
        notices.append(f"no symptom and not the word none, so not counted as asked: {silent}")
    table = in_order(reported[~twice])
    return Symptoms(
        table=table[["patient_id", "day", "sign"]].assign(
            grade=table["sign"].map({name: sign.grade for name, sign in known.items()}).astype(str),
            label=table["sign"].map({name: sign.label for name, sign in known.items()}).astype(str),
        ),
        asked=in_order(frame[answered].drop_duplicates(["patient_id", "day"]))[
            ["patient_id", "day"]
        ],
        signs=known,
        problems=problems.table(),
        missing=frame.loc[unanswered, ["row", "patient_id", "day"]].reset_index(drop=True),
        source=side.source,
        notices=tuple(notices),
    )


def _signs_of_rows(
    side: SideTable, known: Mapping[str, WarningSign]
) -> tuple[pd.Series, np.ndarray]:
    """Give the names of the signs in each row, an empty list for "none", and where there is no
    answer; report unknown ones."""
    codes, distinct = pd.factorize(side.frame["symptom"])
    by_text: dict[str, str] = {}
    # Names are entered last: one that equals the words of another sign means itself.
    for sign in known.values():
        by_text[bare_word(sign.label)] = sign.name
    for sign in known.values():
        by_text[bare_word(sign.name)] = sign.name
    none = {bare_word(word) for word in NONE_WORDS}
    found: list[list[str]] = []
    unknown: list[str] = []
    for text in map(str, distinct):
        parts = [text] if bare_word(text) in by_text else re.split(r"[;,|\n]", text)
        parts = [part.strip() for part in parts if part.strip()]
        found.append([by_text[bare_word(part)] for part in parts if bare_word(part) in by_text])
        strange = [part for part in parts if bare_word(part) not in by_text.keys() | none]
        unknown.append("; ".join(strange))
    # The word "none" stands for an empty cell elsewhere; here it is an answer.
    said_none = np.array([bare_word(str(text)) in none for text in distinct], dtype=bool)
    empty = side.missing["symptom"] & ~said_none[codes]
    wrong = np.array([text != "" for text in unknown], dtype=bool)[codes] & ~empty
    fixes = [_nearest(text, known) if text else "" for text in unknown]
    side.problems.add(
        wrong,
        "symptom",
        np.array(unknown, dtype=object)[codes][wrong],
        "is not one of the warning signs",
        np.array(fixes, dtype=object)[codes][wrong],
    )
    return pd.Series([found[code] for code in codes], index=side.frame.index, dtype=object), empty


def _nearest(unknown: str, known: Mapping[str, WarningSign]) -> str:
    """Say which signs are meant, perhaps: by spelling, else by a word that they share."""
    names = {bare_word(words): s.name for s in known.values() for words in (s.name, s.label)}
    parts, denial = unknown.casefold().split(";"), set(DENIAL.split())
    denied = [part for part in parts if denial & set(re.findall(r"\w+", part))]
    near: list[str] = []
    for text in parts:
        if text in denied:  # "no fever" must not become fever
            continue
        close = difflib.get_close_matches(bare_word(text), list(names), n=3, cutoff=0.6)
        words = {word for word in re.findall(r"\w+", text) if len(word) > 3}
        shared = [s.name for s in known.values() if words & set(re.findall(r"\w+", s.label))]
        near += [names[one] for one in close] or shared
    near = list(dict.fromkeys(near))
    add = "to look for it, add it to signs=; else delete the row."
    # With the row it would be lost that the patient was asked.
    none = "Write none if the patient was asked and had no sign. " if denied else ""
    if near:
        return f"{none}Did you mean {' or '.join(near[:3])}? Or {add}"
    if none:
        return f"{none}Or {add}"
    return f"Known are {', '.join(known)}; {add}"
