"""Patient ids: text as it is in the file, told apart with care."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from paintrend.readers.alike import looks_like, without_point_zero
from paintrend.readers.near_numbers import ERROR_CELL, is_error_cell
from paintrend.readers.problems import Problems
from paintrend.readers.values import is_missing, to_text

__all__ = ["EXAMPLE", "check_ids"]

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # come along when ids are copied from web pages
EXAMPLE = "EXAMPLE"  # how the form marks the rows to be deleted


def check_ids(raw: pd.Series, problems: Problems) -> tuple[np.ndarray, list[str], list[str]]:
    """Check the patient ids; leading zeros and any sign inside an id stay.

    Parameters
    ----------
    raw : Series
        The column as read.
    problems : Problems
        Gets ids that are missing, left from the form's examples, or alike but for outer spaces or
        for characters that look the same.

    Returns
    -------
    codes : array of int
        Number of each row's patient in order of first appearance; -1 where the id is missing.
    ids : list of str
        The patients' ids.
    notices : list of str
        What was assumed.
    """
    problems.id_column = str(raw.name or problems.id_column)
    text = to_text(raw)
    missing = is_missing(text)
    raw_codes, raw_ids = pd.factorize(text)
    raw_names = list(map(str, raw_ids.tolist()))
    stripped = np.array([_strip(name) for name in raw_names], dtype=object)
    problems.patient = stripped[raw_codes] if len(raw_names) else problems.patient
    problems.add(
        missing,
        problems.id_column,
        text.to_numpy(dtype=object)[missing],
        "the patient id is missing",
        "Write the patient's id, or delete the row.",
    )
    nul = np.array(["\0" in name for name in stripped], dtype=bool)
    has_nul = nul[raw_codes] if len(raw_names) else np.zeros(len(raw), dtype=bool)
    problems.add(
        has_nul,
        problems.id_column,
        problems.patient[has_nul],
        "the patient id holds a NUL character, which no text file can have",
        "Give the patient an id without it.",
    )
    examples = np.array([name.upper().startswith(EXAMPLE) for name in stripped], dtype=bool)
    is_example = examples[raw_codes] if len(raw_names) else np.zeros(len(raw), dtype=bool)
    problems.add(
        is_example,
        problems.id_column,
        problems.patient[is_example],
        "this is an example row of the form",
        "Delete the row.",
    )
    error = np.array([is_error_cell(name) for name in stripped], dtype=bool)
    is_error = error[raw_codes] if len(raw_names) else np.zeros(len(raw), dtype=bool)
    problems.add(
        is_error,
        problems.id_column,
        problems.patient[is_error],
        ERROR_CELL[0],
        "Correct the formula, or write the patient's id.",
    )
    notices = _padded(raw_names, stripped, raw_codes, missing, problems)
    unusable = missing | is_example | has_nul | is_error
    if unusable.any() or len(set(stripped)) < len(stripped):
        codes, ids = pd.factorize(pd.Series(problems.patient).mask(unusable))
        names = [str(name) for name in ids]
    else:  # as told apart above: to look at every row again takes as long
        codes, names = raw_codes, stripped.tolist()
    _same_to_the_eye(names, codes, problems)
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.casefold(), []).append(name)
    for group in [group for group in alike.values() if len(group) > 1][:3]:
        notices.append(
            f"ids that differ only in capitals are taken as different patients: {', '.join(group)}"
        )
    here = set(names)
    plain = {name: without_point_zero(name) for name in names if name.endswith("0")}
    for name, other in [(a, b) for a, b in plain.items() if a != b and b in here][:3]:
        notices.append(
            f"ids that differ only in .0 are taken as different patients: {other}, {name}"
        )
    return codes.astype(np.int64), names, notices


def _strip(name: str) -> str:
    return name.strip().strip(INVISIBLE).strip()


def _same_to_the_eye(names: list[str], codes: np.ndarray, problems: Problems) -> None:
    """Report ids that look the same: an accented letter as one character and as two, a dash or a
    space of another kind, a letter of another script."""
    if all(name.isascii() and "  " not in name and "\t" not in name for name in names):
        return
    first: dict[str, str] = {}
    for i, name in enumerate(names):
        before = first.setdefault(looks_like(name), name)
        if before != name:
            rows = codes == i
            n = int(rows.sum())
            accents = unicodedata.normalize("NFC", before) == unicodedata.normalize("NFC", name)
            how = (
                "only by how accents are stored"
                if accents
                else "only by characters that look the same"
            )
            problems.add(
                np.flatnonzero(rows)[:1],
                problems.id_column,
                ascii(name),
                f"differs from {before!a} {how} ({n} {'row' if n == 1 else 'rows'})",
                "If it is the same patient, write the id in one way; if not, give another id.",
                also=rows,
            )


def _padded(
    names: list[str],
    stripped: np.ndarray,
    codes: np.ndarray,
    missing: np.ndarray,
    problems: Problems,
) -> list[str]:
    """Report ids that become another's when outer spaces go; strip the others."""
    padded = [i for i, name in enumerate(names) if name != stripped[i] and stripped[i]]
    if not padded:
        return []
    count: dict[str, int] = {}
    for name in stripped:
        count[name] = count.get(name, 0) + 1
    n_stripped = 0
    for i in padded:
        rows = (codes == i) & ~missing
        n = int(rows.sum())
        if count[stripped[i]] == 1:
            n_stripped += n
            continue
        if stripped[i] not in names and names.index(names[i]) == list(stripped).index(stripped[i]):
            continue  # all spellings have spaces: the first one stands for the patient
        these = f"{n} {'row' if n == 1 else 'rows'}"
        problems.add(
            np.flatnonzero(rows)[:1],
            problems.id_column,
            repr(names[i]),
            f"differs from {stripped[i]!r} only by outer spaces ({these})",
            "If it is the same patient, delete the spaces; if not, give another id.",
            also=rows,
        )
    if n_stripped:
        return [f"outer spaces removed from the patient id in {n_stripped} rows"]
    return []
