"""Fit the response to therapy sessions of every patient, together with the curve."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paintrend.core.curves import GRID_POINTS
from paintrend.core.default import default_prior
from paintrend.core.streams import patient_generator
from paintrend.courses import classify
from paintrend.errors import MOST_WORKERS, InputError, PopulationError, whole_number_problem
from paintrend.fitting_options import check_population
from paintrend.progress import Progress, StageCount, shown_progress
from paintrend.responses import RESPONSES
from paintrend.results.belonging import check_kind
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import Inference
from paintrend.results.population import Population, usual_thresholds
from paintrend.results.session_criteria import SessionCriteria
from paintrend.results.session_fit import SessionFit
from paintrend.results.session_response import ResponsePopulation, SessionResponse
from paintrend.results.sessions import Sessions
from paintrend.session_columns import carried_columns
from paintrend.soreness.aligned import align_ratings
from paintrend.soreness.extended import ResponsePrior
from paintrend.soreness.gathering import Gathered, gather
from paintrend.soreness.learning import PASSES, default_response, learn_response
from paintrend.soreness.posterior import JointDraws, draw_jointly
from paintrend.soreness.problem import Problem
from paintrend.soreness.readings import read_draws
from paintrend.soreness.summary import pooled_table, response_tables
from paintrend.soreness.timing import check_same_day
from paintrend.wording import plural, time_unit

__all__ = ["session_response"]

Array = NDArray[np.float64]
LEARN_FROM = 250
"""Of larger cohorts the response is learned from a seeded sample of this many treated patients."""


def session_response(
    fit: Fit,
    sessions: Sessions,
    *,
    criteria: SessionCriteria | None = None,
    course_criteria: Criteria | None = None,
    population: ResponsePopulation | None = None,
    same_day: str = "leave_out",
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> SessionResponse:
    """Estimate what happens to each patient's pain after sessions.

    Level before clipping to the scale: ``curve + sum over sessions of size * k(days since)``, with
    ``k`` of `paintrend.responses` and a size that goes from the first to the settled one as
    ``exp(-(number - 1) / 5)``. Time courses, sizes, curves and noise are learned from the cohort
    together (partial pooling), so that a course is not taken for soreness nor soreness for a
    course.

    Parameters
    ----------
    fit : Fit
        From `fit_curves`: its ratings, its options, and the courses to compare with.
    sessions : Sessions
        From `read_sessions`; those attended count.
    criteria : SessionCriteria, optional
        Thresholds of the verdict.
    course_criteria : Criteria, optional
        Thresholds of the courses.
    population : ResponsePopulation, optional
        One learned before, from other patients on the same scale and horizon
        (``response.population``, `paintrend.read_response_population`); learned from these if not
        given.
    same_day : {"leave_out", "before", "after"}
        What to do with ratings that may lie before or after the session of their day.
    workers : int, optional
        Threads; those of the fit if not given.
    progress : bool or callable, optional
        As in `fit_curves`.

    Returns
    -------
    SessionResponse

    Raises
    ------
    InputError
        If no patient of the fit attended a session, or an option cannot be used.
    PopulationError
        If `population` is none of responses, or of another scale or horizon.
    CriteriaError
        If a threshold is missing or cannot be used.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    >>> diary = pt.read_diary(cohort.ratings, scale="nrs")
    >>> fit = pt.fit_curves(diary, horizon=14, draws=50)
    >>> response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    >>> list(response), len(response["P001"].why())
    (['P001', 'P002', 'P003'], 4)
    """
    _check(fit, sessions, same_day, workers)
    if criteria is not None:
        check_kind(criteria, SessionCriteria, "session_response(criteria=)", "SessionCriteria(...)")
    resolved = (criteria or SessionCriteria()).resolve(fit.scale)
    threads = workers or fit.workers or os.cpu_count() or 1
    used = gather(fit, sessions, same_day)
    names = list(used.problem.ratings.patients)
    if population is not None:
        if not isinstance(population, ResponsePopulation):
            raise PopulationError(
                "population must come from response.population or read_response_population, got "
                f"{type(population).__name__}."
            )
        check_population(population.population, fit.scale, fit.horizon, None)
    with shown_progress(progress) as report:
        known = population or _learn(fit, used.problem, threads, report)
        prior = ResponsePrior(known.share, known.mean, known.covariance)
        own = known.population
        count = StageCount(report, "drawing responses", len(RESPONSES) + 1)
        draws = draw_jointly(
            used.problem, own.table, own.model, own.prior, prior,
            seed=fit.seed, n_draws=fit.n_draws, workers=threads, progress=count,
        )  # fmt: skip
    judged = _session_fit(fit, own, used.problem, draws)
    courses = classify(judged, course_criteria)
    ignoring = classify(fit, course_criteria)
    readings = read_draws(
        draws, used.problem.sessions, used.problem.weights, RESPONSES, own, names, fit.seed
    )
    tables = response_tables(fit, judged, sessions, used.problem, readings, resolved)
    summary = tables.summary.assign(
        course=courses.table()["course"].to_numpy(),
        course_ignoring=ignoring.table()["course"].to_numpy(),
        p_deterioration=courses.table()["p_deterioration"].to_numpy(),
        p_deterioration_ignoring=ignoring.table()["p_deterioration"].to_numpy(),
    )
    reason = summary.pop("reason")
    return SessionResponse(
        fit=judged,
        courses=courses,
        courses_ignoring=ignoring,
        sessions=sessions,
        criteria=resolved,
        population=known,
        draws=tables.draws,
        codes=tables.codes,
        levels=tables.levels,
        aligned=align_ratings(used.problem, draws, own),
        summary=summary.assign(reason=reason),
        pooled=pooled_table(tables.draws, summary["n_pairs"].to_numpy(float), resolved),
        notices=_notices(fit, sessions, used),
    )


def _check(fit: Fit, sessions: Sessions, same_day: str, workers: int | None) -> None:
    if not isinstance(fit, Fit) or not isinstance(sessions, Sessions):
        raise InputError(
            "session_response needs a fit from fit_curves(...) and sessions from "
            f"read_sessions(...), got {type(fit).__name__} and {type(sessions).__name__}."
        )
    check_same_day(same_day)
    problem = "" if workers is None else whole_number_problem("workers", workers, 1, MOST_WORKERS)
    if problem:
        raise InputError(f"session_response: {problem}.")
    treated = set(sessions.attended["patient_id"])
    if not treated & set(fit.patient_ids):
        raise InputError(
            f"session_response: none of {plural(len(fit), 'patient')} of the fit attended a "
            f"session; the sessions are of {', '.join(sorted(treated)[:3]) or 'nobody'} ..., the "
            f"fit of {', '.join(fit.patient_ids[:3])} ..."
        )


def _learn(fit: Fit, problem: Problem, workers: int, report: Progress | None) -> ResponsePopulation:
    """Learn from the treated patients, or a seeded sample of them."""
    treated = [i for i, s in enumerate(problem.sessions) if s.size]
    if not treated:
        at = time_unit(fit.horizon).show(fit.horizon)
        raise InputError(
            f"session_response: no fitted patient attended a session up to the horizon ({at}): "
            "nothing can be learned of a response. Fit with a longer horizon=."
        )
    names = problem.ratings.patients
    if len(treated) > LEARN_FROM:
        key = {i: patient_generator(fit.seed, names[i], "learn sessions").random() for i in treated}
        treated = sorted(sorted(treated, key=key.__getitem__)[:LEARN_FROM])
    # sorted by id: sums over patients then do not depend on the order of rows
    some = problem.select(sorted(treated, key=lambda i: names[i]))
    population = fit.population
    default = default_prior(
        population.default, population.table, population.step, usual_thresholds(fit.scale)
    )
    count = StageCount(report, "learning responses", PASSES)
    found = learn_response(
        some, population.table, population.noise, population.step, population.prior, default,
        seed=fit.seed, assumed=default_response(), workers=workers, progress=count,
    )  # fmt: skip
    count.finish()
    response = found.response
    return ResponsePopulation(
        response.share,
        response.mean,
        response.covariance,
        replace(population, prior=found.prior, trace=found.trace),
        len(treated),
        found.trace,
    )


def _session_fit(
    fit: Fit, population: Population, problem: Problem, draws: JointDraws
) -> SessionFit:
    names = list(problem.ratings.patients)
    grid = np.linspace(0.0, fit.horizon, GRID_POINTS)
    carried: list[dict[int, Array]] = []
    for i, session in enumerate(problem.sessions):
        courses = [int(m) for m in np.unique(draws.course[i]) if m > 0]
        carried.append(
            {
                m: carried_columns(grid, session, problem.weights[i], RESPONSES[m - 1].at)
                for m in courses
            }
        )
    size = np.diff(problem.ratings.offset)
    info = fit.info.copy()
    noise = population.noise.sd[draws.curve.noise].mean(axis=1) * population.unit
    first = problem.ratings.day
    at_start = np.add.reduceat(first <= 0, problem.ratings.offset[:-1]) if names else size
    for column, values in (
        ("n_ratings", size),
        ("n_baseline", at_start),
        ("fit_p", draws.curve.fit_p),
        ("ess", draws.curve.effective),
        ("noise_sd", noise),
    ):
        info.loc[names, column] = values
    inference = Inference(draws.curve, {name: i for i, name in enumerate(names)}, info)
    return SessionFit(
        diary=fit.diary,
        population=population,
        inference=inference,
        seed=fit.seed,
        workers=fit.workers,
        external=False,
        as_of_day=fit.as_of_day,
        notices=fit.notices,
        learned_until=fit.learned_until,
        time_course=draws.course,
        response=draws.amplitude,
        carried=tuple(carried),
    )


def _notices(fit: Fit, sessions: Sessions, used: Gathered) -> tuple[str, ...]:
    found: list[Any] = list(sessions.notices)
    unknown = sorted(set(sessions.attended["patient_id"]) - set(fit.patient_ids))
    if unknown:
        found.append(f"sessions of {plural(len(unknown), 'patient')} without ratings not used")
    if used.n_unclear:
        found.append(
            f"{plural(used.n_unclear, 'rating')} on the day of a session, not known to be before "
            "or after it, left out: give times, a column relation, or same_day="
        )
    late = int((sessions.attended["day"] > fit.horizon).sum())
    if late:
        found.append(f"{plural(late, 'session')} after the horizon not used")
    return tuple(found)
