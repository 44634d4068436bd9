"""Groups of the review list: what puts a patient into each, in the order of the list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paintrend.results.criteria import CANNOT_TELL_FROM
from paintrend.results.status import NO_ROOM_FROM
from paintrend.scales import Scale
from paintrend.warning_signs import GRADES

__all__ = [
    "DETERIORATION_FROM",
    "GROUPS",
    "NO_IMPROVEMENT_BELOW",
    "RAISED_FROM",
    "REVIEW_AT",
    "REVIEW_FROM",
    "SIGN_GROUPS",
    "assign_groups",
]

DETERIORATION_FROM = CANNOT_TELL_FROM
"""Share of curves that end worse from which a patient is listed for it."""

RAISED_FROM = 0.5
"""Share of curves that are raised on the day of the last rating from which a patient is."""

NO_IMPROVEMENT_BELOW = 0.2
"""Share of curves that end better below which a patient is listed after the review day."""

REVIEW_AT = 0.5
"""Default review day, as a share of the horizon: before it a curve says little about the end, and
from it on half of the planned time is left."""

REVIEW_FROM = 14.0
"""Days that a horizon has to have for a default review day: that a plan may need to change is said
of weeks or months without improvement, not of hours or days."""

GROUPS: dict[str, str] = {
    "same_day": "warning sign reported, same day",
    "prompt": "warning sign reported, prompt",
    "severe": "latest rating at the severe level",
    "deterioration": "may end worse than at the start",
    "raised": "raised at the last rating, cannot tell yet",
    "no_improvement": "no improvement likely: reconsider the plan",
    "no_room": "too near the worst end of the scale to show worsening",
    "no_course": "not fitted, or not rated at or before the start",
    "rest": "none of these",
}
"""Groups in the order of the list; a patient is in the first that fits."""

SIGN_GROUPS = tuple(GRADES)
"""Groups that do not wait for a curve: one for each grade of warning signs."""


def assign_groups(
    facts: pd.DataFrame, scale: Scale, review_day: float, no_improvement_below: float
) -> np.ndarray:
    """Put each patient into the first group that fits.

    Parameters
    ----------
    facts : DataFrame
        Rows of the courses table with `latest`, `p_raised`, `now` (the day up to which the patient
        is known) and `grade` (of the most urgent sign, "" for none).
    scale : Scale
        Says what is severe.
    review_day, no_improvement_below
        As in `review_order`.
    """
    status = facts["status"].str.split(";")
    no_course = status.map(lambda codes: "not_fitted" in codes or "no_baseline" in codes)
    severe = pd.Series(False, index=facts.index)
    if scale.severe is not None:
        severe = scale.orient(facts["latest"]) >= scale.orient(scale.severe)
    raised = (facts["p_raised"] >= RAISED_FROM) & (facts["course"] == "cannot_tell")
    # Who began too near the best end cannot show an improvement: its lack says nothing.
    no_improvement = (
        (facts["now"] >= review_day)
        & (facts["p_end_better"] < no_improvement_below)
        & (facts["p_no_room_to_improve"] < NO_ROOM_FROM)
    )
    fits = {
        **{grade: facts["grade"] == grade for grade in SIGN_GROUPS},
        "severe": severe,
        # Without a rating at or before day 0 the start is a guess, and so is "worse than it".
        "deterioration": (facts["p_deterioration"] >= DETERIORATION_FROM) & ~no_course,
        "raised": raised & ~no_course,
        "no_improvement": no_improvement & ~no_course,
        "no_room": facts["p_no_room_to_worsen"] >= NO_ROOM_FROM,
        "no_course": no_course,
    }
    order = [name for name in GROUPS if name in fits]
    return np.select([np.asarray(fits[name], dtype=bool) for name in order], order, "rest")
