"""One patient as monitored up to a day, in numbers: what `plot_monitor` shows."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from paintrend.core.course_rules import CHECKS, FEATURES
from paintrend.core.curves import GRID_POINTS
from paintrend.errors import InputError
from paintrend.monitoring.forecasts import forecast_table
from paintrend.monitoring.states import ENDS
from paintrend.plots.moments import moment_lanes, moments_of, on_axis
from paintrend.plots.monitor_caption import caption_lines
from paintrend.plots.patient_numbers import PatientInfo, Ratings, patient_info
from paintrend.results.courses import PatientCourse
from paintrend.results.patient import PatientFit
from paintrend.wording import records

if TYPE_CHECKING:
    from paintrend.monitoring.patient import PatientMonitor

__all__ = ["TIME_WIDTH", "MonitorInfo", "Outlooks", "RatingBand", "monitor_info"]

FloatArray = NDArray[np.float64]

TIME_WIDTH = 690.0
"""Pixels from the first to the last day of the picture: what words above it have to fit."""

STEADIED = 11
"""Days of the grid, of 169, in the running median of the edges of the rating band."""


class RatingBand(NamedTuple):
    """Where 90% of single ratings are expected, by day, in the scale's own values; edges are
    running medians over `STEADIED` days of the grid."""

    day: FloatArray
    low: FloatArray
    high: FloatArray


class Outlooks(NamedTuple):
    """What was said on each day looked at: shares of curves by how they end.

    `named` is False where no outlook was named; `text` is the sentence of the day.
    """

    day: FloatArray
    better: FloatArray
    near_start: FloatArray
    worse: FloatArray
    named: NDArray[np.bool_]
    text: tuple[str, ...]


class MonitorInfo(NamedTuple):
    """Everything that the picture of a monitored patient shows; nothing in it but `later` is from
    after `day`.

    Attributes
    ----------
    day : the day of the look that is shown
    patient : ratings, curve, lines and moments as they were known on that day
    later : ratings of the diary from after it, up to the horizon; not used
    rating_band : None for a patient who was not fitted
    outlooks : of this look and those before it
    unclear : first and last day of each span of looks without a named outlook
    alarm : threshold on the share that ends worse; None without one, infinite for no alarm ever
    first_alarm, alarm_share : day of the first look at or above it, after day 0, and its share
    visits : days of the coming visits
    next_visit : day of the next informative one
    caption : counts and definitions
    """

    day: float
    patient: PatientInfo
    later: Ratings
    rating_band: RatingBand | None
    outlooks: Outlooks
    unclear: tuple[tuple[float, float], ...]
    alarm: float | None
    first_alarm: float | None
    alarm_share: float
    visits: FloatArray
    next_visit: float | None
    caption: tuple[str, ...]


def monitor_info(
    patient_monitor: PatientMonitor,
    *,
    day: float | None = None,
    alarm: float | None = None,
    fitted_as: PatientMonitor | None = None,
) -> MonitorInfo:
    """Collect the numbers of the picture of one monitored patient.

    Parameters
    ----------
    patient_monitor
        ``monitor[patient_id]``.
    day
        Shown is the last look at or before this day; by default the last of all.
    alarm
        Threshold on the share of curves that end worse, for example ``policy.threshold``.
    fitted_as
        The same patient under the id that the random numbers of the curve go with, where
        `patient_monitor` has a pseudonym.

    Returns
    -------
    MonitorInfo
        Full precision.

    Raises
    ------
    InputError
        If no look is that early, or `day` or `alarm` is not a number that can be used.
    """
    looks = _looks(patient_monitor, day, alarm)
    row = records(looks.tail(1))[0]
    known_on, horizon = float(row["day"]), patient_monitor.population.horizon
    patient_fit, rating_band = _fitted(
        patient_monitor, known_on, not np.isnan(row["p_end_better"]), fitted_as or patient_monitor
    )
    patient_course = PatientCourse(
        patient_id=patient_monitor.patient_id,
        row=row,
        scale=patient_fit.scale,
        horizon=horizon,
        criteria=patient_monitor.criteria,
        codes=np.empty(0, dtype=np.int8),
        features=np.empty((0, len(FEATURES))),
        feature_names=tuple(FEATURES),
        checks=np.empty((0, len(CHECKS)), dtype=np.int16),
        as_of_day=known_on,
    )
    patient = patient_info(patient_fit, patient_course, sessions=patient_monitor.sessions)
    moments = moments_of(
        patient.patient_id, patient_monitor.events, patient_monitor.symptoms, known_on
    )
    shown = on_axis(moments, patient.first_day, patient.last_day)
    lanes = moment_lanes(shown, TIME_WIDTH / (patient.last_day - patient.first_day))
    patient = patient._replace(headline=str(row["state"]), moments=shown, lanes=lanes)
    later, n_beyond = _later(patient_monitor, known_on)
    outlooks = _outlooks(looks)
    coming = patient_monitor.coming
    visits = coming.loc[coming["day"] == known_on, "visit"].to_numpy(dtype=float)
    first_alarm, alarm_share = _first_alarm(outlooks, alarm)
    return MonitorInfo(
        day=known_on,
        patient=patient,
        later=later,
        rating_band=rating_band,
        outlooks=outlooks,
        unclear=_unclear(outlooks),
        alarm=alarm,
        first_alarm=first_alarm,
        alarm_share=alarm_share,
        visits=visits,
        next_visit=float(row["next_visit"]) if row["plan"] == "visit" else None,
        caption=caption_lines(
            patient_monitor, patient_fit, patient_course, patient, moments,
            n_later=len(later.day), n_beyond=n_beyond, n_looks=len(looks), n_visits=len(visits),
            alarm=alarm, first_alarm=first_alarm,
        ),
    )  # fmt: skip


def _looks(monitor: PatientMonitor, day: float | None, alarm: float | None) -> pd.DataFrame:
    """Give the looks up to a day, after all that is wrong with the options has been said."""
    found = []
    days = monitor.looks["day"].to_numpy(dtype=float)
    if day is not None and not (_is_number(day) and np.isfinite(float(day))):
        found.append(f"day must be a finite number of days, got {day!r}")
    elif day is not None and day < days[0]:
        found.append(f"the first look is on day {days[0]:g}, got day={day:g}")
    # an infinite threshold is that of a policy without any alarm
    if alarm is not None and not (_is_number(alarm) and (0 < alarm <= 1 or alarm == np.inf)):
        found.append(
            "alarm must be a threshold on p_deterioration, above 0 and up to 1 (policy.threshold), "
            f"got {alarm!r}"
        )
    if found:
        raise InputError(f"plot_monitor, patient {monitor.patient_id!r}: {'; '.join(found)}.")
    return monitor.looks if day is None else monitor.looks[days <= float(day)]


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _fitted(
    monitor: PatientMonitor, day: float, rated: bool, fitted_as: PatientMonitor
) -> tuple[PatientFit, RatingBand | None]:
    """Give the patient as fitted on a day, with the ratings as the diary has them."""
    diary = monitor.diary
    known = diary.ratings[diary.ratings["day"] <= day].drop(columns="patient_id")
    missed = int((diary.missing["day"] <= day).sum())
    ratings = known.sort_values("day", kind="stable").reset_index(drop=True)
    if not rated:
        nothing = np.full((1, GRID_POINTS), np.nan)
        facts = {"fitted": False, "last_day": float("nan"), "n_missing": missed}
        return PatientFit(
            monitor.patient_id, diary.scale, monitor.population.horizon, ratings, nothing,
            nothing[:, 0], facts, {}, False, day,
        ), None  # fmt: skip
    fit = fitted_as.fit_at(day)
    own = fit[fit.patient_ids[0]]
    table = forecast_table(fit, fitted_as.patient_id)
    edges = (_steadied(table[c].to_numpy(dtype=float)) for c in ("rating_low", "rating_high"))
    return PatientFit(
        monitor.patient_id, own.scale, own.horizon, ratings, own.draws, own.pre_trend,
        {**own.info, "n_missing": missed}, {}, False, day,
    ), RatingBand(table["day"].to_numpy(dtype=float), *edges)  # fmt: skip


def _steadied(edge: FloatArray) -> FloatArray:
    """Take the running median: what jumps to and fro within days is chance of the simulation."""
    half = STEADIED // 2
    return np.median(sliding_window_view(np.pad(edge, half, mode="edge"), STEADIED), axis=1)


def _later(monitor: PatientMonitor, day: float) -> tuple[Ratings, int]:
    """Give the ratings after a day up to the horizon, and how many come after that."""
    ratings = monitor.diary.ratings
    after = ratings[(ratings["day"] > day) & ratings["pain"].notna()]
    shown = after[after["day"] <= monitor.population.horizon]
    return Ratings(
        day=shown["day"].to_numpy(dtype=float),
        value=shown["pain"].to_numpy(dtype=float),
        inclusion=shown["inclusion"].to_numpy(dtype=bool),
        notes=("",) * len(shown),
    ), len(after) - len(shown)


def _outlooks(looks: pd.DataFrame) -> Outlooks:
    return Outlooks(
        day=looks["day"].to_numpy(dtype=float),
        better=looks["p_end_better"].to_numpy(dtype=float),
        near_start=looks["p_near_start"].to_numpy(dtype=float),
        worse=looks["p_deterioration"].to_numpy(dtype=float),
        named=looks["outlook"].isin(ENDS).to_numpy(),
        text=tuple(str(state) for state in looks["state"]),
    )


def _unclear(outlooks: Outlooks) -> tuple[tuple[float, float], ...]:
    """Give spans without a named outlook; what a look said holds until the next one."""
    spans: list[tuple[float, float]] = []
    for i in range(len(outlooks.day) - 1):
        if outlooks.named[i]:
            continue
        start, end = float(outlooks.day[i]), float(outlooks.day[i + 1])
        if spans and spans[-1][1] == start:
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)


def _first_alarm(outlooks: Outlooks, alarm: float | None) -> tuple[float | None, float]:
    reached = np.flatnonzero((outlooks.day > 0.0) & (outlooks.worse >= (alarm or np.inf)))
    if not reached.size:
        return None, float("nan")
    return float(outlooks.day[reached[0]]), float(outlooks.worse[reached[0]])
