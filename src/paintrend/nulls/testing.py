"""The landmark test: predictor from before a day, outcome from after it, and two null worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import points_in
from paintrend.monitoring.folds import CrossFit, crossfit
from paintrend.nulls.asking import (
    FEWEST,
    NO_RESERVE,
    NO_START,
    check_others,
    check_question,
    refuse_early_entry,
    refuse_few,
    refuse_no_sign,
)
from paintrend.nulls.early import Early, look_early
from paintrend.nulls.levels import mean_after, regress_early, visits_of
from paintrend.nulls.outcomes import OUTCOMES, Outcome, outcome_window, reserved_ratings
from paintrend.nulls.worlds import Visits, curves_without_dip, later_curves, made_ratings
from paintrend.pooling.curves import gather_curves, population_levels
from paintrend.pooling.options import check_options
from paintrend.progress import Progress, shown_progress
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.direction import in_direction
from paintrend.results.fit import Fit
from paintrend.results.inference import fitted_ratings, usable_ratings
from paintrend.results.landmark import LandmarkTest, NullWorld

__all__ = ["OUTCOMES", "landmark_test"]

Array = NDArray[np.float64]
TRIES = 50
MEANING = {
    "no_link": "later levels follow from the levels at the start and on the landmark day alone",
    "no_dips": "curves that rise replaced by curves that do not, with the same start and end",
}


def landmark_test(
    fit: Fit,
    *,
    predictor: str = "dip_so_far",
    landmark: float = 28.0,
    outcome: str = "level_after",
    worlds: int = 100,
    entry: float | None = None,
    reserve: bool = False,
    criteria: Criteria | None = None,
    others: CrossFit | None = None,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> LandmarkTest:
    """Test whether an early sign says something about later ratings.

    The predictor is read off curves that rest on ratings up to the landmark and on a population
    that other patients taught. The outcome is a mean of later ratings only: a level, not a change,
    regressed on the predictor and on the levels of the same curves on day 0 and on the landmark
    day. Because these are known with error, what is left of them in the predictor can make an
    estimate where there is nothing; so the estimate is compared with those of two null worlds,
    which have the same patients, visits, rounding, noise and drop-out.

    A change or a responder is measured from a start, whose noise must not be in the predictor too.
    With `reserve` every second rating up to day 0, counted back from the last but one, is taken
    from the predictor, and the change is from the mean of these. It needs two ratings up to day 0.

    Parameters
    ----------
    fit : Fit
    predictor : str
        ``dip_so_far`` (share of curves that were up by the landmark) or ``rise_so_far``.
    landmark : float
        Day.
    outcome : str
        ``level_after`` or ``level_at_end``; with `reserve` ``change_after``, ``change_at_end``
        (worse is positive), ``responder_after`` or ``responder_at_end`` (1 if better by
        `improvement`; the estimate is then a difference in the share of responders).
    worlds : int
        Cohorts made in each null world. With R of them no p-value can be below 2 / (R + 1): fewer
        than 40 cannot show p < 0.05, and are for trying out.
    entry : float, optional
        Patients entered only if the mean of their ratings up to day 0 was at least so bad (scale
        units): made ratings are then drawn until they are, too (50 times at most). Refused if
        patients of the cohort did not meet it.
    reserve : bool
        Keep ratings up to day 0 from the predictor, for changes and responders.
    criteria : Criteria, optional
    others : CrossFit, optional
        Populations without the patients they judge. Learned in 5 folds if not given, unless the
        population of the fit came from other patients. It is for code within paintrend that asks
        several questions of one cohort: what it takes is not part of the public names.
    seed : int, optional
        That of the fit by default.
    progress : True or callable, optional

    Returns
    -------
    LandmarkTest

    Raises
    ------
    InputError
        If predictor or outcome would look across the landmark or share noise with each other, if
        fewer than 10 patients are followed beyond the landmark, or if the predictor is the same for
        all of them.

    References
    ----------
    Anderson, Cain & Gelber 1983, doi:10.1200/JCO.1983.1.11.710 (landmark method).

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.landmark_test(fit, landmark=28, worlds=20)
    >>> found.table()["world"].tolist()
    ['cohort', 'no_link', 'no_dips']
    """
    check_question(fit, predictor, landmark, outcome, worlds, reserve, entry)
    check_options("landmark_test", seed=seed, criteria=criteria, reserve=reserve)
    check_others(others, fit)
    seed = fit.seed if seed is None else seed
    resolved = (criteria or Criteria()).resolve(fit.scale, fit.horizon)
    diary = _ordered(fit)
    ids = list(map(str, diary.patients.index))
    visits, y = visits_of(diary, ids)
    kept = reserved_ratings(visits) if reserve else np.zeros(y.size, dtype=bool)
    window = outcome_window(outcome, landmark, fit.horizon, resolved)
    measure = Outcome(outcome, window, kept, resolved.required("improvement"))
    with shown_progress(progress) as report:
        if others is None:
            others = _populations(fit, diary, seed)
        early = look_early(
            _without(diary, kept), ids, others, landmark, predictor, resolved, seed=seed,
            workers=fit.workers,
        )  # fmt: skip
        level = measure.read(y, visits)
        reason = _reasons(fit, ids, early, level, visits, landmark)
        if reserve:
            reason[~np.isfinite(measure.start(y, visits))] = NO_RESERVE
        use = reason == ""
        if use.sum() < FEWEST:
            refuse_few(reason, landmark, fit.scale)
        refuse_no_sign(early.predictor[use], predictor, landmark, resolved)
        if entry is not None:
            refuse_early_entry(fit, ids, mean_after(y, visits, (-np.inf, 0.0)), entry)
        estimate, error = regress_early(level[use], early, use)
        made: dict[str, list[float]] = {name: [] for name in MEANING}
        full = gather_curves(fit, criteria, seed=seed, curves=worlds, keep=True)
        levels = population_levels(fit.population, seed)
        order = pd.Index(full.ids).get_indexer(pd.Index(ids))
        for k in range(worlds):
            rng = np.random.Generator(np.random.Philox(key=[seed, k]))
            made["no_link"].append(
                _no_link(fit, early, levels, visits, measure, landmark, use, rng, k)
            )
            curves = curves_without_dip(
                full.curves[order, k], levels, resolved.required("worsening"), rng, fit.scale.low,
                fit.scale.high, points_in(resolved.required("lasting_days"), fit.horizon),
            )  # fmt: skip
            trend = full.own.features[order, k, -1] if reserve else None
            again = _enter(fit, curves, full.noise[order, k], visits, trend, entry, rng)
            seen = _without(_with_ratings(diary, again), kept)
            own = look_early(
                seen, ids, others, landmark, predictor, resolved, seed=seed, workers=fit.workers
            )
            made["no_dips"].append(regress_early(measure.read(again, visits)[use], own, use)[0])
            if report is not None:
                report("making null worlds", k + 1, worlds)
    table = pd.DataFrame(
        {
            "patient_id": ids, "analysed": use, "reason": reason, "predictor": early.predictor,
            "start": early.start, "now": early.now, "outcome": level,
        }
    )  # fmt: skip
    both = [
        NullWorld(name, in_direction(meaning, fit.scale), np.array(made[name]), estimate)
        for name, meaning in MEANING.items()
    ]
    return LandmarkTest(
        predictor, outcome, float(landmark), estimate, error, (both[0], both[1]), table, fit.scale,
        seed, resolved, fitted_ratings(fit.info),
        fit.diary.n_missing,
    )  # fmt: skip


def _ordered(fit: Fit) -> Diary:
    """The diary's usable ratings, patients and days in order."""
    used, _ = usable_ratings(fit.diary, fit.horizon)
    used = used.sort_values(["patient_id", "day", "pain"], kind="stable").reset_index(drop=True)
    return replace(fit.diary, ratings=used, patients=fit.diary.patients.sort_index())


