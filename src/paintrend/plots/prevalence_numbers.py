"""How common courses are by group: the numbers of `plot_prevalence`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.plots.captions import definition, ratings_behind, scale_said
from paintrend.wording import course_label, number, percent, plural, records, time_unit

if TYPE_CHECKING:
    from paintrend.results.prevalence import Prevalence

__all__ = ["AMONG", "Mark", "PrevalenceNumbers", "prevalence_info"]

SUMS = {
    "dip": "a dip (either kind)",
    "deterioration": "a deterioration (either kind)",
    "end_better": "better at the end",
}
AMONG = {
    "all": "all patients",
    "room_to_worsen": "patients with room on the scale to worsen",
    "room_to_improve": "patients with room on the scale to improve",
}
MANY = 4
"""Groups from which on only `SUMS` are shown unless courses are chosen."""


class Mark(NamedTuple):
    """An estimate with its interval: the row (a course), the group, and words for it."""

    course: str
    group: str
    value: float
    low: float
    high: float
    text: str


class PrevalenceNumbers(NamedTuple):
    """What `draw_prevalence` draws.

    Attributes
    ----------
    courses : name -> label, from top to bottom
    groups : in the order of the result, the reference first
    reference : the group that others are compared with; empty without groups
    shares, differences : a mark per course and group; no difference for the reference
    subtitle : of whom
    caption : lines
    """

    courses: dict[str, str]
    groups: tuple[str, ...]
    reference: str
    shares: tuple[Mark, ...]
    differences: tuple[Mark, ...]
    subtitle: str
    caption: tuple[str, ...]


def prevalence_info(
    prevalence: Prevalence, among: str = "all", courses: Sequence[str] | None = None
) -> PrevalenceNumbers:
    """Collect what the picture of a prevalence shows.

    Raises
    ------
    InputError
        If `among` or a course is unknown.
    """
    if among not in AMONG:
        raise InputError(
            f"plot_prevalence: among must be one of {', '.join(AMONG)}, got {among!r}."
        )
    labels = {**{name: course_label(name) for name in COURSES}, **SUMS}
    courses = (courses,) if isinstance(courses, str) else courses
    unknown = [name for name in courses or () if name not in labels]
    if unknown:
        raise InputError(
            f"plot_prevalence: no course {', '.join(map(repr, unknown))}; there are "
            f"{', '.join(labels)}."
        )
    table = prevalence.shares[prevalence.shares["among"] == among]
    groups = tuple(dict.fromkeys(table["group"]))
    if not courses:
        courses = list(SUMS) if len(groups) > MANY else list(labels)
    shares = tuple(
        Mark(row["course"], row["group"], row["share"], row["low"], row["high"],
             f"{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})")
        for row in records(table) if row["course"] in courses
    )  # fmt: skip
    contrasts = prevalence.contrasts
    if len(contrasts):
        contrasts = contrasts[contrasts["among"] == among]
    differences = tuple(
        Mark(row["course"], row["group"], row["difference"], row["difference_low"],
             row["difference_high"], _difference(row))
        for row in records(contrasts) if row["course"] in courses
    )  # fmt: skip
    size = table.drop_duplicates("group").set_index("group")["n"]
    left_out = len(prevalence.values.left_out)
    return PrevalenceNumbers(
        {name: labels[name] for name in labels if name in courses},
        groups,
        str(contrasts["reference"].iloc[0]) if len(contrasts) else "",
        shares,
        differences,
        _subtitle(prevalence, among),
        _caption(prevalence, {str(g): float(size[g]) for g in groups}, left_out, courses, labels),
    )


def _subtitle(prevalence: Prevalence, among: str) -> str:
    by = f", by {prevalence.by}" if prevalence.by else ""
    adjusted = ", ".join(prevalence.adjusted_for)
    return f"{AMONG[among]}{by}{f', adjusted for {adjusted}' if adjusted else ''}"


def _difference(row: dict[str, object]) -> str:
    d, low, high = (
        number(100.0 * float(str(row[f"difference{end}"]))) for end in ("", "_low", "_high")
    )
    p = float(str(row["p_value"]))
    return f"{d} ({low} to {high}) percentage points, p = {p:.2g}"


def _caption(
    prevalence: Prevalence,
    size: dict[str, float],
    left_out: int,
    courses: Sequence[str],
    labels: dict[str, str],
) -> tuple[str, ...]:
    values = prevalence.values
    named = (*((prevalence.by,) if prevalence.by else ()), *prevalence.adjusted_for)
    counted = values.counted(named)
    n = ", ".join(f"{g} {number(x)}" for g, x in size.items()) if prevalence.by else ""
    hidden = len(labels) - len(courses)
    unit = time_unit(values.horizon)
    return (
        f"n = {counted}{f': {n}' if n else ''}; {plural(left_out, 'patient')} could not "
        f"be fitted{ratings_behind(values)}. {definition(values.criteria, values.scale)}; judged "
        f"at {unit.show(values.horizon)}.",
        f"Bars: {number(100 * prevalence.level)}% intervals, which hold who was sampled and what "
        f"is not known of each course ({len(values)} plausible data sets). No course was named: "
        "every patient counts in each course as often as the ratings leave it open. Several rows "
        f"are several questions. {scale_said(values.scale)}.",
        *((f"{plural(hidden, 'row')} not shown: choose with courses=.",) if hidden else ()),
    )
