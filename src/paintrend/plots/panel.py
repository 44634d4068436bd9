"""One patient as a small picture in numbers: for small multiples and for the report's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.plots.moments import Moment, moments_of
from paintrend.plots.session_marks import SessionMark, marks_of
from paintrend.results.headings import headline, tag

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.events import Events
    from paintrend.results.patient import PatientFit
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["Panel", "panel_info"]

FloatArray = NDArray[np.float64]


class Panel(NamedTuple):
    """One patient in a small picture, in days and the scale's own values.

    `tag` is the course in two or three words, `headline` in a line.

    The arrays of the curve are empty for a patient who was not fitted; `forecast_from` is the day
    after which the curve is predicted, None if the ratings reach the horizon. `moments` are events
    and warning signs, `sessions` therapy sessions.
    """

    patient_id: str
    course: str
    tag: str
    headline: str
    low: float
    high: float
    horizon: float
    curve_day: FloatArray
    median: FloatArray
    low90: FloatArray
    high90: FloatArray
    rating_day: FloatArray
    rating: FloatArray
    inclusion: NDArray[np.bool_]
    baseline: float
    forecast_from: float | None
    moments: tuple[Moment, ...] = ()
    sessions: tuple[SessionMark, ...] = ()


def panel_info(
    patient_fit: PatientFit,
    patient_course: PatientCourse,
    events: Events | None = None,
    symptoms: Symptoms | None = None,
    sessions: Sessions | None = None,
) -> Panel:
    """Collect the numbers of a small picture."""
    ratings = patient_fit.ratings[patient_fit.ratings["pain"].notna()]
    fitted = bool(patient_fit.info["fitted"])
    last = float(patient_fit.info["last_day"])
    nothing = np.empty(0)
    curve = patient_fit.curve if fitted else None

    def column(name: str) -> FloatArray:
        return nothing if curve is None else curve[name].to_numpy(dtype=float)

    return Panel(
        patient_id=patient_fit.patient_id,
        course=patient_course.course,
        tag=tag(patient_course.row, patient_fit.scale, patient_course.criteria),
        headline=headline(patient_course.row, patient_fit.scale, patient_course.criteria),
        low=patient_fit.scale.low,
        high=patient_fit.scale.high,
        horizon=patient_fit.horizon,
        curve_day=column("day"),
        median=column("median"),
        low90=column("low"),
        high90=column("high"),
        rating_day=ratings["day"].to_numpy(dtype=float),
        rating=ratings["pain"].to_numpy(dtype=float),
        inclusion=ratings["inclusion"].to_numpy(dtype=bool),
        baseline=float(patient_course.row["baseline"]),
        forecast_from=max(last, 0.0) if fitted and last < patient_fit.horizon else None,
        moments=moments_of(patient_fit.patient_id, events, symptoms, patient_fit.as_of_day),
        sessions=marks_of(patient_fit.patient_id, sessions, patient_fit.as_of_day),
    )
