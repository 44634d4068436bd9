"""Figures: numbers collected first, drawn second; nothing here fits, saves or shows."""

from paintrend.plots.cohort import plot_cohort
from paintrend.plots.courses import plot_courses
from paintrend.plots.patient import plot_patient

__all__ = ["plot_cohort", "plot_courses", "plot_patient"]
