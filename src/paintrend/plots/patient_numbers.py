"""One patient in numbers: what `plot_patient` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError, switch_problem
from paintrend.plots.captions import first_shown
from paintrend.plots.moments import Moment, moment_caption, moment_lanes, moments_of, on_axis
from paintrend.plots.patient_caption import caption_of, mark_text
from paintrend.plots.session_marks import (
    SessionMark,
    marks_of,
    session_caption,
    with_tags,
)
from paintrend.results.belonging import check_same_patient, check_side
from paintrend.results.events import Events
from paintrend.results.headings import headline
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.wording import TimeUnit, as_given, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.patient import PatientFit
    from paintrend.scales import Scale

__all__ = ["Band", "Mark", "PatientInfo", "Ratings", "patient_info"]

FloatArray = NDArray[np.float64]

MARKED = {
    "peak_day": "worst",
    "return_day": "back near the start",
    "better_day": "better to the end",
}
"""Features that a picture marks, and what it calls them."""

MARKED_FROM = 0.5
"""Share of curves that must have a feature for it to be marked."""

CURVE_WIDTH = 605.0
"""Pixels from the first to the last day of the picture: what words above it have to fit."""

SHOWN_DRAWS = 40
"""Posterior curves that `show_draws` adds: enough to see their spread, few enough to follow."""


class Ratings(NamedTuple):
    """Raw ratings: days, the scale's own values, used for inclusion or not, hover text."""

    day: FloatArray
    value: FloatArray
    inclusion: NDArray[np.bool_]
    notes: tuple[str, ...]


class Band(NamedTuple):
    """Median and central 50% and 90% of the curves, in the scale's own values."""

    day: FloatArray
    median: FloatArray
    low50: FloatArray
    high50: FloatArray
    low90: FloatArray
    high90: FloatArray


class Mark(NamedTuple):
    """A feature on the curve: where it lies (median, 90% interval) and in what share it exists."""

    name: str
    day: float
    low: float
    high: float
    value: float
    share: float


class PatientInfo(NamedTuple):
    """Everything that the picture of one patient shows.

    Days are days and values the scale's own; what is not known is None or NaN. `before` is the
    line before day 0, `forecast_from` the day after which everything is predicted, `worse_line`
    and `better_line` the levels at which a change counts (None where they are off the scale).
    `moments` are events and warning signs between `first_day` and `last_day`, `lanes` the rows
    of their words; `sessions` are those between the two days.
    """

    patient_id: str
    headline: str
    scale: Scale
    horizon: float
    first_day: float
    last_day: float
    unit: TimeUnit
    ratings: Ratings
    curve: Band | None
    before: Band | None
    forecast_from: float | None
    baseline: float
    worsening: float
    improvement: float
    worse_line: float | None
    better_line: float | None
    marks: tuple[Mark, ...]
    probabilities: tuple[tuple[str, float], ...]
    draws: FloatArray | None
    moments: tuple[Moment, ...]
    lanes: tuple[int | None, ...]
    caption: tuple[str, ...]
    sessions: tuple[SessionMark, ...] = ()


def patient_info(
    patient_fit: PatientFit,
    patient_course: PatientCourse,
    *,
    show_draws: bool = False,
    events: Events | None = None,
    symptoms: Symptoms | None = None,
    sessions: Sessions | None = None,
) -> PatientInfo:
    """Collect the numbers of one patient's picture.

    Parameters
    ----------
    patient_fit
        ``fit[patient_id]``.
    patient_course
        ``courses[patient_id]``.
    show_draws
        Add some of the posterior curves.
    events, symptoms, sessions
        As read; those of the patient up to the day of the fit are shown.

    Returns
    -------
    PatientInfo
        Full precision.

    Raises
    ------
    InputError
        If curve and course are not of the same patient, day and horizon, or a table is not what
        its reader returned.
    """
    check_same_patient(patient_course, patient_fit)
    problem = switch_problem("show_draws", show_draws)
    if problem:
        raise InputError(f"plot_patient: {problem}.")
    for side, kind in ((symptoms, Symptoms), (events, Events), (sessions, Sessions)):
        check_side(side, kind)
    row, scale = patient_course.row, patient_fit.scale
    ratings = _ratings(patient_fit, sessions)
    first_day = first_shown(ratings.day.min(initial=0.0), patient_fit.horizon)
    fitted = bool(patient_fit.info["fitted"])
    curve = _curve(patient_fit) if fitted else None
    last = float(patient_fit.info["last_day"])
    forecast_from = max(last, 0.0) if fitted and last < patient_fit.horizon else None
    worsening = patient_course.criteria.required("worsening")
    improvement = patient_course.criteria.required("improvement")
    baseline = float(row["baseline"])
    marks = _marks(row, curve) if curve is not None else ()
    moments = moments_of(patient_fit.patient_id, events, symptoms, patient_fit.as_of_day)
    last_day = _last_day(patient_fit.horizon, ratings, moments)
    shown = on_axis(moments, first_day, last_day)
    lanes = moment_lanes(shown, CURVE_WIDTH / (last_day - first_day))
    wordless = [moment for moment, lane in zip(shown, lanes, strict=True) if lane is None]
    unit = time_unit(patient_fit.horizon)
    marked = marks_of(patient_fit.patient_id, sessions, patient_fit.as_of_day)
    on_days = tuple(mark for mark in marked if first_day <= mark.day <= last_day)
    return PatientInfo(
        patient_id=patient_fit.patient_id,
        headline=headline(row, scale, patient_course.criteria),
        scale=scale,
        horizon=patient_fit.horizon,
        first_day=first_day,
        last_day=last_day,
        unit=unit,
        ratings=ratings,
        curve=curve,
        before=_before(patient_fit, first_day) if fitted else None,
        forecast_from=forecast_from,
        baseline=baseline,
        worsening=worsening,
        improvement=improvement,
        worse_line=_shifted(baseline, worsening, scale),
        better_line=_shifted(baseline, -improvement, scale),
        marks=marks,
        probabilities=tuple((course, float(row[f"p_{course}"])) for course in COURSES),
        draws=_some(patient_fit.draws) if fitted and show_draws else None,
        moments=shown,
        lanes=lanes,
        caption=(
            *caption_of(patient_fit, patient_course, ratings, first_day),
            *(
                [f"Marked, with 90% intervals: {'; '.join(mark_text(m, unit) for m in marks)}."]
                if marks
                else []
            ),
            *moment_caption(moments, shown, wordless, unit),
            *session_caption(marked, on_days, left_out=patient_fit.sessions_modelled),
        ),
        sessions=on_days,
    )


