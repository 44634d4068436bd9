"""Curves of all patients and the median of the cohort: the numbers of `plot_spaghetti`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.streams import patient_generator
from paintrend.errors import InputError, whole_number_problem
from paintrend.plots.captions import definition, start_predicted
from paintrend.plots.ordering import by_course, some_of
from paintrend.results.belonging import check_same_fit
from paintrend.results.criteria import longest_gap
from paintrend.results.inference import fitted_ratings, starts_predicted
from paintrend.scales import Scale
from paintrend.wording import TimeUnit, plural, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["CohortMedian", "Line", "SpaghettiNumbers", "spaghetti_info"]

FloatArray = NDArray[np.float64]

EVERY = 3
"""Grid points per point of a figure: of 169 points 57 are left."""
DRAWS = 100
"""Posterior curves of each patient behind the interval of the median."""
FEWEST = 5
"""Patients of whom a median is drawn."""
MOST = 2000
"""Patients behind the median; more would need much memory and narrow the interval by little."""


class Line(NamedTuple):
    """One patient: median curve in the scale's own values, up to the last rating."""

    patient_id: str
    course: str
    day: FloatArray
    level: FloatArray


class CohortMedian(NamedTuple):
    """Median of the patients' levels on each day with its 90% interval, and the levels between
    which the middle half of the patients lies; the scale's own values."""

    day: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray
    quarter: FloatArray
    three_quarters: FloatArray


class SpaghettiNumbers(NamedTuple):
    """What `draw_spaghetti` draws.

    Attributes
    ----------
    lines : of the patients shown, by course
    cohort : None with fewer than 5 fitted patients
    n_shown, n_fitted, n_patients : numbers of patients
    scale, horizon, unit : of the axes
    caption : lines
    """

    lines: tuple[Line, ...]
    cohort: CohortMedian | None
    n_shown: int
    n_fitted: int
    n_patients: int
    scale: Scale
    horizon: float
    unit: TimeUnit
    caption: tuple[str, ...]


def spaghetti_info(
    fit: Fit, courses: Courses, *, lines: int = 300, seed: int = 0
) -> SpaghettiNumbers:
    """Collect the curves, and the median of the cohort.

    For each of 100 posterior draws, patients are weighted by a Bayesian bootstrap, each counting
    with one of their curves; the median over patients is taken on each day, and its interval is the
    central 90% over the draws. As with `course_shares`, what the cohort taught about each patient
    is taken as known.

    Parameters
    ----------
    fit, courses
        Of the same patients.
    lines
        Patients drawn as lines at most; more are sampled.
    seed
        Of the sample and the bootstrap.

    Raises
    ------
    InputError
        If `lines` or `seed` cannot be used, or the courses are of other patients than the fit.
    """
    check_same_fit(courses, fit)
    wrong = [whole_number_problem("lines", lines, 1), whole_number_problem("seed", seed, 0)]
    if any(wrong):
        raise InputError(f"plot_spaghetti: {'; '.join(filter(None, wrong))}.")
    info, unit = fit.info, time_unit(fit.horizon)
    table = by_course(courses).set_index("patient_id")
    fitted = set(info.index[info["fitted"].to_numpy(dtype=bool)])
    known = [name for name in table.index if name in fitted]
    shown = some_of(known, lines, seed, "lines")
    behind = set(some_of(sorted(known), MOST, seed, "median"))
    grid = np.asarray(fit.grid)[::EVERY]
    medians, drawn, weights = _curves(fit, behind, set(shown), seed)
    last = info["last_day"]
    found = []
    for name in shown:
        kept = grid <= max(float(last[name]), 0.0)
        level = np.asarray(fit.scale.orient(medians[name]), dtype=float)
        found.append(Line(name, str(table.loc[name, "course"]), grid[kept], level[kept]))
    cohort = None
    if len(known) >= FEWEST:
        levels = np.array([medians[name] for name in sorted(behind)])
        cohort = _median(grid, levels, drawn, weights, fit.scale)
    return SpaghettiNumbers(
        lines=tuple(found),
        cohort=cohort,
        n_shown=len(shown),
        n_fitted=len(known),
        n_patients=len(fit),
        scale=fit.scale,
        horizon=fit.horizon,
        unit=unit,
        caption=_caption(fit, courses, len(known), len(behind), len(shown)),
    )


