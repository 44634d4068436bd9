"""The course of one patient in words that can be read aloud to that patient.

Short sentences without terms of statistics. They describe ratings, count lines that fit them, and
say what is not known. They do not reassure, warn or advise, and do not say why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from paintrend.core.course_rules import COURSES
from paintrend.wording import (
    CANNOT_TELL,
    CERTAINTY,
    amount,
    level,
    number,
    percent,
    plural,
    time_unit,
)

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.patient import PatientFit
    from paintrend.results.symptoms import Symptoms

__all__ = ["ALOUD", "not_known", "of_hundred", "words_aloud"]

ALOUD: dict[str, str] = {
    "improving": "better at the end than at the start, and not worse for long on the way",
    "worse_before_better": "worse for a while first, and then better than at the start",
    "unchanged": "neither better nor worse for long enough to count",
    "transient_worsening": "worse for a while, and at the end near the start again",
    "improvement_lost": "better for a while, and at the end near the start again",
    "fluctuating": "up and down, better for a while and worse for a while",
    "sustained_deterioration": "worse at the end than at the start, and for at least four fifths "
    "of the last {sustained}",
    "recent_worsening": "worse at the end than at the start, but for less than four fifths of the "
    "last {sustained}",
}
"""What each course looks like, in plain words; `sustained` is how long."""

TOLD_FROM = 0.1
"""Share of lines from which another way to read the ratings is told."""


def of_hundred(share: float, certainty: float = CERTAINTY) -> str:
    """Say a share as a count of 100 that never claims certainty, as `percent` does.

    Examples
    --------
    >>> of_hundred(0.004), of_hundred(0.246), of_hundred(0.999)
    ('fewer than 1 of 100', '25 of 100', 'more than 99 of 100')
    """
    said = percent(share, certainty).rstrip("%")
    return f"{said.replace('<', 'fewer than ').replace('>', 'more than ')} of 100"


def words_aloud(
    patient_fit: PatientFit, patient_course: PatientCourse, symptoms: Symptoms | None
) -> list[str]:
    """Say in short paragraphs what the ratings of one patient show.

    Parameters
    ----------
    patient_fit, patient_course
        ``fit[patient_id]`` and ``courses[patient_id]``.
    symptoms
        Answers of this patient up to the day of the fit; None if none were supplied.
    """
    row = patient_course.row
    return [
        _ratings(patient_fit),
        *([_level(patient_fit, row)] if patient_fit.info["fitted"] and row["n_baseline"] else []),
        _course(patient_fit, patient_course),
        _asked(symptoms, patient_fit.horizon),
    ]


def not_known(
    patient_fit: PatientFit, patient_course: PatientCourse, curve_days: float | None = None
) -> str:
    """Say what the ratings do not tell, in words for the patient; what lasts less than `curve_days`
    is not in a line and counts no more than what is too short to count."""
    criteria, scale = patient_course.criteria, patient_fit.scale
    unit = time_unit(patient_fit.horizon)
    lasting = max(criteria.required("lasting_days"), curve_days or 0.0)
    worse, better = criteria.required("worsening"), criteria.required("improvement")
    row = patient_course.row
    forecast = "forecast" in str(row["status"]).split(";")
    last = float(row["last_day"]) if forecast else patient_fit.horizon
    size = (
        amount(worse, scale.unit) if worse == better
        else f"{amount(worse, scale.unit)} to count as worse, or {number(better, 2)} as better"
    )  # fmt: skip
    horizon = unit.show(patient_fit.horizon)
    late = (
        f"What your ratings after {horizon} show was not looked at here."
        if _n_late(patient_fit)
        else f"What comes after {unit.show(last)} is not known either."
    )
    said = [
        "What is not known: why your ratings changed or did not change, and whether the treatment "
        "had a part in it.",
        late,
        f"A change counts here only if it is at least {size} and lasts at least "
        f"{unit.span(lasting)}. What was smaller or shorter is not counted, even if you felt it.",
    ]
    return " ".join(said)


def _n_late(patient_fit: PatientFit) -> int:
    ratings = patient_fit.ratings
    return int((ratings["pain"].notna() & (ratings["day"] > patient_fit.horizon)).sum())


def _ratings(patient_fit: PatientFit) -> str:
    ratings = patient_fit.ratings[patient_fit.ratings["pain"].notna()]
    scale, unit = patient_fit.scale, time_unit(patient_fit.horizon)
    best, worst = (scale.low, scale.high) if scale.higher_is_worse else (scale.high, scale.low)
    direction = (
        f"On this scale {level(best, scale)} is the best value and {level(worst, scale)} the worst."
    )
    n_missing = int(patient_fit.info.get("n_missing", 0))
    missing = f" {plural(n_missing, 'rating')} {_are(n_missing)} missing." if n_missing else ""
    if not len(ratings):
        return f"There is no rating from you that could be used.{missing} {direction}"
    days = ratings["day"].to_numpy(dtype=float)
    span = (
        unit.on(days[0])
        if len(days) == 1
        else f"from {unit.show(float(np.min(days)))} to {unit.show(float(np.max(days)))}"
    )
    n_late = _n_late(patient_fit)
    late = (
        f" {n_late} of them came after {unit.show(patient_fit.horizon)} and {_are(n_late)} not "
        "used here."
        if n_late
        else ""
    )
    return (
        f"You gave {plural(len(ratings), 'rating')}, {span}; treatment started {unit.on(0.0)}."
        f"{late}{missing} {direction}"
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _level(patient_fit: PatientFit, row: Mapping[str, Any]) -> str:
    scale, unit = patient_fit.scale, time_unit(patient_fit.horizon)
    low, high = level(row["baseline_low"], scale), level(row["baseline_high"], scale)
    within = f", most likely between {low} and {high}" if low != high else ""
    return (
        f"Ratings go up and down from one {unit.name} to the next. So the computer draws many "
        "lines through them, all of which fit. By these lines you started at about "
        f"{level(row['baseline'], scale)}{within}."
    )


def _course(patient_fit: PatientFit, patient_course: PatientCourse) -> str:
    row, unit = patient_course.row, time_unit(patient_fit.horizon)
    if not patient_fit.info["fitted"]:
        return (
            "No line could be drawn through your ratings, so nothing can be said about their "
            "course. The reason stands below the picture."
        )
    if not row["n_baseline"]:
        return (
            "You gave no rating at the start of treatment or before it. How you were then is not "
            "known, so it cannot be said whether you are better or worse since."
        )
    criteria = patient_course.criteria
    sustained = unit.span(criteria.required("sustained_days"))
    looks = {course: words.format(sustained=sustained) for course, words in ALOUD.items()}
    shares = {course: float(row[f"p_{course}"]) for course in COURSES}
    ranked = sorted(shares, key=lambda course: -shares[course])
    named = patient_course.course
    if named == CANNOT_TELL:
        said = ["It cannot be told yet which way this goes."]
        first = [course for course in ranked if shares[course] >= TOLD_FROM][:3] or ranked[:2]
        said.append(f"Of 100 lines that fit, {_listed(first, shares, looks)}.")
    else:
        said = [
            f"{_capital(of_hundred(shares[named], criteria.certainty))} lines that fit look like "
            f"this: {looks[named]}."
        ]
        others = [c for c in ranked if c != named and shares[c] >= TOLD_FROM][:2]
        if others:
            said.append(f"Of the 100, {_listed(others, shares, looks)}.")
    end = unit.on(patient_fit.horizon)
    said.append(
        f"{_capital(of_hundred(row['p_deterioration']))} are worse {end} than at the start, and "
        f"{of_hundred(row['p_end_better'])} are better."
    )
    said += _marks(patient_fit, row)
    return " ".join(said)


def _marks(patient_fit: PatientFit, row: Mapping[str, Any]) -> list[str]:
    """Say what the lines could not show, and from when on they are not backed by ratings."""
    unit, status = time_unit(patient_fit.horizon), str(row["status"]).split(";")
    said = []
    if row["p_no_room_to_worsen"] >= 0.5:
        said.append(
            "You started so near the worst end of the scale that getting worse could hardly show "
            "in the ratings."
        )
    if row["p_no_room_to_improve"] >= 0.5:
        said.append(
            "You started so near the best end of the scale that getting better could hardly show "
            "in the ratings."
        )
    if "forecast" in status:
        last = float(patient_fit.info["last_day"])
        used = " that is used here" if np.any(patient_fit.ratings["day"] > last) else ""
        said.append(
            f"Your last rating{used} was {unit.on(last)}. How it went on is not known; the lines "
            "after it are worked out from your earlier ratings and from those of other people."
        )
    if "poor_fit" in status:
        said.append("Your ratings do not look like any of the lines, so none is named.")
    if patient_fit.as_of_day is not None:
        said.append(f"Only ratings up to {unit.show(patient_fit.as_of_day)} were used.")
    return said


def _listed(courses: list[str], shares: Mapping[str, float], looks: Mapping[str, str]) -> str:
    parts = [
        f"{of_hundred(shares[course]).removesuffix(' of 100')} look like this: {looks[course]}"
        for course in courses
    ]
    return "; ".join(parts)


def _asked(symptoms: Symptoms | None, horizon: float) -> str:
    unit = time_unit(horizon)
    aside = symptoms is not None and bool(len(symptoms.problems))
    if symptoms is None or not len(symptoms.asked):
        if aside:
            return (
                "Warning signs: what was written down of your answers could not be used, so "
                "nothing is said about them here."
            )
        return (
            "Warning signs: there is no record that you were asked about them, so nothing is said "
            "about them here."
        )
    asked = ", ".join(unit.show(day) for day in sorted(set(symptoms.asked["day"])))
    days = f"{unit.before} {asked}"
    more = " Other answers of yours could not be used." if aside else ""
    if not len(symptoms.table):
        return (
            f"Warning signs: you were asked {days} and named none.{more} That does not mean "
            "that there was none."
        )
    signs = "; ".join(
        f"{row['label']} ({unit.show(row['day'])})"
        for row in symptoms.table.sort_values("day").to_dict("records")
    )
    return f"Warning signs: you were asked {days} and named: {signs}.{more}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
