"""Words in the picture of a monitored patient: beside levels, beside outlooks, at the alarm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from paintrend.monitoring.states import visit_text
from paintrend.plots.monitor_numbers import TIME_WIDTH, MonitorInfo
from paintrend.plots.patient_labels import levels
from paintrend.plots.theme import INK, MUTED, STYLES, CourseStyle, escape, readable
from paintrend.wording import level, percent

__all__ = [
    "OUTLOOK_STYLES",
    "SHARE_LOW",
    "SHARE_TOP",
    "level_names",
    "note_labels",
    "outlook_names",
    "spread",
]

OUTLOOK_STYLES: dict[str, tuple[str, CourseStyle]] = {
    "better": ("ends better", STYLES["improving"]),
    "near_start": ("ends near the start", STYLES["unchanged"]),
    "worse": ("ends worse", STYLES["sustained_deterioration"]),
}
"""Words and look of each outlook; colours, dashes and symbols as of the courses like them."""

SYMBOLS = {"circle": "\N{BLACK CIRCLE}", "square": "\N{BLACK SQUARE}",
           "cross": "\N{HEAVY GREEK CROSS}"}  # fmt: skip
"""The symbols as letters, for words beside lines."""

LINE = 15
"""Pixels from one label to the next below it."""

WIDEST, UNCLEAR_WIDTH, ALARM_WIDTH = 160, 66, 110
"""Pixels of the name of an outlook, of the words in a span without one, and at the first alarm."""

SHARE_LOW, SHARE_TOP = -0.03, 1.03
"""Ends of the axis of shares."""


def spread(heights: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Move heights apart until any two are `least` apart, as little as it takes from above down.

    Examples
    --------
    >>> spread([0.5, 0.52, 0.0], 0.1, 0.0, 1.0)
    [0.5, 0.6, 0.0]
    >>> spread([1.0, 0.98], 0.1, 0.0, 1.0)
    [1.0, 0.9]
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = list(heights)
    floor = low
    for i in order:
        placed[i] = max(placed[i], floor)
        floor = placed[i] + least
    ceiling = high
    for i in reversed(order):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - least
    return placed


def level_names(info: MonitorInfo, plot_height: float) -> list[dict[str, Any]]:
    """Give the names of the horizontal lines, to the right of the picture."""
    patient = info.patient
    scale = patient.scale
    named = [(value, text) for value, _, text in levels(patient)]
    if scale.severe is not None:
        side = "above" if scale.higher_is_worse else "below"
        named.append((scale.severe, f"severe: {level(scale.severe, scale)} and {side}"))
    per_pixel = 1.06 * scale.span / plot_height
    heights = spread([value for value, _ in named], LINE * per_pixel, scale.low, scale.high)
    return [
        {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": y, "yref": "y",
         "yanchor": "middle", "text": text, "showarrow": False, "borderpad": 0,
         "font": {"size": 11, "color": MUTED}}
        for y, (_, text) in zip(heights, named, strict=True)
    ]  # fmt: skip


def outlook_names(info: MonitorInfo, plot_height: float) -> list[dict[str, Any]]:
    """Give the names of the outlooks beside their last marks, and that of the alarm line."""
    outlooks, per_day = info.outlooks, info.patient.unit.per_day
    names: list[tuple[float, dict[str, Any]]] = []
    if not np.isnan(outlooks.better[-1]):
        at = {"x": info.day * per_day, "xref": "x", "xshift": 9}
        for key, (words, style) in OUTLOOK_STYLES.items():
            share = float(getattr(outlooks, key)[-1])
            text = f"{SYMBOLS[style.symbol]} {words} <b>{escape(percent(share))}</b>"
            font = {"size": 12, "color": readable(style.colour)}
            names.append((share, {**at, "text": text, "font": font}))
    alarms: list[tuple[float, dict[str, Any]]] = []
    if info.alarm is not None and np.isfinite(info.alarm):
        text = f"alarm: worse from {escape(percent(info.alarm))}"
        font = {"size": 12, "color": INK}
        alarms.append(
            (info.alarm, {"x": 1, "xref": "paper", "xshift": 6, "text": text, "font": font})
        )
    # only near the end of the axis do the two stand side by side
    together = names and _pixel(info, info.day) + WIDEST > TIME_WIDTH
    groups = [names + alarms] if together else [names, alarms]
    least = LINE / plot_height
    return [
        {**name, "y": y, "yref": "y2", "xanchor": "left", "yanchor": "middle",
         "showarrow": False, "borderpad": 0, "bgcolor": "rgba(255, 255, 255, 0.8)"}
        for group in groups
        for y, (_, name) in zip(
            spread([share for share, _ in group], least, 0.0, 1.0), group, strict=True
        )
    ]  # fmt: skip


def note_labels(info: MonitorInfo, plot_height: float) -> list[dict[str, Any]]:
    """Give the words at spans without an outlook, the first alarm and the coming visits."""
    patient, per_day = info.patient, info.patient.unit.per_day
    small = {"showarrow": False, "borderpad": 0, "font": {"size": 11, "color": MUTED}}
    labels: list[dict[str, Any]] = [
        {**small, "x": 0.5 * (start + end) * per_day, "y": 1, "yref": "y2", "yanchor": "top",
         "text": "cannot tell", "bgcolor": "#EFEFEF"}
        for start, end in info.unclear
        if _pixel(info, end) - _pixel(info, start) > UNCLEAR_WIDTH
    ]  # fmt: skip
    if not info.patient.curve:
        labels.append(
            {**small, "x": 0.5, "xref": "paper", "y": 0.5, "yref": "y2", "font": {"size": 13},
             "text": f"No rating that could be fitted by {patient.unit.show(info.day)}"}
        )  # fmt: skip
    if patient.forecast_from is not None:
        labels.append(
            {"x": patient.forecast_from * per_day, "y": 1, "yref": "paper", "yanchor": "bottom",
             "text": "forecast \N{RIGHTWARDS ARROW}", "xanchor": "left", "showarrow": False,
             "font": {"size": 12}, "borderpad": 0, "xshift": 3}
        )  # fmt: skip
    if info.first_alarm is not None:
        # in the strip above, where nothing stands before the day of the look
        up = plot_height * (SHARE_TOP - info.alarm_share) / (SHARE_TOP - SHARE_LOW) + 6
        early = _pixel(info, info.first_alarm) < ALARM_WIDTH
        labels.append(
            {"x": info.first_alarm * per_day, "y": info.alarm_share, "yref": "y2",
             "text": f"<b>first alarm, {patient.unit.show(info.first_alarm)}</b>",
             "font": {"size": 12, "color": INK}, "ax": 0, "ay": -up, "arrowcolor": INK,
             "arrowwidth": 1, "arrowhead": 0, "standoff": 8, "borderpad": 1, "yanchor": "bottom",
             "xanchor": "left" if early else "right", "bgcolor": "rgba(255, 255, 255, 0.85)"}
        )  # fmt: skip
    if len(info.visits):
        labels.append(
            {**small, "x": 1, "xref": "paper", "xshift": 6, "y": 0, "yref": "y3",
             "xanchor": "left", "text": "coming visits"}
        )  # fmt: skip
    if info.next_visit is not None:
        when = visit_text(info.next_visit, patient.horizon)
        labels.append(
            {**small, "x": info.next_visit * per_day, "y": 0, "yref": "y3", "yshift": 9,
             "yanchor": "bottom", "font": {"size": 12, "color": INK},
             "xanchor": "center",
             "text": f"next informative visit {when}"}
        )  # fmt: skip
    return labels


def _pixel(info: MonitorInfo, day: float) -> float:
    first, last = info.patient.first_day, info.patient.last_day
    return TIME_WIDTH * (day - first) / (last - first)
