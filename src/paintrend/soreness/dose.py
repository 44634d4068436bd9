"""Does the response grow with the dose of a session, and with less rest before it?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.results.dose_effect import DoseEffect
from paintrend.results.session_response import SessionResponse
from paintrend.soreness.dose_learning import learn_effects
from paintrend.soreness.extended import ResponsePrior
from paintrend.soreness.gathering import gather
from paintrend.wording import plural

__all__ = ["session_dose"]

Array = NDArray[np.float64]
LONGEST_REST = 10.0
"""Days of rest that count at most: a longer pause rests no more."""
LEARN_FROM = 250


def session_dose(
    response: SessionResponse, *, same_day: str = "leave_out", workers: int | None = None
) -> DoseEffect:
    """Estimate how the height of the response goes with dose and rest.

    Within patients: sessions of a patient that were more than their own mean against those that
    were less. Between patients: patients with a higher mean against those with a lower one. Both
    in one model, with the curves, noise and time courses of `response`; intervals from a Bayesian
    bootstrap of patients, which takes these as known and is too narrow in cohorts below 100.

    Parameters
    ----------
    response : SessionResponse
        From `session_response`.
    same_day : str
        As given to `session_response`.
    workers : int, optional
        Threads; those of the fit if not given.

    Returns
    -------
    DoseEffect

    Raises
    ------
    InputError
        If fewer than ten patients have three sessions or more.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_sessions(10, horizon=21, seed=1)
    >>> diary = pt.read_diary(cohort.ratings, scale="nrs")
    >>> fit = pt.fit_curves(diary, horizon=21, draws=50)
    >>> response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    >>> pt.session_dose(response).table()[["quantity", "comparison"]].values.tolist()
    [['dose', 'within'], ['rest', 'within'], ['dose', 'between'], ['rest', 'between']]
    """
    fit, sessions = response.fit, response.sessions
    problem = gather(fit, sessions, same_day).problem
    held = sessions.attended
    doses = {name: own["dose"].to_numpy(float) for name, own in held.groupby("patient_id")}
    names = problem.ratings.patients
    given = held["dose"].notna().mean() > 0.5
    rows = []
    for i in sorted(range(len(names)), key=lambda i: names[i]):
        own = doses.get(names[i], np.empty(0))[: problem.sessions[i].size]
        if own.size >= 3 and (not given or np.isfinite(own).any()):
            rows.append(i)
    if len(rows) < 10:
        raise InputError(
            f"session_dose: {plural(len(rows), 'patient')} with three sessions or more"
            f"{' and a dose' if given else ''}; at least 10 are needed."
        )
    some = problem.select(rows[:LEARN_FROM])
    rest = [_rest(session) for session in some.sessions]
    columns = [rest]
    labels = [("rest", f"{fit.scale.unit} per day of rest")]
    if given:
        dose = [
            _filled(doses[name][: own.size])
            for name, own in zip(some.ratings.patients, some.sessions, strict=True)
        ]
        columns.insert(0, dose)
        labels.insert(0, ("dose", f"{fit.scale.unit} per unit of dose"))
    mean = np.array([[one[i].mean() for one in columns] for i in range(len(rest))])
    within = [
        np.stack([one[i] - one[i].mean() for one in columns], axis=1) for i in range(len(rest))
    ]
    known = response.population
    found = learn_effects(
        some, within, mean - mean.mean(axis=0), fit.population,
        ResponsePrior(known.share, known.mean, known.covariance),
        seed=fit.seed, workers=workers or fit.workers,
    )  # fmt: skip
    table = []
    for comparison, values in (("within", found.within), ("between", found.between)):
        for (quantity, unit), drawn in zip(labels, values.T * fit.population.unit, strict=True):
            low, high = np.quantile(drawn[1:], (0.05, 0.95))
            table.append((quantity, comparison, drawn[0], low, high, unit, len(rest)))
    cancelled = sessions.table[sessions.table["status"] == "cancelled"]
    for_pain = [str(reason).casefold() for reason in cancelled["reason"]]
    notices = () if given else ("no dose is given for most sessions: rest only",)
    names_of = ["quantity", "comparison", "effect", "low", "high", "unit", "n_patients"]
    return DoseEffect(
        pd.DataFrame(table, columns=names_of),
        fit.scale,
        len(cancelled),
        sum("pain" in reason for reason in for_pain),
        notices,
    )


def _rest(session: Array) -> Array:
    """Days of rest before each session; before the first, the patient's mean."""
    gap = np.minimum(np.diff(session), LONGEST_REST)
    return np.r_[gap.mean(), gap]


def _filled(dose: Array) -> Array:
    """A dose that was not noted is taken as the patient's mean."""
    return np.where(np.isfinite(dose), dose, np.nanmean(dose))
