"""The caption below the picture of one patient: counts, definition, and what to read with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paintrend.plots.captions import definition
from paintrend.wording import TimeUnit, number, percent, plural, time_unit

if TYPE_CHECKING:
    from paintrend.plots.patient_numbers import Mark, Ratings
    from paintrend.results.courses import PatientCourse
    from paintrend.results.patient import PatientFit

__all__ = ["caption_of", "mark_text"]


def caption_of(
    patient_fit: PatientFit, patient_course: PatientCourse, ratings: Ratings, first_day: float
) -> tuple[str, ...]:
    """Say what was rated and fitted, what counts as a change, and what to read with the course."""
    row, scale, criteria = patient_course.row, patient_fit.scale, patient_course.criteria
    fitted, baseline = int(row["n_ratings"]), int(row["n_baseline"])
    counts = [f"{plural(len(ratings.day), 'rating')}, {fitted} fitted, {baseline} of these at or "
              "before the start"]  # fmt: skip
    if ratings.inclusion.any():
        counts.append(f"{int(ratings.inclusion.sum())} used for inclusion, not fitted")
    early = int((ratings.day < first_day).sum())
    if early:
        unit = time_unit(patient_fit.horizon)
        counts.append(f"{early} before {unit.show(first_day)}, left of what is drawn")
    late = int((ratings.day > patient_fit.horizon).sum())
    if late:
        counts.append(f"{late} after the horizon: open grey marks, not fitted")
    missing = patient_fit.info.get("n_missing")
    if missing is not None:
        counts.append(f"{int(missing)} missing")
    lasting = time_unit(patient_fit.horizon).span(criteria.required("lasting_days"))
    lines = [
        "; ".join(counts) + ".",
        f"{definition(criteria, scale)}; each for at least {lasting}.",
    ]
    if patient_course.status_text:
        lines.append(patient_course.status_text)
    if patient_fit.retrospective:
        lines.append(
            "Retrospective: later ratings of this patient, or of others of the cohort, taught the "
            "population."
        )
    return tuple(lines)


def mark_text(mark: Mark, unit: TimeUnit) -> str:
    """Say a mark in words: "worst: day 14 (9 to 20; 87% of curves)"."""
    low, high = (number(day * unit.per_day) for day in (mark.low, mark.high))
    return f"{mark.name}: {unit.show(mark.day)} ({low} to {high}; {percent(mark.share)} of curves)"
