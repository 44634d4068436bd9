"""Figures: numbers collected first, drawn second; nothing here fits, saves or shows."""

from paintrend.plots.calibration import plot_calibration
from paintrend.plots.cohort import plot_cohort
from paintrend.plots.cohort_check import plot_cohort_check
from paintrend.plots.courses import plot_courses
from paintrend.plots.event_times import plot_time_to
from paintrend.plots.lasagna import plot_lasagna
from paintrend.plots.monitor import plot_monitor
from paintrend.plots.null_world import plot_null_world
from paintrend.plots.outlooks import plot_outlooks
from paintrend.plots.patient import plot_patient
from paintrend.plots.policy import plot_policy
from paintrend.plots.prevalence import plot_prevalence
from paintrend.plots.responders import plot_responders
from paintrend.plots.retention import plot_retention
from paintrend.plots.sessions import plot_sessions
from paintrend.plots.spaghetti import plot_spaghetti
from paintrend.plots.specifications import plot_specifications
from paintrend.plots.study_size import plot_power
from paintrend.plots.swimmer import plot_swimmer
from paintrend.plots.tipping_point import plot_tipping_point

__all__ = [
    "plot_calibration",
    "plot_cohort",
    "plot_cohort_check",
    "plot_courses",
    "plot_lasagna",
    "plot_monitor",
    "plot_null_world",
    "plot_outlooks",
    "plot_patient",
    "plot_policy",
    "plot_power",
    "plot_prevalence",
    "plot_responders",
    "plot_retention",
    "plot_sessions",
    "plot_spaghetti",
    "plot_specifications",
    "plot_swimmer",
    "plot_time_to",
    "plot_tipping_point",
]
