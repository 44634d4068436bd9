"""Learn the population of a cohort; of a large one from a seeded sample of its patients."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from paintrend.core.default import default_prior
from paintrend.core.em import PASSES, learn_prior
from paintrend.core.noise import noise_grid
from paintrend.errors import InputError
from paintrend.progress import Progress, StageCount
from paintrend.results.inference import flatten
from paintrend.results.members import member_digests
from paintrend.results.population import Population, rounding_step, usual_thresholds
from paintrend.scales import Scale
from paintrend.shapes import SHORTEST, shape_table

__all__ = [
    "LEARN_FROM",
    "check_lasting",
    "learn_population",
    "learning_sample",
    "patient_hash",
    "rows_of",
    "visit_gap",
]

LEARN_FROM = 2000
"""Larger cohorts are learned from a seeded sample of this many patients, chosen by id."""


def learning_sample(ids: Iterable[str], seed: int) -> list[str]:
    """Choose the patients that a population is learned from: the `LEARN_FROM` whose ids have the
    smallest hash with the seed, sorted by id.

    The sample of a cohort is the sample of the samples of its parts, so parts can be read one by
    one or on several machines.
    """
    # arrays of text are slow to go through one by one
    listed = ids.tolist() if hasattr(ids, "tolist") else ids
    names = sorted(set(map(str, listed)))
    if len(names) <= LEARN_FROM:
        return names
    return sorted(sorted(names, key=lambda name: patient_hash(seed, name))[:LEARN_FROM])


def rows_of(ratings: pd.DataFrame, ids: Collection[str]) -> pd.DataFrame:
    """Keep the ratings of these patients; quicker than ``isin`` on a long column of text."""
    codes, names = pd.factorize(ratings["patient_id"])
    wanted = set(ids)
    return ratings[np.array([name in wanted for name in names.tolist()], dtype=bool)[codes]]


def learn_population(
    used: pd.DataFrame,
    scale: Scale,
    horizon: float,
    *,
    lasting_days: float | None,
    default: str,
    seed: int,
    workers: int,
    progress: Progress | None = None,
    n_cohort: int | None = None,
) -> Population:
    """Learn a population from usable ratings.

    Parameters
    ----------
    used : DataFrame
        ``patient_id``, ``day``, ``pain``: all that may be fitted, or that of the sample.
    scale, horizon, lasting_days, default, seed, workers
        As in `paintrend.fit_curves`.
    progress : callable, optional
        Called with the passes done.
    n_cohort : int, optional
        Patients with usable ratings in the whole cohort; those of `used` if not given.

    Returns
    -------
    Population

    Raises
    ------
    InputError
        If `lasting_days` is more than half the horizon.
    """
    check_lasting(lasting_days, horizon)
    ids = learning_sample(used["patient_id"].unique(), seed)
    n_cohort = used["patient_id"].nunique() if n_cohort is None else n_cohort
    # All that is learned comes from the sample: a cohort in parts then gives the same.
    sample = rows_of(used, ids)
    lasting = float(lasting_days or horizon / 12.0)
    gap = visit_gap(sample, horizon)
    step = rounding_step(scale)
    table, noise = shape_table(horizon, gap, lasting), noise_grid(step, lasting)
    prior = default_prior(default, table, step, usual_thresholds(scale))
    count = StageCount(progress, "learning the population", PASSES)
    # sorted by id: sums over patients then do not depend on the order of rows
    ratings = flatten(sample, ids, scale)
    learned = learn_prior(
        ratings, table, noise, step, prior, seed=seed, workers=workers, progress=count
    )
    count.finish()
    return Population(
        scale=scale,
        horizon=horizon,
        lasting_days=lasting,
        gap=gap,
        prior=learned.prior,
        default=default,
        n_patients=len(ids),
        trace=learned.trace,
        members=member_digests(ratings),
        n_cohort=n_cohort,
    )


def check_lasting(lasting_days: float | None, horizon: float) -> None:
    """Refuse a lasting time of more than half the horizon, or of next to nothing.

    Raises
    ------
    InputError
    """
    if lasting_days is not None and lasting_days < SHORTEST:
        raise InputError(
            f"fit_curves: lasting_days must be at least {SHORTEST:g} days, got {lasting_days!r}."
        )
    if lasting_days is not None and lasting_days > horizon / 2.0:
        raise InputError(
            f"fit_curves: lasting_days must be at most half the horizon ({horizon / 2.0:g} days), "
            f"got {lasting_days!r}."
        )


def patient_hash(*parts: int | str) -> bytes:
    """Hash of a seed and a patient, by which patients are put in an order that nobody chose."""
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def visit_gap(used: pd.DataFrame, horizon: float) -> float:
    """Short gap between a patient's ratings after day 0: lower quartile over patients of the gap
    below which a tenth of theirs lie, days."""
    after = used[used["day"] >= 0].sort_values(["patient_id", "day"])
    gaps = after.groupby("patient_id", sort=True)["day"].diff().dropna()
    gaps = gaps[gaps > 0]
    if gaps.empty:
        return horizon / 12.0
    short = gaps.groupby(after.loc[gaps.index, "patient_id"]).quantile(0.1)
    return float(np.quantile(short.to_numpy(), 0.25))