def _populations(fit: Fit, diary: Diary, seed: int) -> CrossFit:
    if fit.external:
        return CrossFit((fit.population,), dict.fromkeys(map(str, diary.patients.index), 0))
    return crossfit(
        diary, horizon=fit.horizon, seed=seed, default=fit.population.default,
        lasting_days=fit.population.lasting_days, workers=fit.workers,
    )  # fmt: skip


def _reasons(
    fit: Fit, ids: list[str], early: Early, level: Array, visits: Visits, landmark: float
) -> NDArray[np.object_]:
    """Why a patient cannot be analysed; nothing for those who can."""
    info = fit.info.set_axis(fit.info.index.astype(str)).loc[ids]
    last = np.array(
        [
            visits.day[b - 1] if b > a else -np.inf
            for a, b in zip(visits.offset[:-1], visits.offset[1:], strict=True)
        ]
    )
    reason = np.full(len(ids), "", dtype=object)
    reason[~np.isfinite(level)] = "without a rating when the outcome is measured"
    reason[~np.isfinite(early.predictor)] = "without a rating by the landmark"
    reason[last <= landmark] = "lost before the landmark"
    reason[info["n_baseline"].to_numpy() == 0] = NO_START
    return reason


def _no_link(
    fit: Fit, early: Early, pool: Array, visits: Visits, measure: Outcome,
    landmark: float, use: NDArray[np.bool_], rng: np.random.Generator, k: int,
) -> float:  # fmt: skip
    """The estimate where later levels follow from two levels alone."""
    d = k % early.curves.shape[1]
    levels = np.where(np.isfinite(early.curves[:, d]), early.curves[:, d], fit.scale.low)
    curves = later_curves(pool, landmark, fit.horizon, levels, rng, fit.scale.low, fit.scale.high)
    trend = early.trend[:, d] if measure.reserved.any() else None
    y = made_ratings(fit.population, curves, early.noise[:, d], visits, rng, trend)
    return regress_early(measure.read(y, visits)[use], early, use)[0]


def _enter(
    fit: Fit, curves: Array, noise: NDArray[np.int64], visits: Visits, trend: Array | None,
    entry: float | None, rng: np.random.Generator,
) -> Array:  # fmt: skip
    """Ratings of these curves, drawn again for patients who would not have entered."""
    made = made_ratings(fit.population, curves, noise, visits, rng, trend)
    if entry is None:
        return made
    bad = float(np.asarray(fit.scale.orient(entry)))
    before = -np.inf, 0.0
    owner = np.repeat(np.arange(len(curves)), np.diff(visits.offset))
    for _ in range(TRIES):
        mean = mean_after(made, visits, before)
        again = np.flatnonzero(mean < bad)
        if not again.size:
            break
        fresh = made_ratings(fit.population, curves, noise, visits, rng, trend)
        rows = np.isin(owner, again)
        made[rows] = fresh[rows]
    return made


def _without(diary: Diary, rows: NDArray[np.bool_]) -> Diary:
    """The diary without these ratings; its patients stay."""
    return replace(diary, ratings=diary.ratings[~rows].reset_index(drop=True))


def _with_ratings(diary: Diary, y: Array) -> Diary:
    """The diary with these ratings, oriented, in place of its own."""
    ratings = diary.ratings.assign(pain=np.asarray(diary.scale.orient(y)))
    return replace(diary, ratings=ratings)
