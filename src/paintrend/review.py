"""Review: in which order to look at patients, and why each one stands where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from paintrend.results.criteria import CANNOT_TELL_FROM
from paintrend.results.headings import headline
from paintrend.results.status import NO_ROOM_FROM
from paintrend.wording import level, number, percent, records, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit
    from paintrend.scales import Scale

__all__ = ["DETERIORATION_FROM", "GROUPS", "RAISED_FROM", "review_order"]

DETERIORATION_FROM = CANNOT_TELL_FROM
"""Share of curves that end worse from which a patient is listed for it."""

RAISED_FROM = 0.5
"""Share of curves that are raised on the day of the last rating from which a patient is."""

GROUPS: dict[str, str] = {
    "severe": "latest rating at the severe level",
    "deterioration": "may end worse than at the start",
    "raised": "raised at the last rating, cannot tell yet",
    "no_room": "too near the worst end of the scale to show worsening",
    "no_course": "not fitted, or not rated at or before the start",
    "rest": "none of these",
}
"""Groups in the order of the list; a patient is in the first that fits."""


Row = Mapping[str, Any]


class Signs(NamedTuple):
    """What a sentence about a patient needs to know of all of them."""

    scale: Scale
    worsening: float
    horizon: float


def share_raised(fit: Fit, worsening: float) -> np.ndarray:
    """Share of each patient's curves that are raised on the day of the last rating.

    Parameters
    ----------
    fit
        The fitted patients.
    worsening
        Change in scale units that counts as worse.

    Returns
    -------
    array, shape (P,)
        NaN where a patient was not fitted or has no rating.
    """
    share = np.full(len(fit), np.nan)
    last = fit.info["last_day"].to_numpy(dtype=float)
    known = np.isfinite(last)
    at = np.zeros(len(fit), dtype=int)
    # The grid starts at day 0: someone rated only before it is judged there.
    at[known] = np.abs(fit.grid[None, :] - np.clip(last[known], 0, None)[:, None]).argmin(axis=1)
    for block in fit.draw_blocks():
        rows = np.arange(block.start, block.stop)
        now = block.curves[np.arange(len(rows)), :, at[rows]]
        raised = (now - block.curves[:, :, 0] >= worsening).mean(axis=1)
        judged = known[rows] & np.isfinite(now).all(axis=1)
        share[rows[judged]] = raised[judged]
    return share


def latest_ratings(fit: Fit) -> pd.DataFrame:
    """Day and value of each patient's latest rating, also of one after the horizon.

    A rating that is not fitted still says how the patient is; only what lies after the day of an
    early answer stays unseen.
    """
    columns = ["patient_id", "day", "pain"]
    ratings = fit.diary.ratings[columns]
    if len(fit.set_aside) and set(columns) <= set(fit.set_aside.columns):
        ratings = pd.concat([ratings, fit.set_aside[columns]], ignore_index=True)
    ratings = ratings.dropna(subset=["pain"])
    if fit.as_of_day is not None:
        ratings = ratings[ratings["day"] <= fit.as_of_day]
    latest = ratings.sort_values("day", kind="stable").groupby("patient_id").tail(1)
    latest = latest.set_index("patient_id").reindex(list(fit.patient_ids))
    return latest.rename(columns={"day": "latest_day", "pain": "latest"}).astype(float)


def review_order(fit: Fit, courses: Courses) -> pd.DataFrame:
    """List every patient, first those who need a look first.

    Order of the groups: latest rating at the scale's severe level; share of curves that end worse
    of at least 0.2, largest first; raised at the last rating while no course can be named; too
    near the worst end of the scale to show worsening; not fitted, or without a rating at or before
    day 0; then the rest by the share that ends worse. Ties go by id.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.

    Returns
    -------
    DataFrame
        One row per patient: `patient_id`, `rank` (from 1), `group` (a key of `GROUPS`), `reason`
        (a sentence with the numbers), `latest`, `latest_day`, `p_deterioration`, `p_raised`,
        `course`, `confidence`.

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
    """
    table = courses.table().set_index("patient_id", drop=False)
    worsening = courses.criteria.required("worsening")
    facts = table.join(latest_ratings(fit))
    facts["p_raised"] = share_raised(fit, worsening)
    facts["reason_not_fitted"] = fit.info["reason"].reindex(facts.index)
    facts["group"] = groups(facts, fit.diary.scale)
    signs = Signs(fit.diary.scale, worsening, fit.horizon)

    position = facts["group"].map({name: i for i, name in enumerate(GROUPS)})
    by = facts["p_deterioration"].copy()
    by = by.mask(facts["group"] == "raised", facts["p_raised"])
    by = by.mask(facts["group"] == "no_room", facts["p_no_room_to_worsen"])
    keys = pd.DataFrame({"position": position, "by": -by.fillna(-1.0), "id": facts.index})
    facts = facts.loc[keys.sort_values(["position", "by", "id"], kind="stable").index]

    listed = facts[["group", "latest", "latest_day", "p_deterioration", "p_raised"]].copy()
    listed.insert(0, "patient_id", facts.index.to_numpy())
    listed.insert(1, "rank", np.arange(1, len(facts) + 1))
    listed.insert(3, "reason", [REASONS[row["group"]](row, signs) for row in records(facts)])
    listed["course"] = facts["course"]
    listed["confidence"] = facts["confidence"]
    return listed.reset_index(drop=True)


def groups(facts: pd.DataFrame, scale: Scale) -> np.ndarray:
    """Put each patient into the first group that fits."""
    status = facts["status"].str.split(";")
    no_course = status.map(lambda codes: "not_fitted" in codes or "no_baseline" in codes)
    severe = pd.Series(False, index=facts.index)
    if scale.severe is not None:
        severe = scale.orient(facts["latest"]) >= scale.orient(scale.severe)
    raised = (facts["p_raised"] >= RAISED_FROM) & (facts["course"] == "cannot_tell")
    conditions = [
        severe,
        # Without a rating at or before day 0 the start is a guess, and so is "worse than it".
        (facts["p_deterioration"] >= DETERIORATION_FROM) & ~no_course,
        raised & ~no_course,
        facts["p_no_room_to_worsen"] >= NO_ROOM_FROM,
        no_course,
    ]
    return np.select([np.asarray(c, dtype=bool) for c in conditions], list(GROUPS)[:5], "rest")


def _latest(row: Row, signs: Signs) -> str:
    if np.isnan(row["latest"]):
        return "No usable rating"
    when = time_unit(signs.horizon).show(row["latest_day"])
    return f"Latest rating {level(row['latest'], signs.scale)} on {when}"


def _not_fitted(row: Row) -> str:
    return "Not fitted: " + str(row["reason_not_fitted"]).rstrip(".")


def _said(row: Row, signs: Signs) -> str:
    text = headline(row, signs.scale)
    return f"{text[0].upper()}{text[1:]}."


def _ends_worse(row: Row, signs: Signs) -> str:
    if np.isnan(row["p_deterioration"]):
        return _not_fitted(row)
    return f"{percent(row['p_deterioration'])} of the curves end worse than they began"


def _severe(row: Row, signs: Signs) -> str:
    side = "above" if signs.scale.higher_is_worse else "below"
    assert signs.scale.severe is not None  # this group exists only where there is such a level
    at = f"at or {side} the severe level of {level(signs.scale.severe, signs.scale)}"
    # A low share that ends worse must not be read alone where worsening could not show.
    said = "" if np.isnan(row["p_deterioration"]) else f" {_said(row, signs)}"
    return f"{_latest(row, signs)}, {at}.{said} {_ends_worse(row, signs)}."


def _deterioration(row: Row, signs: Signs) -> str:
    change = f"at least {number(signs.worsening)} {signs.scale.unit}"
    return f"{_ends_worse(row, signs)} (by {change}). {_latest(row, signs)}."


def _raised(row: Row, signs: Signs) -> str:
    when = time_unit(signs.horizon).show(row["last_day"])
    up = f"{percent(row['p_raised'])} of the curves are raised on {when}, the last rating"
    return f"{up}; {headline(row, signs.scale)}. {_latest(row, signs)}."


def _no_room(row: Row, signs: Signs) -> str:
    return f"{_said(row, signs)} {_latest(row, signs)}."


def _no_course(row: Row, signs: Signs) -> str:
    if np.isnan(row["p_deterioration"]):
        return f"{_not_fitted(row)}. {_latest(row, signs)}."
    return f"No rating at or before the start: the level there is predicted. {_latest(row, signs)}."


def _rest(row: Row, signs: Signs) -> str:
    return f"{_said(row, signs)} {_ends_worse(row, signs)}."


REASONS: dict[str, Callable[[Row, Signs], str]] = {
    "severe": _severe,
    "deterioration": _deterioration,
    "raised": _raised,
    "no_room": _no_room,
    "no_course": _no_course,
    "rest": _rest,
}
