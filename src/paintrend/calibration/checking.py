"""Check the probabilities on twins of the user's own cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paintrend.calibration.twins import draw_twins
from paintrend.core.course_rules import COURSES, DETERIORATION, DIP
from paintrend.courses import course_table
from paintrend.errors import MOST_REPEATS, InputError, whole_number_problem
from paintrend.fitting import refit
from paintrend.progress import Progress, shown_progress
from paintrend.results.calibration import Calibration
from paintrend.results.criteria import Criteria, check_criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import usable_ratings
from paintrend.results.session_fit import refuse_sessions

__all__ = ["check_calibration"]

WANTED, MOST = 2000, 20
"""Twins that are made by default, in at most so many cohorts."""


def check_calibration(
    fit: Fit,
    *,
    twins: int | None = None,
    criteria: Criteria | None = None,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> Calibration:
    """Ask of made patients like these whether a probability of 30% comes true in 30%.

    A twin cohort has a patient for each one fitted, with the same days of rating (so the same
    missed visits and ends of follow-up), rounding and ends of the scale; curves and noise are
    drawn from the fitted population, so that the true course is known. Each twin cohort is fitted
    and classified as the real one was, its population learned again from its own ratings: what it
    costs that a population is learned from so many patients is in the answer. What the model does
    not know of (other shapes, drop-out because of pain) is not: for that see
    `paintrend.check_cohort` and the page on accuracy.

    Parameters
    ----------
    fit : Fit
        From `paintrend.fit_curves`, with all ratings. With a population that came from other
        patients the twins are fitted with it too.
    twins : int, optional
        Twin cohorts; by default as many as make 2000 twins, at least 1 and at most 20.
    criteria : Criteria, optional
        Thresholds; the scale's own by default.
    seed : int, optional
        That of the fit if not given. What is drawn for a twin depends on the seed, the number of
        the cohort and the id only.
    progress : True or callable, optional

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        If an option cannot be used, nobody was fitted, or the fit is one of an earlier day under a
        population that later ratings helped to learn.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, draws=100)
    >>> found = pt.check_calibration(fit, twins=2)
    >>> len(found.predictions), found.summary()["question"].tolist()[:3]
    (24, ['dip', 'deterioration', 'top course'])
    """
    _check(fit, twins, seed)
    check_criteria(criteria, "check_calibration")
    seed = fit.seed if seed is None else seed
    n_fitted = len(fit.inference.position)
    n_cohorts = int(np.clip(-(-WANTED // n_fitted), 1, MOST)) if twins is None else twins
    resolved = (criteria or Criteria()).resolve(fit.scale, fit.horizon)
    found = []
    with shown_progress(progress) as report:
        for number in range(1, n_cohorts + 1):
            found.append(_judge(fit, resolved, seed, number))
            if report is not None:
                report("fitting twins", number, n_cohorts)
    return Calibration(
        predictions=pd.concat(found, ignore_index=True),
        scale=fit.scale,
        horizon=fit.horizon,
        criteria=resolved,
        n_patients=len(fit),
        n_fitted=n_fitted,
        n_ratings=len(usable_ratings(fit.diary, fit.horizon)[0]),
        n_missing=fit.diary.n_missing,
        relearned=not fit.external,
        seed=int(seed),
    )


def _check(fit: Fit, twins: int | None, seed: int | None) -> None:
    if not isinstance(fit, Fit):
        raise InputError(f"check_calibration needs a fit from fit_curves, got {type(fit).__name__}")
    refuse_sessions("check_calibration", fit)
    found = [
        problem
        for name, value, least, most in (("twins", twins, 1, MOST_REPEATS), ("seed", seed, 0, None))
        if value is not None and (problem := whole_number_problem(name, value, least, most))
    ]
    if fit.retrospective:
        found.append(
            "the fit is one of an earlier day with a population learned from later ratings too; "
            "give the fit of all ratings, or fit with a population from other patients"
        )
    if not fit.inference.position:
        found.append("no patient of this fit could be fitted, so there is nobody to make twins of")
    if found:
        raise InputError("check_calibration: " + "; ".join(found) + ".")


def _judge(fit: Fit, criteria: Criteria, seed: int, number: int) -> pd.DataFrame:
    """Make, fit and classify one twin cohort: a row per twin."""
    twin = draw_twins(fit, criteria, seed=seed, number=number)
    # another seed for each: posterior draws are keyed by the ids, which all cohorts share
    again = refit(fit, twin.diary, seed=seed + number)
    table = course_table(again, criteria)
    shares = table[[f"p_{name}" for name in COURSES]].to_numpy(dtype=float)
    top = shares.argmax(axis=1)
    true = np.array(COURSES)[twin.codes]
    return pd.DataFrame(
        {
            "cohort": number,
            "patient_id": table["patient_id"],
            "true_course": true,
            "course": table["course"],
            "confidence": table["confidence"],
            "top_course": np.array(COURSES)[top],
            "p_top": shares.max(axis=1),
            "p_dip": table["p_dip"],
            "p_deterioration": table["p_deterioration"],
            "top_is_true": top == twin.codes,
            "is_dip": np.isin(true, DIP),
            "is_deterioration": np.isin(true, DETERIORATION),
        }
    )
