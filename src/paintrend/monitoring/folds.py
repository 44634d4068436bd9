"""Cross-fitting: each patient of a completed cohort is judged with a population that the others
taught."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from paintrend.errors import MOST_REPEATS, InputError, whole_number_problem
from paintrend.fitting_options import checked_horizon, no_rating_error
from paintrend.learning import learn_population, patient_hash, rows_of
from paintrend.progress import Progress
from paintrend.results.diary import Diary
from paintrend.results.inference import usable_ratings
from paintrend.results.population import Population

__all__ = ["CrossFit", "crossfit"]


@dataclass(frozen=True)
class CrossFit:
    """Populations learned fold by fold.

    Parameters
    ----------
    populations : tuple of Population
        Number k was learned from the patients of all folds but k.
    fold : dict of str to int
        The fold of each patient: who is in fold k is judged with population k.
    """

    populations: tuple[Population, ...]
    fold: dict[str, int]

    def parts(self, looks: pd.DataFrame) -> Iterator[tuple[Population, pd.DataFrame]]:
        """Give each population with the rows of `looks` (a ``patient_id`` in each) it judges."""
        own = looks["patient_id"].map(self.fold)
        for k, population in enumerate(self.populations):
            rows = looks[own == k]
            if len(rows):
                yield population, rows


def crossfit(
    diary: Diary,
    *,
    horizon: float,
    folds: int = 5,
    seed: int = 0,
    default: str = "rehabilitation",
    lasting_days: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CrossFit:
    """Learn one population per fold, each from the patients of the other folds.

    Which fold a patient is in follows from the seed and the ids, never from the ratings.

    Parameters
    ----------
    diary : Diary
        A cohort of at least two patients, followed up to the end.
    horizon, seed, default, lasting_days, workers
        As in `paintrend.fit_curves`.
    folds : int
        Number of folds; as many as there are patients if these are fewer.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Raises
    ------
    HorizonError, InputError
        If the horizon is missing, or there are too few patients to leave some out.
    """
    problem = whole_number_problem("folds", folds, 2, MOST_REPEATS)
    if problem:
        raise InputError(f"cross-fitting: {problem}")
    last = float(diary.ratings["day"].max()) if len(diary.ratings) else float("nan")
    horizon = checked_horizon(horizon, last)
    used, late = usable_ratings(diary, horizon)
    if used.empty:
        raise no_rating_error(horizon, len(late), diary.n_ratings)
    ids = sorted(
        map(str, diary.patient_ids), key=lambda name: (patient_hash(seed, "fold", name), name)
    )
    rated = set(used["patient_id"])
    if len(rated) < 2:
        raise InputError(
            "cross-fitting learns from the other patients: it needs at least 2 with ratings up to "
            f"the horizon, got {len(rated)}. Give a population= that was learned before."
        )
    # those with ratings are dealt out first, so that no fold is left without others to learn from
    dealt = [name for name in ids if name in rated] + [name for name in ids if name not in rated]
    n = min(folds, len(rated))
    fold = {name: i % n for i, name in enumerate(dealt)}
    populations = []
    for k in range(n):
        if progress is not None:
            progress("learning from the other patients", k, n)
        others = rows_of(used, [name for name in rated if fold[name] != k])
        populations.append(
            learn_population(
                others,
                diary.scale,
                horizon,
                lasting_days=lasting_days,
                default=default,
                seed=seed,
                workers=workers or os.cpu_count() or 1,
            )
        )
    if progress is not None:
        progress("learning from the other patients", n, n)
    return CrossFit(tuple(populations), fold)
