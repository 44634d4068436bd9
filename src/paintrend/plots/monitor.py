"""Picture of a monitored patient: curve and forecast above, what was said by date below."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from paintrend.monitoring.patient import PatientMonitor
from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.moment_lines import lines_of, mark_moments
from paintrend.plots.monitor_labels import (
    OUTLOOK_STYLES,
    SHARE_LOW,
    SHARE_TOP,
    level_names,
    note_labels,
    outlook_names,
)
from paintrend.plots.monitor_numbers import TIME_WIDTH, MonitorInfo, monitor_info
from paintrend.plots.patient_curve import UNUSED_MARK, draw_curve, draw_levels, draw_ratings
from paintrend.plots.session_marks import axis_bottom, draw_session_marks
from paintrend.plots.theme import (
    INK,
    MUTED,
    TEMPLATE,
    caption_label,
    escape,
    legend_names,
    rgba,
    title_id,
)
from paintrend.results.belonging import check_kind
from paintrend.wording import level, percent

__all__ = ["draw_monitor", "plot_monitor"]

# Pixels: margins of the figure; the heading; curve, coming visits, and what was said by date.
LEFT, RIGHT, ABOVE = 92, 204, 66
UPPER, STRIP, LOWER = 300, 58, 190
PLOT = UPPER + STRIP + LOWER
PAD = 0.02
WIDTH = LEFT + round(TIME_WIDTH * (1 + 2 * PAD)) + RIGHT
SENTENCE, SENTENCE_LINE = 118, 20
"""Characters of a line of the state sentence, and pixels of one."""
LEGEND_DOWN, LEGEND_LINE, WIDE_NAME = 46, 19, 22
"""Pixels: from the plot to the legend, a row of it; and characters of a name from which on three
instead of four stand in a row."""


def plot_monitor(
    patient_monitor: PatientMonitor, *, day: float | None = None, alarm: float | None = None
) -> go.Figure:
    """Draw one patient as known on a day: curve and forecast above, outlooks by date below.

    Nothing in it is from after that day, but for later ratings of the diary: these are open grey
    marks and not used. Between the last rating and the day the curve is predicted.

    Parameters
    ----------
    patient_monitor
        ``monitor[patient_id]``.
    day
        Shown is the last look at or before this day; by default the last of all.
    alarm
        Threshold on the share of curves that end worse, for example ``policy.threshold``: a line,
        and a mark where a look after day 0 first reaches it.

    Returns
    -------
    plotly.graph_objects.Figure
        The axis of ratings has the scale's own direction and its whole range. Events and warning
        signs of the monitor are upright lines, sessions small marks; no curve depends on them.

    Raises
    ------
    InputError
        If no look is that early, or `day` or `alarm` is not a number that can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> others = pt.read_diary(pt.simulate_cohort(30, seed=3).ratings, scale="nrs")
    >>> population = pt.fit_curves(others, horizon=84).population
    >>> days = [-7, 0, 7, 14, 21]
    >>> ratings = pd.DataFrame({"patient_id": "N1", "day": days, "pain": [5, 5, 6, 8, 8]})
    >>> watched = pt.monitor(pt.read_diary(ratings, scale="nrs"), population=population)
    >>> figure = pt.plot_monitor(watched["N1"], day=14, alarm=0.4)
    >>> "day 14" in figure.layout.title.text
    True
    """
    check_kind(patient_monitor, PatientMonitor, "plot_monitor", "monitor(diary, ...)[patient_id]")
    return draw_monitor(monitor_info(patient_monitor, day=day, alarm=alarm))


def draw_monitor(info: MonitorInfo) -> go.Figure:
    """Draw what `monitor_info` collected."""
    figure, patient = go.Figure(), info.patient
    scale, unit = patient.scale, patient.unit
    _draw_rating_band(figure, info)
    draw_levels(figure, patient)
    if patient.curve is not None:
        draw_curve(figure, patient, patient.curve)
    draw_ratings(figure, patient)
    _draw_later(figure, info)
    _draw_visits(figure, info)
    _draw_outlooks(figure, info)
    top = scale.high + 0.03 * scale.span
    mark_moments(figure, patient.moments, unit, top)
    draw_session_marks(figure, patient.sessions, unit, scale)
    moments = lines_of(patient.moments, patient.lanes, unit, plot_height=PLOT)
    sentence = wrap([patient.headline], SENTENCE)
    above = ABOVE + SENTENCE_LINE * len(sentence) + moments.above
    caption = wrap(info.caption, 155, WIDTH - 24)
    down = LEGEND_DOWN + LEGEND_LINE * _legend_rows(figure) + 14
    below = down + 20 + 17 * len(caption)
    first, last = patient.first_day, patient.last_day
    pad = PAD * (last - first)
    heading = f"<b>{title_id(patient.patient_id)}</b>, {unit.show(info.day)}"
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=above + PLOT + below,
        margin={"l": LEFT, "r": RIGHT, "t": above, "b": below},
        title={
            "text": "<br>".join([heading, *(escape(line) for line in sentence)]),
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 24},
        },
        legend={"y": -LEGEND_DOWN / PLOT, "yanchor": "top", "traceorder": "normal"},
        xaxis={
            "anchor": "y2", "range": [(first - pad) * unit.per_day, (last + pad) * unit.per_day],
            "title": {"text": f"{unit.name}s since the start of treatment", "standoff": 6,
                      "font": {"size": 13}},
        },
        yaxis={
            "domain": [1 - UPPER / PLOT, 1], "range": [axis_bottom(patient.sessions, scale), top],
            "title": {"text": "<br>".join(escape(line) for line in axis_title(scale)),
                      "standoff": 12, "font": {"size": 13}},
        },
        yaxis2={
            "domain": [0, LOWER / PLOT], "range": [SHARE_LOW, SHARE_TOP], "tickformat": ".0%",
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "title": {"text": "Share of curves,<br>as known on each day",
                      "standoff": 12, "font": {"size": 13}},
        },
        yaxis3={
            "domain": [LOWER / PLOT, 1 - UPPER / PLOT], "range": [-1, 2.2], "visible": False,
        },
        shapes=[*_spans(info), *_upright_lines(info), *moments.shapes],
        # Set together: each call of add_annotation checks all of the earlier ones again.
        annotations=[
            *level_names(info, UPPER), *outlook_names(info, LOWER), *note_labels(info, LOWER),
            *moments.labels, caption_label(caption, down=down, left=LEFT - 16),
        ],
    )  # fmt: skip
    return figure


def _legend_rows(figure: go.Figure) -> int:
    names = legend_names(figure)
    in_a_row = 3 if max(map(len, names), default=0) >= WIDE_NAME else 4
    return max(1, math.ceil(len(names) / in_a_row))


def _upright_lines(info: MonitorInfo) -> list[dict[str, Any]]:
    """The start, the last rating where it was earlier than the look, and the day of the look."""
    patient = info.patient
    lines = [(0.0, "solid", 1.0), (info.day, "solid", 2.0)]
    if patient.forecast_from is not None and patient.forecast_from < info.day:
        lines.append((patient.forecast_from, "dash", 1.0))
    return [
        {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
         "x0": day * patient.unit.per_day, "x1": day * patient.unit.per_day,
         "line": {"color": MUTED, "width": width, "dash": dash}}
        for day, dash, width in lines
    ]  # fmt: skip


def _spans(info: MonitorInfo) -> list[dict[str, Any]]:
    # by the paper as the upright lines are: shapes that follow an axis would cover these
    per_day = info.patient.unit.per_day
    return [
        {"type": "rect", "x0": start * per_day, "x1": end * per_day, "yref": "paper", "y0": 0,
         "y1": LOWER / PLOT, "layer": "below", "fillcolor": "#EFEFEF", "line": {"width": 0}}
        for start, end in info.unclear
    ]  # fmt: skip


def _draw_rating_band(figure: go.Figure, info: MonitorInfo) -> None:
    band, start = info.rating_band, info.patient.forecast_from
    if band is None or start is None:
        return
    ahead = band.day >= start
    day = band.day[ahead] * info.patient.unit.per_day
    figure.add_scatter(
        x=np.concatenate([day, day[::-1]]),
        y=np.concatenate([band.high[ahead], band.low[ahead][::-1]]),
        mode="lines", fill="toself", fillcolor=rgba(MUTED, 0.1), hoverinfo="skip",
        line={"width": 0},
        name="90% of single ratings",
    )  # fmt: skip


def _draw_later(figure: go.Figure, info: MonitorInfo) -> None:
    later, patient = info.later, info.patient
    if not len(later.day):
        return
    figure.add_scatter(
        x=later.day * patient.unit.per_day, y=later.value, mode="markers",
        marker=UNUSED_MARK,
        name="later, not used", hoverinfo="text",
        hovertext=[
            f"{patient.unit.show(float(day))}: {level(float(value), patient.scale)}"
            "<br>later rating, not used"
            for day, value in zip(later.day, later.value, strict=True)
        ],
    )  # fmt: skip


def _draw_visits(figure: go.Figure, info: MonitorInfo) -> None:
    unit = info.patient.unit
    marks = [(info.visits, "line-ns-open", 10, "coming visit")]
    if info.next_visit is not None:
        marks.append((np.array([info.next_visit]), "diamond", 11, "next informative visit"))
    for days, symbol, size, name in marks:
        if len(days):
            figure.add_scatter(
                x=days * unit.per_day, y=np.zeros(len(days)), yaxis="y3", mode="markers",
                marker={"symbol": symbol, "size": size, "color": INK, "line": {"width": 1.5}},
                name=name, showlegend=False, cliponaxis=False, hoverinfo="text",
                hovertext=[f"{name}, {unit.show(float(day))}" for day in days],
            )  # fmt: skip


def _draw_outlooks(figure: go.Figure, info: MonitorInfo) -> None:
    outlooks, unit = info.outlooks, info.patient.unit
    if info.alarm is not None and np.isfinite(info.alarm):
        ends = [info.patient.first_day, info.patient.last_day]
        figure.add_scatter(
            x=[day * unit.per_day for day in ends], y=[info.alarm] * 2, yaxis="y2", mode="lines",
            line={"color": INK, "width": 1.5, "dash": "longdashdot"}, name="alarm line",
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    for key, (words, style) in OUTLOOK_STYLES.items():
        shares = getattr(outlooks, key)
        figure.add_scatter(
            x=outlooks.day * unit.per_day, y=shares, yaxis="y2", mode="lines+markers", name=words,
            line={"color": style.colour, "dash": style.dash, "width": 2, "shape": "hv"},
            marker={
                "symbol": [style.symbol if n else f"{style.symbol}-open" for n in outlooks.named],
                "size": 8 if len(outlooks.day) <= 30 else 5, "color": style.colour,
                "line": {"width": 1.5, "color": style.colour},
            },
            showlegend=False, hoverinfo="text",
            hovertext=[
                f"{unit.show(float(day))}: {words} {escape(percent(float(share)))}<br>"
                + "<br>".join(escape(line) for line in wrap([text], 60))
                for day, share, text in zip(outlooks.day, shares, outlooks.text, strict=True)
            ],
        )  # fmt: skip
    if info.first_alarm is not None:
        figure.add_scatter(
            x=[info.first_alarm * unit.per_day], y=[info.alarm_share], yaxis="y2", mode="markers",
            marker={"symbol": "circle-open", "size": 17, "color": INK, "line": {"width": 1.5}},
            name="first alarm", showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    if not outlooks.named[np.isfinite(outlooks.better)].all():
        figure.add_scatter(
            x=[None], y=[None], yaxis="y2", mode="markers", name="cannot tell (lower panel)",
            marker={"symbol": "square-open", "size": 9, "color": MUTED, "line": {"width": 1.5}},
        )  # fmt: skip
