"""Posterior-predictive check of a cohort: does the model make ratings like these?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.curves import draw_curves
from paintrend.core.likelihood import OUTLIER, RANGE
from paintrend.core.predictive import replicate_ratings
from paintrend.core.streams import patient_generator
from paintrend.errors import MOST_REPEATS, InputError, whole_number_problem
from paintrend.memory import memory_problem
from paintrend.results.check_statistics import STATISTICS
from paintrend.results.checks import CohortCheck
from paintrend.results.fit import Fit
from paintrend.results.inference import flatten, usable_ratings
from paintrend.results.population import rating_design
from paintrend.results.session_fit import refuse_sessions

__all__ = ["check_cohort"]

Array = NDArray[np.float64]

BLOCK = 256
FEWEST_REPLICATES = 100
"""With less than half of these not even a tail without any replicate would be called different."""
NEAR = 0.5
"""Distance from the curve, in standard deviations of the noise, up to which a rating is close. The
share of close ratings tells two-humped scatter, and calm days among wild ones, from a bell."""
OWN_SPREAD = 3
"""Ratings that a patient needs for a scatter of their own."""
FEWEST_VALUES = 5
"""Values that a scale needs for its middle and its favoured values to mean anything."""
SQUARES, N_OWN, OWN, OWN_SQUARES, N_NEAR, LAGGED, BEFORE, AFTER, TOTAL, TOTAL_SQUARES = range(10)


class _Patient(NamedTuple):
    """Ratings (1, n) on 0-10; of each replicate curve and ratings (R, n), and noise sd (R, 1)."""

    y: Array
    levels: Array
    made: Array
    sd: Array


def check_cohort(fit: Fit, *, replicates: int = 200, seed: int | None = None) -> CohortCheck:
    """Compare the ratings of a cohort with cohorts of ratings that the model makes.

    For each replicate, every patient gets one posterior draw: its curve at the days of the
    patient's ratings, with its noise (sd, autocorrelation, heaping), rounding, the ends of the
    scale and the small share of outliers. Statistics pooled over the cohort are then computed
    twice about these same curves, from the ratings and from the replicate (Gelman, Meng & Stern
    1996). The curves were drawn given these ratings, so the tail shares are cautious: small ones
    are rarer than their size says where the model holds.

    Parameters
    ----------
    fit : Fit
        From `paintrend.fit_curves`.
    replicates : int
        Replicated cohorts, 100 or more.
    seed : int, optional
        That of the fit if not given. A patient's random numbers depend on the seed and the id only.

    Returns
    -------
    CohortCheck

    Raises
    ------
    InputError
        If an option cannot be used.

    References
    ----------
    Gelman, Meng & Stern 1996, Posterior predictive assessment of model fitness via realized
    discrepancies, Statistica Sinica 6:733-760 (no DOI).

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> check = pt.check_cohort(fit)
    >>> check.table()["statistic"].head(3).tolist()
    ['spread', 'spread_difference', 'near_share']
    >>> check.differing
    ()
    """
    if not isinstance(fit, Fit):
        raise InputError(f"check_cohort needs a fit from fit_curves, got {type(fit).__name__}")
    refuse_sessions("check_cohort", fit)
    seed = fit.seed if seed is None else seed
    for name, value, least, most in (
        ("replicates", replicates, FEWEST_REPLICATES, MOST_REPEATS),
        ("seed", seed, 0, None),
    ):
        problem = whole_number_problem(name, value, least, most)
        if problem:
            raise InputError(f"check_cohort: {problem}")
    step, unit = fit.population.step, fit.population.unit
    n_values = round(RANGE / step) + 1
    problem = memory_problem(
        f"replicates={replicates} on a scale of {n_values:,} values",
        16.0 * replicates * (n_values + TOTAL_SQUARES + 1),
        "ask for fewer, or read the ratings with a scale of larger step",
    )
    if problem:
        raise InputError(f"check_cohort: {problem}.")
    sums = np.zeros((2, replicates, TOTAL_SQUARES + 1))
    counts = np.zeros((2, replicates, n_values))
    n_ratings = 0
    for patient in _patients(fit, replicates, seed):
        n_ratings += patient.y.size
        for which, y in enumerate((patient.y, patient.made)):
            sums[which] += _sums(y, patient.levels, patient.sd)
            bins = np.clip(np.floor(y / step + 0.5).astype(np.int64), 0, n_values - 1)
            cell = bins + n_values * np.arange(len(y))[:, None]
            counted = np.bincount(cell.ravel(), None, n_values * len(y))
            counts[which] += counted.reshape(len(y), n_values)
    seen, made = (_statistics(s, c, n_ratings) for s, c in zip(sums, counts, strict=True))
    # With a handful of ratings one may exist in the ratings and not in all that were made.
    names = tuple(name for name in STATISTICS if name in seen and name in made)
    size = [unit if STATISTICS[name].unit == "points" else 1.0 for name in names]
    return CohortCheck(
        names=names,
        observed=np.array([seen[name] for name in names]).reshape(-1, replicates).T * size,
        replicated=np.array([made[name] for name in names]).reshape(-1, replicates).T * size,
        scale=fit.scale,
        n_patients=len(fit),
        n_fitted=len(fit.inference.position),
        n_ratings=n_ratings,
        n_missing=fit.diary.n_missing,
        seed=int(seed),
    )


def _patients(fit: Fit, replicates: int, seed: int) -> Iterator[_Patient]:
    """Make the replicates patient by patient, in the order of ids: sums then do not depend on the
    order of rows."""
    population, post = fit.population, fit.inference.posterior
    used, _ = usable_ratings(fit.diary, fit.horizon)
    ids = sorted(fit.inference.position)
    for begin in range(0, len(ids), BLOCK):
        block = ids[begin : begin + BLOCK]
        ratings = flatten(used[used["patient_id"].isin(block)], block, fit.scale)
        design = rating_design(population, ratings.day, ratings.y, ratings.offset)
        for i, name in enumerate(block):
            at = slice(design.offset[i], design.offset[i + 1])
            days = design.row[at]
            n = at.stop - at.start
            rng = patient_generator(seed, name, "check")
            # draws come sorted by noise: in their own order every patient of a replicate would be
            # calm, or every one wild
            draw = np.resize(rng.permutation(fit.n_draws), replicates)
            row = fit.inference.position[name]
            noise, levels = post.noise[row, draw], np.empty((replicates, n))
            draw_curves(
                post.setting[row, draw], post.amplitude[row, draw], post.wave,
                post.wave_row[row, draw], population.model, design.common[at], design.slow[days],
                design.hump[days], design.wax[days], 1.0, 0.0, levels,
            )  # fmt: skip
            normals = rng.standard_normal((replicates, 3 * n))
            place = rng.random(replicates) - 0.5
            made = replicate_ratings(
                population.model, noise, levels, design.day[at], normals, OUTLIER, place
            )
            yield _Patient(design.y[None, at], levels, made, population.noise.sd[noise][:, None])


def _sums(y: Array, levels: Array, sd: Array) -> Array:
    """What one patient adds to the sums of each replicate, (R, 10)."""
    residual = y - levels
    squares = (residual**2).sum(axis=1)
    z = residual / sd
    out = np.zeros((len(levels), TOTAL_SQUARES + 1))
    out[:, SQUARES], out[:, N_NEAR] = squares, (np.abs(z) <= NEAR).sum(axis=1)
    if levels.shape[1] >= OWN_SPREAD:
        own = squares / levels.shape[1]
        out[:, N_OWN], out[:, OWN], out[:, OWN_SQUARES] = 1.0, np.sqrt(own), own
    out[:, LAGGED] = (z[:, :-1] * z[:, 1:]).sum(axis=1)
    out[:, BEFORE], out[:, AFTER] = (z[:, :-1] ** 2).sum(axis=1), (z[:, 1:] ** 2).sum(axis=1)
    out[:, TOTAL], out[:, TOTAL_SQUARES] = y.sum(axis=1), (y**2).sum(axis=1)
    return out


def _statistics(sums: Array, counts: Array, n_ratings: int) -> dict[str, Array]:
    """Give each statistic that exists, (R,), on the 0-10 unit."""
    if n_ratings == 0:
        return {}
    n_values, n_own = counts.shape[1], sums[0, N_OWN]
    share = counts / n_ratings
    found = {
        "spread": np.sqrt(sums[:, SQUARES] / n_ratings),
        "near_share": sums[:, N_NEAR] / n_ratings,
        "cohort_sd": _sd(sums[:, TOTAL], sums[:, TOTAL_SQUARES], n_ratings),
        "best_end_share": share[:, 0],
        "worst_end_share": share[:, -1],
    }
    if n_own >= 2:
        found["spread_difference"] = _sd(sums[:, OWN], sums[:, OWN_SQUARES], n_own)
    scatter = np.sqrt(sums[:, BEFORE] * sums[:, AFTER])
    if (scatter > 0.0).all():
        found["lag1"] = sums[:, LAGGED] / scatter
    if n_values >= FEWEST_VALUES:
        inner = counts[:, 1:-1] - (counts[:, :-2] + counts[:, 2:]) / 2.0
        found["uneven_values"] = np.abs(inner).sum(axis=1) / (2.0 * n_ratings)
        if n_values % 2:
            found["middle_share"] = share[:, n_values // 2]
    return found


def _sd(total: Array, squares: Array, n: float) -> Array:
    return np.sqrt(np.maximum(squares / n - (total / n) ** 2, 0.0))
