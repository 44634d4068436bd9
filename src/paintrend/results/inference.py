"""From a diary and a population to posterior draws: what fitting new ratings and looking back in
time share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.design import build_design
from paintrend.core.em import Ratings
from paintrend.core.posterior import Posterior, sample_posterior
from paintrend.results.diary import Diary
from paintrend.results.population import Population
from paintrend.scales import Scale

__all__ = ["Inference", "infer", "usable_ratings"]


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
    code = pd.Index(ids).get_indexer(pd.Index(used["patient_id"]))
    day = used["day"].to_numpy(dtype=float)
    y = to_internal(used["pain"].to_numpy(dtype=float), scale)
    keep = code >= 0
    code, day, y = code[keep], day[keep], y[keep]
    order = np.lexsort((y, day, code))
    offset = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=len(ids)))]).astype(
        np.int64
    )
    return Ratings(day[order], y[order], offset, ids)


def rating_digests(ratings: Ratings) -> frozenset[str]:
    """One digest per patient over id, days and ratings: tells whether a patient is met again."""
    found = []
    for i, name in enumerate(ratings.patients):
        rows = slice(ratings.offset[i], ratings.offset[i + 1])
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16)
        digest.update(ratings.day[rows].tobytes())
        digest.update(ratings.y[rows].tobytes())
        found.append(digest.hexdigest())
    return frozenset(found)


def infer(
    diary: Diary,
    population: Population,
    *,
    seed: int,
    n_draws: int,
    workers: int,
    progress: Callable[[int], None] | None = None,
) -> Inference:
    """Draw posterior curves of every patient of the diary under a population."""
    used, _ = usable_ratings(diary, population.horizon)
    days, owner = used["day"], used["patient_id"]
    grouped = days.groupby(owner, sort=False)
    index = diary.patients.index
    n_ratings = grouped.size().reindex(index, fill_value=0).to_numpy(dtype=np.int64)
    n_baseline = (
        (days <= 0)
        .groupby(owner, sort=False)
        .sum()
        .reindex(index, fill_value=0)
        .to_numpy(dtype=np.int64)
    )
    last_day = grouped.max().reindex(index).to_numpy(dtype=float)
    fitted = n_ratings > 0
    ids = [str(i) for i in index[fitted]]
    ratings = flatten(used, ids, diary.scale)
    design = build_design(
        ratings.day, ratings.y, ratings.offset, population.table, population.prior, population.step
    )
    posterior = sample_posterior(
        population.model,
        design,
        ids,
        seed=seed,
        n_draws=n_draws,
        workers=workers,
        progress=progress,
    )
    info = pd.DataFrame(
        {
            "fitted": fitted,
            "reason": [
                _reason(diary, str(i), int(n), population.horizon)
                for i, n in zip(index, n_ratings, strict=True)
            ],
            "n_ratings": n_ratings,
            "n_baseline": n_baseline,
            "last_day": last_day,
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


def _reason(diary: Diary, patient: str, n_ratings: int, horizon: float) -> str:
    if n_ratings:
        return ""
    own = diary.ratings[diary.ratings["patient_id"] == patient]
    if own.empty:
        return "no usable rating"
    late = int((own["day"] > horizon).sum())
    if late == len(own):
        return f"all {late} ratings are after the horizon, day {horizon:g}"
    return "only ratings that were used to select the patient" + (
        f", and {late} after the horizon" if late else ""
    )
