"""The review list: every patient once, those who need a look first at the top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError, is_number
from paintrend.results.belonging import check_same_fit
from paintrend.results.events import Events
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.review.facts import (
    event_texts,
    known_at,
    latest_ratings,
    session_tags,
    share_raised,
    sign_facts,
)
from paintrend.review.groups import (
    GROUPS,
    NO_IMPROVEMENT_BELOW,
    REVIEW_AT,
    REVIEW_FROM,
    SIGN_GROUPS,
    assign_groups,
)
from paintrend.review.reasons import Setting, reason
from paintrend.wording import records, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["review_order"]


def review_order(
    fit: Fit,
    courses: Courses,
    *,
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    review_day: float | None = None,
    no_improvement_below: float = NO_IMPROVEMENT_BELOW,
) -> pd.DataFrame:
    """List every patient, first those who need a look first.

    Order of the groups: a warning sign of the grade same day, then of the grade prompt, whatever
    the curve says and also for patients who could not be fitted (the latest sign first); latest
    rating at the scale's severe level; share of curves that end worse of at least 0.2, largest
    first; raised at the last rating while no course can be named; the review day is past and fewer
    than `no_improvement_below` of the curves end better; too near the worst end of the scale to
    show worsening; not fitted, or without a rating at or before day 0; then the rest by the share
    that ends worse. Ties go by id.

    Only what was known on the day of the fit is used: of ``fit.as_of(day=21)`` signs and events up
    to day 21.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    symptoms
        What `read_symptoms` returned. A sign stays on the list: that it was dealt with is not known
        here.
    events
        What `read_events` returned; told in the reason.
    sessions
        What `read_sessions` returned: the reason tells how long the latest rating lies after a
        session. A description; it excuses no rise and moves nobody in the list.
    review_day
        Day from which a lack of improvement is listed; half of the horizon by default, and none
        with a horizon of less than two weeks. Before it a curve says little about the end, and
        from it on half of the planned time is left.
    no_improvement_below
        Share of curves that end better below which no improvement is likely, 0 to 1.

    Returns
    -------
    DataFrame
        One row per patient: `patient_id`, `rank` (from 1), `group` (a key of `GROUPS`), `reason`
        (sentences with the numbers), `latest`, `latest_day`, `p_deterioration`, `p_raised`,
        `course`, `confidence`, `p_end_better`, `signs` (every sign with its days), `sign_sources`,
        `events`.

    Raises
    ------
    InputError
        If an option cannot be used, or symptoms, events or sessions are of other patients.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> courses = pt.classify(fit)
    >>> pt.review_order(fit, courses)[["patient_id", "rank"]].to_numpy().tolist()
    [['P1', 1]]
    >>> told = pd.DataFrame({"patient_id": ["P1"], "day": [15], "symptom": ["fever"]})
    >>> symptoms = pt.read_symptoms(told, fit.diary)
    >>> pt.review_order(fit, courses, symptoms=symptoms).loc[0, ["group", "signs"]].tolist()
    ['same_day', 'fever (same day) on day 15']
    """
    check_same_fit(courses, fit)
    day = _checked_day(review_day, fit.horizon)
    below = _checked_share(no_improvement_below)
    symptoms, events = known_at(fit, symptoms, Symptoms), known_at(fit, events, Events)
    sessions = known_at(fit, sessions, Sessions)
    table = courses.table().set_index("patient_id", drop=False)
    unit, scale = time_unit(fit.horizon), fit.diary.scale
    facts = table.join(latest_ratings(fit)).join(sign_facts(symptoms, table.index, unit))
    facts["events"] = event_texts(events, table.index, unit)
    facts["after_session"] = session_tags(sessions, facts["latest_day"])
    facts["p_raised"] = share_raised(fit, courses.criteria.required("worsening"))
    facts["reason_not_fitted"] = fit.info["reason"].reindex(facts.index)
    facts["now"] = facts["latest_day"] if fit.as_of_day is None else fit.as_of_day
    facts["group"] = assign_groups(facts, scale, day, below)
    facts = facts.loc[_order(facts)]
    setting = Setting(scale, courses.criteria, fit.horizon, day, below)

    listed = facts[["group", "latest", "latest_day", "p_deterioration", "p_raised"]].copy()
    listed.insert(0, "patient_id", facts.index.to_numpy())
    listed.insert(1, "rank", np.arange(1, len(facts) + 1))
    listed.insert(3, "reason", [reason(row, setting) for row in records(facts)])
    for name in ("course", "confidence", "p_end_better", "signs", "sign_sources", "events"):
        listed[name] = facts[name]
    return listed.reset_index(drop=True)


def _order(facts: pd.DataFrame) -> pd.Index:
    """Ids by group, within each by what put the patient there, then by id."""
    position = facts["group"].map({name: i for i, name in enumerate(GROUPS)})
    by = facts["p_deterioration"].fillna(-1.0)
    by = by.mask(facts["group"].isin(SIGN_GROUPS), facts["sign_day"])
    by = by.mask(facts["group"] == "raised", facts["p_raised"])
    by = by.mask(facts["group"] == "no_improvement", -facts["p_end_better"])
    by = by.mask(facts["group"] == "no_room", facts["p_no_room_to_worsen"])
    keys = pd.DataFrame({"position": position, "by": -by, "id": facts.index})
    return keys.sort_values(["position", "by", "id"], kind="stable").index


def _checked_day(review_day: Any, horizon: float) -> float:
    if review_day is None:
        return REVIEW_AT * horizon if horizon >= REVIEW_FROM else math.inf
    if not is_number(review_day):
        raise InputError(f"review_day must be a finite number of days, got {review_day!r}.")
    return float(review_day)


def _checked_share(share: Any) -> float:
    if not is_number(share) or not 0 <= share <= 1:
        raise InputError(f"no_improvement_below must be a share from 0 to 1, got {share!r}.")
    return float(share)
