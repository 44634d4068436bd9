"""Read SPSS, Stata and SAS transport files: typed values, value labels, user-missing values."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, MissingExtraError
from paintrend.readers.frame import read_frame
from paintrend.readers.labelled_process import parse_apart
from paintrend.readers.labels import texts_of_codes
from paintrend.readers.origin import Origin
from paintrend.readers.raw import RawTable
from paintrend.readers.values import to_text

__all__ = ["labelled_system", "read_labelled"]

STATA_RELEASES = (*range(102, 116),)
"""First byte of Stata files before release 117, which begin with the words below."""


def labelled_system(data: bytes) -> str:
    """Return which of these systems wrote a file, from its first bytes; "" if none did."""
    if data[:4] in (b"$FL2", b"$FL3"):
        return "SPSS"
    if data.startswith(b"<stata_dta>"):
        return "Stata"
    # Release, byte order, file type 1, and a byte that is not used.
    if len(data) > 4 and data[0] in STATA_RELEASES and data[1] in (1, 2) and data[2] == 1:
        return "Stata"
    if data.startswith((b"HEADER RECORD*******LIBRARY HEADER", b"HEADER RECORD*******LIBV8")):
        return "SAS transport"
    return ""


def read_labelled(path: Path, system: str) -> RawTable:
    """Read such a file; user-missing values are empty cells, and counted in a notice.

    Raises
    ------
    MissingExtraError
        If the package that reads it is not installed.
    DiaryError
        If the file is damaged, or has no rows.
    """
    if find_spec("pyreadstat") is None:
        raise MissingExtraError(
            f"reading {system} files needs an extra: pip install 'paintrend[spss]'. "
            "Or save the table as CSV."
        )
    try:
        frame, about = parse_apart(str(path), system)
    except ValueError as error:
        raise DiaryError(
            f"{path.name} cannot be read as a file of {system} ({str(error)[:120]}). "
            "Is it damaged? Save it again, or save the table as CSV."
        ) from None
    frame, notices = _without_missing(frame, about)
    table = read_frame(frame, path.name)
    labels = {
        str(name): {_plain(value): str(label) for value, label in known.items()}
        for name, known in (about["variable_value_labels"] or {}).items()
        if known
    }
    table_name = str(about["table_name"] or "")
    return replace(
        table,
        rows=np.arange(1, len(frame) + 1),
        counting="Rows are counted from 1, as the program that wrote the file shows them.",
        notices=(*table.notices, *notices),
        origin=Origin(
            system=system, files=(path.name,), part=table_name if table_name != "None" else ""
        ),
        value_labels=labels,
    )


def _plain(value: Any) -> float | str:
    return value if isinstance(value, str) else float(value)


def _without_missing(frame: pd.DataFrame, about: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Empty the cells that the file declares as missing, and say how many of which value."""
    notices = []
    frame = frame.copy()
    ranges, users = about["missing_ranges"] or {}, about["missing_user_values"] or {}
    value_labels = about["variable_value_labels"] or {}
    for name in frame.columns:
        declared = np.zeros(len(frame), dtype=bool)
        for part in ranges.get(name, ()):
            declared |= _within(frame[name], part["lo"], part["hi"])
        if name in users:
            declared |= frame[name].isin(list(users[name])).to_numpy(dtype=bool)
        if not declared.any():
            continue
        labels = texts_of_codes(value_labels.get(name) or {})
        values = to_text(frame.loc[declared, name]).value_counts()
        shown = ", ".join(
            f"{value}{f' ({labels[value]})' if value in labels else ''}: {n}"
            for value, n in values.items()
        )
        notices.append(f"{name}: values declared as missing are taken as empty ({shown})")
        kept = frame[name].mask(declared)
        # Letters such as .a made a column of numbers one of objects.
        frame[name] = kept if name in ranges else kept.infer_objects()
    return frame, notices


def _within(values: pd.Series, low: Any, high: Any) -> np.ndarray:
    if not (isinstance(low, Real) and isinstance(high, Real)):  # text, or the time of a day
        return (values == low).to_numpy(dtype=bool)
    numbers = pd.to_numeric(values, errors="coerce")
    return ((numbers >= low) & (numbers <= high)).to_numpy(dtype=bool)
