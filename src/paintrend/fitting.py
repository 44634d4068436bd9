"""Fit pain curves: learn the population of a cohort, or take one, then draw each patient's
posterior curves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from paintrend.core.default import default_prior
from paintrend.core.em import PASSES, learn_prior
from paintrend.core.noise import noise_grid
from paintrend.defaults import DEFAULTS
from paintrend.errors import HorizonError, InputError, PopulationError, whole_number_problem
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import flatten, infer, rating_digests, usable_ratings
from paintrend.results.population import Population, rounding_step
from paintrend.scales import Scale
from paintrend.shapes import shape_table

__all__ = ["Progress", "fit_curves"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""
LEARN_FROM = 2000
"""Larger cohorts are learned from a seeded sample of this many patients, chosen by id."""
TYPICAL_CHANGE = 2.0
"""Tenths of the range taken as a meaningful change where a scale has no thresholds."""


def fit_curves(
    diary: Diary,
    *,
    horizon: float | None = None,
    population: Population | None = None,
    seed: int = 0,
    draws: int = 400,
    default: str = "rehabilitation",
    lasting_days: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit the pain curve of every patient.

    Parameters
    ----------
    diary : Diary
        From `paintrend.read_diary`.
    horizon : float
        Day at which the course is judged (end of planned follow-up). Required unless `population`
        brings it.
    population : Population, optional
        One learned before, from other patients; learned from this diary if not given.
    seed : int
        Same diary, same seed: same answer, whatever the order of rows or the number of workers.
    draws : int
        Posterior curves per patient.
    default : str
        Default population that learning starts from and shrinks towards: a key of
        `paintrend.defaults.DEFAULTS`.
    lasting_days : float, optional
        What lasts this long or longer is curve, what is shorter is noise; horizon / 12 if not
        given.
    workers : int, optional
        Threads; as many as there are processors if not given.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    Fit

    Raises
    ------
    HorizonError, PopulationError, InputError
        If the horizon is missing or no rating lies before it, if the population was learned on
        another scale or
        horizon, or if an option cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 21, 42, 63, 84]
    >>> ratings = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 4, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=84)
    >>> fit["P1"].curve.shape, fit.draws("P1").shape
    ((169, 4), (400, 169))
    """
    if not isinstance(diary, Diary):
        raise InputError(
            f"fit_curves needs a diary from read_diary(...), got {type(diary).__name__}"
        )
    problems = _option_problems(
        seed=seed, draws=draws, workers=workers, default=default, lasting_days=lasting_days
    )
    if problems:
        raise InputError("fit_curves: " + "; ".join(problems) + ".")
    workers = workers or os.cpu_count() or 1
    if population is not None:
        _check_population(population, diary.scale, horizon, lasting_days)
        _require_ratings(diary, population.horizon)
        learned = population
    else:
        checked = _checked_horizon(horizon, diary)
        _require_ratings(diary, checked)
        learned = _learn(diary, checked, lasting_days, default, seed, workers, progress)
    total = len(diary.patients)
    done = 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        if progress is not None:
            progress("fitting patients", done, total)

    inference = infer(diary, learned, seed=seed, n_draws=draws, workers=workers, progress=count)
    # a population that these patients taught is not one of others, however it was passed
    external = population is not None and learned.members.isdisjoint(_members(diary, learned))
    return Fit(diary, learned, inference, seed, workers, external)


def _option_problems(**options: Any) -> list[str]:
    found = []
    for name, least in (("seed", 0), ("draws", 20), ("workers", 1)):
        value = options[name]
        if value is None and name == "workers":
            continue
        problem = whole_number_problem(name, value, least)
        found += [problem] if problem else []
    if options["default"] not in DEFAULTS:
        found.append(f"default must be one of {', '.join(DEFAULTS)}, got {options['default']!r}")
    lasting = options["lasting_days"]
    if lasting is not None and not (_is_number(lasting) and lasting > 0):
        found.append(f"lasting_days must be a positive number of days, got {lasting!r}")
    return found


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float, np.number))
        and not isinstance(value, bool)
        and bool(np.isfinite(float(value)))
    )


