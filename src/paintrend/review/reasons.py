"""The sentence that says why a patient stands in a group of the review list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from paintrend.results.criteria import Criteria
from paintrend.results.direction import in_direction
from paintrend.results.headings import headline
from paintrend.scales import Scale
from paintrend.wording import amount, exact_percent, level, percent, time_unit

__all__ = ["Setting", "reason"]

Row = Mapping[str, Any]


class Setting(NamedTuple):
    """What a sentence about a patient needs to know of all of them."""

    scale: Scale
    criteria: Criteria
    horizon: float
    review_day: float
    no_improvement_below: float


def reason(row: Row, setting: Setting) -> str:
    """Say why the patient of a row stands in its group, with the events that were reported."""
    said = REASONS[str(row["group"])](row, setting)
    return f"{said} Events (not modelled): {row['events']}." if row["events"] else said


def _latest(row: Row, setting: Setting) -> str:
    if np.isnan(row["latest"]):
        return "No usable rating"
    when = time_unit(setting.horizon).on(row["latest_day"])
    said = f"Latest rating {level(row['latest'], setting.scale)} {when}"
    return f"{said}, {row['after_session']}" if row["after_session"] else said


def _not_fitted(row: Row) -> str:
    return "Not fitted: " + str(row["reason_not_fitted"]).rstrip(".")


def _said(row: Row, setting: Setting) -> str:
    text = headline(row, setting.scale, setting.criteria)
    return f"{text[0].upper()}{text[1:]}."


def _ends_worse(row: Row, setting: Setting) -> str:
    if np.isnan(row["p_deterioration"]):
        return _not_fitted(row)
    return f"{percent(row['p_deterioration'])} of the curves end worse than they began"


def _level_now(row: Row, setting: Setting) -> str:
    """The latest rating, and whether it is severe."""
    scale = setting.scale
    if scale.severe is None or not scale.orient(row["latest"]) >= scale.orient(scale.severe):
        return f"{_latest(row, setting)}."
    side = "above" if scale.higher_is_worse else "below"
    return (
        f"{_latest(row, setting)}, at or {side} the severe level of {level(scale.severe, scale)}."
    )


def _severe(row: Row, setting: Setting) -> str:
    # A low share that ends worse must not be read alone where worsening could not show.
    said = "" if np.isnan(row["p_deterioration"]) else f" {_said(row, setting)}"
    return f"{_level_now(row, setting)}{said} {_ends_worse(row, setting)}."


def _sign(row: Row, setting: Setting) -> str:
    signs = str(row["signs"])
    noun = "Warning signs" if "; " in signs else "Warning sign"
    return f"{noun}: {signs}. {_severe(row, setting)}"


def _deterioration(row: Row, setting: Setting) -> str:
    change = amount(setting.criteria.required("worsening"), setting.scale.unit)
    return f"{_ends_worse(row, setting)} (by at least {change}). {_latest(row, setting)}."


def _raised(row: Row, setting: Setting) -> str:
    when = time_unit(setting.horizon).on(row["last_day"])
    raised = in_direction("raised", setting.scale)
    up = f"{percent(row['p_raised'])} of the curves are {raised} {when}, the last rating"
    return f"{up}; {headline(row, setting.scale, setting.criteria)}. {_latest(row, setting)}."


def _no_improvement(row: Row, setting: Setting) -> str:
    when = time_unit(setting.horizon).on(setting.review_day)
    change = amount(setting.criteria.required("improvement"), setting.scale.unit)
    below = setting.no_improvement_below
    return (
        f"{percent(row['p_end_better'], below)} of the curves end better (by at least {change}), "
        f"fewer than {exact_percent(below)}, and the review {when} is past. "
        f"{_said(row, setting)} {_latest(row, setting)}."
    )


def _no_room(row: Row, setting: Setting) -> str:
    return f"{_said(row, setting)} {_latest(row, setting)}."


def _no_course(row: Row, setting: Setting) -> str:
    if np.isnan(row["p_deterioration"]):
        rated = "" if np.isnan(row["latest"]) else f" {_latest(row, setting)}."
        return f"{_not_fitted(row)}.{rated}"
    return (
        f"No rating at or before the start: the level there is predicted. {_latest(row, setting)}."
    )


def _rest(row: Row, setting: Setting) -> str:
    return f"{_said(row, setting)} {_ends_worse(row, setting)}."


REASONS: dict[str, Callable[[Row, Setting], str]] = {
    "same_day": _sign,
    "prompt": _sign,
    "severe": _severe,
    "deterioration": _deterioration,
    "raised": _raised,
    "no_improvement": _no_improvement,
    "no_room": _no_room,
    "no_course": _no_course,
    "rest": _rest,
}
