"""The one kernel of large cohorts: a frame of whole patients in, a frame of courses out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from paintrend.courses import course_table
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import infer
from paintrend.results.population import Population

__all__ = ["BLOCK", "FittedBlock", "Settings", "courses_of", "fitted_blocks"]

BLOCK = 1024
"""Patients fitted at a time: what bounds memory, and always the same, so that answers are."""


@dataclass(frozen=True, eq=False)
class Settings:
    """What is the same for all patients.

    Parameters
    ----------
    population : Population
    criteria : Criteria
    seed : int
    draws : int
        Posterior curves per patient.
    """

    population: Population
    criteria: Criteria
    seed: int
    draws: int


@dataclass(frozen=True, eq=False)
class FittedBlock:
    """Up to `BLOCK` patients: their fit, and their rows of ``courses.table()``."""

    fit: Fit
    courses: pd.DataFrame


def fitted_blocks(
    ratings: pd.DataFrame, patient_ids: Sequence[str], settings: Settings
) -> Iterator[FittedBlock]:
    """Fit and classify patients in blocks, in the order of their ids as text.

    Parameters
    ----------
    ratings : DataFrame
        Checked ratings, all of each patient: ``patient_id``, ``day``, ``pain``, ``inclusion``.
    patient_ids : sequence of str
        All patients, those without a rating included.
    settings : Settings
    """
    ids = sorted(map(str, patient_ids))
    # In the order of ids, then days: a block's ratings are then a slice.
    code = pd.Index(ids).get_indexer(pd.Index(ratings["patient_id"]))
    order = np.lexsort((ratings["day"].to_numpy(), code))
    ratings, code = ratings.iloc[order], code[order]
    population = settings.population
    for start in range(0, len(ids), BLOCK):
        some = ids[start : start + BLOCK]
        first, last = np.searchsorted(code, [start, start + len(some)])
        diary = Diary(
            ratings.iloc[first:last].reset_index(drop=True),
            pd.DataFrame(index=pd.Index(some, name="patient_id", dtype="str")),
            population.scale,
        )
        inference = infer(diary, population, seed=settings.seed, n_draws=settings.draws, workers=1)
        fit = Fit(diary, population, inference, settings.seed, 1)
        yield FittedBlock(fit, course_table(fit, settings.criteria))


def courses_of(
    ratings: pd.DataFrame, patient_ids: Sequence[str], settings: Settings
) -> pd.DataFrame:
    """Return the courses of whole patients as one table; parameters as in `fitted_blocks`."""
    blocks = [block.courses for block in fitted_blocks(ratings, patient_ids, settings)]
    return pd.concat(blocks, ignore_index=True)
