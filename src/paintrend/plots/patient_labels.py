"""Words in the picture of one patient: labels of lines, of probabilities, and the caption."""

from __future__ import annotations

from typing import Any

import numpy as np

from paintrend.plots.patient_numbers import PatientInfo
from paintrend.plots.placing import LEVEL_LABEL
from paintrend.plots.theme import MUTED, escape
from paintrend.wording import amount, course_label, level, percent

__all__ = ["known_shares", "levels", "line_labels", "probability_labels"]


def levels(info: PatientInfo) -> list[tuple[float, str, str]]:
    """Give level, dash and label of the horizontal lines."""
    unit = info.scale.unit
    lines = [
        (info.worse_line, "dot", f"worse by {amount(info.worsening, unit)}"),
        (info.better_line, "dot", f"better by {amount(info.improvement, unit)}"),
    ]
    if info.curve is not None:
        lines.append(
            (info.baseline, "solid", f"level at the start: {level(info.baseline, info.scale)}")
        )
    return [(value, dash, escape(text)) for value, dash, text in lines if value is not None]


def line_labels(info: PatientInfo) -> list[dict[str, Any]]:
    """Give the labels of the horizontal lines and of the forecast."""
    end = info.horizon * info.unit.per_day
    labels: list[dict[str, Any]] = [
        {"name": LEVEL_LABEL, "x": end, "y": value, "text": text, "xanchor": "right",
         "yanchor": "bottom", "yshift": 2, "showarrow": False,
         "font": {"size": 11, "color": MUTED}, "borderpad": 0,
         "bgcolor": "rgba(255, 255, 255, 0.75)"}
        for value, _, text in levels(info)
    ]  # fmt: skip
    if info.scale.severe is not None:
        side = "above" if info.scale.higher_is_worse else "below"
        labels.append(
            {"name": LEVEL_LABEL, "x": 0, "xref": "x domain", "y": info.scale.severe,
             "xanchor": "left", "xshift": 4, "showarrow": False,
             "yanchor": "bottom" if info.scale.higher_is_worse else "top",
             "text": f"severe: {level(info.scale.severe, info.scale)} and {side}",
             "font": {"size": 11, "color": MUTED}, "borderpad": 0,
             "bgcolor": "rgba(255, 255, 255, 0.75)"}
        )  # fmt: skip
    if info.forecast_from is not None:
        labels.append(
            {"x": info.forecast_from * info.unit.per_day, "y": 1, "yref": "paper",
             "text": "forecast \N{RIGHTWARDS ARROW}", "yanchor": "bottom",
             # near the end the text would run into the panel beside it
             "xanchor": "right" if info.forecast_from > 0.8 * info.horizon else "left",
             "showarrow": False, "font": {"size": 12}}
        )  # fmt: skip
    return labels


def known_shares(info: PatientInfo) -> list[tuple[str, float]]:
    """Give courses and their probabilities; none for a patient who was not fitted."""
    return [(course, share) for course, share in info.probabilities if not np.isnan(share)]


def probability_labels(info: PatientInfo) -> list[dict[str, Any]]:
    """Give the heading and the labels of the bars of probability."""
    known = known_shares(info)
    if not known:
        return []
    common = {"x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False, "borderpad": 0,
              "font": {"size": 12}}  # fmt: skip
    heading = {**common, "xref": "x2 domain", "yref": "paper", "y": 1,
               "text": "Share of curves in each course"}  # fmt: skip
    return [heading] + [
        {**common, "xref": "x2", "yref": "y2", "y": i - 0.17,
         "text": f"{course_label(course)} <b>{escape(percent(share))}</b>"}
        for i, (course, share) in enumerate(known)
    ]  # fmt: skip
