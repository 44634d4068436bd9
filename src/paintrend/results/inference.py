"""From a diary and a population to posterior draws: what fitting new ratings and looking back in
time share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.em import Ratings
from paintrend.core.posterior import Posterior, sample_posterior
from paintrend.results.diary import Diary
from paintrend.results.population import Population, rating_design
from paintrend.scales import Scale
from paintrend.wording import time_unit

__all__ = ["Inference", "fitted_ratings", "infer", "starts_predicted", "usable_ratings"]


@dataclass(frozen=True, eq=False)
class Inference:
    """Draws of the patients that could be fitted, and one row on every patient.

    Parameters
    ----------
    posterior : Posterior
        Draws of the fitted patients, in the diary's order.
    position : dict
        Patient id to row in `posterior`.
    info : DataFrame
        Index patient_id: fitted, reason, n_ratings, n_baseline, last_day, fit_p, ess, noise_sd.
    """

    posterior: Posterior
    position: dict[str, int]
    info: pd.DataFrame

    def select(self, ids: Sequence[str]) -> Inference:
        """Keep these patients, in this order."""
        known = [i for i in ids if i in self.position]
        rows = np.array([self.position[i] for i in known], dtype=np.int64)
        post = self.posterior
        kept = post._replace(
            **{
                name: getattr(post, name)[rows]
                for name in post._fields
                if name != "wave"  # rows of `wave` are named by `wave_row`, so it stays whole
            }
        )
        return Inference(kept, {name: i for i, name in enumerate(known)}, self.info.loc[list(ids)])


def fitted_ratings(info: pd.DataFrame) -> int:
    """Count the ratings of the patients that were fitted."""
    return int(info.loc[info["fitted"], "n_ratings"].sum())


def starts_predicted(info: pd.DataFrame) -> int:
    """Count the patients that were fitted without a rating at or before day 0."""
    return int((info["fitted"] & (info["n_baseline"] < 1)).sum())


def usable_ratings(diary: Diary, horizon: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split ratings into those to fit and those after the horizon; inclusion ratings are in
    neither.

    Returns
    -------
    used, late : DataFrames with the columns of ``diary.ratings``
    """
    ratings = diary.ratings
    late = ratings["day"].to_numpy() > horizon
    inclusion = ratings["inclusion"].to_numpy(dtype=bool)
    return ratings[~late & ~inclusion], ratings[late].reset_index(drop=True)


def to_internal(pain: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Ratings on 0-10 with worse higher, exactly 0 and 10 at the ends."""
    return np.clip((np.asarray(scale.orient(pain)) - scale.low) * (10.0 / scale.span), 0.0, 10.0)


def flatten(used: pd.DataFrame, ids: list[str], scale: Scale) -> Ratings:
    """Ratings of ``ids`` (each with at least one) end to end, in that order, by day."""
    return _end_to_end(pd.Index(ids).get_indexer(pd.Index(used["patient_id"])), used, ids, scale)


def _end_to_end(
    code: NDArray[np.intp], used: pd.DataFrame, ids: list[str], scale: Scale
) -> Ratings:
    """Ratings with the position of their patient in ``ids`` (-1: none of these), by patient and
    day."""
    day = used["day"].to_numpy(dtype=float)
    y = to_internal(used["pain"].to_numpy(dtype=float), scale)
    keep = code >= 0
    code, day, y = code[keep], day[keep], y[keep]
    order = np.lexsort((y, day, code))
    offset = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=len(ids)))]).astype(
        np.int64
    )
    return Ratings(day[order], y[order], offset, ids)


def infer(
    diary: Diary,
    population: Population,
    *,
    seed: int,
    n_draws: int,
    workers: int,
    progress: Callable[[int], None] | None = None,
    keys: Sequence[str] | None = None,
) -> Inference:
    """Draw posterior curves of every patient of the diary under a population.

    Parameters
    ----------
    keys : sequence of str, optional
        Whose random numbers each patient of the diary takes; their own if not given. Looks at one
        patient on several days share them.
    """
    rows, index, horizon = diary.ratings, diary.patients.index, population.horizon
    owner = index.get_indexer(pd.Index(rows["patient_id"]))
    day = rows["day"].to_numpy(dtype=float)
    late = day > horizon
    used = ~late & ~rows["inclusion"].to_numpy(dtype=bool)

    def count(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(owner[where & (owner >= 0)], minlength=len(index)).astype(np.int64)

    n_ratings = count(used)
    fitted = n_ratings > 0
    last_day = np.full(len(index), -np.inf)
    np.maximum.at(last_day, owner[used & (owner >= 0)], day[used & (owner >= 0)])
    ids = [str(i) for i in index[fitted]]
    # among the fitted only, in the same order; every rating that is used has a fitted patient
    position = np.where(fitted, np.cumsum(fitted) - 1, -1)
    code = np.where(owner >= 0, position[owner], -1) if len(index) else owner
    ratings = _end_to_end(code[used], rows[used], ids, diary.scale)
    design = rating_design(population, ratings.day, ratings.y, ratings.offset)
    own = ids if keys is None else [key for key, known in zip(keys, fitted, strict=True) if known]
    posterior = sample_posterior(
        population.model,
        design,
        own,
        seed=seed,
        n_draws=n_draws,
        workers=workers,
        progress=progress,
    )
    info = pd.DataFrame(
        {
            "fitted": fitted,
            "reason": _reasons(n_ratings, count(late | ~late), count(late), horizon),
            "n_ratings": n_ratings,
            "n_baseline": count(used & (day <= 0)),
            "last_day": np.where(fitted, last_day, np.nan),
            "fit_p": _spread(posterior.fit_p, fitted),
            "ess": _spread(posterior.effective, fitted),
            "noise_sd": _spread(
                population.noise.sd[posterior.noise].mean(axis=1) * population.unit, fitted
            ),
        },
        index=index,
    )
    return Inference(posterior, {name: i for i, name in enumerate(ids)}, info)


def _spread(values: NDArray[np.float64], fitted: NDArray[np.bool_]) -> NDArray[np.float64]:
    out = np.full(fitted.size, np.nan)
    out[fitted] = values
    return out


def _reasons(
    n_ratings: NDArray[np.int64],
    n_all: NDArray[np.int64],
    n_late: NDArray[np.int64],
    horizon: float,
) -> list[str]:
    """Why each patient could not be fitted, from the ratings used, all of them, and those after
    the horizon; nothing for those who were."""
    reasons = [""] * n_ratings.size
    for i in np.flatnonzero(n_ratings == 0):
        if n_all[i] == 0:
            reasons[i] = "no usable rating"
        elif n_late[i] == n_all[i]:
            which = "the only rating is" if n_late[i] == 1 else f"all {n_late[i]} ratings are"
            reasons[i] = f"{which} after the horizon, {time_unit(horizon).show(horizon)}"
        else:
            reasons[i] = "only ratings that were used to select the patient" + (
                f", and {n_late[i]} after the horizon" if n_late[i] else ""
            )
    return reasons
