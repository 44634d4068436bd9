"""Figures: numbers collected first, drawn second; nothing here fits, saves or shows."""

from paintrend.plots.cohort import plot_cohort
from paintrend.plots.cohort_check import plot_cohort_check
from paintrend.plots.courses import plot_courses
from paintrend.plots.null_world import plot_null_world
from paintrend.plots.patient import plot_patient

__all__ = ["plot_cohort", "plot_cohort_check", "plot_courses", "plot_null_world", "plot_patient"]
