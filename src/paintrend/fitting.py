"""Fit pain curves: learn the population of a cohort, or take one, then draw each patient's
posterior curves."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from paintrend.adapters import adapter_of
from paintrend.errors import InputError
from paintrend.fitting_options import (
    check_memory,
    check_options,
    check_population,
    checked_horizon,
    no_rating_error,
    taught_by,
)
from paintrend.learning import learn_population
from paintrend.progress import Progress, StageCount, shown_progress
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.inference import infer, usable_ratings
from paintrend.results.population import Population
from paintrend.results.session_fit import refuse_sessions
from paintrend.scales import Scale

__all__ = ["Progress", "fit_curves", "refit"]


def fit_curves(
    diary: Diary | Any,
    *,
    horizon: float | None = None,
    population: Population | None = None,
    seed: int = 0,
    draws: int = 400,
    default: str = "rehabilitation",
    lasting_days: float | None = None,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    scale: str | Scale | None = None,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    wide: bool | Mapping[str, float] | None = None,
    inclusion: str | None = None,
    missing_codes: Collection[str | float] | None = None,
    lenient: bool = False,
) -> Fit:
    """Fit the pain curve of every patient.

    Parameters
    ----------
    diary : Diary or Dask DataFrame
        From `paintrend.read_diary`; or the table itself, on any Dask cluster (extra ``scale``).
    horizon : float
        Day at which the course is judged (end of planned follow-up). Required unless `population`
        brings it.
    population : Population, optional
        One learned before, from other patients; learned from this diary if not given. If more
        patients of the diary seem to be among those it was learned from than chance would give,
        `Fit.notices` says so, and `Fit.as_of` is marked retrospective.
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
    progress : bool or callable, optional
        True shows a bar, in a terminal or a notebook. A function is called as
        ``progress(stage, done, total)``.
    scale, columns, start, time_unit, wide, inclusion, missing_codes, lenient
        For a Dask DataFrame only: what `paintrend.read_diary` takes. Without `scale` the scale is
        that of the population. `start` is one date for all.

    Returns
    -------
    Fit
        For a Dask DataFrame a `ScaledFit`, which `paintrend.classify` takes in the same way.

    Raises
    ------
    HorizonError, PopulationError, InputError
        If the horizon is missing or no rating lies before it, if the population was learned on
        another scale or horizon, or if an option cannot be used.
    DiaryError, MissingExtraError
        For a Dask DataFrame: if its rows have problems, or the extra is not installed.

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
    reading = {
        "scale": scale,
        "columns": columns,
        "start": start,
        "time_unit": time_unit,
        "wide": wide,
        "inclusion": inclusion,
        "missing_codes": missing_codes,
        "lenient": lenient,
    }
    check_options(
        "fit_curves",
        seed=seed,
        draws=draws,
        workers=workers,
        default=default,
        lasting_days=lasting_days,
    )
    if not isinstance(diary, Diary):
        adapter = adapter_of(diary)
        if adapter is None:
            raise InputError(
                "fit_curves needs a diary from read_diary(...) or a Dask DataFrame, got "
                f"{type(diary).__name__}"
            )
        # how many patients there are is not known yet
        check_memory("fit_curves", draws, workers=1, n_patients=1)
        with shown_progress(progress) as report:
            return adapter.fit_frame(
                diary,
                horizon=horizon,
                population=population,
                seed=seed,
                draws=draws,
                default=default,
                lasting_days=lasting_days,
                workers=workers or os.cpu_count() or 1,
                progress=report,
                **reading,
            )
    given = [name for name, value in reading.items() if value is not None and value is not False]
    if given:
        raise InputError(
            f"fit_curves: {', '.join(given)} is for a Dask DataFrame; a diary was read with "
            "read_diary(...), which has these options."
        )
    with shown_progress(progress) as report:
        return _fit_diary(
            diary,
            horizon,
            population,
            seed,
            draws,
            default,
            lasting_days,
            workers or os.cpu_count() or 1,
            report,
        )


def refit(fit: Fit, diary: Diary, *, seed: int | None = None) -> Fit:
    """Fit another diary as a fit was fitted: with its population if that came from other patients,
    else with one that is learned again the same way. The seed is that of the fit if not given."""
    refuse_sessions("fitting again", fit)
    seed = fit.seed if seed is None else seed
    if fit.external:
        return fit_curves(
            diary, population=fit.population, seed=seed, draws=fit.n_draws, workers=fit.workers
        )
    return fit_curves(
        diary, horizon=fit.horizon, seed=seed, draws=fit.n_draws, workers=fit.workers,
        default=fit.population.default, lasting_days=fit.population.lasting_days,
    )  # fmt: skip


def _fit_diary(
    diary: Diary,
    horizon: float | None,
    population: Population | None,
    seed: int,
    draws: int,
    default: str,
    lasting_days: float | None,
    workers: int,
    progress: Progress | None,
) -> Fit:
    last = float(diary.ratings["day"].max()) if len(diary.ratings) else np.nan
    if population is not None:
        check_population(population, diary.scale, horizon, lasting_days, diary.time_unit)
        _require_ratings(diary, population.horizon)
        _check_memory(diary, draws, workers)
        learned = population
    else:
        checked = checked_horizon(horizon, last)
        _require_ratings(diary, checked)
        _check_memory(diary, draws, workers)
        learned = learn_population(
            usable_ratings(diary, checked)[0],
            diary.scale,
            checked,
            lasting_days=lasting_days,
            default=default,
            seed=seed,
            workers=workers,
            progress=progress,
        )
        learned = replace(learned, time_unit=diary.time_unit)
    count = StageCount(progress, "fitting patients", len(diary.patients))
    inference = infer(diary, learned, seed=seed, n_draws=draws, workers=workers, progress=count)
    if population is None:
        used, _ = usable_ratings(diary, learned.horizon)
        return Fit(diary, learned, inference, seed, workers, learned_until=float(used["day"].max()))
    # a population that these patients taught is not one of others, however it was passed
    taught, notices = taught_by(diary, learned)
    return Fit(diary, learned, inference, seed, workers, not taught, notices=notices)


def _check_memory(diary: Diary, draws: int, workers: int) -> None:
    most = int(diary.ratings["patient_id"].value_counts().iloc[0])
    check_memory(
        "fit_curves", draws, workers=workers, n_patients=len(diary.patients), n_ratings=most
    )


def _require_ratings(diary: Diary, horizon: float) -> None:
    used, late = usable_ratings(diary, horizon)
    if used.empty:
        raise no_rating_error(horizon, len(late), diary.n_ratings)
