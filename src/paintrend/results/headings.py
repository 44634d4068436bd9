"""Headings: what can be said about one patient's course, in a line or in a few words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from paintrend.core.course_rules import COURSES
from paintrend.results.criteria import Criteria
from paintrend.results.status import NO_ROOM_FROM, level_text, room_limits
from paintrend.scales import Scale
from paintrend.wording import CANNOT_TELL, course_label, percent

__all__ = ["headline", "tag"]


def most_probable(row: Mapping[str, Any]) -> tuple[str, float]:
    """Give the course with the largest probability in a row of the courses table."""
    probabilities = [(course, float(row[f"p_{course}"])) for course in COURSES]
    known = [pair for pair in probabilities if not math.isnan(pair[1])]
    return max(known, key=lambda pair: pair[1]) if known else (CANNOT_TELL, math.nan)


def tag(row: Mapping[str, Any], scale: Scale, criteria: Criteria | None = None) -> str:
    """Say a patient's course in a few words, with the level where a change could not have shown;
    parameters as `headline`."""
    if math.isnan(row["p_no_room_to_worsen"]):
        return "not fitted"
    label = course_label(str(row["course"]))
    if no_room_text(row, scale):
        return f"{label} (at {_level(row, scale, criteria)})"
    return label


def no_room_text(row: Mapping[str, Any], scale: Scale) -> str:
    """Say why a course must not be read alone: no room to worsen, or for an unchanged one none to
    improve; empty where there was room."""
    ends = ("top", "bottom") if scale.higher_is_worse else ("bottom", "top")
    if row["p_no_room_to_worsen"] >= NO_ROOM_FROM:
        return f"too near the {ends[0]} of the scale to show worsening"
    if row["course"] == "unchanged" and row["p_no_room_to_improve"] >= NO_ROOM_FROM:
        return f"too near the {ends[1]} of the scale to show improvement"
    return ""


def headline(row: Mapping[str, Any], scale: Scale, criteria: Criteria | None = None) -> str:
    """Say in one line what can be said about a patient's course.

    Parameters
    ----------
    row
        The patient's row of the courses table.
    scale
        The scale of the ratings.
    criteria
        Thresholds used, resolved: no number is rounded onto one of them that it misses.

    Returns
    -------
    str
        "improving, clear (93%)", "cannot tell yet (most probable: unchanged, 44%)", or
        "unchanged, at 9 of 10: too near the top of the scale to show worsening (83%)".
    """
    course, share = most_probable(row)
    if math.isnan(share):
        return "not fitted, no course"
    near = no_room_text(row, scale)
    at = _level(row, scale, criteria)
    said = percent(share) if criteria is None else percent(share, criteria.certainty)
    if row["course"] == CANNOT_TELL:
        text = f"cannot tell yet (most probable: {course_label(course)}, {said})"
        return f"{text}; at {at}, {near}" if near else text
    course = str(row["course"])  # the most probable one: no other is ever named
    # A plain "unchanged" would hide that a change could not have shown.
    if near:
        return f"{course_label(course)}, at {at}: {near} ({said})"
    return f"{course_label(course)}, {row['confidence']} ({said})"


def _level(row: Mapping[str, Any], scale: Scale, criteria: Criteria | None) -> str:
    if criteria is None:
        return level_text(float(row["baseline"]), scale)
    worsen, improve = room_limits(scale, criteria)
    none_to_worsen = row["p_no_room_to_worsen"] >= NO_ROOM_FROM
    return level_text(float(row["baseline"]), scale, worsen if none_to_worsen else improve)
