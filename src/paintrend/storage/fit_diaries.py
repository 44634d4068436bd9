"""A diary as tables and a few words, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from paintrend.readers.wide import UNITS
from paintrend.results.diary import MISSING_COLUMNS, PROBLEM_COLUMNS, RATING_COLUMNS, Diary
from paintrend.results.provenance import LEFT_OUT_COLUMNS, Provenance, no_rows_left_out
from paintrend.scales import Scale
from paintrend.storage.cells import frame_of
from paintrend.storage.checks import shown

__all__ = ["DIARY_TABLES", "diary_document", "diary_frames", "diary_of"]

DIARY_TABLES = ("ratings", "patients", "problems", "missing", "starts", "left_out")


def diary_document(diary: Diary) -> dict[str, Any]:
    """Give what is not a table."""
    known = diary.provenance
    facts = None if known is None else {**known.to_dict(), "left_out": None}
    return {
        "source": diary.source,
        "time_unit": diary.time_unit,
        "notices": list(diary.notices),
        "provenance": facts,
    }


def diary_frames(diary: Diary) -> dict[str, pd.DataFrame]:
    """Give the tables; patients with their id as the first column."""
    known = diary.provenance
    starts = pd.DataFrame(
        {
            "patient_id": pd.Series(list(diary.starts), dtype=object),
            "start": pd.Series(list(diary.starts.values()), dtype=object),
        }
    )
    return {
        "ratings": diary.ratings,
        "patients": diary.patients.reset_index(names="patient_id"),
        "problems": diary.problems,
        "missing": diary.missing,
        "starts": starts,
        "left_out": no_rows_left_out() if known is None else known.left_out,
    }


def diary_of(words: Any, tables: Mapping[str, pa.Table], scale: Scale) -> Diary:
    """Give the diary back.

    Raises
    ------
    ValueError
        If the tables are not those of a diary.
    """
    if not isinstance(words, dict):
        raise ValueError(f"diary: expected an object, got {shown(words)}")
    source, unit, notices = (words.get(key) for key in ("source", "time_unit", "notices"))
    if not isinstance(source, str):
        raise ValueError(f"diary.source: expected a text, got {shown(source)}")
    if unit not in UNITS:
        raise ValueError(f"diary.time_unit: expected one of {', '.join(UNITS)}, got {shown(unit)}")
    if not isinstance(notices, list) or not all(isinstance(text, str) for text in notices):
        raise ValueError(f"diary.notices: expected a list of texts, got {shown(notices)}")
    frames = {name: frame_of(tables[name]) for name in DIARY_TABLES}
    for name, columns in (
        ("ratings", RATING_COLUMNS),
        ("patients", ("patient_id",)),
        ("problems", PROBLEM_COLUMNS),
        ("missing", MISSING_COLUMNS),
        ("starts", ("patient_id", "start")),
        ("left_out", LEFT_OUT_COLUMNS),
    ):
        absent = [column for column in columns if column not in frames[name].columns]
        if absent:
            raise ValueError(f"the table {name} has no column {', '.join(absent)}")
    patients = frames["patients"]
    index = pd.Index(patients["patient_id"], name="patient_id")
    if not index.is_unique or not all(isinstance(name, str) for name in index):
        raise ValueError("the table patients: expected one row per patient_id, a text")
    _check_ratings(frames["ratings"], index, scale)
    starts = frames["starts"]
    return Diary(
        ratings=frames["ratings"],
        patients=patients.drop(columns="patient_id").set_axis(index, axis=0),
        scale=scale,
        problems=frames["problems"],
        source=source,
        time_unit=unit,
        missing=frames["missing"],
        notices=tuple(notices),
        starts=dict(zip(starts["patient_id"], starts["start"], strict=True)),
        provenance=_provenance(words.get("provenance"), frames["left_out"]),
    )


def _provenance(facts: Any, left_out: pd.DataFrame) -> Provenance | None:
    if facts is None:
        return None
    names = {field.name for field in fields(Provenance)}
    if not isinstance(facts, dict) or set(facts) != names:
        raise ValueError(f"diary.provenance: expected {', '.join(sorted(names))}")
    for name, kind in (("selection", dict), ("counts", dict), ("files", list)):
        if not isinstance(facts[name], kind):
            raise ValueError(f"diary.provenance.{name}: got {shown(facts[name])}")
    return Provenance(**{**facts, "files": tuple(facts["files"]), "left_out": left_out})


def _check_ratings(ratings: pd.DataFrame, patients: pd.Index, scale: Scale) -> None:
    """Refuse ratings that no reader would have let pass."""
    if not pd.api.types.is_bool_dtype(ratings["inclusion"].dtype):
        raise ValueError("the table ratings: inclusion: expected true or false")
    numbers = [name for name in ("day", "pain") if ratings[name].dtype != np.dtype(float)]
    if numbers:
        raise ValueError(f"the table ratings: {', '.join(numbers)}: expected numbers")
    day, pain = ratings["day"].to_numpy(), ratings["pain"].to_numpy()
    owner = patients.get_indexer(pd.Index(ratings["patient_id"]))
    if (owner < 0).any() or (np.diff(owner) < 0).any():
        raise ValueError("the table ratings: expected the patients of the table patients, in order")
    if not np.isfinite(day).all() or ((np.diff(day) < 0) & (np.diff(owner) == 0)).any():
        raise ValueError("the table ratings: day: expected finite numbers that rise by patient")
    if not ((pain >= scale.low) & (pain <= scale.high)).all():
        raise ValueError(
            f"the table ratings: pain: expected numbers from {scale.low:g} to {scale.high:g}"
        )
