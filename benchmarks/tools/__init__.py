"""What users would pick instead: one file per tool, each with one function from a cohort's ratings
to a curve per patient (n, 169) or a course per patient (n,).

Curves are judged by the same rules as paintrend's. Patients come in the order of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from common import lacking
from numpy.typing import NDArray
from worlds import Cohort

from paintrend.core.course_rules import classify_curves

from . import (
    change_points,
    curve_shapes,
    mixed_model,
    naive,
    raw,
    reliable_change,
    rolling_mean,
    segmented,
    smoothing_spline,
    sudden_gains,
)


@dataclass(frozen=True)
class Tool:
    """A tool: key, a sentence, its module, and the package it needs beyond NumPy and SciPy."""

    name: str
    text: str
    module: object
    needs: str = ""

    @property
    def missing(self) -> str:
        """Why the tool cannot be run here; empty if it can."""
        return lacking(self.needs)

    def judge(self, cohort: Cohort) -> NDArray[np.int8]:
        """Give the course of every patient."""
        if hasattr(self.module, "fit_courses"):
            return np.asarray(self.module.fit_courses(cohort), dtype=np.int8)
        curves = np.clip(self.module.fit_curves(cohort), 0.0, 10.0)  # type: ignore[attr-defined]
        return classify_curves(curves, *cohort.world.rules)


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("naive rule", "a rise of 2 over the first rating that later falls below it", naive),
        Tool("raw ratings", "straight lines between ratings", raw),
        Tool("rolling mean", "centred mean over lasting_days on either side", rolling_mean),
        Tool("smoothing spline", "scipy make_smoothing_spline, GCV", smoothing_spline),
        Tool("curve fitting", "scipy curve_fit, best of 7 shapes by BIC", curve_shapes),
        Tool("mixed model", "statsmodels MixedLM with a spline basis", mixed_model, "statsmodels"),
        Tool("change points", "Rbeast, Bayesian change points", change_points, "Rbeast"),
        Tool("segmented", "up to 2 breakpoints, BIC", segmented),
        Tool("reliable change", "Jacobson & Truax 1991 against the first rating", reliable_change),
        Tool("sudden gains", "Tang & DeRubeis 1999, gains and losses", sudden_gains),
    )
}
__all__ = ["TOOLS", "Tool"]
