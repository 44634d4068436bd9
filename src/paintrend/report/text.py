"""What a report says in sentences: the answer, the statement, the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paintrend.core.course_rules import COURSES, DETERIORATION, DIP
from paintrend.defaults import DEFAULTS
from paintrend.results.headings import headline
from paintrend.wording import CANNOT_TELL, count_share, number, percent, plural, short_id, time_unit

if TYPE_CHECKING:
    from paintrend.plots.course_numbers import CourseShares, Share
    from paintrend.results.courses import Courses
    from paintrend.results.criteria import Criteria
    from paintrend.results.fit import Fit
    from paintrend.results.population import Population

__all__ = [
    "COURSE_MEANINGS",
    "FEW_PATIENTS",
    "LIMITS",
    "STATEMENT",
    "answer",
    "before_and_after",
    "early",
    "limits",
    "population_sentences",
    "warning_signs",
]

STATEMENT = (
    "Research and case-review software, not a medical device; not for deciding one patient's care "
    "on its own. It does not show that treatment caused a change."
)
"""Stands word for word in every report."""

FEW_PATIENTS = 50
"""Patients below which results rest mainly, or in large part, on built-in assumptions."""

COURSE_MEANINGS: dict[str, str] = {
    "improving": "Better at the end, and not worse for long on the way.",
    "worse_before_better": "Worse for a while first, then better than at the start (a dip).",
    "unchanged": "Neither worse nor better for long enough to count.",
    "transient_worsening": "Rose, now near the start, not better (a dip).",
    "improvement_lost": "Better for a while, at the end near the start again.",
    "fluctuating": "Both better and worse for long enough to count, but not first worse and then "
    "better at the end.",
    "sustained_deterioration": "Worse at the end, and for at least 80% of the time that counts as "
    "sustained.",
    "recent_worsening": "Worse at the end, but for less than 80% of the time that counts as "
    "sustained.",
    CANNOT_TELL: "No course has half of the curves that fit, or 20% or more of them end worse "
    "where the most probable course does not, or the start was not rated, or no curve fits.",
}
"""Courses in plain words, where higher is worse (`in_direction`)."""

LIMITS = (
    "A course is read off the smooth curve behind the ratings. What lasts less than the shortest "
    "time given above counts as variation from one rating to the next, also when it was felt.",
    "A percentage for a patient is the share of curves that fit the ratings and follow that "
    "course. It depends on the ratings, on the thresholds, and on what other patients looked like.",
    "What lies after the last rating is predicted. It assumes that those lost resemble those who "
    "stayed.",
    "The curve says nothing about what made a patient better or worse. Other treatment, "
    "medication, work or chance may stand behind any turn.",
    "Intervals for groups take what was learned from the whole cohort as known and are too narrow "
    "for inference.",
)
"""What a reader has to bear in mind, in sentences."""


def limits(criteria: Criteria, horizon: float, curve_days: float | None) -> tuple[str, ...]:
    """Give `LIMITS`; where other times than those of the curves were chosen to count, with both.

    Parameters
    ----------
    criteria
        Thresholds used.
    horizon
        Days.
    curve_days
        What lasts so many days is part of a curve; None if not known.
    """
    lasting = criteria.required("lasting_days")
    if curve_days in (None, lasting):
        return LIMITS
    unit = time_unit(horizon)
    both = (
        "A course is read off the smooth curve behind the ratings. What lasts less than "
        f"{unit.span(curve_days, 2)} is not in the curve: it was taken for variation from one "
        "rating to the next when the ratings were fitted. Of what is in the curve, a change counts "
        f"from {unit.span(lasting, 2)} on. What is shorter does not count, also when it was felt."
    )
    return both, *LIMITS[1:]


def warning_signs(n_checked: int | None = None) -> str:
    """Say whether warning signs were looked at.

    Parameters
    ----------
    n_checked
        Number of patients whose record of warning signs was checked; None if none was supplied.

    Examples
    --------
    >>> warning_signs()
    'Warning signs: not supplied, not checked.'
    >>> warning_signs(12)
    'Warning signs: checked on 12 patients.'
    """
    if n_checked is None:
        return "Warning signs: not supplied, not checked."
    return f"Warning signs: checked on {plural(n_checked, 'patient')}."


def before_and_after(
    before: Mapping[str, Any], after: Mapping[str, Any], *, retrospective: bool = False
) -> str:
    """Say how far the ratings since the start of treatment moved the answer of one patient.

    Parameters
    ----------
    before, after
        Rows of the courses table without and with the ratings after day 0.
    retrospective
        True if later ratings of these patients, or of some of them, taught the population behind
        both.

    Examples
    --------
    >>> row = {"p_dip": 0.18, "p_deterioration": 0.2, "status": "forecast"}
    >>> before_and_after(row, {**row, "p_dip": 0.64, "p_deterioration": 0.05})
    'Before the ratings since the start: dip 18%, worse at the end 20%. With them: 64% and 5%.'
    """
    if "not_fitted" in (before["status"], after["status"]):
        return "Before the ratings since the start: not known, as nothing was rated until then."
    if "n_ratings" in after and after["n_ratings"] == after["n_baseline"]:
        return (
            f"No rating since the start was fitted: dip {percent(after['p_dip'])}, worse at the "
            f"end {percent(after['p_deterioration'])} rest on what came before it."
        )
    looked_back = " (looking back, with what the whole cohort taught)" if retrospective else ""
    return (
        f"Before the ratings since the start{looked_back}: dip {percent(before['p_dip'])}, "
        f"worse at the end {percent(before['p_deterioration'])}. "
        f"With them: {percent(after['p_dip'])} and {percent(after['p_deterioration'])}."
    )


def early(fit: Fit) -> str:
    """Say that only early ratings were used, and whether later ones helped; empty if all were."""
    if fit.as_of_day is None:
        return ""
    said = f"Only ratings up to {time_unit(fit.horizon).show(fit.as_of_day)} were used."
    if fit.retrospective:
        said += (
            " Retrospective: the population was learned from later ratings of these patients, or "
            "of some of them, so the percentages may be better than they could have been on that "
            "day."
        )
    return said


def answer(courses: Courses, shares: CourseShares) -> tuple[str, str]:
    """Answer the question of the report in two sentences.

    Parameters
    ----------
    courses
        Courses of all patients.
    shares
        What `course_shares` made of them.
    """
    n, fitted, named = shares.n_patients, shares.n_fitted, shares.named
    if n == 1:
        return _answer_for_one(courses)
    end = time_unit(courses.horizon).show(courses.horizon)
    if fitted == 0:
        return (
            f"None of {plural(n, 'patient')} could be fitted.",
            "So nothing can be said about their courses.",
        )
    if all(not row.row["n_baseline"] for row in map(courses.__getitem__, courses)):
        return (
            f"No course can be named for any of {plural(n, 'patient')}: none was rated at or "
            "before the start.",
            "What is shown of changes since then rests on a predicted start.",
        )
    whom = f"Of {plural(fitted, 'patient')}" + (" who could be fitted" if fitted < n else "")
    (dip, dip_range), (worse, worse_range) = (
        _expected(share, fitted) for share in (shares.dip, shares.deterioration)
    )
    first = (
        f"{whom}, an expected {dip} {dip_range} {'passes' if dip == '1' else 'pass'} through a dip "
        f"(worse for a while, then better or back near the start) and {worse} {worse_range} "
        f"{'is' if worse == '1' else 'are'} worse at {end} than at the start."
    )
    n_dip = sum(named[course] for course in DIP)
    n_worse = sum(named[course] for course in DETERIORATION)
    n_other = sum(named[course] for course in COURSES) - n_dip - n_worse
    unfitted = f", and {n - fitted} of {n} could not be fitted" if fitted < n else ""
    second = (
        f"Patient by patient, a dip can be named for {count_share(n_dip, n)}, a deterioration for "
        f"{count_share(n_worse, n)} and another course for {count_share(n_other, n)}; for "
        f"{count_share(named[CANNOT_TELL], n)} it cannot be told yet which course it is{unfitted}."
    )
    return first, second


def _answer_for_one(courses: Courses) -> tuple[str, str]:
    (patient_id,) = courses
    course = courses[patient_id]
    said = headline(course.row, courses.scale, courses.criteria)
    first = f"One patient, {short_id(patient_id)}: {said}."
    if course.row["status"] == "not_fitted":
        return first, course.status_text
    end = time_unit(courses.horizon).show(courses.horizon)
    return first, (
        f"{percent(course.row['p_dip'])} of the curves pass through a dip and "
        f"{percent(course.row['p_deterioration'])} are worse at {end} than at the start."
    )


def _expected(share: Share, total: int) -> tuple[str, str]:
    """An expected count, and the share with its interval."""
    count = share.mean * total
    shown = "fewer than 1" if 0 < count < 0.5 else number(count, 0)
    return shown, (
        f"({percent(share.mean)}; 90% interval {percent(share.low)} to {percent(share.high)})"
    )


def population_sentences(population: Population | None) -> tuple[str, ...]:
    """Say how much the results rest on built-in assumptions."""
    if population is None:
        return ("How the population was learned is not recorded.",)
    if population.source == "default":
        return (
            "No cohort was used to learn how common and how large each course is: every percentage "
            "rests on the patient's own ratings and on built-in assumptions.",
            DEFAULTS[population.default].source,
        )
    learned = (
        "How common and how large each course is was learned from "
        f"{plural(population.n_patients, 'patient')}; {percent(population.assumed_share)} of the "
        "weight in how common the shapes are is built in."
    )
    source = DEFAULTS[population.default].source
    assumed = f"Built in is the default population '{population.default}'. {source}".strip()
    if population.n_patients < FEW_PATIENTS:
        part = "mainly" if population.assumed_share >= 0.5 else "in large part"
        few = f"Below {FEW_PATIENTS} patients the results rest {part} on built-in assumptions."
        return learned, few, assumed
    return learned, assumed
