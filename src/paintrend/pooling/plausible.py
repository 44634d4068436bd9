"""Plausible values: a course and its features per patient and draw, all variables in the model."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.core.streams import patient_generator
from paintrend.errors import InputError
from paintrend.pooling.curves import CurvePool, gather_curves
from paintrend.pooling.judged import check_quantities
from paintrend.pooling.leverage import widening_of
from paintrend.pooling.options import check_options, check_size
from paintrend.pooling.relearning import (
    bootstrap_weights,
    first_joint,
    learn_joint,
    pick_curves,
    prepare_study,
)
from paintrend.pooling.variables import check_variables, variable_table
from paintrend.progress import Progress, StageCount, shown_progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import fitted_ratings, starts_predicted
from paintrend.results.plausible import PlausibleValues

__all__ = [
    "QUANTITIES_BY_DEFAULT",
    "draw_from_pool",
    "draw_plausible",
]

QUANTITIES_BY_DEFAULT = ("course", "baseline", "rise", "end_change")
OWN_COLUMNS = ("patient_id", "draw")
"""Columns of the tables that are neither quantities nor variables."""


def draw_plausible(
    fit: Fit,
    *,
    m: int = 50,
    quantities: Sequence[str] = QUANTITIES_BY_DEFAULT,
    variables: Sequence[str] = (),
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    interactions: bool = False,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> PlausibleValues:
    """Draw plausible courses and features of a cohort.

    For each draw the population is learned again on a Bayesian bootstrap of the patients, together
    with a regression of every variable on the curve, and one curve per patient is taken from the
    posterior that results. What is not known (who was sampled, how common courses are, which course
    a patient has) then shows as differences between draws. With few patients these are smaller than
    they should be; ``PlausibleValues.widening`` says by how much, and pooling makes up for it.

    Parameters
    ----------
    fit : Fit
        From `paintrend.fit_curves`.
    m : int
        Number of draws.
    quantities : sequence of str
        What the analysis reads off the curves: ``course``; ``dip``, ``deterioration``,
        ``end_better``, ``room_to_worsen``, ``room_to_improve`` (1 or 0); a feature of the courses
        table; ``end_level``. No more than it reads: in a hundred patients each further one lets
        chance explain a part of what variables have to do with the curves (an effect of 1 came out
        0.07 lower with four more).
    variables : sequence of str
        Every column of the analysis that is not read off a curve: groups, covariates, outcomes.
    outside : DataFrame, optional
        Columns that are not in the diary, by ``patient_id`` (index or column), such as an outcome.
    criteria : Criteria, optional
        Thresholds; the scale's own by default.
    interactions : bool
        Let variables change how others go with the curve; for analyses with products.
    seed : int, optional
        That of the fit by default.
    progress : True or callable, optional

    Returns
    -------
    PlausibleValues

    Raises
    ------
    InputError
        If a variable is unknown, constant, or names a group of one.

    References
    ----------
    Honaker, King & Blackwell 2011, doi:10.18637/jss.v045.i07 (a bootstrap and EM for each draw);
    MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7 (few patients for many coefficients).

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> values = draw_plausible(fit, m=3, quantities=("course", "rise"), variables=("arm",))
    >>> len(values), list(values.tables[0])
    (3, ['patient_id', 'course', 'rise', 'arm'])
    """
    names = check_quantities("draw_plausible", quantities)
    check_options(
        "draw_plausible", m=m, seed=seed, criteria=criteria, outside=outside,
        interactions=interactions,
    )  # fmt: skip
    pool = gather_curves(fit, criteria, seed=seed)
    table = variable_table(fit.diary, variables, outside, pool.ids)
    return draw_from_pool(
        pool, names, table, m=m, interactions=interactions, seed=seed, progress=progress
    )


def draw_from_pool(
    pool: CurvePool,
    names: tuple[str, ...],
    table: pd.DataFrame,
    *,
    m: int,
    interactions: bool = False,
    log_weight: NDArray[np.float64] | float = 0.0,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> PlausibleValues:
    """Draw plausible values from curves that are there already.

    Parameters
    ----------
    pool : CurvePool
    names : tuple of str
        Quantities.
    table : DataFrame
        Variables, one row per patient of the pool, in its order.
    log_weight : array, shape (P, D), optional
        What else is assumed of how probable each curve is.
    m, interactions, seed, progress
        As in `draw_plausible`.
    """
    _refuse_taken_names(table, names)
    check_size(m, len(pool.ids))
    fit = pool.fit
    seed = fit.seed if seed is None else seed
    study = prepare_study(pool, names, check_variables(table), interactions, log_weight)
    weights = bootstrap_weights(pool.ids, seed, m)
    uniform = np.stack([patient_generator(seed, i, "plausible").random(m) for i in pool.ids], 1)
    lock = Lock()
    with shown_progress(progress) as report:
        count = StageCount(report, "drawing plausible values", m)
        start, given = learn_joint(study, np.ones(len(pool.ids)), first_joint(study))

        def draw(k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            _, share = learn_joint(study, weights[k], start)
            with lock:
                count(1)
            return pick_curves(share, uniform[k]), 1.0 / (share**2).sum(axis=1)

        with ThreadPoolExecutor(max_workers=fit.workers) as threads:
            drawn = list(threads.map(draw, range(m)))
    inside = set(pool.ids)
    ids = [i for i in map(str, fit.patient_ids) if i in inside]
    return PlausibleValues(
        tables=_tables(pool, names, table, [picked for picked, _ in drawn], ids),
        quantities=names,
        variables=tuple(map(str, table)),
        left_out=pool.left_out,
        scale=fit.scale,
        horizon=fit.horizon,
        criteria=pool.own.criteria,
        seed=seed,
        interactions=interactions,
        effective=np.stack([size for _, size in drawn]),
        n_curves=pool.own.codes.shape[1],
        n_ratings=fitted_ratings(fit.info),
        n_missing=fit.diary.n_missing,
        widening=widening_of(study, given),
        n_start_predicted=starts_predicted(fit.info),
    )


def _tables(
    pool: CurvePool,
    names: tuple[str, ...],
    variables: pd.DataFrame,
    picked: list[NDArray[np.int64]],
    ids: list[str],
) -> tuple[pd.DataFrame, ...]:
    """One table per draw, in the diary's order."""
    order = pd.Index(pool.ids).get_indexer(pd.Index(ids))
    columns = {name: pool.read.quantity(name) for name in names}
    tables = []
    for own in picked:
        read: dict[str, object] = {"patient_id": ids}
        for name, values in columns.items():
            taken = np.take_along_axis(values, own[:, None], axis=1)[order, 0]
            read[name] = (
                pd.Categorical(np.array(COURSES)[taken.astype(np.int64)], categories=list(COURSES))
                if name == "course"
                else taken
            )
        tables.append(
            pd.concat([pd.DataFrame(read), variables.iloc[order].reset_index(drop=True)], axis=1)
        )
    return tuple(tables)


def _refuse_taken_names(table: pd.DataFrame, names: tuple[str, ...]) -> None:
    """Refuse variables that would stand twice in the tables."""
    taken = [str(name) for name in table if name in (*names, *OWN_COLUMNS)]
    if taken:
        raise InputError(
            f"{', '.join(map(repr, taken))} is a column and what the tables call something of "
            "their own (a quantity of curves, or the number of a draw): rename the column."
        )
