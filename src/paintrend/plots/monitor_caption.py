"""The caption below the picture of a monitored patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from paintrend.plots.moments import Moment, moment_caption
from paintrend.plots.patient_caption import caption_of
from paintrend.plots.session_marks import marks_of, session_caption
from paintrend.wording import TimeUnit, percent, plural, time_unit

if TYPE_CHECKING:
    from paintrend.monitoring.patient import PatientMonitor
    from paintrend.plots.patient_numbers import PatientInfo
    from paintrend.results.courses import PatientCourse
    from paintrend.results.patient import PatientFit

__all__ = ["caption_lines"]


def caption_lines(
    monitor: PatientMonitor,
    patient_fit: PatientFit,
    patient_course: PatientCourse,
    patient: PatientInfo,
    moments: Sequence[Moment],
    *,
    n_later: int,
    n_beyond: int,
    n_looks: int,
    n_visits: int,
    alarm: float | None,
    first_alarm: float | None,
) -> tuple[str, ...]:
    """Say what was known on the day, what counts as a change, and where the rest comes from.

    Parameters
    ----------
    monitor, patient_fit, patient_course, patient
        The patient, as fitted and judged on the day.
    moments
        Events and signs up to the day, those off the axis too.
    n_later, n_beyond
        Ratings after the day: up to the horizon, and after it.
    n_looks, n_visits
        Looks up to the day, and coming visits.
    alarm, first_alarm
        Threshold, and the day on which it was first reached.
    """
    unit = time_unit(patient_fit.horizon)
    day = float(patient_course.row["day"])
    counts, meaning, *_ = caption_of(
        patient_fit, patient_course, patient.ratings, patient.first_day
    )
    lines = [f"Known by {unit.show(day)}: {counts}{_later_text(n_later, n_beyond)}", meaning]
    if patient_course.status_text:
        lines.append(f"The course as judged by {unit.show(day)}: {patient_course.status_text}")
    closing = patient_fit.horizon - patient_course.criteria.required("lasting_days")
    below = [
        f"Lower panel: {plural(n_looks, 'look')}, each with the ratings up to its day and no later "
        f"ones. How a curve ends: its mean from {unit.show(closing)} to "
        f"{unit.show(patient_fit.horizon)} against the start."
    ]
    if alarm is not None:
        below.append(_alarm_text(alarm, first_alarm, unit))
    plannable = day < patient_fit.horizon and patient.curve is not None
    if plannable and not n_visits:
        below.append(f"No coming visit was simulated for {unit.show(day)}.")
    sessions = marks_of(monitor.patient_id, monitor.sessions, day)
    wordless = [m for m, lane in zip(patient.moments, patient.lanes, strict=True) if lane is None]
    return (
        *lines,
        " ".join(below),
        f"{_population_text(monitor)} {_signs_text(monitor, day)}",
        *moment_caption(moments, patient.moments, wordless, unit),
        *session_caption(sessions, patient.sessions, left_out=False),
    )


def _later_text(n_later: int, n_beyond: int) -> str:
    said = []
    if n_later:
        said.append(f"{plural(n_later, 'later rating')}: open marks, not used.")
    if n_beyond:
        said.append(f"{plural(n_beyond, 'rating')} after the horizon: not used, not drawn.")
    return " " + " ".join(said) if said else ""


def _alarm_text(alarm: float, first_alarm: float | None, unit: TimeUnit) -> str:
    if np.isinf(alarm):
        return "Alarm: no threshold keeps to the budget of the policy, so there is none."
    reached = "not reached" if first_alarm is None else f"first reached: {unit.show(first_alarm)}"
    return (
        f"Alarm: {percent(alarm)} or more of the curves end worse, at a look after the start; "
        f"{reached}."
    )


def _population_text(monitor: PatientMonitor) -> str:
    population = monitor.population
    if monitor.cross_fitted:
        return (
            f"Cross-fitted: population learned from {population.n_patients:,} other patients of "
            "the same cohort, with their whole follow-up."
        )
    if not population.n_patients:
        return f"Default population '{population.default}': nothing learned from patients."
    return f"Population learned from {population.n_patients:,} other patients."


def _signs_text(monitor: PatientMonitor, day: float) -> str:
    if monitor.symptoms is None:
        return "Warning signs: not supplied, not checked."
    known = monitor.symptoms.up_to(day)
    asked, aside = len(known.asked), len(known.problems)
    more = f" Not all answers could be used: {plural(aside, 'problem')} set aside." if aside else ""
    if not asked:
        what = "no usable answer" if aside else "not asked"
        return f"Warning signs: {what} of this patient up to then.{more}"
    return f"Warning signs: asked on {plural(asked, 'day')}, {len(known) or 'none'} reported.{more}"
