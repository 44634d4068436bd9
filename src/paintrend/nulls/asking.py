"""What can be asked of a landmark test, and why the rest cannot."""

from __future__ import annotations

from typing import Any

from paintrend.errors import InputError, whole_number_problem
from paintrend.nulls.early import PREDICTORS
from paintrend.nulls.outcomes import CHANGES, OUTCOMES
from paintrend.results.fit import Fit

__all__ = ["check_question"]

SHARES_NOISE = ("change", "responder", "improvement", "end_change", "end_better", "relative")
FEWEST_WORLDS = 20


def check_question(
    fit: Any, predictor: str, landmark: float, outcome: str, worlds: int, reserve: bool
) -> None:
    """Refuse what cannot be asked, all at once.

    Raises
    ------
    InputError
    """
    if not isinstance(fit, Fit):
        raise InputError(
            f"landmark_test: expected a fit from fit_curves, got {type(fit).__name__}; courses "
            "that were named from all ratings look beyond any landmark."
        )
    found = []
    if predictor not in PREDICTORS:
        found.append(
            f"predictor must be one of {', '.join(PREDICTORS)}, got {predictor!r}; what is read "
            "off the whole course is measured after the landmark"
        )
    if outcome in CHANGES and not reserve:
        found.append(
            f"outcome {outcome!r} has the noise of the baseline in it, which the predictor has "
            "too; reserve=True takes every second rating up to day 0 from the predictor and "
            "measures the change from these. Or use a level"
        )
    elif outcome not in (*OUTCOMES, *CHANGES):
        why = (
            "; a change or a responder has the noise of the baseline in it, which the predictor "
            "has too"
            if any(word in str(outcome) for word in SHARES_NOISE)
            else ""
        )
        found.append(
            f"outcome must be one of {', '.join(OUTCOMES)}, or with reserve=True of "
            f"{', '.join(CHANGES)}, got {outcome!r}{why}"
        )
    elif reserve and outcome not in CHANGES:
        found.append(f"reserve=True is for {', '.join(CHANGES)}; {outcome!r} needs no start")
    if not 0.0 < landmark < fit.horizon:
        found.append(f"landmark must lie between day 0 and {fit.horizon:g}, got {landmark!r}")
    problem = whole_number_problem("worlds", worlds, FEWEST_WORLDS)
    found += [problem] if problem else []
    if found:
        raise InputError("landmark_test: " + "; ".join(found) + ".")