def _curves(
    fit: Fit, behind: set[str], shown: set[str], seed: int
) -> tuple[dict[str, FloatArray], NDArray[np.float32], FloatArray]:
    """Median curve of each patient, oriented; curves (n, K, G) of those behind the median in the
    order of their ids, and their weights (n, K)."""
    medians: dict[str, FloatArray] = {}
    kept: dict[str, NDArray[np.float32]] = {}
    weights: dict[str, FloatArray] = {}
    n_draws = min(DRAWS, fit.n_draws)
    for block in fit.draw_blocks():
        for i, name in enumerate(fit.patient_ids[block.start : block.stop]):
            if name not in behind and name not in shown:
                continue
            curves = block.curves[i][:, ::EVERY]
            medians[name] = np.median(curves, axis=0)
            if name in behind:
                # draws come sorted by noise: in their own order all patients of one draw would be
                # calm, or all wild
                rng = patient_generator(seed, name, "median of the cohort")
                chosen = rng.permutation(fit.n_draws)[:n_draws]
                kept[name] = curves[chosen].astype(np.float32)
                weights[name] = rng.standard_exponential(n_draws)
    names = sorted(behind)
    if not names:
        return medians, np.empty((0, n_draws, 0), dtype=np.float32), np.empty((0, n_draws))
    return medians, np.stack([kept[n] for n in names]), np.stack([weights[n] for n in names])


def _median(
    grid: FloatArray, levels: FloatArray, drawn: NDArray[np.float32], weights: FloatArray,
    scale: Scale,
) -> CohortMedian:  # fmt: skip
    medians = np.stack(
        [_weighted_median(drawn[:, d], weights[:, d]) for d in range(drawn.shape[1])]
    )
    low, median, high = np.quantile(medians, (0.05, 0.5, 0.95), axis=0)
    quarter, three = np.quantile(levels, (0.25, 0.75), axis=0)

    def own(values: FloatArray) -> FloatArray:
        return np.asarray(scale.orient(np.asarray(values, dtype=float)), dtype=float)

    ends, middle = np.sort([own(low), own(high)], axis=0), np.sort([own(quarter), own(three)], 0)
    return CohortMedian(grid, own(median), ends[0], ends[1], middle[0], middle[1])


def _weighted_median(values: NDArray[np.float32], weights: FloatArray) -> FloatArray:
    """Median over the first axis of (n, G) under weights (n,): the middle of the step at one half
    of the weight."""
    # days first, so that what is sorted lies side by side in memory
    rows = np.ascontiguousarray(values.T)
    order = np.argsort(rows, axis=1)
    total = np.cumsum(weights.astype(np.float32)[order], axis=1)
    at = (total >= 0.5 * total[:, -1:]).argmax(axis=1)
    day = np.arange(len(rows))
    return np.asarray(rows[day, order[day, at]], dtype=float)


def _caption(
    fit: Fit, courses: Courses, n_fitted: int, n_behind: int, n_shown: int
) -> tuple[str, ...]:
    info = fit.info
    n_lost = int((fit.horizon - info["last_day"] > longest_gap(courses.criteria)).sum())
    n_ratings = fitted_ratings(info)
    sample = (
        f" Lines: {n_shown} of {n_fitted} fitted patients, drawn at random."
        if n_shown < n_fitted
        else ""
    )
    starts = start_predicted(starts_predicted(info), n_fitted)
    behind = f"{n_behind} of {n_fitted}" if n_behind < n_fitted else f"all {n_fitted}"
    lines = (
        f"{plural(len(fit), 'patient')}, {len(fit) - n_fitted} of them not fitted; "
        f"{plural(n_ratings, 'rating')} fitted, {fit.diary.n_missing} missing{starts}.{sample} "
        "Each line is the median of a patient's curves and ends with the last rating, where a "
        "symbol stands.",
        f"Course by colour, dash and symbol. {definition(courses.criteria, fit.scale)}.",
    )
    if n_fitted < FEWEST:
        return (*lines, f"No median of the cohort with fewer than {FEWEST} patients.")
    unit = time_unit(fit.horizon)
    ends = (
        f"; for {plural(n_lost, 'patient')} whose ratings end early what follows is predicted"
        if n_lost
        else ""
    )
    return (
        lines[0],
        f"Thick line: median of {behind} fitted patients {unit.before} each {unit.name}, with its "
        "90% interval, too narrow for inference because what the whole cohort taught about each "
        f"patient is taken as known{ends}. Shaded: the middle half of the patients.",
        lines[1],
    )