def _last_day(horizon: float, ratings: Ratings, moments: tuple[Moment, ...]) -> float:
    """Give the right end of the axis: what came long after the horizon would squeeze the rest."""
    near = [moment.day for moment in moments if moment.day <= 1.25 * horizon]
    return max(horizon, float(ratings.day.max(initial=0.0)), *near, 0.0)


def _ratings(patient_fit: PatientFit, sessions: Sessions | None) -> Ratings:
    frame = patient_fit.ratings
    frame = frame[frame["pain"].notna()]
    extra = [
        name for name in frame.columns if name not in ("patient_id", "day", "pain", "inclusion")
    ]
    # Newlines separate the notes here; the drawing escapes them one by one.
    notes = tuple(
        "\n".join(f"{name}: {as_given(value)}" for name, value in zip(extra, values, strict=True))
        for values in frame[extra].itertuples(index=False, name=None)
    )
    day = frame["day"].to_numpy(dtype=float)
    return Ratings(
        day=day,
        value=frame["pain"].to_numpy(dtype=float),
        inclusion=frame["inclusion"].to_numpy(dtype=bool),
        notes=with_tags(
            notes if extra else ("",) * len(frame), day.tolist(), patient_fit.patient_id, sessions
        ),
    )


def _curve(patient_fit: PatientFit) -> Band:
    frame = patient_fit.curve
    low50, high50 = patient_fit.band(0.5)
    return Band(
        day=frame["day"].to_numpy(dtype=float),
        median=frame["median"].to_numpy(dtype=float),
        low50=np.asarray(low50, dtype=float),
        high50=np.asarray(high50, dtype=float),
        low90=frame["low"].to_numpy(dtype=float),
        high90=frame["high"].to_numpy(dtype=float),
    )


def _before(patient_fit: PatientFit, first_day: float) -> Band | None:
    """Give the line before day 0, back to the first day shown; None if that is day 0."""
    if first_day >= 0:
        return None
    scale = patient_fit.scale
    day = np.linspace(first_day, 0.0, 25)
    start = np.asarray(scale.orient(patient_fit.draws[:, 0]), dtype=float)
    lines = start[:, None] + np.asarray(patient_fit.pre_trend, dtype=float)[:, None] * day
    own = np.asarray(scale.orient(np.clip(lines, scale.low, scale.high)), dtype=float)
    low90, low50, median, high50, high90 = np.quantile(own, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    return Band(day, median, low50, high50, low90, high90)


def _shifted(baseline: float, change: float, scale: Scale) -> float | None:
    """Level of a change (positive = worse) from the baseline; None if it is off the scale."""
    oriented = float(scale.orient(baseline)) + change
    return float(scale.orient(oriented)) if scale.low <= oriented <= scale.high else None


def _marks(row: dict[str, Any], curve: Band) -> tuple[Mark, ...]:
    marks = []
    for key, name in MARKED.items():
        if row[f"{key}_share"] >= MARKED_FROM:
            day = float(row[key])
            value = float(np.interp(day, curve.day, curve.median))
            low, high = float(row[f"{key}_low"]), float(row[f"{key}_high"])
            marks.append(Mark(name, day, low, high, value, float(row[f"{key}_share"])))
    return tuple(marks)


def _some(draws: FloatArray) -> FloatArray:
    step = max(1, len(draws) // SHOWN_DRAWS)
    return np.asarray(draws[::step][:SHOWN_DRAWS], dtype=float)
