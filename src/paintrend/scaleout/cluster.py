"""Fit a Dask DataFrame: the same checks, sample and kernel as for Parquet files, on any cluster."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError, MissingExtraError, RunError
from paintrend.fitting_options import check_population, checked_horizon, no_rating_error
from paintrend.learning import check_lasting, learn_population
from paintrend.progress import Progress
from paintrend.readers.checked import check_table, check_time_unit, roles_and_visits
from paintrend.readers.missing_codes import check_missing_codes
from paintrend.readers.problems import check_lenient, rows_error
from paintrend.readers.raw import RawTable
from paintrend.results.population import Population
from paintrend.scaleout.checking import Counts
from paintrend.scaleout.partitions import (
    BUCKET,
    PART,
    CheckedPart,
    Look,
    Reading,
    check_part,
    look_at,
    merge_samples,
    number_rows,
    row_names,
    with_bucket,
)
from paintrend.scaleout.scaled_fit import ScaledFit
from paintrend.scaleout.spill import ROW
from paintrend.scales import Scale, get_scale

__all__ = ["fit_frame"]

PARTITION_ROWS = 100_000
"""Ratings in a partition after a shuffle, about."""
SOURCE = "Dask DataFrame"
COUNTING = "Rows are counted from 0 in each partition."
FAN_IN = 8
"""Samples that are put together by one task."""


def fit_frame(
    frame: Any,
    *,
    horizon: float | None,
    population: Population | None,
    seed: int,
    draws: int,
    default: str,
    lasting_days: float | None,
    workers: int,
    progress: Progress | None,
    scale: str | Scale | None,
    columns: Mapping[str, str] | None,
    start: Any,
    time_unit: str | None,
    wide: bool | Mapping[str, float] | None,
    inclusion: str | None,
    missing_codes: Collection[str | float] | None,
    lenient: bool,
) -> ScaledFit:
    """Check the ratings and learn the population; see `paintrend.fit_curves`.

    Raises
    ------
    DiaryError
        With the problems of all partitions, unless `lenient`.
    RunError
        If a shuffle of the cluster left a patient in two partitions.
    """
    try:
        dask, frames = import_module("dask"), import_module("dask.dataframe")
    except ImportError as error:
        raise MissingExtraError(
            "fitting a Dask DataFrame needs dask: pip install 'paintrend[scale]'."
        ) from error
    if not isinstance(frame, frames.DataFrame):
        raise InputError(f"fit_curves takes a Dask DataFrame, got {type(frame).__name__}.")
    if population is not None:
        scale = population.scale if scale is None else get_scale(scale)
        check_population(population, scale, horizon, lasting_days)
        horizon = population.horizon
    if scale is None:
        raise InputError("fit_curves: a Dask DataFrame needs scale=, e.g. scale='nrs'.")
    checked_to = checked_horizon(horizon)
    check_lasting(lasting_days, checked_to)
    check_time_unit(time_unit)
    check_lenient(lenient)
    reading = _reading(
        frame, get_scale(scale), checked_to, seed, columns, start, time_unit, wide, inclusion,
        missing_codes,
    )  # fmt: skip

    def tell(stage: str) -> None:
        if progress is not None:
            progress(stage, 0, 1)

    tell("finding patients")
    parts, look = _whole_patients(dask, frames, frame, reading)
    tell("checking ratings")
    reading = replace(reading, styles=look.styles)
    checked = dask.persist(*(dask.delayed(check_part)(part, reading) for part in parts))
    notes = dask.compute(*(dask.delayed(CheckedPart.notes)(one) for one in checked))
    counts = sum((note.counts for note in notes), Counts())
    _refuse_split(np.concatenate([note.keys for note in notes]))
    problems = _problems([note.problems for note in notes])
    if (counts.problems and not lenient) or not counts.ratings:
        raise rows_error(
            SOURCE,
            COUNTING,
            problems,
            (counts.bad, counts.rows),
            list(counts.hints),
            nothing_left=not counts.ratings,
            noun="visit" if reading.options["wide"] else "row",
        )
    if not counts.used:
        raise no_rating_error(checked_to, counts.late, counts.ratings)
    learned = population
    if learned is None:
        tell("learning the population")
        samples = [dask.delayed(CheckedPart.own_sample)(one) for one in checked]
        learned = learn_population(
            _gathered(dask, samples, seed),
            reading.scale,
            checked_to,
            lasting_days=lasting_days,
            default=default,
            seed=seed,
            workers=workers,
            progress=progress,
            n_cohort=counts.used,
        )
    return ScaledFit(
        parts=tuple(checked),
        population=learned,
        seed=seed,
        n_draws=draws,
        n_patients=counts.patients,
        n_ratings=counts.ratings,
        problems=problems,
        notices=counts.notices,
        external=population is not None,
    )


def _reading(
    frame: Any,
    scale: Scale,
    horizon: float,
    seed: int,
    columns: Mapping[str, str] | None,
    start: Any,
    time_unit: str | None,
    wide: bool | Mapping[str, float] | None,
    inclusion: str | None,
    missing_codes: Collection[str | float] | None,
) -> Reading:
    """Find the columns in the headings, and try the options on rows that are not there."""
    if isinstance(start, (Mapping, pd.Series)):
        raise InputError(
            "fit_curves: start= is one date for all; where patients differ, give each row the "
            "date in a column start."
        )
    empty = number_rows(frame._meta, 0, None).drop(columns=[PART, ROW])
    table = RawTable(empty, np.arange(0), SOURCE, COUNTING)
    roles, visits = roles_and_visits(
        table, scale, columns=columns, time_unit=time_unit, wide=wide, inclusion=inclusion
    )
    options = {
        "columns": roles, "start": start, "time_unit": time_unit, "wide": visits or None,
        "missing_codes": check_missing_codes(missing_codes),
    }  # fmt: skip
    check_table(table, scale, **options)
    return Reading(scale, horizon, seed, options, SOURCE, COUNTING)


def _whole_patients(dask: Any, frames: Any, frame: Any, reading: Reading) -> tuple[Any, Look]:
    """Return partitions that hold all rows of each of their patients; shuffled if they have to."""
    needed = (*reading.options["columns"].values(), *(reading.options["wide"] or ()))
    numbered = dask.persist(
        *(dask.delayed(number_rows)(part, i, needed) for i, part in enumerate(frame.to_delayed()))
    )
    looks = dask.compute(*(dask.delayed(look_at)(part, reading) for part in numbered))
    look = sum(looks, Look())
    if sum(len(one.keys) for one in looks) == len(look.keys):
        return numbered, look
    # The meta of the whole frame; a key as text would be hashed once more, and slowly.
    meta = number_rows(frame._meta, 0, needed).assign(**{BUCKET: np.arange(0, dtype=np.uint64)})
    n = max(len(numbered), ceil(look.rows / PARTITION_ROWS))
    keyed = [dask.delayed(with_bucket)(part, reading, n) for part in numbered]
    joined = frames.from_delayed(keyed, meta=meta, verify_meta=False)
    # By tasks: a worker that is lost takes with it only what can be computed again.
    shuffled = joined.shuffle(on=BUCKET, npartitions=n, shuffle_method="tasks")
    return shuffled.to_delayed(), look


def _refuse_split(keys: np.ndarray) -> None:
    if len(np.unique(keys)) != len(keys):
        raise RunError(
            "after the shuffle a patient still is in two partitions. Please report this, with the "
            "versions of dask and distributed; until then sort the table by patient first."
        )


def _problems(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the problems of all partitions in the order of the rows."""
    found = pd.concat(tables, ignore_index=True).sort_values([PART, ROW], kind="stable")
    names = row_names(found[PART], found[ROW])
    found["row"] = pd.Series(list(names), index=found.index, dtype=object)
    return found.drop(columns=[PART, ROW]).reset_index(drop=True).astype(object)


def _gathered(dask: Any, samples: list[Any], seed: int) -> pd.DataFrame:
    """Put samples together on the cluster, `FAN_IN` at a time, and fetch what is left."""
    while len(samples) > 1:
        samples = [
            dask.delayed(merge_samples)(samples[i : i + FAN_IN], seed)
            for i in range(0, len(samples), FAN_IN)
        ]
    found: pd.DataFrame = dask.compute(samples[0])[0]
    return found
