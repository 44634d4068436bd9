"""Does the response grow with the dose of a session, and with less rest before it?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.results.belonging import check_kind
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
LEAST_REST, LEAST_DOSE = 1.0 / 24.0, 0.01
"""Spread (standard deviation) that is none: an hour of rest, a hundredth of the mean dose."""
LIKE_EACH_OTHER = 0.999
"""Correlation of dose and rest from which neither effect can be told from the other's."""


def session_dose(
    response: SessionResponse, *, same_day: str = "leave_out", workers: int | None = None
) -> DoseEffect:
    """Estimate how the height of the response goes with dose and rest.

    Within patients: sessions of a patient that were more than their own mean against those that
    were less. Between patients: patients with a higher mean against those with a lower one. Both
    in one model, with the curves, noise and time courses of `response`; intervals from a Bayesian
    bootstrap of patients, which takes these as known. An effect is NaN, and a notice says why,
    where dose or rest does not differ within patients (or between them), or where the two differ
    together.

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
        If `response` is something else, or fewer than ten patients have three sessions or more.

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
    check_kind(response, SessionResponse, "session_dose", "session_response(fit, sessions)")
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
    between = mean - mean.mean(axis=0)
    least = np.array([LEAST_DOSE * np.abs(mean[:, 0]).mean(), LEAST_REST][0 if given else 1 :])
    names_of = [quantity for quantity, _ in labels]
    told = {
        "within": _unknown(np.concatenate(within), least, names_of, "within"),
        "between": _unknown(between, least, names_of, "between"),
    }
    kept = {key: [name not in why for name in names_of] for key, why in told.items()}
    known = response.population
    found = learn_effects(
        some, [own[:, kept["within"]] for own in within], between[:, kept["between"]],
        fit.population, ResponsePrior(known.share, known.mean, known.covariance),
        seed=fit.seed, workers=workers or fit.workers,
    )  # fmt: skip
    table = []
    for comparison, values in (("within", found.within), ("between", found.between)):
        drawn = np.full((len(values), len(labels)), np.nan)
        drawn[:, kept[comparison]] = values * fit.population.unit
        for (quantity, unit), own in zip(labels, drawn.T, strict=True):
            low, high = np.quantile(own[1:], (0.05, 0.95))
            table.append((quantity, comparison, own[0], low, high, unit, len(rest)))
    cancelled = sessions.table[sessions.table["status"] == "cancelled"]
    for_pain = [str(reason).casefold() for reason in cancelled["reason"]]
    notices = [] if given else ["no dose is given for most sessions: rest only"]
    notices += dict.fromkeys(text for why in told.values() for text in why.values())
    header = ["quantity", "comparison", "effect", "low", "high", "unit", "n_patients"]
    return DoseEffect(
        pd.DataFrame(table, columns=header),
        fit.scale,
        len(cancelled),
        sum("pain" in reason for reason in for_pain),
        tuple(notices),
    )


def _unknown(column: Array, least: Array, names: list[str], comparison: str) -> dict[str, str]:
    """Why the effect of a column cannot be known, by name: it hardly varies, or goes along with
    the other one."""
    where = "from session to session" if comparison == "within" else "from patient to patient"
    spread = column.std(axis=0)
    off = column - column.mean(axis=0)
    found = {
        name: f"{name}, {comparison} patients: not known, as {name} does not differ {where}"
        for name, own, bound in zip(names, spread, least, strict=True)
        if own <= bound
    }
    together = np.abs(off.prod(axis=1).mean()) > LIKE_EACH_OTHER * spread.prod()
    if not found and len(names) == 2 and together:
        text = (
            f"{' and '.join(names)}, {comparison} patients: not known, as the two go along with "
            f"each other {where}"
        )
        found = dict.fromkeys(names, text)
    return found


def _rest(session: Array) -> Array:
    """Days of rest before each session; before the first, the patient's mean."""
    gap = np.minimum(np.diff(session), LONGEST_REST)
    return np.r_[gap.mean(), gap]


def _filled(dose: Array) -> Array:
    """A dose that was not noted is taken as the patient's mean."""
    return np.where(np.isfinite(dose), dose, np.nanmean(dose))
