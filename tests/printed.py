"""Figures of a cohort, for tests of what they look like in print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paintrend.courses import classify
from paintrend.plots import (
    plot_cohort,
    plot_courses,
    plot_lasagna,
    plot_patient,
    plot_power,
    plot_retention,
    plot_spaghetti,
    plot_swimmer,
)
from paintrend.results.fit import Fit

NAMES = ("patient", "courses", "cohort", "spaghetti", "lasagna", "swimmer", "retention", "power")


def drawn_figures(fit: Fit) -> dict[str, go.Figure]:
    """Draw one of each kind."""
    courses = classify(fit)
    days = np.arange(0, 90, 7.0)
    names = ("improving", "unchanged", "worse_before_better", "transient_worsening", "fluctuating")
    retention = pd.concat(
        pd.DataFrame(
            {"course": name, "day": days, "retained": 0.9, "n": 10.0, "last_of_leavers": 6.0,
             "same_time_of_stayers": 5.0}
        )
        for name in names
    )  # fmt: skip
    power = pd.DataFrame(
        {"patients": [60, 60, 120, 120], "visits": [6, 12, 6, 12], "baseline_ratings": 3,
         "power": [0.4, 0.5, 0.7, 0.8], "low": 0.2, "high": 0.9, "difference": 0.2,
         "interval_width": 0.3, "cohorts": 20}
    )  # fmt: skip
    return {
        "patient": plot_patient(fit["P002"], courses["P002"]),
        "courses": plot_courses(courses),
        "cohort": plot_cohort(fit, courses, n=12),
        "spaghetti": plot_spaghetti(fit, courses),
        "lasagna": plot_lasagna(fit, courses),
        "swimmer": plot_swimmer(fit, courses, n=20),
        "retention": plot_retention(retention, "nrs"),
        "power": plot_power(power),
    }
