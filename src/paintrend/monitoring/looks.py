"""Looks: what was known of a patient on a day, from the ratings up to then and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.courses import course_table
from paintrend.levels import LEVEL_COLUMNS, summarise_levels
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import infer, usable_ratings
from paintrend.results.population import Population

__all__ = ["fit_looks", "look_table"]

Array = NDArray[np.float64]
LOOKS_AT_A_TIME = 2000
"""Looks in memory at a time: 400 draws of each are some 40 kB."""


def look_table(
    diary: Diary,
    population: Population,
    looks: pd.DataFrame,
    *,
    criteria: Criteria | None = None,
    seed: int = 0,
    draws: int = 400,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Judge patients as they stood on given days.

    Parameters
    ----------
    diary : Diary
        All ratings; those after the day of a look have no part in it.
    population : Population
        Learned from other patients.
    looks : DataFrame
        ``patient_id`` and ``day``, one row per look; several of a patient are allowed.
    criteria, seed, draws, workers
        As in `paintrend.fit_curves` and `paintrend.classify`.
    progress : callable, optional
        Called with the number of looks done since the last call.

    Returns
    -------
    DataFrame
        One row per look, in the order given: ``patient_id``, ``day``, the columns of
        ``courses.table()``; ``p_raised`` and ``p_lower``, the share of curves that are up by
        `worsening` or down by `improvement` on that day, and the curve's ``level`` there with its
        90% band, in the scale's own values. A look that could not be fitted has NaN.
    """
    resolved = (criteria or Criteria()).resolve(diary.scale, population.horizon)
    parts = [
        _judge(fit, part, resolved)
        for fit, part in _blocks(diary, population, looks, seed, draws, workers, progress)
    ]
    return pd.concat(parts, ignore_index=True)


def fit_looks(
    diary: Diary,
    population: Population,
    looks: pd.DataFrame,
    *,
    seed: int = 0,
    draws: int = 400,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
) -> Fit:
    """Fit looks as if each were a patient; their ids are "0", "1", ... in the order of `looks`.

    Random numbers are those of the patient, so that a look is what ``fit.as_of(day)`` gives.
    """
    day = looks["day"].to_numpy(dtype=float)
    names = looks["patient_id"].astype(str).tolist()
    ids = [str(i) for i in range(len(names))]
    seen = _seen(diary, names, day, ids)
    inference = infer(
        seen, population, seed=seed, n_draws=draws, workers=workers, progress=progress, keys=names
    )
    return Fit(seen, population, inference, seed, workers, external=True)


def _seen(diary: Diary, names: list[str], day: Array, ids: list[str]) -> Diary:
    """A diary with one patient per look, who has the ratings up to its day."""
    known, whose = np.unique(np.array(names, dtype=object), return_inverse=True)
    owner = pd.Index(known, dtype=object).get_indexer(pd.Index(diary.ratings["patient_id"]))
    days = diary.ratings["day"].to_numpy(dtype=float)
    # theirs only: sorting the ratings of everybody for a few looks takes longer than judging them
    theirs = np.flatnonzero(owner >= 0)
    theirs = theirs[np.lexsort((days[theirs], owner[theirs]))]
    rated = days[theirs]
    stops = np.cumsum(np.bincount(owner[theirs], minlength=len(known)))
    first, stop = np.append(0, stops)[whose], stops[whose]
    size = np.array(
        [np.searchsorted(rated[a:b], d, "right") for a, b, d in zip(first, stop, day, strict=True)],
        dtype=np.int64,
    )
    look = np.repeat(np.arange(len(ids)), size)
    row = np.arange(look.size) - np.repeat(np.cumsum(size) - size, size) + first[look]
    columns = ["patient_id", "day", "pain", "inclusion"]
    kept = diary.ratings[columns].iloc[theirs[row]].reset_index(drop=True)
    kept["patient_id"] = np.array(ids, dtype=object)[look] if look.size else kept["patient_id"]
    return replace(
        diary,
        ratings=kept,
        patients=pd.DataFrame(index=pd.Index(ids, name="patient_id", dtype=object)),
        problems=diary.problems.iloc[:0],
        missing=diary.missing.iloc[:0],
        notices=(),
    )


def _blocks(
    diary: Diary,
    population: Population,
    looks: pd.DataFrame,
    seed: int,
    draws: int,
    workers: int,
    progress: Callable[[int], None] | None,
) -> Iterator[tuple[Fit, pd.DataFrame]]:
    # once for all blocks: a look has only what is in the fit
    diary = replace(diary, ratings=usable_ratings(diary, population.horizon)[0])
    for start in range(0, max(len(looks), 1), LOOKS_AT_A_TIME):
        part = looks.iloc[start : start + LOOKS_AT_A_TIME]
        yield (
            fit_looks(
                diary, population, part, seed=seed, draws=draws, workers=workers, progress=progress
            ),
            part,
        )


def _judge(fit: Fit, looks: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    """The courses table of a fit of looks, with where the curve is on their days."""
    table = course_table(fit, criteria)
    table["patient_id"] = looks["patient_id"].astype(str).to_numpy()
    table.insert(1, "day", looks["day"].to_numpy(dtype=float))
    return table.assign(
        **dict(
            zip(
                LEVEL_COLUMNS,
                summarise_levels(fit, table["day"].to_numpy(), criteria).T,
                strict=True,
            )
        )
    )
