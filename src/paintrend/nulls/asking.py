"""What can be asked of a landmark test, and why the rest cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import MOST_REPEATS, InputError, is_number, whole_number_problem
from paintrend.monitoring.folds import CrossFit
from paintrend.nulls.early import PREDICTORS
from paintrend.nulls.outcomes import CHANGES, OUTCOMES
from paintrend.results.criteria import Criteria
from paintrend.results.direction import in_direction
from paintrend.results.fit import Fit
from paintrend.results.session_fit import refuse_sessions
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = [
    "FEWEST",
    "NO_RESERVE",
    "NO_START",
    "check_others",
    "check_question",
    "refuse_early_entry",
    "refuse_few",
    "refuse_no_sign",
]

Array = NDArray[np.float64]

SHARES_NOISE = ("change", "responder", "improvement", "end_change", "end_better", "relative")
FEWEST_WORLDS = 20
FEWEST = 10
"""Patients who can be analysed."""
NO_START, NO_RESERVE = "without a rating up to day 0", "without two ratings up to day 0"


def check_question(
    fit: Any, predictor: str, landmark: float, outcome: str, worlds: int, reserve: bool,
    entry: float | None,
) -> None:  # fmt: skip
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
    refuse_sessions("landmark_test", fit)
    found = []
    fitted = int(fit.info["fitted"].sum())
    if fitted < FEWEST:
        found.append(f"{fitted} patients are fitted, {FEWEST} are needed")
    if fit.as_of_day is not None:
        found.append(
            f"the fit is as of day {fit.as_of_day:g}: give the fit of all ratings, the landmark "
            "does the looking back"
        )
    if not (isinstance(predictor, str) and predictor in PREDICTORS):
        found.append(
            f"predictor must be one of {', '.join(PREDICTORS)}, got {predictor!r}; what is read "
            "off the whole course is measured after the landmark"
        )
    if not isinstance(outcome, str):
        found.append(f"outcome must be one name, such as 'level_after', got {outcome!r}")
    elif outcome in CHANGES and not reserve:
        found.append(
            f"outcome {outcome!r} has the noise of the baseline in it, which the predictor has "
            "too; reserve=True takes every second rating up to day 0 from the predictor and "
            "measures the change from these. Or use a level"
        )
    elif outcome not in (*OUTCOMES, *CHANGES):
        why = (
            "; a change or a responder has the noise of the baseline in it, which the predictor "
            "has too"
            if any(word in outcome for word in SHARES_NOISE)
            else ""
        )
        found.append(
            f"outcome must be one of {', '.join(OUTCOMES)}, or with reserve=True of "
            f"{', '.join(CHANGES)}, got {outcome!r}{why}"
        )
    elif reserve and outcome not in CHANGES:
        found.append(f"reserve=True is for {', '.join(CHANGES)}; {outcome!r} needs no start")
    if not (is_number(landmark) and 0.0 < landmark < fit.horizon):
        found.append(f"landmark must lie between day 0 and {fit.horizon:g}, got {landmark!r}")
    low, high = fit.scale.low, fit.scale.high
    if entry is not None and not (is_number(entry) and low <= entry <= high):
        found.append(f"entry must lie on the scale, {low:g} to {high:g}, got {entry!r}")
    problem = whole_number_problem("worlds", worlds, FEWEST_WORLDS, MOST_REPEATS)
    found += [problem] if problem else []
    if found:
        raise InputError("landmark_test: " + "; ".join(found) + ".")


def check_others(others: Any, fit: Fit) -> None:
    """Refuse populations that are not those of a cross-fit of these patients; None is for none.

    Raises
    ------
    InputError
    """
    if others is None:
        return
    if not isinstance(others, CrossFit):
        raise InputError(
            "landmark_test: others takes populations that paintrend learned in folds (a CrossFit), "
            f"got {type(others).__name__}; leave it out, and they are learned in 5 folds. A "
            "population of other patients goes in with the fit: fit_curves(diary, population=...)."
        )
    without = [name for name in map(str, fit.diary.patients.index) if name not in others.fold]
    if without:
        raise InputError(
            f"landmark_test: others has no fold for {plural(len(without), 'patient')} of the fit, "
            f"the first {without[0]!r}: learn it from the diary of the fit, or leave it out."
        )


def refuse_few(reason: NDArray[np.object_], landmark: float, scale: Scale) -> None:
    """Say why there are too few patients, and what would help."""
    counts = pd.Series(reason[reason != ""]).value_counts()
    hint = (
        in_direction("Without a rating up to day 0 no rise since the start can be told", scale)
        if len(counts) and str(counts.index[0]) in (NO_START, NO_RESERVE)
        else f"Choose another landmark than day {landmark:g}"
    )
    raise InputError(
        f"landmark_test: {int((reason == '').sum())} patients can be analysed, {FEWEST} are "
        f"needed; {'; '.join(f'{n} {why}' for why, n in counts.items())}. {hint}."
    )


def refuse_no_sign(predictor: Array, name: str, landmark: float, criteria: Criteria) -> None:
    """Refuse a predictor that is the same for all."""
    if np.ptp(predictor) > 1e-6:
        return
    lasting = criteria.required("lasting_days")
    early = (
        f": a dip has to last {lasting:g} days, and the landmark is day {landmark:g}"
        if name == "dip_so_far" and landmark < lasting
        else ""
    )
    raise InputError(
        f"landmark_test: {name} is {predictor[0]:.3g} for every patient by day {landmark:g}{early}."
        " There is no sign that could say something: choose a later landmark, or a smaller "
        "worsening."
    )


def refuse_early_entry(fit: Fit, ids: list[str], mean: Array, entry: float) -> None:
    """Refuse a condition of entry that patients who are there did not meet, by the mean of their
    ratings up to day 0, oriented."""
    below = np.flatnonzero(mean < float(np.asarray(fit.scale.orient(entry))))
    if below.size:
        shown = ", ".join(ids[i] for i in below[:5])
        raise InputError(
            f"landmark_test: entry={entry:g} is worse than the mean rating up to day 0 of "
            f"{below.size} of {len(ids)} patients ({shown}{' ...' * (below.size > 5)}), who are "
            "there all the same. Give the condition that all of them met, or leave entry out."
        )
