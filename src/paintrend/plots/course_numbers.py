"""How common each course is in a cohort, with intervals: the numbers of `plot_courses`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES, DETERIORATION, DIP
from paintrend.core.streams import patient_generator
from paintrend.errors import InputError, whole_number_problem
from paintrend.plots.captions import definition, scale_said
from paintrend.results.status import NO_ROOM_FROM
from paintrend.wording import CANNOT_TELL, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses

__all__ = ["CourseShares", "Share", "course_shares"]

FloatArray = NDArray[np.float64]


class Share(NamedTuple):
    """How common something is: expected share of patients and a 90% interval."""

    mean: float
    low: float
    high: float


class CourseShares(NamedTuple):
    """How common each course is.

    Attributes
    ----------
    shares
        Expected share of the fitted patients in each course.
    with_room
        The same among patients with room to worsen.
    dip, deterioration
        The two groups of the product's question, among the fitted patients.
    named
        Number of patients for whom each course is named; `cannot_tell` among the fitted ones.
    n_patients, n_fitted, n_with_room
        Numbers of patients.
    n_ratings
        Number of fitted ratings.
    n_missing
        Number of missing ones; None if not known.
    definition
        Thresholds in words.
    n_start_predicted
        Fitted patients without a rating at or before the start.
    """

    shares: dict[str, Share]
    with_room: dict[str, Share]
    dip: Share
    deterioration: Share
    named: dict[str, int]
    n_patients: int
    n_fitted: int
    n_with_room: int
    n_ratings: int
    n_missing: int | None
    definition: str
    n_start_predicted: int = 0


def course_shares(courses: Courses, *, seed: int = 0) -> CourseShares:
    """Estimate how common each course is.

    For each posterior draw d, patients are weighted by a Bayesian bootstrap and each counts with
    the course of their curve d; so the interval holds both the chance of who is in the cohort and
    what the ratings leave open about each of them::

        share(course, d) = sum_i w_id [code_id = course],   w_d ~ Dirichlet(1, ..., 1)

    The interval is the central 90% of the shares over d. The population that all patients were
    fitted with is taken as known, although it was learned from them: it is not relearned for each
    draw. The intervals are therefore too narrow for inference and serve to describe a cohort.

    Parameters
    ----------
    courses
        Courses of all patients.
    seed
        Of the bootstrap weights.

    Returns
    -------
    CourseShares
        NaN where there is no patient.

    Raises
    ------
    InputError
        If `seed` is not a whole number from 0.
    """
    problem = whole_number_problem("seed", seed, 0)
    if problem:
        raise InputError(f"plot_courses: {problem}.")
    table = courses.table()
    codes = courses.codes
    fitted = np.asarray((codes >= 0).all(axis=1))
    room = fitted & (table["p_no_room_to_worsen"].to_numpy(dtype=float) < NO_ROOM_FROM)
    weights = _weights(courses.patient_ids, codes.shape[1], seed)
    drawn, drawn_room = (_draw_shares(codes[i], weights[i]) for i in (fitted, room))
    expected, expected_room = _expected(codes[fitted]), _expected(codes[room])
    named = table[fitted]["course"].value_counts()
    judged = time_unit(courses.horizon).show(courses.horizon)

    def each(mean: FloatArray, draws: FloatArray) -> dict[str, Share]:
        return {name: _share(mean, draws, (name,)) for name in COURSES}

    return CourseShares(
        shares=each(expected, drawn),
        with_room=each(expected_room, drawn_room),
        dip=_share(expected, drawn, DIP),
        deterioration=_share(expected, drawn, DETERIORATION),
        named={name: int(named.get(name, 0)) for name in (*COURSES, CANNOT_TELL)},
        n_patients=len(codes),
        n_fitted=int(fitted.sum()),
        n_with_room=int(room.sum()),
        n_ratings=int(table[fitted]["n_ratings"].sum()),
        n_missing=courses.n_missing,
        definition=f"{definition(courses.criteria, courses.scale)}; judged at {judged}. "
        f"{scale_said(courses.scale)}.",
        n_start_predicted=int((table["n_baseline"][fitted] < 1).sum()),
    )


def _expected(codes: NDArray[np.int8]) -> FloatArray:
    """Mean over patients and draws: shape (8,), NaN without patients."""
    if len(codes) == 0:
        return np.full(len(COURSES), np.nan)
    counts: FloatArray = np.bincount(codes.ravel(), minlength=len(COURSES)) / codes.size
    return counts


def _weights(names: Sequence[str], n_draws: int, seed: int) -> FloatArray:
    """Weights (n, D), each patient's from the seed and the id, whoever else is in the cohort."""
    weights = np.empty((len(names), n_draws))
    for row, name in zip(weights, names, strict=True):
        row[:] = patient_generator(seed, name, "shares").standard_exponential(n_draws)
    return weights


def _draw_shares(codes: NDArray[np.int8], weights: FloatArray) -> FloatArray:
    """Weighted shares per draw: shape (D, 8), NaN without patients."""
    n_patients, n_draws = codes.shape
    shares = np.full((n_draws, len(COURSES)), np.nan)
    if n_patients == 0:
        return shares
    for d in range(n_draws):
        counted = np.bincount(codes[:, d], weights=weights[:, d], minlength=len(COURSES))
        shares[d] = counted / counted.sum()
    return shares


def _share(expected: FloatArray, draws: FloatArray, names: tuple[str, ...]) -> Share:
    columns = [COURSES.index(name) for name in names]
    low, high = np.quantile(draws[:, columns].sum(axis=1), (0.05, 0.95))
    return Share(float(expected[columns].sum()), float(low), float(high))
