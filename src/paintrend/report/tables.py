"""Tables of a report: every number as the text that is shown, with the value it sorts by."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from paintrend.core.course_rules import COURSES
from paintrend.plots.course_numbers import CourseShares, Share
from paintrend.report.text import COURSE_MEANINGS
from paintrend.results.direction import in_direction
from paintrend.results.headings import tag
from paintrend.wording import (
    CANNOT_TELL,
    amount,
    course_label,
    exact_percent,
    level,
    number,
    percent,
    records,
    signed,
    time_unit,
    with_unit,
)

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.criteria import Criteria
    from paintrend.scales import Scale

__all__ = [
    "Cell",
    "Column",
    "Comparison",
    "compare_defaults",
    "course_rows",
    "patient_columns",
    "patient_rows",
    "threshold_rows",
]

SEVERE = "; severe: "
"""Before the source of the severe level in the source of a scale."""

CONFIDENCE_RANK = {"clear": 2, "probable": 1, "none": 0}


class Cell(NamedTuple):
    """Text of a cell, and what it sorts by: a number or a text."""

    text: str
    sort: str | float


class Column(NamedTuple):
    """Heading of a column, and whether it holds text (aligned left) or numbers."""

    heading: str
    is_text: bool


class Comparison(NamedTuple):
    """Results under two sets of assumptions: rows, and what differs most."""

    rows: tuple[tuple[str, str, str, str], ...]
    largest: str
    n_renamed: int
    n_patients: int


def course_rows(
    shares: CourseShares, scale: Scale, *, with_intervals: bool = True
) -> list[dict[str, str]]:
    """Give the table of courses: meaning, expected share, those with room, patients named."""
    said = _interval if with_intervals else _mean
    rows = []
    for course in (*COURSES, CANNOT_TELL):
        known = course in shares.shares
        rows.append(
            {
                "course": course_label(course),
                "meaning": in_direction(COURSE_MEANINGS[course], scale),
                "named": str(shares.named[course]),
                "share": said(shares.shares[course]) if known else "",
                "with_room": said(shares.with_room[course]) if known else "",
            }
        )
    return rows


def _mean(share: Share) -> str:
    return percent(share.mean)


def _interval(share: Share) -> str:
    return f"{percent(share.mean)} ({percent(share.low)} to {percent(share.high)})"


def patient_columns(horizon: float, scale: Scale) -> list[Column]:
    """Give the headings of the table of all patients."""
    unit = time_unit(horizon).name.capitalize()
    return [
        Column("Patient", True),
        Column("Course", True),
        Column("How sure", True),
        Column("Dip", False),
        Column("Worse at the end", False),
        Column("Better at the end", False),
        Column("Level at the start (90% interval)", False),
        Column("Largest worsening", False),
        Column(in_direction("Change at the end (90% interval)", scale), False),
        Column("Ratings fitted", False),
        Column(f"{unit} of last rating", False),
        Column("To be read with it", True),
    ]


def patient_rows(
    table: pd.DataFrame, scale: Scale, horizon: float, criteria: Criteria | None = None
) -> list[list[Cell]]:
    """Give one row of cells per patient, columns as `patient_columns`.

    Parameters
    ----------
    table
        Rows of the courses table.
    scale, horizon
        Of the ratings.
    criteria
        Thresholds used.
    """
    unit = time_unit(horizon)
    rows = []
    for row in records(table):
        fitted = not math.isnan(row["baseline"])
        span = f"{level(row['baseline_low'], scale)} to {level(row['baseline_high'], scale)}"
        change = f"{signed(row['end_change_low'])} to {signed(row['end_change_high'])}"
        confidence, said = str(row["confidence"]), tag(row, scale, criteria)
        rows.append(
            [
                Cell(str(row["patient_id"]), str(row["patient_id"])),
                Cell(said, said),
                Cell(confidence, CONFIDENCE_RANK[confidence]),
                *(_probability(row[name]) for name in ("p_dip", "p_deterioration", "p_end_better")),
                _value(row["baseline"], f"{level(row['baseline'], scale)} ({span})", fitted),
                _value(row["rise"], signed(row["rise"]), fitted),
                _value(row["end_change"], f"{signed(row['end_change'])} ({change})", fitted),
                Cell(str(row["n_ratings"]), float(row["n_ratings"])),
                _value(row["last_day"], number(row["last_day"] * unit.per_day), True),
                Cell(str(row["status_text"]), str(row["status"])),
            ]
        )
    return rows


def _probability(share: float) -> Cell:
    return _value(share, percent(share), not math.isnan(share))


def _value(value: float, text: str, known: bool) -> Cell:
    # Sorted below every number, so that what is not known never tops a list.
    known = known and not math.isnan(value)
    return Cell(text, float(value)) if known else Cell("\N{EN DASH}", -1e300)


def threshold_rows(
    criteria: Criteria, scale: Scale, horizon: float, curve_days: float | None = None
) -> list[dict[str, str]]:
    """Give the thresholds used: what, value, and where the number comes from.

    `curve_days` is what lasts long enough to be part of a curve, in days; None if not known.
    """
    unit = time_unit(horizon)

    def span(days: float) -> str:
        return unit.span(days, 2)

    main, _, severe = (scale.source or "").partition(SEVERE)
    doi = f" doi:{scale.doi}" if scale.doi else ""
    source = f"{main}{doi}" if main else "The scale as given by the user; no source recorded."
    no_source = "Assumed: no source gives a number"

    def of_scale(used: float, own: float | None, assumed: bool, other: tuple[str, object]) -> str:
        if used != own:
            return "Set by the user."
        if not assumed:
            return source
        name, value = other
        return f"{no_source}, so that for “{name}” is used." if value == own else f"{no_source}."

    def of_severe() -> str:
        if not severe:
            return f"{no_source}." if scale.severe_assumed else source
        said = severe.replace(", 10.", ", doi:10.")
        return (
            f"Assumed: cut-offs in use differ; this one: {said}" if scale.severe_assumed else said
        )

    def of_horizon(used: float, part: int, words: str) -> str:
        return (
            f"Default: a {words} of the horizon." if used == horizon / part else "Set by the user."
        )

    worse, better = criteria.required("worsening"), criteria.required("improvement")
    lasting, sustained = criteria.required("lasting_days"), criteria.required("sustained_days")
    rows = [
        ("Worse", amount(worse, scale.unit),
         of_scale(worse, scale.worse, scale.worse_assumed, ("Better", scale.better))),
        ("Better", amount(better, scale.unit),
         of_scale(better, scale.better, scale.better_assumed, ("Worse", scale.worse))),
        ("Shortest time that counts", span(lasting), of_horizon(lasting, 12, "twelfth")),
        *([] if curve_days in (None, lasting) else [
            ("Shortest time in a curve", span(curve_days),
             "Set when the ratings were fitted: what is shorter is noise, whatever counts.")]),
        ("Sustained: worse on 80% of the last", span(sustained),
         of_horizon(sustained, 4, "quarter")),
        ("A course is called clear from", exact_percent(criteria.certainty),
         "Share of curves in it."),
        ("Judged at", unit.show(horizon), "The horizon, set by the user."),
    ]  # fmt: skip
    if scale.severe is None:
        rows.append(
            ("Severe level", "none", "This scale has none, so no patient is listed for it.")
        )
    else:
        side = "and above" if scale.higher_is_worse else "and below"
        rows.append(
            (
                "Severe level",
                f"{level(scale.severe, scale)} {side}",
                of_severe(),
            )
        )
    return [{"what": what, "value": value, "source": source} for what, value, source in rows]


def compare_defaults(
    first: CourseShares, second: CourseShares, courses: Courses, other: Courses
) -> Comparison:
    """Set results under two sets of built-in assumptions side by side.

    Parameters
    ----------
    first, second
        Shares of `courses` and of `other`.
    courses, other
        The same patients under the one and under the other set.
    """
    rows, gaps = [], {}
    for course in COURSES:
        a, b = first.shares[course].mean, second.shares[course].mean
        gaps[course] = abs(b - a)
        rows.append((course_label(course), percent(a), percent(b), _points(b - a)))
    one = courses.table().set_index("patient_id")["course"]
    two = other.table().set_index("patient_id")["course"].reindex(one.index)
    known = {course: gap for course, gap in gaps.items() if not math.isnan(gap)}
    if known:
        course = max(known, key=lambda name: known[name])
        gap = second.shares[course].mean - first.shares[course].mean
        largest = f"{course_label(course)}, {_points(gap)}"
    else:
        largest = "not known"
    return Comparison(tuple(rows), largest, int((one != two).sum()), len(one))


def _points(gap: float) -> str:
    return with_unit(signed(100 * gap), "percentage points")
