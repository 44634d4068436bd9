"""A second look at a small cohort: its courses under another set of built-in assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paintrend.courses import classify
from paintrend.fitting import Progress, fit_curves
from paintrend.report.text import FEW_PATIENTS

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["courses_under_second_default"]

SECOND_DEFAULTS = ("cautious", "rehabilitation")
"""The first that is not the default of the fit is the second."""


def courses_under_second_default(
    fit: Fit, courses: Courses, progress: Progress | None = None
) -> Courses | None:
    """Judge the patients of a small cohort again, learned from another default population.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses; the criteria are taken from here.
    progress
        As in `paintrend.fit_curves`.

    Returns
    -------
    Courses or None
        None where the cohort is large enough, or where these ratings are not those that the
        population was learned from, so that it cannot be learned again.
    """
    population = fit.population
    learned_here = (
        population is not None
        and not fit.external
        and fit.as_of_day is None
        and population.n_patients == int(fit.info["fitted"].sum())
    )
    if not learned_here or population.n_patients >= FEW_PATIENTS:
        return None
    second = fit_curves(
        fit.diary,
        horizon=fit.horizon,
        seed=fit.seed,
        draws=fit.n_draws,
        default=next(name for name in SECOND_DEFAULTS if name != population.default),
        lasting_days=population.lasting_days,
        workers=fit.workers,
        progress=progress,
    )
    return classify(second, courses.criteria)
