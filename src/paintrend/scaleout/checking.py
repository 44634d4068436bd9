"""Second pass: the checks of a bucket, and what learning needs of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from paintrend.aside import written_aside
from paintrend.learning import learning_sample, rows_of
from paintrend.readers.checked import Checked, check_table
from paintrend.readers.dates import DateStyle
from paintrend.results.diary import RATING_COLUMNS
from paintrend.results.inference import usable_ratings
from paintrend.scaleout.job import Job
from paintrend.scaleout.spill import FILE, ROW, bucket_table
from paintrend.storage.tables import write_table

__all__ = [
    "Counts",
    "check_bucket",
    "counts_from",
    "counts_of",
    "merged_notices",
    "plain_counts",
    "rating_columns",
    "read_bucket",
    "read_counts",
]


@dataclass(frozen=True)
class Counts:
    """What a bucket, or all of them together, hold.

    `used` counts patients with a rating that can be fitted, `late` ratings after the horizon,
    `bad` rows that cannot be used.
    """

    rows: int = 0
    bad: int = 0
    problems: int = 0
    patients: int = 0
    used: int = 0
    ratings: int = 0
    late: int = 0
    last_day: float = float("-inf")
    notices: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.rows + other.rows,
            self.bad + other.bad,
            self.problems + other.problems,
            self.patients + other.patients,
            self.used + other.used,
            self.ratings + other.ratings,
            self.late + other.late,
            max(self.last_day, other.last_day),
            merged_notices([*self.notices, *other.notices]),
            # Each bucket has the same to say of them; the first one speaks.
            self.hints or other.hints,
        )


def rating_columns(ratings: pd.DataFrame) -> pd.DataFrame:
    """Keep what fitting needs of checked ratings: covariates play no part in it."""
    return ratings[list(RATING_COLUMNS)]


def counts_of(checked: Checked, n_rows: int, horizon: float) -> tuple[Counts, pd.DataFrame]:
    """Count what a checked table holds, and return the ratings that can be fitted."""
    diary = checked.diary
    used, late = usable_ratings(diary, horizon)
    counts = Counts(
        rows=n_rows,
        bad=int(checked.problems.bad.sum()),
        problems=len(diary.problems),
        patients=diary.n_patients,
        used=used["patient_id"].nunique(),
        ratings=diary.n_ratings,
        late=len(late),
        last_day=float(diary.ratings["day"].max()) if diary.n_ratings else float("-inf"),
        notices=tuple(diary.notices),
        hints=tuple(checked.hints),
    )
    return counts, used[["patient_id", "day", "pain"]]


def check_bucket(job: Job, bucket: int, n_units: int, styles: Mapping[str, DateStyle]) -> Counts:
    """Check a bucket, and keep its ratings, its share of the learning sample and its problems.

    The marker is written last: without it the bucket is checked again.
    """
    found = bucket_table(job, bucket, n_units)
    counts = Counts()
    if found is not None:
        table, places = found
        checked = check_table(table, job.scale, styles=styles, **job.options)
        counts, used = counts_of(checked, len(table.frame), job.horizon)
        diary = checked.diary
        if diary.n_patients:
            rated = set(diary.ratings["patient_id"].unique())
            without = [name for name in diary.patient_ids if name not in rated]
            # A patient without a rating is a row without one.
            kept = pd.concat(
                [
                    rating_columns(diary.ratings),
                    pd.DataFrame({"patient_id": pd.Series(without, dtype="str")}),
                ]
            ).astype({"patient_id": "str", "inclusion": "boolean"})
            write_table(kept, job.checked(bucket, "ratings"))
        if job.learn and len(used):
            ids = learning_sample(used["patient_id"].unique(), job.seed)
            write_table(rows_of(used, ids), job.checked(bucket, "sample"))
        if len(diary.problems):
            at = pd.Index(table.rows).get_indexer(pd.Index(diary.problems["row"]))
            order = places.iloc[at][[FILE, ROW]].reset_index(drop=True)
            write_table(diary.problems.astype("str").join(order), job.checked(bucket, "problems"))
    with written_aside(job.checked(bucket, "marker")) as aside:
        aside.write_text(json.dumps(plain_counts(counts)), encoding="utf-8")
    return counts


def read_bucket(job: Job, bucket: int) -> tuple[pd.DataFrame, list[str]]:
    """Read the checked ratings of a bucket, and the ids of all its patients."""
    kept = pd.read_parquet(job.checked(bucket, "ratings"))
    ids = [str(name) for name in kept["patient_id"].unique().tolist()]
    ratings = kept[kept["pain"].notna()].astype({"inclusion": bool}).reset_index(drop=True)
    return ratings, ids


def read_counts(job: Job, bucket: int) -> Counts:
    """Read the marker of a bucket."""
    text = job.checked(bucket, "marker").read_text(encoding="utf-8")
    return counts_from(json.loads(text))


def counts_from(values: Mapping[str, Any]) -> Counts:
    """Read counts back from JSON."""
    texts = {name: tuple(values[name]) for name in ("notices", "hints")}
    last = values["last_day"]
    return Counts(**{**values, **texts, "last_day": float("-inf") if last is None else last})


def plain_counts(counts: Counts) -> dict[str, Any]:
    """Turn counts into what JSON can hold."""
    values = dict(vars(counts))
    values["last_day"] = None if counts.last_day == float("-inf") else counts.last_day
    return values


def merged_notices(notices: Iterable[str]) -> tuple[str, ...]:
    """Say once what several parts say, with their numbers of rows added up.

    Examples
    --------
    >>> merged_notices(["spaces removed in 2 rows", "a, A", "spaces removed in 3 rows", "a, A"])
    ('spaces removed in 5 rows', 'a, A')
    """
    counted: Counter[str] = Counter()
    found: dict[str, str] = {}
    for notice in notices:
        numbers = re.findall(r"\b\d+(?= rows?$)", notice)
        key = re.sub(r"\b\d+ rows?$", "", notice) if numbers else notice
        counted[key] += int(numbers[0]) if numbers else 0
        found[key] = notice
    return tuple(
        f"{key}{counted[key]} {'row' if counted[key] == 1 else 'rows'}" if counted[key] else text
        for key, text in found.items()
    )
