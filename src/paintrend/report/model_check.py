"""Whether the model makes ratings like those of the report: one sentence and one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paintrend.checks import check_cohort

if TYPE_CHECKING:
    from paintrend.results.checks import CohortCheck
    from paintrend.results.fit import Fit

__all__ = ["cohort_check"]


def cohort_check(fit: Fit) -> CohortCheck | None:
    """Compare the ratings with what the model makes; None where there is no cohort to compare.

    Parameters
    ----------
    fit
        The fitted patients.
    """
    fitted = int(fit.info["fitted"].sum())
    return check_cohort(fit) if fitted >= 2 and fit.population is not None else None
