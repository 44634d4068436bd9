"""Fit Parquet files of any size: rows to buckets, checks, learning, courses, each step kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping
from math import ceil
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from paintrend.aside import path_of
from paintrend.errors import DiaryError, HorizonError, InputError
from paintrend.fitting_options import (
    check_memory,
    check_options,
    check_population,
    checked_horizon,
)
from paintrend.learning import check_lasting
from paintrend.progress import Progress, shown_progress
from paintrend.readers.checked import check_table, check_time_unit, roles_and_visits
from paintrend.readers.missing_codes import check_missing_codes
from paintrend.readers.problems import check_lenient
from paintrend.results.criteria import Criteria, check_criteria
from paintrend.results.population import Population
from paintrend.scaleout.job import Job
from paintrend.scaleout.lock import locked
from paintrend.scaleout.parquet_fit import ParquetFit
from paintrend.scaleout.run_file import DONE, begin, clear_asides, fingerprint, forget
from paintrend.scaleout.source import Source, open_source
from paintrend.scaleout.spill import first_rows
from paintrend.scaleout.steps import check_all, end_run, fit_all, learn_all
from paintrend.scaleout.workers import Workers
from paintrend.scales import Scale, get_scale

__all__ = ["fit_parquet"]

BUCKET_ROWS = 100_000
"""Ratings in a bucket of a large cohort, about: those of 8,000 patients with 12 ratings."""
FEW_BUCKETS, FEWEST_ROWS = 16, 12_000
"""A smaller cohort has up to so many buckets, of so many ratings at least, for all processors."""


def fit_parquet(
    path: str | PathLike[str],
    folder: str | PathLike[str],
    *,
    scale: str | Scale | None = None,
    horizon: float | None = None,
    population: Population | None = None,
    criteria: Criteria | None = None,
    seed: int = 0,
    draws: int = 400,
    default: str = "rehabilitation",
    lasting_days: float | None = None,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    wide: bool | Mapping[str, float] | None = None,
    inclusion: str | None = None,
    missing_codes: Collection[str | float] | None = None,
    lenient: bool = False,
    curves: str = "none",
    workers: int | None = None,
    restart: bool = False,
    progress: Progress | bool | None = None,
) -> ParquetFit:
    """Fit and classify the patients of Parquet files in bounded memory, and write Parquet files.

    The courses are those of ``read_diary``, ``fit_curves`` and ``classify`` on the whole table. A
    run that is stopped or killed goes on where it was when the same call is made again, and its
    finished files are the same.

    Parameters
    ----------
    path : path
        A Parquet file, or a folder of files with the same columns; sorted by patient or not.
    folder : path
        For the results; see `ParquetFit`. Holds its own notes in ``.work`` until it is done.
    scale, columns, start, time_unit, wide, inclusion, missing_codes, lenient
        As in `paintrend.read_diary`; `start` is one date for all, `scale` may come from
        `population`. With ``lenient`` the rows set aside are listed in ``problems.csv``.
    horizon, population, seed, draws, default, lasting_days
        As in `paintrend.fit_curves`.
    criteria : Criteria, optional
        As in `paintrend.classify`.
    curves : {"none", "parquet"}
        Whether to write the curve of each patient too: 169 rows per patient.
    workers : int, optional
        Processes; as many as there are processors if not given. With 1 there is no further process.
    restart : bool
        Throw away what another run wrote into the folder.
    progress : bool or callable, optional
        True shows a bar. A function is called as ``progress(stage, done, total)``.

    Returns
    -------
    ParquetFit

    Raises
    ------
    DiaryError
        With the problems of all rows in ``.problems``, which are also in ``problems.csv``.
    InputError
        If an option cannot be used, or the folder holds another run.
    HorizonError, PopulationError, CriteriaError, ScaleError
        As in the functions named above.
    RunError
        If a worker process ends by itself.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> days = [-7, 0, 21, 42, 63, 84]
    >>> ratings = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 4, 3, 2, 2]})
    >>> with tempfile.TemporaryDirectory() as place:
    ...     ratings.to_parquet(f"{place}/big.parquet")
    ...     done = fit_parquet(f"{place}/big.parquet", f"{place}/out", scale="nrs", horizon=84)
    ...     table = done.table()
    >>> done.n_patients, table.loc[0, "course"]
    (1, 'improving')
    """
    check_options(
        "fit_parquet",
        seed=seed,
        draws=draws,
        workers=workers,
        default=default,
        lasting_days=lasting_days,
    )
    check_memory("fit_parquet", draws, workers=1, n_patients=1)
    if curves not in ("none", "parquet"):
        raise InputError(f"fit_parquet: curves must be 'none' or 'parquet', got {curves!r}.")
    if population is not None:
        scale = population.scale if scale is None else get_scale(scale)
        check_population(population, scale, horizon, lasting_days)
        horizon = population.horizon
    if scale is None:
        raise InputError("fit_parquet: scale is required, e.g. scale='nrs'.")
    scale, horizon = get_scale(scale), checked_horizon(horizon)
    check_lasting(lasting_days, horizon)
    check_time_unit(time_unit)
    check_lenient(lenient)
    check_criteria(criteria, "fit_parquet")
    resolved = (criteria or Criteria()).resolve(scale, horizon)
    source, place = open_source(path), path_of(folder)
    _check_places(Path(path), place)
    options = _reading_options(
        source, scale, columns, start, time_unit, wide, inclusion, missing_codes
    )
    job = _job(
        place, source, scale, options, horizon, resolved, seed, draws, curves == "parquet",
        population is None,
    )  # fmt: skip
    own = _fingerprint(job, default, lasting_days, lenient, population)
    n_workers = workers or os.cpu_count() or 1
    try:
        with locked(job.work):
            if begin(place, own, restart=restart) != DONE:
                clear_asides(place)
                with shown_progress(progress) as report, Workers(job, n_workers) as pool:
                    counts = check_all(job, pool, report, lenient=lenient)
                    learned = learn_all(
                        job, counts, population, report,
                        lasting_days=lasting_days, default=default, workers=n_workers,
                    )  # fmt: skip
                    fit_all(job, pool, counts, report)
                    end_run(job, counts, learned, own, lenient=lenient)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("the same command continues where it stopped") from None
    except (DiaryError, HorizonError):
        # The input or an option has to change first, and what there is does not fit then.
        forget(place, keep=("problems.csv",))
        shutil.rmtree(job.work, ignore_errors=True)
        raise
    shutil.rmtree(job.work, ignore_errors=True)
    return ParquetFit.open(place)


def _check_places(path: Path, folder: Path) -> None:
    source = path.resolve()
    if source.is_dir() and (folder.resolve() == source or source in folder.resolve().parents):
        raise InputError(
            f"fit_parquet: the results would lie in {path}, among the files that are read: choose "
            "a folder outside of it."
        )


def _reading_options(
    source: Source,
    scale: Scale,
    columns: Mapping[str, str] | None,
    start: Any,
    time_unit: str | None,
    wide: bool | Mapping[str, float] | None,
    inclusion: str | None,
    missing_codes: Collection[str | float] | None,
) -> dict[str, Any]:
    """Find the columns once for all buckets, and try them on the first rows."""
    if isinstance(start, (Mapping, pd.Series)):
        raise InputError(
            "fit_parquet: start= is one date for all; where patients differ, give each row the "
            "date in a column start."
        )
    roles, visits = roles_and_visits(
        source.headings(),
        scale,
        columns=columns,
        time_unit=time_unit,
        wide=wide,
        inclusion=inclusion,
    )
    found = {
        "columns": roles, "start": start, "time_unit": time_unit, "wide": visits or None,
        "missing_codes": check_missing_codes(missing_codes),
    }  # fmt: skip
    # What is wrong with options or columns shows here, before anything is written.
    check_table(first_rows(source, (*roles.values(), *visits)), scale, **found)
    return found


def _job(
    folder: Path,
    source: Source,
    scale: Scale,
    options: Mapping[str, Any],
    horizon: float,
    criteria: Criteria,
    seed: int,
    draws: int,
    curves: bool,
    learn: bool,
) -> Job:
    roles, visits = options["columns"], options["wide"] or {}
    return Job(
        folder=folder,
        source=source,
        scale=scale,
        options=options,
        needed=(*roles.values(), *visits),
        id_column=roles["patient_id"],
        date_columns=tuple(roles[name] for name in ("date", "start") if name in roles),
        horizon=horizon,
        criteria=criteria,
        seed=seed,
        draws=draws,
        curves=curves,
        learn=learn,
        n_buckets=_n_buckets(source.rows * max(1, len(visits))),
    )


def _n_buckets(ratings: int) -> int:
    """Choose the number of buckets; by the ratings alone, so that it is the same everywhere."""
    return max(ceil(ratings / BUCKET_ROWS), min(FEW_BUCKETS, ceil(ratings / FEWEST_ROWS)))


def _fingerprint(
    job: Job,
    default: str,
    lasting_days: float | None,
    lenient: bool,
    population: Population | None,
) -> dict[str, Any]:
    given = None
    if population is not None:
        text = json.dumps([array.tolist() for array in population.prior])
        given = hashlib.blake2b(text.encode("ascii"), digest_size=8).hexdigest()
    more = {"default": default, "lasting_days": lasting_days, "lenient": lenient}
    return fingerprint(job, {**job.options, **more, "population": given, "buckets": job.n_buckets})