def _checked_horizon(horizon: float | None, diary: Diary) -> float:
    last = diary.ratings["day"].max() if len(diary.ratings) else np.nan
    hint = (
        f" The last rating is on day {last:g}: horizon={last:g} would include all."
        if np.isfinite(last)
        else ""
    )
    if horizon is None:
        raise HorizonError(
            "horizon is required: the day at which courses are judged, e.g. horizon=84." + hint
        )
    if not _is_number(horizon) or horizon <= 0:
        raise HorizonError(f"horizon must be a positive number of days, got {horizon!r}." + hint)
    return float(horizon)


def _require_ratings(diary: Diary, horizon: float) -> None:
    used, late = usable_ratings(diary, horizon)
    if used.empty:
        why = (
            f"all {len(late)} are after it"
            if len(late)
            else "the diary has none that can be fitted"
        )
        raise HorizonError(f"no rating up to the horizon, day {horizon:g}: {why}.")


def _check_population(
    population: Population, scale: Scale, horizon: float | None, lasting_days: float | None
) -> None:
    if not isinstance(population, Population):
        raise PopulationError(
            "population must come from fit.population or read_population, got "
            f"{type(population).__name__}"
        )
    found = []
    own = population.scale
    for name in ("low", "high", "step", "higher_is_worse"):
        if getattr(own, name) != getattr(scale, name):
            found.append(
                f"scale {name}: {getattr(own, name)} there ({own.label}), "
                f"{getattr(scale, name)} here ({scale.label})"
            )
    if not found and own.name != scale.name:
        found.append(f"scale: learned on {own.name!r}, these ratings are {scale.name!r}")
    if horizon is not None and horizon != population.horizon:
        found.append(
            f"horizon: {population.horizon:g} there, {horizon!r} here; "
            "leave horizon out to use the population's"
        )
    if lasting_days is not None and lasting_days != population.lasting_days:
        found.append(f"lasting_days: {population.lasting_days:g} there, {lasting_days:g} here")
    if found:
        raise PopulationError(
            "the population does not suit these ratings: " + "; ".join(found) + "."
        )


def _learn(
    diary: Diary,
    horizon: float,
    lasting_days: float | None,
    default: str,
    seed: int,
    workers: int,
    progress: Progress | None,
) -> Population:
    if lasting_days is not None and lasting_days > horizon / 2.0:
        raise InputError(
            f"fit_curves: lasting_days must be at most half the horizon ({horizon / 2.0:g} days), "
            f"got {lasting_days!r}."
        )
    scale = diary.scale
    lasting = float(lasting_days or horizon / 12.0)
    used, _ = usable_ratings(diary, horizon)
    gap = visit_gap(used, horizon)
    unit = scale.span / 10.0
    thresholds = tuple(
        TYPICAL_CHANGE if x is None else x / unit for x in (scale.worse, scale.better)
    )
    step = rounding_step(scale)
    table, noise = shape_table(horizon, gap, lasting), noise_grid(step, lasting)
    prior = default_prior(default, table, step, (thresholds[0], thresholds[1]))
    # sorted by id: sums over patients then do not depend on the order of rows
    ids = sorted(str(i) for i in used["patient_id"].unique())
    if len(ids) > LEARN_FROM:
        ids = sorted(sorted(ids, key=lambda i: _hash(seed, i))[:LEARN_FROM])
    done = 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        if progress is not None:
            progress("learning the population", done, PASSES)

    ratings = flatten(used, ids, scale)
    learned = learn_prior(
        ratings,
        table,
        noise,
        step,
        prior,
        seed=seed,
        workers=workers,
        progress=count,
    )
    if progress is not None and done < PASSES:
        progress("learning the population", PASSES, PASSES)
    return Population(
        scale,
        horizon,
        lasting,
        gap,
        learned.prior,
        default,
        len(ids),
        learned.trace,
        rating_digests(ratings),
    )


def _members(diary: Diary, population: Population) -> frozenset[str]:
    used, _ = usable_ratings(diary, population.horizon)
    ids = [str(i) for i in used["patient_id"].unique()]
    return rating_digests(flatten(used, ids, diary.scale))


def _hash(seed: int, patient: str) -> bytes:
    return hashlib.blake2b(
        f"{seed}\x1f{patient}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


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
