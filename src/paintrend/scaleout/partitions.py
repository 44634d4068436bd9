"""What is done with one partition of a cluster's table: frames in, frames out, no Dask."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.learning import learning_sample, rows_of
from paintrend.readers.checked import check_table
from paintrend.readers.dates import DateStyle, date_style
from paintrend.readers.raw import RawTable
from paintrend.results.diary import PROBLEM_COLUMNS
from paintrend.scaleout.checking import Counts, counts_of, rating_columns
from paintrend.scaleout.routing import id_text, route_keys
from paintrend.scaleout.spill import ROW
from paintrend.scales import Scale

__all__ = [
    "BUCKET",
    "PART",
    "CheckedPart",
    "Look",
    "Notes",
    "Reading",
    "check_part",
    "look_at",
    "merge_samples",
    "number_rows",
    "row_names",
    "with_bucket",
]

PART, BUCKET = "__paintrend_part__", "__paintrend_bucket__"
"""Columns added to a row: number of its partition, and of the one it goes to."""


@dataclass(frozen=True)
class Reading:
    """How to read: scale, horizon, seed, options of `check_table`, and words for messages."""

    scale: Scale
    horizon: float
    seed: int
    options: Mapping[str, Any]
    source: str
    counting: str
    styles: Mapping[str, DateStyle] = field(default_factory=dict)

    @property
    def id_column(self) -> str:
        """Heading of the ids."""
        return str(self.options["columns"]["patient_id"])

    @property
    def date_columns(self) -> list[str]:
        """Headings of dates."""
        roles = self.options["columns"]
        return [roles[name] for name in ("date", "start") if name in roles]


@dataclass(frozen=True, eq=False)
class Look:
    """Keys of the patients of a partition, its number of rows, and what its dates show."""

    keys: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    rows: int = 0
    styles: Mapping[str, DateStyle] = field(default_factory=dict)

    def __add__(self, other: Look) -> Look:
        styles = {
            name: self.styles.get(name, DateStyle()) | other.styles.get(name, DateStyle())
            for name in {**self.styles, **other.styles}
        }
        keys = np.union1d(self.keys, other.keys)
        return Look(keys, self.rows + other.rows, styles)


class Notes(NamedTuple):
    """What is fetched of a checked partition: small, whatever its size."""

    counts: Counts
    keys: NDArray[np.uint64]
    problems: pd.DataFrame


@dataclass(frozen=True, eq=False)
class CheckedPart:
    """A partition after all checks: ratings, all patients, its share of the learning sample."""

    ratings: pd.DataFrame
    patient_ids: tuple[str, ...]
    sample: pd.DataFrame
    said: Notes

    def notes(self) -> Notes:
        """Return what is fetched."""
        return self.said

    def own_sample(self) -> pd.DataFrame:
        """Return the ratings of the sample."""
        return self.sample


def number_rows(frame: pd.DataFrame, part: int, needed: Collection[str] | None) -> pd.DataFrame:
    """Keep the needed columns and number the rows; index levels with a name become columns."""
    named = [name for name in frame.index.names if name is not None and name not in frame.columns]
    frame = frame.reset_index(level=named) if named else frame
    frame = frame.set_axis([str(name).strip() for name in frame.columns], axis=1)
    frame = frame if needed is None else frame[[name for name in frame if name in needed]]
    places = {
        PART: np.full(len(frame), part, dtype=np.int64),
        ROW: np.arange(len(frame), dtype=np.int64),
    }
    return frame.reset_index(drop=True).assign(**places)


def look_at(frame: pd.DataFrame, reading: Reading) -> Look:
    """Say who is in a partition and what its dates show."""
    keys = np.unique(route_keys(id_text(frame[reading.id_column])))
    styles = {name: date_style(frame[name]) for name in reading.date_columns}
    return Look(keys, len(frame), styles)


def with_bucket(frame: pd.DataFrame, reading: Reading, n: int) -> pd.DataFrame:
    """Add the partition that each row goes to; ids become text, the same in all partitions."""
    ids = id_text(frame[reading.id_column])
    frame = frame.copy()
    frame[reading.id_column], frame[BUCKET] = ids, route_keys(ids) % np.uint64(n)
    return frame


def check_part(frame: pd.DataFrame, reading: Reading) -> CheckedPart:
    """Check a partition that holds whole patients."""
    # A shuffle keeps no order; messages name the first of several rows.
    frame = frame.sort_values([PART, ROW]).reset_index(drop=True)
    places = frame[[PART, ROW]]
    frame = frame.drop(columns=[PART, ROW, BUCKET], errors="ignore")
    rows = row_names(places[PART], places[ROW])
    table = RawTable(frame, rows, reading.source, reading.counting)
    checked = check_table(table, reading.scale, styles=reading.styles, **reading.options)
    counts, used = counts_of(checked, len(frame), reading.horizon)
    ids = learning_sample(used["patient_id"].unique(), reading.seed)
    problems = checked.diary.problems
    at = pd.Index(rows).get_indexer(pd.Index(problems["row"]))
    problems = problems[list(PROBLEM_COLUMNS)].join(places.iloc[at].reset_index(drop=True))
    keys = np.unique(route_keys(id_text(frame[reading.id_column])))
    return CheckedPart(
        rating_columns(checked.diary.ratings),
        checked.diary.patient_ids,
        rows_of(used, ids),
        Notes(counts, keys, problems),
    )


def merge_samples(samples: Sequence[pd.DataFrame], seed: int) -> pd.DataFrame:
    """Put samples together and keep the sample of them."""
    both = pd.concat(samples, ignore_index=True)
    ids = learning_sample(both["patient_id"].unique(), seed)
    return rows_of(both, ids)


def row_names(part: pd.Series, row: pd.Series) -> np.ndarray:
    """Return what rows are called in messages."""
    names = row.astype("str") + " of partition " + part.astype("str")
    return names.to_numpy(dtype=object)
